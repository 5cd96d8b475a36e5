"""What came of a month, as tables: what happened, what was recorded, and the cause of each recorded event."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scslab.ledger.columns import EVENT_ID, SUBJECT_ID, TYPE
from scslab.scheme.model import FILED, REJECTED, UPHELD, Scheme
from scslab.society.conduct.attributes import Drawing, draw_attributes
from scslab.society.conduct.repairs import REPAIRS
from scslab.society.month.kernel_events import FALSE, OBJECTS, OBSERVED, Events
from scslab.society.month.kernel_events import UPHELD as IS_UPHELD
from scslab.society.month.plan import Plan


@dataclass(frozen=True, slots=True)
class Records:
    """The tables of a month.

    Attributes:
        true: what happened: `event_id, subject_id, type, occurred_on` and attributes.
        recorded: what will stand in the ledger, in canonical columns; some of it is recorded in later months.
        causes: of each recorded event `event_id`, its `kind` (true, false, filed, upheld, rejected, repair) and the
            event `cause` that it goes back to: itself, or for objections what they are about. A repair is a true event
            that somebody brought about to get off a list, to get points back or to make up for a loss.
        next_id: the first event id that was not given out.
    """

    true: pl.DataFrame
    recorded: pl.DataFrame
    causes: pl.DataFrame
    next_id: int


CAUSES = pl.Enum(["true", "false", "filed", "upheld", "rejected", "repair"])


def make_records(
    scheme: Scheme, plan: Plan, events: Events, first: date, next_id: int, *, drawing: Drawing | None = None,
    names: Sequence[str] = (), repairs: Events | None = None,
) -> Records:  # fmt: skip
    """The tables of a month.

    Args:
        scheme: the scheme.
        plan: whose conduct the kinds of events count in.
        events: what the residents did and what was observed.
        first: the first day of the month.
        next_id: event ids count on from it.
        drawing: how attributes are drawn; None: as for residents of average means.
        names: event types beyond the conduct, for the kinds that follow it.
        repairs: more events, from `repairs.repair`; they come after the others.
    """
    if repairs is not None and repairs.agent.size:
        events = Events(*(np.concatenate(both) for both in zip(events, repairs, strict=True)))
    n = events.agent.size
    kinds = [*(each.name for each in plan.conduct), *names]
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
    ).hstack(draw_attributes(scheme, kinds, events.kind, events.word, events.agent, drawing))
    is_false, is_seen = (events.status & FALSE) > 0, (events.status & OBSERVED) > 0
    of_kind = np.where(is_false, 1, np.where((events.status & REPAIRS) > 0, 5, 0))
    causes = _cause(ids[is_seen], ids[is_seen], of_kind[is_seen])
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
