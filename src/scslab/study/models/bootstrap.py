"""The bootstrap of a model: clusters drawn again within strata, the model fitted again each time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from scslab.study.design.columns import Floats
from scslab.study.design.make_replicates import make_replicates
from scslab.study.models.covariance import replicate_parameters
from scslab.study.models.result import ModelResult


def _ignore(step: str, share: float) -> None:
    pass


@dataclass(frozen=True, slots=True)
class Bootstrap:
    """Estimates from R bootstrap replicates.

    Attributes:
        names: names of the parameters `(p,)`.
        estimates: `(R, p)`; NaN in replicates without a finite estimate.
        covariance: between the replicates that have one `(p, p)`.
        level: of the intervals.
        intervals: percentile intervals `(p, 2)`.
        n_failed: replicates without a finite estimate. Many of them mean that the intervals are too short.
    """

    names: tuple[str, ...]
    estimates: Floats
    covariance: Floats
    level: float
    intervals: Floats
    n_failed: int

    @property
    def standard_errors(self) -> Floats:
        """Standard deviations between replicates `(p,)`."""
        return np.sqrt(np.diag(self.covariance))

    def table(self) -> pl.DataFrame:
        """`term, se, low, high`."""
        low, high = self.intervals.T
        return pl.DataFrame({"term": list(self.names), "se": self.standard_errors, "low": low, "high": high})


def bootstrap_model(
    result: ModelResult,
    n_replicates: int = 1000,
    *,
    seed: int = 0,
    level: float = 0.95,
    progress: Callable[[str, float], None] | None = None,
) -> Bootstrap:
    """Bootstrap a model under its design: n−1 of a stratum's n clusters with replacement (`raowuyue1992`).

    Each replicate starts from the full estimate, so that three Newton steps do.

    Args:
        result: the model.
        n_replicates: how many, from 2.
        seed: replicate r of a seed is always the same.
        level: of the percentile intervals.
        progress: is told `bootstrap` and the share that is done (see `engine.progress`).
    """
    tell = progress or _ignore
    design = make_replicates(result.sample.design, "bootstrap", n_replicates=n_replicates, seed=seed)
    sample = replace(result.sample, design=design)
    estimates, covariance = replicate_parameters(sample, result.scores, lambda share: tell("bootstrap", share))
    tails = [(1 - level) / 2, (1 + level) / 2]
    kept = estimates[np.isfinite(estimates).all(axis=1)]
    bounds = np.quantile(kept, tails, axis=0).T
    return Bootstrap(result.names, estimates, covariance, level, bounds, len(estimates) - len(kept))
