"""Kernels that take rows in: check, classify and put each into the bucket of its subject, in one pass.

A record has one to a few cells of 64 bits: the id of its subject; its word, where a rule acts; and the values of
formulas, where its type has any. Where entries are wanted, a record also has the id of its event, and one on which no
rule acts has a word, too, with the reason in place of rules. A bucket is a chain of chunks, so that no row need be
counted before it is put away. Buckets are ranges of ids, so that what comes of them is in the order of ids.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from scslab.engine.calendar import LAST_DAY, UNIX_OFFSET
from scslab.engine.jit import inline, kernel
from scslab.engine.kernel_decide import Matching, decide
from scslab.engine.kernel_group import DAY_SHIFT, ONE, TYPE_SHIFT
from scslab.engine.layout import Array, Int

CELLS_PER_CHUNK = 512
"""A page of memory; a power of two."""
CLEAN, NOT_CLEAN = 0, 1
NONE = -1


class Ranges(NamedTuple):
    """Which bucket an id belongs to: the number of `splitters` that are not above it.

    Attributes:
        splitters: ascending.
        between: for each cell of ids (`(id - low) >> shift`) the fewest and the most splitters that are not above an id
            in it, which mostly is the same number; shape (cells, 2).
    """

    splitters: Array
    between: Array
    low: Int
    shift: Int


class Chains(NamedTuple):
    """Records by bucket.

    Attributes:
        cells: shape (chunks * CELLS_PER_CHUNK,).
        numbers: the same memory as doubles: what the values of formulas are.
        link: by chunk, the next one of its bucket; -1: none.
        filled: by chunk that has a next one, how many of its cells are used.
        head: by bucket, its first chunk; -1: it is empty.
        cursor: by bucket, the cell of its next record.
        length: by bucket, how many chunks it has.
        used: how many chunks are taken, shape (1,).
        n_values: by event type, how many values its records have.
    """

    cells: Array
    numbers: Array
    link: Array
    filled: Array
    head: Array
    cursor: Array
    length: Array
    used: Array
    n_values: Array


@inline
def find_range(ranges: Ranges, id_: Int) -> Int:
    """The bucket of an id."""
    cell = np.uint64(0)
    if id_ > ranges.low:
        cell = min((id_ - ranges.low) >> ranges.shift, np.uint64(ranges.between.shape[0] - 1))
    low = np.int64(ranges.between[cell, 0])
    high = np.int64(ranges.between[cell, 1])
    while low < high:
        middle = (low + high) >> 1
        if ranges.splitters[middle] <= id_:
            low = middle + 1
        else:
            high = middle
    return low


@inline
def make_room(chains: Chains, bucket: Int, needed: Int) -> Int:
    """The cell of a bucket's next record, and `needed` cells there; a chunk that is full is followed by a new one."""
    at = chains.cursor[bucket]
    if (-at & (CELLS_PER_CHUNK - 1)) < needed:
        chunk = chains.used[0]
        chains.used[0] += 1
        chains.link[chunk] = NONE
        if chains.head[bucket] < 0:
            chains.head[bucket] = chunk
        else:
            last = (at - 1) // CELLS_PER_CHUNK
            chains.link[last] = chunk
            chains.filled[last] = at - last * CELLS_PER_CHUNK
        chains.length[bucket] += 1
        at = np.int64(chunk) * CELLS_PER_CHUNK
    chains.cursor[bucket] = at + needed
    return at


@kernel
def take_rows(
    matching: Matching, n_types: Int, types: Array, occurred: Array, recorded: Array, is_by_occurrence: bool,
    ids: Array, subjects: Array, columns: Array, under_age: Array, stack: Array, values: Array, ranges: Ranges,
    chains: Chains, undecided: Array, counts: Array, last: Array, with_ids: Array | None,
) -> Int:  # fmt: skip
    """Check rows, decide which rules act on them, and put them into the buckets of their subjects.

    Reads one slice of a table without NULLs: `types` (m,), the dates as days since 1970, `ids` and `subjects`
    (m,), the addresses of the `columns` of the programs, `under_age` (m,) or empty; `stack` and `values` (slots, 1) are
    scratch. `last` holds the last day and event id so far, and is moved on. Adds to `undecided` (rules,) and `counts`
    (types, reasons). `with_ids` is any array where entries are wanted; the code for that is not even compiled where it
    is None.
    Returns NOT_CLEAN, where a row cannot be taken so: a date out of range or recorded too early, a negative id, a type
    that is a correction, or days or event ids that do not ascend. Then the buckets hold a part of the rows only.
    """
    has_age = under_age.size > 0
    last_day = last[0]
    last_id = last[1]
    for i in range(types.size):
        happened = np.int64(occurred[i]) + UNIX_OFFSET
        known = np.int64(recorded[i]) + UNIX_OFFSET
        kind = np.int64(types[i])
        day = happened if is_by_occurrence else known
        id_ = ids[i]
        if (
            happened < 0 or known < happened or known > LAST_DAY or kind >= n_types or day < last_day or id_ <= last_id
            or subjects[i] < 0
        ):  # fmt: skip
            return NOT_CLEAN
        last_day = day
        last_id = id_
        mask, reason = decide(
            matching, kind, day, has_age and under_age[i], columns, i, stack, values, 0, undecided
        )  # fmt: skip
        counts[kind, reason] += 1
        subject = np.uint64(subjects[i])
        bucket = find_range(ranges, subject)
        if with_ids is not None:
            n_values = np.int64(chains.n_values[kind]) if mask else np.int64(0)
            at = make_room(chains, bucket, 3 + n_values)
            chains.cells[at] = (subject << ONE) | np.uint64(mask != 0)
            what = mask if mask else np.uint64(reason)
            chains.cells[at + 1] = (np.uint64(day) << DAY_SHIFT) | (np.uint64(kind) << TYPE_SHIFT) | what
            chains.cells[at + 2] = np.uint64(id_)
            for slot in range(n_values):
                chains.numbers[at + 3 + slot] = values[slot, 0]
        elif mask:
            n_values = np.int64(chains.n_values[kind])
            at = make_room(chains, bucket, 2 + n_values)
            chains.cells[at] = (subject << ONE) | ONE
            chains.cells[at + 1] = (np.uint64(day) << DAY_SHIFT) | (np.uint64(kind) << TYPE_SHIFT) | mask
            for slot in range(n_values):
                chains.numbers[at + 2 + slot] = values[slot, 0]
        else:
            chains.cells[make_room(chains, bucket, np.int64(1))] = subject << ONE
    last[0] = last_day
    last[1] = last_id
    return CLEAN
