"""An index that goes on: new events are taken in, and only publications are made that are new or of a changed past."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
import polars as pl

from scslab.engine.advance import find_dirty, read_rows
from scslab.engine.calendar import day_number
from scslab.engine.classify import pack
from scslab.engine.consequences.follow import Followed
from scslab.engine.consequences.stage import tell_consequences
from scslab.engine.frames import build_unposted
from scslab.engine.index.compile import CompiledIndex, compile_index
from scslab.engine.index.consequences import (
    decide_events,
    decide_publications,
    find_index_window,
    follow_index,
    needs_record,
    start_index_trace,
)
from scslab.engine.index.frames import build_index_standings, build_tables
from scslab.engine.index.publish import build_days, make_empty_block, publish_subjects
from scslab.engine.index.scores import Scores, align_scores
from scslab.engine.index.settling import prepare_index
from scslab.engine.objection.challenges import tell_objections
from scslab.engine.selection import build_posting_date, select_events
from scslab.ground.problems import Problem, ProblemsError
from scslab.ledger.columns import ROW, SUBJECT_ID
from scslab.ledger.corrections import resolve_corrections
from scslab.ledger.duplicates import set_duplicates_aside
from scslab.scheme.model import Scheme


@dataclass(frozen=True, slots=True)
class IndexState:
    """Where every subject of an index stands at the end of a day.

    Attributes:
        until: the last day that is settled; None before the first step.
        history: all valid rows so far, as they came: windows look back, so that all of it is read again.
        rows_in: how many rows have come in.
        standings: those of the last settled day, of all subjects with events.
        publications, contributions: the tables of a `Settlement`, in pieces; the tiers of these publications are those
            of the score alone.
        followed: what followed from all of them; None where nothing does.
        memberships, measures, objections: the tables of a `Settlement`.
        unposted: the events so far that no indicator counts and that changed no list.
        flaws: lines of the problems table of rows that cannot be used; `refused` those of duplicates and corrections.
    """

    compiled: CompiledIndex
    until: date | None = None
    history: tuple[pl.DataFrame, ...] = ()
    rows_in: int = 0
    standings: pl.DataFrame | None = None
    publications: tuple[pl.DataFrame, ...] = ()
    contributions: tuple[pl.DataFrame, ...] = ()
    followed: Followed | None = None
    memberships: pl.DataFrame | None = None
    measures: pl.DataFrame | None = None
    objections: pl.DataFrame | None = None
    unposted: pl.DataFrame | None = None
    flaws: tuple[pl.DataFrame, ...] = ()
    refused: tuple[pl.DataFrame, ...] = ()
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
        if self.standings is None:
            raise ValueError("the state has not been advanced yet: there is no day to stand on")
        return self.standings

    def collect_publications(self) -> pl.DataFrame:
        """All publications so far, as `Settlement.publications`."""
        table = pl.concat(self.publications).sort("subject_id", "published_on")
        if self.followed is None or not needs_record(self.compiled):
            return table
        return decide_publications(self.compiled, table, self.followed)

    def collect_contributions(self) -> pl.DataFrame:
        """What all publications so far consist of, as `Settlement.contributions`."""
        # The order within a publication is that of the file, which a stable sort keeps.
        return pl.concat(self.contributions).sort("subject_id", "published_on", maintain_order=True)

    def collect_memberships(self) -> pl.DataFrame:
        """All memberships so far, as `Settlement.memberships`.

        Raises:
            ValueError: nothing has been settled yet.
        """
        if self.memberships is None:
            raise ValueError("the state has not been advanced yet: nobody has been on a list")
        return self.memberships

    def collect_objections(self) -> pl.DataFrame | None:
        """All objections so far, as `Settlement.objections`."""
        return self.objections

    def collect_measures(self) -> pl.DataFrame:
        """All measures so far, as `Settlement.measures`.

        Raises:
            ValueError: nothing has been settled yet.
        """
        if self.measures is None:
            raise ValueError("the state has not been advanced yet: no measure has applied")
        return self.measures

    def collect_unposted(self) -> pl.DataFrame:
        """All events so far that no indicator counts and that changed no list, as `Settlement.unposted`.

        Raises:
            ValueError: nothing has been settled yet.
        """
        if self.unposted is None:
            raise ValueError("the state has not been advanced yet: no event has been looked at")
        return self.unposted

    def collect_set_aside(self) -> pl.DataFrame:
        """All rows so far that were set aside, as `Settlement.set_aside`; rows are numbered on from batch to batch."""
        return pl.concat([*self.flaws, *self.refused]).sort("row")


def start_index(scheme: Scheme, *, threads: int = 2) -> IndexState:
    """The state of an index before the first event."""
    return IndexState(compile_index(scheme), threads=threads)


def advance_index(
    state: IndexState,
    new_events: Any,
    until: date,
    *,
    subjects: pl.DataFrame | None = None,
    scores: Scores | None = None,
) -> IndexState:
    """Take in new events and publish up to a day.

    Args:
        state: where to go on from; it is left as it was.
        new_events: rows in canonical columns: a frame or a file. Events that post after `until` wait.
        until: the new last day.
        subjects: the table of subjects, where conditions or indicators read it.
        scores: what other schemes published so far, where indicators read it.

    Returns:
        The new state, the same as if all rows so far had been settled at once with `as_of=until`.

    Raises:
        ProblemsError: `until` lies before the state's last day (R010), ids changed their kind (R011), or the table
            cannot be used.
    """
    if state.until is not None and until < state.until:
        hint = "settle afresh with an earlier `as_of`, or keep the earlier state"
        raise ProblemsError([Problem("R010", f"{until} is before {state.until}, the state's last day", help=hint)])
    compiled, threads = state.compiled, state.threads
    rows, flaws = read_rows(state, new_events)
    history = (*state.history, rows)
    unique, repeated = set_duplicates_aside(pl.concat(history, how="diagonal"))
    resolved, refused = resolve_corrections(unique, state.scheme)
    posted = resolved.filter(build_posting_date(state.scheme.score.posts_on) <= until)
    selected = select_events(compiled.listening, posted.lazy(), subjects).collect()
    classified = pack(compiled.listening, selected, threads=threads)
    prepared = prepare_index(compiled, selected, subjects, threads=threads, classified=classified, has_idle=False)
    days, record, ids = build_days(compiled, until), prepared.record, prepared.ids
    # A day that is published only because it was the last one is no publication of a later run.
    is_afresh = state.until is None or days.is_daily
    dirty = find_dirty(state, rows)
    is_kept = pl.lit(False) if is_afresh else ~pl.col(SUBJECT_ID).is_in(dirty.implode())
    if state.until is not None and not is_afresh:
        is_clean = ~ids.is_in(dirty.implode()).to_numpy()
        record = record._replace(after=np.where(is_clean, day_number(state.until), -1))
    last = np.full(len(ids), -1, np.int64), np.zeros(len(ids), np.int64)
    made = [
        piece
        for _, piece in publish_subjects(
            compiled, days, record, align_scores(compiled, scores, ids),
            lambda block: build_tables(compiled, block, ids), threads=threads, is_itemised=True, last=last,
        )
    ]  # fmt: skip
    made = made or [build_tables(compiled, make_empty_block(compiled, last), ids)]
    publications = (*(piece.filter(is_kept) for piece in state.publications), *(piece[0] for piece in made))
    trace = start_index_trace(compiled, is_itemised=True)
    trace.add_table(compiled, pl.concat(publications).sort("subject_id", "published_on"), ids)
    followed = follow_index(prepared, days, trace, {}, threads=threads)
    classified, challenges = decide_events(prepared, days, followed)
    standings = build_index_standings(compiled, ids, *last, record.events)
    told = tell_consequences(compiled.plain, find_index_window(days), standings, prepared.events, followed)
    return replace(
        state,
        until=until,
        history=history,
        rows_in=state.rows_in + rows.height + flaws[ROW].n_unique(),
        standings=told.standings,
        publications=publications,
        contributions=(
            *(piece.filter(is_kept) for piece in state.contributions),
            *(piece[1] for piece in made),
        ),
        followed=followed,
        memberships=told.memberships,
        measures=told.measures,
        objections=tell_objections(compiled.scheme, challenges, ids, prepared.events),
        unposted=build_unposted(prepared.events, classified.words, classified.reasons),
        flaws=(*state.flaws, flaws),
        refused=(repeated, refused),
    )
