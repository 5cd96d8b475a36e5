"""Which counts a printed percentage can stand for, and which numbers of respondents make a block possible (GRIM)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

from scslab.study.published.interval import Interval

LARGEST_BASE = 1_000_000
"""The largest number of respondents for which every base up to it is tried."""


def possible_counts(percent: Interval, n: int) -> range:
    """The whole numbers of `n` respondents that round to the printed percentage; empty where there is none.

    Example:
        >>> list(possible_counts(Interval.of_printed("62.43"), 2209))
        [1379]
        >>> list(possible_counts(Interval.of_printed("52.43"), 2209))
        []
    """
    return range(max(0, ceil(percent.low * n / 100)), min(n, floor(percent.high * n / 100)) + 1)


def nearest_percents(percent: Interval, n: int, decimals: int) -> tuple[str, ...]:
    """The two percentages next to the printed one that `n` respondents can make.

    Example:
        >>> nearest_percents(Interval.of_printed("52.43"), 2209, 2)
        ('52.42', '52.47')
    """
    below = min(max(0, floor(percent.middle * n / 100)), n)
    pair = sorted({below, min(below + 1, n)})
    return tuple(f"{float(Fraction(100 * count, n)):.{decimals}f}" for count in pair)


@dataclass(frozen=True, slots=True)
class Bases:
    """The numbers of respondents under which a block of percentages is possible.

    Attributes:
        found: the possible bases, ascending.
        largest: the largest base that was tried.
    """

    found: tuple[int, ...]
    largest: int

    def tell(self) -> str:
        """The bases for people.

        Example:
            >>> Bases((682, 1364), 2209).tell()
            '682, 1364'
            >>> Bases((), 2209).tell()
            'no number up to 2,209'
        """
        if not self.found:
            return f"no number up to {self.largest:,}"
        if len(self.found) <= 8:
            return ", ".join(str(base) for base in self.found)
        ends = ", ".join(str(base) for base in self.found[-3:])
        return f"{len(self.found)} numbers, among them {self.found[0]} and {ends}"


def find_bases(
    percents: Sequence[Interval], largest: int, *, is_partition: bool, known_counts: Sequence[int | None] = ()
) -> Bases:
    """Every number of respondents up to `largest` under which all percentages of a block are possible.

    Args:
        percents: the printed shares.
        largest: the largest base to try.
        is_partition: whether each respondent gave exactly one of the answers, so that the counts add up to the base.
        known_counts: for each share the count that is printed elsewhere, or None.

    Example:
        >>> block = [Interval.of_printed(text) for text in ("33.45", "64.39", "7.87", "8.17", "7.97", "16.43")]
        >>> find_bases(block, 2209, is_partition=False).found
        (2033,)
    """
    import numpy as np

    bases = np.arange(1, largest + 1, dtype=np.int64)
    is_possible = np.ones(largest, dtype=bool)
    lows = np.zeros(largest, dtype=np.int64)
    highs = np.zeros(largest, dtype=np.int64)
    for index, percent in enumerate(percents):
        # Whole-number arithmetic: at most 1e6 * 1e9 / 1e9, far from the end of 64 bits.
        low, high = percent.low / 100, percent.high / 100
        least = np.maximum(-((-low.numerator * bases) // low.denominator), 0)
        most = np.minimum((high.numerator * bases) // high.denominator, bases)
        is_possible &= least <= most
        count = known_counts[index] if index < len(known_counts) else None
        if count is not None:
            is_possible &= (least <= count) & (count <= most)
        lows += least
        highs += most
    if is_partition:
        is_possible &= (lows <= bases) & (bases <= highs)
    return Bases(tuple(int(base) for base in bases[is_possible]), largest)
