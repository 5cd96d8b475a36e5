"""Points of one entry: factor, nominal points, caps and bounds, each read off the entries posted so far.

`entries` are those of one subject, in the order in which they were posted.
"""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from reference.months import earlier, is_same_calendar_period
from scslab.scheme.model import LIFETIME, Cap, GroupCap, Rule, Scheme

Entries = list[dict[str, Any]]


def start_of(scheme: Scheme, day: date) -> Decimal:
    """The start: of the year of `day` where the score restarts yearly, else of the day the scheme came into force."""
    start = scheme.score.start
    governing = date(day.year, 1, 1) if scheme.score.is_yearly_restart else scheme.in_force.since
    in_force = None if governing is None else start.on(governing)
    return start.steps[0][1] if in_force is None else in_force


def entries_of(entries: Entries, rules: list[str]) -> Entries:
    """What these rules posted for events (a lapse or a restart is no act of a rule)."""
    return [entry for entry in entries if entry["kind"] == "event" and entry["rule"] in rules]


# Nominal points -------------------------------------------------------------------------------------------------


def has_points_in_force(rule: Rule, day: date) -> bool:
    """A formula, or a rule that only limits a tier, has always something to say."""
    return rule.points is None or rule.points.on(day) is not None


def count_repeats(entries: Entries, rule: Rule, day: date) -> int:
    """How often the rule acted before, inside the window of its `repeat`."""
    assert rule.repeat is not None
    since = earlier(rule.repeat.within, day)
    return len([entry for entry in entries_of(entries, [rule.id]) if entry["posted_on"] > since])


def nominal_points(scheme: Scheme, rule: Rule, day: date, factor: Decimal, formula_points: float | None) -> Decimal:
    """The points before caps and bounds, rounded half away from zero to the scheme's decimals."""
    unit = Decimal(1).scaleb(-scheme.score.decimals)
    if formula_points is not None:
        # Everything in doubles up to here; the rounding looks at the exact value of the double.
        scaled = (formula_points * float(factor)) * float(10**scheme.score.decimals)
        return Decimal(scaled).quantize(Decimal(1), ROUND_HALF_UP) * unit
    points = Decimal(0) if rule.points is None else rule.points.on(day)
    assert points is not None, "rules without points in force do not get here"
    return (points * factor).quantize(unit, ROUND_HALF_UP)


# Caps -----------------------------------------------------------------------------------------------------------


def granted_points(
    scheme: Scheme, rule: Rule, day: date, nominal: Decimal, entries: Entries
) -> tuple[Decimal, str | None]:
    """What the rule's own cap, then each group cap in file order, leave of the points; and which cut them last."""
    sign = 1 if nominal >= 0 else -1
    amount = abs(nominal)
    capped_by = None
    caps: list[tuple[str, list[str], Cap | GroupCap]] = []
    if rule.cap is not None:
        caps.append(("rule", [rule.id], rule.cap))
    caps += [(group.id, list(group.rules), group) for group in scheme.caps if rule.id in group.rules]
    for name, rules, cap in caps:
        limit = cap.points.on(day)
        if limit is None:
            continue
        room = max(Decimal(0), limit - used_points(scheme, entries_of(entries, rules), sign, cap, day))
        if room < amount:
            amount, capped_by = room, name
    return sign * amount, capped_by


def used_points(scheme: Scheme, entries: Entries, sign: int, cap: Cap | GroupCap, day: date) -> Decimal:
    """The sum of what was granted with this sign in the period of the cap."""
    used = Decimal(0)
    for entry in entries:
        if entry["granted"] * sign <= 0 or not is_in_cap_period(entry["posted_on"], day, cap.per):
            continue
        if scheme.score.is_yearly_restart and entry["posted_on"] < date(day.year, 1, 1):
            continue
        used += abs(entry["granted"])
    return used


def is_in_cap_period(earlier_day: date, day: date, per: Any) -> bool:
    if per == LIFETIME:
        return True
    if isinstance(per, str):  # a calendar month, quarter or year
        return is_same_calendar_period(earlier_day, day, per)
    return earlier_day > earlier(per, day)


# Bounds ---------------------------------------------------------------------------------------------------------


def bound(scheme: Scheme, score: Decimal, day: date) -> Decimal:
    """The score within the floor and ceiling in force on the day; the ceiling last."""
    floor = scheme.score.floor.on(day) if scheme.score.floor else None
    ceiling = scheme.score.ceiling.on(day) if scheme.score.ceiling else None
    if floor is not None and score < floor:
        score = floor
    if ceiling is not None and score > ceiling:
        score = ceiling
    return score
