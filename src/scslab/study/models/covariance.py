"""Standard errors by name, for every model: what they are, and the covariance that each gives.

With A the information (minus the Hessian of the weighted log-likelihood), s_i the unweighted score of row i and w_i its
weight (mean 1 for sampling weights; a count for frequencies):

- `observed`: A⁻¹. Right where the model is right and rows are independent with equal chances; weights make it wrong.
- `hc0`: A⁻¹ (Σ w_i² s_i s_i') A⁻¹, the sandwich of `huber1967`. With frequencies Σ w_i s_i s_i'.
- `robust`: Stata's `vce(robust)`: hc0 times n/(n − 1); for linear models n/(n − k).
- `cluster`: Σ over clusters of squared score totals in the middle, times G/(G − 1); for linear models also times
  (n − 1)/(n − k), as Stata does.
- `linearised`: the design's Taylor-linearised variance of A⁻¹ w_i s_i, with strata, clusters and finite-population
  correction (`binder1983`); p values from t with the design's degrees of freedom.
- `replicate`: the variance of the estimates that the design's replicate weights give; same degrees of freedom.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from scslab.ground.problems import Problem, ProblemsError, did_you_mean
from scslab.study.design.columns import Floats, Integers
from scslab.study.design.design import Design, Stage
from scslab.study.models.prepared import Sample

NAMES = ("observed", "hc0", "robust", "cluster", "linearised", "replicate")
DESIGN_BASED = ("linearised", "replicate")


@dataclass(frozen=True, slots=True)
class Scores:
    """What a sandwich needs of a model.

    Attributes:
        inverse: inverse of the information `(p, p)`.
        observed: covariance under the model `(p, p)`; the same as `inverse` but for linear models.
        squares: Σ f_i s_i s_i' `(p, p)` for factors f `(n,)` and unweighted scores s.
        totals: weighted score totals `(g, p)` by group codes `(n,)` and number of groups.
        refit: parameters `(p,)` under other weights `(n,)`; NaN where it has none.
        is_linear: whether Stata's corrections for linear models apply.
    """

    inverse: Floats
    observed: Floats
    squares: Callable[[Floats], Floats]
    totals: Callable[[Integers, int], Floats]
    refit: Callable[[Floats], Floats]
    is_linear: bool = False


def choose_name(design: Design) -> str:
    """The standard errors that a design asks for: `replicate`, `linearised`, or `observed` where it says nothing."""
    if design.replicates is not None:
        return "replicate"
    first = design.stages[0]
    is_plain = first.is_rows and first.n_strata == 1 and not design.has_weights and not first.fraction.any()
    return "observed" if is_plain else "linearised"


def find_covariance(
    name: str,
    sample: Sample,
    scores: Scores,
    tell: Callable[[float], None],
    tell_failed: Callable[[int, int], None] | None = None,
) -> Floats:
    """The covariance `(p, p)` of the parameters under one of `NAMES`.

    Args:
        name: one of `NAMES`.
        sample: the rows.
        scores: the model.
        tell: is told the share of the replicates that is done.
        tell_failed: is told how many replicates have no finite estimate, of how many, where there are any.

    Raises:
        ProblemsError: an unknown name, or one that the design cannot serve (Q412).
    """

    def replicate() -> Floats:
        estimates, covariance = replicate_parameters(sample, scores, tell)
        n_failed = int((~np.isfinite(estimates).all(axis=1)).sum())
        if n_failed and tell_failed is not None:
            tell_failed(n_failed, len(estimates))
        return covariance

    makers: dict[str, Callable[[], Floats]] = {
        "observed": lambda: scores.observed,
        "hc0": lambda: _sandwich(scores, _square(sample, scores)),
        "robust": lambda: _sandwich(scores, _square(sample, scores)) * _small_sample(sample, scores),
        "cluster": lambda: _sandwich(scores, _square_clusters(sample, scores)),
        "linearised": lambda: _sandwich(scores, find_design_middle(sample, scores)),
        "replicate": replicate,
    }
    if name not in makers:
        raise ProblemsError([Problem("Q412", f"no standard errors `{name}`", help=did_you_mean(name, makers))])
    if sample.weight_kind == "frequency" and name in DESIGN_BASED:
        message = f"frequencies are counts of like rows, not a design: no {name} standard errors"
        raise ProblemsError([Problem("Q412", message, help="hc0 and robust count each row as often as it stands for")])
    return makers[name]()


def _sandwich(scores: Scores, middle: Floats) -> Floats:
    return scores.inverse @ middle @ scores.inverse


def _square(sample: Sample, scores: Scores) -> Floats:
    is_count = sample.weight_kind == "frequency"
    return scores.squares(sample.weights if is_count else sample.weights**2)


def _small_sample(sample: Sample, scores: Scores) -> float:
    n = sample.n
    return n / (n - (sample.x.shape[0] if scores.is_linear else 1))


def _square_clusters(sample: Sample, scores: Scores) -> Floats:
    first = sample.design.stages[0]
    if first.is_rows:
        helps = "declare clusters in the design, or give clusters=…"
        raise ProblemsError([Problem("Q412", "cluster standard errors: the design has no clusters", help=helps)])
    present, codes = np.unique(first.cluster[sample.rows], return_inverse=True)
    g = present.size
    totals = scores.totals(codes.astype(np.int64), g)
    n, k = sample.n, sample.x.shape[0]
    return totals.T @ totals * (g / (g - 1)) * ((n - 1) / (n - k) if scores.is_linear else 1.0)


def find_design_middle(sample: Sample, scores: Scores) -> Floats:
    """The design's covariance of the score totals `(p, p)`, without an array of n × p where rows are the clusters."""
    last = sample.design.stages[-1]
    if not last.is_rows:
        return sample.design.variance_of_totals(scores.totals(last.cluster[sample.rows], last.n_clusters))
    if len(sample.design.stages) == 1:
        return _square_rows(last, sample, scores)
    totals = np.zeros((last.n_clusters, scores.inverse.shape[0]))
    totals[sample.rows] = scores.totals(np.arange(sample.rows.size), sample.rows.size)
    return sample.design.variance_of_totals(totals)


