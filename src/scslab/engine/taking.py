"""Take a table in batch by batch: each row goes into the bucket of its subject (`kernel_take`)."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scslab.engine import grouping
from scslab.engine.classify import Classified, build_matching, choose_slots, read_columns
from scslab.engine.compile import Compiled
from scslab.engine.kernel_decide import Matching
from scslab.engine.kernel_group import N_REASONS
from scslab.engine.kernel_take import CELLS_PER_CHUNK, CLEAN, NONE, Chains, Ranges, take_rows
from scslab.engine.programs import Programs, build_programs
from scslab.scheme.model import PostsOn

CHECKED = ("occurred_on", "recorded_on", "event_id", "subject_id")
"""The columns that are checked while they are taken; the ids are whole numbers (`pl.Int64`)."""
CELL_BITS = 13
"""Ids fall into up to 2^13 cells of equal width, most of which belong to one bucket: a table that the cache holds."""
MAX_BUCKETS = 1 << 12
EVEN_IDS = 1 << 11
"""How many ids are thought of beside those of a sample, evenly from the lowest to the highest."""


@dataclass(slots=True)
class Taker:
    """Takes a table in, batch by batch in the order of its rows."""

    compiled: Compiled
    matching: Matching
    programs: Programs
    ranges: Ranges
    chains: Chains
    is_by_occurrence: bool
    stack: NDArray[np.float64]
    values: NDArray[np.float64]
    undecided: NDArray[np.int64]
    counts: NDArray[np.int64]
    last: NDArray[np.int64]
    with_ids: NDArray[np.int64] | None

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
        columns = read_columns(batch, len(self.programs.columns))
        return bool(
            take_rows(
                self.matching, len(self.compiled.types), types, occurred, recorded, self.is_by_occurrence, ids,
                subjects, columns.addresses,
                batch["@under_age"].to_numpy() if "@under_age" in batch.columns else np.empty(0, np.bool_),
                self.stack, self.values, self.ranges, self.chains, self.undecided, self.counts, self.last,
                self.with_ids,
            )
            == CLEAN
        )  # fmt: skip

    def finish(self) -> Taken:
        """All that was taken."""
        none = np.empty(0, np.uint64), np.empty(0, np.uint8), np.empty((self.values.shape[0], 0), np.float64)
        classified = Classified(*none, self.undecided, self.counts, is_sorted=True)
        return Taken(self.chains, classified, int(self.last[0]), self.with_ids)


@dataclass(frozen=True, slots=True)
class Taken:
    """Events in buckets; `classified` has the counts only.

    Attributes:
        last_day: the day number of the last one.
        with_ids: an array of no length where records have the ids of their events (entries are wanted); else None.
    """

    chains: Chains
    classified: Classified
    last_day: int
    with_ids: NDArray[np.int64] | None

    @property
    def is_itemised(self) -> bool:
        """Whether entries can be told from it."""
        return self.with_ids is not None


def choose_ranges(sample: NDArray[np.int64], n: int) -> Ranges:
    """Ranges of ids, with about as many events in each as a bucket suits, as far as a sample of `n` events tells.

    Any ranges give the same result; where the sample tells little, some buckets are larger than the cache.
    """
    buckets = max(1, min(MAX_BUCKETS, n // grouping.EVENTS_PER_BUCKET))
    found = sample[sample >= 0]
    least, most = (int(found.min()), int(found.max())) if found.size else (0, 0)
    # A few ids are spread evenly: where ids rise with time the sample has some ranges of them only, and what lies
    # between would be one bucket.
    even = least + (most - least) // EVEN_IDS * np.arange(EVEN_IDS)
    ids = np.sort(np.concatenate([found, even])).astype(np.uint64)
    splitters = np.unique(ids[np.arange(1, buckets) * ids.size // buckets])
    low, span = ids[0], int(ids[-1] - ids[0])
    shift = np.uint64(max(0, span.bit_length() - CELL_BITS))
    # Where a cell has one splitter only, that may as well stand at its beginning: then the cell is of one bucket.
    _, count = np.unique((splitters - low) >> shift, return_counts=True)
    is_alone = np.repeat(count == 1, count)
    splitters = np.where(is_alone, low + (((splitters - low) >> shift) << shift), splitters)
    splitters = splitters[splitters > low]
    edges = low + (np.arange((span >> int(shift)) + 2, dtype=np.uint64) << shift)
    between = np.stack(
        [np.searchsorted(splitters, edges[:-1], side="right"), np.searchsorted(splitters, edges[1:], side="left")], 1
    )
    between[-1, 1] = splitters.size  # the last cell has all ids above it as well
    return Ranges(splitters, between.astype(np.uint16), low, shift)


def start_taking(compiled: Compiled, n: int, sample: NDArray[np.int64], *, is_itemised: bool) -> Taker:
    """A taker for `n` rows, whose subjects' ids are about those of a sample; `is_itemised`: entries are wanted."""
    slot, slots = choose_slots(compiled)
    programs = build_programs((*compiled.conditions, *compiled.formulas))
    ranges = choose_ranges(sample, n)
    buckets = ranges.splitters.size + 1
    # At the end of a chunk a record may not fit any more.
    most = 2 + slots + is_itemised
    chunks = n * most // (CELLS_PER_CHUNK - most + 1) + 1 + buckets
    cells = np.empty(chunks * CELLS_PER_CHUNK, np.uint64)
    offset = compiled.type_rules_offset
    has_values = [bool((slot[compiled.type_rules[low:high]] >= 0).any()) for low, high in pairwise(offset)]
    return Taker(
        compiled,
        build_matching(compiled, programs),
        programs,
        ranges,
        Chains(
            cells,
            cells.view(np.float64),
            np.empty(chunks, np.int32),
            np.empty(chunks, np.int32),
            np.full(buckets, NONE, np.int32),
            np.zeros(buckets, np.int64),
            np.zeros(buckets, np.int64),
            np.zeros(1, np.int64),
            np.array([slots * has for has in (*has_values, False)], np.int64),
        ),
        compiled.scheme.score.posts_on is PostsOn.OCCURRED,
        np.empty(programs.depth, np.float64),
        np.empty((slots, 1), np.float64),
        np.zeros(max(1, compiled.n_rules), np.int64),
        np.zeros((len(compiled.types) + 2, N_REASONS), np.int64),
        np.full(2, -1, np.int64),
        np.empty(0, np.int64) if is_itemised else None,
    )
