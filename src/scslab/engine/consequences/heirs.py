"""What was carried over from an earlier scheme, as part of the record: accounts that begin, scores that change."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scslab.engine.calendar import NEVER, NO_DAY, build_day_tables, day_number
from scslab.engine.compile import Compiled
from scslab.engine.consequences.layout import NO_SCORE
from scslab.engine.fold_tables import start_subjects
from scslab.engine.layout import CARRIED_YEAR, START
from scslab.scheme.model import ScoreKind

if TYPE_CHECKING:
    from scslab.engine.carried import Carried
    from scslab.engine.consequences.follow import Record

I64 = NDArray[np.int64]


def take_over(compiled: Compiled, record: Record, ids: pl.Series, carried: Carried, as_of: int) -> Record:
    """The record of all subjects, of whom heirs have an account from the day of succession on at the latest.

    Before that day a score is the scheme's own start; from it on the carried one, under yearly restarts until the year
    is over.

    Args:
        compiled: the scheme.
        record: what happened to the subjects that have events.
        ids: the ids of the run, ascending: those of the record and all heirs among them.
        carried: the starts.
        as_of: the date of the standings.
    """
    place = np.flatnonzero(ids.is_in(record.subject_ids.implode()).to_numpy())
    is_heir = ids.is_in(carried.starts["subject_id"].cast(ids.dtype).implode()).to_numpy()
    is_scored = compiled.scheme.score.kind is ScoreKind.POINTS
    on, n = day_number(carried.on), len(ids)
    account, start = np.full(n, NEVER, np.int64), np.empty(n, np.int64)
    start[:] = int(compiled.start[0]) if is_scored else NO_SCORE
    account[place], start[place] = record.account, record.start
    account[is_heir] = np.minimum(account[is_heir], on)
    path, signals, acts = record.path, record.signals, record.acts
    subject, day, score = place[path.subject], path.day, path.score
    if is_scored:
        start[is_heir] = int(compiled.start[carried.on.year - 1900])
        subject, day, score = _insert(compiled, ids, is_heir, carried, as_of, subject, day, score)
    return replace(
        record,
        subject_ids=ids,
        account=account,
        start=start,
        path=replace(path, subject=subject, day=day, score=score, hold_subject=place[path.hold_subject]),
        signals=replace(signals, subject=place[signals.subject]),
        acts=replace(acts, subject=place[acts.subject]),
    )


def _insert(
    compiled: Compiled,
    ids: pl.Series,
    is_heir: NDArray[np.bool_],
    carried: Carried,
    as_of: int,
    subject: I64,
    day: I64,
    score: I64,
) -> tuple[I64, I64, I64]:
    """The path with the carried scores; what changes on the same day comes behind them, and then alone counts."""
    placed = start_subjects(compiled, len(ids))
    carried.place(compiled, placed, np.arange(len(ids)), ids)
    heirs = np.flatnonzero(is_heir & (placed[:, CARRIED_YEAR] != NO_DAY))
    more = [(heirs, np.full(heirs.size, day_number(carried.on)), placed[heirs, START])]
    if compiled.scheme.score.is_yearly_restart:
        first = np.full(len(ids), NEVER, np.int64)
        np.minimum.at(first, subject, day)
        tables = build_day_tables()
        for year in range(carried.on.year - 1899, int(tables.month[as_of]) // 12 + 1):
            begins = int(tables.first[12 * year])
            waiting = heirs[first[heirs] >= begins]
            more.append((waiting, np.full(waiting.size, begins), np.full(waiting.size, int(compiled.start[year]))))
    everything = [*more, (subject, day, score)]
    all_subject, all_day, all_score = (np.concatenate([part[k] for part in everything]) for k in range(3))
    order = np.lexsort((np.arange(all_day.size), all_day, all_subject))
    all_subject, all_day, all_score = all_subject[order], all_day[order], all_score[order]
    is_last = np.ones(all_day.size, np.bool_)
    is_last[:-1] = (all_subject[1:] != all_subject[:-1]) | (all_day[1:] != all_day[:-1])
    return all_subject[is_last].astype(np.int64), all_day[is_last].astype(np.int64), all_score[is_last].astype(np.int64)
