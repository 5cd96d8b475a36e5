"""Standings straight from a table, where no entries are wanted and events come in order: less memory, fewer passes.

While the table is read, each event goes into the bucket of its subject (`taking`); then a bucket at a time is grouped
and folded (`kernel_bucket`). The answer is that of `scslab.engine.prepare.Fresh`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from threading import Lock, local

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scslab.engine.compile import Compiled
from scslab.engine.compiling import await_compiling
from scslab.engine.fold import Window, allocate_room, build_bounds, build_caps, build_rules, build_span, start_subjects
from scslab.engine.frames import build_standings
from scslab.engine.grouping import run_threads
from scslab.engine.kernel_bucket import FIRST_BITS, NO_KEY, TALLY_WIDTH, Scratch, group_chain
from scslab.engine.kernel_fold import fold
from scslab.engine.kernel_take import CELLS_PER_CHUNK
from scslab.engine.layout import STATS_WIDTH, SUBJECT_WIDTH, Array
from scslab.engine.progress import Progress, ignore_progress
from scslab.engine.taking import Taken

BUCKETS_PER_TASK = 16
"""Buckets that a thread settles at a time: enough tasks to keep all threads busy to the end."""
FIRST_ROOM = 1 << 12
"""Entries of one subject that there is room for at first."""


@dataclass(slots=True)
class Straight:
    """A run from the beginning without entries, from events in buckets; the interface is that of `prepare.Fresh`."""

    compiled: Compiled
    taken: Taken
    window: Window
    threads: int
    is_itemised: bool = False
    settled: Settled | None = None
    lock: Lock = field(default_factory=Lock)
    own: local = field(default_factory=local)

    def iterate_entries(self, progress: Progress = ignore_progress) -> Iterator[pl.DataFrame]:
        """Settle the subjects; gives nothing, because no entries are wanted."""
        buckets = self.taken.chains.head.size
        done = 0
        await_compiling()

        def settle(low: int) -> Settled:
            nonlocal done
            settled = self._settle(low, min(low + BUCKETS_PER_TASK, buckets))
            with self.lock:
                done += 1
                progress("settling", min(1.0, done * BUCKETS_PER_TASK / buckets))
            return settled

        tasks = [lambda low=low: settle(low) for low in range(0, buckets, BUCKETS_PER_TASK)]
        parts = run_threads(tasks, self.threads)  # those of later buckets have higher ids
        standings = pl.concat([part.standings for part in parts])
        self.settled = Settled(standings, np.sum([part.stats for part in parts], axis=0))
        yield from ()

    def get_settled(self) -> Settled:
        """What became of the subjects.

        Raises:
            RuntimeError: the entries have not been exhausted.
        """
        if self.settled is None:
            raise RuntimeError("exhaust iterate_entries() before reading the outcome")
        return self.settled

    def _settle(self, low: int, high: int) -> Settled:
        """Settle some buckets."""
        compiled, chains, window = self.compiled, self.taken.chains, self.window
        rules, caps = build_rules(compiled, is_kept=False), build_caps(compiled)
        # A thread uses its room again and again: fresh memory costs more than what is done in it.
        room = getattr(self.own, "room", None)
        if room is None:
            lengths = chains.length * CELLS_PER_CHUNK
            tasks = np.add.reduceat(lengths, np.arange(0, lengths.size, BUCKETS_PER_TASK))
            room = self.own.room = _allocate(int(lengths.max()), int(tasks.max()), int(chains.n_values.max()))
        scratch, blank = room.scratch, start_subjects(compiled, 1)[0]
        stats = np.zeros((rules.table.shape[0], STATS_WIDTH), np.int64)
        bounds, span = build_bounds(compiled), build_span(compiled, window)
        width, n = FIRST_ROOM, 0
        memory = allocate_room(compiled, rules, caps.table.shape[0], width + 1)
        for bucket in range(low, high):
            subjects = room.subjects[n:]
            found, most = group_chain(chains, bucket, scratch, blank, room.keys[n:], room.events[n:], subjects)
            if most > width:
                width = most
                memory = allocate_room(compiled, rules, caps.table.shape[0], width + 1)
            fold(
                rules, caps, bounds, span, subjects, scratch.order, 0, found, scratch.words, scratch.order,
                scratch.values, None, memory, None, None, stats, None,
            )  # fmt: skip
            n += found
        order = np.argsort(room.keys[:n])
        ids = pl.Series("subject_id", room.keys[:n][order])
        state, events = np.take(room.subjects[:n], order, axis=0), room.events[:n][order]
        days = {"as_of": window.as_of, "published": window.published}
        return Settled(build_standings(compiled, ids, state, events, **days), stats)


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of subjects: their standings by ascending id, and counts by rule, shape (rules, 5)."""

    standings: pl.DataFrame
    stats: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Room:
    """Room for a bucket, and for the subjects of a task: their ids, numbers of events and states."""

    scratch: Scratch
    keys: NDArray[np.int64]
    events: NDArray[np.int32]
    subjects: Array


def _allocate(size: int, total: int, slots: int) -> _Room:
    """Room for a bucket of `size` records and for `total` subjects. What is not used of it takes no memory."""
    places = 1 << max(FIRST_BITS, (4 * size).bit_length())
    scratch = Scratch(
        slots=np.full(places, NO_KEY, np.int64),
        numbers=np.empty(places, np.int32),
        owner=np.empty(size, np.int32),
        words=np.empty(size, np.uint64),
        values=np.empty((slots, size), np.float64),
        order=np.arange(size),
        tally=np.empty((size, TALLY_WIDTH), np.int32),
    )
    subjects = np.empty((total, SUBJECT_WIDTH), np.int64)
    return _Room(scratch, np.empty(total, np.int64), np.empty(total, np.int32), subjects)
