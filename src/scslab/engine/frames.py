"""Arrays to tables: entries, standings, measures, and events that posted nothing."""

from __future__ import annotations

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
    NO_CONDITION,
    NO_POINTS,
    NO_RULE,
    NOT_IN_FORCE,
    UNDECIDED,
    UNDER_AGE,
)
from scslab.engine.layout import (
    EVENT,
    HELD_UNTIL,
    HOLD,
    LAPSE,
    LAST_POSTED,
    N_ENTRIES,
    PUBLISHED,
    PUBLISHED_HOLD,
    RESTART,
    SCORE,
    START,
    Array,
)
from scslab.scheme.model import Scheme

KINDS = {EVENT: "event", LAPSE: "lapse", RESTART: "restart"}
REASONS = {
    NOT_IN_FORCE: "not in force",
    UNDER_AGE: "under age",
    NO_RULE: "no rule for this type",
    NO_POINTS: "no points in force",
    UNDECIDED: "undecided",
    NO_CONDITION: "no condition held",
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
    days = days.astype(np.int32)
    column = pl.Series(days - np.int32(UNIX_OFFSET)).cast(pl.Date)
    missing = days < 0
    if not missing.any():
        return column
    nothing = pl.Series([None], dtype=pl.Date).new_from_index(0, days.size)
    return nothing if missing.all() else nothing.zip_with(pl.Series(missing), column)


def build_enum(codes: NDArray[Any], names: list[str]) -> pl.Series:
    """Codes as names; negative codes are null."""
    column = pl.Series(codes.astype(np.int32))
    dtype = pl.Enum(list(dict.fromkeys(names)))
    if len(dtype.categories) != len(names):  # several caps are called `rule`
        renumber = np.array([dtype.categories.to_list().index(name) for name in names], np.int32)
        column = pl.Series(np.where(codes >= 0, renumber[codes], -1).astype(np.int32))
    if column.len() and column.min() < 0:  # type: ignore[operator]
        column = column.set(column < 0, None)
    return column.cast(pl.UInt32).cat.to(dtype)


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
        "occurrence": pl.Series(out.occurrence),
        "capped_by": build_enum(out.capped_by, list(compiled.cap_names)),
    }
    columns["occurrence"] = columns["occurrence"].set(columns["occurrence"] == 0, None)
    if "source" in events.columns:
        columns["source"] = events["source"].gather(row)
    return pl.DataFrame(columns)


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
    return pl.DataFrame(
        {
            "subject_id": subject_ids,
            "score": score,
            "tier": tier,
            "tier_by_score": tier_by_score,
            "held_until": build_days(subjects[:, HELD_UNTIL]),
            "start": build_points(subjects[:, START], scheme),
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


def build_measures(scheme: Scheme, standings: pl.DataFrame) -> pl.DataFrame:
    """The measures that follow from the published standing, one row a subject and measure."""
    parts: list[pl.DataFrame] = []
    score, tier = pl.col("published_score"), pl.col("published_tier")
    for measure in scheme.measures:
        condition, reasons = pl.lit(True), list[pl.Expr]()
        when = measure.when
        if when.tiers:
            condition = condition & tier.cast(pl.String).is_in(list(when.tiers))
            reasons.append(pl.format("tier {}", tier.cast(pl.String)))
        if when.score_from is not None:
            condition = condition & (score.cast(pl.Decimal(20, 6)) >= pl.lit(when.score_from, pl.Decimal(20, 6)))
        if when.score_below is not None:
            condition = condition & (score.cast(pl.Decimal(20, 6)) < pl.lit(when.score_below, pl.Decimal(20, 6)))
        if when.score_from is not None or when.score_below is not None:
            reasons.append(pl.format("score {}", score.cast(pl.String)))
        parts.append(
            standings.filter(condition).select(
                "subject_id",
                pl.lit(measure.id).alias("measure"),
                pl.lit(measure.kind.value).alias("kind"),
                pl.lit(measure.domain.value).alias("domain"),
                (pl.concat_str(reasons, separator=", ") if reasons else pl.lit("")).alias("reason"),
            )
        )
    if parts:
        return pl.concat(parts).sort("subject_id", "measure")
    text = pl.Series([], dtype=pl.String)
    columns = {"subject_id": standings["subject_id"].head(0)}
    return pl.DataFrame(columns | dict.fromkeys(("measure", "kind", "domain", "reason"), text))


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
    days = (words[rows] >> DAY_SHIFT).astype(np.int32)
    codes = reasons[rows].astype(np.int32) - 1
    table = part.with_columns(
        build_days(days).alias("posted_on"), build_enum(codes, list(REASONS.values())).alias("reason")
    )
    return table.sort("subject_id", "posted_on", "event_id")
