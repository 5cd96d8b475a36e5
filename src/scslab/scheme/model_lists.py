"""Lists of subjects: the ways in, the ways out, and what makes a membership longer."""

from __future__ import annotations

from dataclasses import dataclass, field

from scslab.ground.dates import Period
from scslab.ground.problems import NOWHERE, Place
from scslab.ground.text import Text
from scslab.scheme.conditions import Expression
from scslab.scheme.model_conditions import Term, Way, WayIn
from scslab.scheme.model_vocabulary import matches
from scslab.scheme.model_words import Confidence, ListKind


@dataclass(frozen=True, slots=True)
class Extension:
    """Moves the end of the running term by `by`, but not beyond `most` after the opening (None: without a limit)."""

    on: str
    by: Period
    when: Expression | None = None
    most: Period | None = None
    place: Place = NOWHERE

    def matches_type(self, event_type: str) -> bool:
        """Whether it listens to events of this type."""
        return matches(self.on, event_type)


@dataclass(frozen=True, slots=True)
class SubjectList:
    """A red- or blacklist.

    Attributes:
        is_public: whether anybody may read who is on it.
        enter: any of these opens a membership.
        leave: any of these closes it; a `Term` does so after a fixed time.
        renews: whether an entering event begins the term of an open membership anew.
    """

    id: str
    kind: ListKind
    is_public: bool = False
    enter: tuple[WayIn, ...] = ()
    leave: tuple[Way, ...] = ()
    extend: tuple[Extension, ...] = ()
    renews: bool = False
    source: str = ""
    confidence: Confidence | None = None
    title: Text = field(default_factory=Text)
    place: Place = NOWHERE

    @property
    def term(self) -> Period | None:
        """How long a membership lasts by itself; None: until something closes it."""
        return next((way.after for way in self.leave if isinstance(way, Term)), None)
