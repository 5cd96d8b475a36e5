"""A settlement under way, and how it is finished: standings, counts, provenance."""

from __future__ import annotations

import platform
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scslab.engine.calendar import day_of
from scslab.engine.carried import Carried
from scslab.engine.classify import Classified
from scslab.engine.compile import Compiled
from scslab.engine.consequences.follow import Followed
from scslab.engine.consequences.others import OtherLists
from scslab.engine.consequences.reasons import decide_reasons
from scslab.engine.consequences.stage import follow_prepared, start_trace, tell_consequences
from scslab.engine.fold_tables import start_subjects
from scslab.engine.frames import build_no_entries, build_no_unposted, build_unposted
from scslab.engine.frames_standings import build_standings
from scslab.engine.intake import Intake
from scslab.engine.layout import PUBLISHED, SCORE, START, Array
from scslab.engine.objection.challenges import Challenges, tell_objections
from scslab.engine.objection.filed import ROW
from scslab.engine.prepare import Fresh, Prepared, count_outcome, find_window, prepare
from scslab.engine.progress import Progress
from scslab.engine.settlement import Counts, Settlement
from scslab.engine.straight import Settled, Straight
from scslab.ground.version import VERSION
from scslab.scheme.model import Scheme


@dataclass(slots=True)
class Settling:
    """A settlement under way: iterate its entries to the end, then finish it.

    Attributes:
        others: memberships of lists of other schemes that this one reads, by `list@scheme`.
        carried: starts that are carried over from an earlier scheme.
        followed: what followed from the standings over time, once it is finished; None where nobody looked.
    """

    compiled: Compiled
    intake: Intake
    prepared: Prepared | None
    fresh: Fresh | Straight
    as_of: date
    known_at: date | None
    progress: Progress
    seconds: dict[str, float] = field(default_factory=dict[str, float])
    others: OtherLists = field(default_factory=dict[str, pl.DataFrame])
    carried: Carried | None = None
    followed: Followed | None = None

    def iterate_entries(self) -> Iterator[pl.DataFrame]:
        """The entries by ascending subject, some subjects at a time; at least one (possibly empty) table."""
        began = time.perf_counter()
        is_empty = True
        for piece in self.fresh.iterate_entries(self.progress):
            is_empty = False
            yield piece
        self.seconds["settle"] = time.perf_counter() - began
        if is_empty:
            if isinstance(self.fresh, Straight):
                events, ids = pl.DataFrame(), self.fresh.get_settled().standings["subject_id"]
            else:
                events, ids = self.fresh.prepared.events, self.fresh.prepared.subject_ids
            yield build_no_entries(self.compiled, events, ids)

    def _get_settled(self) -> Settled:
        if isinstance(self.fresh, Straight):
            return self.fresh.get_settled()
        outcome, window = self.fresh.get_outcome(), self.fresh.window
        standings = build_standings(
            self.compiled,
            outcome.subject_ids,
            outcome.subjects,
            outcome.events,
            as_of=window.as_of,
            published=window.published,
        )
        return Settled(standings, outcome.stats)

    def _get_classified(self) -> Classified:
        return self.fresh.taken.classified if isinstance(self.fresh, Straight) else self.fresh.prepared.classified

    def _follow(self) -> Followed | None:
        if isinstance(self.fresh, Straight) or self.fresh.trace is None:
            return None
        clock = time.perf_counter()
        subjects, path = self.fresh.get_outcome().subjects, self.fresh.trace.finish()
        threads = self.fresh.threads
        story = self.fresh.story
        followed = follow_prepared(
            self.fresh.prepared, self.fresh.window, subjects, path, self.others, threads=threads,
            acts=None if story is None else story.acts, carried=self.carried,
        )  # fmt: skip
        self.seconds["follow"] = time.perf_counter() - clock
        return followed

    def _finish_story(self, followed: Followed | None) -> Challenges | None:
        story = None if isinstance(self.fresh, Straight) else self.fresh.story
        return None if story is None else story.finish(None if followed is None else followed.act_codes)

    def _list_restored(self) -> NDArray[np.int64] | None:
        story = None if isinstance(self.fresh, Straight) else self.fresh.story
        return None if story is None else story.restored

    def finish(self, entries: pl.DataFrame, *, with_unposted: bool = True) -> Settlement:
        """The settlement, once the entries have been iterated to the end."""
        compiled, intake, window = self.compiled, self.intake, self.fresh.window
        settled = self._get_settled()
        ids = settled.standings["subject_id"]
        followed = self.followed = self._follow()
        standings = add_idle_subjects(
            compiled,
            settled.standings,
            gather_others(intake.subjects, followed, self.carried),
            as_of=window.as_of,
            published=window.published,
            carried=self.carried,
        )
        prepared = self.prepared
        events = pl.DataFrame() if prepared is None else prepared.events
        classified = self._get_classified()
        objected = self._finish_story(followed)
        if followed is not None or compiled.clauses or objected is not None:
            reasons = None if objected is None else (objected.filed[ROW].to_numpy(), objected.reasons)
            classified = decide_reasons(compiled, classified, followed, self._list_restored(), reasons)
        told = tell_consequences(compiled, window, standings, events, followed)
        if isinstance(self.fresh, Straight) and with_unposted and settled.unposted is not None:
            unposted = settled.unposted
        elif with_unposted and prepared is not None:
            unposted = build_unposted(prepared.events, classified.words, classified.reasons)
        else:
            unposted = build_no_unposted(compiled, ids)
        counts = Counts(
            rows_in=intake.rows_in,
            rows_used=intake.rows_used,
            rows_set_aside=intake.rows_in - intake.rows_used,
            events_made=intake.events_made,
            duplicates=intake.duplicates,
            **count_outcome(compiled, classified, settled.stats),
        )
        return Settlement(
            scheme=compiled.scheme,
            as_of=self.as_of,
            known_at=self.known_at,
            published_on=day_of(window.published) if window.published >= 0 else None,
            standings=told.standings,
            entries=entries,
            unposted=unposted,
            measures=told.measures,
            memberships=told.memberships,
            objections=tell_objections(compiled.scheme, objected, ids, events),
            set_aside=intake.set_aside,
            counts=counts,
            notes=intake.notes,
            subjects=intake.subjects,
            provenance=describe_provenance(compiled.scheme, intake, self.seconds),
        )


