"""Take new events into a state: the same answer as settling everything at once.

Subjects whose past is not touched go on from where they stood. A subject is *dirty* when a new row reaches into its
past: a late event, a
correction, or an id that was there before. Dirty subjects are settled afresh from their whole history.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, overload

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scslab.engine.calendar import NEVER, day_number
from scslab.engine.consequences.history import find_first_days, list_heard
from scslab.engine.fold import Folded, fold_subjects
from scslab.engine.fold_tables import start_subjects
from scslab.engine.frames import build_entries, build_no_entries, build_unposted
from scslab.engine.layout import ACTING, BEGIN, E_ROW, IS_FRESH, Array
from scslab.engine.needs import has_story
from scslab.engine.objection.history import StepStory, begin_step, find_forgotten, keep_uses
from scslab.engine.prepare import Prepared, find_window, prepare
from scslab.engine.selection import build_posting_date, select_events
from scslab.engine.state import State
from scslab.ground.problems import Problem, ProblemsError
from scslab.ledger.columns import EVENT_ID, FLAW, ROW, SUBJECT_ID, TARGET, TYPE
from scslab.ledger.conform import conform
from scslab.ledger.corrections import resolve_corrections
from scslab.ledger.duplicates import set_duplicates_aside
from scslab.ledger.files import open_frame, open_table
from scslab.ledger.flaws import describe_flaws
from scslab.ledger.reading import collect_frame
from scslab.scheme.model import REPLACE, RETRACT, Scheme

if TYPE_CHECKING:
    from scslab.engine.index.state import IndexState


class Taken(Protocol):
    """A state, as far as what it has taken in: of a points scheme or of an index."""

    @property
    def scheme(self) -> Scheme: ...  # noqa: D102
    @property
    def until(self) -> date | None: ...  # noqa: D102
    @property
    def history(self) -> tuple[pl.DataFrame, ...]: ...  # noqa: D102
    @property
    def rows_in(self) -> int: ...  # noqa: D102


@overload
def advance(state: State, new_events: Any, until: date, *, subjects: pl.DataFrame | None = None) -> State: ...
@overload
def advance(state: IndexState, new_events: Any, until: date, *, subjects: pl.DataFrame | None = None) -> IndexState: ...
def advance(
    state: State | IndexState, new_events: Any, until: date, *, subjects: pl.DataFrame | None = None
) -> State | IndexState:
    """Take in new events and settle up to a day.

    Args:
        state: where to go on from; it is left as it was.
        new_events: rows in canonical columns: a Polars or pandas frame, or a file. Events that post after `until` wait.
        until: the new last day.
        subjects: the table of subjects, where conditions read it.

    Returns:
        The new state, the same as if all rows so far had been settled at once with `as_of=until`.

    Raises:
        ProblemsError: `until` lies before the state's last day (R010), ids changed their kind (R011), or the table
            cannot be used.
    """
    if not isinstance(state, State):
        from scslab.engine.index.state import advance_index

        return advance_index(state, new_events, until, subjects=subjects)
    if state.until is not None and until < state.until:
        hint = "settle afresh with an earlier `as_of`, or keep the earlier state"
        raise ProblemsError([Problem("R010", f"{until} is before {state.until}, the state's last day", help=hint)])
    rows, flaws = read_rows(state, new_events)
    posted = build_posting_date(state.scheme.score.posts_on)
    dirty = find_dirty(state, rows)
    if state.scheme.objection is not None:
        every = rows if state.waiting is None else pl.concat([state.waiting, rows], how="diagonal")
        dirty = pl.concat([dirty, find_forgotten(state, every.filter(posted <= until))]).unique()
    coming, lines = _resolve(state, rows, dirty)
    waiting = coming.filter(posted > until)
    selected = select_events(state.compiled, coming.filter(posted <= until).lazy(), subjects).collect()
    prepared = prepare(state.compiled, selected, threads=state.threads)
    step = _gather_subjects(state, prepared, dirty)
    story = None
    if has_story(state.scheme):
        story = begin_step(state, prepared, step.ids, step.subjects, dirty, until)
    known = _known_events(state, prepared, story)
    pieces, folded = _fold(state, prepared, step, until, known, story)
    memory = folded.memory
    at, place = np.unique(memory[:, E_ROW], return_inverse=True)
    memory[:, E_ROW] = -(place + 2)
    unposted = build_unposted(prepared.events, prepared.classified.words, prepared.classified.reasons)
    is_clean = ~pl.col(SUBJECT_ID).is_in(dirty.implode())
    is_line_clean = ~pl.col(SUBJECT_ID).is_in(dirty.cast(pl.String).implode(), nulls_equal=True)
    return replace(
        state,
        until=until,
        subject_ids=step.ids,
        subjects=folded.subjects,
        memory=memory,
        reference=known.select(prepared.events.columns)[at],
        events=step.events,
        history=(*state.history, rows),
        waiting=waiting,
        rows_in=state.rows_in + rows.height + flaws[ROW].n_unique(),
        entries=(*(piece.filter(is_clean) for piece in state.entries), *pieces),
        unposted=(*(piece.filter(is_clean) for piece in state.unposted), unposted),
        heard=(*(piece.filter(is_clean) for piece in state.heard), list_heard(prepared)),
        began=step.began,
        tales=folded.tales,
        filed=() if story is None else story.filed,
        uses=None if story is None else keep_uses(state, pieces, dirty, until),
        set_aside=(*(piece.filter(is_line_clean) for piece in state.set_aside), flaws, *lines),
    )


def read_rows(state: Taken, new_events: Any) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The valid rows, numbered on from those before, and the lines of the problems table for the others."""
    opened = open_table(Path(new_events)) if isinstance(new_events, str | Path) else open_frame(new_events)
    conformed = conform(opened.frame, state.scheme, opened.file)
    table = collect_frame(conformed.frame, opened.file)
    flaws = pl.concat([opened.broken, describe_flaws(conformed, state.scheme)])
    rows = table.filter(pl.col(FLAW) == 0).drop(FLAW)
    for before in state.history[:1]:
        for name in (EVENT_ID, SUBJECT_ID):
            if before[name].dtype.is_integer() != rows[name].dtype.is_integer():
                text = f"the column `{name}` held {before[name].dtype} before and holds {rows[name].dtype} now"
                raise ProblemsError([Problem("R011", text, help="give the ids of every batch the same type")])
        rows = rows.cast({name: before[name].dtype for name in (EVENT_ID, SUBJECT_ID)})
    number = (pl.col(ROW) + state.rows_in).cast(pl.UInt32)
    return rows.with_columns(number), flaws.with_columns(number)


