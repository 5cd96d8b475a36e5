"""Prepare a run: classify and group valid events, so that the fold can settle them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scslab.engine.calendar import day_number
from scslab.engine.carried import Carried
from scslab.engine.classify import Classified, pack
from scslab.engine.compile import Compiled
from scslab.engine.consequences.path import Trace
from scslab.engine.fold import Folded, fold_subjects
from scslab.engine.fold_tables import start_subjects
from scslab.engine.frames import REASONS, build_entries
from scslab.engine.grouping import Grouped, group_events, order_ties
from scslab.engine.layout import ACTING, BEGIN, CAPPED_TO_NOTHING, CUT_BY_CAP, CUT_BY_CEILING, CUT_BY_FLOOR, Array
from scslab.engine.objection.stage import StoryRun, begin_story
from scslab.engine.progress import Progress, ignore_progress
from scslab.engine.selection import list_columns
from scslab.engine.window import Window
from scslab.ground.dates import EARLIEST, last_publication


def find_window(compiled: Compiled, as_of: date, after: int = -1) -> Window:
    """The days of a run; its last publication is -1 where nothing is published yet."""
    unit = compiled.scheme.score.published
    published = day_number(as_of) if unit is None else (last_publication(as_of, unit) - EARLIEST).days
    return Window(after, -1 if published < compiled.in_force_from else published, day_number(as_of))


@dataclass(slots=True)
class Prepared:
    """Events classified and grouped, ready to be folded.

    Attributes:
        events: the columns of `list_columns` that are wanted, one row an event.
        subject_ids: ids of the subjects that have events, ascending.
    """

    compiled: Compiled
    events: pl.DataFrame
    classified: Classified
    grouped: Grouped
    subject_ids: pl.Series


def prepare(
    compiled: Compiled,
    selected: pl.DataFrame,
    *,
    threads: int,
    are_ids_ascending: bool = False,
    classified: Classified | None = None,
) -> Prepared:
    """Classify and group events.

    Args:
        compiled: the scheme.
        selected: valid, unique events, corrections applied: the collected columns of `selection.select_events`, or
            those of `list_columns` where they are classified already.
        threads: how many threads may work at a time.
        are_ids_ascending: whether event ids ascend from row to row, so that ties need no look.
        classified: the words of the events, if they were packed while the ledger was read.
    """
    if classified is None:
        classified = pack(compiled, selected, threads=threads)
    grouped = group_events(selected["subject_id"], classified.words, is_sorted=classified.is_sorted, threads=threads)
    if not (are_ids_ascending and classified.is_sorted):
        order_ties(grouped, selected["event_id"])
    return Prepared(
        compiled,
        selected.select([name for name in list_columns(compiled.scheme) if name in selected.columns]),
        classified,
        grouped,
        grouped.ids,
    )


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the subjects of a run, by ascending id.

    Attributes:
        subjects: the state of each (columns: `layout`).
        events: how many events each has, acting or not.
        stats: counts by rule, shape (rules, 5).
    """

    subject_ids: pl.Series
    subjects: Array
    events: NDArray[np.int32]
    stats: NDArray[np.int64]


@dataclass(slots=True)
class Fresh:
    """A run from the beginning. Its entries must be exhausted before its outcome can be read.

    Attributes:
        trace: reads the path of the score off the entries, where something follows from it; then entries are made even
            if they are not wanted.
        carried: starts that are carried over from an earlier scheme.
        story: objections and repairs, once the entries are under way; None where there are none.
    """

    prepared: Prepared
    window: Window
    threads: int
    is_itemised: bool = True
    folded: Folded | None = None
    trace: Trace | None = None
    carried: Carried | None = None
    story: StoryRun | None = None

    def iterate_entries(self, progress: Progress = ignore_progress) -> Iterator[pl.DataFrame]:
        """Settle the subjects and give their entries by ascending subject, some subjects at a time."""
        prepared, grouped = self.prepared, self.prepared.grouped
        is_itemised = self.is_itemised or self.trace is not None
        subjects = start_subjects(prepared.compiled, grouped.order.size)
        subjects[:, BEGIN], subjects[:, ACTING] = grouped.begin, grouped.acting
        if self.carried is not None:
            self.carried.place(prepared.compiled, subjects, grouped.order, prepared.subject_ids)
        self.story = begin_story(prepared.compiled, prepared.events, prepared.classified, grouped, self.window.as_of)
        blocks = fold_subjects(
            prepared.compiled,
            self.window,
            subjects,
            # Where entries are not wanted, the order in memory is faster than the order of ids.
            grouped.order if is_itemised else np.arange(grouped.order.size),
            grouped.entries.astype(np.int64),
            grouped,
            prepared.classified.values,
            None,
            threads=self.threads,
            keep=False,
            is_itemised=is_itemised,
            plot=None if self.story is None else self.story.plot,
        )
        while True:
            try:
                block = next(blocks)
            except StopIteration as done:
                self.folded = done.value
                return
            progress("settling", block.share)
            if self.trace is not None:
                self.trace.add(block.columns)
            if self.is_itemised:
                yield build_entries(prepared.compiled, block, prepared.events, prepared.subject_ids)

    def get_folded(self) -> Folded:
        """The outcome.

        Raises:
            RuntimeError: the entries have not been exhausted.
        """
        if self.folded is None:
            raise RuntimeError("exhaust iterate_entries() before reading the outcome")
        return self.folded

    def get_outcome(self) -> Outcome:
        """What became of the subjects."""
        folded, grouped = self.get_folded(), self.prepared.grouped
        subjects = np.take(folded.subjects, grouped.order, axis=0)
        return Outcome(self.prepared.subject_ids, subjects, grouped.events[grouped.order], folded.stats)


def count_outcome(compiled: Compiled, classified: Classified, stats: NDArray[np.int64]) -> dict[str, Any]:
    """What became of the settled events: the fields of `Counts` that a run knows."""
    by_reason, totals = classified.counts.sum(axis=0), stats.sum(axis=0)
    rules = compiled.scheme.rules
    return {
        "events_settled": int(by_reason.sum()),
        "events_posted": int(by_reason[0]),
        "events_unposted": {name: int(by_reason[code]) for code, name in REASONS.items() if by_reason[code]},
        "undecided": {r.id: int(n) for r, n in zip(rules, classified.undecided, strict=False) if n},
        "capped_to_nothing": int(totals[CAPPED_TO_NOTHING]),
        "cut_by_cap": int(totals[CUT_BY_CAP]),
        "cut_by_floor": int(totals[CUT_BY_FLOOR]),
        "cut_by_ceiling": int(totals[CUT_BY_CEILING]),
    }
