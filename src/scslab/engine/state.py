"""The state of a settlement that goes on: where every subject stands, and what is needed to go on from there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scslab.engine.compile import Compiled, compile_scheme
from scslab.engine.fold import allocate_memory, start_subjects
from scslab.engine.frames import build_standings
from scslab.engine.layout import Array
from scslab.engine.prepare import find_window
from scslab.scheme.model import Scheme


@dataclass(frozen=True, slots=True)
class State:
    """Where every subject stands at the end of a day.

    Attributes:
        until: the last day that is settled; None before the first step.
        subject_ids: ids of all subjects that have events, ascending.
        subjects: their state, aligned with `subject_ids`.
        memory: the entries that may still matter; `reference` holds the event of each.
        events: how many events each subject has.
        history: all valid rows so far, as they came.
        waiting: events that post after `until`, duplicates and corrections resolved.
        rows_in: how many rows have come in.
        entries, unposted, set_aside: the tables of a `Settlement`, in pieces.
    """

    compiled: Compiled
    until: date | None
    subject_ids: pl.Series
    subjects: Array
    memory: Array
    reference: pl.DataFrame
    events: NDArray[np.int32]
    history: tuple[pl.DataFrame, ...] = ()
    waiting: pl.DataFrame | None = None
    rows_in: int = 0
    entries: tuple[pl.DataFrame, ...] = ()
    unposted: tuple[pl.DataFrame, ...] = ()
    set_aside: tuple[pl.DataFrame, ...] = ()
    threads: int = 2

    @property
    def scheme(self) -> Scheme:
        """The scheme under which the state was settled."""
        return self.compiled.scheme

    def build_standings(self) -> pl.DataFrame:
        """All standings on the last settled day, as `Settlement.standings`.

        Raises:
            ValueError: nothing has been settled yet.
        """
        if self.until is None:
            raise ValueError("the state has not been advanced yet: there is no day to stand on")
        window = find_window(self.compiled, self.until)
        days = {"as_of": window.as_of, "published": window.published}
        return build_standings(self.compiled, self.subject_ids, self.subjects, self.events, **days)

    def collect_entries(self) -> pl.DataFrame:
        """All entries so far, as `Settlement.entries`."""
        return pl.concat(self.entries).sort("subject_id", "seq")

    def collect_unposted(self) -> pl.DataFrame:
        """All events so far that posted nothing, as `Settlement.unposted`."""
        return pl.concat(self.unposted).sort("subject_id", "posted_on", "event_id")

    def collect_set_aside(self) -> pl.DataFrame:
        """All rows so far that were set aside, as `Settlement.set_aside`; rows are numbered on from batch to batch."""
        return pl.concat(self.set_aside).sort("row")


def start(scheme: Scheme, *, threads: int = 2) -> State:
    """The state before the first event.

    Args:
        scheme: the scheme to settle under.
        threads: how many threads may work at a time; the result does not depend on it.
    """
    compiled = compile_scheme(scheme)
    none = pl.Series("subject_id", [], dtype=pl.Null)
    nothing = start_subjects(compiled, 0), allocate_memory(0), pl.DataFrame(), np.empty(0, np.int32)
    return State(compiled, None, none, *nothing, threads=threads)
