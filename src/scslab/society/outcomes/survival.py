"""How long something lasts where not every end was seen: the estimate of Kaplan and Meier."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray


def estimate_survival(days: NDArray[np.int64], is_over: NDArray[np.bool_]) -> pl.DataFrame:
    """The share that lasts longer than so many days (kaplan1958), with Greenwood's standard error.

    Args:
        days: how long each was watched, `(n,)`, in days.
        is_over: whether it ended then, `(n,)`; if not, watching ended and it may go on.

    Returns:
        `days, at_risk, ended, share, error`, one row a day on which something ended. What is watched up to a day still
        counts as at risk on it.

    Example:
        >>> found = estimate_survival(np.array([1, 2, 2, 3]), np.array([True, True, False, False]))
        >>> found.select("days", "at_risk", "ended", "share").rows()
        [(1, 4, 1, 0.75), (2, 3, 1, 0.5)]
    """
    ends, ended = np.unique(days[is_over], return_counts=True)
    at_risk = days.size - np.searchsorted(np.sort(days), ends, side="left")
    share = np.cumprod(1 - ended / at_risk)
    left = at_risk - ended
    terms = np.divide(ended, at_risk * left, out=np.zeros(ends.size), where=left > 0)
    return pl.DataFrame(
        {"days": ends, "at_risk": at_risk, "ended": ended, "share": share, "error": share * np.sqrt(np.cumsum(terms))},
        schema={
            "days": pl.Int64, "at_risk": pl.Int64, "ended": pl.Int64, "share": pl.Float64, "error": pl.Float64,
        },
    )  # fmt: skip


def find_median(survival: pl.DataFrame) -> int | None:
    """The first day after which no more than half last; None where more than half outlast the watching.

    Example:
        >>> find_median(estimate_survival(np.array([1, 2, 2, 3]), np.array([True, True, False, False])))
        2
    """
    at = survival.filter(pl.col("share") <= 0.5)["days"]
    return int(at[0]) if at.len() else None


def find_share(survival: pl.DataFrame, days: int) -> float:
    """The share that lasts longer than `days`.

    Example:
        >>> find_share(estimate_survival(np.array([1, 2, 2, 3]), np.array([True, True, False, False])), 1)
        0.75
    """
    until = survival.filter(pl.col("days") <= days)["share"]
    return float(until[-1]) if until.len() else 1.0
