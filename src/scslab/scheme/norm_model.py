"""The model of a norm: limits that a state set itself, as dated versions of clauses, each with its source.

An audit holds schemes against clauses: `requirement` says which question a clause answers, and `least`, `most` and
`working_days` carry its numbers.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from scslab.ground.dates import Period
from scslab.ground.problems import NOWHERE, Place
from scslab.ground.text import Text
from scslab.scheme.model import Confidence, Source, SubjectKind


class Requirement(StrEnum):
    """What a clause asks of a scheme."""

    RECORD_ONLY_CATALOGUED = "record-only-catalogued"
    """Only information of the catalogued kinds may be recorded."""
    LIST_ONLY_BY_LAW = "list-only-by-law"
    """A list needs a basis in law."""
    MEASURE_ONLY_LISTED = "measure-only-listed"
    """A measure needs a basis in law or a place on the list of measures."""
    LOCAL_ONLY_BY_REGULATION = "local-only-by-regulation"
    """A local addition needs a local regulation."""
    DEFINED_SCOPE = "defined-scope"
    """The conduct that is recorded or listed must be defined."""
    PROPORTIONATE = "proportionate"
    """A measure must be in proportion to the conduct."""
    NO_FORCED_THIRD_PARTIES = "no-forced-third-parties"
    """Banks, associations, media and the like may not be made to punish."""
    REPAIR_OFFERED = "repair-offered"
    """There must be a way of repair."""
    NO_REPAIR_OF_GRAVEST = "no-repair-of-gravest"
    """The gravest conduct is not repaired."""
    OBJECTION_OFFERED = "objection-offered"
    """There must be a way to object."""
    PROCEDURE = "procedure"
    """How a listing, a repair or an objection proceeds, and in what time."""
    DISPLAY_TIME = "display-time"
    """How long a penalty is displayed: `least` and `most`."""
    DISPLAY_ENDS = "display-ends"
    """Display ends by itself when its time is over."""
    EXTENT = "extent"
    """What the norm holds: `items`, of which there are `number`."""


class Gravity(StrEnum):
    """The classes of breaches."""

    MINOR = "minor"
    GENERAL = "general"
    SERIOUS = "serious"


@dataclass(frozen=True, slots=True)
class NormItem:
    """A named item of a catalogue or a list of measures."""

    id: str
    title: Text = field(default_factory=Text)
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class NormClause:
    """A clause of a norm.

    Attributes:
        gravity: the class of breaches it is about; None: all.
        subjects: the kinds of subjects it is about; empty: all.
        fields: the fields of supervision it is about, in words; empty: all.
        least, most: the shortest and the longest time that it allows.
        working_days: the time for a step of a procedure.
        number: how many items there are; more than `items` where not all of them are known.
        source, confidence: where it comes from, and how sure it is; `norm_confidence` gives the one that counts.
    """

    id: str
    requirement: Requirement
    title: Text = field(default_factory=Text)
    gravity: Gravity | None = None
    subjects: tuple[SubjectKind, ...] = ()
    fields: tuple[str, ...] = ()
    least: Period | None = None
    most: Period | None = None
    working_days: int | None = None
    number: int | None = None
    items: tuple[NormItem, ...] = ()
    source: str = ""
    confidence: Confidence | None = None
    note: Text = field(default_factory=Text)
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class NormVersion:
    """A version of a norm: its clauses, and the first and last day on which it holds (None: not known, or open)."""

    id: str
    title: Text
    clauses: tuple[NormClause, ...]
    since: date | None = None
    until: date | None = None
    source: str = ""
    note: Text = field(default_factory=Text)
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class Norm:
    """A norm: limits that an issuer set for schemes, in versions from the earliest to the latest."""

    id: str
    title: Text
    issuer: Text
    versions: tuple[NormVersion, ...]
    about: Text = field(default_factory=Text)
    sources: dict[str, Source] = field(default_factory=dict[str, Source])
    unknown: tuple[Text, ...] = ()
    place: Place = NOWHERE


def version_on(norm: Norm, day: date) -> NormVersion | None:
    """The version that holds on a day; None where there is none.

    Example:
        >>> old = NormVersion("1", Text("One"), (), date(2023, 5, 1), date(2026, 3, 31))
        >>> new = NormVersion("2", Text("Two"), (), date(2026, 4, 1))
        >>> norm = Norm("n", Text("N"), Text("Issuer"), (old, new))
        >>> [version.id if (version := version_on(norm, date(year, 4, 1))) else None for year in (2023, 2024, 2026)]
        [None, '1', '2']
    """
    holding = [
        version
        for version in norm.versions
        if (version.since is None or version.since <= day) and (version.until is None or day <= version.until)
    ]
    return holding[-1] if holding else None


def norm_confidence(norm: Norm, clause: NormClause) -> Confidence:
    """How sure a clause is: its own word, else that of its source; unverified without either.

    Example:
        >>> clause = NormClause("c", Requirement.EXTENT, source="text")
        >>> norm = Norm("n", Text("N"), Text("I"), (), sources={"text": Source("text", "T", "", Confidence.READ)})
        >>> norm_confidence(norm, clause).value
        'read'
    """
    if clause.confidence is not None:
        return clause.confidence
    source = norm.sources.get(clause.source)
    return Confidence.UNVERIFIED if source is None else source.confidence
