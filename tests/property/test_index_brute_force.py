"""Random index schemes against an O(n²) evaluation, indicator by indicator, with plain loops.

The evaluation here reads docs/settling.md ("Index schemes") again and shares no code with the engine but the model and
`ground.dates`. Any split in time, over threads and over blocks gives identical tables.
"""

from __future__ import annotations

import math
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import polars as pl
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from property.drawing import chance, maybe, pick
from property.effort import look_at
from scslab.engine.index import publish
from scslab.engine.index.settle import settle_index
from scslab.ground.dates import Calendar, Period, age_years
from scslab.ground.text import Text
from scslab.scheme.conditions import Column, Expression, Literal, Op, Operation, ValueType
from scslab.scheme.dated import Dated, Number
from scslab.scheme.model import (
    Attribute,
    AttributeOf,
    AttributeType,
    CountOf,
    DaysSince,
    Dimension,
    EventType,
    Indicator,
    IndicatorValue,
    InForce,
    Operator,
    OperatorKind,
    PostsOn,
    Scheme,
    Score,
    ScoreKind,
    ScoreOf,
    ShareOf,
    SubjectKind,
    SubjectScope,
    SumOf,
    Tier,
)

TYPES = ("pay.late", "pay.on_time", "visit")
PATTERNS = (*TYPES, "pay.*")
FIRST = date(2019, 11, 20)
AMOUNT = Column("event", "amount", ValueType.NUMBER)
BORN = (None, date(1980, 2, 29), date(2002, 1, 31), date(2003, 3, 1))
DAYS = st.integers(0, 900).map(lambda n: FIRST + timedelta(n))
# Month ends and a leap day come often: windows bite there.
SHARP = st.sampled_from([date(2020, 2, 28), date(2020, 2, 29), date(2020, 3, 31), date(2021, 1, 31), date(2021, 2, 28)])
PERIODS = st.sampled_from([Period(months=1), Period(months=3), Period(months=12), Period(days=1), Period(days=45)])


@st.composite
def conditions(draw: st.DrawFn) -> Expression | None:
    bound = Literal(float(draw(st.integers(0, 3))), ValueType.NUMBER)
    node = Operation(Op.GREATER_EQUAL, (AMOUNT, bound), ValueType.BOOLEAN)
    return maybe(draw, st.just(Expression(f"amount >= {bound.value}", node)))


@st.composite
def values(draw: st.DrawFn) -> IndicatorValue:
    on, when, within = pick(draw, PATTERNS), draw(conditions()), maybe(draw, PERIODS, 2)
    none = Decimal(draw(st.integers(-2, 400)))
    match draw(st.integers(0, 6)):
        case 0:
            return CountOf(on, when, within)
        case 1:
            return SumOf("amount", on, when, within)
        case 2:
            return ShareOf(pick(draw, PATTERNS), on, none, draw(conditions()), when, within)
        case 3 | 4:
            return DaysSince(on, none, when, within)
        case 5:
            return AttributeOf(pick(draw, ("years", "insured")), none)
        case _:
            return ScoreOf("other", none)


@st.composite
def scales(draw: st.DrawFn) -> tuple[tuple[Decimal, Decimal], ...]:
    xs = sorted(draw(st.sets(st.integers(-3, 400), min_size=1, max_size=4)))
    return tuple((Decimal(x), Decimal(draw(st.integers(0, 10))) / 10) for x in xs)


@st.composite
def dated(draw: st.DrawFn, options: st.SearchStrategy[Decimal]) -> Number:
    first = Number.constant(draw(options))
    if not chance(draw, 3):
        return first
    since = draw(DAYS)
    steps = (*first.steps, (since, draw(options)))
    return Dated(steps[draw(st.integers(0, 1)) :])


@st.composite
def index_schemes(draw: st.DrawFn) -> Scheme:
    weights = st.integers(0, 10).map(lambda n: Decimal(n) / 10)
    dimensions: list[Dimension] = []
    for d in range(draw(st.integers(1, 3))):
        indicators = [Indicator(f"i{d}{k}", draw(values()), draw(scales())) for k in range(draw(st.integers(1, 3)))]
        dimensions.append(Dimension(f"d{d}", draw(dated(weights)), tuple(indicators)))
    low, high = (draw(dated(st.sampled_from([Decimal(x) for x in ends]))) for ends in ((0, -100, 350), (400, 950)))
    amount = {"amount": Attribute("amount", AttributeType.NUMBER)}
    return Scheme(
        id="index",
        title=Text("Index"),
        operator=Operator(OperatorKind.RESEARCH, Text("A laboratory")),
        subjects=SubjectScope(
            (SubjectKind.RESIDENT,),
            from_age_years=maybe(draw, st.just(18)),
            attributes={
                "years": Attribute("years", AttributeType.INTEGER),
                "insured": Attribute("insured", AttributeType.BOOLEAN),
            },
        ),
        events={name: EventType(name, amount) for name in TYPES},
        score=Score(
            low,
            kind=ScoreKind.INDEX,
            decimals=draw(st.integers(0, 2)),
            published=pick(draw, (Calendar.MONTH, Calendar.QUARTER, Calendar.YEAR, None)),
            posts_on=pick(draw, tuple(PostsOn)),
        ),
        in_force=InForce(maybe(draw, DAYS), maybe(draw, DAYS.map(lambda day: day + timedelta(300)))),
        tiers=(Tier("low", Number.constant(Decimal(0))), Tier("high", draw(dated(st.just(Decimal(420)))))),
        dimensions=tuple(dimensions),
        range=(low, high),
    )


