"""Ordered and binary models: from the rows of a sample to estimates and their scores."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from scslab.ground.problems import Problem, ProblemsError
from scslab.study.design.columns import Booleans, Floats, Integers
from scslab.study.models.covariance import Scores
from scslab.study.models.newton import Fit, Rows, add_scores, count_categories, guess_start, maximise, measure
from scslab.study.models.overlap import find_near
from scslab.study.models.prepared import Sample
from scslab.study.models.response import warn
from scslab.study.models.separation import Separation, find_separation

FAR = 8.0
"""A replicate whose slope lies so far off, per standard deviation of its covariate, has no finite estimate."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A fitted model, its parameters as reported: coefficients, then cut points.

    Attributes:
        parameters: `(p,)`; infinite or NaN where the data are separated.
        names: their names.
        n_coefficients: how many come before the cut points.
        log_likelihood: weighted.
        null_log_likelihood: of the model without covariates.
        scores: for covariances.
        is_moving: parameters without a finite estimate `(p,)`.
        n_steps: Newton steps.
        warnings: what the fit found.
    """

    parameters: Floats
    names: tuple[str, ...]
    n_coefficients: int
    log_likelihood: float
    null_log_likelihood: float
    scores: Scores
    is_moving: Booleans
    n_steps: int
    warnings: tuple[Problem, ...] = ()


def make_rows(sample: Sample, link: str) -> Rows:
    """The likelihood of a sample."""
    q = len(sample.levels) - 1
    x = sample.x[1:] if sample.encoding.has_constant else sample.x
    codes = sample.y.astype(np.int64, copy=False)
    return Rows(link, x, codes, sample.weights, np.arange(q + 1) - 1, np.arange(q + 1), q)


def fit_ordered(sample: Sample, kind: str, link: str) -> Estimate:
    """Fit an ordered or a binary model.

    Raises:
        ProblemsError: the data are separated completely (Q414), or no maximum was found (Q415).
    """
    rows = make_rows(sample, link)
    counts = count_categories(rows)
    names, order, sign = _arrange(sample, kind, rows)
    free = np.ones(rows.p, np.bool_)
    start = guess_start(rows, counts)
    if kind == "binary" and not sample.encoding.has_constant:
        free[0], start[0] = False, 0.0
    near = find_near(rows, start, free)
    separation = find_separation(rows, free) if near is None else None
    warnings: list[Problem] = []
    moving = np.zeros(rows.p, np.bool_)
    if separation is not None:
        rows, free, moving = separation.rows, free & ~separation.is_held, separation.is_moving
        warnings.append(_tell_separation(separation, names, order))
    fit = maximise(rows, start if near is None else near, free)
    if not fit.is_converged and near is not None:
        fit = maximise(rows, start, free)
    if not fit.is_converged:
        helps = "are there covariates of very different size, or very many for the rows?"
        raise ProblemsError([Problem("Q415", f"no maximum was found in {fit.n_steps} steps", help=helps)])
    raw = fit.parameters.copy()
    if separation is not None:
        raw[moving] = np.where(
            separation.direction[moving] == 0, np.nan, np.sign(separation.direction[moving]) * np.inf
        )
    inverse = fit.invert()
    turned = (sign[:, None] * inverse[np.ix_(order, order)]) * sign
    is_kept = counts > 0
    null = float((counts[is_kept] * np.log(counts[is_kept] / counts.sum())).sum())
    if kind == "binary" and not sample.encoding.has_constant:
        null = float(counts.sum() * np.log(0.5))
    scores = Scores(
        turned,
        turned,
        _make_squares(rows, fit, order, sign),
        _make_totals(rows, fit, order, sign),
        _make_refit(rows, fit, order, sign),
    )
    n_coefficients = rows.x.shape[0] + (1 if kind == "binary" and sample.encoding.has_constant else 0)
    return Estimate(
        (sign * raw[order]),
        names,
        n_coefficients,
        fit.log_likelihood,
        null,
        scores,
        moving[order],
        fit.n_steps,
        tuple(warnings),
    )


def name_cuts(levels: tuple[object, ...]) -> tuple[str, ...]:
    """Names of cut points, as R writes them: `low|medium`."""
    return tuple(f"{a}|{b}" for a, b in pairwise(levels))


def _arrange(sample: Sample, kind: str, rows: Rows) -> tuple[tuple[str, ...], Integers, Floats]:
    """Names of the reported parameters, and which raw one (cut points first) each is, with which sign."""
    k, names = rows.x.shape[0], sample.encoding.names
    slopes = np.arange(rows.q, rows.q + k)
    if kind == "ordered":
        order = np.concatenate([slopes, np.arange(rows.q)])
        return (*names, *name_cuts(sample.levels)), order, np.ones(rows.p)
    if sample.encoding.has_constant:
        return names, np.concatenate([[0], slopes]), np.concatenate([[-1.0], np.ones(k)])
    return names, slopes, np.ones(k)


def _tell_separation(separation: Separation, names: tuple[str, ...], order: Integers) -> Problem:
    moving = [names[i] for i, raw in enumerate(order) if separation.is_moving[raw]]
    listed = ", ".join(f"`{name}`" for name in moving)
    if separation.is_complete:
        message = f"the answers are separated completely: no finite estimate exists for {listed}"
        helps = "some combination of the covariates tells every answer without error; use fewer covariates"
        raise ProblemsError([Problem("Q414", message, help=helps)])
    message = (
        f"the answers are separated: {listed} have no finite estimate and get no standard error; "
        f"in {separation.n_rows:,} rows the covariates tell the answer, or one side of it, without error"
    )
    helps = "the other estimates are the limit as those move; join categories, or leave the covariate out"
    return warn("Q425", message, helps)


def _make_squares(rows: Rows, fit: Fit, order: Integers, sign: Floats) -> Callable[[Floats], Floats]:
    def squares(factors: Floats) -> Floats:
        _, _, found = measure(rows, fit.parameters, factors=np.where(rows.weights > 0, factors, 0.0))
        return sign[:, None] * found[np.ix_(order, order)] * sign

    return squares


def _make_totals(rows: Rows, fit: Fit, order: Integers, sign: Floats) -> Callable[[Integers, int], Floats]:
    def totals(groups: Integers, n_groups: int) -> Floats:
        return add_scores(rows, fit.parameters, groups, n_groups)[:, order] * sign

    return totals


def _make_refit(rows: Rows, fit: Fit, order: Integers, sign: Floats) -> Callable[[Floats], Floats]:
    some = rows.x[:, :: max(1, rows.n // 10_000)]

    def refit(weights: Floats) -> Floats:
        scale = np.concatenate([np.ones(rows.q), some.std(axis=1)])
        again = replace(rows, weights=np.where(rows.weights > 0, weights, 0.0))
        found = maximise(again, fit.parameters, fit.is_free)
        is_far = (np.abs(found.parameters - fit.parameters) * scale).max() > FAR
        if not found.is_converged or is_far:
            return np.full(order.size, np.nan)
        return sign * found.parameters[order]

    return refit
