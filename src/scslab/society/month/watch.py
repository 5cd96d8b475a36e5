"""What a simulation notes of every month beside its counts: scores of participants, and who moved between tiers."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scslab.engine.stepper import Standing
from scslab.scheme.model import Scheme, ScoreKind
from scslab.society.month.agents import TAKES_PART, Agents

OUTSIDE, NO_TIER = -2, -1
"""Where a tier's number would stand: who takes no part; who takes part and has no tier yet."""


def read_tiers(agents: Agents) -> NDArray[np.int8]:
    """The tier of each agent as it stands now, `(n,)`: its number in the scheme, `NO_TIER` or `OUTSIDE`."""
    return np.where((agents.flags & TAKES_PART) > 0, agents.tier, np.int8(OUTSIDE)).astype(np.int8)


def count_tiers(scheme: Scheme, tiers: NDArray[np.int8]) -> tuple[list[str | None], list[int]]:
    """The tiers of a scheme by name, none first, and how many stand in each; who takes no part is not counted.

    Example:
        >>> from scslab.scheme.catalogue import find_scheme
        >>> count_tiers(find_scheme("food-safety"), np.array([-2, 0, 2, 2], np.int8))[1]
        [0, 1, 0, 2, 0]
    """
    names = [None, *(tier.id for tier in scheme.tiers)]
    return names, np.bincount(tiers[tiers > OUTSIDE].astype(np.int64) + 1, minlength=len(names)).tolist()


def list_moves(before: NDArray[np.int8], after: NDArray[np.int8], month: date) -> pl.DataFrame:
    """Who stands elsewhere than a month ago: `month, resident, before, after`, tiers as in `read_tiers`.

    From these rows alone the tier of everybody in every month follows: before the first month all are `OUTSIDE`.

    Example:
        >>> list_moves(np.array([-2, 1, 1], np.int8), np.array([0, 1, 0], np.int8), date(2020, 1, 31)).rows()
        [(datetime.date(2020, 1, 31), 0, -2, 0), (datetime.date(2020, 1, 31), 2, 1, 0)]
    """
    who = np.flatnonzero(before != after)
    return pl.DataFrame(
        {"resident": who.astype(np.uint32), "before": before[who], "after": after[who]},
        schema={"resident": pl.UInt32, "before": pl.Int8, "after": pl.Int8},
    ).select(pl.lit(month).alias("month"), pl.all())


def describe_scores(scheme: Scheme, agents: Agents, standing: Standing) -> dict[str, float | None]:
    """`mean_score` and `sd_score`, in points, of the participants who have a published score; None without any."""
    has_score = (agents.flags & TAKES_PART) > 0
    if scheme.score.kind is ScoreKind.INDEX:
        has_score &= standing.score != 0  # an index begins above 0: nothing has been published of those at 0
    scores = standing.score[has_score]
    if scheme.score.kind is ScoreKind.NONE or not scores.size:
        return {"mean_score": None, "sd_score": None}
    scale, mean = 10**scheme.score.decimals, int(scores.sum()) / scores.size
    return {"mean_score": mean / scale, "sd_score": float(np.sqrt(np.square(scores - mean).mean())) / scale}
