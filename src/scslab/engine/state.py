"""Settle in steps: a state that takes in events as time goes on, and gives the same answer as settling at once.

Subjects whose past is not touched go on from where they stood. A subject is settled afresh from its whole history
when a new row reaches
into its past: a late event, a correction, or an id that was there before.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scslab.engine.compile import Compiled, compile_scheme
from scslab.engine.fold import allocate_memory, fold_subjects, start_subjects
from scslab.engine.frames import build_entries, build_standings, build_unposted
from scslab.engine.kernel_fold import Memory, Subjects
from scslab.engine.prepare import find_window, prepare, select_events
from scslab.ground.problems import Problem, ProblemsError
from scslab.ledger.load import Ledger, load, set_aside_after
from scslab.scheme.model import Scheme


@dataclass(frozen=True, slots=True)
class State:
    """Where every subject stands at the end of a day, and what is needed to go on from there.

    Attributes:
        until: the last day that is settled; None before the first step.
        subject_ids: ids of all subjects with events, ascending.
        subjects: their state, aligned with `subject_ids`.
        memory: remembered entries of all subjects; `reference` has the event of each.
        events: how many events each subject has.
        history: all rows taken in so far, as they came (canonical columns).
        tables: entries, unposted events and set-aside rows so far, in pieces.
    """

    compiled: Compiled
    until: date | None
    subject_ids: pl.Series
    subjects: Subjects
    memory: Memory
    reference: pl.DataFrame
    events: NDArray[np.int32]
    history: tuple[pl.DataFrame, ...]
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
        return build_standings(
            self.compiled,
            self.subject_ids,
            self.subjects,
            self.events,
            as_of=window.as_of,
            published=window.published,
        )

    def collect_entries(self) -> pl.DataFrame:
        """All entries so far, as `Settlement.entries`."""
        return pl.concat(self.entries, how="diagonal_relaxed").sort("subject_id", "seq")

    def collect_unposted(self) -> pl.DataFrame:
        """All events so far that posted nothing, as `Settlement.unposted`."""
        return pl.concat(self.unposted).sort("subject_id", "posted_on", "event_id")


def start(scheme: Scheme, *, threads: int = 2) -> State:
    """The state before the first event.

    Args:
        scheme: the scheme to settle under.
        threads: how many threads may work at a time; the result does not depend on it.
    """
    compiled = compile_scheme(scheme)
    return State(
        compiled,
        None,
        pl.Series("subject_id", [], dtype=pl.Null),
        start_subjects(compiled, 0),
        allocate_memory(0),
        pl.DataFrame(),
        np.empty(0, np.int32),
        (),
        threads=threads,
    )


def advance(state: State, new_events: Any, until: date, *, subjects: pl.DataFrame | None = None) -> State:
    """Take in new events and settle up to a day.

    Args:
        state: where to go on from; it is left as it was.
        new_events: rows in canonical columns, or a file (see `scslab.ledger.load`).
        until: the new last day; later events are set aside.
        subjects: the table of subjects, where conditions read it.

    Returns:
        The new state: the same as if all rows so far had been settled at once with `as_of=until`.

    Raises:
        ProblemsError: `until` lies before the state's last day (R010), or the rows cannot be used at all.
    """
    if state.until is not None and until < state.until:
        help_line = "settle afresh with an earlier `as_of`, or keep the earlier state"
        raise ProblemsError([Problem("R010", f"{until} is before {state.until}, the state's last day", help=help_line)])
    compiled, scheme = state.compiled, state.scheme
    rows = read_rows(new_events, scheme)
    dirty = _find_dirty(state, rows)
    past = [piece.filter(pl.col("subject_id").is_in(dirty.implode())) for piece in state.history]
    again = pl.concat([*past, rows.filter(pl.col("subject_id").is_in(dirty.implode()))], how="diagonal_relaxed")
    onward = rows.filter(~pl.col("subject_id").is_in(dirty.implode()))
    table = pl.concat([again, onward], how="diagonal_relaxed")
    ledger: Ledger = load(table, scheme, subjects=subjects) if table.height else _load_nothing(rows, scheme)
    events, late = set_aside_after(ledger.frame, until, scheme)
    prepared = prepare(compiled, select_events(compiled, events.lazy(), subjects).collect(), threads=state.threads)

    # All subjects go on: also one without new events may see an entry lapse or a year begin.
    seen = [state.subject_ids, prepared.subject_ids] if state.until else [prepared.subject_ids]
    ids = pl.concat(seen).unique().sort()
    kept = (~state.subject_ids.is_in(dirty.implode())).to_numpy() if state.until else np.empty(0, np.bool_)
    old = _positions(ids, state.subject_ids)[kept] if state.until else np.empty(0, np.int64)
    now = _positions(ids, prepared.subject_ids)
    gone = _without_events(ids, old, now)
    if gone.any():  # every event of a dirty subject may have been retracted
        ids = ids.filter(pl.Series(~gone))
        old = _positions(ids, state.subject_ids.filter(pl.Series(kept)))
        now = _positions(ids, prepared.subject_ids)
    resumed = start_subjects(compiled, len(ids))
    counts = np.zeros(len(ids), np.int32)
    for column, before in zip(resumed, state.subjects, strict=True):
        column[old] = before[kept]
    counts[old] = state.events[kept]
    resumed.is_fresh[old] = False
    resumed.acting[:] = 0
    grouped, needed = prepared.grouped, np.zeros(len(ids), np.int32)
    resumed.begin[now], resumed.acting[now] = grouped.begin[grouped.order], grouped.acting[grouped.order]
    needed[now] = grouped.entries[grouped.order]
    counts[now] += grouped.events[grouped.order]
    window = find_window(compiled, until, after=-1 if state.until is None else find_window(compiled, state.until).as_of)
    blocks = fold_subjects(
        compiled, window, resumed, np.arange(len(ids)), needed, grouped, prepared.classified.values, state.memory,
        threads=state.threads, keep=True, is_itemised=True,
    )  # fmt: skip
    base = prepared.events.height
    known = (
        pl.concat([prepared.events, state.reference], how="diagonal_relaxed")
        if state.reference.height
        else prepared.events
    )
    pieces: list[pl.DataFrame] = []
    while True:
        try:
            block = next(blocks)
        except StopIteration as done:
            folded = done.value
            break
        at = block.columns.row
        at[at < -1] = base - (at[at < -1] + 2)
        pieces.append(build_entries(compiled, block, known, ids))
    at = folded.memory.row
    at[at < -1] = base - (at[at < -1] + 2)
    reference = known[at]
    memory = folded.memory._replace(row=-(np.arange(at.size, dtype=np.int64) + 2))
    unposted = build_unposted(prepared.events, prepared.days, prepared.classified.reasons)
    is_clean = ~pl.col("subject_id").is_in(dirty.implode())
    return replace(
        state,
        until=until,
        subject_ids=ids,
        subjects=folded.subjects,
        memory=memory,
        reference=reference,
        events=counts,
        history=(*state.history, rows),
        entries=(*(piece.filter(is_clean) for piece in state.entries), *pieces),
        unposted=(*(piece.filter(is_clean) for piece in state.unposted), unposted),
        set_aside=(*(piece.filter(is_clean) for piece in state.set_aside), ledger.set_aside, late),
    )
