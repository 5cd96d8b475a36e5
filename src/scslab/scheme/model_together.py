"""What ties subjects to each other, and a scheme to the one before it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from scslab.ground.problems import NOWHERE, Place
from scslab.ground.text import Text
from scslab.scheme.model_conditions import StateCondition
from scslab.scheme.model_words import Carry, Confidence, SubjectKind

BACKWARDS = "^"
"""Stands before a relation that a path walks from its end to its beginning."""


@dataclass(frozen=True, slots=True)
class LinkKind:
    """A relation between subjects, such as `manager`; a kind that is None is any.

    Attributes:
        source, target: the file's `from` and `to`.
    """

    id: str
    source: SubjectKind | None = None
    target: SubjectKind | None = None
    title: Text = field(default_factory=Text)
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class Spread:
    """Contagion by association: on each day on which `when` begins to hold for a subject, others get an event.

    Attributes:
        when: by tier or list only.
        along: the path: relations one after the other, backwards where they begin with `^`.
        event: the type of the event that those at the end of the path get.
    """

    id: str
    when: StateCondition
    along: tuple[str, ...]
    event: str
    title: Text = field(default_factory=Text)
    source: str = ""
    confidence: Confidence | None = None
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class Succession:
    """The scheme before this one, and what its subjects bring along.

    Attributes:
        on: the first day of this scheme; the earlier one settles nothing from it.
        scale: (score before, score here), ascending; of `Carry.SCALE`.
        tiers: score here by tier before; of `Carry.TIERS`.
    """

    scheme: str
    on: date
    carry: Carry
    scale: tuple[tuple[Decimal, Decimal], ...] = ()
    tiers: dict[str, Decimal] = field(default_factory=dict[str, Decimal])
    place: Place = NOWHERE