def group_intake(
    compiled: Compiled,
    intake: Intake,
    *,
    known_at: date | None,
    threads: int,
    is_itemised: bool,
    progress: Progress,
    seconds: dict[str, float],
    carried: Carried | None = None,
) -> Settling:
    """Group the events of an intake, so that they can be settled."""
    clock = time.perf_counter()
    window = find_window(compiled, intake.as_of)
    if intake.taken is not None:
        seconds["group"] = 0.0  # is done while settling
        straight = Straight(compiled, intake.taken, window, threads, is_itemised)
        return Settling(compiled, intake, None, straight, intake.as_of, known_at, progress, seconds)
    prepared = prepare(
        compiled,
        intake.selected,
        threads=threads,
        are_ids_ascending=intake.are_ids_ascending,
        classified=intake.classified,
    )
    seconds["group"] = time.perf_counter() - clock
    trace = start_trace(compiled, is_itemised=is_itemised)
    fresh = Fresh(prepared, window, threads, is_itemised, trace=trace, carried=carried)
    days = intake.as_of, known_at
    return Settling(compiled, intake, prepared, fresh, *days, progress, seconds, carried=carried)


def gather_others(
    subjects: pl.DataFrame | None, followed: Followed | None, carried: Carried | None = None
) -> pl.DataFrame | None:
    """The table of subjects with those whom only a list of another scheme took up, or who only have a carried start."""
    more = [] if followed is None else [followed.subject_ids]
    more += [] if carried is None else [carried.starts["subject_id"]]
    if not more:
        return subjects
    ids = pl.concat([each.cast(more[0].dtype) for each in more]).alias("subject_id").to_frame()
    if subjects is None:
        return ids.unique()
    known = subjects.select(pl.col("subject_id").cast(more[0].dtype))
    return pl.concat([known, ids]).unique()


def add_idle_subjects(
    compiled: Compiled,
    standings: pl.DataFrame,
    subjects: pl.DataFrame | None,
    *,
    as_of: int,
    published: int,
    carried: Carried | None = None,
) -> pl.DataFrame:
    """Standings with the known subjects that have no event: they stand at the start score."""
    idle = standings["subject_id"].head(0)
    if subjects is not None and not subjects.is_empty():  # to look among nobody would take as long as among many
        ids = subjects["subject_id"].cast(standings["subject_id"].dtype)
        idle = ids.filter(~ids.is_in(standings["subject_id"].implode()))
    if not idle.is_empty():
        state = start_idle(compiled, idle, as_of, published, carried)
        none = np.zeros(len(idle), np.int32)
        more = build_standings(compiled, idle, state, none, as_of=as_of, published=published)
        standings = pl.concat([standings, more]).sort("subject_id")
    return standings if carried is None else carried.tell(standings)


def start_idle(compiled: Compiled, ids: pl.Series, as_of: int, published: int, carried: Carried | None) -> Array:
    """The state of subjects without events: under yearly restarts, with the starts of the years in question."""
    state = start_subjects(compiled, len(ids))
    parts = ((as_of, [SCORE, START]), (max(0, published), [PUBLISHED]))
    is_yearly = compiled.scheme.score.is_yearly_restart
    if is_yearly:
        for day, columns in parts:
            state[:, columns] = compiled.start[day_of(day).year - 1900]
    if carried is not None:
        placed = state.copy()
        carried.place(compiled, placed, np.arange(len(ids)), ids)
        for day, columns in parts:
            if not is_yearly or day_of(day).year <= carried.on.year:
                state[:, columns] = placed[:, columns]
    return state


def describe_provenance(scheme: Scheme, intake: Intake, seconds: dict[str, float]) -> dict[str, Any]:
    """What a reader needs to repeat the run: digests, versions, command, timings."""
    return {
        "scheme_digest": scheme.digest,
        "scheme_text": scheme.text,
        "input": intake.name,
        "input_digest": intake.digest.result(),
        "mapping": intake.mapping_name,
        "versions": {
            "scslab": VERSION,
            "python": platform.python_version(),
            "polars": pl.__version__,
            "numpy": np.__version__,
        },
        "command": " ".join(Path(sys.argv[0]).name if k == 0 else a for k, a in enumerate(sys.argv)),
        "seconds": {name: round(value, 3) for name, value in seconds.items()},
    }
