"""The statement of an index: what each indicator gave at the last publication, why, and what would change it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from scslab.ground.dates import Period, add_months, last_publication
from scslab.scheme.model import (
    AttributeOf,
    CountOf,
    DaysSince,
    Dimension,
    Indicator,
    IndicatorValue,
    Scheme,
    ScoreOf,
    ShareOf,
    SumOf,
)

SHOWN = 3
"""How many indicators an outlook names, those with the most points left first."""
LEAST_POINTS = 0.05
"""Points that are worth naming."""


@dataclass(frozen=True, slots=True)
class Publication:
    """What was published of a subject on a day; `change` is against the publication before (None: it was the first)."""

    published_on: date
    score: Decimal
    tier: str | None
    change: Decimal | None


@dataclass(frozen=True, slots=True)
class Contribution:
    """What an indicator gives at the last publication, in points.

    Attributes:
        title: the indicator in words; `what` says what its value is.
        value, scaled: the value, and where it lies on the scale (0 to 1 as a rule).
        contribution: points; the low end of the range + all contributions = the score before rounding.
        most: the points that its best value would give.
        change: against the publication before; None where there was none.
        source: where the indicator comes from.
    """

    dimension: str
    indicator: str
    title: str
    what: str
    value: float
    scaled: float
    contribution: float
    most: float
    change: float | None
    source: str


def build_publications(rows: Sequence[Mapping[str, Any]]) -> tuple[Publication, ...]:
    """The publications of one subject, by day, from rows of `Settlement.publications`."""
    found: list[Publication] = []
    for row in sorted(rows, key=lambda row: row["published_on"]):
        score = Decimal(row["score"])
        change = score - found[-1].score if found else None
        found.append(Publication(row["published_on"], score, row["tier"], change))
    return tuple(found)


def build_contributions(
    scheme: Scheme, rows: Sequence[Mapping[str, Any]], published_on: date | None
) -> tuple[Contribution, ...]:
    """What the last publication of one subject consists of, from rows of `Settlement.contributions`, in file order."""
    rows = [row for row in rows if row["published_on"] == published_on]
    by_id = {(row["dimension"], row["indicator"]): row for row in rows}
    if published_on is None:
        return ()
    low, high = find_range(scheme, published_on)
    found: list[Contribution] = []
    for dimension in scheme.dimensions:
        for indicator in dimension.indicators:
            row = by_id.get((dimension.id, indicator.id))
            if row is not None:
                share = float(high - low) * float(dimension.weight.on(published_on) or 0)
                best = max(float(scaled) for _, scaled in indicator.scale)
                found.append(_build(dimension, indicator, row, share * best / len(dimension.indicators)))
    return tuple(found)


def _build(dimension: Dimension, indicator: Indicator, row: Mapping[str, Any], most: float) -> Contribution:
    return Contribution(
        dimension=dimension.id,
        indicator=indicator.id,
        title=indicator.title.en or indicator.id,
        what=describe_value(indicator.value, row["value"]),
        value=row["value"],
        scaled=row["scaled"],
        contribution=row["contribution"],
        most=most,
        change=row["change"],
        source=indicator.source or dimension.source,
    )


def find_range(scheme: Scheme, day: date) -> tuple[Decimal, Decimal]:
    """The low and the high end of an index on a day.

    Raises:
        ValueError: the scheme is no index.
    """
    if scheme.range is None:
        raise ValueError(f"{scheme.id} is no index")
    low, high = (end.steps[0][1] if (value := end.on(day)) is None else value for end in scheme.range)
    return low, high


def describe_value(value: IndicatorValue, number: float) -> str:
    """The value of an indicator in words.

    Example:
        >>> describe_value(CountOf("visit", None, Period(months=12)), 2.0)
        '2 events visit within 12 months'
        >>> describe_value(ShareOf("pay.on_time", "pay.*", Decimal(1)), 0.85)
        '0.85 of pay.* are pay.on_time so far'
    """
    said = f"{number:,.10g}"
    match value:
        case CountOf(on, when, within):
            return f"{said} events {on}{_say_when(when)} {_say_window(within)}"
        case SumOf(attribute, on, when, within):
            return f"{attribute} of {on}{_say_when(when)} adds up to {said} {_say_window(within)}"
        case ShareOf(part, on):
            clause = f"{part}{_say_when(value.part_when)}"
            return f"{said} of {on}{_say_when(value.when)} are {clause} {_say_window(value.within)}"
        case DaysSince(on, _, when):
            return f"{said} days since the latest {on}{_say_when(when)}"
        case AttributeOf(name):
            return f"{name} is {said}"
        case ScoreOf(other):
            return f"the score under {other} is {said}"


def _say_when(when: Any) -> str:
    return f" ({when.text})" if when is not None else ""


def _say_window(within: Period | None) -> str:
    return f"within {within}" if within else "so far"


def find_next_publication(scheme: Scheme, as_of: date) -> date | None:
    """The first publication day after a date; None where there is no fixed one, or none any more."""
    unit = scheme.score.published
    if unit is None:
        return None
    months = {"month": 1, "quarter": 3, "year": 12}[unit.value]
    after = add_months(last_publication(as_of, unit) + timedelta(1), months) - timedelta(1)
    until = scheme.in_force.until
    return None if until is not None and after > until else after


def look_ahead(scheme: Scheme, as_of: date, contributions: Sequence[Contribution]) -> tuple[str, ...]:
    """What would change an index: the points that are left, and what the next publication no longer counts."""
    left = sorted((c for c in contributions if c.most - c.contribution > LEAST_POINTS), key=_points_left)
    return (*(_describe_room(scheme, each) for each in left[:SHOWN]), *_describe_next(scheme, as_of))


def _points_left(each: Contribution) -> float:
    return each.contribution - each.most


def _describe_room(scheme: Scheme, each: Contribution) -> str:
    """How far an indicator is from its best value."""
    indicator = next(
        i for d in scheme.dimensions if d.id == each.dimension for i in d.indicators if i.id == each.indicator
    )
    best = max(scaled for _, scaled in indicator.scale)
    nearest = min(
        (value for value, scaled in indicator.scale if scaled == best), key=lambda x: abs(float(x) - each.value)
    )
    return (
        f"{each.title}: {each.value:,.10g} gives {each.contribution:,.1f} of at most {each.most:,.1f} points; "
        f"{nearest:,f} would give all of them."
    )


def _describe_next(scheme: Scheme, as_of: date) -> list[str]:
    """The next publication, and what will have left each window by then."""
    coming = find_next_publication(scheme, as_of)
    if coming is None:
        return []
    said = [f"The next publication is on {coming}."]
    windows: dict[Period, list[str]] = {}
    for dimension in scheme.dimensions:
        for indicator in dimension.indicators:
            within = getattr(indicator.value, "within", None)
            if isinstance(within, Period):
                windows.setdefault(within, []).append(indicator.title.en or indicator.id)
    for within, names in windows.items():
        said.append(f"By then events posted up to {within.before(coming)} no longer count for: {', '.join(names)}.")
    return said
