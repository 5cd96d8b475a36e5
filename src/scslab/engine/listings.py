"""Lists and measures of a statement: since when, why, and how they will end, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from scslab.scheme.model import (
    CountCondition,
    EventCondition,
    Extension,
    ListRef,
    Remove,
    Restore,
    Scheme,
    ScoreRange,
    StateCondition,
    SubjectList,
    Term,
    Way,
    matches,
)


@dataclass(frozen=True, slots=True)
class Listing:
    """A membership of a statement.

    Attributes:
        title: the list in words.
        closed_on: None while it is open.
        why: why it began, and why it ended or how it will end, in sentences.
    """

    list: str
    title: str
    kind: str
    opened_on: date
    closed_on: date | None
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MeasureLine:
    """A measure that applied for a time; `starts_on` is None where nobody looked, `ends_on` while it applies."""

    measure: str
    title: str
    kind: str
    domain: str
    starts_on: date | None
    ends_on: date | None
    reason: str


def build_listings(scheme: Scheme, rows: Sequence[dict[str, Any]]) -> tuple[Listing, ...]:
    """The memberships of a subject, from its rows of `Settlement.memberships`."""
    lists = {each.id: each for each in scheme.lists}
    return tuple(
        Listing(
            list=row["list"],
            title=lists[row["list"]].title.en or str(row["list"]),
            kind=row["kind"],
            opened_on=row["opened_on"],
            closed_on=row["closed_on"],
            why=(_say_opening(row, lists[row["list"]]), *_say_end(row, lists[row["list"]], scheme)),
        )
        for row in rows
    )


def look_ahead_at_lists(scheme: Scheme, as_of: date, rows: Sequence[dict[str, Any]]) -> tuple[str, ...]:
    """What will change on the lists of a subject if nothing else happens: terms that end, the next first."""
    lists = {each.id: each for each in scheme.lists}
    running = [row for row in rows if row["closed_on"] is None and row["term_ends_on"] is not None]
    said: list[str] = []
    for row in sorted(running, key=lambda row: row["term_ends_on"]):
        listed = lists[row["list"]]
        states = [way for way in listed.enter if isinstance(way, StateCondition)]
        again = f", unless it is on it still by {' or '.join(map(describe_state, states))}" if states else ""
        name = listed.title.en or listed.id
        if row["term_ends_on"] > as_of:
            said.append(f"On {row['term_ends_on']} the subject leaves the list {name}: its term is over{again}.")
    return tuple(said)


def list_what_lists_ask(scheme: Scheme, event_type: str) -> list[str]:
    """The conditions that lists put to events of a type, in words."""
    asked = (
        f"list `{each.id}` asks for {way.when.text}"
        for each in scheme.lists
        for way in (*each.enter, *each.leave, *each.extend)
        if isinstance(way, EventCondition | Extension) and way.when and matches(way.on, event_type)
    )
    return list(dict.fromkeys(asked))


def build_measure_lines(scheme: Scheme, rows: Sequence[dict[str, Any]]) -> tuple[MeasureLine, ...]:
    """The measures of a subject, from its rows of `Settlement.measures`."""
    titles: dict[str, str] = {measure.id: measure.title.en or measure.id for measure in scheme.measures}
    return tuple(
        MeasureLine(
            row["measure"], titles[row["measure"]], row["kind"], row["domain"],
            row["starts_on"], row["ends_on"], row["reason"],
        )
        for row in rows
    )  # fmt: skip


def _say_opening(row: dict[str, Any], listed: SubjectList) -> str:
    by, event = row["opened_by"], row["opened_event"]
    if by == "event":
        return f"On {row['opened_on']} event {event} put the subject on the list."
    if by == "rejected":
        return f"On {row['opened_on']} the objection was rejected ({event}) and the subject is on the list again."
    conditions = [way for way in listed.enter if isinstance(way, StateCondition) and _name(way) == by]
    said = " or ".join(describe_state(way) for way in conditions)
    return f"On {row['opened_on']} a condition of the list held: {said}."


def _say_end(row: dict[str, Any], listed: SubjectList, scheme: Scheme) -> list[str]:
    day, by, event = row["closed_on"], row["closed_by"], row["closed_event"]
    match by:
        case None:
            return _say_ways_out(row, listed, scheme)
        case "event":
            return [f"On {day} event {event} took it off."]
        case "term":
            return [f"On {day} its term was over."]
        case "repair":
            return [f"On {day} it was ended by repair (event {event})."]
        case "objection":
            return [f"On {day} an objection was filed ({event}): it is lifted until the outcome."]
        case "upheld":
            return [f"On {day} the objection was upheld ({event})."]
        case _:
            conditions = [way for way in listed.leave if isinstance(way, StateCondition) and _name(way) == by]
            return [f"On {day} a condition for leaving held: {' or '.join(map(describe_state, conditions))}."]


def _say_ways_out(row: dict[str, Any], listed: SubjectList, scheme: Scheme) -> list[str]:
    said: list[str] = []
    if row["term_ends_on"] is not None:
        said.append(f"Its term ends on {row['term_ends_on']}.")
    ways = [describe_way(way) for way in listed.leave if not isinstance(way, Term)]
    if ways:
        said.append(f"It ends by: {'; '.join(ways)}.")
    for repair in scheme.repairs:
        if not isinstance(repair.action, Restore) and repair.action.list == listed.id:
            does = "ends" if isinstance(repair.action, Remove) else f"shortens by {repair.action.by}"
            wait = f", from {repair.action.after.after(row['opened_on'])} on" if repair.action.after else ""
            asks = f" where {repair.when.text}" if repair.when else ""
            said.append(f"Repair `{repair.id}` {does} it: an event {repair.on}{asks}{wait}.")
    return said or ["Nothing in the scheme ends it."]


def describe_way(way: Way) -> str:
    """A way into or out of a list, in words.

    Example:
        >>> describe_way(StateCondition(tiers=("A", "AA")))
        'tier A or AA'
    """
    if isinstance(way, EventCondition):
        return f"an event {way.on}" + (f" where {way.when.text}" if way.when else "")
    if isinstance(way, Term):
        return f"{way.after} after the opening"
    return describe_state(way)


def describe_state(state: StateCondition) -> str:
    """A state condition, in words; its parts are joined by `and`."""
    parts: list[str] = []
    if state.score:
        parts.append(_describe_range(state.score))
    if state.tiers:
        parts.append(f"tier {' or '.join(state.tiers)}")
    if state.count:
        parts.append(_describe_count(state.count))
    for word, refs in (("on the list", state.lists), ("not on the list", state.not_lists)):
        if refs:
            parts.append(f"{word} {' or '.join(map(_describe_list, refs))}")
    return " and ".join(parts)


def _describe_range(score: ScoreRange) -> str:
    low = "" if score.since is None else f" from {score.since}"
    return f"a score{low}" + ("" if score.below is None else f" below {score.below}")


def _describe_count(count: CountCondition) -> str:
    bounds = [
        f"{word} {number}"
        for word, number in (("at least", count.at_least), ("at most", count.at_most))
        if number is not None
    ]
    asks = f" where {count.when.text}" if count.when else ""
    within = f" within {count.within}" if count.within else ""
    return f"{' and '.join(bounds)} events {count.on}{asks}{within}"


def _describe_list(ref: ListRef) -> str:
    return f"{ref}, {ref.delay} later" if ref.delay else str(ref)


def _name(state: StateCondition) -> str:
    parts = {"score": state.score, "tier": state.tiers, "count": state.count, "list": state.lists}
    return next((name for name, part in parts.items() if part), "not_list")