@st.composite
def ledgers(draw: st.DrawFn) -> pl.DataFrame:
    rows: list[dict[str, Any]] = []
    for k in range(draw(st.integers(1, 25))):
        day = draw(DAYS | SHARP)
        late = maybe(draw, st.integers(0, 40), 2)
        rows.append(
            {
                "event_id": k,
                "subject_id": draw(st.integers(1, 4)),
                "type": pick(draw, TYPES),
                "occurred_on": day,
                "recorded_on": day + timedelta(late or 0),
                "amount": maybe(draw, st.sampled_from([0.1, 0.2, 1.0, 2.5, 1e6, -3.0, 0.0000014, 0.0000015]), 2),
            }
        )
    schema = {"event_id": pl.Int64, "subject_id": pl.Int64, "amount": pl.Float64}
    return pl.DataFrame(rows, schema_overrides=schema, infer_schema_length=None)


@st.composite
def persons(draw: st.DrawFn) -> pl.DataFrame:
    ids = sorted(draw(st.sets(st.integers(1, 6), min_size=1)))
    rows = {
        "subject_id": ids,
        "born_on": [pick(draw, BORN) for _ in ids],
        "years": [maybe(draw, st.integers(0, 9), 2) for _ in ids],
        "insured": [maybe(draw, st.booleans(), 2) for _ in ids],
    }
    schema = {"born_on": pl.Date, "years": pl.Int64, "insured": pl.Boolean}
    return pl.DataFrame(rows, schema_overrides=schema)


@st.composite
def other_scores(draw: st.DrawFn) -> pl.DataFrame:
    found = {(draw(st.integers(1, 5)), draw(DAYS)): float(draw(st.integers(0, 400))) for _ in range(6)}
    rows = [(subject, day, score) for (subject, day), score in found.items()]
    return pl.DataFrame(rows, schema=["subject_id", "published_on", "score"], orient="row")


def says(pattern: str, condition: Expression | None, event: dict[str, Any]) -> bool:
    kind = event["type"]
    if not (kind.startswith(pattern[:-1]) if pattern.endswith("*") else kind == pattern):
        return False
    if condition is None:
        return True
    assert isinstance(condition.root, Operation)
    bound = condition.root.arguments[1]
    assert isinstance(bound, Literal)
    return event["amount"] is not None and event["amount"] >= bound.value


def evaluate(
    value: IndicatorValue, record: list[dict[str, Any]], person: dict[str, Any], day: date, other: Any
) -> float:
    match value:
        case AttributeOf(name, none):
            known = person.get(name)
            return float(none) if known is None else float(known)
        case ScoreOf(_, none):
            past = [(on, score) for on, score in other if on <= day]
            return max(past)[1] if past else float(none)
        case _:
            after = value.within.before(day) if value.within else date.min
    seen = [event for event in record if after < event["day"] <= day and says(value.on, value.when, event)]
    match value:
        case CountOf():
            return float(len(seen))
        case SumOf():
            # Millionths, halves away from zero; all test amounts are far below the limit.
            units = [
                math.copysign(math.floor(abs(e["amount"] * 1e6) + 0.5), e["amount"])
                for e in seen
                if e["amount"] is not None
            ]
            return sum(int(u) for u in units) / 1e6
        case ShareOf():
            part = [event for event in seen if says(value.part_on, value.part_when, event)]
            return len(part) / len(seen) if seen else float(value.when_none)
        case DaysSince():
            return float((day - max(e["day"] for e in seen)).days) if seen else float(value.when_none)


def put_on_scale(value: float, scale: tuple[tuple[Decimal, Decimal], ...]) -> float:
    points = [(float(x), float(y)) for x, y in scale]
    if value <= points[0][0]:
        return points[0][1]
    for (x0, y0), (x1, y1) in pairwise(points):
        if value < x1:
            return y0 + (y1 - y0) * ((value - x0) / (x1 - x0))
    return points[-1][1]


