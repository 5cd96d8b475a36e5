"""Bring the events of each subject together: partition by hash, group within a bucket, on one or more threads.

Partitioning first keeps each bucket in the processor's cache, where looking up an id costs little. Neither the
buckets nor the threads
show in the result: subjects are given in the order of their ids.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scslab.engine.calendar import LAST_DAY
from scslab.engine.kernel_group import DAY_SHIFT, EMPTY, count_buckets, group, order_by_day, scatter_buckets
from scslab.engine.threads import run_threads
from scslab.ledger.order import id_sort_keys

EVENTS_PER_BUCKET = 32_768
"""About what the second-level cache of a core holds."""


@dataclass(frozen=True, slots=True)
class Grouped:
    """Acting events by subject.

    Attributes:
        words, rows: the acting events, those of one subject side by side, in order of day and event id.
        order: positions of the subjects (in the arrays below) by ascending id.
        ids: the ids of the subjects in that order, ascending.
        begin, acting: where its acting events begin, and how many there are.
        events: how many events it has, acting or not.
        entries: how many entries its events post.
        first: the row of its first event, acting or not.
    """

    words: NDArray[np.uint64]
    rows: NDArray[np.int32]
    order: NDArray[np.int64]
    ids: pl.Series
    begin: NDArray[np.int64]
    acting: NDArray[np.int32]
    events: NDArray[np.int32]
    entries: NDArray[np.int32]
    first: NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Keys:
    """Subject ids as numbers: the ids themselves, or hashes of text with a second hash to catch clashes."""

    ids: NDArray[np.uint64]
    check: NDArray[np.uint64]


def number_subjects(subjects: pl.Series, *, is_exact: bool = False) -> Keys:
    """Ids as 64-bit numbers; with `is_exact` text is ranked instead of hashed (slow, and never clashes)."""
    nothing = np.empty(0, np.uint64)
    if subjects.dtype.is_integer():
        signed = subjects if subjects.dtype == pl.UInt64 else subjects.cast(pl.Int64)
        return Keys(signed.to_numpy().view(np.uint64), nothing)
    if is_exact:
        return Keys(subjects.rank("dense").cast(pl.UInt64).to_numpy(), nothing)
    return Keys(subjects.hash(0).to_numpy(), subjects.hash(0x5C51AB).to_numpy())


def group_events(
    subjects: pl.Series, words: NDArray[np.uint64], *, is_sorted: bool, threads: int, is_exact: bool = False
) -> Grouped:
    """Group classified events by subject.

    Args:
        subjects: the subject id of each row, text or whole numbers.
        words: the word of each row (see `kernel_group`).
        is_sorted: whether the rows are in order of day already.
        threads: how many threads may work at a time.
        is_exact: rank text ids instead of hashing them.
    """
    keys = number_subjects(subjects, is_exact=is_exact)
    n = words.size
    rows = np.empty(0, np.int32)
    if not is_sorted:
        rows = np.empty(n, np.int32)
        order_by_day(words, np.zeros(LAST_DAY + 2, np.int64), rows)
    part = _partition(keys.ids, words, rows, threads)
    out_words, out_rows = np.empty(n, np.uint64), np.empty(n, np.int32)
    share = np.array_split(np.arange(part.buckets), min(threads, part.buckets))
    found = run_threads(
        [lambda mine=mine: _group_buckets(part, keys.check, mine, out_words, out_rows) for mine in share], threads
    )
    if any(piece is None for piece in found):
        return group_events(subjects, words, is_sorted=is_sorted, threads=threads, is_exact=True)
    pieces = [piece for piece in found if piece is not None]
    key, first, begin, acting, events, entries = (
        np.concatenate([piece[k] for piece in pieces]) for k in range(len(pieces[0]))
    )
    if subjects.dtype.is_integer():
        numbers = key if subjects.dtype == pl.UInt64 else key.view(np.int64)
        order = np.argsort(numbers)  # every id is there once, so any kind of sort gives the same order
        ids = pl.Series(subjects.name, numbers[order]).cast(subjects.dtype)
    else:
        texts = subjects.gather(first)
        # An array that cannot be written to would be another type to the kernels, and compiled for anew.
        order = texts.arg_sort().cast(pl.Int64).to_numpy(writable=True)
        ids = texts.gather(order)
    return Grouped(out_words, out_rows, order, ids, begin, acting, events, entries, first)


@dataclass(frozen=True, slots=True)
class _Partition:
    """Events by bucket: id, word and row, shape (n, 3); bucket b is `bounds[b]:bounds[b + 1]`."""

    table: NDArray[np.uint64]
    bounds: NDArray[np.int64]

    @property
    def buckets(self) -> int:
        return self.bounds.size - 1


def choose_buckets(n: int) -> tuple[np.uint64, int]:
    """How many buckets suit `n` events, and what `kernel_group.find_bucket` must know of it."""
    bits = max(0, min(12, (max(1, n) // EVENTS_PER_BUCKET).bit_length()))
    return np.uint64(12 - bits), 1 << bits


def _partition(ids: NDArray[np.uint64], words: NDArray[np.uint64], rows: NDArray[np.int32], threads: int) -> _Partition:
    n = ids.size
    spare, buckets = choose_buckets(n)
    edges = np.linspace(0, n, threads + 1).astype(np.int64)
    counts = np.zeros((threads, buckets), np.int64)
    run_threads(
        [lambda t=t: count_buckets(ids, rows, edges[t], edges[t + 1], spare, counts[t]) for t in range(threads)],
        threads,
    )
    # Within a bucket the rows of an earlier thread come first, so the order does not depend on the threads.
    flat = np.concatenate([[0], np.cumsum(counts.T.ravel())])
    position = flat[:-1].reshape(buckets, threads).T.copy()  # scattering moves it on, while `flat` stays
    out = np.empty((n, 3), np.uint64)
    run_threads(
        [
            lambda t=t: scatter_buckets(ids, words, rows, edges[t], edges[t + 1], spare, position[t], out)
            for t in range(threads)
        ],
        threads,
    )
    return _Partition(out, flat[::threads][: buckets + 1])


def _group_buckets(
    part: _Partition,
    check: NDArray[np.uint64],
    buckets: NDArray[np.int64],
    out_words: NDArray[np.uint64],
    out_rows: NDArray[np.int32],
) -> tuple[NDArray[Any], ...] | None:
    """Group some buckets; None where two texts share a hash."""
    size = int(np.diff(part.bounds)[buckets].max(initial=1))
    slots = np.full(1 << max(4, (2 * size - 1).bit_length()), EMPTY, np.int32)
    owner = np.empty(size, np.int32)
    room = (
        np.empty(size, np.uint64),  # key
        np.empty(size, np.int32),  # first
        np.empty(size, np.int64),  # begin
        np.empty(size, np.int32),  # acting
        np.empty(size, np.int32),  # events
        np.empty(size, np.int32),  # entries
    )
    found: list[tuple[NDArray[Any], ...]] = []
    for bucket in buckets:
        low, high = int(part.bounds[bucket]), int(part.bounds[bucket + 1])
        n = group(part.table, check, low, high, slots, owner, out_words, out_rows, *room)
        if n < 0:
            return None
        found.append(tuple(column[:n].copy() for column in room))
    return tuple(np.concatenate([piece[k] for piece in found]) for k in range(len(room)))


def order_ties(grouped: Grouped, event_ids: pl.Series) -> None:
    """Put events of one subject on one day in the order of their ids (shorter first, then byte by byte), in place."""
    day = grouped.words >> DAY_SHIFT
    n = grouped.words.size
    owner = np.zeros(n, np.int32)
    is_used = np.zeros(n, bool)
    for_each = np.repeat(np.arange(grouped.begin.size, dtype=np.int32), grouped.acting)
    at = np.repeat(grouped.begin, grouped.acting) + _count_up(grouped.acting)
    owner[at], is_used[at] = for_each, True
    is_tied = np.zeros(n, bool)
    same = (day[1:] == day[:-1]) & (owner[1:] == owner[:-1]) & is_used[1:] & is_used[:-1]
    is_tied[1:] |= same
    is_tied[:-1] |= same
    position = np.flatnonzero(is_tied)
    if position.size == 0:
        return
    ids = event_ids.gather(grouped.rows[position])
    table = pl.DataFrame({"owner": owner[position], "day": day[position], "id": ids, "at": position})
    by_id = id_sort_keys(pl.col("id"), is_text=not ids.dtype.is_integer())
    ordered = table.sort("owner", "day", *by_id)["at"].to_numpy()
    # `position` is ascending and groups are side by side, so sorted groups take the places of the unsorted ones.
    places = table.sort("owner", "day", "at")["at"].to_numpy()
    grouped.words[places], grouped.rows[places] = grouped.words[ordered], grouped.rows[ordered]


def _count_up(lengths: NDArray[np.int32]) -> NDArray[np.int64]:
    """0, 1, … for each length, side by side."""
    ends = np.cumsum(lengths.astype(np.int64))
    return np.arange(int(ends[-1]) if ends.size else 0) - np.repeat(ends - lengths, lengths)
