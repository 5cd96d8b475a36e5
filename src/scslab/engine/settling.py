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

from scslab.engine.calendar import day_of
from scslab.engine.compile import Compiled
from scslab.engine.fold import start_subjects
from scslab.engine.frames import build_measures, build_no_entries, build_no_unposted, build_standings, build_unposted
from scslab.engine.intake import Intake
from scslab.engine.layout import PUBLISHED, SCORE, START
from scslab.engine.prepare import Fresh, Prepared, count_outcome, find_window, prepare
from scslab.engine.progress import Progress
from scslab.engine.settlement import Counts, Settlement
from scslab.ground.version import VERSION
from scslab.scheme.model import Scheme


@dataclass(slots=True)
class Settling:
    """A settlement under way: iterate its entries to the end, then finish it."""

    compiled: Compiled
    intake: Intake
    prepared: Prepared
    fresh: Fresh
    as_of: date
    known_at: date | None
    progress: Progress
    seconds: dict[str, float] = field(default_factory=dict[str, float])

    def iterate_entries(self) -> Iterator[pl.DataFrame]:
        """The entries by ascending subject, some subjects at a time; at least one (possibly empty) table."""
        began = time.perf_counter()
        is_empty = True
        for piece in self.fresh.iterate_entries(self.progress):
            is_empty = False
            yield piece
        self.seconds["settle"] = time.perf_counter() - began
        if is_empty:
            yield build_no_entries(self.compiled, self.prepared.events, self.prepared.subject_ids)

    def finish(self, entries: pl.DataFrame, *, with_unposted: bool = True) -> Settlement:
        """The settlement, once the entries have been iterated to the end."""
        compiled, intake, window = self.compiled, self.intake, self.fresh.window
        standings = add_idle_subjects(
            compiled,
            build_standings(
                compiled,
                self.prepared.subject_ids,
                self.fresh.get_subjects(),
                self.prepared.grouped.events[self.prepared.grouped.order],
                as_of=window.as_of,
                published=window.published,
            ),
            intake.subjects,
            as_of=window.as_of,
            published=window.published,
        )
        prepared, classified = self.prepared, self.prepared.classified
        if with_unposted:
            unposted = build_unposted(prepared.events, classified.words, classified.reasons)
        else:
            unposted = build_no_unposted(compiled, prepared.subject_ids)
        counts = Counts(
            rows_in=intake.rows_in,
            rows_used=intake.rows_used,
            rows_set_aside=intake.rows_in - intake.rows_used,
            events_made=intake.events_made,
            duplicates=intake.duplicates,
            **count_outcome(compiled, self.prepared.classified, self.fresh.get_folded().stats),
        )
        return Settlement(
            scheme=compiled.scheme,
            as_of=self.as_of,
            known_at=self.known_at,
            published_on=day_of(window.published) if window.published >= 0 else None,
            standings=standings,
            entries=entries,
            unposted=unposted,
            measures=build_measures(compiled.scheme, standings),
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
) -> Settling:
    """Group the events of an intake, so that they can be settled."""
    clock = time.perf_counter()
    prepared = prepare(
        compiled,
        intake.selected,
        threads=threads,
        are_ids_ascending=intake.are_ids_ascending,
        classified=intake.classified,
    )
    seconds["group"] = time.perf_counter() - clock
    fresh = Fresh(prepared, find_window(compiled, intake.as_of), threads, is_itemised)
    return Settling(compiled, intake, prepared, fresh, intake.as_of, known_at, progress, seconds)


def add_idle_subjects(
    compiled: Compiled, standings: pl.DataFrame, subjects: pl.DataFrame | None, *, as_of: int, published: int
) -> pl.DataFrame:
    """Standings with the known subjects that have no event: they stand at the start score."""
    if subjects is None:
        return standings
    ids = subjects["subject_id"].cast(standings["subject_id"].dtype)
    idle = ids.filter(~ids.is_in(standings["subject_id"].implode()))
    if idle.is_empty():
        return standings
    state = start_subjects(compiled, len(idle))
    if compiled.scheme.score.is_yearly_restart:
        state[:, [SCORE, START]] = compiled.start[day_of(as_of).year - 1900]
        state[:, PUBLISHED] = compiled.start[day_of(max(0, published)).year - 1900]
    none = np.zeros(len(idle), np.int32)
    more = build_standings(compiled, idle, state, none, as_of=as_of, published=published)
    return pl.concat([standings, more]).sort("subject_id")


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
