"""Random index schemes: every kind of value, dated weights and ranges, awkward windows and scales."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from property.drawing import chance, indexes, pick
from property.strategies import PERIODS, VALUE_TYPES, schemes
from property.strategies_lists import add_consequences, draw_on
from scslab.ground.dates import EARLIEST, Calendar
from scslab.scheme.conditions import ValueType
from scslab.scheme.dated import Dated
from scslab.scheme.model import (
    AttributeOf,
    CountOf,
    DaysSince,
    Dimension,
    Indicator,
    Scheme,
    ScoreKind,
    ShareOf,
    SumOf,
    Tier,
    matches,
)

SCALES = (
    ((0, 0), (1, 1)),
    ((0, 0), (3, 1)),
    ((0, 1), (2, "0.5"), (10, 0)),
    (("-1.5", "0.1"), ("0.5", "0.3"), ("0.9", "0.7"), (1, 1)),
    ((1, "0.25"),),
    ((0, 1), (30, "0.9"), (365, "0.1"), (366, 0)),
)
WEIGHTS = (
    (("1",),),
    (("0.5", "0.5"), ("0.35", "0.65"), ("0.9", "0.1")),
    (("0.2", "0.3", "0.5"), ("0.1", "0.1", "0.8")),
)
"""By number of dimensions, weights that sum to 1."""
WHEN_NONE = tuple(Decimal(text) for text in ("0", "0.5", "1", "365", "-2"))


def draw_value(draw: st.DrawFn, scheme: Scheme) -> Any:
    on, when = draw_on(draw, scheme)
    within, when_none = pick(draw, (None, *PERIODS)), pick(draw, WHEN_NONE)
    numeric = sorted(
        {
            attribute.name
            for kind in scheme.events.values()
            if matches(on, kind.id)
            for attribute in kind.attributes.values()
            if VALUE_TYPES[attribute.type] == ValueType.NUMBER
        }
    )
    own = [
        a.name
        for a in scheme.subjects.attributes.values()
        if VALUE_TYPES[a.type] in (ValueType.NUMBER, ValueType.BOOLEAN)
    ]
    kinds = ["count", "share", "days"] + ["sum"] * bool(numeric) + ["attribute"] * bool(own)
    match pick(draw, kinds):
        case "count":
            return CountOf(on, when, within)
        case "sum":
            return SumOf(pick(draw, numeric), on, when, within)
        case "share":
            within_whole = [name for name in scheme.events if matches(on, name)]
            _, part_when = draw_on(draw, replace(scheme, events={n: scheme.events[n] for n in within_whole[:1]}))
            return ShareOf(within_whole[0], on, when_none, part_when, when, within)
        case "days":
            return DaysSince(on, when_none, when, within)
        case _:
            return AttributeOf(pick(draw, own), when_none)


def draw_indicator(draw: st.DrawFn, scheme: Scheme, indicator_id: str) -> Indicator:
    scale = tuple((Decimal(x), Decimal(y)) for x, y in pick(draw, SCALES))
    return Indicator(indicator_id, draw_value(draw, scheme), scale)


def draw_dimensions(draw: st.DrawFn, scheme: Scheme) -> tuple[Dimension, ...]:
    """One to three dimensions, whose weights may change on a day."""
    choices = WEIGHTS[draw(indexes(3))]
    steps = [(EARLIEST, pick(draw, choices))]
    if chance(draw, 3):
        steps.append((pick(draw, (date(2020, 12, 31), date(2021, 1, 1), date(2020, 2, 29))), pick(draw, choices)))
    return tuple(
        Dimension(
            f"dimension-{place}",
            Dated(tuple((since, Decimal(weights[place])) for since, weights in steps)),
            tuple(
                draw_indicator(draw, scheme, f"indicator-{place}-{number}") for number in range(1 + draw(indexes(3)))
            ),
        )
        for place in range(len(choices[0]))
    )


@st.composite
def index_schemes(draw: st.DrawFn, *, has_lists: bool = False) -> Scheme:
    """An index from about 80 to about 120, so that tiers, lists and measures of points schemes fit it."""
    scheme = draw(schemes())
    decimals = draw(indexes(3))
    low = Dated.constant(Decimal(pick(draw, ("80", "0", "90.5", "-10"))))
    high = Dated.constant(Decimal(pick(draw, ("120", "110", "300"))))
    if chance(draw, 3):
        high = Dated((*high.steps, (date(2020, 12, 31), Decimal(150))))
    score = replace(
        scheme.score,
        kind=ScoreKind.INDEX,
        start=Dated.constant(Decimal(0)),
        floor=None,
        ceiling=None,
        decimals=decimals,
        published=pick(draw, [Calendar.MONTH, Calendar.QUARTER, Calendar.YEAR, None]),
        is_yearly_restart=False,
    )
    tiers = tuple(Tier(f"T{n}", Dated.constant(Decimal(85 + 8 * n))) for n in range(draw(indexes(4))))
    scheme = replace(scheme, score=score, range=(low, high), rules=(), caps=(), tiers=tiers, measures=())
    scheme = replace(scheme, dimensions=draw_dimensions(draw, scheme))
    return add_consequences(draw, scheme, most_lists=2) if has_lists else scheme
