"""What came of a month, as tables: what happened, what was recorded, and the cause of each recorded event."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scslab.ledger.columns import EVENT_ID, SUBJECT_ID, TYPE
from scslab.scheme.model import FILED, REJECTED, UPHELD, Scheme
from scslab.society.attributes import draw_attributes
from scslab.society.kernel_month import FALSE, OBJECTS, OBSERVED, Events
from scslab.society.kernel_month import UPHELD as IS_UPHELD
from scslab.society.plan import Plan


@dataclass(frozen=True, slots=True)
class Records:
    """The tables of a month.

    Attributes:
        true: what happened: `event_id, subject_id, type, occurred_on` and attributes.
        recorded: what will stand in the ledger, in canonical columns; some of it is recorded in later months.
        causes: of each recorded event `event_id`, its `kind` (true, false, filed, upheld, rejected) and the event
            `cause` that it goes back to: itself, or for objections what they are about.
        next_id: the first event id that was not given out.
    """

    true: pl.DataFrame
    recorded: pl.DataFrame
    causes: pl.DataFrame
    next_id: int


CAUSES = pl.Enum(["true", "false", "filed", "upheld", "rejected"])


def make_records(scheme: Scheme, plan: Plan, events: Events, first: date, next_id: int) -> Records:
    """The tables of a month whose first day is given; event ids count on from `next_id`."""
    n = events.agent.size
    kinds = [each.name for each in plan.conduct]
    ids = np.arange(next_id, next_id + n)
    base = np.datetime64(first, "D")
    occurred = base + events.day.astype(np.int64)
    recorded = occurred + events.delay.astype(np.int64)
    table = pl.DataFrame(
        {
            EVENT_ID: ids,
            SUBJECT_ID: events.agent.astype(np.int64),
            TYPE: pl.Series(kinds, dtype=pl.String).gather(pl.Series(events.kind.astype(np.uint32))),
            "occurred_on": pl.Series(occurred),
            "recorded_on": pl.Series(recorded),
        }
    ).hstack(draw_attributes(scheme, kinds, events.kind, events.word))
    is_false, is_seen = (events.status & FALSE) > 0, (events.status & OBSERVED) > 0
    causes = _cause(ids[is_seen], ids[is_seen], np.where(is_false[is_seen], 1, 0))
    seen = table.filter(pl.Series(is_seen))
    more, why = _make_objections(events, ids, recorded, table, next_id + n)
    if more is not None and why is not None:
        seen, causes = pl.concat([seen, more], how="diagonal"), pl.concat([causes, why])
    return Records(
        table.filter(pl.Series(~is_false)).drop("recorded_on"),
        seen,
        causes,
        next_id + n + (0 if more is None else more.height),
    )


def _cause(ids: NDArray[np.int64], causes: NDArray[np.int64], kind: NDArray[np.int64]) -> pl.DataFrame:
    codes = pl.Series(kind.astype(np.uint32)).cast(pl.UInt32).cat.to(CAUSES)
    return pl.DataFrame({EVENT_ID: ids, "kind": codes, "cause": causes})


def _make_objections(
    events: Events, ids: NDArray[np.int64], recorded: NDArray[np.datetime64], table: pl.DataFrame, next_id: int
) -> tuple[pl.DataFrame | None, pl.DataFrame | None]:
    """Filing and outcome of each objection, ids in pairs."""
    at = np.flatnonzero(events.status & OBJECTS)
    if not at.size:
        return None, None
    is_upheld = (events.status[at] & IS_UPHELD) > 0
    filed = recorded[at] + events.filing[at].astype(np.int64)
    decided = filed + events.outcome[at].astype(np.int64)
    days = np.stack([filed, decided], axis=1).ravel()
    own = next_id + np.arange(2 * at.size)
    outcome = np.where(is_upheld, UPHELD, REJECTED)
    rows = pl.DataFrame(
        {
            EVENT_ID: own,
            SUBJECT_ID: np.repeat(table[SUBJECT_ID].to_numpy()[at], 2),
            TYPE: pl.Series([name for each in outcome for name in (FILED, str(each))], dtype=pl.String),
            "occurred_on": pl.Series(days),
            "recorded_on": pl.Series(days),
            "target": pl.Series(np.repeat(ids[at], 2)).cast(pl.String),
        }
    )
    kind = np.stack([np.full(at.size, 2), np.where(is_upheld, 3, 4)], axis=1).ravel()
    return rows, _cause(own, np.repeat(ids[at], 2), kind)
