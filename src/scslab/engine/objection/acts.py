"""Acts: what filings, outcomes, expiries and repairs do, by subject and in the order of the day."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from scslab.engine.calendar import LAST_DAY, build_day_tables
from scslab.engine.objection.challenges import Challenges, encode, number_targets
from scslab.engine.objection.filed import ABOUT_DAY, HAS_ENTRY
from scslab.engine.objection.kernel_challenges import (
    C_CODE,
    C_DECIDED_BY,
    C_DECIDED_ON,
    C_OUTCOME,
    C_PHASE,
    EXPIRED_REJECTED,
    EXPIRED_UPHELD,
    IS_REJECTED,
    IS_UPHELD,
)
from scslab.engine.objection.layout import (
    A_ACTION,
    A_DAY,
    A_GROUP,
    A_IS_LATE,
    A_NUMBER,
    A_PHASE,
    A_ROW,
    A_TARGET,
    ACT_WIDTH,
    DONE,
    EXPIRES_REJECTED,
    EXPIRES_UPHELD,
    FILED,
    FILED_PLAINLY,
    FILINGS,
    NOT_OPEN,
    OUTCOMES,
    REJECTED,
    REPAIRS,
    RESTORES,
    UPHELD,
    USED,
)
from scslab.scheme.model import Objection, Outcome

I64 = NDArray[np.int64]
_OUTCOME, _EXPIRY, _REPAIR, _FILING, _LATE_OUTCOME = range(5)
"""The order of acts within a day."""


@dataclass(frozen=True, slots=True)
class Acts:
    """Acts by subject and in order (see `layout`): `subject` counts in the ids of the run."""

    subject: I64 = field(default_factory=lambda: np.empty(0, np.int64))
    table: I64 = field(default_factory=lambda: np.empty((0, ACT_WIDTH), np.int64))

    @property
    def n_groups(self) -> int:
        """How many targets the walk must decide about."""
        return int(self.table[:, A_GROUP].max(initial=-1)) + 1


@dataclass(frozen=True, slots=True)
class Places:
    """Where filings and outcomes, and their targets, stand in a run.

    Attributes:
        subject: the subject of each filing or outcome.
        row: its row among the events; `about` that of its target (any number where it has none).
    """

    subject: I64
    row: I64
    about: I64


@dataclass(slots=True)
class _Writer:
    """Acts under construction; `key` orders those of one day."""

    subject: list[I64] = field(default_factory=list[I64])
    table: list[I64] = field(default_factory=list[I64])
    key: list[I64] = field(default_factory=list[I64])

    def add(self, subject: I64, kind: int, first: I64, second: I64, **columns: I64 | int) -> None:
        """Add acts of a kind; those of one day follow `first`, then `second`."""
        rows = np.zeros((subject.size, ACT_WIDTH), np.int64)
        rows[:, A_GROUP] = -1
        for name, column in _COLUMNS.items():
            if name in columns:
                rows[:, column] = columns[name]
        self.subject.append(subject)
        self.table.append(rows)
        self.key.append(np.stack([np.full(subject.size, kind), first, second], axis=1))

    def finish(self) -> Acts:
        """All acts in order."""
        if not self.subject:
            return Acts()
        subject, table, key = (np.concatenate(x) for x in (self.subject, self.table, self.key))
        order = np.lexsort((key[:, 2], key[:, 1], key[:, 0], table[:, A_DAY], subject))
        return Acts(subject[order], table[order])


_COLUMNS = {
    "day": A_DAY, "phase": A_PHASE, "action": A_ACTION, "target": A_TARGET, "row": A_ROW, "group": A_GROUP,
    "number": A_NUMBER, "is_late": A_IS_LATE,
}  # fmt: skip


def build_acts(law: Objection, challenges: Challenges, places: Places, as_of: int) -> Acts:
    """What filings, outcomes and expiries do to entries and lists, as far as they count; and those that may count."""
    writer = _Writer()
    _add_decided(writer, law, challenges, places)
    if challenges.is_left.any():
        _add_left(writer, law, challenges, places, as_of)
    return writer.finish()


def _add_decided(writer: _Writer, law: Objection, challenges: Challenges, places: Places) -> None:
    """Acts that count. Without suspension a filing does nothing, nor does a rejection."""
    told, day, rank, action = challenges.told, challenges.day, challenges.rank, challenges.action
    zero = np.zeros(day.size, np.int64)
    is_decided = (told[:, C_CODE] == DONE) & ~challenges.is_left

    def add(at: I64, kind: int, phase: int, action: I64 | int) -> None:
        writer.add(
            places.subject[at], kind, rank[at], zero[at], day=day[at], phase=phase, action=action,
            target=places.about[at], row=places.row[at], number=at,
        )  # fmt: skip

    if law.suspends:
        add(np.flatnonzero(is_decided & (action == FILED)), _FILING, FILINGS, FILED)
    acts = (action == UPHELD) | ((action == REJECTED) & law.suspends)
    early = np.flatnonzero(is_decided & acts & (told[:, C_PHASE] == OUTCOMES))
    late = np.flatnonzero(is_decided & acts & (told[:, C_PHASE] == FILINGS))
    add(early, _OUTCOME, OUTCOMES, action[early])
    add(late, _LATE_OUTCOME, FILINGS, action[late])
    outcome = told[:, C_OUTCOME]
    is_expired = (outcome == EXPIRED_UPHELD) | ((outcome == EXPIRED_REJECTED) & law.suspends)
    at = np.flatnonzero(is_decided & (action == FILED) & is_expired)
    writer.add(
        places.subject[at], _EXPIRY, day[at], rank[at], day=told[at, C_DECIDED_ON], phase=OUTCOMES,
        action=np.where(outcome[at] == EXPIRED_UPHELD, UPHELD, REJECTED), target=places.about[at], row=places.row[at],
        number=at,
    )  # fmt: skip


def _add_left(writer: _Writer, law: Objection, challenges: Challenges, places: Places, as_of: int) -> None:
    """Acts of which the walk decides whether they count: an outcome may come early in its day or late."""
    day, rank, action = challenges.day, challenges.rank, challenges.action
    zero = np.zeros(day.size, np.int64)
    left = np.flatnonzero(challenges.is_left)
    target = number_targets(challenges.filed)
    group = np.full(day.size, -1, np.int64)
    group[left] = np.unique(target[left], return_inverse=True)[1]
    filings, outcomes = left[action[left] == FILED], left[action[left] != FILED]

    def add(at: I64, kind: int, first: I64, second: I64, **columns: I64 | int) -> None:
        writer.add(
            places.subject[at], kind, first, second, target=places.about[at], row=places.row[at], group=group[at],
            number=at, **columns,
        )  # fmt: skip

    about_day = challenges.filed[ABOUT_DAY].to_numpy()[filings].astype(np.int64)
    last = shift(about_day, *encode(law.within)) if law.within is not None else np.full(filings.size, LAST_DAY)
    add(
        filings, _FILING, rank[filings], zero[filings], day=day[filings], phase=FILINGS,
        action=FILED if law.suspends else FILED_PLAINLY, is_late=(day[filings] > last).astype(np.int64),
    )  # fmt: skip
    for kind, phase in ((_OUTCOME, OUTCOMES), (_LATE_OUTCOME, FILINGS)):
        add(outcomes, kind, rank[outcomes], zero[outcomes], day=day[outcomes], phase=phase, action=action[outcomes])
    if law.decide_within is not None:
        due = shift(day[filings], *encode(law.decide_within))
        is_due = (due > day[filings]) & (due <= as_of)
        at = filings[is_due]
        expires = EXPIRES_UPHELD if law.undecided is Outcome.UPHELD else EXPIRES_REJECTED
        add(at, _EXPIRY, day[at], rank[at], day=due[is_due], phase=OUTCOMES, action=expires)


def shift(days: I64, kind: int, length: int) -> I64:
    """Days moved later by a period."""
    from scslab.engine.consequences.kernel_path import shift_days

    tables, moved = build_day_tables(), days.astype(np.int64).copy()
    shift_days(moved, kind, length, tables.month.astype(np.int64), tables.first.astype(np.int64))
    return moved


def finish_left(challenges: Challenges, acts: Acts, codes: NDArray[np.uint8]) -> Challenges:
    """The challenges again, once the walk has decided about those that were left to it.

    Args:
        challenges: the challenges.
        acts: the acts that were given to the walk.
        codes: by act, whether it counted (UNDECIDED: it did not come to that).
    """
    if not challenges.is_left.any():
        return challenges
    told = challenges.told.copy()
    is_left = acts.table[:, A_GROUP] >= 0
    rows, code = acts.table[is_left], codes[is_left]
    number, action = rows[:, A_NUMBER], rows[:, A_ACTION]
    is_filing = (action == FILED) | (action == FILED_PLAINLY)
    is_outcome = (action == REJECTED) | (action == UPHELD)
    told[number[is_filing], C_CODE] = code[is_filing]
    told[number[is_outcome], C_CODE] = NOT_OPEN
    told[number[is_outcome & (code == DONE)], C_CODE] = DONE
    filing_of = np.full(acts.n_groups, -1, np.int64)
    counts = is_filing & (code == DONE)
    filing_of[rows[counts, A_GROUP]] = number[counts]
    ends = ~is_filing & (code == DONE)
    filing = filing_of[rows[ends, A_GROUP]]
    names = {REJECTED: IS_REJECTED, UPHELD: IS_UPHELD, EXPIRES_REJECTED: EXPIRED_REJECTED}
    names |= {EXPIRES_UPHELD: EXPIRED_UPHELD}
    told[filing, C_OUTCOME] = [names[int(each)] for each in action[ends]]
    told[filing, C_DECIDED_ON] = rows[ends, A_DAY]
    told[filing, C_DECIDED_BY] = np.where(is_outcome[ends], number[ends], -1)
    return replace(challenges, told=told)


def build_repair_acts(subject: I64, day: I64, row: I64, bits: NDArray[np.uint64], clauses: NDArray[np.uint64]) -> Acts:
    """Attempts to restore points: one act for each repair that hears an event.

    Args:
        subject: the subject of each event, ascending; events of one stand by day and event id.
        day: the day of each.
        row: its row.
        bits: the clauses that take it.
        clauses: the clause of each repair of points.
    """
    writer, order = _Writer(), np.arange(subject.size)
    for r, clause in enumerate(clauses):
        at = np.flatnonzero((bits & clause) != 0)
        same = np.full(at.size, r, np.int64)
        writer.add(
            subject[at], _REPAIR, order[at], same, day=day[at], phase=REPAIRS, action=RESTORES, target=r, row=row[at]
        )
    return writer.finish()


def build_use_acts(subject: I64, day: I64, repair: I64) -> Acts:
    """What repairs did in earlier steps; arguments by subject and in order."""
    writer = _Writer()
    order = np.arange(subject.size)
    writer.add(subject, _OUTCOME, order, order, day=day, phase=OUTCOMES, action=USED, target=repair, row=-1)
    return writer.finish()


def join_acts(*parts: Acts) -> Acts:
    """Acts of several kinds in one order; within a day and phase those of an earlier part come first."""
    if len(parts) == 1:
        return parts[0]
    subject = np.concatenate([part.subject for part in parts])
    table = np.concatenate([part.table for part in parts])
    order = np.lexsort((table[:, A_PHASE], table[:, A_DAY], subject))  # is stable
    return Acts(subject[order], table[order])


def select_posting(acts: Acts, challenges: Challenges) -> Acts:
    """The acts that concern entries: those about targets that have posted some."""
    has_entry = challenges.filed[HAS_ENTRY].to_numpy()
    at = np.flatnonzero(has_entry[acts.table[:, A_NUMBER]] & (acts.table[:, A_GROUP] < 0))
    return Acts(acts.subject[at], acts.table[at])
