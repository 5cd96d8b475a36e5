"""Conditions of lists, measures and tiers: an event, or a state at the end of a day."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from scslab.ground.dates import Period
from scslab.ground.problems import NOWHERE, Place
from scslab.scheme.conditions import Expression
from scslab.scheme.model_vocabulary import matches


@dataclass(frozen=True, slots=True)
class CountCondition:
    """A number of events of the record: posted later than `within` before the day, and not later than the day.

    Attributes:
        within: how far back; None: all so far.
        at_least, at_most: both inclusive; one of them at least is there.
    """

    on: str
    when: Expression | None = None
    within: Period | None = None
    at_least: int | None = None
    at_most: int | None = None
    place: Place = NOWHERE

    def matches_type(self, event_type: str) -> bool:
        """Whether events of this type count."""
        return matches(self.on, event_type)


@dataclass(frozen=True, slots=True)
class ScoreRange:
    """The scores from `since` (inclusive) to `below` (exclusive); None is open."""

    since: Decimal | None = None
    below: Decimal | None = None


@dataclass(frozen=True, slots=True)
class ListRef:
    """A list, of this scheme (`scheme` is "") or of another one, whose memberships count `delay` later.

    Example:
        >>> str(ListRef("defaulters", "supreme-court"))
        'defaulters@supreme-court'
    """

    list: str
    scheme: str = ""
    delay: Period | None = None
    place: Place = NOWHERE

    def __str__(self) -> str:
        return f"{self.list}@{self.scheme}" if self.scheme else self.list


@dataclass(frozen=True, slots=True)
class StateCondition:
    """What holds at the end of a day. Exactly one part is there; of a measure there may be several, and all must hold.

    Attributes:
        score: of a measure the published score.
        tiers: any of these; empty: not asked for.
        lists: on at least one of these; empty: not asked for.
        not_lists: on none of these; empty: not asked for.
    """

    score: ScoreRange | None = None
    tiers: tuple[str, ...] = ()
    count: CountCondition | None = None
    lists: tuple[ListRef, ...] = ()
    not_lists: tuple[ListRef, ...] = ()
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class EventCondition:
    """An event of a type (or prefix, as for rules) for which `when` is true."""

    on: str
    when: Expression | None = None
    place: Place = NOWHERE

    def matches_type(self, event_type: str) -> bool:
        """Whether it listens to events of this type."""
        return matches(self.on, event_type)


@dataclass(frozen=True, slots=True)
class Term:
    """The end of a membership a fixed time after it opened."""

    after: Period
    place: Place = NOWHERE


WayIn = EventCondition | StateCondition
"""A way into a list."""
Way = EventCondition | StateCondition | Term
"""A way out of a list, or into one (then never a term)."""
