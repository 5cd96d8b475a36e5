"""Kernels that bring the events of each subject together, in order: sort by day, partition, group.

An event is one 64-bit word: day number (17 bits), type code (15 bits), and one bit for each rule of the type that acts.
Words compare like days, because the day stands in the highest bits.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from scslab.engine.jit import count_bits, inline, kernel
from scslab.engine.layout import Array, Int

DAY_SHIFT = np.uint64(47)
TYPE_SHIFT = np.uint64(32)
TYPE_MASK = np.uint64(0x7FFF)
RULES_MASK = np.uint64(0xFFFFFFFF)
ONE = np.uint64(1)
EMPTY = np.int32(-1)

(
    ACTS, NOT_IN_FORCE, UNDER_AGE, NO_RULE, NO_POINTS, UNDECIDED, NO_CONDITION, ONLY_COUNTED, NOTHING_TO_REPAIR,
    WITHOUT_TARGET, TOO_LATE, MADE_BEFORE, NO_OPEN_OBJECTION, N_REASONS,
) = range(14)  # fmt: skip
"""Why an event posts nothing (0: it posts). The order is that of docs/settling.md."""


@kernel
def order_by_day(words: Array, begin: Array, rows: Array) -> None:
    """Write to `rows` the row numbers in stable order of day, by counting; `begin` (LAST_DAY + 2, all 0) is scratch."""
    for i in range(words.size):
        begin[np.int64(words[i] >> DAY_SHIFT) + 1] += 1
    for d in range(begin.size - 1):
        begin[d + 1] += begin[d]
    for i in range(words.size):
        day = np.int64(words[i] >> DAY_SHIFT)
        rows[begin[day]] = i
        begin[day] += 1


@inline
def mix(x: Any) -> Any:
    """A 64-bit finaliser: every bit of the id moves every bit of the hash."""
    x = np.uint64(x)
    x ^= x >> np.uint64(33)
    x *= np.uint64(0xFF51AFD7ED558CCD)
    x ^= x >> np.uint64(33)
    x *= np.uint64(0xC4CEB9FE1A85EC53)
    x ^= x >> np.uint64(33)
    return x


@inline
def find_bucket(id_: Any, spare: Any) -> Int:
    """The bucket of an id: the top 12 bits of its hash, less the `spare` ones."""
    return np.int64((mix(id_) >> np.uint64(52)) >> spare)


@kernel
def count_buckets(ids: Array, rows: Array, low: Int, high: Int, spare: Any, counts: Array) -> None:
    """Count the events of each bucket among `low..high` of the order `rows` (empty: the order of the ids)."""
    is_plain = rows.size == 0
    for i in range(low, high):
        row = i if is_plain else rows[i]
        counts[find_bucket(ids[row], spare)] += 1


@kernel
def scatter_buckets(
    ids: Array, words: Array, rows: Array, low: Int, high: Int, spare: Any, position: Array, out: Array
) -> None:
    """Move the events `low..high` to their buckets, keeping their order.

    `position` holds where each bucket goes on; `out` (n, 3) takes id, word and row side by side, which is one stream
    of writes a bucket.
    """
    is_plain = rows.size == 0
    for i in range(low, high):
        row = i if is_plain else rows[i]
        bucket = find_bucket(ids[row], spare)
        at = position[bucket]
        position[bucket] = at + 1
        out[at, 0] = ids[row]
        out[at, 1] = words[row]
        out[at, 2] = row


@kernel
def group(
    part: Array, check: Array, low: Int, high: Int, slots: Array, owner: Array, out_words: Array, out_rows: Array,
        key: Array,
    first: Array, begin: Array, acting: Array, events: Array, entries: Array,
) -> Int:  # fmt: skip
    """Bring the events of each subject in one bucket together, dropping those under which no rule acts.

    `slots` (a power of two, all -1) and `owner` (high - low) are scratch. Writes the acting events to `out_words` and
    `out_rows` from
    `low` on, and for each subject of the bucket, in order of appearance: its `key`, the `first` row, where it begins,
        how many events
    act, how many there are, and how many entries they post. Where ids are hashes of text, `check` holds a second hash
    of each row.
    Returns the number of subjects, or -1 where two texts share one id. `slots` is left all -1.
    """
    is_hashed = check.size > 0
    is_clash = False
    # The table grows with the subjects, so that it stays in the cache where they are few.
    mask = np.uint64(min(slots.size, 1024) - 1)
    n = 0
    for i in range(low, high):
        id_ = part[i, 0]
        at = mix(id_) & mask
        while True:
            s = slots[at]
            if s == EMPTY:
                s = n
                slots[at] = s
                key[s] = id_
                first[s] = part[i, 2]
                acting[s] = 0
                events[s] = 0
                entries[s] = 0
                n += 1
                if np.uint64(2 * n) > mask and mask + ONE < np.uint64(slots.size):
                    slots[: np.int64(mask) + 1] = EMPTY
                    mask = (mask << ONE) | ONE
                    for k in range(n):
                        free = mix(key[k]) & mask
                        while slots[free] != EMPTY:
                            free = (free + ONE) & mask
                        slots[free] = k
                break
            if key[s] == id_:
                is_clash |= is_hashed and check[part[i, 2]] != check[first[s]]
                break
            at = (at + ONE) & mask
        owner[i - low] = s
        events[s] += 1
        bits = part[i, 1] & RULES_MASK
        if bits:
            acting[s] += 1
            entries[s] += np.int32(count_bits(bits))
    slots[: np.int64(mask) + 1] = EMPTY
    at = low
    for s in range(n):
        begin[s] = at
        at += acting[s]
    for i in range(low, high):
        if part[i, 1] & RULES_MASK:
            s = owner[i - low]
            out_words[begin[s]] = part[i, 1]
            out_rows[begin[s]] = part[i, 2]
            begin[s] += 1
    for s in range(n):
        begin[s] -= acting[s]
    return -1 if is_clash else n
