"""Weighting of a sample: method, margins and cap in, weights and an account of them out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
import polars as pl

from scslab.ground.problems import NOWHERE, Place, Problem, Severity
from scslab.scheme.problem_list import suggest
from scslab.study.weighting.calibration import Distance, calibrate, dummies_of
from scslab.study.weighting.caps import Cap, CapRule, check_cap, rake_and_trim, trim
from scslab.study.weighting.efficiency import Efficiency, SampleKind, measure_efficiency
from scslab.study.weighting.feasibility import find_unmet
from scslab.study.weighting.margins import CodedMargin, FloatArray, Margin, code_margins, problem_error
from scslab.study.weighting.raking import Fitted, post_stratify, rake


class Method(StrEnum):
    """How weights are found."""

    RAKING = "raking"
    POST_STRATIFICATION = "post-stratification"
    CALIBRATION = "calibration"


@dataclass(frozen=True, slots=True)
class WeightingPlan:
    """How a sample is weighted.

    Attributes:
        margins: what the weighted sample must look like; for post-stratification one margin, of crossed variables.
        method: how weights are found.
        base: the column with the base weights; "" for 1 each.
        sum_to: what the weights sum to; None for the number of respondents.
        cap: the largest weight allowed, with its rule.
        distance: for calibration and bounded caps.
        means: for calibration: the population means of numeric columns.
        sample: how respondents came in.
    """

    margins: tuple[Margin, ...]
    method: Method = Method.RAKING
    base: str = ""
    sum_to: float | None = None
    cap: Cap | None = None
    distance: Distance = Distance.LINEAR
    means: Mapping[str, float] = field(default_factory=dict[str, float])
    sample: SampleKind = SampleKind.OPT_IN
    column: str = "weight"
    place: Place = NOWHERE

    def known_words(self) -> dict[str, frozenset[str]]:
        """The categories that the targets name, by column: they tell codes from labels in labelled data."""
        found: dict[str, set[str]] = {}
        for margin in self.margins:
            for i, name in enumerate(margin.columns):
                found.setdefault(name, set()).update(category[i] for category in margin.targets)
        return {name: frozenset(words) for name, words in found.items()}


@dataclass(frozen=True, slots=True)
class Weights:
    """Weights and how they came about.

    Attributes:
        plan: what was asked for.
        values: the weights; `(n,)`.
        fitted: rounds, error and whether the iteration converged.
        efficiency: Kish's design effect and what follows.
        base_efficiency: the same for the base weights.
        margins: the margins with the respondents' codes.
        notes: warnings for the reader.
    """

    plan: WeightingPlan
    values: FloatArray
    fitted: Fitted
    efficiency: Efficiency
    base_efficiency: Efficiency
    margins: tuple[CodedMargin, ...]
    notes: tuple[Problem, ...]

    def to_frame(self) -> pl.DataFrame:
        """One row for each category: respondents, shares before and after in percent, wanted share, mean weight."""
        rows: list[dict[str, object]] = []
        for margin in self.margins:
            sizes = np.bincount(margin.codes, minlength=len(margin.categories))
            after, total = margin.sums(self.values), float(self.values.sum())
            for i, category in enumerate(margin.categories):
                rows.append(
                    {
                        "margin": margin.name,
                        "category": category,
                        "respondents": int(sizes[i]),
                        "unweighted_percent": 100 * float(sizes[i]) / len(margin.codes),
                        "weighted_percent": 100 * float(after[i]) / total,
                        "target_percent": 100 * float(margin.totals[i] / margin.totals.sum()),
                        "mean_weight": float(after[i] / sizes[i]) if sizes[i] else None,
                    }
                )
        return pl.DataFrame(rows)


def weight_sample(frame: pl.DataFrame, plan: WeightingPlan) -> Weights:
    """Weights a sample.

    Raises:
        ProblemsError: with what is wrong with the data, the targets or the cap: Q310 to Q324.

    Example:
        >>> frame = pl.DataFrame({"sex": ["f", "f", "f", "m"]})
        >>> weights = weight_sample(frame, WeightingPlan((Margin.of("sex", {"f": 50, "m": 50}),)))
        >>> weights.values.round(3).tolist(), round(weights.efficiency.design_effect, 3)
        ([0.667, 0.667, 0.667, 2.0], 1.333)
        >>> weights.to_frame()["weighted_percent"].round(6).to_list()
        [50.0, 50.0]
    """
    base = _read_base(frame, plan)
    total = float(frame.height) if plan.sum_to is None else plan.sum_to
    margins = code_margins(frame, plan.margins, total)
    base = base * (total / base.sum())
    unmet = find_unmet(margins) if len(margins) > 1 else ()
    if unmet:
        cells = " and ".join(f"`{category}` of `{name}`" for name, category in unmet[:4])
        hint = "the combinations of categories that the sample has do not allow it: join categories"
        raise problem_error("Q322", f"no weights can meet the targets of {cells}", plan.place, hint)
    fitted = _fit(frame, base, margins, plan, total)
    notes: list[Problem] = []
    if not fitted.is_converged:
        notes.append(
            _warn(
                "Q323",
                f"not converged: after {fitted.rounds:,} rounds a total is off by {fitted.error:.1e}"
                " of the sum of weights",
                plan.place,
            )
        )
    if (fitted.weights < 0).any():
        count = int((fitted.weights < 0).sum())
        notes.append(
            _warn(
                "Q324",
                f"{count:,} weights are below zero, which a share cannot use",
                plan.place,
                "use the logit distance, or bounds",
            )
        )
    final = fitted
    if plan.cap is not None and plan.cap.rule is CapRule.TRIM:
        mean = total / len(base)
        trimmed = trim(fitted.weights, plan.cap.at * mean, plan.cap.floor * mean)
        final = Fitted(trimmed, fitted.rounds, fitted.error, fitted.is_converged)
        worst = max(margins, key=lambda margin: margin.error(trimmed))
        off = worst.error(trimmed)
        if off > 5e-4:
            notes.append(
                _warn(
                    "Q325",
                    f"after trimming, `{worst.name}` is off its target by up to {100 * off:.1f} percentage points",
                    plan.place,
                    "the rule `rake-and-trim` holds cap and margins both",
                )
            )
    positive = np.maximum(final.weights, 0.0)
    return Weights(
        plan,
        final.weights,
        final,
        measure_efficiency(positive, plan.sample),
        measure_efficiency(base, plan.sample),
        margins,
        tuple(notes),
    )


def _fit(
    frame: pl.DataFrame, base: FloatArray, margins: Sequence[CodedMargin], plan: WeightingPlan, total: float
) -> Fitted:
    cap = plan.cap
    if cap is not None and cap.rule is CapRule.BOUNDED:
        check_cap(base, margins, cap)
        x, totals = _auxiliary(frame, margins, plan, total)
        bounded = calibrate(base, x, totals, distance=plan.distance, bounds=(cap.floor, cap.at))
        if not bounded.is_converged:
            message = f"no factors from {cap.floor:g} to {cap.at:g} were found that meet the totals"
            raise problem_error("Q321", message, cap.place, "widen the bounds")
        return bounded
    if cap is not None and cap.rule is CapRule.RAKE_AND_TRIM:
        return rake_and_trim(base, margins, cap)
    match plan.method:
        case Method.RAKING:
            return rake(base, margins)
        case Method.POST_STRATIFICATION:
            if len(margins) != 1:
                message = f"post-stratification has one margin, not {len(margins)}"
                raise problem_error("Q316", message, plan.place, "cross the variables: `age × sex`, or use raking")
            return post_stratify(base, margins[0])
        case Method.CALIBRATION:
            x, totals = _auxiliary(frame, margins, plan, total)
            return calibrate(base, x, totals, distance=plan.distance)


def _auxiliary(
    frame: pl.DataFrame, margins: Sequence[CodedMargin], plan: WeightingPlan, total: float
) -> tuple[FloatArray, FloatArray]:
    x, totals = dummies_of(margins)
    for name, mean in plan.means.items():
        if name not in frame.columns:
            raise problem_error("Q310", f"the data have no column `{name}`", plan.place, suggest(name, frame.columns))
        column = frame[name]
        if not column.dtype.is_numeric() or column.null_count() or column.is_nan().any():
            raise problem_error("Q317", f"`{name}` must be a number for every respondent", plan.place)
        values = column.to_numpy().astype(np.float64)
        if not values.min() <= mean <= values.max():
            message = f"the wanted mean of `{name}`, {mean:g}, is outside {values.min():g} to {values.max():g}"
            raise problem_error("Q318", message, plan.place)
        x = np.column_stack([x, values])
        totals = np.append(totals, mean * total)
    return x, totals


def _read_base(frame: pl.DataFrame, plan: WeightingPlan) -> FloatArray:
    if frame.height == 0:
        raise problem_error("Q315", "the data have no rows", plan.place)
    if not plan.base:
        return np.ones(frame.height)
    if plan.base not in frame.columns:
        hint = suggest(plan.base, frame.columns)
        raise problem_error("Q310", f"the data have no column `{plan.base}`", plan.place, hint)
    column = frame[plan.base]
    if not column.dtype.is_numeric():
        raise problem_error("Q315", f"the base weights `{plan.base}` are not numbers", plan.place)
    values = column.cast(pl.Float64).fill_null(float("nan")).to_numpy()
    bad = int((~(np.isfinite(values) & (values > 0))).sum())
    if bad:
        who = "1 respondent has" if bad == 1 else f"{bad:,} respondents have"
        message = f"{who} a base weight that is missing, zero or below"
        raise problem_error("Q315", message, plan.place, "leave them out first")
    return values


def _warn(code: str, message: str, place: Place, helps: str = "") -> Problem:
    return Problem(code, message, place, helps, Severity.WARNING)
