"""A kernel that makes a bucket of `kernel_take` ready for the fold: its records are grouped by subject.

All that it works on stays in the processor's cache.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from scslab.engine.jit import count_bits, inline, kernel
from scslab.engine.kernel_group import ONE, RULES_MASK, TYPE_MASK, TYPE_SHIFT
from scslab.engine.kernel_take import CELLS_PER_CHUNK, Chains
from scslab.engine.layout import (
    ACTING,
    BEGIN,
    PLAIN,
    SUBJECT_WIDTH,
    Array,
    Int,
)

TALLY_ENTRIES, TALLY_ACTING, TALLY_WIDTH = range(3)
"""What is counted of a subject while its bucket is grouped; TALLY_ACTING then becomes the place of its next event."""

NO_KEY = -1
FACTOR = np.uint64(0x9E3779B97F4A7C15)
"""2^64 by the golden ratio: multiplied by it, ids that differ little differ in their highest bits."""
FIRST_BITS = 10
"""The table of ids has 2^10 places at first."""


class Scratch(NamedTuple):
    """Room in which one bucket is grouped.

    Attributes:
        slots: the table of ids, all -1; a power of two. `numbers` says which subject each is.
        owner: the subject of each record.
        words, values: the acting events by subject, as the fold reads them.
        names: the ids of these events, where entries are wanted.
        order: 0, 1, …; `rows` the same.
        tally: of each subject what `TALLY_…` says, side by side.
    """

    slots: Array
    numbers: Array
    owner: Array
    words: Array
    values: Array
    names: Array
    order: Array
    rows: Array
    tally: Array


@inline
def find_owner(scratch: Scratch, id_: Int, n: Int, bits: Int) -> Int:
    """The number of a subject in its bucket; `n` where it is new, and then it has its place in the table."""
    mask = (np.int64(1) << bits) - 1
    at = np.int64((np.uint64(id_) * FACTOR) >> np.uint64(64 - bits))
    while scratch.slots[at] != id_:
        if scratch.slots[at] == NO_KEY:
            scratch.slots[at] = id_
            scratch.numbers[at] = n
            return n
        at = (at + 1) & mask
    return np.int64(scratch.numbers[at]) & PLAIN


@inline
def find_cells(chains: Chains, bucket: Int, chunk: Int) -> tuple[Int, Int]:
    """The first of the cells that a chunk of a bucket uses, and the one after the last."""
    at = (chunk * CELLS_PER_CHUNK) & PLAIN
    return at, at + chains.filled[chunk] if chains.link[chunk] >= 0 else chains.cursor[bucket]


@kernel
def group_chain(
    chains: Chains, bucket: Int, scratch: Scratch, blank: Array, keys: Array, events: Array, posts: Array,
    subjects: Array, base: Int, with_ids: Array | None,
) -> tuple[Int, Int]:  # fmt: skip
    """Bring the acting events of each subject of a bucket together, from place `base` of the scratch room on.

    Writes of each subject its id to `keys`, how many events it has to `events`, how many entries these post to `posts`,
    and its state to `subjects`: `blank`, and where its events are. Returns how many subjects there are, and the place
    after the last event. `with_ids` is that of `kernel_take.take_rows`.
    """
    n = np.int64(0)
    record = 0
    bits = np.int64(FIRST_BITS)  # grows with the subjects, so that few stay in the cache
    chunk = np.int64(chains.head[bucket])
    while chunk >= 0:
        at, end = find_cells(chains, bucket, chunk)
        while at < end:
            cell = chains.cells[at]
            acts = np.int64(cell & ONE)
            id_ = np.int64(cell >> ONE)
            s = find_owner(scratch, id_, n, bits)
            if s == n:
                keys[n] = id_
                events[n] = 0
                scratch.tally[n, TALLY_ENTRIES] = 0
                scratch.tally[n, TALLY_ACTING] = 0
                n += 1
                if (4 * n) >> bits and (np.int64(1) << bits) < scratch.slots.size:
                    scratch.slots[: np.int64(1) << bits] = NO_KEY
                    bits += 1
                    for k in range(n):
                        find_owner(scratch, keys[k], k, bits)
            scratch.owner[record] = s
            record += 1
            # The word of a record on which no rule acts is made nothing (what has none, its id): no branch to guess.
            if with_ids is not None:
                word = chains.cells[at + 1] * np.uint64(acts)
            else:
                word = chains.cells[at + acts] * np.uint64(acts)
            events[s] += 1
            scratch.tally[s, TALLY_ENTRIES] += np.int32(count_bits(word & RULES_MASK))
            scratch.tally[s, TALLY_ACTING] += np.int32(acts)
            n_values = np.int64(chains.n_values[np.int64((word >> TYPE_SHIFT) & TYPE_MASK)])
            if with_ids is not None:
                at += 3 + acts * n_values
            else:
                at += 1 + acts * (1 + n_values)
        chunk = np.int64(chains.link[chunk])
    scratch.slots[: np.int64(1) << bits] = NO_KEY
    begin = np.int64(base)
    for s in range(n):
        acting = scratch.tally[s, TALLY_ACTING]
        for c in range(SUBJECT_WIDTH):
            subjects[s, c] = blank[c]
        subjects[s, BEGIN] = begin
        subjects[s, ACTING] = acting
        scratch.tally[s, TALLY_ACTING] = begin
        begin += acting
        posts[s] = scratch.tally[s, TALLY_ENTRIES]
    record = 0
    chunk = np.int64(chains.head[bucket])
    while chunk >= 0:
        at, end = find_cells(chains, bucket, chunk)
        while at < end:
            if chains.cells[at] & ONE:
                word = chains.cells[at + 1]
                s = np.int64(scratch.owner[record]) & PLAIN
                place = scratch.tally[s, TALLY_ACTING] & PLAIN
                scratch.tally[s, TALLY_ACTING] = place + 1
                scratch.words[place] = word
                n_values = np.int64(chains.n_values[np.int64((word >> TYPE_SHIFT) & TYPE_MASK)])
                first = at + 2
                if with_ids is not None:
                    scratch.names[place] = np.int64(chains.cells[first])
                    first += 1
                for slot in range(n_values):
                    scratch.values[slot, place] = chains.numbers[first + slot]
                at = first + n_values
            elif with_ids is not None:
                at += 3
            else:
                at += 1
            record += 1
        chunk = np.int64(chains.link[chunk])
    return n, begin


@kernel
def gather_idle(chains: Chains, bucket: Int, owner: Array, place: Array, words: Array, names: Array) -> None:
    """Bring the events of a bucket on which no rule acts together by subject, in the order in which they came.

    Reads `owner` as `group_chain` left it; `place` is where the events of each subject go, and is moved on. Writes
    their words to `words` and their ids to `names`.
    """
    record = 0
    chunk = np.int64(chains.head[bucket])
    while chunk >= 0:
        at, end = find_cells(chains, bucket, chunk)
        while at < end:
            word = chains.cells[at + 1]
            if chains.cells[at] & ONE:
                at += 3 + np.int64(chains.n_values[np.int64((word >> TYPE_SHIFT) & TYPE_MASK)])
            else:
                s = np.int64(owner[record]) & PLAIN
                to = place[s] & PLAIN
                place[s] = to + 1
                words[to] = word
                names[to] = np.int64(chains.cells[at + 2])
                at += 3
            record += 1
        chunk = np.int64(chains.link[chunk])