def find_dirty(state: Taken, rows: pl.DataFrame) -> pl.Series:
    """Subjects into whose past a new row reaches."""
    is_correction = pl.col(TYPE).cast(pl.String).is_in([RETRACT, REPLACE])
    corrections = rows.filter(is_correction)
    touched = [corrections[SUBJECT_ID]]
    if state.until is not None:
        posted = build_posting_date(state.scheme.score.posts_on)
        touched.append(rows.filter(posted <= state.until)[SUBJECT_ID])
    new_ids, named = rows[EVENT_ID].cast(pl.String).implode(), corrections[TARGET].drop_nulls().implode()
    for piece in state.history:
        event_id = pl.col(EVENT_ID).cast(pl.String)
        # The same id again; the target of a new correction; an earlier correction that names a new event.
        is_met = event_id.is_in(new_ids) | event_id.is_in(named) | (is_correction & pl.col(TARGET).is_in(new_ids))
        met = piece.filter(is_met.fill_null(False))
        touched.append(met[SUBJECT_ID])
        again = rows.filter(pl.col(EVENT_ID).is_in(met[EVENT_ID].implode()))
        touched.append(again[SUBJECT_ID])
    return pl.concat(touched).unique()


def _resolve(state: State, rows: pl.DataFrame, dirty: pl.Series) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    """The events still to be settled, duplicates and corrections resolved; and the rows that are set aside."""
    is_dirty = pl.col(SUBJECT_ID).is_in(dirty.implode())
    again = [piece.filter(is_dirty) for piece in state.history]
    unique, repeated = set_duplicates_aside(pl.concat([*again, rows], how="diagonal"))
    resolved, refused = resolve_corrections(unique, state.scheme)
    waited = [state.waiting.filter(~is_dirty)] if state.waiting is not None else []
    return pl.concat([*waited, resolved], how="diagonal"), [repeated, refused]


