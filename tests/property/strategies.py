"""Random schemes: every feature of a points scheme, with numbers so small that bounds, caps and lapses meet often."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from property.expressions import BOOLEAN as TRUTH
from property.expressions import DATE, as_sql, values
from property.expressions import NUMBER as NUMERIC
from property.expressions import TEXT as TEXTUAL
from scslab.ground.dates import Calendar, Period
from scslab.ground.problems import Place
from scslab.ground.text import Text
from scslab.scheme.conditions import Column, Expression, Literal, Node, Op, Operation, ValueType
from scslab.scheme.dated import Dated, Number
from scslab.scheme.model import (
    LIFETIME,
    Attribute,
    AttributeType,
    Cap,
    Domain,
    EventType,
    GroupCap,
    InForce,
    LimitTier,
    Measure,
    MeasureCondition,
    MeasureKind,
    Operator,
    OperatorKind,
    PostsOn,
    Repeat,
    Rule,
    Scheme,
    Score,
    SubjectKind,
    SubjectScope,
    Tier,
)
from scslab.scheme.problem_list import Problems
from scslab.scheme.sql import parse_condition, parse_formula
from scslab.scheme.yaml_tree import YamlText

START = Decimal(100)

NASTY_DAYS = tuple(
    date.fromisoformat(text)
    for text in (
        *("2020-02-29", "2020-01-31", "2020-01-01", "2019-12-31", "2020-03-01", "2020-02-28", "2020-03-31"),
        *("2020-04-01", "2020-04-30", "2020-06-30", "2020-07-01", "2020-12-31", "2021-01-01", "2021-01-31"),
        *("2021-02-28", "2021-03-01", "2021-12-31", "2022-01-01", "2022-02-28", "2024-02-29"),
    )
)
"""Leap days, month, quarter and year ends, and the days after them; the first ones are the likeliest when shrinking."""

ATTRIBUTES: dict[str, AttributeType] = {
    "amount": AttributeType.NUMBER,
    "hours": AttributeType.NUMBER,
    "items": AttributeType.INTEGER,
    "place": AttributeType.TEXT,
    "paid": AttributeType.BOOLEAN,
    "due_on": AttributeType.DATE,
}
SUBJECT_ATTRIBUTES: dict[str, AttributeType] = {
    "income": AttributeType.NUMBER,
    "members": AttributeType.INTEGER,
    "district": AttributeType.TEXT,
    "licensed": AttributeType.BOOLEAN,
}
VALUE_TYPES: dict[AttributeType, ValueType] = {
    AttributeType.NUMBER: NUMERIC,
    AttributeType.INTEGER: NUMERIC,
    AttributeType.TEXT: TEXTUAL,
    AttributeType.BOOLEAN: TRUTH,
    AttributeType.DATE: DATE,
}
TYPES = ("give.blood", "give.money", "give", "breach.loan", "breach.rent", "award")
PREFIXES = ("give.*", "breach.*")

days = st.sampled_from(NASTY_DAYS)
periods = st.sampled_from(
    [
        *(Period(months=count) for count in (1, 12, 2, 3, 24)),
        *(Period(days=count) for count in (1, 30, 29, 365, 366)),
    ]
)


def numbers(decimals: int, low: int, high: int) -> st.SearchStrategy[Decimal]:
    """Points from low to high; whole, or with all the decimals there may be."""
    fine = st.integers(low * 10**decimals, high * 10**decimals).map(lambda n: Decimal(n).scaleb(-decimals))
    return st.one_of(st.integers(low, high).map(Decimal), fine)


def weigh(*choices: tuple[int, st.SearchStrategy[Any]]) -> st.SearchStrategy[Any]:
    """One of several strategies, each as often as its weight says (`st.one_of` sees equal strategies only once)."""
    return st.sampled_from([strategy for weight, strategy in choices for _ in range(weight)]).flatmap(lambda s: s)


def rarely(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return weigh((2, st.none()), (1, strategy))


def mostly(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return weigh((2, strategy), (1, st.none()))


def dated(value: st.SearchStrategy[Decimal]) -> st.SearchStrategy[Number]:
    """Mostly a constant, else one to three steps with nothing in force before the first."""
    steps = st.lists(st.tuples(days, value), min_size=1, max_size=3, unique_by=lambda step: step[0])
    return weigh((2, value.map(Dated.constant)), (1, steps.map(lambda found: Dated(tuple(sorted(found))))))


@st.composite
def attributes(draw: st.DrawFn, names: dict[str, AttributeType]) -> dict[str, Attribute]:
    chosen = draw(st.sets(st.sampled_from(sorted(names))))
    found: dict[str, Attribute] = {}
    for name in sorted(chosen):
        bounds: dict[str, Any] = {}
        if name in ("amount", "items") and draw(st.booleans()):
            bounds = {"minimum": draw(rarely(st.just(Decimal(0)))), "maximum": draw(rarely(st.just(Decimal(3))))}
        if name == "place" and draw(st.booleans()):
            bounds = {"values": ("north", "North", "荣成")}
        found[name] = Attribute(name, names[name], **bounds)
    return found


def columns_of(scheme_events: dict[str, EventType], on: str, subject: dict[str, Attribute]) -> list[Column]:
    """What a rule on these types may read: the attributes of each type it listens to, dates, and the subject's."""
    found = {
        attribute.name: Column("event", attribute.name, VALUE_TYPES[attribute.type])
        for kind in scheme_events.values()
        if Rule("", on).matches_type(kind.id)
        for attribute in kind.attributes.values()
    }
    return [
        *found.values(),
        Column("event", "occurred_on", DATE),
        Column("event", "recorded_on", DATE),
        *(Column("subject", attribute.name, VALUE_TYPES[attribute.type]) for attribute in subject.values()),
        Column("subject", "age", NUMERIC),
    ]


