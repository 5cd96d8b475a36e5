"""Lists of other schemes that a scheme reads: their memberships as intervals, moved by the delay."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scslab.engine.calendar import NEVER, UNIX_OFFSET, build_day_tables, encode_period
from scslab.engine.consequences.kernel_path import shift_days
from scslab.scheme.model import ListRef

I64 = NDArray[np.int64]
OtherLists = Mapping[str, pl.DataFrame]
"""By `list@scheme`: the memberships (`subject_id, opened_on, closed_on`) that its own settlement gave."""


def find_newcomers(others: OtherLists, refs: Sequence[ListRef], subject_ids: pl.Series, as_of: int) -> pl.Series:
    """Subjects without an event whom a list of another scheme that is read has taken up by `as_of`."""
    found = [subject_ids.head(0)]
    for ref in refs:
        table = others.get(str(ref)) if ref.scheme else None
        if table is not None:
            since = to_days(table["opened_on"])
            found.append(table["subject_id"].cast(subject_ids.dtype).filter(pl.Series(since <= as_of)))
    every = pl.concat(found).unique()
    return every.filter(~every.is_in(subject_ids.implode())).sort()


def find_intervals(others: OtherLists, ref: ListRef, subject_ids: pl.Series) -> tuple[I64, I64, I64]:
    """The intervals of a list, delay applied, by subject and day, none of them empty.

    They do not overlap: a delay keeps days in their order.

    Returns:
        The subject of each (as a place in `subject_ids`), the first day on the list, and the first day off it.
    """
    table = others.get(str(ref))
    if table is None or not table.height:
        none = np.empty(0, np.int64)
        return none, none, none
    ids, since, until = _read(table, ref)
    subject = _place(ids, subject_ids)
    is_kept = (subject >= 0) & (since < until)
    subject, since, until = subject[is_kept], since[is_kept], until[is_kept]
    order = np.lexsort((until, since, subject))
    return subject[order], since[order], until[order]


def find_openings(others: OtherLists, ref: ListRef, subject_ids: pl.Series) -> tuple[I64, I64]:
    """When a list took subjects up, without the delay: their places in `subject_ids`, and the days."""
    table = others.get(str(ref))
    if table is None:
        none = np.empty(0, np.int64)
        return none, none
    subject = _place(table["subject_id"], subject_ids)
    return subject[subject >= 0], to_days(table["opened_on"])[subject >= 0]


def to_days(column: pl.Series) -> I64:
    """Dates as day numbers; null is `NEVER`. The array may be written to."""
    return (column.cast(pl.Int32) + UNIX_OFFSET).cast(pl.Int64).fill_null(NEVER).to_numpy().copy()


def _place(ids: pl.Series, subject_ids: pl.Series) -> I64:
    """The place of each id; -1: it is not among the subjects."""
    places = pl.DataFrame({"subject_id": subject_ids}).with_row_index("@subject")
    known = pl.DataFrame({"subject_id": ids.cast(subject_ids.dtype)})
    found = known.join(places, on="subject_id", how="left", maintain_order="left")["@subject"]
    return found.cast(pl.Int64).fill_null(-1).to_numpy()


def _read(table: pl.DataFrame, ref: ListRef) -> tuple[pl.Series, I64, I64]:
    since, until = to_days(table["opened_on"]), to_days(table["closed_on"])
    if ref.delay is not None:
        days, period = build_day_tables(), encode_period(ref.delay)
        for column in (since, until):
            shift_days(column, *period, days.month.astype(np.int64), days.first.astype(np.int64))
    return table["subject_id"], since, until
