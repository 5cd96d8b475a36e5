"""Sums of squares of cluster totals within strata: the arithmetic of linearised variances."""

from __future__ import annotations

import numpy as np

from scslab.study.design.columns import Booleans, Floats, Integers


def sum_by(codes: Integers, values: Floats, n_codes: int) -> Floats:
    """Column sums of `values` `(n, k)` by code `(n,)`: `(n_codes, k)`.

    Example:
        >>> sum_by(np.array([0, 1, 0]), np.array([[1.0], [2.0], [3.0]]), 2).tolist()
        [[4.0], [2.0]]
    """
    totals = np.zeros((n_codes, values.shape[1]))
    for j in range(values.shape[1]):
        totals[:, j] = np.bincount(codes, weights=values[:, j], minlength=n_codes)
    return totals


def find_covariance(
    totals: Floats, stratum_of: Integers, n_sampled: Integers, factor: Floats, is_centred: Booleans
) -> Floats:
    """Covariance of the sums of cluster totals: Σ_h factor_h Σ_c (t_c − t̄_h)(t_c − t̄_h)'.

    The mean t̄_h is the stratum's sum over its `n_sampled` clusters, so that a cluster without rows counts as 0.

    Args:
        totals: `(g, k)`.
        stratum_of: stratum of each cluster `(g,)`.
        n_sampled: clusters drawn in each stratum `(h,)`.
        factor: `(h,)`, see `Stage`.
        is_centred: `(h,)`.
    """
    means = sum_by(stratum_of, totals, n_sampled.size) / np.maximum(n_sampled, 1)[:, None]
    means[~is_centred] = 0.0
    away = (totals - means[stratum_of]) * np.sqrt(factor)[stratum_of][:, None]
    return away.T @ away