def as_expression(root: Node, columns: list[Column]) -> Expression:
    """What the parser makes of the tree's SQL text: schemes come from text."""
    known = {f"subject.{c.name}" if c.owner == "subject" else c.name: c.type for c in columns}
    problems = Problems("S")
    parse = parse_condition if root.type == TRUTH else parse_formula
    found = parse(YamlText(as_sql(root), True, Place()), known, problems)
    assert found is not None, [str(problem) for problem in problems.found]
    return found


@st.composite
def formulas(draw: st.DrawFn, columns: list[Column]) -> Expression:
    """A number of the attributes; now and then one that is beyond every limit."""
    root = draw(values(NUMERIC, columns, 2))
    beyond = draw(st.sampled_from([None, None, None, None, 1e12, 1e300]))
    if beyond is not None:
        times = Literal(beyond, NUMERIC)
        for _ in range(2):
            root = Operation(Op.MULTIPLY, (root, times), NUMERIC)
    return as_expression(root, columns)


cap_periods = st.one_of(st.sampled_from([Calendar.YEAR, LIFETIME, Calendar.QUARTER, Calendar.MONTH]), periods)


@st.composite
def rules(
    draw: st.DrawFn,
    number: int,
    events: dict[str, EventType],
    subject: dict[str, Attribute],
    decimals: int,
    tiers: tuple[Tier, ...],
) -> Rule:
    on = draw(st.sampled_from([*sorted(events), *(p for p in PREFIXES if any(e.startswith(p[:-1]) for e in events))]))
    columns = columns_of(events, on, subject)
    content: dict[str, Any] = {}
    kinds = ["points", "points", "points", "formula"] + (["limit"] * 2 if tiers else [])
    kind = draw(st.sampled_from(kinds))
    # One decimal more than the scheme keeps, now and then, so that rounding has work to do.
    points = weigh((2, numbers(decimals, -12, 12)), (1, numbers(decimals + 1, -12, 12)))
    if kind == "points":
        content["points"] = draw(dated(points))
    elif kind == "formula":
        content["formula"] = draw(formulas(columns))
    if tiers and (kind == "limit" or draw(st.integers(0, 5)) == 0):
        content["limit_tier"] = LimitTier(
            draw(st.sampled_from([tier.id for tier in tiers[: max(1, len(tiers) - 1)]])), draw(mostly(periods))
        )
    if draw(st.integers(0, 2)) == 0:
        content["when"] = as_expression(draw(values(TRUTH, columns, 2)), columns)
    if draw(st.integers(0, 2)) == 0:
        content["cap"] = Cap(draw(dated(numbers(decimals, 1, 10))), draw(cap_periods))
    if draw(st.integers(0, 2)) == 0:
        factors = st.sampled_from([Decimal(text) for text in ("1", "2", "1.5", "0.5", "0", "3", "0.333")])
        content["repeat"] = Repeat(draw(periods), tuple(draw(st.lists(factors, min_size=1, max_size=3))))
    if draw(st.integers(0, 1)) == 0:
        content["valid"] = draw(periods)
    return Rule(id=f"rule-{number}", on=on, **content)


