"""From rows to settled events: the first two sections of docs/settling.md, read aloud.

A row is a plain dict: `event_id, subject_id, type, occurred_on`, and perhaps `recorded_on, source, target, new_type`
and attributes by name. Rows are numbered from 1.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from reference.months import FIRST_DAY, LAST_DAY
from scslab.scheme.model import REPLACE, RETRACT, Attribute, PostsOn, Scheme

UNUSABLE = "L0xx"
"""Stands for every code of a row that is malformed in itself: the page names no code for these."""

HEADER = ("event_id", "subject_id", "type", "occurred_on", "recorded_on", "source", "target", "new_type")


@dataclass(frozen=True)
class Row:
    """One row of the ledger, its `recorded_on` filled in."""

    number: int
    event_id: str
    subject_id: str
    type: str
    occurred_on: date
    recorded_on: date
    source: str | None
    target: str | None
    new_type: str | None
    attributes: dict[str, Any]

    @property
    def is_correction(self) -> bool:
        return self.type in (RETRACT, REPLACE)


@dataclass(frozen=True)
class Event:
    """What a row says once all corrections are applied."""

    row: int
    event_id: str
    subject_id: str
    type: str
    occurred_on: date
    recorded_on: date
    posted_on: date
    source: str | None
    attributes: dict[str, Any]
    target: str | None = None
    """What an `objection.*` event is about: a replacement keeps that of the row it replaces."""


SetAside = set[tuple[int, str]]


def id_order(event_id: str) -> tuple[int, bytes]:
    """Shorter ids first, ids of equal length byte by byte; both in UTF-8."""
    return len(event_id.encode()), event_id.encode()


def recording_order(row: Row) -> tuple[date, tuple[int, bytes]]:
    return row.recorded_on, id_order(row.event_id)


def read_events(
    scheme: Scheme, rows: Sequence[Mapping[str, Any]], *, as_of: date, known_at: date | None
) -> tuple[list[Event], SetAside]:
    """Every settled event, in no particular order, and the rows that are not used, each with its reason."""
    set_aside: SetAside = set()
    usable: list[Row] = []
    for number, values in enumerate(rows, start=1):
        row = fill_in(number, values)
        # What was not known yet is not looked at any further.
        is_known = known_at is None or row.recorded_on <= known_at
        codes = flaws_of_row(scheme, row) if is_known else {"L021"}
        set_aside |= {(number, code) for code in codes}
        if not codes:
            usable.append(row)
    unique = drop_duplicates(usable, set_aside)
    by_id = {row.event_id: row for row in unique}
    corrections = check_corrections(scheme, unique, set_aside)
    winners = resolve(corrections)

    events: list[Event] = []
    for row in unique:
        if row.is_correction:
            continue
        winner = winners.get(row.event_id)
        if winner is not None and winner.type == RETRACT:
            continue
        content = row if winner is None else winner
        # The replacement stands where its target stood: same id, same recording date, same source.
        posted_on = row.recorded_on if scheme.score.posts_on == PostsOn.RECORDED else content.occurred_on
        if posted_on > as_of:
            set_aside.add((row.number, "L020"))
            continue
        events.append(
            Event(
                row=row.number,
                event_id=row.event_id,
                subject_id=row.subject_id,
                type=row.type if winner is None else type_of(winner, by_id),
                occurred_on=content.occurred_on,
                recorded_on=row.recorded_on,
                posted_on=posted_on,
                source=row.source,
                attributes=content.attributes,
                target=row.target,
            )
        )
    return events, set_aside


# Rows on their own ----------------------------------------------------------------------------------------------


def fill_in(number: int, values: Mapping[str, Any]) -> Row:
    attributes = {name: value for name, value in values.items() if name not in HEADER and value is not None}
    return Row(
        number=number,
        event_id=values["event_id"],
        subject_id=values["subject_id"],
        type=values["type"],
        occurred_on=values["occurred_on"],
        recorded_on=values.get("recorded_on") or values["occurred_on"],
        source=values.get("source"),
        target=values.get("target"),
        new_type=values.get("new_type"),
        attributes=attributes,
    )


def flaws_of_row(scheme: Scheme, row: Row) -> set[str]:
    """Why a row cannot be used whatever the other rows say: every reason."""
    codes: set[str] = set()
    if not all(FIRST_DAY <= day <= LAST_DAY for day in (row.occurred_on, row.recorded_on)):
        codes.add(UNUSABLE)
    # Whether a replacement is valid depends on the type of what it replaces: see `code_of_correction`.
    if not row.is_correction and not is_valid_content(scheme, row.type, row):
        codes.add(UNUSABLE)
    if row.recorded_on < row.occurred_on:
        codes.add("L014")
    return codes


def is_valid_content(scheme: Scheme, event_type: str, row: Row) -> bool:
    """Whether the type is in the vocabulary and each attribute that it declares is empty or allowed."""
    if event_type not in scheme.events:
        return False
    declared = scheme.events[event_type].attributes
    return all(is_allowed(attribute, row.attributes.get(name)) for name, attribute in declared.items())


def is_allowed(attribute: Attribute, value: Any) -> bool:
    if value is None:
        return True
    if attribute.values and value not in attribute.values:
        return False
    if attribute.minimum is not None and Decimal(value) < attribute.minimum:
        return False
    return attribute.maximum is None or Decimal(value) <= attribute.maximum


def drop_duplicates(rows: list[Row], set_aside: SetAside) -> list[Row]:
    """Of rows that agree in everything the first counts; of rows with one id that disagree, none."""
    kept: list[Row] = []
    for row in rows:
        namesakes = [other for other in rows if other.event_id == row.event_id]
        if any(not is_same_content(row, other) for other in namesakes):
            set_aside.add((row.number, "L012"))
        elif row is not namesakes[0]:
            set_aside.add((row.number, "L011"))
        else:
            kept.append(row)
    return kept


def is_same_content(one: Row, other: Row) -> bool:
    """Whether two rows agree in every column (an empty `recorded_on` is the same as `occurred_on`)."""
    return all(getattr(one, name) == getattr(other, name) for name in (*HEADER, "attributes"))


# Corrections ----------------------------------------------------------------------------------------------------


def check_corrections(scheme: Scheme, rows: list[Row], set_aside: SetAside) -> list[Row]:
    """The corrections that may act, earliest first; the others are set aside."""
    by_id = {row.event_id: row for row in rows}
    accepted: list[Row] = []
    refused: set[str] = set()
    for row in sorted((row for row in rows if row.is_correction), key=recording_order):
        code = code_of_correction(scheme, row, by_id, refused)
        if code is None:
            accepted.append(row)
        else:
            refused.add(row.event_id)
            set_aside.add((row.number, code))
    return accepted


def code_of_correction(scheme: Scheme, row: Row, by_id: dict[str, Row], refused: set[str]) -> str | None:
    target = by_id.get(row.target or "")
    if target is None:
        return "L030"
    if target.subject_id != row.subject_id:
        return "L031"
    if recording_order(target) >= recording_order(row):
        return "L032"
    if target.event_id in refused:
        return "L030"
    if row.type == REPLACE:
        if target.type == RETRACT:
            return "L033"
        if not is_valid_content(scheme, type_of(row, by_id), row):
            return UNUSABLE
    return None


def type_of(row: Row, by_id: dict[str, Row]) -> str:
    """The type of the event that a row stands for: a replacement without `new_type` has that of its target."""
    if row.type != REPLACE:
        return row.type
    return row.new_type or type_of(by_id[row.target or ""], by_id)


def resolve(corrections: list[Row]) -> dict[str, Row]:
    """For each corrected id the one row that wins: a retraction, or the replacement that holds the content.

    From the latest correction to the earliest: by the time we come to one, everything later that could retract or
    replace it has been heard.
    """
    winners: dict[str, Row] = {}
    for row in reversed(corrections):
        verdict = winners.get(row.event_id)
        if verdict is not None and verdict.type == RETRACT:
            continue
        content = row if verdict is None else verdict
        assert row.target is not None
        # A later live correction of the same target has been heard already, and stands.
        winners.setdefault(row.target, content)
    return winners
