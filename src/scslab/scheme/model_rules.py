"""How a points score works: the score itself, its tiers, and the rules with their caps."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from scslab.ground.dates import Calendar, Period
from scslab.ground.problems import NOWHERE, Place
from scslab.ground.text import Text
from scslab.scheme.conditions import Expression
from scslab.scheme.dated import Number
from scslab.scheme.model_conditions import StateCondition
from scslab.scheme.model_vocabulary import matches
from scslab.scheme.model_words import Confidence, PostsOn, ScoreKind

LIFETIME = "lifetime"
"""The cap period that never ends."""

CapPeriod = Calendar | Period | str
"""What a cap counts in: a calendar unit, a rolling period, or `LIFETIME`."""


@dataclass(frozen=True, slots=True)
class Score:
    """How the score works. All numbers may be dated; they are points (not yet scaled by `decimals`).

    Attributes:
        start: what a subject begins with; of an index the low end of its range, of a scheme without a score 0.
        published: how often; None: immediately.
    """

    start: Number
    floor: Number | None = None
    ceiling: Number | None = None
    decimals: int = 0
    posts_on: PostsOn = PostsOn.RECORDED
    published: Calendar | None = None
    is_yearly_restart: bool = False
    title: Text = field(default_factory=Text)
    place: Place = NOWHERE
    kind: ScoreKind = ScoreKind.POINTS


@dataclass(frozen=True, slots=True)
class Tier:
    """A band of the score.

    Attributes:
        lower: the file's `from`, inclusive; None: only a grade reaches the tier.
        requires: conditions on the record (`count`, `list` or `not_list`), all of which must hold as well.
    """

    id: str
    lower: Number | None
    title: Text = field(default_factory=Text)
    source: str = ""
    confidence: Confidence | None = None
    place: Place = NOWHERE
    requires: tuple[StateCondition, ...] = ()

    def lower_on(self, day: date) -> Decimal | None:
        """Where the tier begins on `day`; None where no score reaches it.

        Example:
            >>> Tier("A", Number.constant(Decimal(90))).lower_on(date(2024, 1, 1)), Tier("D", None).lower_on(date.max)
            (Decimal('90'), None)
        """
        return self.lower.on(day) if self.lower else None


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
    """Holds the tier down to `to` from the posting date until `period` after it (exclusive).

    Attributes:
        is_to_year_end: through 31 December of the year of the posting date; then `period` is None.
            Without either: for ever.
    """

    to: str
    period: Period | None = None
    is_to_year_end: bool = False


@dataclass(frozen=True, slots=True)
class Grade:
    """Makes the tier `to`, whatever the score, from the posting date on; how long as for `LimitTier`."""

    to: str
    period: Period | None = None
    is_to_year_end: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """One clause: the events it matches and what it posts for them.

    Attributes:
        on: an event type, or a prefix that ends in `.*` (`donation.*` matches `donation.blood`, not `donation`).
        when: a condition over the event's and the subject's attributes, or None.
        points: a number (possibly dated), or an SQL number in `formula`; both None for a rule that only limits a tier
            or gives a grade.
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
    grade: Grade | None = None

    def matches_type(self, event_type: str) -> bool:
        """Whether the rule listens to events of this type.

        Example:
            >>> Rule("give", on="donation.*").matches_type("donation.blood")
            True
        """
        return matches(self.on, event_type)