def list_days(scheme: Scheme, first: date | None, event_days: set[date], as_of: date) -> list[date]:
    since, until = scheme.in_force.since or date.min, min(scheme.in_force.until or date.max, as_of)
    every = [date(2018, 1, 1) + timedelta(n) for n in range(2600)]  # from before the year end before `FIRST`
    match scheme.score.published:
        case None:
            found = [day for day in every if day in event_days or day == as_of]
        case unit:
            step = {Calendar.MONTH: 1, Calendar.QUARTER: 3, Calendar.YEAR: 12}[unit]
            next_days = [(day, day + timedelta(1)) for day in every]
            found = [day for day, after in next_days if after.day == 1 and (after.month - 1) % step == 0]
    found = [day for day in found if since <= day <= until]
    return found[-1:] if first is None else [day for day in found if day >= first]


def brute_force(
    scheme: Scheme, events: pl.DataFrame, people: pl.DataFrame, other: pl.DataFrame, as_of: date
) -> tuple[list[Any], list[Any]]:
    posted = "occurred_on" if scheme.score.posts_on is PostsOn.OCCURRED else "recorded_on"
    rows = [row | {"day": row[posted]} for row in events.to_dicts() if row[posted] <= as_of]
    known = {row["subject_id"]: row for row in people.to_dicts()}
    publications: list[Any] = []
    contributions: list[Any] = []
    for subject in sorted({row["subject_id"] for row in rows} | set(known)):
        person = known.get(subject, {})
        mine = [row for row in rows if row["subject_id"] == subject]
        days = list_days(scheme, min((r["day"] for r in mine), default=None), {r["day"] for r in mine}, as_of)
        heard = [row for row in mine if is_heard(scheme, row, person)]
        scores = [(day, score) for who, day, score in other.rows() if who == subject]
        before: list[float] = []
        for day in days:
            low, high = (
                float(end.on(day) if end.on(day) is not None else end.steps[0][1]) for end in scheme.range or ()
            )
            total, now, lines = 0.0, list[float](), list[Any]()
            for dimension in scheme.dimensions:
                weight, inner = float(dimension.weight.on(day) or 0), 0.0
                for indicator in dimension.indicators:
                    value = evaluate(indicator.value, heard, person, day, scores)
                    scaled = put_on_scale(value, indicator.scale)
                    inner += scaled
                    now.append((high - low) * weight * scaled / len(dimension.indicators))
                    change = now[-1] - before[len(now) - 1] if before else None
                    lines.append((subject, day, dimension.id, indicator.id, value, scaled, now[-1], change))
                total += weight * (inner / len(dimension.indicators))
            exact = (low + (high - low) * total) * 10**scheme.score.decimals
            rounded = math.copysign(math.floor(abs(exact)) + (abs(exact) - math.floor(abs(exact)) >= 0.5), exact)
            score = Decimal(int(rounded)).scaleb(-scheme.score.decimals)
            reached = [tier.id for tier in scheme.tiers if (bound := tier.lower_on(day)) is not None and bound <= score]
            publications.append((subject, day, score, reached[-1] if reached else None))
            contributions += lines
            before = now
    return publications, contributions


def is_heard(scheme: Scheme, row: dict[str, Any], person: dict[str, Any]) -> bool:
    since, until, youngest = scheme.in_force.since, scheme.in_force.until, scheme.subjects.from_age_years
    if (since and row["day"] < since) or (until and row["day"] > until):
        return False
    born = person.get("born_on")
    return youngest is None or born is None or age_years(born, row["day"]) >= youngest


CASES = st.tuples(index_schemes(), ledgers(), persons(), other_scores(), DAYS | SHARP)


@look_at(60)
@given(CASES)
def test_agrees_with_plain_loops(case: Any) -> None:
    scheme, events, people, other, as_of = case
    found = settle_index(scheme, events, subjects=people, scores={"other": other}, as_of=as_of, threads=1)
    publications, contributions = brute_force(scheme, events, people, other, as_of)
    assert found.publications is not None
    assert found.contributions is not None
    assert [(s, d, Decimal(x), t) for s, d, x, t in found.publications.rows()] == publications
    assert found.contributions.rows() == contributions


@look_at(15)
@given(CASES)
def test_blocks_and_threads_do_not_show(case: Any) -> None:
    scheme, events, people, other, as_of = case
    query: dict[str, Any] = {"subjects": people, "scores": {"other": other}, "as_of": as_of}
    whole = settle_index(scheme, events, threads=1, **query)
    sizes = publish.ITEMS_PER_BLOCK
    try:
        publish.ITEMS_PER_BLOCK = 1
        split = settle_index(scheme, events.sample(fraction=1.0, shuffle=True, seed=3), threads=2, **query)
    finally:
        publish.ITEMS_PER_BLOCK = sizes
    for name in ("publications", "contributions", "standings"):
        assert_frame_equal(getattr(split, name), getattr(whole, name), check_exact=True)
