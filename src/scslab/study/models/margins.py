"""Average marginal effects on the probability of each category, with analytic delta-method standard errors.

For a number x: the weighted mean over the rows of dP(Y = j)/dx; for a category: the mean change of P(Y = j) when every
row is moved from the reference to it; for a number that is only 0 or 1: from 0 to 1. The variance is J V J', with J the
exact derivative of the effect by the parameters and V the result's covariance: covariates are taken as given.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from scslab.ground.problems import Problem, ProblemsError, did_you_mean
from scslab.study.design.columns import Floats
from scslab.study.models.distribution import DISTRIBUTIONS, Distribution
from scslab.study.models.raw import Raw, take_raw
from scslab.study.models.result import ModelResult, find_quantile, mark_stars

CHUNK = 65_536
"""Rows at a time."""


@dataclass(frozen=True, slots=True)
class Margins:
    """Average marginal effects: e effects on m categories.

    Attributes:
        variables: the column of each effect `(e,)`.
        contrasts: `dP/dx`, or the change, such as `high − low` `(e,)`.
        levels: categories of the response `(m,)`; one, the mean, for linear models.
        effects: in probability, −1 to 1 `(e, m)`; each row sums to 0.
        standard_errors: `(e, m)`.
        degrees_of_freedom: of the reference t distribution.
        level: of the intervals.
    """

    variables: tuple[str, ...]
    contrasts: tuple[str, ...]
    levels: tuple[Any, ...]
    effects: Floats
    standard_errors: Floats
    degrees_of_freedom: float
    level: float

    def table(self) -> pl.DataFrame:
        """One row for each effect on each category: `variable, contrast, category, effect, se, p, low, high, stars`."""
        from scipy.stats import norm, t

        e, m = self.effects.shape
        half = find_quantile(self.level, self.degrees_of_freedom) * self.standard_errors
        with np.errstate(invalid="ignore", divide="ignore"):
            size = np.abs(self.effects / self.standard_errors)
        free = self.degrees_of_freedom
        p = 2 * (norm.sf(size) if np.isinf(free) else t.sf(size, free))
        return pl.DataFrame(
            {
                "variable": np.repeat(self.variables, m).tolist(),
                "contrast": np.repeat(self.contrasts, m).tolist(),
                "category": [str(x) for x in self.levels] * e,
                "effect": self.effects.ravel(),
                "se": self.standard_errors.ravel(),
                "p": p.ravel(),
                "low": (self.effects - half).ravel(),
                "high": (self.effects + half).ravel(),
                "stars": [mark_stars(x) for x in p.ravel()],
            }
        )


def find_margins(result: ModelResult, variables: Sequence[str] | None = None, level: float = 0.95) -> Margins:
    """Average marginal effects of some columns, or of all.

    Args:
        result: a model.
        variables: columns of the formula; None: all.
        level: of the intervals.

    Raises:
        ProblemsError: a column that the formula does not have (Q401); a separated model that leaves them open (Q416).
    """
    known = [name for name in result.sample.encoding.formula.columns if name in _list_columns(result)]
    if unknown := [name for name in variables or () if name not in known]:
        raise ProblemsError(
            [
                Problem("Q401", f"the model has no covariate `{name}`", help=did_you_mean(name, known))
                for name in unknown
            ]
        )
    asker = _Linear(result) if result.kind == "linear" else _Ordered(result)
    names: list[str] = []
    contrasts: list[str] = []
    found: list[tuple[Floats, Floats]] = []
    for name in variables or known:
        for contrast, effect in _ask(result, asker, name):
            names.append(name)
            contrasts.append(contrast)
            found.append(effect)
    levels = result.levels if result.kind != "linear" else ("mean",)
    effects, errors = np.array([x for x, _ in found]), np.array([x for _, x in found])
    shape = (len(found), len(levels))
    return Margins(
        tuple(names),
        tuple(contrasts),
        levels,
        effects.reshape(shape),
        errors.reshape(shape),
        result.degrees_of_freedom,
        level,
    )


def _list_columns(result: ModelResult) -> set[str]:
    return {c for variable in result.sample.encoding.variables.values() for c in variable.part.columns}


Effect = tuple[Floats, Floats]
"""Effects `(m,)` and standard errors `(m,)`."""
Builder = Callable[[slice], Floats]
"""Gives covariates `(k, c)` of a chunk of rows."""


class _Ordered:
    """Asks an ordered or binary model."""

    def __init__(self, result: ModelResult) -> None:
        self.raw: Raw = take_raw(result, "marginal effects")
        self.curve: Distribution = DISTRIBUTIONS[result.link]
        self.first: int = 1 if result.sample.encoding.has_constant else 0
        self.weights: Floats = result.sample.weights / result.sample.weights.sum()

    def _finish(self, values: Floats, jacobian: Floats) -> Effect:
        """From sums over cut points to differences over categories, with their delta-method errors."""
        padded = np.concatenate([np.zeros((1, jacobian.shape[1])), jacobian, np.zeros((1, jacobian.shape[1]))])
        by_category = np.diff(padded, axis=0)
        variance = np.einsum("ij,jk,ik->i", by_category, self.raw.covariance, by_category)
        return np.diff(values, prepend=0.0, append=0.0), np.sqrt(np.maximum(variance, 0.0))

    def change(self, after: Builder, before: Builder) -> Effect:
        """The mean change of probabilities between two versions of the covariates."""
        q, p = self.raw.theta.size, self.raw.covariance.shape[0]
        values, jacobian = np.zeros(q), np.zeros((q, p))
        for part in _chunks(self.weights.size):
            for build, sign in ((after, 1.0), (before, -1.0)):
                x, w = build(part)[self.first :], self.weights[part]
                u = self.raw.theta[:, None] - self.raw.beta @ x
                density = self.curve.pdf(u) * w
                values += sign * self.curve.cdf(u) @ w
                jacobian[:, :q] += sign * np.diag(density.sum(axis=1))
                jacobian[:, q:] -= sign * density @ x.T
        return self._finish(values, jacobian)

    def slope(self, build: Builder, derive: Builder) -> Effect:
        """The mean derivative of probabilities; `derive` gives the derivative of each covariate."""
        q, p = self.raw.theta.size, self.raw.covariance.shape[0]
        values, jacobian = np.zeros(q), np.zeros((q, p))
        for part in _chunks(self.weights.size):
            x, d, w = build(part)[self.first :], derive(part)[self.first :], self.weights[part]
            u, g = self.raw.theta[:, None] - self.raw.beta @ x, self.raw.beta @ d
            density, bend = self.curve.pdf(u) * w, self.curve.slope(u) * (w * g)
            values -= density @ g
            jacobian[:, :q] -= np.diag(bend.sum(axis=1))
            jacobian[:, q:] += bend @ x.T - density @ d.T
        return self._finish(values, jacobian)


class _Linear:
    """Asks a linear model: means of the covariates' changes or derivatives, times the coefficients."""

    def __init__(self, result: ModelResult) -> None:
        self.beta: Floats = result.coefficients
        self.covariance: Floats = result.covariance
        self.weights: Floats = result.sample.weights / result.sample.weights.sum()

    def _mean(self, build: Builder) -> Floats:
        return sum((build(part) @ self.weights[part] for part in _chunks(self.weights.size)), np.zeros(self.beta.size))

    def _finish(self, jacobian: Floats) -> Effect:
        return np.array([jacobian @ self.beta]), np.array([np.sqrt(jacobian @ self.covariance @ jacobian)])

    def change(self, after: Builder, before: Builder) -> Effect:
        """As in `_Ordered`."""
        return self._finish(self._mean(after) - self._mean(before))

    def slope(self, build: Builder, derive: Builder) -> Effect:
        """As in `_Ordered`."""
        return self._finish(self._mean(derive))


