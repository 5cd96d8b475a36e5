"""The model of worked cases: what `cases.yaml` beside a scheme says, as plain frozen data."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from scslab.ground.problems import NOWHERE, Place

Value = int | float | str | bool | date
"""The value of an attribute."""
Expected = Decimal | str | date | None
"""A value that a case expects; None: there is no value."""


@dataclass(frozen=True, slots=True)
class CaseEvent:
    """An event of a case; `attributes` holds those that the case gives."""

    id: str
    type: str
    occurred_on: date
    recorded_on: date | None = None
    attributes: dict[str, Value] = field(default_factory=dict[str, Value])
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class ExpectedEntry:
    """Values that an entry must have, by the column names of `Settlement.entries`."""

    values: dict[str, Expected]
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class Expectation:
    """What a case expects; None or an empty mapping: the case says nothing about it.

    Attributes:
        standing: values by the column names of `Settlement.standings`.
        measures: the ids of all measures in force, or None.
        entries: all entries in order, or None.
        unposted: why an event posted nothing, by event id.
        set_aside: the code under which an event was set aside, by event id.
    """

    standing: dict[str, Expected]
    measures: tuple[str, ...] | None = None
    entries: tuple[ExpectedEntry, ...] | None = None
    unposted: dict[str, str] = field(default_factory=dict[str, str])
    set_aside: dict[str, str] = field(default_factory=dict[str, str])
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class Case:
    """A worked case: one subject, its events, and the standing expected on `as_of`.

    Attributes:
        why: the arithmetic, or the clause that the case shows.
        subject: attributes of the subject by name; `born_on` may be among them.
    """

    name: str
    why: str
    events: tuple[CaseEvent, ...]
    as_of: date
    expect: Expectation
    known_at: date | None = None
    subject: dict[str, Value] = field(default_factory=dict[str, Value])
    place: Place = NOWHERE
