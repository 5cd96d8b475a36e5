"""The model: what a scheme file says, as plain frozen data.

`scslab.scheme.reader` builds it from YAML, `scslab.engine.compile` turns it into arrays. Nothing here computes a score.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from scslab.ground.dates import Calendar, Period
from scslab.ground.problems import NOWHERE, Place
from scslab.ground.text import Text
from scslab.scheme.conditions import Expression
from scslab.scheme.dated import Number

RETRACT = "correction.retract"
REPLACE = "correction.replace"


class Confidence(StrEnum):
    """How sure a fact is: read in its source, reported by others, or unverified."""

    READ = "read"
    REPORTED = "reported"
    UNVERIFIED = "unverified"


class Status(StrEnum):
    """How much of a scheme the file covers."""

    COMPLETE = "complete"
    PARTIAL = "partial"
    STUB = "stub"


class OperatorKind(StrEnum):
    """Who runs a scheme."""

    GOVERNMENT = "government"
    COMPANY = "company"
    COURT = "court"
    ASSOCIATION = "association"
    RESEARCH = "research"


class SubjectKind(StrEnum):
    """Whom a scheme scores."""

    RESIDENT = "resident"
    BUSINESS = "business"
    ORGANISATION = "organisation"
    AGENCY = "agency"


class Participation(StrEnum):
    """How a subject comes under a scheme."""

    AUTOMATIC = "automatic"
    MANDATORY = "mandatory"
    OPT_IN = "opt-in"


class PostsOn(StrEnum):
    """Which date of an event an entry takes effect on."""

    RECORDED = "recorded"
    OCCURRED = "occurred"


class AttributeType(StrEnum):
    """What an attribute of an event or a subject holds."""

    INTEGER = "integer"
    NUMBER = "number"
    TEXT = "text"
    BOOLEAN = "boolean"
    DATE = "date"


class MeasureKind(StrEnum):
    """Whether a measure gives or takes."""

    REWARD = "reward"
    RESTRICTION = "restriction"


class Domain(StrEnum):
    """The closed list of domains of life that a measure touches."""

    TRAVEL = "travel"
    HOUSING = "housing"
    UTILITIES = "utilities"
    HEALTH = "health"
    EDUCATION = "education"
    EMPLOYMENT = "employment"
    FINANCE = "finance"
    CONSUMPTION = "consumption"
    CULTURE = "culture"
    PUBLIC_SERVICES = "public-services"
    LICENSING = "licensing"
    INSPECTION = "inspection"
    PROCUREMENT = "procurement"
    TAXATION = "taxation"
    TRADE = "trade"
    REPUTATION = "reputation"
    COMMUNICATION = "communication"
    MOBILITY = "mobility"


LIFETIME = "lifetime"
"""The cap period that never ends."""

CapPeriod = Calendar | Period | str
"""What a cap counts in: a calendar unit, a rolling period, or `LIFETIME`."""


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
    """One word of a scheme's event vocabulary, with its attributes by name."""

    id: str
    attributes: dict[str, Attribute]
    title: Text = field(default_factory=Text)
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class SubjectScope:
    """Whom the scheme scores; `from_age_years` binds on the posting date, where the birth date is known."""

    kind: SubjectKind
    from_age_years: int | None = None
    attributes: dict[str, Attribute] = field(default_factory=dict[str, Attribute])


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


@dataclass(frozen=True, slots=True)
class Score:
    """How a points score works. All numbers may be dated; they are points (not yet scaled by `decimals`)."""

    start: Number
    floor: Number | None = None
    ceiling: Number | None = None
    decimals: int = 0
    posts_on: PostsOn = PostsOn.RECORDED
    published: Calendar | None = None
    """None: immediately."""
    is_yearly_restart: bool = False
    title: Text = field(default_factory=Text)
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class Tier:
    """A band of the score; `lower` (the file's `from`) is inclusive."""

    id: str
    lower: Number
    title: Text = field(default_factory=Text)
    source: str = ""
    confidence: Confidence | None = None
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class Cap:
    """A limit on the granted points of one sign in a period; `points` is positive."""

    points: Number
    per: CapPeriod


