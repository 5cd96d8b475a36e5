"""Challenges: the objections of a run, which of them count, and how each ends.

Whether an objection counts does not depend on any score: its target has posted an entry if a rule took it, and the
rest are dates. Only targets that no rule took, but which may have opened a membership, are left to the walk.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scslab.engine import kernel_group
from scslab.engine.calendar import NEVER, build_day_tables, encode_period
from scslab.engine.frames import build_days, build_enum
from scslab.engine.objection.filed import (
    ABOUT_DAY,
    ABOUT_ID,
    ACTION,
    DAY,
    HAS_ENTRY,
    MAY_LIST,
)
from scslab.engine.objection.kernel_challenges import (
    C_CODE,
    C_DECIDED_BY,
    C_DECIDED_ON,
    C_OUTCOME,
    CHALLENGE_WIDTH,
    EXPIRED_REJECTED,
    EXPIRED_UPHELD,
    decide,
)
from scslab.engine.objection.layout import (
    DONE,
    FILED,
    MADE_BEFORE,
    NOT_OPEN,
    TOO_LATE,
    UNDECIDED,
    WITHOUT_TARGET,
)
from scslab.ground.dates import Period
from scslab.ledger.columns import EVENT_ID, SUBJECT_ID
from scslab.ledger.order import id_sort_keys
from scslab.scheme.model import Objection, Outcome, Scheme

I64 = NDArray[np.int64]
OUTCOME_NAMES = ("open", "rejected", "upheld", "expired rejected", "expired upheld")
"""What became of an objection, in the order of its codes (see `kernel_challenges`)."""
_REASONS = np.zeros(6, np.uint8)
for _code, _reason in (
    (DONE, kernel_group.ACTS),
    (WITHOUT_TARGET, kernel_group.WITHOUT_TARGET),
    (TOO_LATE, kernel_group.TOO_LATE),
    (MADE_BEFORE, kernel_group.MADE_BEFORE),
    (NOT_OPEN, kernel_group.NO_OPEN_OBJECTION),
):
    _REASONS[_code] = _reason


@dataclass(frozen=True, slots=True)
class Challenges:
    """Filings and outcomes with what became of them, one row each and in any order.

    Attributes:
        filed: as `filed.find_targets` gives them.
        rank: their order by event id.
        is_left: whether the walk over lists must decide.
        told: what is told of each (columns: `kernel_challenges`); `C_DECIDED_BY` is a row here.
    """

    filed: pl.DataFrame
    rank: I64
    is_left: NDArray[np.bool_]
    told: I64

    @property
    def day(self) -> I64:
        """The day of each."""
        return self.filed[DAY].to_numpy()

    @property
    def action(self) -> I64:
        """What each is: FILED, REJECTED or UPHELD."""
        return self.filed[ACTION].to_numpy()

    @property
    def reasons(self) -> NDArray[np.uint8]:
        """Why each counts as unposted (0: it did something)."""
        return _REASONS[self.told[:, C_CODE]]

    @property
    def counted(self) -> I64:
        """The filings that count."""
        return np.flatnonzero((self.action == FILED) & (self.told[:, C_CODE] == DONE))


def decide_challenges(law: Objection, filed: pl.DataFrame, as_of: int, *, has_lists: bool) -> Challenges:
    """Which objections count, and how each ends.

    Args:
        law: how subjects may object.
        filed: as `filed.find_targets` gives them.
        as_of: the last day of the run.
        has_lists: whether lists are walked over, so that targets without an entry may have opened a membership.
    """
    action, day, rank = filed[ACTION].to_numpy(), filed[DAY].to_numpy(), rank_ids(filed[EVENT_ID])
    has_entry = filed[HAS_ENTRY].to_numpy()
    told = np.zeros((filed.height, CHALLENGE_WIDTH), np.int64)
    told[:, [C_DECIDED_ON, C_DECIDED_BY]] = -1
    is_left = filed[MAY_LIST].to_numpy() & ~has_entry & has_lists
    told[:, C_CODE] = np.where(is_left, UNDECIDED, np.where(action == FILED, WITHOUT_TARGET, NOT_OPEN))
    at = np.flatnonzero(has_entry)
    target = number_targets(filed)
    order = at[np.lexsort((rank[at], action[at] != FILED, day[at], target[at]))]
    found = told[order]
    expired = EXPIRED_UPHELD if law.undecided is Outcome.UPHELD else EXPIRED_REJECTED
    about_day = filed[ABOUT_DAY].fill_null(NEVER).to_numpy()
    tables = build_day_tables()
    decide(
        target[order], day[order], action[order], about_day[order], *encode(law.within), *encode(law.decide_within),
        expired, as_of, tables.month.astype(np.int64), tables.first.astype(np.int64), found,
    )  # fmt: skip
    by = found[:, C_DECIDED_BY]
    found[:, C_DECIDED_BY] = np.where(by >= 0, order[by], -1)
    told[order] = found
    return Challenges(filed, rank, is_left, told)


def number_targets(filed: pl.DataFrame) -> I64:
    """A number for each target; -1 where there is none. Ids of events are there once, whatever the subject."""
    return filed[ABOUT_ID].rank("dense").cast(pl.Int64).fill_null(0).to_numpy() - 1


def rank_ids(ids: pl.Series) -> I64:
    """The order of ids as numbers."""
    keys = id_sort_keys(pl.col("id"), is_text=not ids.dtype.is_integer())
    table = pl.DataFrame({"id": ids}).with_row_index("at").sort(keys)
    rank = np.empty(len(ids), np.int64)
    rank[table["at"].to_numpy()] = np.arange(len(ids))
    return rank


def encode(period: Period | None) -> tuple[int, int]:
    """A period as (kind, length); kind -1 for none."""
    return (-1, 0) if period is None else encode_period(period)


def tell_objections(
    scheme: Scheme, challenges: Challenges | None, subject_ids: pl.Series, events: pl.DataFrame
) -> pl.DataFrame | None:
    """The table of objections; None under a scheme that knows none.

    Args:
        scheme: the scheme.
        challenges: the objections of a run, if there were any.
        subject_ids: the ids of its subjects.
        events: its events (perhaps without columns).
    """
    if scheme.objection is None:
        return None
    if challenges is not None:
        return build_objections(challenges)
    ids = events["event_id"].head(0) if "event_id" in events.columns else pl.Series("event_id", [], pl.String)
    nothing = np.empty(0, np.int32)
    return pl.DataFrame(
        {
            "subject_id": subject_ids.head(0),
            "target": ids,
            "filed_on": build_days(nothing),
            "filed_event": ids,
            "outcome": build_enum(nothing, list(OUTCOME_NAMES)),
            "decided_on": build_days(nothing),
            "decided_event": ids,
        }
    )


def build_objections(challenges: Challenges) -> pl.DataFrame:
    """The table of objections, by subject, day and filing."""
    filed, told, at = challenges.filed, challenges.told, challenges.counted
    at = at[np.lexsort((challenges.rank[at], challenges.day[at]))]
    outcome, by = told[at, C_OUTCOME], told[at, C_DECIDED_BY]
    table = filed[at]
    deciders = filed[EVENT_ID].gather(pl.Series(np.maximum(by, 0))) if at.size else table[EVENT_ID]
    return pl.DataFrame(
        {
            "subject_id": table[SUBJECT_ID],
            "target": table[ABOUT_ID],
            "filed_on": build_days(challenges.day[at]),
            "filed_event": table[EVENT_ID],
            "outcome": build_enum(outcome, list(OUTCOME_NAMES)),
            "decided_on": build_days(told[at, C_DECIDED_ON]),
            "decided_event": deciders.set(pl.Series(by < 0), None),
        }
    ).sort("subject_id", maintain_order=True)
