"""Exact intervals: what a printed number may have been before it was rounded.

All arithmetic is in fractions, so that a finding never comes from a floating-point error of our own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

_NUMBER = re.compile(r"[-+]?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d+)?", re.ASCII)
MAX_DIGITS = 30
"""The longest printed number that is read."""


@dataclass(frozen=True, slots=True)
class Interval:
    """All numbers from `low` to `high`, both included.

    Both ends count, although rounding half up excludes one of them: nobody prints which way a half was rounded.

    Example:
        >>> price = Interval.of_printed("2.50")
        >>> float(price.low), float(price.high)
        (2.495, 2.505)
        >>> str(price + Interval.exactly(1))
        '3.495 to 3.505'
    """

    low: Fraction
    high: Fraction

    @classmethod
    def exactly(cls, value: Fraction | int) -> Interval:
        """One number."""
        return cls(Fraction(value), Fraction(value))

    @classmethod
    def of_printed(cls, text: str) -> Interval:
        """What a number printed as `text` may have been: half a unit of its last digit to either side."""
        value, half = Fraction(clean(text)), Fraction(1, 2 * 10 ** count_decimals(text))
        return cls(value - half, value + half)

    @property
    def middle(self) -> Fraction:
        """The number in the middle."""
        return (self.low + self.high) / 2

    def meets(self, other: Interval) -> bool:
        """Whether some number lies in both."""
        return self.low <= other.high and other.low <= self.high

    def holds(self, value: Fraction | int) -> bool:
        """Whether the number lies inside."""
        return self.low <= value <= self.high

    def __add__(self, other: Interval) -> Interval:
        return Interval(self.low + other.low, self.high + other.high)

    def __sub__(self, other: Interval) -> Interval:
        return Interval(self.low - other.high, self.high - other.low)

    def __mul__(self, other: Interval) -> Interval:
        ends = [a * b for a in (self.low, self.high) for b in (other.low, other.high)]
        return Interval(min(ends), max(ends))

    def __truediv__(self, other: Interval) -> Interval:
        """The quotient.

        Raises:
            ZeroDivisionError: the divisor may be zero.
        """
        if other.holds(0):
            raise ZeroDivisionError("the divisor may be zero")
        return self * Interval(1 / other.high, 1 / other.low)

    def __str__(self) -> str:
        if self.low == self.high:
            return show(self.low)
        return f"{show(self.low)} to {show(self.high)}"


ZERO = Interval.exactly(0)


def add_up(intervals: Iterable[Interval]) -> Interval:
    """The sum; zero of nothing."""
    return sum(intervals, ZERO)


def clean(text: str) -> str:
    """A printed number as Python reads it: `1,234.5`, `.829`, `−2`, `12 %`.

    Example:
        >>> clean(" 1,234.5 "), clean("−.5"), clean("12%")
        ('1234.5', '-.5', '12')
    """
    return text.strip().replace("\u2212", "-").rstrip("%").strip().replace(",", "")


def is_number(text: str) -> bool:
    """Whether a cell of a table is a number as printed.

    Example:
        >>> [is_number(text) for text in ("1,234.5", ".829", "−2", "12 %", "", "n/a", "1e5", "1,23")]
        [True, True, True, True, False, False, False, False]
    """
    bare = text.strip().replace("\u2212", "-").rstrip("%").strip()
    has_digit = any(character.isdigit() for character in bare)
    return has_digit and len(bare) <= MAX_DIGITS and _NUMBER.fullmatch(bare) is not None


def count_decimals(text: str) -> int:
    """The digits after the point.

    Example:
        >>> count_decimals("8.10"), count_decimals("37")
        (2, 0)
    """
    return len(clean(text).partition(".")[2])


def show(value: Fraction, decimals: int = 6) -> str:
    """A number for people: no more decimals than it has, and no zeros at its end.

    Example:
        >>> show(Fraction(5, 2)), show(Fraction(2, 3)), show(Fraction(2209))
        ('2.5', '0.666667', '2209')
    """
    text = f"{float(value):.{decimals}f}" if value.denominator != 1 else str(value.numerator)
    return text.rstrip("0").rstrip(".") if "." in text else text
