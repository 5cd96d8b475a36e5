"""Ratios of weighted totals with their design-based covariance: what every table is made of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scslab.study.design.columns import Floats, Integers
from scslab.study.design.design import Design
from scslab.study.design.replicates import replicate


@dataclass(frozen=True, slots=True)
class Shares:
    """Weighted shares of categories.

    Attributes:
        values: `(k,)`, 0 to 1, with sum 1.
        covariance: `(k, k)`.
        totals: weighted totals, `(k,)`.
        counts: respondents with a weight above zero, `(k,)`.
        degrees_of_freedom: of the design in the domain.
    """

    values: Floats
    covariance: Floats
    totals: Floats
    counts: Integers
    degrees_of_freedom: float

    @property
    def n(self) -> int:
        """Respondents in all."""
        return int(self.counts.sum())

    @property
    def standard_errors(self) -> Floats:
        """`(k,)`."""
        return np.sqrt(np.maximum(np.diag(self.covariance), 0.0))

    @property
    def design_effects(self) -> Floats:
        """The variance over p(1 - p)/(n - 1), that of simple random sampling with replacement; `(k,)`.

        R's `svymean(…, deff="replace")`.
        """
        simple = self.values * (1 - self.values) / max(1, self.n - 1)
        return np.divide(np.diag(self.covariance), simple, out=np.full_like(simple, np.nan), where=simple > 0)


def estimate_shares(design: Design, codes: Integers, size: int) -> Shares:
    """Weighted shares of `size` categories and their covariance.

    Linearised: the influence of a respondent on share k is w (1[k] - p_k) / Σw (`binder1983`). With replicate weights:
    from the shares under each replicate.

    Args:
        design: the design; rows with a code below 0 are put outside of the domain.
        codes: category of each row, 0 to size - 1, -1 for none; `(n,)`.
        size: how many categories there are.

    Example:
        >>> from scslab.study.design.declare import declare_design
        >>> design = declare_design({"x": [0, 1, 1, 1]})
        >>> shares = estimate_shares(design, np.array([0, 1, 1, 1]), 2)
        >>> shares.values.tolist(), shares.standard_errors.round(4).tolist()
        ([0.25, 0.75], [0.25, 0.25])
    """
    is_there = codes >= 0
    domain = design if is_there.all() else design.subset(is_there)
    safe = np.where(is_there, codes, 0)
    weights = domain.weights
    totals = np.bincount(safe, weights, minlength=size).astype(np.float64)
    total = totals.sum()
    values = totals / total if total > 0 else np.full(size, np.nan)
    counts = np.bincount(safe[weights > 0], minlength=size).astype(np.int64)
    if domain.replicates is not None:

        def shares_of(w: Floats) -> Floats:
            found = np.bincount(safe, w, minlength=size).astype(np.float64)
            return found / found.sum()

        _, covariance = replicate(domain, shares_of)
    else:
        influence = -np.outer(weights / total, values)
        rows = np.arange(len(codes))
        influence[rows, safe] += weights / total
        covariance = domain.variance(influence)
    return Shares(values, covariance, totals, counts, float(domain.degrees_of_freedom))
