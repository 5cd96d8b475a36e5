"""Caps on weights, by named rules: what happens to the weight that a cap takes away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from scslab.ground.problems import NOWHERE, Place
from scslab.study.weighting.feasibility import find_smallest_cap
from scslab.study.weighting.margins import CodedMargin, FloatArray, problem_error
from scslab.study.weighting.raking import TOLERANCE, Fitted, rake


class CapRule(StrEnum):
    """What a cap does.

    `trim`: weights beyond the cap are cut, the cut weight is shared equally among the others; margins move.
    `rake-and-trim`: cut and rake in turns until cap and margins both hold.
    `bounded`: calibration whose factors (weight ÷ base weight) never leave the bounds; margins hold.
    """

    TRIM = "trim"
    RAKE_AND_TRIM = "rake-and-trim"
    BOUNDED = "bounded"


@dataclass(frozen=True, slots=True)
class Cap:
    """A cap and its rule.

    Attributes:
        rule: what it does.
        at: the largest weight in means of the weights (`trim`, `rake-and-trim`), or the largest factor (`bounded`).
        floor: the smallest, in the same unit.
    """

    rule: CapRule
    at: float
    floor: float = 0.0
    place: Place = NOWHERE


def trim(weights: FloatArray, upper: float, lower: float = 0.0, *, max_rounds: int = 1_000) -> FloatArray:
    """Cuts weights to `lower` … `upper` and shares what is cut equally among those inside, until all are inside.

    The sum stays the same. This is R's `trimWeights(…, strict=TRUE)`.

    Raises:
        ProblemsError: Q320 where the sum cannot be kept, because the mean weight is not between the limits.

    Example:
        >>> trim(np.array([1.0, 1.0, 6.0]), 4.0).tolist()
        [2.0, 2.0, 4.0]
    """
    mean = float(weights.mean())
    if not lower <= mean <= upper:
        message = f"weights with a mean of {mean:g} cannot all lie between {lower:g} and {upper:g}"
        raise problem_error("Q320", message, helps="a cap must be above the mean weight")
    result = weights.astype(np.float64).copy()
    for _ in range(max_rounds):
        cut = np.clip(result, lower, upper)
        is_inside = cut == result
        if is_inside.all():
            return result
        excess = float((result - cut).sum())
        result = cut
        # Those at a limit count as inside, as in R: what is too much for them is cut again in the next round.
        if is_inside.any():
            result[is_inside] += excess / is_inside.sum()
        else:
            result += excess / len(result)
        if abs(excess) <= 1e-15 * float(weights.sum()):
            return np.clip(result, lower, upper)
    return np.clip(result, lower, upper)


def check_cap(base: FloatArray, margins: Sequence[CodedMargin], cap: Cap) -> None:
    """Makes sure that the margins can be met under the cap.

    Raises:
        ProblemsError: Q321, naming the category that cannot be met and the smallest cap that is possible.

    Example:
        >>> sex = CodedMargin("sex", ("f", "m"), np.array([0, 1, 1, 1]), np.array([2.0, 2.0]))
        >>> check_cap(np.ones(4), [sex], Cap(CapRule.RAKE_AND_TRIM, 1.8))
        Traceback (most recent call last):
        ...
        scslab.ground.problems.ProblemsError: ... Q321 no weights up to 1.8 times the mean give `f` of `sex` its target
          help: the smallest possible cap is 2
    """
    total = float(margins[0].totals.sum())
    is_factor = cap.rule is CapRule.BOUNDED
    # Base weights as they are: bounds of factors refer to them.
    unit = base if is_factor else np.full(len(base), total / len(base))
    found = find_smallest_cap(unit, margins, cap.floor * unit)
    if found.cap <= cap.at * (1 + 1e-9):
        return
    cells = " and ".join(f"`{category}` of `{name}`" for name, category in found.categories[:4]) or "the margins"
    what = "factors" if is_factor else "weights"
    unit_name = "" if is_factor else " times the mean"
    between = f"from {cap.floor:g} up to {cap.at:g}" if cap.floor else f"up to {cap.at:g}"
    if not np.isfinite(found.cap):
        hint = "no cap helps: lower the floor" if cap.floor else "no cap helps: join categories"
    else:
        # Rounded up, so that the number that is told works when it is typed in.
        hint = f"the smallest possible cap is {_round_up(found.cap)}"
    plural = "its target" if len(found.categories) == 1 else "their targets"
    raise problem_error("Q321", f"no {what} {between}{unit_name} give {cells} {plural}", cap.place, hint)


def rake_and_trim(
    base: FloatArray,
    margins: Sequence[CodedMargin],
    cap: Cap,
    *,
    tolerance: float = 1e-9,
    max_rounds: int = 5_000,
) -> Fitted:
    """Rakes and cuts in turns until the margins and the cap both hold; `check_cap` first.

    The cap is in means of the weights. It ends with a raking, so the margins hold to `tolerance` of `rake`, and no
    weight is more than `tolerance` (relative) beyond the cap.

    Example:
        >>> sex = CodedMargin("sex", ("f", "m"), np.array([0, 0, 1, 1]), np.array([2.0, 2.0]))
        >>> cap = Cap(CapRule.RAKE_AND_TRIM, 1.5)
        >>> rake_and_trim(np.array([1.0, 9.0, 1.0, 1.0]), [sex], cap).weights.round(6).tolist()
        [0.5, 1.5, 1.0, 1.0]
    """
    check_cap(base, margins, cap)
    mean = float(margins[0].totals.sum()) / len(base)
    upper, lower = cap.at * mean, cap.floor * mean
    weights = base
    fitted = Fitted(base, 0, np.inf, False)
    for round_number in range(1, max_rounds + 1):
        fitted = rake(weights, margins)
        excess = max(float(fitted.weights.max()) / upper, (lower / max(float(fitted.weights.min()), 1e-300)))
        if excess <= 1 + tolerance:
            return Fitted(fitted.weights, round_number, fitted.error, fitted.error <= 10 * TOLERANCE)
        weights = np.clip(fitted.weights, lower, upper)
    return Fitted(fitted.weights, max_rounds, fitted.error, False)


def _round_up(value: float) -> str:
    """A number with five digits, not below `value`."""
    digits = max(0, 4 - int(np.floor(np.log10(value))))
    step = 10.0**-digits
    return f"{np.ceil(value / step - 1e-6) * step:.{digits}f}".rstrip("0").rstrip(".")
