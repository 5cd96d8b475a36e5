"""Links between subjects, and the events that spread along them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from reference.ledger_rules import Event
from scslab.scheme.model import Scheme, Spread

Link = Mapping[str, Any]
"""`{"subject_id", "relation", "other_id", "since": date | None, "until": date | None}`; both ends inclusive."""


def look_at(account: Any, day: date) -> None:
    """Notes which conditions begin to hold at the end of a day."""
    for spread in account.scheme.spread:
        if not account.holds(spread.when, day, own_day=day):
            account.spreading.discard(spread.id)
        elif spread.id not in account.spreading:
            account.spreading.add(spread.id)
            account.begun.append((spread.id, day))


def derive_events(scheme: Scheme, begun: Sequence[tuple[str, str, date]], links: Sequence[Link]) -> list[Event]:
    """One event for every other subject at the end of the path; nothing that these cause spreads again."""
    spreads = {spread.id: spread for spread in scheme.spread}
    return [
        derived_event(spreads[spread_id], subject_id, reached, day)
        for subject_id, spread_id, day in begun
        for reached in sorted(walk(spreads[spread_id].along, subject_id, links, day) - {subject_id})
    ]


def derived_event(spread: Spread, subject_id: str, reached: str, day: date) -> Event:
    return Event(
        row=-1,
        event_id=f"spread:{spread.id}:{subject_id}:{day}",
        subject_id=reached,
        type=spread.event,
        occurred_on=day,
        recorded_on=day,
        posted_on=day,
        source=None,
        attributes={},
    )


def walk(along: Sequence[str], subject_id: str, links: Sequence[Link], day: date) -> set[str]:
    """Where the path ends, by links that hold on the day; `^` walks a relation backwards."""
    reached = {subject_id}
    for step in along:
        holding = [link for link in links if link["relation"] == step.removeprefix("^") and is_holding(link, day)]
        pairs = [(link["subject_id"], link["other_id"]) for link in holding]
        if step.startswith("^"):
            pairs = [(there, here) for here, there in pairs]
        reached = {there for here, there in pairs if here in reached}
    return reached


def is_holding(link: Link, day: date) -> bool:
    return (link["since"] is None or link["since"] <= day) and (link["until"] is None or day <= link["until"])
