"""Collinear covariates: which columns are sums of others, and how much the others inflate a variance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scslab.study.design.columns import Floats

TOLERANCE = 1e-8
"""A column whose part of its own is smaller than this share of it is taken to be a sum of the columns before it."""
SAMPLES = (2_000, 20_000)
"""Rows that are looked at first, where there are many more."""


@dataclass(frozen=True, slots=True)
class Dependence:
    """A column that is a sum of columns before it.

    Attributes:
        column: its number.
        factors: what the columns before it are multiplied by, by their number.
    """

    column: int
    factors: dict[int, float]


def find_dependent(x: Floats, *, is_centred: bool) -> tuple[Dependence, ...]:
    """Columns of `(k, n)` that are sums of columns before them (and of a constant, where `is_centred`).

    Example:
        >>> x = np.array([[0.0, 1, 0, 1], [1, 0, 1, 0], [5, 1, 2, 9]])
        >>> find_dependent(x, is_centred=True)
        (Dependence(column=1, factors={0: -1.0}),)
    """
    n = x.shape[1]
    for size in SAMPLES:  # rows can only add to the rank
        if n > 2 * size and not _find(x[:, :: n // size], is_centred):
            return ()
    return _find(x, is_centred)


def _find(x: Floats, is_centred: bool) -> tuple[Dependence, ...]:
    k = x.shape[0]
    if k == 0:
        return ()
    rows = (x - x.mean(axis=1, keepdims=True) if is_centred else x).T
    # Compared with the column as it stands: what is left of a constant column after centring is rounding.
    sizes = np.sqrt((x * x).sum(axis=1))
    sizes[sizes == 0] = 1.0
    upper = np.asarray(np.linalg.qr(rows / sizes, mode="r"), np.float64)
    if upper.shape[0] < k:
        upper = np.vstack([upper, np.zeros((k - upper.shape[0], k))])
    own = np.sqrt((upper**2).sum(axis=0))
    if (np.abs(np.diag(upper)) > TOLERANCE * np.maximum(own, 1e-3)).all():
        return ()  # what each column has of its own stands in the diagonal
    found: list[Dependence] = []
    kept: list[int] = []
    for j in range(k):
        base = upper[: j + 1, kept]
        target = upper[: j + 1, j]
        slopes = np.linalg.lstsq(base, target, rcond=None)[0] if kept else np.zeros(0)
        left = float(np.linalg.norm(target - base @ slopes)) if kept else float(own[j])
        if left > TOLERANCE * max(own[j], 1e-3):
            kept.append(j)
            continue
        raw = slopes * sizes[j] / sizes[kept] if kept else slopes
        found.append(Dependence(j, {i: round(float(s), 6) for i, s in zip(kept, raw, strict=True) if abs(s) > 1e-6}))
    return tuple(found)


def find_inflation(x: Floats, weights: Floats) -> Floats:
    """Variance inflation factor of each column of `(k, n)`: 1/(1 − R²) of its weighted regression on the others.

    Its inverse is the tolerance. 1 means uncorrelated.

    Example:
        Two columns with a correlation of 0.6 have 1/(1 − 0.36):

        >>> x = np.array([[-1.0, -1, 1, 1], [-1.4, 0.2, -0.2, 1.4]])
        >>> find_inflation(x, np.ones(4)).round(6).tolist()
        [1.5625, 1.5625]
    """
    w = weights / weights.sum()
    mean = x @ w
    gram = np.zeros((x.shape[0], x.shape[0]))
    for first in range(0, x.shape[1], 65_536):
        part = x[:, first : first + 65_536] - mean[:, None]
        gram += (part * w[first : first + 65_536]) @ part.T
    scale = np.sqrt(np.diag(gram))
    return np.asarray(np.diag(np.linalg.inv(gram / scale / scale[:, None])), np.float64)
