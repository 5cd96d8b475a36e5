"""The model of worked cases: what `cases.yaml` beside a scheme says, as plain frozen data."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from scslab.ground.problems import NOWHERE, Place
from scslab.scheme.model import Scheme

Value = int | float | str | bool | date
"""The value of an attribute."""
Expected = Decimal | str | date | None
"""A value that a case expects; None: there is no value."""


@dataclass(frozen=True, slots=True)
class CaseEvent:
    """An event of a case; `attributes` holds those that the case gives, `subject` is "" for the case's own."""

    id: str
    type: str
    occurred_on: date
    recorded_on: date | None = None
    attributes: dict[str, Value] = field(default_factory=dict[str, Value])
    place: Place = NOWHERE
    subject: str = ""


@dataclass(frozen=True, slots=True)
class CaseLink:
    """A relation between two subjects of a case ("" is the case's own), both days inclusive, None is open."""

    relation: str
    source: str
    target: str
    since: date | None = None
    until: date | None = None
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class ExpectedRow:
    """Values that a row of a table must have, by the column names of that table of a `Settlement`."""

    values: dict[str, Expected]
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class Expectation:
    """What a case expects; None or an empty mapping: the case says nothing about it.

    Attributes:
        standing: values by the column names of `Settlement.standings`.
        measures: the ids of all measures in force, or None.
        entries: all entries in order, or None.
        lists: the ids of all lists that the subject is on, or None.
        not_lists: ids of lists that the subject is not on.
        tables: rows by the name of a table. Of `memberships` and `objections` all rows in order; of `publications` and
            `contributions` those that the case is about, found by `published_on` (and `dimension`, `indicator`).
        unposted: why an event posted nothing, by event id.
        set_aside: the code under which an event was set aside, by event id.
    """

    standing: dict[str, Expected]
    measures: tuple[str, ...] | None = None
    entries: tuple[ExpectedRow, ...] | None = None
    unposted: dict[str, str] = field(default_factory=dict[str, str])
    set_aside: dict[str, str] = field(default_factory=dict[str, str])
    place: Place = NOWHERE
    lists: tuple[str, ...] | None = None
    not_lists: tuple[str, ...] = ()
    tables: dict[str, tuple[ExpectedRow, ...]] = field(default_factory=dict[str, tuple[ExpectedRow, ...]])


@dataclass(frozen=True, slots=True)
class Case:
    """A worked case: one subject, its events (and perhaps those of others), and the standing expected on `as_of`.

    Attributes:
        why: the arithmetic, or the clause that the case shows.
        subject: attributes of the subject by name; `born_on` may be among them.
        others: attributes of further subjects, by their id.
        links: relations between subjects.
        schemes: the other schemes that settle together with this one, on the same events.
    """

    name: str
    why: str
    events: tuple[CaseEvent, ...]
    as_of: date
    expect: Expectation
    known_at: date | None = None
    subject: dict[str, Value] = field(default_factory=dict[str, Value])
    place: Place = NOWHERE
    others: dict[str, dict[str, Value]] = field(default_factory=dict[str, dict[str, Value]])
    links: tuple[CaseLink, ...] = ()
    schemes: tuple[Scheme, ...] = ()
