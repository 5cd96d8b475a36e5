"""Predicted probabilities of each category, with intervals that stay between 0 and 1."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from scslab.ground.problems import Problem, ProblemsError, did_you_mean
from scslab.study.design.columns import Floats, take_frame
from scslab.study.models.distribution import DISTRIBUTIONS
from scslab.study.models.encoding import code_levels
from scslab.study.models.raw import take_raw
from scslab.study.models.result import ModelResult, find_quantile


@dataclass(frozen=True, slots=True)
class Predictions:
    """Predictions for n rows and m categories (one, the mean, for linear models).

    Attributes:
        levels: categories `(m,)`.
        values: probabilities, 0 to 1, or means `(n, m)`; NaN where a covariate is missing.
        standard_errors: by the delta method `(n, m)`.
        low: lower ends of the intervals `(n, m)`; those of probabilities are taken on the logit scale.
        high: upper ends `(n, m)`.
        level: of the intervals.
    """

    levels: tuple[Any, ...]
    values: Floats
    standard_errors: Floats
    low: Floats
    high: Floats
    level: float

    def table(self) -> pl.DataFrame:
        """One row for each row and category: `row, category, estimate, se, low, high`."""
        n, m = self.values.shape
        return pl.DataFrame(
            {
                "row": np.repeat(np.arange(n), m),
                "category": [str(x) for x in self.levels] * n,
                "estimate": self.values.ravel(),
                "se": self.standard_errors.ravel(),
                "low": self.low.ravel(),
                "high": self.high.ravel(),
            }
        )


def find_predictions(result: ModelResult, data: Any = None, level: float = 0.95) -> Predictions:
    """Predictions for the rows of the sample, or of another table.

    Args:
        result: a model.
        data: a table with the covariates' columns; None: the rows that the model used.
        level: of the intervals.

    Raises:
        ProblemsError: a column is missing (Q401), or holds a category that the model has not seen (Q403).
    """
    x, is_known = (result.sample.x, None) if data is None else _build(result, data)
    half = find_quantile(level, result.degrees_of_freedom)
    if result.kind == "linear":
        values = (result.coefficients @ x)[:, None]
        errors = np.sqrt(np.einsum("jn,jk,kn->n", x, result.covariance, x))[:, None]
        low, high, levels = values - half * errors, values + half * errors, ("mean",)
    else:
        values, errors = _find_probabilities(result, x)
        low, high = _bound(values, errors, half)
        levels = result.levels
    if is_known is not None:
        for array in (values, errors, low, high):
            array[~is_known] = np.nan
    return Predictions(levels, values, errors, low, high, level)


def _build(result: ModelResult, data: Any) -> tuple[Floats, np.ndarray]:
    frame, problems = take_frame(data), list[Problem]()
    encoding = result.sample.encoding
    parts = [variable.part for variable in encoding.variables.values()]
    for name in dict.fromkeys(c for part in parts for c in part.columns):
        if name not in frame.columns:
            message = f"the table to predict for has no column `{name}`"
            problems.append(Problem("Q401", message, help=did_you_mean(name, frame.columns)))
    if problems:
        raise ProblemsError(problems)
    is_known = np.ones(frame.height, np.bool_)
    for variable in encoding.variables.values():
        series = frame.select(variable.part.expression.alias("x"))["x"]
        is_known &= series.is_not_null().to_numpy()
        if variable.is_factor:
            is_new = (code_levels(series, variable.levels) < 0) & series.is_not_null().to_numpy()
            if is_new.any():
                stray = series.filter(pl.Series(is_new))[0]
                helps = did_you_mean(str(stray), [str(x) for x in variable.levels])
                message = f"`{variable.part.column}` has the value `{stray}`, which the model has not seen"
                problems.append(Problem("Q403", message, help=helps))
    if problems:
        raise ProblemsError(problems)
    x = encoding.build(encoding.values_of(frame), frame.height)
    is_known &= np.isfinite(x).all(axis=0)
    return np.nan_to_num(x), is_known


def _find_probabilities(result: ModelResult, x: Floats) -> tuple[Floats, Floats]:
    raw, curve = take_raw(result, "predictions"), DISTRIBUTIONS[result.link]
    inner = x[1:] if result.sample.encoding.has_constant else x
    q, n = raw.theta.size, inner.shape[1]
    u = raw.theta[:, None] - raw.beta @ inner
    padded = np.concatenate([np.zeros((1, n)), curve.cdf(u), np.ones((1, n))])
    density = np.concatenate([np.zeros((1, n)), curve.pdf(u), np.zeros((1, n))])
    values, errors = np.diff(padded, axis=0).T, np.empty((n, q + 1))
    for j in range(q + 1):
        gradient = np.zeros((q + raw.beta.size, n))
        if j < q:
            gradient[j] += density[j + 1]
        if j > 0:
            gradient[j - 1] -= density[j]
        gradient[q:] = -(density[j + 1] - density[j]) * inner
        errors[:, j] = np.sqrt(np.maximum(np.einsum("pn,pn->n", gradient, raw.covariance @ gradient), 0.0))
    return values.copy(), errors


def _bound(values: Floats, errors: Floats, half: float) -> tuple[Floats, Floats]:
    from scipy.special import expit, logit

    inside = np.clip(values, 1e-300, 1 - 1e-16)
    centre, width = logit(inside), half * errors / (inside * (1 - inside))
    return expit(centre - width), expit(centre + width)
