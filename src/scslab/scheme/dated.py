"""Dated values: a number that changed on known dates."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Generic, TypeVar

from scslab.ground.dates import EARLIEST

T = TypeVar("T")
U = TypeVar("U")


@dataclass(frozen=True, slots=True)
class Dated(Generic[T]):
    """A value and the dates from which each of its versions was in force.

    Attributes:
        steps: (first day in force, value), ascending by day; never empty. A constant has one step from `EARLIEST`.

    Example:
        >>> points = Dated(((date(2014, 1, 1), Decimal(-20)), (date(2019, 6, 1), Decimal(-30))))
        >>> points.on(date(2013, 12, 31)) is None, points.on(date(2014, 1, 1)), points.on(date(2019, 6, 1))
        (True, Decimal('-20'), Decimal('-30'))
    """

    steps: tuple[tuple[date, T], ...]

    @classmethod
    def constant(cls, value: T) -> Dated[T]:
        """A value that never changes."""
        return cls(((EARLIEST, value),))

    @property
    def is_constant(self) -> bool:
        """Whether one value holds from the earliest date on."""
        return len(self.steps) == 1 and self.steps[0][0] == EARLIEST

    def on(self, day: date) -> T | None:
        """The value in force on `day`, or None before the first step."""
        found: T | None = None
        for since, value in self.steps:
            if since > day:
                break
            found = value
        return found

    def values(self) -> tuple[T, ...]:
        """All values, oldest first."""
        return tuple(value for _, value in self.steps)

    def map(self, change: Callable[[T], U]) -> Dated[U]:
        """The same dates with each value changed."""
        return Dated(tuple((since, change(value)) for since, value in self.steps))


Number = Dated[Decimal]
"""A number of a scheme file: exact, and possibly dated."""
