"""Linear models by weighted least squares, with the same scores as the others."""

from __future__ import annotations

import numpy as np

from scslab.study.design.columns import Floats, Integers
from scslab.study.design.linearised import sum_by
from scslab.study.models.covariance import Scores
from scslab.study.models.ordered import Estimate
from scslab.study.models.prepared import Sample

CHUNK = 65_536
"""Rows at a time."""


def fit_linear(sample: Sample) -> Estimate:
    """Fit a linear model: β = (X'WX)⁻¹ X'Wy; observed variance σ² (X'WX)⁻¹, σ² = Σ w e² / (n − k).

    The log-likelihood is the normal one at σ² = Σ w e² / n.
    """
    x, y, w = sample.x, np.asarray(sample.y, np.float64), sample.weights
    beta, inverse = _solve(x, y, w)
    errors = y - beta @ x
    n, k = sample.n, x.shape[0]
    squared = float(w @ errors**2)
    mean = float(w @ y / w.sum())
    spread = float(w @ (y - mean) ** 2) if sample.encoding.has_constant else float(w @ y**2)

    def squares(factors: Floats) -> Floats:
        middle = np.zeros((k, k))
        for first in range(0, y.size, CHUNK):
            part = x[:, first : first + CHUNK]
            middle += (part * (factors * errors**2)[first : first + CHUNK]) @ part.T
        return middle

    def totals(groups: Integers, n_groups: int) -> Floats:
        return sum_by(groups, (x * (w * errors)).T, n_groups)

    def refit(weights: Floats) -> Floats:
        try:
            return _solve(x, y, weights)[0]
        except np.linalg.LinAlgError:
            return np.full(k, np.nan)

    return Estimate(
        beta,
        sample.encoding.names,
        k,
        _normal(squared, n),
        _normal(spread, n),
        Scores(inverse, inverse * (squared / (n - k)), squares, totals, refit, is_linear=True),
        np.zeros(k, np.bool_),
        1,
    )


def _normal(squared: float, n: float) -> float:
    return float(-0.5 * n * (np.log(2 * np.pi * squared / n) + 1)) if squared > 0 else float("inf")


def _solve(x: Floats, y: Floats, w: Floats) -> tuple[Floats, Floats]:
    """Slopes and inverse of X'WX, through the factor R of a scaled QR, in chunks of rows."""
    k = x.shape[0]
    upper = np.zeros((0, k + 1))
    root = np.sqrt(w)
    for first in range(0, y.size, CHUNK):
        part = slice(first, first + CHUNK)
        block = np.column_stack([(x[:, part] * root[part]).T, y[part] * root[part]])
        upper = np.asarray(np.linalg.qr(np.vstack([upper, block]), mode="r"), np.float64)
    r = upper[:k, :k]
    back = np.linalg.inv(r)
    return back @ upper[:k, k], back @ back.T
