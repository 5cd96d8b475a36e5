"""Run the fold: blocks of subjects on one or more threads, entries handed over block by block."""

from __future__ import annotations

from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from scslab.engine.calendar import MONTHS, NO_DAY, build_day_tables
from scslab.engine.classify import choose_slots
from scslab.engine.compile import Compiled, Steps
from scslab.engine.grouping import Grouped
from scslab.engine.kernel_fold import Caps, Memory, Output, Rules, Span, Subjects, fold
from scslab.engine.kernel_group import DAY_SHIFT

ENTRIES_PER_BLOCK = 1 << 18
"""Room for entries in one block: small enough for a few to be under way at a time, large enough to keep threads
busy."""
UNBOUNDED = 1 << 62
"""Beyond every score."""


@dataclass(frozen=True, slots=True)
class Window:
    """The days of a run, as day numbers.

    Attributes:
        after: the last day of the state from which the run goes on; -1 for a run from the beginning.
        published: the last publication on or before `as_of`; -1 where there is none.
        as_of: the date of the standings.
    """

    after: int
    published: int
    as_of: int


@dataclass(frozen=True, slots=True)
class Block:
    """Entries of some neighbouring subjects, by column (see `kernel_fold.Output`); `share` of all subjects is done."""

    columns: Output
    size: int
    share: float


@dataclass(frozen=True, slots=True)
class Folded:
    """The state of each subject after a run, in the order of the arrays given, and counts by rule, shape (rules, 5)."""

    subjects: Subjects
    memory: Memory
    stats: NDArray[np.int64]


def build_rules(compiled: Compiled, *, is_kept: bool) -> Rules:
    """The rules as the kernel reads them; with `is_kept` every entry that a later run may need is remembered."""
    slot, _ = choose_slots(compiled)
    n = max(1, compiled.n_rules)
    remembered = np.zeros(n, np.bool_)
    for r, rule in enumerate(compiled.scheme.rules):
        caps = compiled.rule_caps[compiled.rule_caps_offset[r] : compiled.rule_caps_offset[r + 1]]
        is_rolling = any(compiled.cap_period[c, 0] >= MONTHS for c in caps)
        may_matter = is_kept and (caps.size > 0 or rule.limit_tier is not None)
        # A rolling window walks over every entry of the list, so the list must hold all entries of its rules.
        remembered[r] = rule.valid is not None or rule.repeat is not None or is_rolling or may_matter
    return Rules(
        compiled.type_rules_offset,
        compiled.type_rules,
        compiled.points.offset,
        compiled.points.day,
        compiled.points.value,
        compiled.nominal,
        compiled.factors_offset,
        compiled.factors,
        slot,
        compiled.repeat,
        compiled.valid,
        compiled.limit_tier,
        compiled.limit,
        compiled.rule_caps_offset,
        compiled.rule_caps,
        remembered,
        float(compiled.scale),
    )


def build_caps(compiled: Compiled) -> Caps:
    """Caps and bounds as the kernel reads them."""
    member = np.zeros((compiled.cap_period.shape[0], max(1, compiled.n_rules)), np.bool_)
    for r in range(compiled.n_rules):
        member[compiled.rule_caps[compiled.rule_caps_offset[r] : compiled.rule_caps_offset[r + 1]], r] = True
    points, bounds = compiled.cap_points, compiled.bounds
    return Caps(
        compiled.cap_period,
        points.offset,
        points.day,
        points.value,
        member,
        bounds.offset,
        bounds.day,
        bounds.value,
        bool((bounds.day > 0).any() or bounds.day.size > 2),
        _first_bound(bounds, 0, -UNBOUNDED),
        _first_bound(bounds, 1, UNBOUNDED),
    )


def _first_bound(bounds: Steps, which: int, otherwise: int) -> int:
    at = int(bounds.offset[which])
    return int(bounds.value[at]) if at < bounds.offset[which + 1] else otherwise


def build_span(compiled: Compiled, window: Window) -> Span:
    """The days of a run as the kernel reads them."""
    tables = build_day_tables()
    return Span(
        window.after,
        window.published,
        window.as_of,
        compiled.scheme.score.is_yearly_restart,
        tables.month.astype(np.int64),
        tables.first.astype(np.int64),
        compiled.start,
    )


def start_subjects(compiled: Compiled, n: int) -> Subjects:
    """The state of subjects that have no history."""
    start = int(compiled.start[0])
    return Subjects(
        begin=np.zeros(n, np.int64),
        acting=np.zeros(n, np.int32),
        is_fresh=np.ones(n, np.bool_),
        score=np.full(n, start, np.int64),
        start=np.full(n, start, np.int64),
        n_entries=np.zeros(n, np.int32),
        last_posted=np.full(n, NO_DAY, np.int32),
        published=np.full(n, start, np.int64),
        published_limit=np.full(n, -1, np.int32),
        limit=np.full(n, -1, np.int32),
        held_until=np.full(n, NO_DAY, np.int32),
        memory_begin=np.zeros(n, np.int64),
        memory_end=np.zeros(n, np.int64),
    )


