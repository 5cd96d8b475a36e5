"""Replicate weights: the same sample weighted again and again, and the variance between the answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from scslab.study.design.columns import Booleans, Floats, Integers

if TYPE_CHECKING:
    from scslab.study.design.design import Design

KINDS = ("JK1", "JKn", "BRR", "Fay", "bootstrap", "other")
"""Kinds of replicate weights. `other` needs its scales said."""


@dataclass(frozen=True, slots=True)
class Replicates:
    """Replicate weights, kept as factors on few units rather than as an array of `(n, R)` where they are made here.

    Attributes:
        kind: one of `KINDS`.
        base: what the factors multiply, for each row `(n,)`; 0 outside of the domain.
        unit: the row of `factors` that each row of the table uses `(n,)`.
        factors: `(u, R)`.
        scale: multiplies the sum of squares.
        rscales: multiply the square of each replicate `(R,)`.
        is_around_estimate: squares are taken around the full-sample estimate instead of the replicates' mean.
        is_given: the weights came with the data.
    """

    kind: str
    base: Floats
    unit: Integers
    factors: Floats
    scale: float
    rscales: Floats
    is_around_estimate: bool = False
    is_given: bool = False

    @property
    def n_replicates(self) -> int:
        """How many replicates there are, R."""
        return self.factors.shape[1]

    @property
    def rank(self) -> int:
        """The rank of the matrix of replicate weights, at R's tolerance of 1e-5."""
        from scipy.linalg import qr

        rows = self.factors if self.unit.size == self.factors.shape[0] else self.factors[np.unique(self.unit)]
        diagonal = np.abs(np.diag(qr(rows, mode="r", pivoting=True)[0]))
        return int((diagonal > 1e-5 * diagonal[0]).sum())

    def weights_of(self, number: int) -> Floats:
        """The weights of one replicate `(n,)`; `number` from 0."""
        return self.base * self.factors[self.unit, number]

    def subset(self, is_chosen: Booleans) -> Replicates:
        """The same replicates with weights of 0 outside of a domain."""
        return replace(self, base=np.where(is_chosen, self.base, 0.0))

    def variance(self, estimates: Floats, full: Floats) -> Floats:
        """Covariance `(k, k)` of an estimate from its replicates.

        scale · Σ_r rscale_r (θ_r − θ)(θ_r − θ)', with θ the mean over the replicates whose rscale is above 0, or the
        full-sample estimate. Replicates whose estimate is not finite are left out, as in R's survey.

        Args:
            estimates: `(R, k)`.
            full: the estimate from the full weights `(k,)`.

        Raises:
            ValueError: no replicate has an estimate.
        """
        is_usable = np.isfinite(estimates).all(axis=1)
        if not is_usable.any():
            raise ValueError("no replicate has a finite estimate")
        kept, rscales = estimates[is_usable], self.rscales[is_usable]
        centre = full if self.is_around_estimate else kept[rscales > 0].mean(axis=0)
        away = (kept - centre) * np.sqrt(rscales)[:, None]
        return self.scale * (away.T @ away)


def replicate(design: Design, estimate: Callable[[Floats], Floats]) -> tuple[Floats, Floats]:
    """An estimate and its covariance from a design's replicate weights.

    Args:
        design: a design with replicates.
        estimate: gives `(k,)` from weights `(n,)`.

    Returns:
        The full-sample estimate `(k,)` and its covariance `(k, k)`.

    Raises:
        ValueError: the design has no replicates.

    Example:
        The jackknife of a mean gives s²/n exactly:

        >>> import numpy as np
        >>> from scslab.study.design.declare import declare_design
        >>> y = np.array([1.0, 2.0, 3.0, 6.0])
        >>> design = declare_design({"y": y}, replicate_kind="JK1")
        >>> mean, covariance = replicate(design, lambda w: np.array([w @ y / w.sum()]))
        >>> bool(np.isclose(covariance[0, 0], y.var(ddof=1) / 4, rtol=1e-14))
        True
    """
    if design.replicates is None:
        raise ValueError("the design has no replicate weights; see make_replicates")
    full = np.atleast_1d(estimate(design.weights))
    inner = design.replicates
    each = np.array([np.atleast_1d(estimate(inner.weights_of(r))) for r in range(inner.n_replicates)])
    return full, inner.variance(each, full)
