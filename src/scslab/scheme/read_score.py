"""Reads how the score works: start, bounds, publication, tiers; and checks that the numbers agree on every date."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from scslab.ground.dates import Calendar
from scslab.ground.problems import Place
from scslab.ground.text import Text
from scslab.scheme.dated import Number
from scslab.scheme.fields import FormReader, Key, check_ids_once, take_known
from scslab.scheme.forms import SchemeForm, ScoreForm, TierForm
from scslab.scheme.model import PostsOn, Score, Source, Tier
from scslab.scheme.problem_list import Problems
from scslab.scheme.scheme_kinds import MOST_DECIMALS, Published, Restarts

LARGEST_SCALED = Decimal(10) ** 15
"""Points times 10^decimals stay below this, so that sums of them are exact in 64 bits."""

_ZERO = Number.constant(Decimal(0))
_CALENDARS = {
    Published.IMMEDIATELY: None,
    Published.MONTHLY: Calendar.MONTH,
    Published.QUARTERLY: Calendar.QUARTER,
    Published.YEARLY: Calendar.YEAR,
}


def read_score(top: FormReader) -> Score:
    """The score section."""
    form = top.take(SchemeForm.score, None)
    if form is None:
        return Score(_ZERO)
    score = Score(
        start=form.take(ScoreForm.start, _ZERO),
        floor=form.take(ScoreForm.floor, None),
        ceiling=form.take(ScoreForm.ceiling, None),
        # Where the number is wrong, the most that it can be: no bound is then told to have too many decimals.
        decimals=form.take(ScoreForm.decimals, MOST_DECIMALS if form.has(ScoreForm.decimals) else 0),
        posts_on=form.take(ScoreForm.posts_on, PostsOn.RECORDED),
        published=_CALENDARS[form.take(ScoreForm.published, Published.IMMEDIATELY)],
        is_yearly_restart=form.take(ScoreForm.restarts, Restarts.NEVER) is Restarts.YEARLY,
        title=form.take(ScoreForm.title, Text()),
        place=form.place,
    )
    for key, value in (
        (ScoreForm.start, score.start),
        (ScoreForm.floor, score.floor),
        (ScoreForm.ceiling, score.ceiling),
    ):
        if value is not None:
            check_exact(value, score.decimals, key, form)
    _check_bounds(score, form)
    return score


def read_tiers(top: FormReader, score: Score, sources: dict[str, Source]) -> tuple[Tier, ...]:
    """The tiers, lowest first."""
    tiers: list[Tier] = []
    for form in top.take(SchemeForm.tiers, ()):
        lower = form.take(TierForm.lower, None)
        if lower is not None:
            check_exact(lower, score.decimals, TierForm.lower, form)
        tiers.append(
            Tier(
                id=form.take(TierForm.id, ""),
                lower=lower or _ZERO,
                title=form.take(TierForm.title, Text()),
                source=take_known(form, TierForm.source, sources, "S021", "source"),
                confidence=form.take(TierForm.confidence, None),
                place=form.place,
            )
        )
        if lower is not None and len(tiers) > 1 and tiers[-2].id:
            _check_above(tiers[-2], tiers[-1], form)
    check_ids_once(((tier.id, tier.place) for tier in tiers), top.problems)
    return tuple(tiers)


def list_change_days(numbers: Sequence[Number | None]) -> list[date]:
    """The days on which any of the numbers changes, ascending.

    Example:
        >>> [str(day) for day in list_change_days([Number.constant(Decimal(1)), None])]
        ['1900-01-01']
    """
    return sorted({since for each in numbers if each is not None for since, _ in each.steps})


def count_decimals(value: Decimal) -> int:
    """How many digits after the point a number needs.

    Example:
        >>> count_decimals(Decimal("2.50")), count_decimals(Decimal("100"))
        (1, 0)
    """
    exponent = value.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def tell_decimals(decimals: int) -> str:
    """`2 decimals`, `1 decimal`, `no decimals`, as messages say it."""
    return f"{decimals or 'no'} decimal{'' if decimals == 1 else 's'}"


def check_size(value: Decimal, decimals: int, place: Place, problems: Problems) -> None:
    """Notes points that are too large to be kept exactly at this number of decimals."""
    if abs(value) * 10**decimals > LARGEST_SCALED:
        message = f"{value:f} points with {tell_decimals(decimals)} are too large to be kept exactly"
        problems.error("S040", message, place, "use fewer decimals or smaller points")


def check_exact(value: Number, decimals: int, key: Key[Any], form: FormReader) -> None:
    """Notes a bound, tier or cap that is too large, or that has digits which no score can have."""
    place = form.place_of(key)
    for each in value.values():
        check_size(each, decimals, place, form.problems)
        if count_decimals(each) > decimals:
            message = f"`{key.name}` is {each:f}, and the score has {tell_decimals(decimals)}"
            help_ = f"write `decimals: {count_decimals(each)}` under `score`, or round it"
            form.problems.error("S041", message, place, help_)


def _check_bounds(score: Score, form: FormReader) -> None:
    for day in list_change_days([score.start, score.floor, score.ceiling]):
        floor = score.floor.on(day) if score.floor else None
        ceiling = score.ceiling.on(day) if score.ceiling else None
        if floor is not None and ceiling is not None and floor > ceiling:
            message = f"the floor {floor:f} is above the ceiling {ceiling:f}{_since(day, score.floor, score.ceiling)}"
            form.problems.error("S026", message, form.place_of(ScoreForm.floor))
            return
    if form.has(ScoreForm.start):
        _check_start(score, form)


def _check_start(score: Score, form: FormReader) -> None:
    for day in list_change_days([score.start, score.floor, score.ceiling]):
        floor = score.floor.on(day) if score.floor else None
        ceiling = score.ceiling.on(day) if score.ceiling else None
        start = score.start.on(day)
        if start is None:
            continue
        bound = floor if floor is not None and start < floor else None
        bound = ceiling if ceiling is not None and start > ceiling else bound
        if bound is not None:
            side = "below the floor" if start < bound else "above the ceiling"
            message = f"the start {start:f} is {side} {bound:f}{_since(day, score.start, score.floor, score.ceiling)}"
            help_ = "the start itself is not moved; the first entry brings the score to the bound"
            form.problems.warn("S042", message, form.place_of(ScoreForm.start), help_)
            return


def _check_above(lower: Tier, upper: Tier, form: FormReader) -> None:
    for day in list_change_days([lower.lower, upper.lower]):
        low, high = lower.lower.on(day), upper.lower.on(day)
        if low is not None and high is not None and high <= low:
            message = f"the tier `{upper.id}` begins at {high:f}, not above `{lower.id}` with {low:f}"
            place = form.place_of(TierForm.lower)
            message += _since(day, lower.lower, upper.lower)
            form.problems.error("S025", message, place, "list the tiers from the lowest to the highest")
            return


def _since(day: date, *numbers: Number | None) -> str:
    is_dated = any(each is not None and not each.is_constant for each in numbers)
    return f" (from {day})" if is_dated else ""
