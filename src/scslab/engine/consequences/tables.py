"""What followed, as tables: memberships, measures, and the columns of standings that a walk decides."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scslab.engine.compile import Compiled
from scslab.engine.consequences.follow import Followed
from scslab.engine.consequences.layout import (
    D_BY_SCORE,
    D_DAY,
    D_TIER,
    I_ENDS,
    I_MEASURE,
    I_SCORE,
    I_STARTS,
    I_SUBJECT,
    I_TIER,
    M_CLOSED,
    M_CLOSED_BY,
    M_CLOSED_ROW,
    M_LIST,
    M_OPENED,
    M_OPENED_BY,
    M_OPENED_ROW,
    M_SUBJECT,
    M_TERM_ENDS,
    MEMBER_WIDTH,
    NO_SCORE,
    REASONS,
)
from scslab.engine.frames import build_days, build_enum, build_points
from scslab.engine.frames_measures import describe_reason, name_measures
from scslab.engine.window import Window
from scslab.scheme.model import Scheme, ScoreKind

I64 = NDArray[np.int64]


def build_memberships(scheme: Scheme, members: I64, subject_ids: pl.Series, events: pl.DataFrame) -> pl.DataFrame:
    """The table of memberships, by subject, first day and list.

    Args:
        scheme: the scheme.
        members: memberships (see `layout`).
        subject_ids: the ids of the run.
        events: `event_id` of each row.
    """
    order = np.lexsort((members[:, M_LIST], members[:, M_OPENED], members[:, M_SUBJECT]))
    rows = members[order]
    names = [each.id for each in scheme.lists]
    kinds = list(dict.fromkeys(each.kind.value for each in scheme.lists))
    kind_of = np.array([kinds.index(each.kind.value) for each in scheme.lists], np.int64)
    reasons: list[str] = list(REASONS)
    return pl.DataFrame(
        {
            "subject_id": subject_ids.gather(rows[:, M_SUBJECT]),
            "list": build_enum(rows[:, M_LIST], names),
            "kind": build_enum(kind_of[rows[:, M_LIST]] if kinds else rows[:, M_LIST], kinds),
            "opened_on": build_days(rows[:, M_OPENED]),
            "closed_on": build_days(rows[:, M_CLOSED]),
            "opened_by": build_enum(rows[:, M_OPENED_BY], reasons),
            "opened_event": _gather(events, rows[:, M_OPENED_ROW]),
            "closed_by": build_enum(rows[:, M_CLOSED_BY], reasons),
            "closed_event": _gather(events, rows[:, M_CLOSED_ROW]),
            "term_ends_on": build_days(rows[:, M_TERM_ENDS]),
        }
    )


def build_no_memberships(scheme: Scheme, subject_ids: pl.Series, events: pl.DataFrame) -> pl.DataFrame:
    """The table of memberships without rows."""
    return build_memberships(scheme, np.empty((0, MEMBER_WIDTH), np.int64), subject_ids, events)


def _gather(events: pl.DataFrame, rows: I64) -> pl.Series:
    if "event_id" not in events.columns:
        return pl.Series([None], dtype=pl.String).new_from_index(0, rows.size)
    place = pl.Series(np.where(rows < 0, 0, rows))
    return events["event_id"].gather(place.set(pl.Series(rows < 0), None))


def build_measures(compiled: Compiled, followed: Followed, idle: pl.Series) -> pl.DataFrame:
    """The table of measures as intervals, by subject, first day and measure.

    Args:
        compiled: the scheme.
        followed: what followed.
        idle: ids of subjects without an account; they have the measures of the one that stands for them.
    """
    rows, n = followed.intervals, len(followed.subject_ids)
    is_idle = rows[:, I_SUBJECT] == n
    table = _build_intervals(compiled, rows[~is_idle], followed.subject_ids.gather(rows[~is_idle, I_SUBJECT]))
    common = rows[is_idle]
    if not common.shape[0] or idle.is_empty():
        return table
    many = np.tile(common, (len(idle), 1))
    ids = idle.gather(np.repeat(np.arange(len(idle)), common.shape[0]))
    more = _build_intervals(compiled, many, ids.cast(followed.subject_ids.dtype))
    return pl.concat([table, more]).sort("subject_id", maintain_order=True)


def _build_intervals(compiled: Compiled, rows: I64, ids: pl.Series) -> pl.DataFrame:
    scheme = compiled.scheme
    number = rows[:, I_MEASURE]
    return pl.DataFrame({"subject_id": ids.alias("subject_id")}).with_columns(
        *name_measures(scheme, number),
        build_days(rows[:, I_STARTS]).alias("starts_on"),
        build_days(rows[:, I_ENDS]).alias("ends_on"),
        _build_reasons(compiled, rows).alias("reason"),
    )


def _build_reasons(compiled: Compiled, rows: I64) -> pl.Series:
    """Why each measure began, in words."""
    scheme, n = compiled.scheme, rows.shape[0]
    tiers = build_enum(rows[:, I_TIER], [tier.id for tier in scheme.tiers]) if scheme.tiers else None
    scores = build_points(np.where(rows[:, I_SCORE] == NO_SCORE, 0, rows[:, I_SCORE]), scheme)
    frame = pl.DataFrame({"measure": rows[:, I_MEASURE], "score": scores.cast(pl.String)}).with_columns(
        (tiers.cast(pl.String) if tiers is not None else pl.Series([None] * n, dtype=pl.String)).alias("tier")
    )
    reason = pl.lit("")
    for number, measure in enumerate(scheme.measures):
        reason = pl.when(pl.col("measure") == number).then(describe_reason(measure)).otherwise(reason)
    return frame.with_columns(reason.alias("reason"))["reason"]


def decide_standings(compiled: Compiled, window: Window, standings: pl.DataFrame, followed: Followed) -> pl.DataFrame:
    """Standings with the tiers, holds and lists that the walk found."""
    names = [tier.id for tier in compiled.scheme.tiers]
    # Of an index all that stands is what its last publication said, on whatever day that was.
    told = window.as_of if compiled.scheme.score.kind is ScoreKind.INDEX else window.published
    now, then = _find_lines(followed, window.as_of), _find_lines(followed, told)
    n = len(followed.subject_ids)
    held = build_days(followed.held_until)
    found = pl.DataFrame({"@place": np.arange(n + 1)})
    columns = {"tier": (now, D_TIER), "tier_by_score": (now, D_BY_SCORE), "published_tier": (then, D_TIER)}
    if names:
        for column, (at, what) in columns.items():
            codes = np.where(at >= 0, followed.lines[np.maximum(at, 0), what], -1)
            found = found.with_columns(build_enum(codes, names).alias(column))
    found = found.with_columns(held.alias("held_until"), build_open_lists(compiled.scheme, followed).alias("lists"))
    places = pl.DataFrame({"subject_id": followed.subject_ids}).with_row_index("@place").cast({"@place": pl.Int64})
    joined = standings.select("subject_id").join(places, on="subject_id", how="left", maintain_order="left")
    rows = found[joined["@place"].fill_null(n).to_numpy()].drop("@place")
    if not compiled.scheme.lists:
        rows = rows.drop("lists")
    order = [*standings.columns, *(c for c in rows.columns if c not in standings.columns)]
    return standings.with_columns(rows.get_columns()).select(order)


def _find_lines(followed: Followed, day: int) -> I64:
    """By subject the line that is in force on a day; -1: none."""
    at = followed.line_at
    is_reached = np.concatenate([[0], np.cumsum(followed.lines[:, D_DAY] <= day)])
    reached = is_reached[at[1:]] - is_reached[at[:-1]]
    return np.where(reached > 0, at[:-1] + reached - 1, -1)


def build_open_lists(scheme: Scheme, followed: Followed) -> pl.Series:
    """By subject the lists it is on at the end of the run, in file order."""
    is_open = followed.members[followed.members[:, M_CLOSED] < 0]
    rows = is_open[np.lexsort((is_open[:, M_LIST], is_open[:, M_SUBJECT]))]
    names = np.array([each.id for each in scheme.lists], object)
    table = (
        pl.DataFrame({"place": rows[:, M_SUBJECT], "list": pl.Series(names[rows[:, M_LIST]], dtype=pl.String)})
        .group_by("place", maintain_order=True)
        .agg("list")
    )
    every = pl.DataFrame({"place": np.arange(len(followed.subject_ids) + 1)})
    return every.join(table, on="place", how="left", maintain_order="left")["list"].fill_null([])