@dataclass(frozen=True, slots=True)
class _Step:
    """The subjects of a step, ascending.

    Attributes:
        subjects: their state.
        entries: how many entries they may post.
        events: how many events they have; `began`: the day of the first.
    """

    ids: pl.Series
    subjects: Array
    entries: NDArray[np.int64]
    events: NDArray[np.int32]
    began: NDArray[np.int64]


def _gather_subjects(state: State, prepared: Prepared, dirty: pl.Series) -> _Step:
    """All subjects go on, also those without new events: an entry may lapse, a year may begin."""
    fresh, grouped = prepared.subject_ids, prepared.grouped
    if state.until is None:
        before, is_kept = fresh.head(0), np.empty(0, np.bool_)
    else:
        before = state.subject_ids
        is_kept = (~before.is_in(dirty.implode())).to_numpy()
    kept = before.filter(pl.Series(is_kept))
    ids = pl.concat([kept, fresh]).unique().sort()
    old, now = _find_positions(ids, kept), _find_positions(ids, fresh)
    subjects = start_subjects(state.compiled, len(ids))
    if state.carried is not None:
        state.carried.place(state.compiled, subjects, np.arange(len(ids)), ids)
    events, entries = np.zeros(len(ids), np.int32), np.zeros(len(ids), np.int64)
    if old.size:
        subjects[old] = state.subjects[is_kept]
        events[old] = state.events[is_kept]
        subjects[old, IS_FRESH] = 0
        subjects[:, ACTING] = 0
    subjects[now, BEGIN], subjects[now, ACTING] = grouped.begin[grouped.order], grouped.acting[grouped.order]
    entries[now] = grouped.entries[grouped.order]
    events[now] += grouped.events[grouped.order]
    began = np.full(len(ids), NEVER, np.int64)
    began[now] = find_first_days(prepared)
    if old.size:
        began[old] = state.began[is_kept]
    return _Step(ids, subjects, entries, events, began)


def _find_positions(ids: pl.Series, wanted: pl.Series) -> NDArray[np.int64]:
    """Where each of the wanted ids stands."""
    places = pl.DataFrame({"id": ids}).with_row_index("at")
    found = pl.DataFrame({"id": wanted}).join(places, on="id", how="left", maintain_order="left")
    return found["at"].cast(pl.Int64).to_numpy()


def _known_events(state: State, prepared: Prepared, story: StepStory | None) -> pl.DataFrame:
    """The events of this step, behind them those of remembered entries, then objections of earlier steps."""
    known = prepared.events if not state.reference.height else pl.concat([prepared.events, state.reference])
    if story is None or story.earlier.is_empty():
        return known
    return pl.concat([known, story.earlier.select(known.columns)])


def _fold(
    state: State, prepared: Prepared, step: _Step, until: date, known: pl.DataFrame, story: StepStory | None
) -> tuple[list[pl.DataFrame], Folded]:
    """Settle the step; rows before it (-2, -3, …) become places behind the step's own events."""
    after = -1 if state.until is None else day_number(state.until)
    base = prepared.events.height
    blocks = fold_subjects(
        state.compiled,
        find_window(state.compiled, until, after),
        step.subjects,
        np.arange(len(step.ids)),
        step.entries,
        prepared.grouped,
        prepared.classified.values,
        state.memory,
        threads=state.threads,
        keep=True,
        is_itemised=True,
        plot=None if story is None else story.plot,
    )
    pieces: list[pl.DataFrame] = []
    while True:
        try:
            block = next(blocks)
        except StopIteration as done:
            folded: Folded = done.value
            break
        _place_rows(block.columns.row, base)
        if block.target is not None:
            _place_rows(block.target, base)
        pieces.append(build_entries(state.compiled, block, known, step.ids))
    _place_rows(folded.memory[:, E_ROW], base)
    return pieces or [build_no_entries(state.compiled, known, step.ids)], folded


def _place_rows(rows: NDArray[np.int64], base: int) -> None:
    past = rows < -1
    rows[past] = base - 2 - rows[past]
