"""Who hears an event: the conditions that every clause of a scheme puts to it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from reference.conditions import Read, evaluate
from reference.ledger_rules import Event
from reference.months import completed_years
from scslab.scheme.model import EventCondition, Scheme, StateCondition

FILED, UPHELD, REJECTED = "objection.filed", "objection.upheld", "objection.rejected"


def is_listening(on: str, event_type: str) -> bool:
    """Whether a clause with this `on` listens to the type; nothing but the objection itself hears `objection.*`."""
    if event_type in (FILED, UPHELD, REJECTED):
        return False
    return event_type.startswith(on[:-1]) if on.endswith(".*") else event_type == on


def age_on(person: Any, day: date) -> int | None:
    born_on = person["born_on"]
    return None if born_on is None else completed_years(born_on, day)


def is_scheme_in_force(scheme: Scheme, day: date) -> bool:
    since, until = scheme.in_force.since, scheme.in_force.until
    return (since is None or since <= day) and (until is None or day <= until)


def is_under_age(scheme: Scheme, person: Any, day: date) -> bool:
    age, least = age_on(person, day), scheme.subjects.from_age_years
    return least is not None and age is not None and age < least


def reader(scheme: Scheme, person: Any, event: Event, others: Any) -> Read:
    """How a condition reads an attribute of this event or of its subject, or what another scheme says."""

    def read(owner: str, name: str) -> Any:
        if owner == "subject":
            return age_on(person, event.posted_on) if name == "age" else person["attributes"].get(name)
        if owner != "event":
            return others.read(owner, name, event.subject_id, event.posted_on)
        if name == "occurred_on":
            return event.occurred_on
        if name == "recorded_on":
            return event.recorded_on
        return event.attributes.get(name)

    return read


def takes(account: Any, on: str, when: Any, event: Event, *, needs_force: bool = True) -> bool:
    """Whether a clause other than a rule takes an event: type, `in_force`, `from_age`, and `when` is true.

    The answer depends on the event alone, so it is kept: counts ask for it every day.
    """
    question = (on, id(when), event.event_id, needs_force)
    if question not in account.taken:
        account.taken[question] = _takes(account, on, when, event, needs_force)
    return account.taken[question]


def _takes(account: Any, on: str, when: Any, event: Event, needs_force: bool) -> bool:
    if not is_listening(on, event.type):
        return False
    if needs_force and not is_scheme_in_force(account.scheme, event.posted_on):
        return False
    if is_under_age(account.scheme, account.person, event.posted_on):
        return False
    return when is None or evaluate(when.root, reader(account.scheme, account.person, event, account.others)) is True


def conditions_on_state(scheme: Scheme) -> Iterator[StateCondition]:
    """Every state condition of a scheme: in lists, tiers and measures."""
    for listing in scheme.lists:
        yield from (way for way in (*listing.enter, *listing.leave) if isinstance(way, StateCondition))
    for tier in scheme.tiers:
        yield from tier.requires
    for measure in scheme.measures:
        yield measure.when


def clauses_that_act(scheme: Scheme) -> Iterator[str]:
    """The `on` of everything but rules and counts that listens to events."""
    for listing in scheme.lists:
        yield from (way.on for way in (*listing.enter, *listing.leave) if isinstance(way, EventCondition))
        yield from (extension.on for extension in listing.extend)
    yield from (repair.on for repair in scheme.repairs)
    for dimension in scheme.dimensions:
        for indicator in dimension.indicators:
            if hasattr(indicator.value, "on"):
                yield indicator.value.on  # type: ignore[union-attr]
