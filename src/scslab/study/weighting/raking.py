"""Raking: weights that meet several margins at once, each weight the base weight times a factor for each category."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from scslab.study.weighting.margins import CodedMargin, FloatArray

TOLERANCE = 1e-12
"""Raking ends when no margin is further off than this share of the total."""
MAX_ROUNDS = 5_000
"""The most rounds over all margins."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """Weights that some iteration arrived at.

    Attributes:
        weights: `(n,)`.
        rounds: how many rounds it took.
        error: the largest difference from a wanted total, as a share of the sum of weights.
        is_converged: whether `error` is within the tolerance.
    """

    weights: FloatArray
    rounds: int
    error: float
    is_converged: bool


def rake(
    base: FloatArray, margins: Sequence[CodedMargin], *, tolerance: float = TOLERANCE, max_rounds: int = MAX_ROUNDS
) -> Fitted:
    """Iterative proportional fitting of base weights to margins.

    Respondents with the same categories get the same factor, so that the work depends on the number of different
    combinations and not on the number of respondents.

    Args:
        base: weights to begin with, above zero; `(n,)`.
        margins: the wanted totals; all of the same sum.
        tolerance: largest share of the total by which a margin may be off.
        max_rounds: the most rounds.

    Source: `deming1940`.

    Example:
        >>> sex = CodedMargin("sex", ("f", "m"), np.array([0, 0, 1, 1]), np.array([2.4, 1.6]))
        >>> age = CodedMargin("age", ("y", "o"), np.array([0, 1, 0, 1]), np.array([1.0, 3.0]))
        >>> rake(np.ones(4), [sex, age]).weights.round(3).tolist()
        [0.6, 1.8, 0.4, 1.2]
    """
    patterns, which = np.unique(np.column_stack([margin.codes for margin in margins]), axis=0, return_inverse=True)
    which = which.ravel()
    start = np.bincount(which, base, minlength=len(patterns))
    sums = start.copy()
    grand = margins[0].totals.sum()
    error, rounds = np.inf, 0
    while error > tolerance and rounds < max_rounds:
        rounds += 1
        for column, margin in enumerate(margins):
            found = np.bincount(patterns[:, column], sums, minlength=len(margin.totals))
            factors = np.divide(margin.totals, found, out=np.zeros_like(found), where=found > 0)
            sums = sums * factors[patterns[:, column]]
        error = max(
            float(np.max(np.abs(np.bincount(patterns[:, column], sums, minlength=len(margin.totals)) - margin.totals)))
            for column, margin in enumerate(margins)
        ) / float(grand)
    factor = np.divide(sums, start, out=np.zeros_like(sums), where=start > 0)
    return Fitted(base * factor[which], rounds, error, error <= tolerance)


def post_stratify(base: FloatArray, cells: CodedMargin) -> Fitted:
    """Post-stratification: one factor for each cell, so that its weights sum to the wanted total.

    Example:
        >>> cells = CodedMargin("sex", ("f", "m"), np.array([0, 0, 1]), np.array([1.5, 1.5]))
        >>> post_stratify(np.ones(3), cells).weights.tolist()
        [0.75, 0.75, 1.5]
    """
    found = cells.sums(base)
    factors = np.divide(cells.totals, found, out=np.zeros_like(found), where=found > 0)
    weights = base * factors[cells.codes]
    error = cells.error(weights)
    return Fitted(weights, 1, error, error <= 1e-9)