def allocate_memory(n: int) -> Memory:
    """Room for `n` remembered entries."""
    return Memory(
        np.empty(n, np.int32),
        np.empty(n, np.int32),
        np.empty(n, np.int64),
        np.empty(n, np.int64),
        np.empty(n, np.int32),
        np.empty(n, np.int64),
        np.empty(n, np.int32),
    )


def allocate_output(n: int) -> Output:
    """Room for `n` entries."""

    def ints(dtype: type) -> NDArray[np.generic]:
        return np.empty(n, dtype)

    return Output(
        subject=ints(np.int32),
        seq=ints(np.int32),
        day=ints(np.int32),
        kind=ints(np.uint8),
        row=ints(np.int64),
        rule=ints(np.int32),
        nominal=ints(np.int64),
        granted=ints(np.int64),
        effective=ints(np.int64),
        before=ints(np.int64),
        lapse=ints(np.int32),
        occurrence=ints(np.int32),
        capped_by=ints(np.int32),
    )


def fold_subjects(
    compiled: Compiled,
    window: Window,
    subjects: Subjects,
    order: NDArray[np.int64],
    entries: NDArray[np.int32],
    grouped: Grouped,
    values: NDArray[np.float64],
    past: Memory | None,
    *,
    threads: int,
    keep: bool,
    is_itemised: bool,
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
    """
    rules, caps, span = build_rules(compiled, is_kept=keep), build_caps(compiled), build_span(compiled, window)
    held = subjects.memory_end - subjects.memory_begin
    room = entries.astype(np.int64) + held
    out_room = 2 * room + (_count_years(subjects, grouped, window) if span.is_yearly else 0)
    edges = _cut_blocks(out_room[order])
    width = int(room.max(initial=0)) + 1
    n_caps, n_rules = caps.period.shape[0], max(1, compiled.n_rules)
    # What no rule uses needs no room, and then no clearing for each subject.
    n_repeats = n_rules if (rules.repeat[:, 0] >= 0).any() else 0
    n_holds = len(compiled.scheme.tiers) if (rules.limit_tier >= 0).any() else 0

    def run_block(low: int, high: int) -> tuple[Block, Memory, NDArray[np.int64], int]:
        capacity = int(out_room[order[low:high]].sum())
        out = allocate_output(capacity if is_itemised else 0)
        kept = allocate_memory(int(room[order[low:high]].sum())) if keep else None
        stats = np.zeros((n_rules, 5), np.int64)
        scratch = (
            np.empty(n_caps, np.int64),
            np.empty(n_repeats, np.int64),
            np.empty(n_repeats, np.int64),
            np.empty(n_holds, np.int64),
        )
        used = np.empty((n_caps, 2), np.int64)
        written, n_kept = fold(
            rules, caps, span, subjects, order, low, high, grouped.words, grouped.rows, values, past,
            allocate_memory(width), used, scratch, out, is_itemised, kept, stats,
        )  # fmt: skip
        trimmed = Memory(*(column[:n_kept] for column in kept)) if kept else allocate_memory(0)
        return (
            Block(Output(*(column[:written] for column in out)), int(written), high / max(1, order.size)),
            trimmed,
            stats,
            low,
        )

    blocks = list(pairwise(edges))
    total = np.zeros((n_rules, 5), np.int64)
    memories: list[Memory] = []
    offset = 0
    with ThreadPoolExecutor(threads) as pool:
        # A few blocks are under way at a time, so that entries do not pile up before they are taken.
        waiting = [pool.submit(run_block, *block) for block in blocks[: threads + 1]]
        for k in range(len(blocks)):
            block, kept, stats, low = waiting[k].result()
            waiting[k] = None  # type: ignore[call-overload]
            if k + threads + 1 < len(blocks):
                waiting.append(pool.submit(run_block, *blocks[k + threads + 1]))
            total += stats
            if keep:
                mine = order[low : edges[k + 1]]
                subjects.memory_begin[mine] += offset
                subjects.memory_end[mine] += offset
                offset += kept.rule.size
                memories.append(kept)
            yield block
    memory = (
        Memory(*(np.concatenate(parts) for parts in zip(*memories, strict=True))) if memories else allocate_memory(0)
    )
    return Folded(subjects, memory, total)


def _count_years(subjects: Subjects, grouped: Grouped, window: Window) -> NDArray[np.int64]:
    """How many restarts each subject can have at most."""
    month = build_day_tables().month
    is_idle = subjects.is_fresh & (subjects.acting == 0)
    first = np.full(is_idle.size, max(0, window.after), np.int64)
    is_new = subjects.is_fresh & (subjects.acting > 0)
    first[is_new] = (grouped.words[subjects.begin[is_new]] >> DAY_SHIFT).astype(np.int64)
    return np.where(is_idle, 0, month[window.as_of] // 12 - month[first] // 12)


def _cut_blocks(room: NDArray[np.int64]) -> list[int]:
    """Edges of blocks of neighbours that need about `ENTRIES_PER_BLOCK` entries of room each."""
    if room.size == 0:
        return [0]
    cumulative = np.cumsum(room + 1)
    steps = np.arange(ENTRIES_PER_BLOCK, int(cumulative[-1]), ENTRIES_PER_BLOCK)
    edges = [0, *(np.searchsorted(cumulative, steps) + 1).tolist(), room.size]
    return sorted(set(edges))
