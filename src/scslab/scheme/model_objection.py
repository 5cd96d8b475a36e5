"""The ways back: objection to an entry or a listing, and repair."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from scslab.ground.dates import Period
from scslab.ground.problems import NOWHERE, Place
from scslab.ground.text import Text
from scslab.scheme.conditions import Expression
from scslab.scheme.model_rules import CapPeriod
from scslab.scheme.model_vocabulary import matches
from scslab.scheme.model_words import Confidence, Outcome


@dataclass(frozen=True, slots=True)
class Objection:
    """How subjects may object.

    Attributes:
        within: how long after the posting of its target an objection may be filed; None: always.
        suspends: whether filing takes the target's consequences back until the outcome.
        decide_within: how long a decision may take; None: for ever.
        undecided: how an objection ends that nobody decided in time.
    """

    within: Period | None = None
    suspends: bool = False
    decide_within: Period | None = None
    undecided: Outcome | None = None
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class Restore:
    """Gives back a share (in (0, 1]) of the latest live negative entry of one of the rules, `after` its posting."""

    rules: tuple[str, ...]
    share: Decimal
    after: Period | None = None


@dataclass(frozen=True, slots=True)
class Shorten:
    """Moves the end of the term of an open membership forward by `by`, `after` its opening at the earliest."""

    list: str
    by: Period
    after: Period | None = None


@dataclass(frozen=True, slots=True)
class Remove:
    """Closes an open membership, `after` its opening at the earliest."""

    list: str
    after: Period | None = None


RepairAction = Restore | Shorten | Remove
"""What a repair does."""


@dataclass(frozen=True, slots=True)
class AtMost:
    """How often a repair works in a period (as caps count periods)."""

    times: int
    per: CapPeriod


@dataclass(frozen=True, slots=True)
class Repair:
    """A way back that the scheme offers: the event that opens it, and what it does."""

    id: str
    on: str
    action: RepairAction
    when: Expression | None = None
    at_most: AtMost | None = None
    source: str = ""
    confidence: Confidence | None = None
    title: Text = field(default_factory=Text)
    place: Place = NOWHERE

    def matches_type(self, event_type: str) -> bool:
        """Whether it listens to events of this type."""
        return matches(self.on, event_type)
