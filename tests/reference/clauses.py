"""Short ways to write lists, measures, objections, repairs and indices down, for examples that are worked by hand."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from reference.examples import AMOUNT, day, event, number, op, per
from scslab.ground.dates import Period
from scslab.scheme.conditions import Expression, Op
from scslab.scheme.model import (
    AtMost,
    CountCondition,
    Dimension,
    Domain,
    EventCondition,
    Extension,
    Grade,
    Indicator,
    LimitTier,
    ListKind,
    ListRef,
    Measure,
    MeasureKind,
    Objection,
    Outcome,
    Remove,
    Repair,
    Restore,
    ScoreRange,
    Shorten,
    StateCondition,
    SubjectList,
    Term,
    Tier,
)

LARGE = Expression("", op(Op.GREATER, AMOUNT, 10.0))
"""`amount > 10`"""


def period(text: str | None) -> Period | None:
    return None if text is None else Period.parse(text)


def decimal(value: Any) -> Decimal | None:
    return None if value is None else Decimal(str(value))


# Conditions -----------------------------------------------------------------------------------------------------


def hears(on: str, when: Expression | None = None) -> EventCondition:
    return EventCondition(on, when)


def score(since: Any = None, below: Any = None) -> StateCondition:
    return StateCondition(ScoreRange(decimal(since), decimal(below)))


def in_tier(*tiers: str) -> StateCondition:
    return StateCondition(tiers=tiers)


def count(
    on: str, at_least: int | None = None, at_most: int | None = None, within: str | None = None, when: Any = None
) -> StateCondition:
    return StateCondition(count=CountCondition(on, when, period(within), at_least, at_most))


def ref(name: str, delay: str | None = None) -> ListRef:
    """`defaulters` or `defaulters@court`."""
    list_id, _, scheme_id = name.partition("@")
    return ListRef(list_id, scheme_id, period(delay))


def on_list(name: str, delay: str | None = None) -> StateCondition:
    """`black`, or `black red@court` for any of them."""
    return StateCondition(lists=tuple(ref(each, delay) for each in name.split()))


def off_list(name: str, delay: str | None = None) -> StateCondition:
    return StateCondition(not_lists=tuple(ref(each, delay) for each in name.split()))


def term(after: str) -> Term:
    return Term(Period.parse(after))


# Lists, tiers, measures -----------------------------------------------------------------------------------------


def listing(list_id: str = "black", *, enter: Any = (), leave: Any = (), **content: Any) -> SubjectList:
    """A blacklist; `enter` and `leave` are one way or several."""
    ways = [each if isinstance(each, (tuple, list)) else (each,) for each in (enter, leave)]
    return SubjectList(list_id, ListKind.BLACKLIST, enter=tuple(ways[0]), leave=tuple(ways[1]), **content)


def extension(on: str, by: str, most: str | None = None, when: Any = None) -> Extension:
    return Extension(on, Period.parse(by), when, period(most))


def grade(to: str, until: str | None = None) -> Grade:
    """For `until`: a period, `year`, or for ever."""
    return Grade(to, None, True) if until == "year" else Grade(to, period(until))


def limit(to: str, until: str | None = None) -> LimitTier:
    return LimitTier(to, None, True) if until == "year" else LimitTier(to, period(until))


def tier(tier_id: str, lower: Any = None, *requires: StateCondition) -> Tier:
    return Tier(tier_id, None if lower is None else number(lower), requires=requires)


def measure(measure_id: str = "no-rail", *conditions: StateCondition, **content: Any) -> Measure:
    """A restriction under all of these conditions; `since` and `until` as ISO dates."""
    parts: dict[str, Any] = {}
    for condition in conditions:
        parts |= {name: part for name in ("score", "tiers", "lists", "not_lists") if (part := getattr(condition, name))}
    dates = {name: day(content[name]) for name in ("since", "until") if name in content}
    return Measure(measure_id, MeasureKind.RESTRICTION, Domain.TRAVEL, StateCondition(**parts), **dates)


# Objection and repair -------------------------------------------------------------------------------------------


def objecting(
    within: str | None = None, *, suspends: bool = True, decide: str | None = None, undecided: str = ""
) -> Any:
    """The `objection` of a scheme; `decide="30 days", undecided="upheld"`."""
    outcome = Outcome(undecided) if undecided else None
    return Objection(period(within), suspends, period(decide), outcome)


def filed(event_id: str, on: str, target: str | None, **content: Any) -> dict[str, Any]:
    return event(event_id, on, "objection.filed", target=target, **content)


def upheld(event_id: str, on: str, target: str | None, **content: Any) -> dict[str, Any]:
    return event(event_id, on, "objection.upheld", target=target, **content)


def rejected(event_id: str, on: str, target: str | None, **content: Any) -> dict[str, Any]:
    return event(event_id, on, "objection.rejected", target=target, **content)


def restoring(share: Any, *rules: str, after: str | None = None, repair_id: str = "back", **content: Any) -> Repair:
    return _repair(repair_id, Restore(rules, Decimal(str(share)), period(after)), content)


def shortening(
    by: str, *, of: str = "black", after: str | None = None, repair_id: str = "sooner", **content: Any
) -> Any:
    return _repair(repair_id, Shorten(of, Period.parse(by), period(after)), content)


def removing(*, of: str = "black", after: str | None = None, repair_id: str = "off", **content: Any) -> Repair:
    return _repair(repair_id, Remove(of, period(after)), content)


def _repair(repair_id: str, action: Any, content: dict[str, Any]) -> Repair:
    """Listens to `good.deed` unless it says otherwise; `at_most=(1, "year")`."""
    at_most = content.get("at_most")
    limits = None if at_most is None else AtMost(at_most[0], per(at_most[1]))
    return Repair(repair_id, content.get("on", "good.deed"), action, content.get("when"), limits)


# Indices --------------------------------------------------------------------------------------------------------


def indicator(indicator_id: str, value: Any, *scale: tuple[Any, Any]) -> Indicator:
    """From 0 to 1 for values from 0 to 10, unless it says otherwise."""
    points = scale or ((0, 0), (10, 1))
    return Indicator(indicator_id, value, tuple((Decimal(str(x)), Decimal(str(y))) for x, y in points))


def dimension(dimension_id: str, weight: Any, *indicators: Indicator) -> Dimension:
    return Dimension(dimension_id, number(weight), indicators)


# What to look at ------------------------------------------------------------------------------------------------


def intervals(result: dict[str, Any], list_id: str = "black", subject: str = "S") -> list[tuple[Any, ...]]:
    """(opened, by, closed, by) of a list, days as ISO texts."""
    return [
        (str(row["opened_on"]), row["opened_by"], row["closed_on"] and str(row["closed_on"]), row["closed_by"])
        for row in result["memberships"]
        if row["subject_id"] == subject and row["list"] == list_id
    ]


def applied(result: dict[str, Any], measure_id: str = "no-rail", subject: str = "S") -> list[tuple[Any, ...]]:
    """(first day, end) of a measure, days as ISO texts."""
    return [
        (str(row["starts_on"]), row["ends_on"] and str(row["ends_on"]))
        for row in result["measures"]
        if row["subject_id"] == subject and row["measure"] == measure_id
    ]


def reasons(result: dict[str, Any]) -> dict[str, str]:
    return {row["event_id"]: row["reason"] for row in result["unposted"]}
