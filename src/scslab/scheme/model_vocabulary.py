"""What a scheme talks about: sources, event types and attributes, and whom it covers since when."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from scslab.ground.problems import NOWHERE, Place
from scslab.ground.text import Text
from scslab.scheme.model_words import AttributeType, Confidence, Domain, OperatorKind, SubjectKind

RETRACT = "correction.retract"
REPLACE = "correction.replace"

FILED = "objection.filed"
UPHELD = "objection.upheld"
REJECTED = "objection.rejected"
OBJECTION_TYPES = (FILED, UPHELD, REJECTED)
"""The event types of objections: part of the vocabulary of every scheme with an `objection`."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a fact comes from: `confidence` says how sure it is."""

    id: str
    title: str
    url: str = ""
    confidence: Confidence = Confidence.UNVERIFIED
    note: str = ""
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class Attribute:
    """A declared attribute of an event type or of the subjects.

    Attributes:
        minimum, maximum: inclusive bounds for integers and numbers; a row outside them is set aside.
        values: the closed list of allowed texts, or empty for any.
    """

    name: str
    type: AttributeType
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    values: tuple[str, ...] = ()
    title: Text = field(default_factory=Text)
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class EventType:
    """One word of a scheme's event vocabulary, with its attributes by name.

    Attributes:
        domain: the domain of life that such events come from; None: the file does not say.
    """

    id: str
    attributes: dict[str, Attribute]
    title: Text = field(default_factory=Text)
    place: Place = NOWHERE
    domain: Domain | None = None


@dataclass(frozen=True, slots=True)
class SubjectScope:
    """Whom the scheme scores; `from_age_years` binds on the posting date, where the birth date is known."""

    kinds: tuple[SubjectKind, ...]
    from_age_years: int | None = None
    attributes: dict[str, Attribute] = field(default_factory=dict[str, Attribute])

    @property
    def kind(self) -> SubjectKind:
        """The kind, or the first of several."""
        return self.kinds[0]


@dataclass(frozen=True, slots=True)
class Operator:
    """Who runs the scheme."""

    kind: OperatorKind
    name: Text


@dataclass(frozen=True, slots=True)
class InForce:
    """The first and last day (inclusive) on which events may post; None is open."""

    since: date | None = None
    until: date | None = None


def matches(on: str, event_type: str) -> bool:
    """Whether a clause that listens to `on` (a type, or a prefix that ends in `.*`) hears an event of this type.

    Example:
        >>> matches("donation.*", "donation.blood"), matches("donation.*", "donation"), matches("x", "x")
        (True, False, True)
    """
    if on.endswith(".*"):
        return event_type.startswith(on[:-1])
    return event_type == on