def _square_rows(stage: Stage, sample: Sample, scores: Scores) -> Floats:
    strata = stage.stratum_of[sample.rows]
    middle = scores.squares(sample.weights**2 * stage.factor[strata])
    sums = scores.totals(strata, stage.n_strata)
    factor = np.where(stage.is_centred, stage.factor / stage.n_sampled, 0.0)
    return middle - (sums * factor[:, None]).T @ sums


def replicate_parameters(sample: Sample, scores: Scores, tell: Callable[[float], None]) -> tuple[Floats, Floats]:
    """Parameters under each set of replicate weights `(R, p)`, and their covariance `(p, p)`.

    Raises:
        ProblemsError: the design has no replicate weights (Q412), or none of them has an estimate (Q413).
    """
    inner = sample.design.replicates
    if inner is None:
        helps = "make them: make_replicates(design, 'bootstrap'), or declare those of the data"
        raise ProblemsError([Problem("Q412", "the design has no replicate weights", help=helps)])
    found = np.empty((inner.n_replicates, scores.inverse.shape[0]))
    unit, base = inner.unit[sample.rows], inner.base[sample.rows]
    for r in range(inner.n_replicates):
        weights = base * inner.factors[unit, r]
        total = weights.sum()
        found[r] = scores.refit(weights * (sample.rows.size / total)) if total > 0 else np.nan
        tell((r + 1) / inner.n_replicates)
    full = scores.refit(sample.weights)
    try:
        return found, inner.variance(found, full)
    except ValueError:
        helps = "the model is too large for the sample, or a category too small"
        raise ProblemsError([Problem("Q413", "no replicate has a finite estimate", help=helps)]) from None