@dataclass(frozen=True, slots=True)
class GroupCap:
    """A cap shared by several rules."""

    id: str
    rules: tuple[str, ...]
    points: Number
    per: CapPeriod
    source: str = ""
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class Repeat:
    """Factors for the 1st, 2nd, … entry of a rule inside a rolling period; the last one holds for all later entries."""

    within: Period
    times: tuple[Decimal, ...]


@dataclass(frozen=True, slots=True)
class LimitTier:
    """Holds the tier down to `to` from the posting date until `period` after it (exclusive); None: for ever."""

    to: str
    period: Period | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """One clause: the events it matches and what it posts for them.

    Attributes:
        on: an event type, or a prefix that ends in `.*` (`donation.*` matches `donation.blood`, not `donation`).
        when: a condition over the event's and the subject's attributes, or None.
        points: a number (possibly dated), or an SQL number in `formula`; both None for a rule that only limits a tier.
        formula: an SQL number over the attributes, computed in double precision.
    """

    id: str
    on: str
    when: Expression | None = None
    points: Number | None = None
    formula: Expression | None = None
    cap: Cap | None = None
    valid: Period | None = None
    repeat: Repeat | None = None
    limit_tier: LimitTier | None = None
    source: str = ""
    confidence: Confidence | None = None
    title: Text = field(default_factory=Text)
    note: Text = field(default_factory=Text)
    place: Place = NOWHERE

    def matches_type(self, event_type: str) -> bool:
        """Whether the rule listens to events of this type.

        Example:
            >>> Rule("give", on="donation.*").matches_type("donation.blood")
            True
        """
        if self.on.endswith(".*"):
            return event_type.startswith(self.on[:-1])
        return event_type == self.on


@dataclass(frozen=True, slots=True)
class MeasureCondition:
    """When a measure applies: in one of `tiers`, and with a published score in [score_from, score_below)."""

    tiers: tuple[str, ...] = ()
    score_from: Decimal | None = None
    score_below: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Measure:
    """A reward or restriction that follows from the published standing."""

    id: str
    kind: MeasureKind
    domain: Domain
    when: MeasureCondition
    provider: str = ""
    source: str = ""
    confidence: Confidence | None = None
    title: Text = field(default_factory=Text)
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class Yardstick:
    """A public measure to hold the score against: a numeric subject attribute, reported as a rank correlation.

    Attributes:
        when: a condition over the subject's attributes; only subjects for which it is true are compared. None: all.
    """

    attribute: str
    title: Text
    when: Expression | None = None
    source: str = ""
    note: Text = field(default_factory=Text)


@dataclass(frozen=True, slots=True)
class Scheme:
    """A scheme file, read and checked.

    Attributes:
        digest: SHA-256 of the file's bytes.
        unknown: what nobody published, in words, so that a reader knows what is missing.
    """

    id: str
    title: Text
    operator: Operator
    subjects: SubjectScope
    events: dict[str, EventType]
    score: Score
    participation: Participation = Participation.AUTOMATIC
    in_force: InForce = field(default_factory=InForce)
    about: Text = field(default_factory=Text)
    status: Status = Status.PARTIAL
    sources: dict[str, Source] = field(default_factory=dict[str, Source])
    tiers: tuple[Tier, ...] = ()
    rules: tuple[Rule, ...] = ()
    caps: tuple[GroupCap, ...] = ()
    measures: tuple[Measure, ...] = ()
    yardstick: Yardstick | None = None
    unknown: tuple[Text, ...] = ()
    place: Place = NOWHERE
    digest: str = ""
    text: str = ""
    """The file as it was read, so that a run can keep a copy."""

    def confidence_of(self, item: Rule | Tier | Measure) -> Confidence:
        """How sure an item is: its own word, else its source's, else unverified."""
        if item.confidence is not None:
            return item.confidence
        source = self.sources.get(item.source)
        return source.confidence if source else Confidence.UNVERIFIED
