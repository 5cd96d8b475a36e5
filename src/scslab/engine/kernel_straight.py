"""Kernels that go straight from rows to standings: check, classify and scatter while reading, then settle by bucket.

They serve runs that want no entries. An event goes once to memory, as a record in the bucket of its subject: id, word,
and the values of formulas. A bucket is a chain of chunks, so that no row need be counted before it is put away. Then a
bucket at a time is grouped and folded in room that stays in the processor's cache.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from scslab.engine.calendar import LAST_DAY, UNIX_OFFSET
from scslab.engine.jit import inline, kernel
from scslab.engine.kernel_group import (
    DAY_SHIFT,
    EMPTY,
    ONE,
    RULES_MASK,
    TYPE_SHIFT,
    Matching,
    count_bits,
    decide,
    find_bucket,
    mix,
)
from scslab.engine.layout import (
    ACTING,
    BEGIN,
    HELD_UNTIL,
    HOLD,
    LAST_POSTED,
    N_ENTRIES,
    PUBLISHED,
    PUBLISHED_HOLD,
    SCORE,
    START,
    SUBJECT_WIDTH,
    Array,
    Int,
)

RECORDS_PER_CHUNK = 128
CLEAN, NOT_CLEAN = 0, 1
ID, WORD, FIRST_VALUE = range(3)
"""The columns of a record."""

WIDE_KEY, WIDE_SCORE, WIDE_START, WIDE_PUBLISHED, WIDE_WIDTH = range(5)
"""What is kept of a settled subject, in 64 bits."""
SMALL_EVENTS, SMALL_ENTRIES, SMALL_LAST, SMALL_PUBLISHED_HOLD, SMALL_HOLD, SMALL_HELD_UNTIL, SMALL_WIDTH = range(7)
"""What is kept of a settled subject, in 32 bits."""

TALLY_KEY, TALLY_EVENTS, TALLY_ENTRIES, TALLY_ACTING, TALLY_WIDTH = range(5)
"""What is counted of a subject while its bucket is grouped; TALLY_ACTING then becomes the place of its next event."""


class Chains(NamedTuple):
    """Records by bucket.

    Attributes:
        records: shape (chunks * RECORDS_PER_CHUNK, 2 + slots).
        numbers: the same memory as doubles: what the values of formulas are.
        link: by chunk, the next one of its bucket; -1: none.
        head: by bucket, its first chunk; -1: it is empty.
        cursor, size: by bucket, where its next record goes, and how many it has.
        used: how many chunks are taken, shape (1,).
        spare: see `find_bucket`.
    """

    records: Array
    numbers: Array
    link: Array
    head: Array
    cursor: Array
    size: Array
    used: Array
    spare: Any


class Scratch(NamedTuple):
    """Room in which one bucket is grouped: by record, and by subject where the first column says so.

    Attributes:
        slots: the table of ids, all -1; a power of two.
        owner: the subject of each record.
        words, values: the acting events by subject, as the fold reads them.
        order: 0, 1, …
        tally: of each subject what `TALLY_…` says, side by side.
        subjects: the state of each subject.
    """

    slots: Array
    owner: Array
    words: Array
    values: Array
    order: Array
    tally: Array
    subjects: Array


@inline
def put(chains: Chains, bucket: Int) -> Int:
    """The place of a bucket's next record; a full chunk is followed by a new one."""
    at = chains.cursor[bucket]
    if at % RECORDS_PER_CHUNK == 0:
        chunk = chains.used[0]
        chains.used[0] += 1
        chains.link[chunk] = EMPTY
        if chains.head[bucket] < 0:
            chains.head[bucket] = chunk
        else:
            chains.link[(at - 1) // RECORDS_PER_CHUNK] = chunk
        at = chunk * RECORDS_PER_CHUNK
    chains.cursor[bucket] = at + 1
    chains.size[bucket] += 1
    return at


@kernel
def take_rows(
    matching: Matching, n_types: Int, types: Array, occurred: Array, recorded: Array, is_by_occurrence: bool,
    ids: Array, subjects: Array, columns: Array, under_age: Array, stack: Array, values: Array, chains: Chains,
    undecided: Array, counts: Array, last: Array,
) -> Int:  # fmt: skip
    """Check rows, decide which rules act on them, and put them into the buckets of their subjects.

    Reads one slice of a table without NULLs: `types` (m,), the dates as days since 1970, `ids` and `subjects`
    (m,), the `columns` (columns, m) of the programs, `under_age` (m,) or empty; `stack` and `values` (slots, 1) are
    scratch. `last` holds the last day and event id so far, and is moved on. Adds to `undecided` (rules,) and `counts`
    (types, reasons).
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
        subject = subjects[i]
        if (
            happened < 0 or known < happened or known > LAST_DAY or kind >= n_types or day < last_day or id_ <= last_id
            or subject < 0
        ):  # fmt: skip
            return NOT_CLEAN
        last_day = day
        last_id = id_
        mask, reason = decide(
            matching, kind, day, has_age and under_age[i], columns, i, stack, values, 0, undecided
        )  # fmt: skip
        counts[kind, reason] += 1
        at = put(chains, find_bucket(subject, chains.spare))
        chains.records[at, ID] = np.uint64(subject)
        chains.records[at, WORD] = (np.uint64(day) << DAY_SHIFT) | (np.uint64(kind) << TYPE_SHIFT) | mask
        for slot in range(values.shape[0]):
            chains.numbers[at, FIRST_VALUE + slot] = values[slot, 0]
    last[0] = last_day
    last[1] = last_id
    return CLEAN


@inline
def find_owner(scratch: Scratch, id_: Any, n: Int, mask: Any) -> Int:
    """The number of a subject in its bucket; `n` where it is new, and then it has its slot."""
    at = mix(id_) & mask
    while True:
        s = scratch.slots[at]
        if s == EMPTY:
            scratch.slots[at] = n
            return n
        if scratch.tally[s, TALLY_KEY] == id_:
            return np.int64(s)
        at = (at + ONE) & mask


@kernel
def group_chain(chains: Chains, bucket: Int, scratch: Scratch, blank: Array) -> tuple[Int, Int]:
    """Bring the acting events of each subject of a bucket together.

    Returns how many subjects there are, and the most entries that the events of one post.
    """
    n = 0
    at_record = 0
    mask = np.uint64(min(scratch.slots.size, 1024) - 1)  # grows with the subjects, so that few stay in the cache
    size = chains.size[bucket]
    chunk = np.int64(chains.head[bucket])
    while chunk >= 0:
        low = chunk * RECORDS_PER_CHUNK
        for at in range(low, low + min(RECORDS_PER_CHUNK, size - at_record)):
            id_ = np.int64(chains.records[at, ID])
            s = find_owner(scratch, id_, n, mask)
            if s == n:
                scratch.tally[n, TALLY_KEY] = id_
                scratch.tally[n, TALLY_EVENTS] = 0
                scratch.tally[n, TALLY_ENTRIES] = 0
                scratch.tally[n, TALLY_ACTING] = 0
                n += 1
                if np.uint64(2 * n) > mask and mask + ONE < np.uint64(scratch.slots.size):
                    scratch.slots[: np.int64(mask) + 1] = EMPTY
                    mask = (mask << ONE) | ONE
                    for k in range(n):
                        free = mix(scratch.tally[k, TALLY_KEY]) & mask
                        while scratch.slots[free] != EMPTY:
                            free = (free + ONE) & mask
                        scratch.slots[free] = k
            scratch.owner[at_record] = s
            at_record += 1
            bits = chains.records[at, WORD] & RULES_MASK
            scratch.tally[s, TALLY_EVENTS] += 1
            scratch.tally[s, TALLY_ENTRIES] += count_bits(bits)
            scratch.tally[s, TALLY_ACTING] += bits != 0
        chunk = np.int64(chains.link[chunk])
    scratch.slots[: np.int64(mask) + 1] = EMPTY
    begin = 0
    most = 0
    for s in range(n):
        acting = scratch.tally[s, TALLY_ACTING]
        for c in range(SUBJECT_WIDTH):
            scratch.subjects[s, c] = blank[c]
        scratch.subjects[s, BEGIN] = begin
        scratch.subjects[s, ACTING] = acting
        scratch.tally[s, TALLY_ACTING] = begin
        begin += acting
        most = max(most, scratch.tally[s, TALLY_ENTRIES])
    at_record = 0
    chunk = np.int64(chains.head[bucket])
    while chunk >= 0:
        low = chunk * RECORDS_PER_CHUNK
        for at in range(low, low + min(RECORDS_PER_CHUNK, size - at_record)):
            word = chains.records[at, WORD]
            if word & RULES_MASK:
                s = np.int64(scratch.owner[at_record])
                place = scratch.tally[s, TALLY_ACTING]
                scratch.tally[s, TALLY_ACTING] = place + 1
                scratch.words[place] = word
                for slot in range(scratch.values.shape[0]):
                    scratch.values[slot, place] = chains.numbers[at, FIRST_VALUE + slot]
            at_record += 1
        chunk = np.int64(chains.link[chunk])
    return n, most


@kernel
def keep_subjects(n: Int, scratch: Scratch, wide: Array, small: Array, written: Int) -> None:
    """Write what became of the `n` subjects of a bucket to `wide` and `small`, from `written` on."""
    for s in range(n):
        at = written + s
        wide[at, WIDE_KEY] = scratch.tally[s, TALLY_KEY]
        wide[at, WIDE_SCORE] = scratch.subjects[s, SCORE]
        wide[at, WIDE_START] = scratch.subjects[s, START]
        wide[at, WIDE_PUBLISHED] = scratch.subjects[s, PUBLISHED]
        small[at, SMALL_EVENTS] = scratch.tally[s, TALLY_EVENTS]
        small[at, SMALL_ENTRIES] = scratch.subjects[s, N_ENTRIES]
        small[at, SMALL_LAST] = scratch.subjects[s, LAST_POSTED]
        small[at, SMALL_PUBLISHED_HOLD] = scratch.subjects[s, PUBLISHED_HOLD]
        small[at, SMALL_HOLD] = scratch.subjects[s, HOLD]
        small[at, SMALL_HELD_UNTIL] = scratch.subjects[s, HELD_UNTIL]


@kernel
def place_subjects(
    wide: Array, small: Array, places: Array, ids: Array, events: Array, table: Array, has_more: bool
) -> None:
    """Write settled subjects to their places: `ids` (n,), `events` (n,), and their state, `table` (SUBJECT_WIDTH, n).

    Without `has_more` what stands only where a scheme restarts, holds tiers or publishes late is left out.
    """
    for k in range(places.size):
        at = places[k]
        ids[at] = wide[k, WIDE_KEY]
        events[at] = small[k, SMALL_EVENTS]
        table[SCORE, at] = wide[k, WIDE_SCORE]
        table[N_ENTRIES, at] = small[k, SMALL_ENTRIES]
        table[LAST_POSTED, at] = small[k, SMALL_LAST]
        if has_more:
            table[START, at] = wide[k, WIDE_START]
            table[PUBLISHED, at] = wide[k, WIDE_PUBLISHED]
            table[PUBLISHED_HOLD, at] = small[k, SMALL_PUBLISHED_HOLD]
            table[HOLD, at] = small[k, SMALL_HOLD]
            table[HELD_UNTIL, at] = small[k, SMALL_HELD_UNTIL]
