"""Partial proportional odds: some covariates get a slope at each cut point, the others keep one.

P(Y ≤ j) = F(cut_j − x'b − z'g_j) (`peterson1990`; clm's `nominal`). The likelihood is no longer concave everywhere, and
cut points may cross for a row: a step that makes them cross is halved. If they would have to cross, there is no such
model of the data, and that is said.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from scslab.ground.problems import Problem, ProblemsError, did_you_mean
from scslab.study.design.columns import Floats, Integers
from scslab.study.design.linearised import sum_by
from scslab.study.models.covariance import Scores
from scslab.study.models.distribution import DISTRIBUTIONS
from scslab.study.models.newton import TOLERANCE, invert_scaled
from scslab.study.models.ordered import name_cuts
from scslab.study.models.result import ModelResult

MOST_STEPS = 200


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where the parameters stand: slopes (k0,), slopes of each cut point (q, r), cut points (q,)."""

    kept: list[int]
    freed: list[int]
    q: int

    @property
    def size(self) -> int:
        return len(self.kept) + self.q * (len(self.freed) + 1)

    def places(self, cut: int) -> Integers:
        """The parameters of one cut point's index: cut point, slopes, its own slopes."""
        k0, r = len(self.kept), len(self.freed)
        own = k0 + cut * r + np.arange(r)
        return np.concatenate([[k0 + self.q * r + cut], np.arange(k0), own])


def fit_partial_odds(result: ModelResult, terms: Sequence[str]) -> ModelResult:
    """The same model with the odds of some terms left free at each cut point.

    Args:
        result: an ordered model without separated covariates.
        terms: columns of the formula, or names of single covariates such as `income[high]`.

    Returns:
        A result whose names are `term: low|mid` for the freed slopes. Its link ends with ` partial`.

    Raises:
        ProblemsError: not an ordered model (Q417), an unknown term (Q401), no maximum (Q415).
    """
    if result.kind != "ordered" or result.is_refused.any() or result.link not in DISTRIBUTIONS:
        raise ProblemsError([Problem("Q417", "partial proportional odds extend an ordered model without separation")])
    names = result.sample.encoding.names
    freed: list[int] = []
    for term in terms:
        found = [j for j, name in enumerate(names) if name == term or name.startswith(f"{term}[")]
        if not found:
            raise ProblemsError([Problem("Q401", f"the model has no `{term}`", help=did_you_mean(term, names))])
        freed += [j for j in found if j not in freed]
    kept = [j for j in range(len(names)) if j not in freed]
    q = len(result.levels) - 1
    layout = _Layout(kept, freed, q)
    start = np.concatenate([result.coefficients[kept], np.tile(result.coefficients[freed], q), result.thresholds])
    parameters, value, information, n_steps = _maximise(result, layout, result.sample.weights, start)
    inverse = invert_scaled(information, np.ones(layout.size, np.bool_))
    cuts = name_cuts(result.levels)
    labels = (*(names[j] for j in kept), *(f"{names[j]}: {cut}" for cut in cuts for j in freed), *cuts)
    rows = _score_rows(result, layout, parameters)

    def refit(weights: Floats) -> Floats:
        try:
            return _maximise(result, layout, weights, parameters)[0]
        except ProblemsError:
            return np.full(layout.size, np.nan)

    scores = Scores(
        inverse,
        inverse,
        lambda factors: (rows.T * factors) @ rows,
        lambda groups, n_groups: sum_by(groups, rows * result.sample.weights[:, None], n_groups),
        refit,
    )
    bare = replace(
        result,
        link=f"{result.link} partial",
        names=labels,
        parameters=parameters,
        n_coefficients=layout.size - q,
        log_likelihood=value,
        is_refused=np.zeros(layout.size, np.bool_),
        n_steps=n_steps,
        scores=scores,
        covariance=inverse,
    )
    return bare.with_standard_errors(result.se_name)


def _blocks(result: ModelResult, layout: _Layout) -> list[tuple[Integers, Floats]]:
    """For each category: its rows, and what an index is made of `(1 + k0 + r, n)`: 1, −x, −z."""
    x, y = result.sample.x, np.asarray(result.sample.y)
    found: list[tuple[Integers, Floats]] = []
    for category in range(layout.q + 1):
        rows = np.flatnonzero(y == category)
        inner = x[:, rows]
        found.append((rows, np.concatenate([np.ones((1, rows.size)), -inner[layout.kept], -inner[layout.freed]])))
    return found


