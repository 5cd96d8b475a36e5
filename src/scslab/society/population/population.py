"""A population: cells and traits of any range of agents, from a seed; nothing is stored for an agent."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scslab.society.population.fit import count_cells, fit_cells
from scslab.society.population.profile import Profile
from scslab.society.population.traits import NAMES, Traits, build_traits, get_levels
from scslab.society.randomness.kernel_permutation import find_cells
from scslab.society.randomness.permutation import Permutation

SMALLEST = 100
"""Fewer residents than this make no population: margins could not be told apart."""


@dataclass(frozen=True, slots=True)
class Population:
    """Residents 0 … n - 1 of a profile, or of a part of a larger population.

    Attributes:
        counts: residents of the whole by cell, shape `profile.shape`; margins are exact.
        traits: how traits are drawn.
        start: where the first of these residents stands in the whole, a multiple of 1,024.
        whole: how many residents the whole has; 0: these are all.
    """

    profile: Profile
    n: int
    seed: int
    counts: NDArray[np.int64]
    traits: Traits
    start: int = 0
    whole: int = 0

    @property
    def permutation(self) -> Permutation:
        """Which place among the cells a resident of the whole takes."""
        return Permutation(self.whole or self.n, self.seed)

    def take_part(self, start: int, n: int) -> Population:
        """The `n` residents from `start` on as a population of their own: who they are does not change."""
        return replace(self, n=n, start=self.start + start, whole=self.whole or self.n)

    def find_cells(self, first: int, count: int) -> NDArray[np.uint16]:
        """The cells of the residents from `first` on, numbered along the flattened `counts`.

        Raises:
            ValueError: some of them lie outside of 0 … n - 1.
        """
        if first < 0 or first + count > self.n:
            raise ValueError(f"agents {first} to {first + count - 1} are not all among {self.n}")
        out = np.empty(count, np.uint16)
        half, whole = np.uint64(self.permutation.half), np.uint64(self.whole or self.n)
        ends = np.cumsum(self.counts.ravel())
        find_cells(self.start + first, whole, half, np.uint64(self.seed), ends, out)
        return out

    def draw_traits(self, first: int, cells: NDArray[np.uint16]) -> NDArray[np.uint16]:
        """The trait codes of the residents from `first` on (see `traits.Traits`)."""
        return self.traits.draw(self.seed, self.start + first, cells)

    def describe(self, first: int, count: int) -> pl.DataFrame:
        """Residents as a table: `resident`, one column for each dimension and each trait (in standard deviations)."""
        cells = self.find_cells(first, count)
        codes = self.draw_traits(first, cells)
        places = np.unravel_index(cells, self.profile.shape)
        columns: dict[str, pl.Series] = {"resident": pl.Series(np.arange(first, first + count))}
        for (name, categories), place in zip(self.profile.dimensions.items(), places, strict=True):
            codes_of = pl.Series(place.astype(np.uint32)).cast(pl.UInt32)
            columns[name] = codes_of.cat.to(pl.Enum(list(categories)))
        for k, name in enumerate(NAMES):
            columns[name] = pl.Series(self.traits.means[k][get_levels(codes, name)])
        return pl.DataFrame(columns)


def make_population(profile: Profile, n: int, seed: int) -> Population:
    """A population of `n` residents (100 or more) whose margins are those of the profile, rounded to whole residents.

    Raises:
        ValueError: fewer than 100 residents, or margins that contradict each other.

    Example:
        >>> from scslab.society.population.profile import read_profile
        >>> city = make_population(read_profile("survey-2018"), 10_000, seed=1)
        >>> city.counts.sum(axis=(0, 2, 3, 4, 5)).tolist()
        [3870, 6130]
    """
    if n < SMALLEST:
        raise ValueError(f"{n} residents: a population needs at least {SMALLEST}")
    shares = fit_cells(profile.shape, profile.margins)
    counts = count_cells(shares, profile.margins, n)
    return Population(profile, n, seed, counts, build_traits(profile, shares.ravel()))
