"""Arrays to tables: entries, standings, measures, and events that posted nothing."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scslab.engine.calendar import UNIX_OFFSET
from scslab.engine.compile import Compiled
from scslab.engine.fold import Block
from scslab.engine.fold_tables import allocate_output
from scslab.engine.kernel_group import (
    DAY_SHIFT,
    MADE_BEFORE,
    NO_CONDITION,
    NO_OPEN_OBJECTION,
    NO_POINTS,
    NO_RULE,
    NOT_IN_FORCE,
    NOTHING_TO_REPAIR,
    ONLY_COUNTED,
    TOO_LATE,
    UNDECIDED,
    UNDER_AGE,
    WITHOUT_TARGET,
)
from scslab.engine.layout import (
    EVENT,
    LAPSE,
    OBJECTION,
    REJECTION,
    REPAIR,
    RESTART,
    UPHOLDING,
    Array,
)
from scslab.scheme.model import Scheme

KINDS = {
    EVENT: "event",
    LAPSE: "lapse",
    RESTART: "restart",
    OBJECTION: "objection",
    REJECTION: "rejected",
    UPHOLDING: "upheld",
    REPAIR: "repair",
}
"""Kinds of entries, by their codes."""
REASONS = {
    NOT_IN_FORCE: "not in force",
    UNDER_AGE: "under age",
    NO_RULE: "no rule for this type",
    NO_POINTS: "no points in force",
    UNDECIDED: "undecided",
    NO_CONDITION: "no condition held",
    ONLY_COUNTED: "only counted",
    NOTHING_TO_REPAIR: "nothing to repair",
    WITHOUT_TARGET: "objection without target",
    TOO_LATE: "objection too late",
    MADE_BEFORE: "objection made before",
    NO_OPEN_OBJECTION: "no open objection",
}
"""Why an event posted nothing."""


def get_points_type(scheme: Scheme) -> pl.DataType:
    """The column type of points and scores: whole numbers, or decimals of fixed scale."""
    decimals = scheme.score.decimals
    return pl.Int64() if decimals == 0 else pl.Decimal(18, decimals)


def build_points(values: NDArray[np.int64], scheme: Scheme) -> pl.Series:
    """Scaled whole numbers as a column of points, exactly."""
    column = pl.Series(np.ascontiguousarray(values))
    if scheme.score.decimals == 0:
        return column
    # Exact: the whole number times the decimal 0.0…1, never by way of a float.
    wide = pl.Decimal(38, scheme.score.decimals)
    unit = pl.Series([Decimal(1).scaleb(-scheme.score.decimals)], dtype=wide)
    return (column.cast(wide) * unit).cast(get_points_type(scheme))


def build_days(days: NDArray[Any]) -> pl.Series:
    """Day numbers as dates; negative ones are null."""
    days = days.astype(np.int32, copy=False)
    column = pl.Series(days - np.int32(UNIX_OFFSET)).cast(pl.Date)
    missing = days < 0
    if not missing.any():
        return column
    nothing = pl.Series([None], dtype=pl.Date).new_from_index(0, days.size)
    return nothing if missing.all() else nothing.zip_with(pl.Series(missing), column)


def build_enum(codes: NDArray[Any], names: list[str]) -> pl.Series:
    """Codes as names; negative codes are null."""
    dtype = pl.Enum(list(dict.fromkeys(names)))
    missing = codes < 0
    if len(dtype.categories) != len(names):  # several caps are called `rule`
        known = dtype.categories.to_list()
        codes = np.array([known.index(name) for name in names], np.int32)[codes]
    # Few names are told apart by a byte, and the table keeps no more.
    column = pl.Series(codes.astype(np.uint8 if len(dtype.categories) < 256 else np.uint32))
    if missing.any():
        column = column.set(pl.Series(missing), None)
    return column.cat.to(dtype)


def build_entries(compiled: Compiled, block: Block, events: pl.DataFrame, subject_ids: pl.Series) -> pl.DataFrame:
    """The entries of a block as a table.

    Args:
        compiled: the scheme.
        block: entries by column; `subject` counts in `subject_ids`, `row` in `events`.
        events: `event_id, type` and perhaps `source` of each row.
        subject_ids: the ids of the subjects, in the order of the run.
    """
    scheme, out = compiled.scheme, block.columns
    row = pl.Series(out.row)
    if row.len() and row.min() < 0:  # type: ignore[operator]
        row = row.set(row < 0, None)
    columns = {
        "subject_id": subject_ids.gather(out.subject),
        "seq": pl.Series(out.seq),
        "posted_on": build_days(out.day),
        "kind": build_enum(out.kind, list(KINDS.values())),
        "event_id": events["event_id"].gather(row),
        "type": events["type"].gather(row),
        "rule": build_enum(out.rule, [rule.id for rule in scheme.rules]),
        "nominal": build_points(out.nominal, scheme),
        "granted": build_points(out.granted, scheme),
        "effective": build_points(out.effective, scheme),
        "score_before": build_points(out.before, scheme),
        "score_after": build_points(out.before + out.effective, scheme),
        "lapses_on": build_days(out.lapse),
        "occurrence": _count_occurrences(scheme, out.occurrence),
        "capped_by": build_enum(out.capped_by, list(compiled.cap_names)),
    }
    if "source" in events.columns:
        columns["source"] = events["source"].gather(row)
    if scheme.objection is not None or scheme.repairs:
        columns["target"] = events["event_id"].gather(_name_rows(block.target, out.row.size))
        numbers = np.full(out.row.size, -1) if block.repair is None else block.repair
        columns["repair"] = build_enum(numbers, [repair.id for repair in scheme.repairs])
    return pl.DataFrame(columns)


def _count_occurrences(scheme: Scheme, numbers: NDArray[np.int32]) -> pl.Series:
    """Which occurrence each is; null where it does not count."""
    if not any(rule.repeat for rule in scheme.rules):
        return pl.Series([None], dtype=pl.Int32).new_from_index(0, numbers.size)
    column = pl.Series(numbers)
    return column.set(column == 0, None)


def _name_rows(rows: Array | None, n: int) -> pl.Series:
    """Rows to gather by; negative ones, and all where there are none, are null."""
    if rows is None:
        return pl.Series([None], dtype=pl.Int64).new_from_index(0, n)
    return pl.Series(np.maximum(rows, 0)).set(pl.Series(rows < 0), None)


def build_no_entries(compiled: Compiled, events: pl.DataFrame, subject_ids: pl.Series) -> pl.DataFrame:
    """An entries table without rows; arguments as for `build_entries`, but `events` may lack columns."""
    blank = pl.DataFrame(schema={"event_id": pl.String(), "type": pl.Enum(compiled.types)})
    events = pl.concat([events.head(0), blank.select(pl.exclude(events.columns))], how="horizontal")
    return build_entries(compiled, Block(allocate_output(0), 0, 1.0), events, subject_ids)


def build_no_unposted(compiled: Compiled, subject_ids: pl.Series) -> pl.DataFrame:
    """A table of unposted events without rows."""
    blank = pl.DataFrame(
        {"subject_id": subject_ids.head(0)}, schema_overrides={"subject_id": subject_ids.dtype}
    ).with_columns(pl.lit("").alias("event_id"), pl.lit(None, pl.Enum(compiled.types)).alias("type"))
    return build_unposted(blank, np.empty(0, np.uint64), np.empty(0, np.uint8))


def build_unposted(events: pl.DataFrame, words: NDArray[np.uint64], reasons: NDArray[np.uint8]) -> pl.DataFrame:
    """The events that posted nothing, with the reason, by subject, day and event."""
    rows = np.flatnonzero(reasons)
    part = events.select("subject_id", "event_id", "type")[rows]
    return tell_reasons(part, words[rows], reasons[rows]).sort("subject_id", "posted_on", "event_id")


def tell_reasons(events: pl.DataFrame, words: NDArray[np.uint64], reasons: NDArray[Any]) -> pl.DataFrame:
    """`events` (subject, id, type) with the day and the reason of each: the columns of unposted events."""
    days, codes = (words >> DAY_SHIFT).astype(np.int32), reasons.astype(np.int32) - 1
    return events.with_columns(
        build_days(days).alias("posted_on"), build_enum(codes, list(REASONS.values())).alias("reason")
    )