@st.composite
def bounds(draw: st.DrawFn, decimals: int) -> tuple[Number | None, Number | None]:
    """Floor and ceiling, either of them absent, close to the start; never crossed."""
    low = draw(st.one_of(st.none(), dated(numbers(decimals, 85, 101))))
    above = 100 if low is None else int(max(low.values())) + 1
    high = draw(st.one_of(st.none(), dated(numbers(decimals, above, 115))))
    return low, high


@st.composite
def tier_tables(draw: st.DrawFn, decimals: int) -> tuple[Tier, ...]:
    """Up to four tiers; each has its own band of lower ends, so that their order is the same on every day."""
    count = draw(st.integers(0, 4))
    return tuple(Tier(f"T{i}", draw(dated(numbers(decimals, 85 + 6 * i, 90 + 6 * i)))) for i in range(count))


@st.composite
def measure_tables(draw: st.DrawFn, tiers: tuple[Tier, ...]) -> tuple[Measure, ...]:
    found: list[Measure] = []
    for i in range(draw(st.integers(0, 2))):
        if tiers and draw(st.booleans()):
            names = draw(st.lists(st.sampled_from([tier.id for tier in tiers]), min_size=1, unique=True))
            when = MeasureCondition(tiers=tuple(names))
        else:
            low = draw(st.one_of(st.none(), st.integers(95, 102)))
            high = draw(st.one_of(st.none(), st.integers(102, 108))) if low is not None else 100
            when = MeasureCondition(
                score_from=None if low is None else Decimal(low), score_below=None if high is None else Decimal(high)
            )
        found.append(Measure(f"measure-{i}", draw(st.sampled_from(MeasureKind)), Domain.TRAVEL, when))
    return tuple(found)


@st.composite
def schemes(draw: st.DrawFn) -> Scheme:
    """A whole scheme."""
    decimals = draw(st.integers(0, 3))
    types = draw(st.lists(st.sampled_from(TYPES), min_size=1, max_size=3, unique=True))
    events = {name: EventType(name, draw(attributes(ATTRIBUTES))) for name in types}
    subject = draw(attributes(SUBJECT_ATTRIBUTES))
    floor, ceiling = draw(bounds(decimals))
    tiers = draw(tier_tables(decimals))
    own_rules = tuple(
        draw(rules(number, events, subject, decimals, tiers)) for number in range(draw(st.integers(1, 5)))
    )
    groups = draw(
        st.lists(st.lists(st.sampled_from([rule.id for rule in own_rules]), min_size=1, unique=True), max_size=3)
    )
    score = Score(
        start=draw(dated(numbers(decimals, 97, 103))),
        floor=floor,
        ceiling=ceiling,
        decimals=decimals,
        posts_on=draw(st.sampled_from(PostsOn)),
        published=draw(st.sampled_from([None, *Calendar])),
        is_yearly_restart=draw(st.integers(0, 2)) == 0,
    )
    return Scheme(
        id="random",
        title=Text(en="Random"),
        operator=Operator(OperatorKind.RESEARCH, Text(en="Nobody")),
        subjects=SubjectScope(SubjectKind.RESIDENT, draw(rarely(st.just(18))), subject),
        events=events,
        score=score,
        in_force=draw(
            st.builds(
                InForce,
                rarely(st.sampled_from([date(2020, 1, 1), date(2020, 2, 29)])),
                rarely(st.sampled_from([date(2020, 12, 31), date(2022, 2, 28)])),
            )
        ),
        tiers=tiers,
        rules=own_rules,
        caps=tuple(
            GroupCap(f"group-{i}", tuple(names), draw(dated(numbers(decimals, 1, 20))), draw(cap_periods))
            for i, names in enumerate(groups)
        ),
        measures=draw(measure_tables(tiers)),
    )
