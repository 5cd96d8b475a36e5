"""Signals: the settled events that lists, counts and repairs listen to, by subject and in the order of the days."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scslab.ledger.order import id_sort_keys

I64 = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Signals:
    """Events that some clause listens to; `subject` counts in the ids of the run, `row` in its events.

    Attributes:
        bits: which clauses, one bit each.
    """

    subject: I64
    day: I64
    row: I64
    bits: NDArray[np.uint64]


def gather_signals(
    rows: I64, bits: NDArray[np.uint64], days: NDArray[np.uint64] | I64, events: pl.DataFrame, subject_ids: pl.Series
) -> Signals:
    """Order the events with a word that is not 0.

    Args:
        rows: their rows in `events`.
        bits: their words.
        days: their posting dates as day numbers.
        events: `event_id` and `subject_id` of all events.
        subject_ids: the ids of the run, ascending.
    """
    if not rows.size:
        none = np.empty(0, np.int64)
        return Signals(none, none, none, np.empty(0, np.uint64))
    part = events.select("event_id", "subject_id")[rows]
    is_text = not part["event_id"].dtype.is_integer()
    places = pl.DataFrame({"subject_id": subject_ids}).with_row_index("@subject")
    table = (
        part.with_columns(pl.Series("day", days.astype(np.int64)), pl.Series("row", rows), pl.Series("bits", bits))
        .join(places, on="subject_id", how="left")
        .sort("@subject", "day", *id_sort_keys(pl.col("event_id"), is_text=is_text))
    )
    return Signals(
        table["@subject"].cast(pl.Int64).to_numpy(),
        table["day"].to_numpy(),
        table["row"].to_numpy(),
        table["bits"].to_numpy(),
    )
