"""Random schemes: every feature of a points scheme, with numbers so small that bounds, caps and lapses meet often.

The parts are plain functions that take `draw`; only the whole is a strategy.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from property.drawing import chance, indexes, pick, points, subset
from property.expressions import BOOLEAN as TRUTH
from property.expressions import DATE, as_sql, draw_value
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
    CapPeriod,
    Domain,
    EventType,
    GroupCap,
    InForce,
    LimitTier,
    Measure,
    MeasureKind,
    Operator,
    OperatorKind,
    PostsOn,
    Repeat,
    Rule,
    Scheme,
    Score,
    ScoreRange,
    StateCondition,
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

PERIODS = (
    *(Period(months=count) for count in (1, 12, 2, 3, 24)),
    *(Period(days=count) for count in (1, 30, 29, 365, 366)),
)
CAP_PERIODS: tuple[CapPeriod, ...] = (*[Calendar.YEAR, LIFETIME, Calendar.QUARTER, Calendar.MONTH] * 2, *PERIODS)
FACTORS = tuple(Decimal(text) for text in ("1", "2", "1.5", "0.5", "0", "3", "0.333"))


def draw_dated(draw: st.DrawFn, value: st.SearchStrategy[Decimal]) -> Number:
    """Mostly a constant, else one to three steps with nothing in force before the first."""
    if not chance(draw, 3):
        return Dated.constant(draw(value))
    return Dated(tuple((since, draw(value)) for since in sorted(subset(draw, NASTY_DAYS, 3))))


# Vocabulary, conditions, formulas -------------------------------------------------------------------------------


def draw_attributes(draw: st.DrawFn, names: dict[str, AttributeType]) -> dict[str, Attribute]:
    found: dict[str, Attribute] = {}
    for name, kind in names.items():
        if chance(draw, 2):
            continue
        limits: dict[str, Any] = {}
        if name in ("amount", "items") and chance(draw, 2):
            limits = pick(draw, ({"minimum": Decimal(0)}, {"maximum": Decimal(3)}))
        if name == "place" and chance(draw, 2):
            limits = {"values": ("north", "North", "荣成")}
        found[name] = Attribute(name, kind, **limits)
    return found


def columns_of(events: dict[str, EventType], on: str, subject: dict[str, Attribute]) -> list[Column]:
    """What a rule on these types may read: the attributes of each type it listens to, dates, and the subject's."""
    found = {
        attribute.name: Column("event", attribute.name, VALUE_TYPES[attribute.type])
        for kind in events.values()
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


def draw_condition(draw: st.DrawFn, columns: list[Column], depth: int = 2) -> Expression:
    return as_expression(draw_value(draw, TRUTH, columns, depth), columns)


def draw_formula(draw: st.DrawFn, columns: list[Column], depth: int = 2) -> Expression:
    """A number of the attributes; now and then one that is beyond every limit."""
    root = draw_value(draw, NUMERIC, columns, depth)
    beyond = pick(draw, (None, None, None, None, 1e12, 1e300))
    for _ in range(2 if beyond else 0):
        root = Operation(Op.MULTIPLY, (root, Literal(beyond, NUMERIC)), NUMERIC)
    return as_expression(root, columns)


# Rules ----------------------------------------------------------------------------------------------------------


def draw_rule(
    draw: st.DrawFn,
    number: int,
    events: dict[str, EventType],
    subject: dict[str, Attribute],
    decimals: int,
    tiers: list[str],
) -> Rule:
    prefixes = [prefix for prefix in PREFIXES if any(name.startswith(prefix[:-1]) for name in events)]
    on = pick(draw, [*events, *prefixes])
    columns = columns_of(events, on, subject)
    content: dict[str, Any] = {}
    kind = pick(draw, ("points", "points", "points", "formula", "limit" if tiers else "points"))
    if kind == "points":
        # One decimal more than the scheme keeps, now and then, so that rounding has work to do.
        content["points"] = draw_dated(draw, points(decimals + chance(draw, 4), -12, 12))
    elif kind == "formula":
        content["formula"] = draw_formula(draw, columns)
    if tiers and (kind == "limit" or chance(draw, 6)):
        period = None if chance(draw, 4) else pick(draw, PERIODS)
        content["limit_tier"] = LimitTier(pick(draw, tiers[: max(1, len(tiers) - 1)]), period)
    if chance(draw, 3):
        content["when"] = draw_condition(draw, columns)
    if chance(draw, 3):
        content["cap"] = Cap(draw_dated(draw, points(decimals, 1, 10)), pick(draw, CAP_PERIODS))
    if chance(draw, 3):
        content["repeat"] = Repeat(
            pick(draw, PERIODS), tuple(pick(draw, FACTORS) for _ in range(pick(draw, (1, 2, 3))))
        )
    if chance(draw, 2):
        content["valid"] = pick(draw, PERIODS)
    return Rule(id=f"rule-{number}", on=on, **content)


def draw_groups(draw: st.DrawFn, rules: tuple[Rule, ...], decimals: int) -> tuple[GroupCap, ...]:
    """Up to three caps on groups of rules, which overlap freely."""
    return tuple(
        GroupCap(
            f"group-{number}",
            tuple(subset(draw, [rule.id for rule in rules], len(rules))),
            draw_dated(draw, points(decimals, 1, 20)),
            pick(draw, CAP_PERIODS),
        )
        for number in range(draw(indexes(4)))
    )


# Scores, tiers, measures ----------------------------------------------------------------------------------------


def draw_score(draw: st.DrawFn, decimals: int) -> Score:
    """Floor and ceiling, either of them absent, are close to the start and never cross."""
    floor = draw_dated(draw, points(decimals, 85, 101)) if chance(draw, 2) else None
    above = 100 if floor is None else int(max(floor.values())) + 1
    ceiling = draw_dated(draw, points(decimals, above, 112)) if chance(draw, 2) else None
    return Score(
        start=draw_dated(draw, points(decimals, 97, 103)),
        floor=floor,
        ceiling=ceiling,
        decimals=decimals,
        posts_on=pick(draw, list(PostsOn)),
        published=pick(draw, [None, *Calendar]),
        is_yearly_restart=chance(draw, 3),
    )


def draw_tiers(draw: st.DrawFn, decimals: int) -> tuple[Tier, ...]:
    """Up to four tiers; each has its own band of lower ends, so that their order is the same on every day."""
    return tuple(
        Tier(f"T{number}", draw_dated(draw, points(decimals, 85 + 6 * number, 90 + 6 * number)))
        for number in range(draw(indexes(5)))
    )


MEASURE_SCORES = ((None, 100), (95, None), (100, None), (102, None), (95, 104), (100, 108))


def draw_measure(draw: st.DrawFn, number: int, tiers: list[str]) -> Measure:
    if tiers and chance(draw, 2):
        when = StateCondition(tiers=tuple(subset(draw, tiers, len(tiers))))
    else:
        low, high = (None if bound is None else Decimal(bound) for bound in pick(draw, MEASURE_SCORES))
        when = StateCondition(ScoreRange(low, high))
    return Measure(f"measure-{number}", pick(draw, list(MeasureKind)), Domain.TRAVEL, when)


@st.composite
def schemes(draw: st.DrawFn) -> Scheme:
    """A whole scheme."""
    decimals = draw(indexes(4))
    events = {name: EventType(name, draw_attributes(draw, ATTRIBUTES)) for name in subset(draw, TYPES, 3)}
    subject = draw_attributes(draw, SUBJECT_ATTRIBUTES)
    tiers = draw_tiers(draw, decimals)
    names = [tier.id for tier in tiers]
    rules = tuple(draw_rule(draw, number, events, subject, decimals, names) for number in range(1 + draw(indexes(5))))
    since, until = (date(2020, 1, 1), date(2020, 2, 29)), (date(2020, 12, 31), date(2022, 2, 28))
    return Scheme(
        id="random",
        title=Text(en="Random"),
        operator=Operator(OperatorKind.RESEARCH, Text(en="Nobody")),
        subjects=SubjectScope((SubjectKind.RESIDENT,), 18 if chance(draw, 3) else None, subject),
        events=events,
        score=draw_score(draw, decimals),
        in_force=InForce(pick(draw, (None, None, *since)), pick(draw, (None, None, None, *until))),
        tiers=tiers,
        rules=rules,
        caps=draw_groups(draw, rules, decimals),
        measures=tuple(draw_measure(draw, number, names) for number in range(draw(indexes(3)))),
    )


@st.composite
def schemes_of_conditions(draw: st.DrawFn) -> Scheme:
    """Many deep conditions and formulas over all attributes there are, and nothing else."""
    attributes = {name: Attribute(name, kind) for name, kind in ATTRIBUTES.items()}
    # Types that declare different attributes: what a type lacks is NULL.
    events = {
        "give.blood": EventType("give.blood", attributes),
        "give.money": EventType("give.money", {name: attributes[name] for name in ("amount", "place", "due_on")}),
    }
    subject = {name: Attribute(name, kind) for name, kind in SUBJECT_ATTRIBUTES.items()}
    rules: list[Rule] = []
    for number in range(1 + draw(indexes(8))):
        on = pick(draw, ("give.*", "give.blood", "give.money"))
        columns = columns_of(events, on, subject)
        when = draw_condition(draw, columns, 3) if chance(draw, 2) else None
        formula = draw_formula(draw, columns, 3) if when is None or chance(draw, 4) else None
        rules.append(Rule(f"rule-{number}", on, when, None if formula else Dated.constant(Decimal(1)), formula))
    return Scheme(
        id="conditions",
        title=Text(en="Conditions"),
        operator=Operator(OperatorKind.RESEARCH, Text(en="Nobody")),
        subjects=SubjectScope((SubjectKind.RESIDENT,), None, subject),
        events=events,
        score=Score(start=Dated.constant(Decimal(0)), decimals=draw(indexes(4))),
        rules=tuple(rules),
    )
