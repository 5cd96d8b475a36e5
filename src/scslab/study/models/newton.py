"""Newton's method for ordered models: from the rows to cut points, slopes, log-likelihood and information."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from scslab.study.design.columns import Booleans, Floats, Integers
from scslab.study.models.kernel_links import LINKS, tabulate_kinds
from scslab.study.models.kernel_ordered import add_totals, evaluate, make_work

MOST_STEPS = 60
"""More steps than this mean that there is no maximum nearby; four to six are usual."""
TOLERANCE = 1e-18
"""Newton decrement, in squared standard errors, at which the next step is the last. That step squares it again."""
LOOSE_TOLERANCE = 1e-10
"""The same for many rows, where a standard error is small: the information is that of the step before the last, and
1e-5 standard errors away it differs by 1e-5 divided by the root of the number of rows."""
MANY = 20_000
"""From so many rows on, the tolerance is the loose one."""
RUN = 16
"""Rows that a sample takes at a time: they are copied as fast as one."""


@dataclass(frozen=True, slots=True)
class Rows:
    """What the likelihood is made of.

    Attributes:
        link: a key of `kernel_ordered.LINKS`.
        x: covariates `(k, n)`.
        codes: kind of each row `(n,)`.
        weights: `(n,)`, normalised to the number of rows unless they are frequencies.
        lower: cut point below each kind, −1 for none.
        upper: cut point above each kind, q for none.
        q: number of cut points.
    """

    link: str
    x: Floats
    codes: Integers
    weights: Floats
    lower: Integers
    upper: Integers
    q: int

    @property
    def n(self) -> int:
        """Number of rows."""
        return self.codes.size

    @property
    def p(self) -> int:
        """Number of parameters: cut points, then slopes."""
        return self.q + self.x.shape[0]

    def take(self, every: int) -> Rows:
        """A sample: one run of `RUN` rows of every so many."""
        n_runs = self.n // (RUN * every)

        def pick(values: np.ndarray) -> np.ndarray:
            shape = values.shape[:-1]
            whole = values[..., : n_runs * every * RUN].reshape(*shape, n_runs, every, RUN)
            return np.ascontiguousarray(whole[..., 0, :]).reshape(*shape, n_runs * RUN)

        return replace(self, x=pick(self.x), codes=pick(self.codes), weights=pick(self.weights))


@dataclass(frozen=True, slots=True)
class Fit:
    """A maximum of the likelihood.

    Attributes:
        parameters: cut points `(q,)`, then slopes `(k,)`.
        log_likelihood: weighted.
        information: minus the Hessian `(p, p)`.
        n_steps: Newton steps taken over all rows.
        is_converged: whether the decrement fell below the tolerance.
        is_free: parameters that were estimated; the others were held `(p,)`.
    """

    parameters: Floats
    log_likelihood: float
    information: Floats
    n_steps: int
    is_converged: bool
    is_free: Booleans

    def invert(self) -> Floats:
        """Inverse of the information `(p, p)` over the free parameters; zeros for those held."""
        return invert_scaled(self.information, self.is_free)


def invert_scaled(information: Floats, is_free: Booleans) -> Floats:
    """Inverse of a positive definite matrix over some of its rows, scaled to a unit diagonal first."""
    inner = information[np.ix_(is_free, is_free)]
    scale = 1 / np.sqrt(np.maximum(np.diag(inner), 1e-300))
    inverse = np.linalg.inv(inner * scale * scale[:, None]) * scale * scale[:, None]
    out = np.zeros_like(information)
    out[np.ix_(is_free, is_free)] = (inverse + inverse.T) / 2
    return out


def measure(
    rows: Rows, parameters: Floats, work: Floats | None = None, factors: Floats | None = None
) -> tuple[float, Floats, Floats]:
    """Log-likelihood, gradient `(p,)` and information `(p, p)` at some parameters.

    With `factors` `(n,)` the last is Σ factor s s' of the unweighted scores s, and the others have no meaning.
    """
    q, link = rows.q, LINKS[rows.link]
    gradient, found = np.zeros(rows.p), np.zeros((rows.p, rows.p))
    table = tabulate_kinds(link, rows.lower, rows.upper, parameters[:q])
    weights = rows.weights if factors is None else factors
    work = make_work(q, rows.x.shape[0]) if work is None else work
    beta, is_squares = parameters[q:].copy(), factors is not None
    value = evaluate(link, is_squares, rows.x, rows.codes, weights, table, beta, gradient, found, work)
    return value, gradient, np.tril(found) + np.tril(found, -1).T


def add_scores(rows: Rows, parameters: Floats, groups: Integers, n_groups: int) -> Floats:
    """Weighted scores at some parameters, added up by group `(n_groups, p)`; `groups` are codes `(n,)`."""
    q, link = rows.q, LINKS[rows.link]
    found = np.zeros((n_groups, rows.p))
    table = tabulate_kinds(link, rows.lower, rows.upper, parameters[:q])
    work, beta = make_work(q, rows.x.shape[0]), parameters[q:].copy()
    add_totals(link, rows.x, rows.codes, rows.weights, groups, table, beta, found, work)
    return found


def guess_start(rows: Rows, counts: Floats) -> Floats:
    """Cut points that fit the weighted shares of the categories `(q+1,)`, and slopes of 0."""
    from scipy.special import logit, ndtri

    quantiles: dict[str, Callable[[Floats], Floats]] = {
        "logit": logit,
        "probit": ndtri,
        "cloglog": lambda p: np.log(-np.log1p(-p)),
    }
    shares = np.cumsum(counts)[:-1] / counts.sum()
    return np.concatenate([quantiles[rows.link](shares), np.zeros(rows.x.shape[0])])


def count_categories(rows: Rows) -> Floats:
    """Weight of each kind."""
    return np.asarray(np.bincount(rows.codes, weights=rows.weights, minlength=rows.lower.size), np.float64)


def maximise(rows: Rows, start: Floats, is_free: Booleans | None = None) -> Fit:
    """The maximum of the likelihood, from a start, over the free parameters.

    A step that lowers the likelihood or disorders the cut points is halved.
    """
    free = np.ones(rows.p, np.bool_) if is_free is None else is_free
    work, parameters = make_work(rows.q, rows.x.shape[0]), start.astype(np.float64)
    tolerance = LOOSE_TOLERANCE if rows.n >= MANY else TOLERANCE
    value, gradient, information = measure(rows, parameters, work)
    for number in range(1, MOST_STEPS + 1):
        step = _solve(information, gradient, free)
        if step is None:
            break
        decrement = float(gradient[free] @ step[free])
        if not np.isfinite(decrement):
            break
        if decrement < tolerance:
            return Fit(parameters + step, value + decrement / 2, information, number, True, free)
        share = 1.0
        while share > 1e-8:
            there = parameters + share * step
            if bool((np.diff(there[: rows.q]) > 0).all()):
                found = measure(rows, there, work)
                if found[0] >= value - 1e-10 * abs(value):
                    parameters, (value, gradient, information) = there, found
                    break
            share /= 2
        else:
            break
    return Fit(parameters, value, information, MOST_STEPS, False, free)


def step_once(rows: Rows, start: Floats, is_free: Booleans) -> Floats:
    """One step of Newton's from a start; the start itself where that leads nowhere."""
    _, gradient, information = measure(rows, start)
    step = _solve(information, gradient, is_free)
    if step is None or not np.isfinite(step).all() or (np.diff((start + step)[: rows.q]) <= 0).any():
        return start
    return start + step


def _solve(information: Floats, gradient: Floats, free: Booleans) -> Floats | None:
    """Newton's step; None where the information is not positive definite over the free parameters."""
    inner = information[np.ix_(free, free)]
    diagonal = np.diag(inner)
    if not np.isfinite(inner).all() or (diagonal <= 0).any():
        return None
    scale = 1 / np.sqrt(diagonal)
    step = np.zeros_like(gradient)
    try:
        step[free] = scale * np.linalg.solve(inner * scale * scale[:, None], scale * gradient[free])
    except np.linalg.LinAlgError:
        return None
    return step
