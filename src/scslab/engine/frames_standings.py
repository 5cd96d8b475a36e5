"""The table of standings: score and tier of each subject, today and as published."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scslab.engine.calendar import day_of
from scslab.engine.compile import Compiled
from scslab.engine.frames import build_days, build_enum, build_points
from scslab.engine.layout import (
    HELD_UNTIL,
    HOLD,
    LAST_POSTED,
    N_ENTRIES,
    PUBLISHED,
    PUBLISHED_HOLD,
    SCORE,
    START,
    Array,
)
from scslab.scheme.model import ScoreKind


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
