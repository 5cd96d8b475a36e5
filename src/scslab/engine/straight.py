"""Standings straight from a table, where no entries are wanted and events come in order: less memory, fewer passes.

While the table is read, each event goes into the bucket of its subject; then a bucket at a time is grouped and folded.
The kernels and the way they work are in `kernel_straight`; the answer is that of `scslab.engine.prepare.Fresh`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from threading import Lock, local
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scslab.engine.calendar import NO_DAY
from scslab.engine.classify import Classified, build_matching, choose_slots
from scslab.engine.compile import Compiled
from scslab.engine.compiling import await_compiling
from scslab.engine.fold import Window, allocate_room, build_bounds, build_caps, build_rules, build_span, start_subjects
from scslab.engine.grouping import choose_buckets, run_threads
from scslab.engine.kernel_fold import fold
from scslab.engine.kernel_group import EMPTY, N_REASONS, Matching
from scslab.engine.kernel_straight import (
    CLEAN,
    FIRST_VALUE,
    RECORDS_PER_CHUNK,
    SMALL_WIDTH,
    TALLY_WIDTH,
    WIDE_KEY,
    WIDE_WIDTH,
    Chains,
    Scratch,
    group_chain,
    keep_subjects,
    place_subjects,
    take_rows,
)
from scslab.engine.layout import (
    HELD_TIER,
    HELD_UNTIL,
    HOLD,
    PUBLISHED,
    PUBLISHED_HOLD,
    START,
    STATS_WIDTH,
    SUBJECT_WIDTH,
)
from scslab.engine.prepare import Outcome
from scslab.engine.programs import build_programs
from scslab.engine.progress import Progress, ignore_progress
from scslab.scheme.model import PostsOn

BUCKETS_PER_TASK = 16
"""Buckets that a thread settles at a time: enough tasks to keep all threads busy to the end."""
CHECKED = ("occurred_on", "recorded_on", "event_id", "subject_id")
"""The columns that are checked while they are taken; the ids are whole numbers (`pl.Int64`)."""
FIRST_ROOM = 1 << 12
"""Entries of one subject that there is room for at first."""


@dataclass(slots=True)
class Taker:
    """Takes a table in, batch by batch in the order of its rows."""

    compiled: Compiled
    matching: Matching
    chains: Chains
    is_by_occurrence: bool
    stack: NDArray[np.float64]
    values: NDArray[np.float64]
    columns: NDArray[np.float64]
    undecided: NDArray[np.int64]
    counts: NDArray[np.int64]
    last: NDArray[np.int64]

    def add(self, batch: pl.DataFrame) -> bool:
        """Take a batch with the columns of `select_events` and those that are checked here.

        Returns:
            Whether it could be taken: ids, types and dates are there and as they should be, and the rows are in order.
            Else the taker is of no use any more.
        """
        plain = [batch["@type"], *(batch[name].to_physical() for name in CHECKED)]
        if any(column.null_count() for column in plain):
            return False
        types, occurred, recorded, ids, subjects = (column.to_numpy() for column in plain)
        return bool(
            take_rows(
                self.matching, len(self.compiled.types), types, occurred, recorded, self.is_by_occurrence, ids,
                subjects, self._gather_columns(batch),
                batch["@under_age"].to_numpy() if "@under_age" in batch.columns else np.empty(0, np.bool_),
                self.stack, self.values, self.chains, self.undecided, self.counts, self.last,
            )
            == CLEAN
        )  # fmt: skip

    def _gather_columns(self, batch: pl.DataFrame) -> NDArray[np.float64]:
        """The columns of the programs as the rows of one array, which is used again for each batch."""
        if self.columns.shape[1] < batch.height:
            self.columns = np.empty((self.columns.shape[0], batch.height), np.float64)
        for k in range(self.columns.shape[0]):
            self.columns[k, : batch.height] = batch[f"@column{k}"].to_numpy()
        return self.columns

    def finish(self) -> Taken:
        """All that was taken."""
        none = np.empty(0, np.uint64), np.empty(0, np.uint8), np.empty((self.values.shape[0], 0), np.float64)
        return Taken(self.chains, Classified(*none, self.undecided, self.counts, is_sorted=True), int(self.last[0]))


@dataclass(frozen=True, slots=True)
class Taken:
    """Events in buckets; `classified` has the counts only. `last_day` is the day number of the last one."""

    chains: Chains
    classified: Classified
    last_day: int


def start_taking(compiled: Compiled, n: int) -> Taker:
    """A taker for `n` rows."""
    _, slots = choose_slots(compiled)
    programs = build_programs((*compiled.conditions, *compiled.formulas))
    spare, buckets = choose_buckets(n)
    chunks = n // RECORDS_PER_CHUNK + buckets
    records = np.empty((chunks * RECORDS_PER_CHUNK, FIRST_VALUE + slots), np.uint64)
    return Taker(
        compiled,
        build_matching(compiled, programs),
        Chains(
            records,
            records.view(np.float64),
            np.empty(chunks, np.int32),
            np.full(buckets, EMPTY, np.int32),
            np.zeros(buckets, np.int64),
            np.zeros(buckets, np.int64),
            np.zeros(1, np.int64),
            spare,
        ),
        compiled.scheme.score.posts_on is PostsOn.OCCURRED,
        np.empty(programs.depth, np.float64),
        np.empty((slots, 1), np.float64),
        np.empty((len(programs.columns), 0), np.float64),
        np.zeros(max(1, compiled.n_rules), np.int64),
        np.zeros((len(compiled.types) + 2, N_REASONS), np.int64),
        np.full(2, -1, np.int64),
    )


@dataclass(slots=True)
class Straight:
    """A run from the beginning without entries, from events in buckets; the interface is that of `prepare.Fresh`."""

    compiled: Compiled
    taken: Taken
    window: Window
    threads: int
    is_itemised: bool = False
    outcome: Outcome | None = None
    lock: Lock = field(default_factory=Lock)
    own: local = field(default_factory=local)

    def iterate_entries(self, progress: Progress = ignore_progress) -> Iterator[pl.DataFrame]:
        """Settle the subjects; gives nothing, because no entries are wanted."""
        buckets = self.taken.chains.head.size
        done = 0
        await_compiling()

        def settle(low: int) -> _Settled:
            nonlocal done
            settled = self._settle(low, min(low + BUCKETS_PER_TASK, buckets))
            with self.lock:
                done += 1
                progress("settling", min(1.0, done * BUCKETS_PER_TASK / buckets))
            return settled

        tasks = [lambda low=low: settle(low) for low in range(0, buckets, BUCKETS_PER_TASK)]
        self.outcome = self._gather(run_threads(tasks, self.threads))
        yield from ()

    def get_outcome(self) -> Outcome:
        """What became of the subjects.

        Raises:
            RuntimeError: the entries have not been exhausted.
        """
        if self.outcome is None:
            raise RuntimeError("exhaust iterate_entries() before reading the outcome")
        return self.outcome

    def _settle(self, low: int, high: int) -> _Settled:
        """Settle some buckets."""
        compiled, chains = self.compiled, self.taken.chains
        rules, caps = build_rules(compiled, is_kept=False), build_caps(compiled)
        total = int(chains.size[low:high].sum())
        # A thread uses its room again and again: fresh memory costs more than what is done in it.
        scratch = getattr(self.own, "scratch", None)
        if scratch is None:
            size = max(1, int(chains.size.max()))
            scratch = self.own.scratch = _allocate_scratch(size, chains.records.shape[1] - FIRST_VALUE)
        stats = np.zeros((rules.table.shape[0], STATS_WIDTH), np.int64)
        wide, small = np.empty((total, WIDE_WIDTH), np.int64), np.empty((total, SMALL_WIDTH), np.int32)
        blank = start_subjects(compiled, 1)[0]
        bounds, span = build_bounds(compiled), build_span(compiled, self.window)
        written, width = 0, FIRST_ROOM
        room = allocate_room(compiled, rules, caps.table.shape[0], width + 1)
        for bucket in range(low, high):
            n, most = group_chain(chains, bucket, scratch, blank)
            if most > width:
                width = most
                room = allocate_room(compiled, rules, caps.table.shape[0], width + 1)
            fold(
                rules, caps, bounds, span, scratch.subjects, scratch.order, 0, n, scratch.words, scratch.order,
                scratch.values, None, room, None, None, stats, None,
            )  # fmt: skip
            keep_subjects(n, scratch, wide, small, written)
            written += n
        return _Settled(wide[:written], small[:written], stats)

    def _gather(self, parts: list[_Settled]) -> Outcome:
        """The parts as one, by ascending id."""
        compiled = self.compiled
        keys = np.concatenate([part.wide[:, WIDE_KEY] for part in parts])
        n = keys.size
        place = np.empty(n, np.int64)
        place[np.argsort(keys)] = np.arange(n)  # every id is there once
        ids, events, table = np.empty(n, np.int64), np.empty(n, np.int32), np.empty((SUBJECT_WIDTH, n), np.int64)
        is_held = bool(compiled.n_rules > 0 and (build_rules(compiled, is_kept=False).table[:, HELD_TIER] >= 0).any())
        is_late = self.window.published != self.window.as_of
        has_more = is_held or is_late or compiled.scheme.score.is_yearly_restart
        if not has_more:
            table[START] = compiled.start[0]
            table[[PUBLISHED_HOLD, HOLD, HELD_UNTIL]] = NO_DAY
            table[PUBLISHED] = 0  # is not read: the score is published at once
        edges = np.cumsum([0, *(part.wide.shape[0] for part in parts)])
        tasks = [
            lambda k=k: place_subjects(
                parts[k].wide, parts[k].small, place[edges[k] : edges[k + 1]], ids, events, table, has_more
            )
            for k in range(len(parts))
        ]
        run_threads(tasks, self.threads)
        stats = np.sum([part.stats for part in parts], axis=0)
        return Outcome(pl.Series("subject_id", ids), table.T, events, stats)


@dataclass(frozen=True, slots=True)
class _Settled:
    """What became of the subjects of some buckets, in the columns of `kernel_straight`."""

    wide: NDArray[np.int64]
    small: NDArray[np.int32]
    stats: NDArray[np.int64]


def _allocate_scratch(size: int, slots: int) -> Scratch:
    """Room for a bucket of so many records. What is not used of it takes no memory."""
    wide: Any = np.int64
    return Scratch(
        slots=np.full(1 << max(4, (2 * size - 1).bit_length()), EMPTY, np.int32),
        owner=np.empty(size, np.int32),
        words=np.empty(size, np.uint64),
        values=np.empty((slots, size), np.float64),
        order=np.arange(size),
        tally=np.empty((size, TALLY_WIDTH), wide),
        subjects=np.empty((size, SUBJECT_WIDTH), wide),
    )