def _derive(
    link: str,
    u: Floats | None,
    l: Floats | None,  # noqa: E741
) -> tuple[Floats, Floats, Floats, Floats, Floats, Floats]:
    """Log P, its first derivatives by u and l, and minus its second ones (uu, ll, ul); arrays `(n,)`."""
    curve = DISTRIBUTIONS[link]
    n = (u if u is not None else l if l is not None else np.zeros(0)).size
    zero = np.zeros(n)
    if u is None:
        p = curve.cdf(-l) if link != "cloglog" and l is not None else 1 - curve.cdf(l if l is not None else zero)
    elif l is None:
        p = curve.cdf(u)
    elif link == "logit":
        p = curve.cdf(u) * curve.cdf(-l) * -np.expm1(-(u - l))
    else:
        p = np.where(u + l > 0, curve.cdf(-l) - curve.cdf(-u), curve.cdf(u) - curve.cdf(l)) if link == "probit" else (
            curve.cdf(u) - curve.cdf(l)
        )  # fmt: skip
    with np.errstate(divide="ignore", invalid="ignore"):
        a = zero if u is None else curve.pdf(u) / p
        b = zero if l is None else curve.pdf(l) / p
        uu = zero if u is None else a * a - curve.slope(u) / p
        ll = zero if l is None else b * b + curve.slope(l) / p
        return np.log(np.where(p > 0, p, np.nan)), a, -b, uu, ll, -a * b


def _measure(
    result: ModelResult, layout: _Layout, blocks: list[tuple[Integers, Floats]], weights: Floats, parameters: Floats
) -> tuple[float, Floats, Floats]:
    """Log-likelihood (−inf where cut points cross), gradient `(p,)` and information `(p, p)`."""
    total, gradient = 0.0, np.zeros(layout.size)
    information = np.zeros((layout.size, layout.size))
    for category, (rows, basis) in enumerate(blocks):
        w = weights[rows]
        high = layout.places(category) if category < layout.q else None
        low = layout.places(category - 1) if category > 0 else None
        u = None if high is None else parameters[high] @ basis
        l = None if low is None else parameters[low] @ basis  # noqa: E741
        if u is not None and l is not None and (u <= l).any():
            return -np.inf, gradient, information
        logs, a, b, uu, ll, ul = _derive(result.link.removesuffix(" partial"), u, l)
        total += float(w @ logs)
        if high is not None:
            gradient[high] += basis @ (w * a)
            information[np.ix_(high, high)] += (basis * (w * uu)) @ basis.T
        if low is not None:
            gradient[low] += basis @ (w * b)
            information[np.ix_(low, low)] += (basis * (w * ll)) @ basis.T
        if high is not None and low is not None:
            cross = (basis * (w * ul)) @ basis.T
            information[np.ix_(high, low)] += cross
            information[np.ix_(low, high)] += cross.T
    return (total if np.isfinite(total) else -np.inf), gradient, information


def _maximise(
    result: ModelResult, layout: _Layout, weights: Floats, start: Floats
) -> tuple[Floats, float, Floats, int]:
    blocks = _blocks(result, layout)
    parameters = start
    value, gradient, information = _measure(result, layout, blocks, weights, parameters)
    for number in range(1, MOST_STEPS + 1):
        step = _solve(information, gradient)
        decrement = float(gradient @ step)
        if decrement < TOLERANCE:
            return parameters + step, value + decrement / 2, information, number
        share = 1.0
        while share > 1e-8:
            found = _measure(result, layout, blocks, weights, parameters + share * step)
            if found[0] >= value - 1e-10 * abs(value):
                parameters, (value, gradient, information) = parameters + share * step, found
                break
            share /= 2
        else:
            break
    helps = "cut points would have to cross, or a category is empty on one side: free fewer terms or join categories"
    raise ProblemsError([Problem("Q415", "no maximum was found with these odds left free", help=helps)])


def _solve(information: Floats, gradient: Floats) -> Floats:
    """Newton's step; where the information is not positive definite, along its positive directions."""
    diagonal = np.sqrt(np.maximum(np.diag(information), 1e-12))
    values, vectors = np.linalg.eigh(information / diagonal / diagonal[:, None])
    return (vectors @ ((vectors.T @ (gradient / diagonal)) / np.maximum(np.abs(values), 1e-10))) / diagonal


def _score_rows(result: ModelResult, layout: _Layout, parameters: Floats) -> Floats:
    """Unweighted scores of all rows `(n, p)`."""
    scores = np.zeros((result.sample.rows.size, layout.size))
    for category, (rows, basis) in enumerate(_blocks(result, layout)):
        high = layout.places(category) if category < layout.q else None
        low = layout.places(category - 1) if category > 0 else None
        u = None if high is None else parameters[high] @ basis
        l = None if low is None else parameters[low] @ basis  # noqa: E741
        _, a, b, _, _, _ = _derive(result.link.removesuffix(" partial"), u, l)
        if high is not None:
            scores[np.ix_(rows, high)] += (basis * a).T
        if low is not None:
            scores[np.ix_(rows, low)] += (basis * b).T
    return scores
