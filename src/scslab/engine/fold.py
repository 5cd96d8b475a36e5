"""Run the fold: blocks of subjects on one or more threads, entries handed over block by block."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from scslab.engine.calendar import build_day_tables
from scslab.engine.compile import Compiled
from scslab.engine.compiling import await_compiling
from scslab.engine.fold_tables import (
    allocate_memory,
    allocate_output,
    allocate_room,
    build_bounds,
    build_caps,
    build_rules,
    build_span,
)
from scslab.engine.grouping import Grouped
from scslab.engine.kernel_fold import fold
from scslab.engine.kernel_group import DAY_SHIFT
from scslab.engine.layout import (
    ACTING,
    BEGIN,
    IS_FRESH,
    MEMORY_BEGIN,
    MEMORY_END,
    STATS_WIDTH,
    Array,
    Output,
)
from scslab.engine.objection.layout import TALE_WIDTH
from scslab.engine.threads import run_ahead
from scslab.engine.window import Window

if TYPE_CHECKING:
    from scslab.engine.objection.story import Plot

ENTRIES_PER_BLOCK = 1 << 18
"""Room for entries in one block: small enough for a few to be under way at a time, large enough to keep threads
busy."""
SUBJECTS_PER_BLOCK = 1 << 14
"""Where no entries are wanted, a block needs no room for them."""


@dataclass(frozen=True, slots=True)
class Block:
    """Entries of some neighbouring subjects, by column (see `layout.Output`); `share` of all subjects is done.

    Under a scheme with objections or repairs, `target` is the row of the event that each entry is about and `repair`
    the number of the repair (-1: none).
    """

    columns: Output
    size: int
    share: float
    target: Array | None = None
    repair: Array | None = None


@dataclass(frozen=True, slots=True)
class Folded:
    """The outcome of a run.

    Attributes:
        subjects: the state of each subject, in the order of the table given (columns: `layout`).
        memory: the remembered entries of all subjects.
        stats: counts by rule, shape (rules, 5).
        tales: what became of the remembered entries, under a scheme with objections or repairs.
    """

    subjects: Array
    memory: Array
    stats: NDArray[np.int64]
    tales: Array = field(default_factory=lambda: np.empty((0, TALE_WIDTH), np.int64))


def fold_subjects(
    compiled: Compiled,
    window: Window,
    subjects: Array,
    order: NDArray[np.int64],
    entries: NDArray[np.int64],
    grouped: Grouped,
    values: NDArray[np.float64],
    past: Array | None,
    *,
    threads: int,
    keep: bool,
    is_itemised: bool,
    plot: Plot | None = None,
) -> Generator[Block, None, Folded]:
    """Settle all subjects, handing over their entries in order, block by block; returns what became of the subjects.

    Args:
        compiled: the scheme.
        window: the days of the run.
        subjects: state so far; changed in place.
        order: positions of the subjects in the order in which entries are to be given.
        entries: how many entries the events of each subject post.
        grouped: the acting events (their words and rows).
        values: formula values by slot and row.
        past: remembered entries of the state; None for a run from the beginning.
        threads: how many threads may work at a time.
        keep: whether to remember what a later run needs.
        is_itemised: whether entries are wanted; else the blocks are empty.
        plot: what objections and repairs do.
    """
    await_compiling()
    rules, caps = build_rules(compiled, is_kept=keep, has_story=plot is not None), build_caps(compiled)
    bounds = build_bounds(compiled)
    span = build_span(compiled, window)
    needed = entries if past is None else entries + subjects[:, MEMORY_END] - subjects[:, MEMORY_BEGIN]
    out_needed, edges = needed, [*range(0, order.size, SUBJECTS_PER_BLOCK), order.size]
    if is_itemised:
        out_needed = count_room(subjects, needed, grouped.words, window, is_yearly=span.is_yearly)
        if plot is not None:
            out_needed = out_needed + plot.posts
        edges = _cut_blocks(out_needed[order])
    width = int(needed.max(initial=0)) + 1

    def run_block(low: int, high: int) -> tuple[Block, Array, Array | None, NDArray[np.int64], int]:
        mine = order[low:high]
        n_out = int(out_needed[mine].sum()) if is_itemised else 0
        n_kept = int(needed[mine].sum()) if keep else 0
        out = allocate_output(n_out) if is_itemised else None
        kept = allocate_memory(n_kept) if keep else None
        story = None if plot is None else plot.open(width, n_out, n_kept, is_itemised=is_itemised)
        stats = np.zeros((rules.table.shape[0], STATS_WIDTH), np.int64)
        room = allocate_room(compiled, rules, caps.table.shape[0], width)
        written, n_kept = fold(
            rules, caps, bounds, span, subjects, order, low, high, grouped.words, grouped.rows, values, past, room, out,
            kept, stats, story,
        )  # fmt: skip
        trimmed = allocate_memory(0) if kept is None else kept[:n_kept].copy()
        tales = None if story is None else story.kept[: n_kept if keep else 0].copy()
        columns = allocate_output(0) if out is None else Output(*(column[:written] for column in out))
        about = (None, None)
        if story is not None and out is not None:
            about = story.out_target[:written], story.out_repair[:written]
        return Block(columns, int(written), high / max(1, order.size), *about), trimmed, tales, stats, low

    total = np.zeros((rules.table.shape[0], STATS_WIDTH), np.int64)
    memories: list[Array] = []
    tales: list[Array] = [np.empty((0, TALE_WIDTH), np.int64)]
    offset = 0
    tasks = [lambda low=low, high=high: run_block(low, high) for low, high in pairwise(edges)]
    for k, (block, kept, told, stats, low) in enumerate(run_ahead(tasks, threads)):
        total += stats
        if keep:
            mine = order[low : edges[k + 1]]
            subjects[mine, MEMORY_BEGIN] += offset
            subjects[mine, MEMORY_END] += offset
            offset += kept.shape[0]
            memories.append(kept)
            if told is not None:
                tales.append(told)
        yield block
    memory = np.concatenate(memories) if memories else allocate_memory(0)
    return Folded(subjects, memory, total, np.concatenate(tales))


def count_room(
    subjects: Array, entries: NDArray[np.int64], words: NDArray[np.uint64], window: Window, *, is_yearly: bool
) -> NDArray[np.int64]:
    """How many entries each subject can have at most: each may lapse, and every year begin with a restart."""
    if not is_yearly:
        return 2 * entries
    month = build_day_tables().month
    is_fresh, acting = subjects[:, IS_FRESH] > 0, subjects[:, ACTING]
    is_idle = is_fresh & (acting == 0)
    first = np.full(is_idle.size, max(0, window.after), np.int64)
    is_new = is_fresh & (acting > 0)
    first[is_new] = (words[subjects[is_new, BEGIN]] >> DAY_SHIFT).astype(np.int64)
    return 2 * entries + np.where(is_idle, 0, month[window.as_of] // 12 - month[first] // 12)


def _cut_blocks(room: NDArray[np.int64]) -> list[int]:
    """Edges of blocks of neighbours that need about `ENTRIES_PER_BLOCK` entries of room each."""
    if room.size == 0:
        return [0]
    cumulative = np.cumsum(room + 1)
    steps = np.arange(ENTRIES_PER_BLOCK, int(cumulative[-1]), ENTRIES_PER_BLOCK)
    edges = [0, *(np.searchsorted(cumulative, steps) + 1).tolist(), room.size]
    return sorted(set(edges))
