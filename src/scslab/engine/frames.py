"""Arrays to tables: entries, standings, measures, and events that posted nothing."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scslab.engine.calendar import UNIX_OFFSET, day_of
from scslab.engine.compile import Compiled
from scslab.engine.fold import Block, allocate_output
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
    HELD_UNTIL,
    HOLD,
    LAPSE,
    LAST_POSTED,
    N_ENTRIES,
    OBJECTION,
    PUBLISHED,
    PUBLISHED_HOLD,
    REJECTION,
    REPAIR,
    RESTART,
    SCORE,
    START,
    UPHOLDING,
    Array,
)
from scslab.scheme.model import Measure, Scheme, ScoreKind

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


def find_tiers(compiled: Compiled, scores: NDArray[np.int64], day: int) -> NDArray[np.int32]:
    """The highest tier whose lower bound, in force on the day, is not above the score; -1 below all."""
    found = [(t, lower) for t in range(len(compiled.scheme.tiers)) if (lower := compiled.tiers.on(t, day)) is not None]
    bounds = np.array([lower for _, lower in found], np.int64)
    if bounds.size and (np.diff(bounds) >= 0).all():
        place = np.searchsorted(bounds, scores, side="right")
        return np.array([-1, *(t for t, _ in found)], np.int32)[place]
    tier = np.full(scores.size, -1, np.int32)
    for t, lower in found:
        tier[scores >= lower] = t
    return tier


def build_standings(
    compiled: Compiled,
    subject_ids: pl.Series,
    subjects: Array,
    events: NDArray[np.int32],
    *,
    as_of: int,
    published: int,
) -> pl.DataFrame:
    """Standings by subject, in the order given; `published` is -1 where nothing is published yet."""
    scheme, n = compiled.scheme, len(subject_ids)
    names = [tier.id for tier in scheme.tiers]
    scores = np.ascontiguousarray(subjects[:, SCORE])
    by_score = find_tiers(compiled, scores, as_of)
    is_held = bool((subjects[:, HOLD] >= 0).any())
    score, tier_by_score = build_points(scores, scheme), build_enum(by_score, names)
    tier = build_enum(_hold(by_score, subjects[:, HOLD]), names) if is_held else tier_by_score
    if published == as_of:
        published_score, published_tier = score, tier
    elif published < 0:
        published_score = pl.Series([None], dtype=score.dtype).new_from_index(0, n)
        published_tier = pl.Series([None], dtype=tier.dtype).new_from_index(0, n)
    else:
        scores = np.ascontiguousarray(subjects[:, PUBLISHED])
        published_score = build_points(scores, scheme)
        by_published = find_tiers(compiled, scores, published)
        published_tier = build_enum(_hold(by_published, subjects[:, PUBLISHED_HOLD]), names)
    published_on = day_of(published) if published >= 0 else None
    start = build_points(subjects[:, START], scheme)
    if scheme.score.kind is ScoreKind.NONE:
        score = published_score = start = pl.Series([None], dtype=score.dtype).new_from_index(0, n)
    return pl.DataFrame(
        {
            "subject_id": subject_ids,
            "score": score,
            "tier": tier,
            "tier_by_score": tier_by_score,
            "held_until": build_days(subjects[:, HELD_UNTIL]),
            "start": start,
            "published_on": pl.Series([published_on], dtype=pl.Date).new_from_index(0, n),
            "published_score": published_score,
            "published_tier": published_tier,
            "events": pl.Series(events.astype(np.int32)),
            "entries": pl.Series(subjects[:, N_ENTRIES].astype(np.int32)),
            "last_posted_on": build_days(subjects[:, LAST_POSTED]),
        }
    )


def _hold(tier: NDArray[np.int32], limit: NDArray[Any]) -> NDArray[np.int32]:
    return np.where(limit >= 0, np.minimum(tier, limit), tier).astype(np.int32)


def build_measures(scheme: Scheme, standings: pl.DataFrame, as_of: date | None = None) -> pl.DataFrame:
    """The measures that follow from the published standing alone, one row a subject and measure.

    This is what a run without entries can say: nobody looked at the days before, so `starts_on` is null.

    Args:
        scheme: a scheme without measures that follow from lists.
        standings: as in `Settlement`.
        as_of: the day on which the measures must be in force; None: whatever their dates are.
    """
    parts: list[pl.DataFrame] = []
    score, tier = pl.col("published_score"), pl.col("published_tier")
    texts = standings.select("subject_id", score, tier, score=score.cast(pl.String), tier=tier.cast(pl.String))
    for number, measure in enumerate(scheme.measures):
        when = measure.when
        is_over = as_of is not None and not (measure.since or as_of) <= as_of <= (measure.until or as_of)
        if when.lists or when.not_lists or is_over:
            continue
        condition = pl.lit(True)
        if when.tiers:
            condition = condition & tier.cast(pl.String).is_in(list(when.tiers))
        if when.score and when.score.since is not None:
            condition = condition & (score.cast(pl.Decimal(20, 6)) >= pl.lit(when.score.since, pl.Decimal(20, 6)))
        if when.score and when.score.below is not None:
            condition = condition & (score.cast(pl.Decimal(20, 6)) < pl.lit(when.score.below, pl.Decimal(20, 6)))
        found = texts.filter(condition)
        parts.append(
            found.select("subject_id").with_columns(
                *name_measures(scheme, np.full(found.height, number)),
                *(pl.lit(None, pl.Date).alias(column) for column in ("starts_on", "ends_on")),
                found.with_columns(describe_reason(measure).alias("reason"))["reason"],
            )
        )
    if parts:
        return pl.concat(parts).sort("subject_id", maintain_order=True)
    return build_no_measures(scheme, standings["subject_id"])


def build_no_measures(scheme: Scheme, subject_ids: pl.Series) -> pl.DataFrame:
    """The table of measures without rows."""
    nothing = np.empty(0, np.int64)
    return pl.DataFrame({"subject_id": subject_ids.head(0)}).with_columns(
        *name_measures(scheme, nothing),
        pl.Series("starts_on", [], pl.Date),
        pl.Series("ends_on", [], pl.Date),
        pl.Series("reason", [], pl.String),
    )


def name_measures(scheme: Scheme, number: NDArray[Any]) -> list[pl.Series]:
    """The columns `measure, kind, domain` of measures by their number."""
    columns = {
        "measure": [m.id for m in scheme.measures],
        "kind": [m.kind.value for m in scheme.measures],
        "domain": [m.domain.value for m in scheme.measures],
    }
    return [build_enum(number, names).alias(column) for column, names in columns.items()]


def describe_reason(measure: Measure) -> pl.Expr:
    """Why a measure applies, in words, from the columns `tier` and `score` as texts."""
    when = measure.when
    parts: list[pl.Expr] = []
    if when.tiers:
        parts.append(pl.format("tier {}", pl.col("tier")))
    if when.score:
        parts.append(pl.format("score {}", pl.col("score")))
    if when.lists:
        parts.append(pl.lit(f"list {' or '.join(map(str, when.lists))}"))
    if when.not_lists:
        parts.append(pl.lit(f"not on list {' or '.join(map(str, when.not_lists))}"))
    return pl.concat_str(parts, separator=", ")


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