def _chunks(n: int) -> list[slice]:
    return [slice(first, min(first + CHUNK, n)) for first in range(0, n, CHUNK)]


def _ask(result: ModelResult, asker: _Ordered | _Linear, name: str) -> list[tuple[str, Effect]]:
    """The effects of one column."""
    sample = result.sample
    encoding = sample.encoding
    factor = next((v for v in encoding.variables.values() if v.part.column == name and v.is_factor), None)

    def with_frame(change: Callable[[pl.DataFrame], pl.DataFrame]) -> Builder:
        def build(part: slice) -> Floats:
            some = change(sample.frame[part])
            return encoding.build(encoding.values_of(some), some.height)

        return build

    if factor is not None:
        dtype = sample.frame.schema[name]

        def at(level: int) -> Builder:
            return with_frame(lambda f: f.with_columns(pl.lit(factor.levels[level], dtype=dtype).alias(name)))

        base = at(factor.reference)
        return [
            (f"{level} − {factor.levels[factor.reference]}", asker.change(at(i), base))
            for i, level in enumerate(factor.levels)
            if i != factor.reference
        ]
    values = sample.frame[name].cast(pl.Float64)
    if values.is_in([0.0, 1.0]).all():
        one, zero = (with_frame(lambda f, v=v: f.with_columns(pl.lit(v).alias(name))) for v in (1.0, 0.0))
        return [("1 − 0", asker.change(one, zero))]
    step = 1e-5 * float(values.std() or 1.0)  # type: ignore[arg-type]
    up = with_frame(lambda f: f.with_columns(pl.col(name).cast(pl.Float64) + step))
    down = with_frame(lambda f: f.with_columns(pl.col(name).cast(pl.Float64) - step))
    plain = [j for j, column in enumerate(encoding.columns) if column.pieces == ((name, -1),)]
    is_alone = [name in encoding.variables[t].part.columns for c in encoding.columns for t, _ in c.pieces].count(
        True
    ) == 1

    def derive(part: slice) -> Floats:
        if plain and is_alone:  # the column enters as it is, once
            found = np.zeros((len(encoding.columns), part.stop - part.start))
            found[plain[0]] = 1.0
            return found
        return (up(part) - down(part)) / (2 * step)

    return [("dP/dx" if result.kind != "linear" else "dE/dx", asker.slope(lambda part: sample.x[:, part], derive))]
