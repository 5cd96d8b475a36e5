"""Scores of participants on the last day, and how unequal they are."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scslab.ledger.columns import SUBJECT_ID
from scslab.scheme.model import ScoreKind
from scslab.society.month.agents import TAKES_PART
from scslab.society.outcomes.settled import get_last_day
from scslab.society.simulation import Simulated


def read_scores(run: Simulated) -> NDArray[np.float64]:
    """Published scores on the last day, `(n,)`, in points; NaN for who takes no part or has no score.

    Who takes part in a points scheme and was never recorded stands at the start.
    """
    scheme, agents = run.scheme, run.agents
    score = np.full(agents.n, np.nan)
    if scheme.score.kind is ScoreKind.NONE:
        return score
    if scheme.score.kind is ScoreKind.POINTS:
        score[:] = float(scheme.score.start.on(get_last_day(run)) or 0)
    if run.standings.height and "published_score" in run.standings.columns:
        # What spreads along links gives subjects names: those are no residents.
        who = pl.col(SUBJECT_ID).cast(pl.Int64, strict=False)
        known = run.standings.filter(pl.col("published_score").is_not_null() & who.is_not_null())
        score[known[SUBJECT_ID].cast(pl.Int64).to_numpy()] = known["published_score"].cast(pl.Float64).to_numpy()
    score[(agents.flags & TAKES_PART) == 0] = np.nan
    return score


def compute_gini(scores: NDArray[np.float64]) -> float | None:
    """The Gini coefficient, 0 (all equal) to 1; None without scores, or where they sum to nothing.

    It compares scores as if they were amounts, and so depends on where a scheme puts its zero: compare scenarios of
    one scheme by it, not schemes.

    Example:
        >>> compute_gini(np.array([1.0, 1.0])), compute_gini(np.array([0.0, 1.0]))
        (0.0, 0.5)
    """
    x = np.sort(scores[~np.isnan(scores)])
    if not x.size or x.sum() <= 0 or x[0] < 0:
        return None
    rank = np.arange(1, x.size + 1)
    return float(2 * (rank @ x) / (x.size * x.sum()) - (x.size + 1) / x.size)
