"""The model: what a scheme file says, as plain frozen data.

`scslab.scheme.reader` builds it from YAML, `scslab.engine.compile` turns it into arrays. Nothing here computes a score.
Each noun has its file `model_….py`; all of them are imported from here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from scslab.ground.problems import NOWHERE, Place
from scslab.ground.text import Text
from scslab.scheme.conditions import Expression
from scslab.scheme.dated import Number
from scslab.scheme.model_conditions import (
    CountCondition,
    EventCondition,
    ListRef,
    ScoreRange,
    StateCondition,
    Term,
    Way,
    WayIn,
)
from scslab.scheme.model_index import (
    AttributeOf,
    CountOf,
    DaysSince,
    Dimension,
    Indicator,
    IndicatorValue,
    ScoreOf,
    ShareOf,
    SumOf,
)
from scslab.scheme.model_lists import Extension, SubjectList
from scslab.scheme.model_objection import AtMost, Objection, Remove, Repair, RepairAction, Restore, Shorten
from scslab.scheme.model_rules import (
    LIFETIME,
    Cap,
    CapPeriod,
    Grade,
    GroupCap,
    LimitTier,
    Repeat,
    Rule,
    Score,
    Tier,
)
from scslab.scheme.model_together import BACKWARDS, LinkKind, Spread, Succession
from scslab.scheme.model_vocabulary import (
    FILED,
    OBJECTION_TYPES,
    REJECTED,
    REPLACE,
    RETRACT,
    UPHELD,
    Attribute,
    EventType,
    InForce,
    Operator,
    Source,
    SubjectScope,
    matches,
)
from scslab.scheme.model_words import (
    AttributeType,
    Carry,
    Confidence,
    Domain,
    ListKind,
    MeasureKind,
    OperatorKind,
    Outcome,
    Participation,
    PostsOn,
    ScoreKind,
    Status,
    SubjectKind,
)

# fmt: off
__all__ = [
    "BACKWARDS", "FILED", "LIFETIME", "OBJECTION_TYPES", "REJECTED", "REPLACE", "RETRACT", "UPHELD",
    "AtMost", "Attribute", "AttributeOf", "AttributeType", "Cap", "CapPeriod", "Carry", "Confidence",
    "CountCondition", "CountOf", "DaysSince", "Dimension", "Domain", "EventCondition", "EventType", "Extension",
    "Grade", "GroupCap", "InForce", "Indicator", "IndicatorValue", "LimitTier", "LinkKind", "ListKind", "ListRef",
    "Measure", "MeasureKind", "Objection", "Operator", "OperatorKind", "Outcome", "Participation", "PostsOn",
    "Remove", "Repair", "RepairAction", "Repeat", "Restore", "Rule", "Scheme", "Score", "ScoreKind", "ScoreOf",
    "ScoreRange", "ShareOf", "Shorten", "Source", "Spread", "StateCondition", "Status", "SubjectKind", "SubjectList",
    "SubjectScope", "Succession", "SumOf", "Term", "Tier", "Way", "WayIn", "Yardstick", "matches",
]
# fmt: on


@dataclass(frozen=True, slots=True)
class Measure:
    """A reward or restriction that follows from the published standing, or from a list at once.

    Attributes:
        when: several parts may be there; all must hold.
        since, until: the first and last day (inclusive) on which it applies to anybody; None is open.
    """

    id: str
    kind: MeasureKind
    domain: Domain
    when: StateCondition
    provider: str = ""
    source: str = ""
    confidence: Confidence | None = None
    title: Text = field(default_factory=Text)
    place: Place = NOWHERE
    since: date | None = None
    until: date | None = None


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


Item = Rule | Tier | Measure | SubjectList | Repair | Dimension | Indicator | Spread
"""A part of a scheme that rests on a source."""


@dataclass(frozen=True, slots=True)
class Scheme:
    """A scheme file, read and checked.

    Attributes:
        digest: SHA-256 of the file's bytes.
        unknown: what nobody published, in words, so that a reader knows what is missing.
        dimensions, range: of an index; the range is its low and its high end.
        repairs: the ways back, in file order.
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
    lists: tuple[SubjectList, ...] = ()
    repairs: tuple[Repair, ...] = ()
    objection: Objection | None = None
    dimensions: tuple[Dimension, ...] = ()
    range: tuple[Number, Number] | None = None
    links: dict[str, LinkKind] = field(default_factory=dict[str, LinkKind])
    spread: tuple[Spread, ...] = ()
    succession: Succession | None = None

    def confidence_of(self, item: Item) -> Confidence:
        """How sure an item is: its own word, else its source's, else unverified."""
        if item.confidence is not None:
            return item.confidence
        source = self.sources.get(item.source)
        return source.confidence if source else Confidence.UNVERIFIED
