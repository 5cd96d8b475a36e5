"""Amendments of a scheme: what an intervention changes in the rules themselves, and not in how people behave."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from scslab.ground.dates import Period
from scslab.ground.text import Text
from scslab.ledger.columns import TARGET
from scslab.scheme.dated import Dated, Number
from scslab.scheme.model import (
    OBJECTION_TYPES,
    Attribute,
    AttributeType,
    EventType,
    Objection,
    Participation,
    Repair,
    Restore,
    Rule,
    Scheme,
    ScoreKind,
)
from scslab.society.course.provenance import digest_json
from scslab.society.experiment.amended_text import rewrite

REPAIR_EVENT = "repair.service"
"""The event type of the repair that `offer_repair` adds."""
OBJECTION_WITHIN = Period(days=60)
REPAIR_AFTER = Period(months=3)
NEW_VALIDITY = Period(months=24)


@dataclass(frozen=True, slots=True)
class Amendment:
    """A change of a scheme.

    Attributes:
        kind: one of `KINDS`.
        value: what it takes: a factor, or a word; "" where it takes nothing.
        reason: why it stands for the intervention.
    """

    kind: str
    value: str = ""
    reason: str = ""


_read: dict[tuple[object, ...], Scheme] = {}
"""Amended schemes by the digest of the scheme and what was amended."""


def amend(scheme: Scheme, amendments: tuple[Amendment, ...], since: date | None = None) -> Scheme:
    """A scheme with amendments, read from a text of its own (`amended_text`); the scheme itself where nothing applies.

    Args:
        scheme: the scheme.
        amendments: in order.
        since: from when on other points hold; None: always. All else is settled as if it had always been so.

    Example:
        >>> from scslab.scheme.catalogue import find_scheme
        >>> scheme = amend(find_scheme("rongcheng"), (Amendment("negative-points", "2"),))
        >>> [rule.points.values()[0] for rule in scheme.rules if rule.id == "traffic-ticket"]
        [Decimal('-10')]
    """
    amended = scheme
    for each in amendments:
        amended = KINDS[each.kind](amended, each.value, since)
    if amended == scheme:
        return scheme
    told = tuple(f"{each.kind} {each.value}".strip() for each in amendments), str(since or "the beginning")
    if not scheme.text:
        return replace(amended, digest=digest_json([scheme.digest, told]))
    # Replicates ask for the same again and again.
    key = scheme.digest, *told
    if key not in _read:
        _read[key] = rewrite(scheme, amended, (*told[0], f"from {told[1]} on"))
    return _read[key]


def keeps_rates(amendments: tuple[Amendment, ...]) -> bool:
    """Whether amendments change what a type is worth, from which priors of rates follow: these must then be held."""
    return any(each.kind == "negative-points" for each in amendments)


def _set_participation(scheme: Scheme, value: str, since: date | None) -> Scheme:
    return replace(scheme, participation=Participation(value))


def _multiply_negative_points(scheme: Scheme, value: str, since: date | None) -> Scheme:
    factor = Decimal(value)
    unit = Decimal(1).scaleb(-scheme.score.decimals)

    def change(rule: Rule) -> Rule:
        if rule.points is None or all(points >= 0 for points in rule.points.values()):
            return rule
        return replace(rule, points=multiply_negative(rule.points, factor, unit, since))

    return replace(scheme, rules=tuple(change(rule) for rule in scheme.rules))


def multiply_negative(points: Number, factor: Decimal, unit: Decimal, since: date | None) -> Number:
    """Negative points times a factor from a day on, rounded to whole units and never to nothing.

    Example:
        >>> multiply_negative(Dated.constant(Decimal(-5)), Decimal("0.5"), Decimal(1), date(2021, 1, 1)).steps[1]
        (datetime.date(2021, 1, 1), Decimal('-3'))
    """

    def change(value: Decimal) -> Decimal:
        if value >= 0:
            return value
        rounded = (-value * factor / unit).to_integral_value("ROUND_HALF_UP") * unit
        return -max(rounded, unit)

    if since is None:
        return points.map(change)
    now = points.on(since)
    before = [(day, value) for day, value in points.steps if day < since]
    after = [(day, change(value)) for day, value in points.steps if day > since]
    return Dated(tuple(before + ([] if now is None else [(since, change(now))]) + after))


def _multiply_validity(scheme: Scheme, value: str, since: date | None) -> Scheme:
    """Validities of negative entries times a factor; where there are none, `NEW_VALIDITY` times it."""
    factor = Decimal(value)

    def change(rule: Rule) -> Rule:
        is_negative = rule.points is not None and any(points < 0 for points in rule.points.values())
        return replace(rule, valid=multiply_period(rule.valid or NEW_VALIDITY, factor)) if is_negative else rule

    return replace(scheme, rules=tuple(change(rule) for rule in scheme.rules))


def multiply_period(period: Period, factor: Decimal) -> Period:
    """A period times a factor, rounded up to whole months, or to days where it is counted in days.

    Example:
        >>> half = Decimal("0.5")
        >>> str(multiply_period(Period(months=24), half)), str(multiply_period(Period(days=45), half))
        ('12 months', '23 days')
    """
    months, days = (
        int((n * factor).to_integral_value("ROUND_CEILING")) for n in (Decimal(period.months), Decimal(period.days))
    )
    return Period(months=months, days=days)


def _let_appeal_first(scheme: Scheme, value: str, since: date | None) -> Scheme:
    """Filing takes an entry back until it is decided; who has no way to object gets one."""
    objection = replace(scheme.objection or Objection(within=OBJECTION_WITHIN), suspends=True)
    target = {TARGET: Attribute(TARGET, AttributeType.TEXT)}
    events = {**{name: EventType(name, target) for name in OBJECTION_TYPES}, **scheme.events}
    known = {name: events[name] for name in (*scheme.events, *events)}
    return replace(scheme, objection=objection, events=known)


def _offer_repair(scheme: Scheme, value: str, since: date | None) -> Scheme:
    """For each rule that takes points a repair that gives back a share; a scheme that offers repairs keeps its own."""
    rules = tuple(rule.id for rule in scheme.rules if rule.points and any(p < 0 for p in rule.points.values()))
    if scheme.repairs or not rules or scheme.score.kind is not ScoreKind.POINTS:
        return scheme
    title = Text("Service for repair", "信用修复服务")
    repair = Repair("repair-service", REPAIR_EVENT, Restore(rules, Decimal(value), REPAIR_AFTER), title=title)
    event = EventType(REPAIR_EVENT, {}, title)
    return replace(scheme, events={**scheme.events, REPAIR_EVENT: event}, repairs=(repair,))


KINDS: dict[str, Callable[[Scheme, str, date | None], Scheme]] = {
    "participation": _set_participation,
    "negative-points": _multiply_negative_points,
    "validity": _multiply_validity,
    "appeal-first": _let_appeal_first,
    "repair": _offer_repair,
}
"""What an amendment may be."""
