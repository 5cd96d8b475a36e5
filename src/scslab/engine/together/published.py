"""What a scheme published over time: for other schemes that read its scores and tiers."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scslab.engine.calendar import LAST_DAY, day_number, day_of
from scslab.engine.compile import Compiled
from scslab.engine.consequences.follow import Followed
from scslab.engine.consequences.layout import D_DAY, D_SCORE, D_SUBJECT, D_TIER
from scslab.engine.frames import build_days, build_enum, build_points
from scslab.engine.selection import build_posting_date
from scslab.engine.window import Window
from scslab.ground.dates import EARLIEST, Calendar
from scslab.scheme.model import Scheme, StateCondition

I64 = NDArray[np.int64]
PUBLISHED_COLUMNS = ("subject_id", "published_on", "score", "tier")
"""The columns of what was published."""


def list_published(
    compiled: Compiled,
    window: Window,
    followed: Followed,
    people: pl.DataFrame | None,
) -> pl.DataFrame:
    """From which day on which score and tier of a points scheme was to be read.

    Args:
        compiled: the scheme.
        window: the days of the run.
        followed: the standings over time.
        people: the table of subjects: who stands there has the start before anything is heard of him.

    Returns:
        `subject_id, published_on, score, tier`, by subject and day, one row a subject and day. What is in force on a
        day is the last row up to it.
    """
    scheme, ids = compiled.scheme, followed.subject_ids
    n = len(ids)
    account = followed.account[:n]
    lines = followed.list_lines()
    subject = lines[:, D_SUBJECT]
    days = _find_publication_days(scheme, window.as_of)
    place = np.searchsorted(days, lines[:, D_DAY])
    is_out = place < days.size
    told = days[np.minimum(place, days.size - 1)] if days.size else np.zeros(lines.shape[0], np.int64)
    is_periodic = scheme.score.published is not None
    listed = ids.head(0) if people is None else people["subject_id"].cast(ids.dtype)
    unknown = listed.filter(~listed.is_in(ids.implode()))
    everyone = pl.concat([ids, unknown])
    known_since = np.concatenate([account, np.zeros(len(unknown), np.int64)])
    known_since[everyone.is_in(listed.implode()).to_numpy()] = 0
    until = np.concatenate([account, np.full(len(unknown), LAST_DAY + 1, np.int64)])
    # Rows of those of whom nothing is known yet, wherever it changes; then the lines, which come after them on a day.
    parts: list[tuple[I64, I64, I64, I64]] = []
    for since, score, tier in _list_idle(compiled, days):
        at = np.maximum(known_since, since)
        # Before the first line, and where publication is periodic until the first publication after it.
        first_out = days[np.minimum(np.searchsorted(days, until), days.size - 1)] if days.size else until
        is_before = (since <= np.minimum(until, LAST_DAY)) & (at < (first_out if is_periodic else until))
        rows = np.flatnonzero(is_before & (at <= window.as_of))
        parts.append((rows, at[rows], np.full(rows.size, score), np.full(rows.size, tier)))
    parts.append((subject[is_out], told[is_out], lines[is_out, D_SCORE], lines[is_out, D_TIER]))
    return _build(compiled, everyone, _find_rank(everyone), parts)


def _find_rank(ids: pl.Series) -> I64:
    """The place of each id among all in ascending order."""
    rank = np.empty(len(ids), np.int64)
    rank[ids.arg_sort().to_numpy()] = np.arange(len(ids))
    return rank


def _build(compiled: Compiled, ids: pl.Series, rank: I64, parts: list[tuple[I64, I64, I64, I64]]) -> pl.DataFrame:
    """The table of rows `(number of the subject, day, score, tier)`, by subject and day.

    Of several rows of one subject and day the last one counts.
    """
    subject, day, score, tier = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    key = rank[subject] * (LAST_DAY + 2) + day
    # Each part is in order already, so that a sort which sees that only has to merge them.
    order = np.argsort(key, kind="stable")
    key = key[order]
    is_last = np.ones(key.size, np.bool_)
    is_last[:-1] = key[1:] != key[:-1]
    order = order[is_last]
    names = [each.id for each in compiled.scheme.tiers]
    n = order.size
    tiers = build_enum(tier[order], names) if names else pl.Series([None], dtype=pl.String).new_from_index(0, n)
    return pl.DataFrame(
        {
            "subject_id": ids.gather(subject[order]),
            "published_on": build_days(day[order]),
            "score": build_points(score[order], compiled.scheme),
            "tier": tiers.cast(pl.String),
        }
    )


def list_index_published(scheme: Scheme, publications: pl.DataFrame, events: pl.DataFrame) -> pl.DataFrame:
    """The same of an index: its publications.

    The one of a subject without events counts on any day on which the index is in force by then. One that is published
    at once has its publications on the days of events: that on the day of the question is nothing to be read.

    Args:
        scheme: the index.
        publications: as in `Settlement`.
        events: `subject_id, occurred_on, recorded_on` of all events of the scheme.
    """
    posted = events.select("subject_id", build_posting_date(scheme.score.posts_on).alias("published_on")).unique()
    told = publications.select(PUBLISHED_COLUMNS)
    has_events = pl.col("subject_id").is_in(posted["subject_id"].unique().implode())
    since = pl.lit(scheme.in_force.since or EARLIEST).alias("published_on")
    idle = told.filter(~has_events).with_columns(since)
    told = told.filter(has_events)
    if scheme.score.published is None:
        told = told.join(posted, on=["subject_id", "published_on"], how="semi")
    return pl.concat([idle, told]).sort("subject_id", "published_on")


def _find_publication_days(scheme: Scheme, as_of: int) -> I64:
    """The days on which anything is published, from the beginning of the scheme on."""
    since = 0 if scheme.in_force.since is None else day_number(scheme.in_force.since)
    unit = scheme.score.published
    every = np.arange(since, as_of + 1, dtype=np.int64)
    return every if unit is None else every[_is_last_of(unit, every)]


def _is_last_of(unit: Calendar, days: I64) -> NDArray[np.bool_]:
    dates = np.datetime64(EARLIEST, "D") + days + 1
    months = dates.astype("datetime64[M]")
    is_first = dates == months.astype("datetime64[D]")
    number = months.astype(np.int64) % 12
    step = {Calendar.MONTH: 1, Calendar.QUARTER: 3, Calendar.YEAR: 12}[unit]
    return is_first & (number % step == 0)


def _list_idle(compiled: Compiled, days: I64) -> list[tuple[int, int, int]]:
    """(publication day, score, tier) of those of whom nothing is known, wherever it changes."""
    if not days.size:
        return []
    scheme = compiled.scheme
    changes = {0, *(int(day) for day in compiled.tiers.day)}
    if scheme.score.is_yearly_restart:
        changes |= {day_number(day_of(int(days[0])).replace(year=y, month=1, day=1)) for y in range(1901, 2200)}
    first = np.searchsorted(days, np.array(sorted(changes)))
    found: list[tuple[int, int, int]] = []
    for k in sorted({int(k) for k in first if k < days.size}):
        day = int(days[k])
        score = int(compiled.start[day_of(day).year - 1900])
        row = (day, score, _find_idle_tier(compiled, score, day))
        if not found or found[-1][1:] != row[1:]:
            found.append(row)
    return found


def _find_idle_tier(compiled: Compiled, score: int, day: int) -> int:
    """The tier of somebody without a record."""
    best = -1
    for t, tier in enumerate(compiled.scheme.tiers):
        lower = compiled.tiers.on(t, day)
        if lower is not None and lower <= score and all(_holds_idle(each) for each in tier.requires):
            best = t
    return best


def _holds_idle(state: StateCondition) -> bool:
    """Whether a requirement holds where there are no events and no memberships."""
    if state.count is not None and (state.count.at_least or 0) > 0:
        return False
    return not state.lists
