"""Short ways to write schemes and ledgers down, for examples that are worked by hand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from reference.interpreter import interpret
from scslab.ground.dates import Calendar, Period
from scslab.ground.text import Text
from scslab.scheme.conditions import Column, Expression, Literal, Node, Op, Operation, ValueType
from scslab.scheme.dated import Dated, Number
from scslab.scheme.model import (
    REPLACE,
    RETRACT,
    Attribute,
    AttributeType,
    Cap,
    EventType,
    GroupCap,
    Operator,
    OperatorKind,
    Repeat,
    Rule,
    Scheme,
    Score,
    SubjectKind,
    SubjectScope,
    Tier,
)

AMOUNT = Column("event", "amount", ValueType.NUMBER)
TYPES = ("good", "good.deed", "bad", "quiet")
"""The vocabulary; every type has the attributes `amount` (−1000 to 1000) and `place` (north or 荣成)."""
OBJECTIONS = ("objection.filed", "objection.upheld", "objection.rejected")


def day(text: str) -> date:
    return date.fromisoformat(text)


def number(value: Any) -> Number:
    """A constant, or a dated series from a dict of ISO dates."""
    if isinstance(value, dict):
        return Dated(tuple((day(since), Decimal(str(points))) for since, points in value.items()))
    return Dated.constant(Decimal(str(value)))


def per(text: str) -> Any:
    return text if text == "lifetime" else Calendar(text) if text in list(Calendar) else Period.parse(text)


def rule(rule_id: str = "good", points: Any = 10, *, on: str = "good", **content: Any) -> Rule:
    """A rule; `cap=(20, "year")`, `valid="1 month"`, `repeat=("12 months", 1, 2)`, `points` as for `number`."""
    if "cap" in content:
        limit, period = content["cap"]
        content["cap"] = Cap(number(limit), per(period))
    if "valid" in content:
        content["valid"] = Period.parse(content["valid"])
    if "repeat" in content:
        within, *times = content["repeat"]
        content["repeat"] = Repeat(Period.parse(within), tuple(Decimal(str(factor)) for factor in times))
    for name in ("when", "formula"):
        if name in content:
            content[name] = Expression("", content[name])
    return Rule(id=rule_id, on=on, points=None if points is None else number(points), **content)


def group(group_id: str, limit: Any, period: str, *rules: str) -> GroupCap:
    return GroupCap(group_id, rules, number(limit), per(period))


def scheme(*rules: Rule, start: Any = 100, from_age: int | None = None, **content: Any) -> Scheme:
    """A scheme with these rules; score settings and whole-scheme settings by name, tiers as {id: from} or whole."""
    names = ("decimals", "posts_on", "published", "is_yearly_restart", "kind")
    settings = {name: content.pop(name) for name in names if name in content}
    settings |= {name: number(content.pop(name)) for name in ("floor", "ceiling") if name in content}
    tiers = content.pop("tiers", {})
    if isinstance(tiers, dict):
        tiers = tuple(Tier(name, number(lower)) for name, lower in tiers.items())
    amount = Attribute("amount", AttributeType.NUMBER, minimum=Decimal(-1000), maximum=Decimal(1000))
    place = Attribute("place", AttributeType.TEXT, values=("north", "荣成"))
    events = content.pop("events", {n: EventType(n, {"amount": amount, "place": place}) for n in TYPES})
    if "objection" in content:
        events |= {name: EventType(name, {"target": Attribute("target", AttributeType.TEXT)}) for name in OBJECTIONS}
    return Scheme(
        id=content.pop("scheme_id", "example"),
        title=Text(en="Example"),
        operator=Operator(OperatorKind.RESEARCH, Text(en="Nobody")),
        subjects=SubjectScope((SubjectKind.RESIDENT,), from_age),
        events=events,
        score=Score(start=number(start), **settings),
        rules=rules,
        tiers=tiers,
        **content,
    )


def event(
    event_id: str, occurred_on: str, event_type: str = "good", subject: str = "S", **content: Any
) -> dict[str, Any]:
    """A row; dates as ISO texts."""
    if "recorded_on" in content:
        content["recorded_on"] = day(content["recorded_on"])
    return {
        "event_id": event_id,
        "subject_id": subject,
        "type": event_type,
        "occurred_on": day(occurred_on),
        **content,
    }


def retract(event_id: str, on: str, target: str, **content: Any) -> dict[str, Any]:
    return event(event_id, on, RETRACT, target=target, **content)


def replace(event_id: str, recorded_on: str, target: str, *, occurred_on: str, **content: Any) -> dict[str, Any]:
    return event(event_id, occurred_on, REPLACE, recorded_on=recorded_on, target=target, **content)


def settle(law: Scheme, *rows: dict[str, Any], as_of: str = "2030-12-31", **query: Any) -> dict[str, Any]:
    if "known_at" in query:
        query["known_at"] = day(query["known_at"])
    return interpret(law, rows, as_of=day(as_of), **query)


def points(result: dict[str, Any], column: str = "effective", subject: str = "S") -> list[Any]:
    """One column of a subject's entries; numbers as int or float for short expectations."""
    found = [entry[column] for entry in result["entries"] if entry["subject_id"] == subject]
    return [float(value) if isinstance(value, Decimal) else value for value in found]


def standing(result: dict[str, Any], subject: str = "S") -> dict[str, Any]:
    return result["standings"][subject]


def op(operation: Op, *arguments: Node | float | str | bool | date | None) -> Operation:
    """A condition that yields true or false, of nodes and plain values."""
    kinds = {bool: ValueType.BOOLEAN, float: ValueType.NUMBER, int: ValueType.NUMBER, str: ValueType.TEXT}
    kinds |= {date: ValueType.DATE, type(None): ValueType.NULL}
    nodes = tuple(
        argument if isinstance(argument, (Literal, Column, Operation)) else Literal(argument, kinds[type(argument)])
        for argument in arguments
    )
    return Operation(operation, nodes, ValueType.BOOLEAN)
