"""Reads how the score works: kind, start, bounds, publication; and checks that the numbers agree on every date."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from scslab.ground.dates import Calendar
from scslab.ground.problems import Place
from scslab.ground.text import Text
from scslab.scheme.dated import Number
from scslab.scheme.fields import FormReader, Key
from scslab.scheme.forms import SchemeForm, ScoreForm
from scslab.scheme.model import PostsOn, Score, ScoreKind, Status
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


_NEEDED: dict[ScoreKind, tuple[Key[Any], ...]] = {
    ScoreKind.POINTS: (ScoreForm.start,),
    ScoreKind.INDEX: (ScoreForm.range,),
    ScoreKind.NONE: (),
}
_POINTS_ONLY = (ScoreForm.start, ScoreForm.floor, ScoreForm.ceiling, ScoreForm.restarts)
_FOREIGN: dict[ScoreKind, tuple[tuple[Key[Any], ...], str]] = {
    ScoreKind.POINTS: ((ScoreForm.range,), "is for an index: a points score has `floor` and `ceiling`"),
    ScoreKind.INDEX: (_POINTS_ONLY, "is for points: an index lies within its `range`"),
    ScoreKind.NONE: ((*_POINTS_ONLY, ScoreForm.range, ScoreForm.decimals), "has no effect without a score"),
}


def read_score(top: FormReader) -> Score:
    """The score section; without one the scheme has no score and may only list."""
    form = top.take(SchemeForm.score, None)
    if form is None:
        is_stub = top.take(SchemeForm.status, None) is Status.STUB
        is_without = not top.has(SchemeForm.score) and (top.has(SchemeForm.lists) or is_stub)
        if not is_without and not top.has(SchemeForm.score):
            message = "a scheme file needs the key `score`, or `lists`"
            top.problems.shared("006", message, top.place, SchemeForm.score.about)
        return Score(_ZERO, kind=ScoreKind.NONE if is_without else ScoreKind.POINTS)
    kind = form.take(ScoreForm.kind, ScoreKind.POINTS)
    for key in _NEEDED[kind]:
        if not form.has(key):
            form.problems.shared("006", f"the score needs the key `{key.name}`", form.place, key.about)
    for key in _FOREIGN[kind][0]:
        if form.has(key):
            form.problems.error("S029", f"`{key.name}` {_FOREIGN[kind][1]}", form.place_of(key))
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
        kind=kind,
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


def read_range(top: FormReader, score: Score) -> tuple[Number, Number] | None:
    """The low and the high end of an index."""
    form = top.take(SchemeForm.score, None)
    ends = None if form is None or score.kind is not ScoreKind.INDEX else form.take(ScoreForm.range, None)
    if form is None or ends is None:
        return None
    for end in ends:
        check_exact(end, score.decimals, ScoreForm.range, form)
    for day in list_change_days(ends):
        low, high = ends[0].on(day), ends[1].on(day)
        if low is None or high is None or low >= high:
            told = [f"{end:f}" if end is not None else "nothing" for end in (low, high)]
            message = f"the range from {told[0]} to {told[1]} is empty{tell_since(day, *ends)}"
            form.problems.error("S039", message, form.place_of(ScoreForm.range), "write [350, 950]")
            break
    return ends


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
            since = tell_since(day, score.floor, score.ceiling)
            message = f"the floor {floor:f} is above the ceiling {ceiling:f}{since}"
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
            since = tell_since(day, score.start, score.floor, score.ceiling)
            message = f"the start {start:f} is {side} {bound:f}{since}"
            help_ = "the start itself is not moved; the first entry brings the score to the bound"
            form.problems.warn("S042", message, form.place_of(ScoreForm.start), help_)
            return


def tell_since(day: date, *numbers: Number | None) -> str:
    """` (from 2019-06-01)` where one of the numbers is dated, as messages say it."""
    is_dated = any(each is not None and not each.is_constant for each in numbers)
    return f" (from {day})" if is_dated else ""
