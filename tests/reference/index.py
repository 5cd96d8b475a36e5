"""Index schemes: publication days, indicator values, scales, contributions."""

from __future__ import annotations

import itertools
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from reference import grades, months
from reference.conditions import evaluate
from reference.ledger_rules import Event
from reference.listening import age_on, is_listening, is_scheme_in_force, reader, takes
from reference.months import earlier, last_publication_day
from scslab.scheme.model import AttributeOf, CountOf, DaysSince, ScoreOf, ShareOf, SumOf

LARGEST_VALUE = 10.0**12

# Publication days -----------------------------------------------------------------------------------------------


def is_publication_day(account: Any, day: date) -> bool:
    if not account.events:  # taken up by another scheme's list
        return day == last_publication(account)
    if day < min(event.posted_on for event in account.events) or not is_scheme_in_force(account.scheme, day):
        return False
    if account.scheme.score.published is not None:
        return months.is_publication_day(day, account.scheme.score.published)
    return day == account.as_of or any(event.posted_on == day for event in account.events)


def last_publication(account: Any) -> date | None:
    """The only publication of a subject without events."""
    scheme, day = account.scheme, account.as_of
    if scheme.score.published is None:
        return day if is_scheme_in_force(scheme, day) else None
    if scheme.in_force.until is not None:
        day = min(day, scheme.in_force.until)
    day = last_publication_day(day, scheme.score.published)
    return day if is_scheme_in_force(scheme, day) else None


def publish(account: Any, day: date) -> None:
    """Computes every indicator on the day, and from them the score."""
    scheme = account.scheme
    low, high = (float(bound.steps[0][1] if bound.on(day) is None else bound.on(day)) for bound in scheme.range)
    total = 0.0
    rows: list[dict[str, Any]] = []
    for dimension in scheme.dimensions:
        weight, count = float(dimension.weight.on(day) or 0), len(dimension.indicators)
        scaled_sum = 0.0
        for indicator in dimension.indicators:
            value = value_of(account, indicator.value, day)
            scaled = scale(indicator.scale, value)
            scaled_sum += scaled
            contribution = (high - low) * weight * scaled / count
            row = {"subject_id": account.subject_id, "published_on": day}
            row |= {"dimension": dimension.id, "indicator": indicator.id, "value": value, "scaled": scaled}
            rows.append(row | {"contribution": contribution, "change": None})
        total += weight * (scaled_sum / count)
    for before, row in zip(account.contributions[-len(rows) :], rows, strict=False):
        row["change"] = row["contribution"] - before["contribution"]
    score = rounded(low + (high - low) * total, scheme.score.decimals)
    account.contributions += rows
    tier = grades.tier(account, day, score)
    account.publications.append({"subject_id": account.subject_id, "published_on": day, "score": score, "tier": tier})


def rounded(score: float, decimals: int) -> Decimal:
    """As the points of a formula: scaled in double precision, then half away from zero."""
    return Decimal(score * float(10**decimals)).quantize(Decimal(1), ROUND_HALF_UP).scaleb(-decimals)


def scale(points: Any, value: float) -> float:
    """Linear between the points, flat outside."""
    points = [(float(x), float(y)) for x, y in points]
    if value <= points[0][0]:
        return points[0][1]
    for (x0, y0), (x1, y1) in itertools.pairwise(points):
        if value <= x1:
            return y1 if value == x1 else y0 + (y1 - y0) * ((value - x0) / (x1 - x0))
    return points[-1][1]


# Values ---------------------------------------------------------------------------------------------------------


def value_of(account: Any, what: Any, day: date) -> float:
    match what:
        case CountOf():
            return float(len(found_in_window(account, what, day)))
        case SumOf():
            values = [event.attributes.get(what.attribute) for event in found_in_window(account, what, day)]
            return float(sum((exact(value) for value in values if can_add(value)), Decimal(0)))
        case ShareOf():
            whole = found_in_window(account, what, day)
            part = [event for event in whole if takes(account, what.part_on, what.part_when, event)]
            return len(part) / len(whole) if whole else float(what.when_none)
        case DaysSince():
            days = [event.posted_on for event in found_in_window(account, what, day)]
            return float((day - max(days)).days) if days else float(what.when_none)
        case AttributeOf():
            value = age_on(account.person, day) if what.name == "age" else account.person["attributes"].get(what.name)
            return float(what.when_none) if value is None else float(value)
        case ScoreOf():
            value = account.others.published_score(what.scheme, account.subject_id, day)
            return float(what.when_none) if value is None else float(value)
    raise AssertionError(what)


def exact(value: float) -> Decimal:
    """A value rounded half away from zero to six decimals: times 10^6 in double precision, then rounded."""
    return Decimal(float(value) * 1e6).quantize(Decimal(1), ROUND_HALF_UP).scaleb(-6)


def can_add(value: Any) -> bool:
    """Whether a sum may take a value: it is there, and not beyond all bounds."""
    return value is not None and abs(value) <= LARGEST_VALUE


def found_in_window(account: Any, what: Any, day: date) -> list[Event]:
    events = [event for event in account.events if event.posted_on <= day]
    if what.within is not None:
        since = earlier(what.within, day)
        events = [event for event in events if event.posted_on > since]
    return [event for event in events if takes(account, what.on, what.when, event)]


def hear(account: Any, event: Event) -> list[str]:
    """What the clauses of all indicators make of an event: `taken` or `undecided`, which is counted."""
    found: list[str] = []
    for dimension in account.scheme.dimensions:
        for indicator in dimension.indicators:
            verdicts = [
                verdict_on(account, on, when, attribute, event) for on, when, attribute in clauses_of(indicator.value)
            ]
            found += verdicts
            if "undecided" in verdicts:
                account.undecided[indicator.id] += verdicts.count("undecided")
    return found


def clauses_of(value: Any) -> list[tuple[str, Any, str | None]]:
    """What an indicator listens to, each (on, when, attribute that must be there) once: of a share part and whole."""
    found = [(value.on, value.when, getattr(value, "attribute", None))] if hasattr(value, "on") else []
    if isinstance(value, ShareOf) and (value.part_on, value.part_when) != (value.on, value.when):
        found.append((value.part_on, value.part_when, None))
    return found


def verdict_on(account: Any, on: str, when: Any, attribute: str | None, event: Event) -> str:
    if not is_listening(on, event.type):
        return "not heard"
    verdict = True
    if when is not None:
        verdict = evaluate(when.root, reader(account.scheme, account.person, event, account.others))
    if verdict is True and attribute is not None and not can_add(event.attributes.get(attribute)):
        verdict = None
    return "undecided" if verdict is None else "taken" if verdict else "not taken"
