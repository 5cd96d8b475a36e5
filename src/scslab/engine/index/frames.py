"""Arrays of an index scheme to tables: publications, contributions, standings."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scslab.engine.frames import build_days, build_enum, build_points
from scslab.engine.frames_standings import find_tiers
from scslab.engine.index.compile import CompiledIndex
from scslab.engine.index.publish import Block

MOST_COMPARED = 32
"""Tiers with whose bounds scores are compared one by one."""


def find_tiers_on(compiled: CompiledIndex, scores: NDArray[np.int64], days: NDArray[Any]) -> NDArray[np.int32]:
    """The tier of each score by the bounds in force on its own day; -1 below all, and where the day is -1."""
    changes = np.unique(np.concatenate([[0], compiled.listening.tiers.day]))
    tiers = np.full(scores.size, -1, np.int32)
    epoch = np.searchsorted(changes, days, side="right") - 1
    for k, day in enumerate(changes):
        here = epoch == k
        if here.all():
            return find_tiers(compiled.listening, scores, int(day))
        if here.any():
            tiers[here] = find_tiers(compiled.listening, scores[here], int(day))
    return tiers


def build_tiers(compiled: CompiledIndex, scores: NDArray[np.int64], days: NDArray[Any]) -> pl.Series:
    """The tiers of `find_tiers_on` by name."""
    names, bounds = [tier.id for tier in compiled.scheme.tiers], compiled.listening.tiers
    is_dated = bool((bounds.day > 0).any())
    lowers = [lower for t in range(len(names)) if (lower := bounds.on(t, 0)) is not None]
    is_plain = 0 < len(lowers) == len(names) <= MOST_COMPARED and lowers == sorted(lowers) and not is_dated
    if not is_plain or (scores < lowers[0]).any():
        return build_enum(find_tiers_on(compiled, scores, days), names)
    # Comparing with each of a few bounds is much quicker than searching among them.
    codes = np.zeros(scores.size, np.uint8)
    for lower in lowers[1:]:
        codes += (scores >= lower).view(np.uint8)
    return pl.Series(codes).cat.to(pl.Enum(names))


def gather_ids(ids: pl.Series, subject: NDArray[np.uint32]) -> pl.Series:
    """The ids of subjects by their number."""
    return pl.Series(ids.to_numpy().take(subject)) if ids.dtype.is_integer() else ids.gather(subject)


def build_publications(compiled: CompiledIndex, block: Block, ids: pl.Series) -> pl.DataFrame:
    """The publications of a block: `subject_id, published_on, score, tier`."""
    out = block.columns
    return pl.DataFrame(
        {
            "subject_id": gather_ids(ids, out.subject),
            "published_on": build_days(out.day),
            "score": build_points(out.score, compiled.scheme),
            "tier": build_tiers(compiled, out.score, out.day),
        }
    )


def build_contributions(compiled: CompiledIndex, block: Block, ids: pl.Series) -> pl.DataFrame:
    """What the publications of a block consist of, one row a publication and indicator, in file order."""
    out, n = block.columns, len(compiled.indicators)
    dimensions = list(dict.fromkeys(name for name, _ in compiled.indicators))
    of = np.array([dimensions.index(name) for name, _ in compiled.indicators], np.int32)
    rows = out.value.shape[0]
    return pl.DataFrame(
        {
            "subject_id": gather_ids(ids, np.repeat(out.subject[:rows], n)),
            "published_on": build_days(np.repeat(out.day[:rows], n)),
            "dimension": build_enum(np.tile(of, rows), dimensions),
            "indicator": build_enum(np.tile(np.arange(n, dtype=np.int32), rows), _names(compiled)),
            "value": pl.Series(out.value.ravel()),
            "scaled": pl.Series(out.scaled.ravel()),
            "contribution": pl.Series(out.contribution.ravel()),
            "change": pl.Series(out.change.ravel()).fill_nan(None),
        }
    )


def build_tables(compiled: CompiledIndex, block: Block, ids: pl.Series) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The publications of a block, and what they consist of; no rows of the latter where they are not wanted."""
    return build_publications(compiled, block, ids), build_contributions(compiled, block, ids)


def _names(compiled: CompiledIndex) -> list[str]:
    return [indicator.id for _, indicator in compiled.indicators]


def build_index_standings(
    compiled: CompiledIndex,
    ids: pl.Series,
    last_day: NDArray[np.int64],
    last_score: NDArray[np.int64],
    events: NDArray[Any],
) -> pl.DataFrame:
    """Standings by subject: those of its last publication; null where nothing was published yet.

    Args:
        compiled: the scheme.
        ids: the ids of the subjects.
        last_day: the day of the last publication of each; -1 where there is none.
        last_score: its score.
        events: how many settled events each subject has.
    """
    n, names = len(ids), [tier.id for tier in compiled.scheme.tiers]
    is_missing = pl.Series(last_day < 0)
    score = build_points(last_score, compiled.scheme)
    tier = build_enum(np.where(last_day < 0, -1, find_tiers_on(compiled, last_score, last_day)), names)
    published_on = build_days(last_day)
    if is_missing.any():
        score = pl.Series([None], dtype=score.dtype).new_from_index(0, n).zip_with(is_missing, score)
    return pl.DataFrame(
        {
            "subject_id": ids,
            "score": score,
            "tier": tier,
            "tier_by_score": tier,
            "held_until": pl.Series([None], dtype=pl.Date).new_from_index(0, n),
            "start": pl.Series([None], dtype=score.dtype).new_from_index(0, n),
            "published_on": published_on,
            "published_score": score,
            "published_tier": tier,
            "events": pl.Series(events.astype(np.int32)),
            "entries": pl.Series(np.zeros(n, np.int32)),
            "last_posted_on": pl.Series([None], dtype=pl.Date).new_from_index(0, n),
        }
    )
