"""Random objections and repairs on top of a random scheme with lists, and ledgers in which they are used."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st

from property.drawing import chance, indexes, pick, subset
from property.ledgers import Row, draw_day, ledgers
from property.strategies import CAP_PERIODS, FACTORS, PERIODS, schemes
from property.strategies_lists import TERMS, add_consequences, draw_on, without_score
from scslab.ground.dates import Period
from scslab.scheme.model import (
    AtMost,
    Attribute,
    AttributeType,
    EventCondition,
    EventType,
    Objection,
    Outcome,
    Remove,
    Repair,
    Restore,
    Scheme,
    Shorten,
    StateCondition,
)

FILED, UPHELD, REJECTED = "objection.filed", "objection.upheld", "objection.rejected"
WITHIN = (None, None, Period(months=1), Period(days=1), Period(days=60), Period(months=12))
WAITS = (None, None, Period(days=1), Period(months=1), Period(days=30))
LAGS = (0, 1, 5, 30, 31, 1, 59, 0, 5, 366, -1)
"""Days from a row to the filing about it, or from the filing to its outcome: same day, next day, late, too early."""


def draw_objection(draw: st.DrawFn) -> Objection:
    decide_within = pick(draw, (None, None, Period(days=30), Period(months=1), Period(days=1)))
    undecided = None if decide_within is None else pick(draw, list(Outcome))
    return Objection(pick(draw, WITHIN), not chance(draw, 3), decide_within, undecided)


def draw_repair(draw: st.DrawFn, scheme: Scheme, number: int) -> Repair:
    on, when = draw_on(draw, scheme)
    kinds = (["restores"] * 2 if scheme.rules else []) + (["shortens", "removes"] if scheme.lists else [])
    after = pick(draw, WAITS)
    match pick(draw, kinds):
        case "restores":
            rules = tuple(subset(draw, [rule.id for rule in scheme.rules], 3))
            action: Any = Restore(rules, pick(draw, [f for f in FACTORS if 0 < f <= 1]), after)
        case "shortens":
            action = Shorten(pick(draw, [each.id for each in scheme.lists]), pick(draw, TERMS), after)
        case _:
            action = Remove(pick(draw, [each.id for each in scheme.lists]), after)
    at_most = AtMost(1 + draw(indexes(2)), pick(draw, (*CAP_PERIODS[:4], *PERIODS))) if chance(draw, 3) else None
    return Repair(f"repair-{number}", on, action, when, at_most)


def add_objection(draw: st.DrawFn, scheme: Scheme) -> Scheme:
    """The scheme with an objection, repairs, or both."""
    kind = draw(indexes(6))
    if kind > 0:
        target = {"target": Attribute("target", AttributeType.TEXT)}
        events = scheme.events | {name: EventType(name, target) for name in (FILED, UPHELD, REJECTED)}
        scheme = replace(scheme, objection=draw_objection(draw), events=events)
    if kind < 3 and (scheme.rules or scheme.lists):
        repairs = tuple(draw_repair(draw, scheme, number) for number in range(1 + draw(indexes(3))))
        scheme = replace(scheme, repairs=repairs)
    return scheme


def listing_first_type(scheme: Scheme) -> Scheme:
    """The scheme with a first list that the first event type opens, and no state closes: most objections are to it."""
    first, *others = scheme.lists
    ways_in = (EventCondition(next(iter(scheme.events))), *first.enter[1:])
    ways_out = tuple(way for way in first.leave if not isinstance(way, StateCondition))
    return replace(scheme, lists=(replace(first, enter=ways_in, leave=ways_out), *others))


@st.composite
def objection_schemes(draw: st.DrawFn) -> Scheme:
    """Points with objection and repair; mostly with lists."""
    scheme = draw(schemes())
    if chance(draw, 8):
        scheme = without_score(scheme)
    if not scheme.rules or not chance(draw, 3):
        scheme = listing_first_type(add_consequences(draw, scheme, most_lists=2))
    return add_objection(draw, scheme)


# Ledgers --------------------------------------------------------------------------------------------------------


def draw_objection_row(draw: st.DrawFn, event_id: str, kind: str, target: Row, about: str | None) -> Row:
    """A filing about a row, or an outcome of a filing, some days after it."""
    day = (target["recorded_on"] or target["occurred_on"]) + timedelta(pick(draw, LAGS))
    if chance(draw, 8):
        day = draw_day(draw, is_near=True)
    return {
        "event_id": event_id,
        "subject_id": target["subject_id"],
        "type": kind,
        "occurred_on": day,
        "recorded_on": None,
        "source": pick(draw, (None, "office")),
        "target": about,
    }


@st.composite
def objection_ledgers(draw: st.DrawFn, scheme: Scheme) -> list[Row]:
    """A ledger in which some rows are objected to, and some of these objections are decided, perhaps more than once."""
    ordinary = {name: kind for name, kind in scheme.events.items() if not name.startswith("objection.")}
    plain = draw(ledgers(replace(scheme, events=ordinary), is_near=True, max_rows=16))
    if scheme.objection is None:
        return plain
    usable = [row for row in plain if row["type"] in ordinary and 1900 < row["occurred_on"].year < 2199]
    rows = list(plain)
    for number in range(1 + draw(indexes(5)) if usable else 0):
        # What the rules and lists are likely to have heard: a row of the first type, if there is one.
        target = pick(draw, [row for row in usable if row["type"] == next(iter(ordinary))] or usable)
        about = pick(draw, (None, "nowhere")) if chance(draw, 12) else target["event_id"]
        filing = draw_objection_row(draw, f"F{number}", FILED, target, about)
        rows.append(filing)
        for again in range(pick(draw, (1, 1, 0, 2))):
            outcome = pick(draw, (REJECTED, UPHELD, REJECTED))
            # Some ids of outcomes come before, some after those of the filings.
            event_id = pick(draw, (f"O{number}{again}", f"A{number}{again}"))
            rows.append(draw_objection_row(draw, event_id, outcome, filing, about))
    return rows
