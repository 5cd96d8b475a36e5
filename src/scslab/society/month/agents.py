"""The state of agents: nine bytes each."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scslab.society.mechanics.behaviour import MONTHS_REMEMBERED
from scslab.society.population.population import Population

AWARE, TAKES_PART, HAS_LEFT, COMMERCIAL = 1, 2, 4, 8
"""Bits of `flags`."""
NEAR_LOWER, LISTED = 1, 2
"""Bits of `near`: just above a lower tier; on a blacklist."""
BLOCK = 1024
"""Agents that are handled together; parts of a population begin at multiples of it."""


@dataclass(frozen=True, slots=True)
class Agents:
    """Where agents stand; arrays are changed in place from month to month.

    Attributes:
        cell, code: who they are (see `population`).
        flags: awareness, participation, departure, commercial scheme.
        tier: of the published standing; -1: none.
        since: months since points were last lost; `MONTHS_REMEMBERED`: long ago or never.
        near: how near the score is to the edge of its tier.
        stay: months of taking part; `MONTHS_TAKING_PART`: so many or more.
    """

    cell: NDArray[np.uint16]
    code: NDArray[np.uint16]
    flags: NDArray[np.uint8]
    tier: NDArray[np.int8]
    since: NDArray[np.uint8]
    near: NDArray[np.uint8]
    stay: NDArray[np.uint8]

    @property
    def n(self) -> int:
        """How many agents there are."""
        return self.cell.size

    @property
    def bytes_each(self) -> int:
        """Bytes of state of one agent."""
        return sum(getattr(self, name).itemsize for name in self.__dataclass_fields__)

    def digest(self) -> str:
        """SHA-256 over the state, in the order of agents."""
        found = hashlib.sha256()
        for name in self.__dataclass_fields__:
            found.update(np.ascontiguousarray(getattr(self, name)).data)
        return found.hexdigest()


def make_agents(population: Population, *, part: int = 1 << 20) -> Agents:
    """The agents of a population before the first month: nobody knows of the scheme.

    Args:
        population: who they are.
        part: how many are drawn at a time; the result does not depend on it.
    """
    n = population.n
    cell, code = np.empty(n, np.uint16), np.empty(n, np.uint16)
    for first in range(0, n, part):
        here = slice(first, min(n, first + part))
        cell[here] = population.find_cells(first, here.stop - first)
        code[here] = population.draw_traits(first, cell[here])
    return Agents(
        cell, code, np.zeros(n, np.uint8), np.full(n, -1, np.int8), np.full(n, MONTHS_REMEMBERED, np.uint8),
        np.zeros(n, np.uint8), np.zeros(n, np.uint8),
    )  # fmt: skip
