"""Households: which residents live together, computed from a permutation and the shares of sizes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scslab.society.population.fit import round_to_total
from scslab.society.randomness.permutation import Permutation
from scslab.society.randomness.seeds import seed_of_replicate

_PURPOSE = 0x486F7573  # sets the permutation of households apart from that of cells


@dataclass(frozen=True, slots=True)
class Households:
    """Households of residents 0 … n - 1: those of one person first, then those of two, and so on.

    Attributes:
        first_place: the first place of each size, shape (sizes + 1,).
        first_household: the first household of each size, shape (sizes + 1,).
    """

    n: int
    seed: int
    first_place: NDArray[np.int64]
    first_household: NDArray[np.int64]

    @property
    def count(self) -> int:
        """How many households there are."""
        return int(self.first_household[-1])

    def find(self, first: int, count: int) -> NDArray[np.int64]:
        """The households of the residents from `first` on."""
        permutation = Permutation(self.n, seed_of_replicate(self.seed, _PURPOSE))
        places = permutation.find_places(first, count).astype(np.int64)
        size = np.searchsorted(self.first_place, places, side="right") - 1
        return self.first_household[size] + (places - self.first_place[size]) // (size + 1)


def make_households(n: int, sizes: tuple[float, ...], seed: int) -> Households:
    """Households with these shares of sizes 1, 2, …; at most one household is smaller than its size.

    Example:
        >>> homes = make_households(1000, (1, 1), seed=4)
        >>> homes.count, int(np.bincount(homes.find(0, 1000)).max())
        (667, 2)
    """
    shares = np.array(sizes or (1.0,))
    persons = round_to_total(np.asarray(shares * np.arange(1, shares.size + 1), np.float64), n)
    # Whole households: what does not fill one goes on to the next size.
    for k in range(shares.size - 1, 0, -1):
        spare = int(persons[k] % (k + 1))
        persons[k] -= spare
        persons[k - 1] += spare
    homes = -(-persons // np.arange(1, shares.size + 1))
    return Households(n, seed, np.concatenate([[0], np.cumsum(persons)]), np.concatenate([[0], np.cumsum(homes)]))
