"""Run the walk over days, and the measures after it, on one or more threads: the tables of what follows."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scslab.engine.calendar import LAST_DAY, NEVER, build_day_tables
from scslab.engine.carried import Carried
from scslab.engine.compile import Compiled
from scslab.engine.consequences.heirs import take_over
from scslab.engine.consequences.kernel_lines import tidy
from scslab.engine.consequences.kernel_measures import follow
from scslab.engine.consequences.kernel_path import shift_days
from scslab.engine.consequences.layout import (
    D_SUBJECT,
    I_MEASURE,
    I_STARTS,
    I_SUBJECT,
    INTERVAL_WIDTH,
    M_CLOSED,
    M_LIST,
    M_OPENED,
    M_SUBJECT,
    MEMBER_WIDTH,
    NO_SCORE,
    Feed,
)
from scslab.engine.consequences.lines import draw_lines, is_straight
from scslab.engine.consequences.others import OtherLists, find_intervals, find_newcomers, find_openings
from scslab.engine.consequences.path import Path
from scslab.engine.consequences.plan import Plans, build_plans, encode_or_none, find_list
from scslab.engine.consequences.signals import Signals
from scslab.engine.consequences.walking import cut_tasks, walk_all
from scslab.engine.layout import NOTHING
from scslab.engine.objection.acts import Acts
from scslab.engine.threads import run_threads
from scslab.engine.window import Window
from scslab.scheme.model import ListRef, ScoreKind

I64 = NDArray[np.int64]
LOOK_BITS = 20


@dataclass(frozen=True, slots=True)
class Record:
    """What is known of the subjects of a run when the fold is done.

    Attributes:
        subject_ids: their ids, ascending.
        account: by subject the day number of its first settled event, or as in `layout.Feed`.
        start: by subject the score before the first change (scaled; `NO_SCORE`: none).
        path, signals, acts: what happened to them.
    """

    subject_ids: pl.Series
    account: I64
    start: I64
    path: Path
    signals: Signals
    acts: Acts = field(default_factory=Acts)


@dataclass(frozen=True, slots=True)
class Followed:
    """What followed, as arrays.

    Attributes:
        subject_ids: the subjects of the record and those whom only another scheme's list took up, ascending. Behind
            them all arrays have one more subject: the one without an account, which stands for everybody who has none.
        members: memberships (see `layout`), by subject and in the order in which they opened.
        line_at, lines: the standing of each subject over time.
        held_until: by subject when its limits end.
        intervals: measures over time, by subject, first day and measure.
        signals: the signals of the record.
        did: by signal, whether it changed a list.
        act_codes: by act, what it came to (see `objection.layout`).
        account: by subject the day number on which its account begins; lines before it are of what was published then.
    """

    subject_ids: pl.Series
    members: I64
    line_at: I64
    lines: I64
    held_until: I64
    intervals: I64
    signals: Signals
    did: NDArray[np.bool_]
    act_codes: NDArray[np.uint8]
    account: I64

    def list_lines(self) -> I64:
        """The standings over time of the subjects, each from the beginning of its account on."""
        lines = np.empty_like(self.lines)
        return lines[: tidy(self.lines, len(self.subject_ids), self.account, lines)]


def follow_record(
    compiled: Compiled,
    window: Window,
    record: Record,
    others: OtherLists,
    *,
    threads: int,
    carried: Carried | None = None,
) -> Followed:
    """All that follows from a record.

    Args:
        compiled: the scheme.
        window: the days of the run.
        record: what happened to the subjects.
        others: memberships of lists of other schemes that the scheme reads.
        threads: how many threads may work at a time; the result does not depend on it.
        carried: starts that are carried over from an earlier scheme: with them accounts begin.
    """
    plans = build_plans(compiled, window)
    newcomers = find_newcomers(others, plans.list_refs(), record.subject_ids, window.as_of)
    if carried is not None:
        heirs = carried.starts["subject_id"].cast(record.subject_ids.dtype)
        both = pl.concat([newcomers, heirs]).unique()
        newcomers = both.filter(~both.is_in(record.subject_ids.implode()))
    ids = pl.concat([record.subject_ids, newcomers]).sort() if len(newcomers) else record.subject_ids
    if carried is not None:
        record = take_over(compiled, record, ids, carried, window.as_of)
    feed = _build_feed(compiled, plans, record, ids, others)
    if is_straight(compiled):
        members, lines = np.empty((0, MEMBER_WIDTH), np.int64), draw_lines(compiled, window, feed)
        held_until = np.full(feed.account.size, NOTHING, np.int64)
        did, act_codes = np.zeros(feed.signal_day.size, np.bool_), np.zeros(feed.acts.shape[0], np.uint8)
    else:
        members, lines, held_until, did, act_codes = walk_all(plans, feed, record.acts.n_groups, threads)
    n = len(ids) + 1
    line_at = _offsets(lines[:, D_SUBJECT], n)
    nothing = np.empty((0, INTERVAL_WIDTH), np.int64)
    account = np.where(feed.account > NEVER, feed.account - NEVER - 1, feed.account)
    found = Followed(ids, members, line_at, lines, held_until, nothing, record.signals, did, act_codes, account)
    if not plans.measures.shape[0]:
        return found
    account = account.copy()
    account[-1] = window.published if window.published >= 0 else NEVER
    intervals = _follow_measures(compiled, plans, found, account, others, threads)
    return replace(found, intervals=intervals)


def _build_feed(compiled: Compiled, plans: Plans, record: Record, ids: pl.Series, others: OtherLists) -> Feed:
    n = len(ids) + 1
    place = np.arange(len(record.subject_ids))
    if len(ids) > place.size:
        place = np.flatnonzero(ids.is_in(record.subject_ids.implode()).to_numpy())
    account, start = np.full(n, NEVER, np.int64), np.full(n, _find_blank_start(compiled), np.int64)
    account[place], start[place] = record.account, record.start
    intervals = [find_intervals(others, ref, ids) for ref in plans.sources]
    for ref in (each for each in plans.list_refs() if each.scheme):
        np.minimum.at(account, *find_openings(others, ref, ids))
    bases = np.cumsum([0, *(since.size for _, since, _ in intervals)])
    other_at = [_offsets(each[0], n) + base for each, base in zip(intervals, bases, strict=False)]
    none = np.empty(0, np.int64)
    path, signals, acts = record.path, record.signals, record.acts
    return Feed(
        account=account,
        start=start,
        path_at=_offsets(place[path.subject], n),
        path_day=path.day,
        path_score=path.score,
        signal_at=_offsets(place[signals.subject], n),
        signal_day=signals.day,
        signal_bits=signals.bits,
        signal_row=signals.row,
        hold_at=_offsets(place[path.hold_subject], n),
        hold_day=path.hold_day,
        hold_rule=path.hold_rule,
        hold_row=path.hold_row,
        act_at=_offsets(place[acts.subject], n),
        acts=acts.table,
        other_at=np.array(other_at, np.int64).reshape(-1, n + 1),
        other_since=np.concatenate([none, *(each[1] for each in intervals)]),
        other_until=np.concatenate([none, *(each[2] for each in intervals)]),
    )


def _find_blank_start(compiled: Compiled) -> int:
    return int(compiled.start[0]) if compiled.scheme.score.kind is ScoreKind.POINTS else NO_SCORE


def _offsets(subject: I64, n: int) -> I64:
    """Where each of `n` subjects begins in an ascending column, shape (n + 1,)."""
    return np.concatenate([[0], np.cumsum(np.bincount(subject, minlength=n))]).astype(np.int64)


def _follow_measures(
    compiled: Compiled, plans: Plans, found: Followed, account: I64, others: OtherLists, threads: int
) -> I64:
    key_at, keys = _build_keys(compiled, plans, found, others)
    ends = plans.measures[:, -1] + 1
    fixed = np.unique(np.concatenate([plans.measures[:, -2], ends[ends <= LAST_DAY]]))
    unit = plans.walk.unit
    tables = plans.walk.month, plans.walk.first
    steps = np.diff(found.line_at) + np.diff(key_at) + 1

    def run(low: int, high: int) -> list[I64]:
        on, running = np.zeros(len(plans.looks), np.int64), np.zeros(plans.measures.shape[0], np.int64)
        parts = list[I64]()
        room = int(steps[low:high].sum()) + plans.measures.shape[0]
        while low < high:
            out = np.empty((room, INTERVAL_WIDTH), np.int64)
            done, written = follow(
                plans.measures, account, compiled.in_force_from, unit, plans.walk.as_of, *tables, found.line_at,
                found.lines, key_at, keys, fixed, on, running, low, high, out,
            )  # fmt: skip
            parts.append(out[:written].copy())
            room *= 1 if done > low else 4
            low = int(done)
        return parts

    table = np.concatenate([x for parts in run_threads(cut_tasks(steps, run), threads) for x in parts])
    return table[np.lexsort((table[:, I_MEASURE], table[:, I_STARTS], table[:, I_SUBJECT]))]


def _build_keys(compiled: Compiled, plans: Plans, found: Followed, others: OtherLists) -> tuple[I64, I64]:
    """The changes of what lists each subject is on, as measures see them: offsets and keys (see `kernel_measures`)."""
    subjects, keys = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    days = build_day_tables()
    for number, ref in ((number, ref) for number, refs in enumerate(plans.looks) for ref in refs):
        if ref.scheme:
            subject, since, until = find_intervals(others, ref, found.subject_ids)
        else:
            subject, since, until = _find_own(compiled, found.members, ref)
            kind, length = encode_or_none(ref.delay)
            if kind >= 0:
                for column in (since, until):
                    shift_days(column, kind, length, days.month.astype(np.int64), days.first.astype(np.int64))
        for column, sign in ((since, 1), (until, 0)):
            is_known = column < NEVER
            subjects.append(subject[is_known])
            keys.append(column[is_known] << LOOK_BITS | (2 * number + sign))
    subject, key = np.concatenate(subjects), np.concatenate(keys)
    order = np.argsort(subject, kind="stable")
    return _offsets(subject[order], len(found.subject_ids) + 1), key[order]


def _find_own(compiled: Compiled, members: I64, ref: ListRef) -> tuple[I64, I64, I64]:
    mine = members[members[:, M_LIST] == find_list(compiled.scheme, ref)]
    until = np.where(mine[:, M_CLOSED] < 0, NEVER, mine[:, M_CLOSED])
    return mine[:, M_SUBJECT].copy(), mine[:, M_OPENED].copy(), until
