"""A keyed permutation of agents, for any part of them at a time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scslab.society.randomness.kernel_permutation import permute_range


@dataclass(frozen=True, slots=True)
class Permutation:
    """A permutation of 0 … n - 1 under a seed.

    Example:
        >>> permutation = Permutation(1000, seed=5)
        >>> sorted(permutation.find_places(0, 1000).tolist()) == list(range(1000))
        True
    """

    n: int
    seed: int

    @property
    def half(self) -> int:
        """Bits of one half of the network."""
        return max(1, ((self.n - 1).bit_length() + 1) // 2)

    def find_places(self, first: int, count: int) -> NDArray[np.uint64]:
        """Where the agents `first … first + count - 1` stand.

        Raises:
            ValueError: some of them lie outside of 0 … n - 1.
        """
        if first < 0 or first + count > self.n:
            raise ValueError(f"agents {first} to {first + count - 1} are not all among {self.n}")
        out = np.empty(count, np.uint64)
        permute_range(first, np.uint64(self.n), np.uint64(self.half), np.uint64(self.seed), out)
        return out
