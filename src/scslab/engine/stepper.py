"""Settling step by step for a program that makes the events itself: a simulation, month by month.

A stepper trusts its caller: subjects are numbers 0 … n - 1, event ids are whole numbers that are given once, events are
valid and post after the last step. Then nothing has to be looked up or checked again, and the standings come back as
arrays. What it settles is what `settle` would: its tables are those of `settle` on the ledger of all batches.

Schemes whose standings hang on lists, windows, objections, links or on the date of the deed are settled anew at each
step (`stepper_anew`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scslab.engine.calendar import day_number, day_of
from scslab.engine.carried import Carried
from scslab.engine.compile import Compiled, compile_scheme
from scslab.engine.fold import fold_subjects
from scslab.engine.fold_tables import allocate_memory, start_subjects
from scslab.engine.frames import build_entries, build_no_entries, build_unposted
from scslab.engine.frames_standings import find_tiers
from scslab.engine.layout import (
    ACTING,
    BEGIN,
    E_ROW,
    HOLD,
    IS_FRESH,
    PUBLISHED,
    PUBLISHED_HOLD,
    SCORE,
    Array,
)
from scslab.engine.needs import has_story, needs_walk
from scslab.engine.prepare import Prepared, find_window, prepare
from scslab.engine.selection import select_events
from scslab.engine.settling import start_idle
from scslab.engine.standing import NOBODY, Standing
from scslab.engine.stepper_anew import Anew, open_anew, step_anew
from scslab.ground.dates import EARLIEST
from scslab.ledger.columns import SUBJECT_ID, TYPE, build_type_enum
from scslab.scheme.model import PostsOn, Scheme, ScoreKind

if TYPE_CHECKING:
    from scslab.engine.index.scores import Scores


@dataclass(slots=True)
class Stepper:
    """A settlement that goes on; make one with `open_stepper`.

    Attributes:
        place: where each subject stands in `subjects`; -1: it has had no event yet.
        who: the subjects in `subjects`, in the order in which they came.
        subjects, memory: state and remembered entries, as in `state.State`; `reference` holds their events.
        entries, unposted: the tables so far, in pieces.
        anew: the record where the stepper settles anew; else None.
        people: the table of subjects, where conditions read it.
        carried: starts that are carried over from the scheme before.
    """

    compiled: Compiled | None
    scheme: Scheme
    n: int
    threads: int
    keeps_entries: bool
    place: NDArray[np.int32]
    who: NDArray[np.int64]
    subjects: Array
    memory: Array
    events: NDArray[np.int32]
    until: date | None = None
    reference: pl.DataFrame = field(default_factory=pl.DataFrame)
    entries: list[pl.DataFrame] = field(default_factory=list[pl.DataFrame])
    unposted: list[pl.DataFrame] = field(default_factory=list[pl.DataFrame])
    anew: Anew | None = None
    people: pl.DataFrame | None = None
    carried: Carried | None = None

    @property
    def is_direct(self) -> bool:
        """Whether it goes on from arrays, and does not settle anew."""
        return self.anew is None


def is_plain(scheme: Scheme) -> bool:
    """Whether standings follow from points alone, posted on the day of the record.

    Example:
        >>> from scslab.scheme.catalogue import find_scheme
        >>> is_plain(find_scheme("rongcheng")), is_plain(find_scheme("hangzhou-qianjiang"))
        (True, False)
    """
    is_points = scheme.score.kind is ScoreKind.POINTS and scheme.score.posts_on is PostsOn.RECORDED
    return is_points and not (needs_walk(scheme) or has_story(scheme) or scheme.repairs or scheme.spread)


def open_stepper(
    scheme: Scheme, n: int, *, threads: int = 2, keeps_entries: bool = True, subjects: pl.DataFrame | None = None,
    links: pl.DataFrame | None = None, carried: Carried | None = None,
) -> Stepper:  # fmt: skip
    """A stepper for subjects 0 … n - 1, before the first event.

    Args:
        scheme: the scheme.
        n: how many subjects there can be.
        threads: how many threads may work at a time; the result does not depend on it.
        keeps_entries: whether `collect_entries` will be asked for; without, memory holds standings alone.
        subjects: the table of subjects, where conditions or indicators read it.
        links: links between subjects, where events of the scheme spread along them.
        carried: starts that are carried over from the scheme before (see `together.succession.carry_over`); an index
            and a scheme whose events spread carry nothing over.
    """
    is_direct = is_plain(scheme)
    compiled = compile_scheme(scheme) if is_direct else None
    width = start_subjects(compiled, 0) if compiled is not None else np.empty((0, 0), np.int64)
    return Stepper(
        compiled, scheme, n, threads, keeps_entries,
        np.full(n if is_direct else 0, NOBODY, np.int32), np.empty(0, np.int64), width, allocate_memory(0),
        np.empty(0, np.int32), people=subjects,
        anew=None if is_direct else open_anew(
            scheme, n, threads=threads, subjects=subjects, links=links, carried=carried
        ), carried=carried,
    )  # fmt: skip


def set_subjects(stepper: Stepper, subjects: pl.DataFrame) -> None:
    """Take another table of subjects, which says the same of everybody who had events: for the tables at the end."""
    stepper.people = subjects
    if stepper.anew is not None:
        stepper.anew.subjects, stepper.anew.whole = subjects, None


def set_scores(stepper: Stepper, scores: Scores) -> None:
    """Take all that other schemes published, in place of what steps were told: for the tables at the end."""
    if stepper.anew is not None:
        stepper.anew.scores = {name: [table.lazy().collect()] for name, table in scores.items()}
        stepper.anew.whole = None


def step(
    stepper: Stepper, batch: pl.DataFrame, until: date, *, subjects: pl.DataFrame | None = None,
    scores: Scores | None = None,
) -> Standing:  # fmt: skip
    """Settle a batch of events up to the end of a day, and tell what is published then.

    Args:
        stepper: goes on; it is changed.
        batch: `event_id` and `subject_id` (whole numbers), `type` (any text or Enum of the scheme's types),
            `occurred_on`, `recorded_on`, and attributes. Rows in any order; all post after the last step and not after
            `until`.
        until: the new last day, later than the one before.
        subjects: the table of subjects from now on, in place of the one before. What it says of those who had events
            before must be what was said then.
        scores: what other schemes published since the last step, where an index reads it: `subject_id, published_on,
            score` by scheme.

    Raises:
        ValueError: `until` is not later than the last step's day.
    """
    if stepper.until is not None and until <= stepper.until:
        raise ValueError(f"{until} is not after {stepper.until}, the last step's day")
    before, stepper.until = stepper.until, until
    if subjects is not None:
        stepper.people = subjects
    if stepper.anew is not None:
        return step_anew(stepper.anew, batch, until, subjects=subjects, scores=scores)
    _step_directly(stepper, batch, before, until, stepper.people)
    return _read_arrays(stepper)


def get_compiled(stepper: Stepper) -> Compiled:
    """The compiled scheme of a run that steps directly."""
    if stepper.compiled is None:
        raise AssertionError("a direct stepper has a compiled scheme")
    return stepper.compiled


def _step_directly(
    stepper: Stepper, batch: pl.DataFrame, before: date | None, until: date, subjects: pl.DataFrame | None
) -> None:
    compiled = get_compiled(stepper)
    after = -1 if before is None else day_number(before)
    events = batch.with_columns(pl.col(TYPE).cast(pl.String).cast(build_type_enum(compiled.scheme)))
    prepared = prepare(compiled, select_events(compiled, events.lazy(), subjects).collect(), threads=stepper.threads)
    acting = _enrol(stepper, prepared)
    base = prepared.events.height
    known = pl.concat([prepared.events, stepper.reference]) if stepper.reference.height else prepared.events
    blocks = fold_subjects(
        compiled,
        find_window(compiled, until, after),
        stepper.subjects,
        np.arange(stepper.who.size),
        acting,
        prepared.grouped,
        prepared.classified.values,
        stepper.memory,
        threads=stepper.threads,
        keep=True,
        is_itemised=stepper.keeps_entries,
    )
    names = pl.Series(SUBJECT_ID, stepper.who).cast(batch.schema[SUBJECT_ID])
    while True:
        try:
            block = next(blocks)
        except StopIteration as done:
            folded = done.value
            break
        if stepper.keeps_entries:
            _place_rows(block.columns.row, base)
            stepper.entries.append(build_entries(compiled, block, known, names))
    _place_rows(folded.memory[:, E_ROW], base)
    at, place = np.unique(folded.memory[:, E_ROW], return_inverse=True)
    folded.memory[:, E_ROW] = -(place + 2)
    stepper.memory, stepper.reference = folded.memory, known[at]
    stepper.subjects[:, IS_FRESH] = 0
    unposted = build_unposted(prepared.events, prepared.classified.words, prepared.classified.reasons)
    if unposted.height or not stepper.unposted:
        stepper.unposted.append(unposted)
    if not stepper.entries:
        stepper.entries.append(build_no_entries(compiled, known, names))


def _enrol(stepper: Stepper, prepared: Prepared) -> NDArray[np.int64]:
    """Gives new subjects a row and everybody their events of this step; returns how many entries these post."""
    grouped, compiled = prepared.grouped, get_compiled(stepper)
    ids = prepared.subject_ids.cast(pl.Int64).to_numpy()
    new = ids[stepper.place[ids] == NOBODY]
    if new.size:
        stepper.place[new] = stepper.who.size + np.arange(new.size, dtype=np.int32)
        stepper.who = np.concatenate([stepper.who, new])
        started = start_subjects(compiled, new.size)
        if stepper.carried is not None:
            stepper.carried.place(compiled, started, np.arange(new.size), pl.Series(SUBJECT_ID, new))
        stepper.subjects = np.concatenate([stepper.subjects, started])
        stepper.events = np.concatenate([stepper.events, np.zeros(new.size, np.int32)])
    at = stepper.place[ids]
    stepper.subjects[:, ACTING] = 0
    stepper.subjects[at, BEGIN], stepper.subjects[at, ACTING] = (
        grouped.begin[grouped.order],
        grouped.acting[grouped.order],
    )
    stepper.events[at] += grouped.events[grouped.order]
    entries = np.zeros(stepper.who.size, np.int64)
    entries[at] = grouped.entries[grouped.order]
    return entries


def _place_rows(rows: NDArray[np.int64], base: int) -> None:
    """Rows of earlier steps (-2, -3, …) become places behind the step's own events, in place."""
    past = rows < -1
    rows[past] = base - 2 - rows[past]


def _read_arrays(stepper: Stepper) -> Standing:
    compiled = get_compiled(stepper)
    window = find_window(compiled, stepper.until or date.max)
    # Who has had no event stands at the start, under yearly restarts that of the year.
    start_score = int(compiled.start[day_of(max(0, window.published)).year - EARLIEST.year])
    score = np.full(stepper.n, start_score, np.int64)
    if stepper.carried is not None:
        everybody = pl.Series(SUBJECT_ID, np.arange(stepper.n))
        idle = start_idle(compiled, everybody, window.as_of, window.published, stepper.carried)
        score = idle[:, PUBLISHED].copy()
    is_now = window.published == window.as_of
    own = stepper.subjects[:, SCORE if is_now else PUBLISHED]
    score[stepper.who] = own
    if window.published < 0:
        return Standing(np.full(stepper.n, NOBODY, np.int8), score)
    tier = find_tiers(compiled, score, window.published)
    held = stepper.subjects[:, HOLD if is_now else PUBLISHED_HOLD]
    tier[stepper.who] = np.where(held >= 0, np.minimum(tier[stepper.who], held), tier[stepper.who])
    return Standing(tier.astype(np.int8), score)
