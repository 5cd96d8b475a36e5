"""Index schemes for tests: the vocabulary is read, the dimensions are put together by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl

from scslab.ground.dates import Calendar, Period
from scslab.ground.problems import NOWHERE
from scslab.ground.text import Text
from scslab.scheme.conditions import Expression, ValueType
from scslab.scheme.dated import Dated, Number
from scslab.scheme.model import (
    Attribute,
    AttributeType,
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
    SubjectKind,
    SubjectScope,
    Tier,
)
from scslab.scheme.problem_list import Problems
from scslab.scheme.sql import parse_condition
from scslab.scheme.yaml_tree import YamlText

AMOUNT = {"amount": Attribute("amount", AttributeType.NUMBER)}
BASE = Scheme(
    id="trust",
    title=Text("Trust"),
    operator=Operator(OperatorKind.RESEARCH, Text("A laboratory")),
    subjects=SubjectScope(
        (SubjectKind.RESIDENT,),
        attributes={
            "years": Attribute("years", AttributeType.INTEGER),
            "insured": Attribute("insured", AttributeType.BOOLEAN),
        },
    ),
    events={name: EventType(name, AMOUNT) for name in ("pay.on_time", "pay.late", "visit")},
    score=Score(Number.constant(Decimal(0)), posts_on=PostsOn.RECORDED),
    tiers=tuple(Tier(name, Number.constant(Decimal(lower))) for name, lower in (("low", 0), ("mid", 50), ("high", 80))),
)
IDENTITY = ((0, 0), (1, 1))
MONTHS_12, MONTHS_24 = Period(months=12), Period(months=24)


def indicator(id_: str, value: IndicatorValue, scale: Any = IDENTITY) -> Indicator:
    return Indicator(id_, value, tuple((Decimal(str(x)), Decimal(str(y))) for x, y in scale))


def dimension(id_: str, weight: Any, *indicators: Indicator) -> Dimension:
    return Dimension(id_, number(weight), indicators)


def number(value: Any) -> Number:
    if isinstance(value, dict):
        return Dated(tuple((since, Decimal(str(each))) for since, each in value.items()))
    return Number.constant(Decimal(str(value)))


def index(
    *dimensions: Dimension,
    low: Any = 0,
    high: Any = 100,
    published: Calendar | None = Calendar.MONTH,
    decimals: int = 0,
    since: date | None = None,
    until: date | None = None,
    **changes: Any,
) -> Scheme:
    score = replace(BASE.score, kind=ScoreKind.INDEX, published=published, decimals=decimals)
    return replace(
        BASE,
        score=score,
        rules=(),
        dimensions=dimensions,
        range=(number(low), number(high)),
        in_force=InForce(since, until),
        **changes,
    )


def ledger(*rows: tuple[Any, ...]) -> pl.DataFrame:
    """Events as (subject, type, day, amount); ids by place."""
    columns = {
        "event_id": [f"e{k}" for k in range(len(rows))],
        "subject_id": [row[0] for row in rows],
        "type": [row[1] for row in rows],
        "occurred_on": [date.fromisoformat(row[2]) for row in rows],
        "amount": [row[3] if len(row) > 3 else None for row in rows],
    }
    return pl.DataFrame(columns, schema_overrides={"amount": pl.Float64})


def when(text: str) -> Expression:
    """A condition over the amount of an event and the attributes of a subject."""
    kinds = {"amount": ValueType.NUMBER, "subject.years": ValueType.NUMBER, "subject.insured": ValueType.BOOLEAN}
    problems = Problems("S")
    found = parse_condition(YamlText(text, True, NOWHERE), kinds, problems)
    assert found is not None, problems.found
    return found
