"""Fitting a model to survey answers: ordered logit and its family, binary logit, linear."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Unpack

import numpy as np

from scslab.study.design.columns import Column
from scslab.study.design.design import Design
from scslab.study.models.covariance import choose_name
from scslab.study.models.linear import fit_linear
from scslab.study.models.options import FitOptions
from scslab.study.models.ordered import fit_ordered
from scslab.study.models.prepared import prepare
from scslab.study.models.result import ModelResult

MODELS = {
    "ordered_logit": ("ordered", "logit"),
    "ordered_probit": ("ordered", "probit"),
    "ordered_cloglog": ("ordered", "cloglog"),
    "binary_logit": ("binary", "logit"),
    "linear_model": ("linear", "identity"),
}
"""The models, their kind and link."""


def fit_model(
    model: str,
    formula: str,
    data: Any,
    *,
    design: Design | None = None,
    weights: Column | None = None,
    weight_kind: str = "sampling",
    clusters: Column | None = None,
    se: str | None = None,
    levels: Mapping[str, Sequence[Any]] | None = None,
    reference: Mapping[str, Any] | None = None,
    progress: Callable[[str, float], None] | None = None,
) -> ModelResult:
    """Fit one of `MODELS`; for the arguments see `ordered_logit`."""
    kind, link = MODELS[model]
    sample = prepare(
        formula,
        data,
        kind,
        design=design,
        weights=weights,
        weight_kind=weight_kind,
        clusters=clusters,
        levels=levels or {},
        references=reference or {},
    )
    found = fit_linear(sample) if kind == "linear" else fit_ordered(sample, kind, link)
    bare = ModelResult(
        kind=kind,
        link=link,
        formula=formula,
        response=sample.response,
        levels=sample.levels,
        names=found.names,
        parameters=found.parameters,
        covariance=np.full((found.parameters.size,) * 2, np.nan),
        se_name="",
        n_coefficients=found.n_coefficients,
        degrees_of_freedom=float("inf"),
        log_likelihood=found.log_likelihood,
        null_log_likelihood=found.null_log_likelihood,
        is_refused=found.is_moving,
        n_rows=sample.rows.size,
        n_observations=sample.n,
        n_missing=sample.n_missing,
        warnings=(*sample.warnings, *found.warnings),
        n_steps=found.n_steps,
        sample=sample,
        scores=found.scores,
    )
    usual = "observed" if sample.weight_kind == "frequency" else choose_name(sample.design)
    return bare.with_standard_errors(se or usual, progress)


def ordered_logit(formula: str, data: Any, **options: Unpack[FitOptions]) -> ModelResult:
    """Proportional-odds model: logit P(Y ≤ j) = cut_j − x'b (`mccullagh1980`).

    Args:
        formula: `response ~ terms`. Texts, categories and booleans are factors, numbers are numbers, `C(x)` makes a
            factor, `C(x, ref='low')` names its reference; `a:b` is an interaction, `a*b` both and it; `log(x)`,
            `I(x**2)` and comparisons are computed.
        data: a Polars or pandas frame, or anything with `.frame`.
        design: the survey's design, see `declare_design`. Its weights, strata and clusters are used.
        weights: a column of weights, where there is no design.
        weight_kind: `sampling` (a row stands for so many people; its mean does not matter) or `frequency` (a row is
            so many like observations).
        clusters: a column of clusters, where there is no design.
        se: standard errors, one of `covariance.NAMES`: `observed`, `hc0`, `robust`, `cluster`, `linearised`,
            `replicate`. Default: what the design asks for.
        levels: order of categories by column, from low to high; needed for a response that is text.
        reference: reference category by column; the first one otherwise.
        progress: is told how many replicates are done.

    Raises:
        TypeError: an unknown keyword.
        ProblemsError: everything that is wrong with the formula, the data or the design, at once (Q401 to Q415).

    Example:
        Satisfaction of 1,681 tenants of Copenhagen with their housing (`madsen1976`), as in R's `MASS::housing` summed
        over types of housing; R's `clm` finds 0.5794, 1.2874 and 0.2697:

        >>> import polars as pl
        >>> housing = pl.DataFrame(
        ...     {
        ...         "satisfaction": [1, 2, 3] * 6,
        ...         "influence": (["low"] * 3 + ["medium"] * 3 + ["high"] * 3) * 2,
        ...         "contact": ["low"] * 9 + ["high"] * 9,
        ...         "n": [113, 59, 62, 100, 78, 101, 49, 41, 110, 169, 111, 113, 106, 111, 163, 30, 46, 119],
        ...     }
        ... )
        >>> fit = ordered_logit(
        ...     "satisfaction ~ influence + contact",
        ...     housing,
        ...     weights="n",
        ...     weight_kind="frequency",
        ...     levels={"influence": ["low", "medium", "high"], "contact": ["low", "high"]},
        ... )
        >>> fit.names
        ('influence[medium]', 'influence[high]', 'contact[high]', '1|2', '2|3')
        >>> fit.coefficients.round(4).tolist(), fit.standard_errors[:3].round(4).tolist()
        ([0.5794, 1.2874, 0.2697], [0.1039, 0.1258, 0.0934])
    """
    return fit_model("ordered_logit", formula, data, **options)


def ordered_probit(formula: str, data: Any, **options: Unpack[FitOptions]) -> ModelResult:
    """Ordered probit, P(Y ≤ j) = Φ(cut_j − x'b); arguments as in `ordered_logit`."""
    return fit_model("ordered_probit", formula, data, **options)


def ordered_cloglog(formula: str, data: Any, **options: Unpack[FitOptions]) -> ModelResult:
    """Proportional hazards, P(Y ≤ j) = 1 − exp(−exp(cut_j − x'b)); arguments as in `ordered_logit`."""
    return fit_model("ordered_cloglog", formula, data, **options)


def binary_logit(formula: str, data: Any, **options: Unpack[FitOptions]) -> ModelResult:
    """Logistic regression of the second of two categories; arguments as in `ordered_logit`."""
    return fit_model("binary_logit", formula, data, **options)


def linear_model(formula: str, data: Any, **options: Unpack[FitOptions]) -> ModelResult:
    """Weighted least squares; arguments as in `ordered_logit`."""
    return fit_model("linear_model", formula, data, **options)
