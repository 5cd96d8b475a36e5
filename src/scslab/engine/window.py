"""The days of a run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    pass


@dataclass(frozen=True, slots=True)
class Window:
    """The days of a run, as day numbers.

    Attributes:
        after: the last day of the state from which the run goes on; -1 for a run from the beginning.
        published: the last publication on or before `as_of`; -1 where there is none.
        as_of: the date of the standings.
    """

    after: int
    published: int
    as_of: int
