"""The room in which a thread settles buckets: it is used again and again, as fresh memory costs more than the work."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scslab.engine.compile import Compiled
from scslab.engine.fold_tables import allocate_room, build_bounds, build_caps, build_rules, build_span, start_subjects
from scslab.engine.kernel_bucket import FIRST_BITS, NO_KEY, TALLY_WIDTH, Scratch
from scslab.engine.kernel_take import CELLS_PER_CHUNK, Chains
from scslab.engine.layout import STATS_WIDTH, SUBJECT_WIDTH, Array, Bounds, Caps, Room, Rules, Span
from scslab.engine.machine_code import fix
from scslab.engine.window import Window

FIRST_WIDTH = 1 << 12
"""Entries of one subject that there is room for at first."""


@dataclass(slots=True)
class Desk:
    """A thread's own room, and the scheme as kernels read it.

    Attributes:
        keys, events, posts, subjects: of each subject its id, how many events it has, how many entries these post, and
            its state.
        idle_words, idle_names: of the events that post nothing, where entries are wanted.
        blank: the state of a subject without history.
        stats: counts by rule.
        width: entries of one subject that `memory` has room for.
    """

    compiled: Compiled
    rules: Rules
    caps: Caps
    bounds: Bounds
    span: Span
    scratch: Scratch
    keys: NDArray[np.int64]
    events: NDArray[np.int32]
    posts: NDArray[np.int32]
    subjects: Array
    idle_words: NDArray[np.uint64]
    idle_names: NDArray[np.int64]
    blank: Array
    width: int
    memory: Room

    def start_counting(self) -> NDArray[np.int64]:
        """Counts by rule of a new task."""
        return np.zeros((self.rules.table.shape[0], STATS_WIDTH), np.int64)

    def make_room(self, entries: int) -> Room:
        """Room for a subject of so many entries, for kernels."""
        if entries > self.width:
            self.width = entries
            self.memory = fix(allocate_room(self.compiled, self.rules, self.caps.table.shape[0], entries + 1))
        return self.memory


def open_desk(compiled: Compiled, window: Window, chains: Chains, per_task: int, *, is_itemised: bool) -> Desk:
    """A desk at which `per_task` buckets are settled at a time. What is not used of it takes no memory."""
    rules, caps = build_rules(compiled, is_kept=False), build_caps(compiled)
    lengths = chains.length * CELLS_PER_CHUNK
    largest = int(lengths.max())
    total = int(np.add.reduceat(lengths, np.arange(0, lengths.size, per_task)).max())
    # Without entries a bucket is folded by itself, and stays in the cache; with them all of a task are.
    size, places = (total if is_itemised else largest), 1 << max(FIRST_BITS, (4 * largest).bit_length())
    scratch = Scratch(
        slots=np.full(places, NO_KEY, np.int64),
        numbers=np.empty(places, np.int32),
        owner=np.empty(largest, np.int32),
        words=np.empty(size, np.uint64),
        values=np.empty((int(chains.n_values.max()), size), np.float64),
        names=np.empty(size if is_itemised else 0, np.int64),
        order=np.arange(size),
        rows=np.arange(size, dtype=np.int32),
        tally=np.empty((largest, TALLY_WIDTH), np.int32),
    )
    return Desk(
        compiled, rules, caps, build_bounds(compiled), build_span(compiled, window), scratch,
        keys=np.empty(total, np.int64), events=np.empty(total, np.int32), posts=np.empty(total, np.int32),
        subjects=np.empty((total, SUBJECT_WIDTH), np.int64), idle_words=np.empty(scratch.names.size, np.uint64),
        idle_names=np.empty(scratch.names.size, np.int64), blank=start_subjects(compiled, 1)[0], width=FIRST_WIDTH,
        memory=fix(allocate_room(compiled, rules, caps.table.shape[0], FIRST_WIDTH + 1)),
    )  # fmt: skip
