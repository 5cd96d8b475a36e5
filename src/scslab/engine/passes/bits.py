"""A set of whole numbers as bits: which rows of a ledger larger than memory are told, used or taken out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(slots=True)
class Bits:
    """Whole numbers from 0, at an eighth of a byte for each number up to the greatest.

    Example:
        >>> found = Bits()
        >>> found.add(np.array([3, 9, 3]))
        >>> found.count(), found.read(8, 3).tolist()
        (2, [False, True, False])
    """

    content: NDArray[np.uint8] = field(default_factory=lambda: np.zeros(0, np.uint8))

    def add(self, numbers: NDArray[Any]) -> None:
        """Add numbers, in any order and as often as they come."""
        if not numbers.size:
            return
        places = numbers.astype(np.int64)
        needed = int(places.max() >> 3) + 1
        if needed > self.content.size:
            room = max(needed, 2 * self.content.size)
            self.content = np.concatenate([self.content, np.zeros(room - self.content.size, np.uint8)])
        np.bitwise_or.at(self.content, places >> 3, np.left_shift(np.uint8(1), (places & 7).astype(np.uint8)))

    def read(self, first: int, count: int) -> NDArray[np.bool_]:
        """Whether each of `count` numbers from `first` on is there, shape (count,)."""
        low = first >> 3
        part = self.content[low : ((first + count + 7) >> 3)]
        # Numbers beyond the greatest one are not there.
        flags = np.zeros(count, np.bool_)
        known = np.unpackbits(part, bitorder="little")[first - 8 * low :][:count]
        flags[: known.size] = known
        return flags

    def count(self) -> int:
        """How many numbers there are."""
        return int(np.bitwise_count(self.content).sum())

    def count_without(self, other: Bits) -> int:
        """How many numbers there are that the other set does not have."""
        size = min(self.content.size, other.content.size)
        both = np.bitwise_count(self.content[:size] & other.content[:size]).sum()
        return self.count() - int(both)
