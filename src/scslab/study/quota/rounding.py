"""Rounding of exact numbers to whole interviews, by named rules."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from enum import StrEnum
from fractions import Fraction


class Rounding(StrEnum):
    """How exact numbers become whole ones."""

    NEAREST = "nearest"
    HALF_EVEN = "half-even"
    UP = "up"
    LARGEST_REMAINDER = "largest-remainder"


class Carry(StrEnum):
    """What the next step works with: the exact result of the step before, or the rounded one."""

    EXACT = "exact"
    ROUNDED = "rounded"


def round_nearest(values: Sequence[Fraction]) -> tuple[int, ...]:
    """Each number on its own to the nearest whole one, a half upwards; the sum may move.

    Example:
        >>> round_nearest([Fraction(1, 2), Fraction(3, 2), Fraction(7, 5)])
        (1, 2, 1)
    """
    return tuple(math.floor(value + Fraction(1, 2)) for value in values)


def round_half_even(values: Sequence[Fraction]) -> tuple[int, ...]:
    """Each number on its own to the nearest whole one, a half to the even one.

    Example:
        >>> round_half_even([Fraction(1, 2), Fraction(3, 2), Fraction(5, 2)])
        (0, 2, 2)
    """
    return tuple(round(value) for value in values)


def round_up(values: Sequence[Fraction]) -> tuple[int, ...]:
    """Each number on its own to the next whole one that is not smaller: no cell falls short.

    Example:
        >>> round_up([Fraction(7, 5), Fraction(2)])
        (2, 2)
    """
    return tuple(math.ceil(value) for value in values)


def round_largest_remainder(values: Sequence[Fraction]) -> tuple[int, ...]:
    """Hamilton's rule: all are cut off, then those with the largest fractions get one more until the sum is right.

    The sum of the result is the sum of the numbers, rounded to the nearest whole number. Of equal fractions, the
    first comes first.

    Example:
        >>> round_largest_remainder([Fraction(2, 3)] * 3)
        (1, 1, 0)
    """
    floors = [math.floor(value) for value in values]
    missing = math.floor(sum(values, Fraction(0)) + Fraction(1, 2)) - sum(floors)
    order = sorted(range(len(floors)), key=lambda i: (floors[i] - values[i], i))
    for i in order[:missing]:
        floors[i] += 1
    return tuple(floors)


ROUNDINGS: dict[Rounding, Callable[[Sequence[Fraction]], tuple[int, ...]]] = {
    Rounding.NEAREST: round_nearest,
    Rounding.HALF_EVEN: round_half_even,
    Rounding.UP: round_up,
    Rounding.LARGEST_REMAINDER: round_largest_remainder,
}
"""The function of each rule."""
