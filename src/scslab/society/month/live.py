"""A month of a whole population: partitions on threads, events in one order whatever the partitions."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from scslab.society.month.agents import BLOCK, Agents
from scslab.society.month.kernel_events import Events, Room
from scslab.society.month.kernel_month import COUNTS_WIDTH, live_month, mark_commercial, tell_acceptance
from scslab.society.month.plan import Plan, find_bounds
from scslab.society.randomness.kernel_find import allocate_marks
from scslab.society.randomness.thresholds import MOST_EVENTS

Month = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Lived:
    """What came of a month: its events, by block of agents and kind, and the counts `kernel_month.N_…`."""

    events: Events
    counts: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Workroom:
    """Memory that one month after the other may use, part by part: fresh memory costs more than what is done in it.

    The events of a month that was lived in a workroom are valid until the next month in it.
    """

    desks: list[tuple[Room, Events]] = field(default_factory=list[tuple[Room, Events]])

    def furnish(self, parts: int, events: int) -> None:
        """Room for so many parts, and for so many events of each."""
        for k in range(parts):
            if k == len(self.desks):
                self.desks.append((allocate_room(), allocate_events(events)))
            elif self.desks[k][1].agent.size < events:
                self.desks[k] = self.desks[k][0], allocate_events(events)


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


def allocate_room() -> Room:
    """Room for the work on one block."""
    words, events = np.empty(BLOCK // 2, np.uint32), BLOCK * MOST_EVENTS + 1
    return Room(
        words, words.view(np.uint16), allocate_marks(BLOCK), np.empty(BLOCK + 8, np.uint16),
        np.empty(events, np.uint16), np.empty(events, np.uint32), np.empty((4, events), np.uint32),
    )  # fmt: skip


def begin(plan: Plan, agents: Agents, seed: int, *, first: int = 0) -> None:
    """Before the first month: draws what stays with an agent for good. `first` is a multiple of 1,024."""
    mark_commercial(plan.tables, np.uint64(seed), first, agents.code, agents.flags, allocate_room())


def live(
    plan: Plan, agents: Agents, month: Month, seed: int, *, partitions: int = 1, threads: int = 1, first: int = 0,
    workroom: Workroom | None = None,
) -> Lived:  # fmt: skip
    """One month. Neither `partitions` nor `threads` shows in the result.

    Args:
        plan: the tables.
        agents: changed in place.
        month: from `Plan.set_month`.
        seed: of the replicate.
        partitions: into how many parts the agents are cut.
        threads: how many threads may work at a time.
        first: the number of the first agent, a multiple of 1,024: where a population is lived part by part.
        workroom: memory to use again.
    """
    parts, room = cut_partitions(agents.n, partitions), workroom or Workroom()
    most = BLOCK * (len(plan.conduct) * MOST_EVENTS + 1)
    room.furnish(len(parts), most + min(1 << 18, max(high - low for low, high in parts)))
    bounds = find_bounds(plan.tables, month)
    acceptance = np.empty(plan.tables.join.size, np.uint32)
    tell_acceptance(plan.tables, month, acceptance)

    def live_part(k: int) -> tuple[list[Events], NDArray[np.int64]]:
        (at, high), (desk, out) = parts[k], room.desks[k]
        a, counts, pieces = agents, np.zeros(COUNTS_WIDTH, np.int64), list[Events]()
        while at < high:
            at, written = live_month(
                plan.tables, month, bounds, acceptance, np.uint64(seed), first, at, high, a.code, a.flags, a.tier,
                a.since, a.near, a.stay, desk, out, counts,
            )  # fmt: skip
            is_last = at == high
            pieces.append(Events(*(column[:written] if is_last else column[:written].copy() for column in out)))
        return pieces, counts

    if threads == 1 or len(parts) == 1:
        done = [live_part(k) for k in range(len(parts))]
    else:
        with ThreadPoolExecutor(threads) as pool:
            done = list(pool.map(live_part, range(len(parts))))
    pieces = [piece for each, _ in done for piece in each]
    joined = (columns[0] if len(pieces) == 1 else np.concatenate(columns) for columns in zip(*pieces, strict=True))
    return Lived(Events(*joined), np.sum([counts for _, counts in done], axis=0))
