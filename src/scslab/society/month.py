"""A month of a whole population: partitions on threads, events in one order whatever the partitions."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from scslab.society.agents import BLOCK, Agents
from scslab.society.kernel_month import COUNTS_WIDTH, Events, live_month, mark_commercial
from scslab.society.plan import Plan
from scslab.society.randomness.thresholds import MOST_EVENTS

Month = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Lived:
    """What came of a month: its events, by block of agents and kind, and the counts `kernel_month.N_…`."""

    events: Events
    counts: NDArray[np.int64]


def cut_partitions(n: int, partitions: int) -> list[tuple[int, int]]:
    """Ranges of about equal size that begin at multiples of a block; fewer where there are not that many blocks.

    Example:
        >>> cut_partitions(5000, 2)
        [(0, 2048), (2048, 5000)]
    """
    blocks = -(-n // BLOCK)
    edges = sorted({min(n, blocks * k // partitions * BLOCK) for k in range(partitions + 1)})
    return list(pairwise(edges))


def allocate_events(n: int) -> Events:
    """Room for `n` events."""
    small = np.uint8
    types = (np.uint32, np.uint16, small, small, np.uint16, np.uint16, np.uint16, np.uint32)
    return Events(*(np.empty(n, dtype) for dtype in types))


def begin(plan: Plan, agents: Agents, seed: int, *, first: int = 0) -> None:
    """Before the first month: draws what stays with an agent for good."""
    mark_commercial(plan.tables, np.uint64(seed), first, agents.code, agents.flags)


def live(
    plan: Plan, agents: Agents, month: Month, seed: int, *, partitions: int = 1, threads: int = 1, first: int = 0
) -> Lived:
    """One month. Neither `partitions` nor `threads` shows in the result.

    Args:
        plan: the tables.
        agents: changed in place.
        month: from `Plan.set_month`.
        seed: of the replicate.
        partitions: into how many parts the agents are cut.
        threads: how many threads may work at a time.
        first: the number of the first agent, a multiple of 1,024: where a population is lived part by part.
    """
    parts = cut_partitions(agents.n, partitions)
    with ThreadPoolExecutor(threads) as pool:
        done = list(pool.map(lambda part: _live_part(plan, agents, month, seed, first, *part), parts))
    events = Events(*(np.concatenate(columns) for columns in zip(*(e for each in done for e in each[0]), strict=True)))
    return Lived(events, np.sum([counts for _, counts in done], axis=0))


def _live_part(
    plan: Plan, agents: Agents, month: Month, seed: int, first: int, low: int, high: int
) -> tuple[Sequence[Events], NDArray[np.int64]]:
    a, counts = agents, np.zeros(COUNTS_WIDTH, np.int64)
    most = BLOCK * (len(plan.conduct) * MOST_EVENTS + 1)
    room = allocate_events(most + min(1 << 18, high - low))
    words, effects = np.empty(BLOCK, np.uint32), np.empty((3, BLOCK), np.int64)
    pieces: list[Events] = []
    at = low
    while at < high:
        at, written = live_month(
            plan.tables, month, np.uint64(seed), first, at, high, a.code, a.flags, a.tier, a.since, a.near, words,
            effects, room, counts,
        )  # fmt: skip
        pieces.append(Events(*(column[:written].copy() for column in room)))
    return pieces, counts
