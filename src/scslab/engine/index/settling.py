"""A settlement of an index scheme under way: publications and contributions block by block, then the rest."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import polars as pl

from scslab.engine.calendar import day_of
from scslab.engine.classify import Classified, pack
from scslab.engine.consequences.follow import Followed
from scslab.engine.consequences.others import OtherLists
from scslab.engine.consequences.stage import tell_consequences
from scslab.engine.frames import REASONS, build_no_entries, build_no_unposted, build_unposted
from scslab.engine.grouping import group_events
from scslab.engine.index.compile import CompiledIndex
from scslab.engine.index.consequences import (
    IndexTrace,
    decide_events,
    decide_publications,
    find_index_window,
    follow_index,
    needs_record,
    start_index_trace,
)
from scslab.engine.index.frames import build_index_standings, build_tables
from scslab.engine.index.layout import Days, Record
from scslab.engine.index.publish import (
    make_empty_block,
    mark_settled,
    publish_subjects,
)
from scslab.engine.index.scores import Scores, align_scores, make_empty_scores, tell_missing_scores
from scslab.engine.intake import Intake
from scslab.engine.objection.challenges import tell_objections
from scslab.engine.progress import Progress, ignore_progress
from scslab.engine.selection import list_columns
from scslab.engine.settlement import Counts, Settlement
from scslab.engine.settling import describe_provenance

Piece = tuple[pl.DataFrame, pl.DataFrame]
"""The publications and the contributions of some neighbouring subjects."""


@dataclass(slots=True)
class PreparedIndex:
    """The record of all subjects, ready to be published.

    Attributes:
        events: the columns of `list_columns` that there are, one row an event.
        ids: all subjects, ascending: those of the events, and those of the table of subjects.
    """

    compiled: CompiledIndex
    events: pl.DataFrame
    classified: Classified
    ids: pl.Series
    record: Record


def prepare_index(
    compiled: CompiledIndex,
    selected: pl.DataFrame,
    subjects: pl.DataFrame | None,
    *,
    threads: int,
    classified: Classified | None = None,
    has_idle: bool = True,
) -> PreparedIndex:
    """Group events by subject, and bring what is known of the subjects beside them.

    Args:
        compiled: the scheme.
        selected: as for `scslab.engine.prepare.prepare`, under the scheme `compiled.listening`.
        subjects: the table of subjects.
        threads: how many threads may work at a time.
        classified: the words of the events, if they were packed while the ledger was read.
        has_idle: whether subjects of the table without events are wanted.
    """
    if classified is None:
        classified = pack(compiled.listening, selected, threads=threads)
    words = mark_settled(classified.words)
    # Which of two events of a day comes first does not matter: publications come at the end of a day.
    grouped = group_events(selected["subject_id"], words, is_sorted=classified.is_sorted, threads=threads)
    ids, begin, count = grouped.ids, grouped.begin[grouped.order], grouped.acting[grouped.order]
    people = None if subjects is None else subjects.with_columns(pl.col("subject_id").cast(ids.dtype))
    if people is not None and has_idle:
        everyone = pl.concat([ids, people["subject_id"]]).unique().sort()
        if len(everyone) > len(ids):
            places = everyone.search_sorted(ids).to_numpy() if len(ids) else np.empty(0, np.int64)
            wide_begin, wide_count = np.zeros(len(everyone), np.int64), np.zeros(len(everyone), np.int32)
            wide_begin[places], wide_count[places] = begin, count
            ids, begin, count = everyone, wide_begin, wide_count
    score_begin, score_end = make_empty_scores(len(ids), len(compiled.others))
    record = Record(
        begin=begin,
        events=count,
        after=np.full(len(ids), -1, np.int64),
        words=grouped.words,
        rows=grouped.rows,
        values=classified.values,
        attributes=_align_attributes(compiled, ids, people),
        score_begin=score_begin,
        score_end=score_end,
        score_day=np.empty(0, np.int32),
        score=np.empty(0, np.float64),
    )
    kept = selected.select([name for name in list_columns(compiled.scheme) if name in selected.columns])
    return PreparedIndex(compiled, kept, classified, ids, record)


def _align_attributes(compiled: CompiledIndex, ids: pl.Series, people: pl.DataFrame | None) -> np.ndarray[Any, Any]:
    """The attributes that indicators read, by subject; NaN where one is not known."""
    values = np.full((len(ids), len(compiled.attributes)), np.nan)
    if people is None or not compiled.attributes:
        return values
    known = [name for name in compiled.attributes if name in people.columns]
    columns = people.select("subject_id", pl.col(known).cast(pl.Float64))
    joined = pl.DataFrame({"subject_id": ids}).join(columns, on="subject_id", how="left", maintain_order="left")
    for name in known:
        values[:, compiled.attributes.index(name)] = joined[name].fill_null(float("nan")).to_numpy()
    # An infinite value is on no scale.
    values[~np.isfinite(values)] = np.nan
    return values


@dataclass(slots=True)
class IndexSettling:
    """A settlement of an index under way: iterate its pieces to the end, then finish it.

    Attributes:
        is_itemised: whether contributions are wanted; without `has_publications` only the last publication is made.
        scores, others: what other schemes published, and memberships of their lists, by `list@scheme`.
    """

    compiled: CompiledIndex
    intake: Intake
    prepared: PreparedIndex
    days: Days
    known_at: date | None
    threads: int
    is_itemised: bool
    has_publications: bool
    scores: Scores | None = None
    progress: Progress = ignore_progress
    seconds: dict[str, float] = field(default_factory=dict[str, float])
    others: OtherLists = field(default_factory=dict[str, pl.DataFrame])
    last: tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]] = field(init=False)
    trace: IndexTrace = field(init=False)
    followed: Followed | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        n = len(self.prepared.ids)
        self.last = np.full(n, -1, np.int64), np.zeros(n, np.int64)
        self.trace = start_index_trace(self.compiled, is_itemised=self.has_publications)

    def iterate_pieces(self) -> Iterator[Piece]:
        """Publications and contributions by ascending subject; at least one (possibly empty) pair of tables."""
        compiled, prepared, ids = self.compiled, self.prepared, self.prepared.ids
        clock, is_empty = time.perf_counter(), True
        # Tiers that look at the record are known when all publications are, so that these are held back.
        is_held_back, held_back = self.has_publications and needs_record(compiled), list[pl.DataFrame]()
        has_tables = self.is_itemised or self.has_publications
        blocks = publish_subjects(
            compiled,
            self.days,
            prepared.record,
            align_scores(compiled, self.scores, ids),
            lambda block: build_tables(compiled, block, ids) if has_tables else None,
            threads=self.threads,
            is_itemised=self.is_itemised,
            last=self.last,
        )
        for block, piece in blocks:
            self.progress("settling", block.share)
            is_empty = False
            self.trace.add(block)
            if piece is not None and is_held_back:
                held_back.append(piece[0])
                yield piece[0].clear(), piece[1]
            elif piece is not None:
                yield piece
        if is_empty or not has_tables:
            yield build_tables(compiled, make_empty_block(compiled, self.last), ids)
        self.followed = follow_index(prepared, self.days, self.trace, self.others, threads=self.threads)
        if held_back and self.followed is not None:
            _, no_contributions = build_tables(compiled, make_empty_block(compiled, self.last), ids)
            yield decide_publications(compiled, pl.concat(held_back), self.followed), no_contributions
        self.seconds["settle"] = time.perf_counter() - clock

    def finish(
        self, publications: pl.DataFrame | None, contributions: pl.DataFrame | None, *, with_unposted: bool = True
    ) -> Settlement:
        """The settlement, once the pieces have been iterated to the end; without those that went elsewhere."""
        compiled, intake, prepared = self.compiled, self.intake, self.prepared
        window = find_index_window(self.days)
        standings = build_index_standings(compiled, prepared.ids, *self.last, prepared.record.events)
        followed = self.followed
        classified, challenges = decide_events(prepared, self.days, followed)
        told = tell_consequences(compiled.plain, window, standings, prepared.events, followed)
        if with_unposted:
            unposted = build_unposted(prepared.events, classified.words, classified.reasons)
        else:
            unposted = build_no_unposted(compiled.listening, prepared.ids)
        return Settlement(
            scheme=compiled.scheme,
            as_of=intake.as_of,
            known_at=self.known_at,
            published_on=day_of(window.published) if window.published >= 0 else None,
            standings=told.standings,
            entries=build_no_entries(compiled.plain, prepared.events, prepared.ids),
            unposted=unposted,
            measures=told.measures,
            memberships=told.memberships,
            set_aside=intake.set_aside,
            counts=_count(self, classified),
            notes=(*intake.notes, *tell_missing_scores(compiled, self.scores)),
            subjects=intake.subjects,
            provenance=describe_provenance(compiled.scheme, intake, self.seconds),
            publications=publications,
            contributions=contributions,
            objections=tell_objections(compiled.scheme, challenges, prepared.ids, prepared.events),
        )


def _count(run: IndexSettling, classified: Classified) -> Counts:
    intake = run.intake
    by_reason = classified.counts.sum(axis=0)
    return Counts(
        rows_in=intake.rows_in,
        rows_used=intake.rows_used,
        rows_set_aside=intake.rows_in - intake.rows_used,
        events_made=intake.events_made,
        events_settled=int(by_reason.sum()),
        events_posted=int(by_reason[0]),
        events_unposted={name: int(by_reason[code]) for code, name in REASONS.items() if by_reason[code]},
        undecided=count_undecided(run.compiled, classified),
        capped_to_nothing=0,
        cut_by_cap=0,
        cut_by_floor=0,
        cut_by_ceiling=0,
        duplicates=intake.duplicates,
    )


def count_undecided(compiled: CompiledIndex, classified: Classified) -> dict[str, int]:
    """How many events each indicator could not decide; of a share, its part and its whole each count."""
    found: dict[str, int] = {}
    for (_, indicator), heard in zip(compiled.indicators, compiled.heard_by, strict=True):
        number = int(classified.undecided[list(heard)].sum())
        if number:
            found[indicator.id] = number
    return found
