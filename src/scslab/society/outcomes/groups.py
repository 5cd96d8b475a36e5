"""Inequality: how a scheme treats groups of residents."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scslab.ledger.columns import EVENT_ID, SUBJECT_ID
from scslab.scheme.model import ScoreKind
from scslab.society.month.agents import AWARE, TAKES_PART
from scslab.society.outcomes.mobility import MONTHS_A_YEAR, count_months_inside
from scslab.society.outcomes.scores import read_scores
from scslab.society.outcomes.settled import get_last_day
from scslab.society.simulation import Simulated

LEAST_PARTICIPANTS = 30
"""Groups with fewer participants are neither drawn nor tested: luck decides about their means."""


def compare_groups(run: Simulated) -> pl.DataFrame:
    """By category of each dimension, how residents fare.

    Returns:
        `dimension, category, residents`; `aware` and `taking_part` (shares of residents); `participants` on the last
        day and `participant_years` in all; mean `score` and its standard `error` among participants who have one;
        `lowest` (share of participants in the lowest tier) and `below_start` (in a tier below that of the start; null
        where there is no such tier); `false_entries` and `false_rate` (a participant-year).
        Null where nobody is there to count.
    """
    profile, agents = run.setting.profile, run.agents
    is_in = (agents.flags & TAKES_PART) > 0
    start = find_start_tier(run)
    columns = {
        "knows": (agents.flags & AWARE) > 0,
        "is_in": is_in,
        "months": count_months_inside(run),
        "score": read_scores(run),
        "lowest": is_in & (agents.tier == 0),
        "below": is_in & (agents.tier >= 0) & (agents.tier < start),
        "false": _count_false(run),
    }
    has_tiers = bool(run.scheme.tiers)
    places = np.unravel_index(agents.cell, profile.shape)
    rows: list[dict[str, object]] = []
    for (dimension, categories), place in zip(profile.dimensions.items(), places, strict=True):
        for k, category in enumerate(categories):
            here = place == k
            if here.any():
                own = {name: column[here] for name, column in columns.items()}
                rows.append({"dimension": dimension, "category": category} | _describe_group(own, has_tiers, start > 0))
    return pl.DataFrame(rows, infer_schema_length=None)


def find_start_tier(run: Simulated) -> int:
    """The number of the tier in which everybody starts; 0 where it is the lowest, or where there is no start."""
    scheme, day = run.scheme, get_last_day(run)
    start = scheme.score.start.on(day)
    if scheme.score.kind is not ScoreKind.POINTS or start is None:
        return 0
    lowers = [tier.lower_on(day) for tier in scheme.tiers]
    return max((k for k, lower in enumerate(lowers) if lower is not None and lower <= start), default=0)


def _count_false(run: Simulated) -> NDArray[np.int64]:
    """False entries of each resident."""
    wrong = run.causes.filter(pl.col("kind") == "false").select(EVENT_ID)
    who = run.recorded.join(wrong, on=EVENT_ID, how="semi")[SUBJECT_ID].to_numpy()
    return np.bincount(who, minlength=run.agents.n)


def _describe_group(own: dict[str, NDArray[Any]], has_tiers: bool, has_start: bool) -> dict[str, object]:
    n, participants = own["is_in"].size, int(own["is_in"].sum())
    score = own["score"][~np.isnan(own["score"])]
    years, false = int(own["months"].sum()) / MONTHS_A_YEAR, int(own["false"].sum())
    return {
        "residents": n, "aware": int(own["knows"].sum()) / n, "taking_part": participants / n,
        "participants": participants, "participant_years": years,
        "score": float(score.mean()) if score.size else None,
        "error": float(score.std(ddof=1) / np.sqrt(score.size)) if score.size > 1 else None,
        "lowest": int(own["lowest"].sum()) / participants if participants and has_tiers else None,
        "below_start": int(own["below"].sum()) / participants if participants and has_start else None,
        "false_entries": false, "false_rate": false / years if years else None,
    }  # fmt: skip
