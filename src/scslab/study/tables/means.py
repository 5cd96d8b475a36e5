"""Weighted means of a number, in all and by groups, with design-based intervals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from scipy import stats

from scslab.ground.problems import Problem, ProblemsError, did_you_mean
from scslab.study.design.columns import Booleans, Floats
from scslab.study.design.declare import declare_design
from scslab.study.design.design import Design
from scslab.study.design.replicates import replicate
from scslab.study.tables.categories import find_categories, take_answers


@dataclass(frozen=True, slots=True)
class Mean:
    """A weighted mean.

    Attributes:
        group: the group, or "" for all.
        n: respondents behind it.
        value: the mean; `standard_error`, and the ends of its t interval.
        design_effect: its variance over that of a simple random sample with replacement.
        degrees_of_freedom: of the design in the group.
    """

    group: str
    n: int
    value: float
    standard_error: float
    low: float
    high: float
    design_effect: float
    degrees_of_freedom: float


def estimate_means(
    data: Any,
    of: str,
    by: str = "",
    *,
    design: Design | None = None,
    domain: Booleans | pl.Series | None = None,
    level: float = 0.95,
) -> tuple[Mean, ...]:
    """Weighted means of the column `of`, in all and for each category of `by`; groups are domains of the design.

    Args:
        data: answers, a frame or a mapping of columns; n rows.
        of: a column of numbers; missing ones are left out.
        by: groups, one mean each, after the mean of all.
        design: of the rows; a simple random sample if left out.
        domain: who counts, `(n,)`.
        level: of the intervals, 0 to 1.

    Raises:
        ProblemsError: Q340 for unknown columns, Q341 where `of` is no number, Q343 for a domain without respondents.

    Example:
        >>> (found,) = estimate_means({"y": [1.0, 2.0, 3.0, 6.0]}, "y")
        >>> found.value, round(found.standard_error, 4)
        (3.0, 1.0801)
    """
    answers = take_answers(data)
    design = declare_design(answers.frame) if design is None else design
    if of not in answers.frame.columns:
        hint = did_you_mean(of, answers.frame.columns)
        raise ProblemsError([Problem("Q340", f"the data have no column `{of}`", help=hint)])
    column = answers.without_missing()[of]
    if not column.dtype.is_numeric():
        raise ProblemsError([Problem("Q341", f"`{of}` holds no numbers, so it has no mean")])
    y = column.cast(pl.Float64).fill_null(float("nan")).to_numpy().astype(np.float64)
    inside = design.is_active & np.isfinite(y)
    if domain is not None:
        inside &= np.asarray(domain, dtype=np.bool_)
    if not inside.any():
        raise ProblemsError([Problem("Q343", f"no respondent of the domain has a value of `{of}`")])
    found = [_estimate(design.subset(inside), y, "", level)]
    if by:
        groups = find_categories(answers, by)
        for code, label in enumerate(groups.labels):
            members = inside & (groups.codes == code)
            if members.any():
                found.append(_estimate(design.subset(members), y, label, level))
    return tuple(found)


def _estimate(domain: Design, values: Floats, group: str, level: float) -> Mean:
    y = np.where(domain.is_active, values, 0.0)
    weights = domain.weights
    total = float(weights.sum())
    mean = float(weights @ y / total)
    if domain.replicates is not None:
        _, covariance = replicate(domain, lambda w: np.array([w @ y / w.sum()]))
        variance = float(covariance[0, 0])
    else:
        variance = float(domain.variance(weights * (y - mean) / total)[0, 0])
    n = int(domain.is_active.sum())
    spread = float(weights @ (y - mean) ** 2 / total)
    simple = spread / (n - 1) if n > 1 else 0.0
    error = float(np.sqrt(max(variance, 0.0)))
    df = float(domain.degrees_of_freedom)
    half = float(stats.t.ppf(0.5 + level / 2, df)) * error if df > 0 else float("nan")
    effect = variance / simple if simple > 0 else float("nan")
    return Mean(group, n, mean, error, mean - half, mean + half, effect, df)
