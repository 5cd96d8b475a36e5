"""The stage after the fold: from a run's entries and events to memberships, measures and what standings say of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from scslab.engine.calendar import day_of
from scslab.engine.carried import Carried
from scslab.engine.compile import Compiled
from scslab.engine.consequences.clauses import has_score
from scslab.engine.consequences.follow import Acts, Followed, Record, follow_record
from scslab.engine.consequences.layout import NO_SCORE
from scslab.engine.consequences.others import OtherLists
from scslab.engine.consequences.path import Path, Trace
from scslab.engine.consequences.signals import gather_signals
from scslab.engine.consequences.tables import (
    build_measures,
    build_memberships,
    build_no_memberships,
    decide_standings,
)
from scslab.engine.frames_measures import build_measures as build_measures_of_today
from scslab.engine.kernel_group import DAY_SHIFT
from scslab.engine.layout import START, Array
from scslab.engine.needs import has_consequences, needs_walk
from scslab.engine.prepare import Prepared
from scslab.engine.window import Window


@dataclass(frozen=True, slots=True)
class Consequences:
    """What follows, as tables (see `Settlement`), and the standings with it."""

    standings: pl.DataFrame
    memberships: pl.DataFrame
    measures: pl.DataFrame


def wants_trace(compiled: Compiled, *, is_itemised: bool) -> bool:
    """Whether the path of the score is wanted: always for lists and the like, for measures alone only with entries."""
    return needs_walk(compiled.scheme) or (is_itemised and has_consequences(compiled.scheme))


def start_trace(compiled: Compiled, *, is_itemised: bool) -> Trace | None:
    """What reads the path of the score off the entries; None where nothing follows from it."""
    return Trace(compiled) if wants_trace(compiled, is_itemised=is_itemised) else None


def follow_prepared(
    prepared: Prepared,
    window: Window,
    subjects: Array,
    path: Path,
    others: OtherLists,
    *,
    threads: int,
    acts: Acts | None = None,
    carried: Carried | None = None,
) -> Followed:
    """All that follows from a run.

    Args:
        prepared: its events.
        window: its days.
        subjects: what became of the subjects, by ascending id (see `engine.layout`).
        path: the path of their scores.
        others: memberships of lists of other schemes, by `list@scheme`.
        threads: how many threads may work at a time.
        acts: acts on objections.
        carried: starts that are carried over from an earlier scheme.
    """
    compiled, grouped, words = prepared.compiled, prepared.grouped, prepared.classified.words
    heard, bits = prepared.classified.heard, prepared.classified.heard_bits
    first = grouped.first[grouped.order]
    start = subjects[:, START].astype(np.int64)
    if not has_score(compiled.scheme):
        start = np.full(first.size, NO_SCORE, np.int64)
    record = Record(
        subject_ids=prepared.subject_ids,
        account=(words[first] >> DAY_SHIFT).astype(np.int64),
        start=start,
        path=path,
        signals=gather_signals(heard, bits, words[heard] >> DAY_SHIFT, prepared.events, prepared.subject_ids),
        acts=acts or Acts(),
    )
    return follow_record(compiled, window, record, others, threads=threads, carried=carried)


def tell_consequences(
    compiled: Compiled, window: Window, standings: pl.DataFrame, events: pl.DataFrame, followed: Followed | None
) -> Consequences:
    """The tables of what followed.

    Args:
        compiled: the scheme.
        window: the days of the run.
        standings: those of all subjects, also of those without an account.
        events: `event_id` of each row.
        followed: what followed; None where nobody looked: then measures are those of the last publication.
    """
    if followed is None:
        none = build_no_memberships(compiled.scheme, standings["subject_id"], events)
        return Consequences(standings, none, build_measures_of_today(compiled.scheme, standings, day_of(window.as_of)))
    if needs_walk(compiled.scheme):
        standings = decide_standings(compiled, window, standings, followed)
    ids = standings["subject_id"]
    idle = ids.filter(~ids.is_in(followed.subject_ids.implode()))
    return Consequences(
        standings,
        build_memberships(compiled.scheme, followed.members, followed.subject_ids, events),
        build_measures(compiled, followed, idle),
    )
