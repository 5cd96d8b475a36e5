"""Holding a score against a public yardstick: Spearman's rank correlation, and the scores at each step of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from scslab.engine.settlement import Settlement
from scslab.ledger.expressions import to_polars

MAXIMUM_LEVELS = 12
"""Yardsticks with more distinct values than this are cut into five groups of about equal size."""


def compute_spearman(x: npt.ArrayLike, y: npt.ArrayLike) -> float | None:
    """Spearman's rank correlation of two equally long lists of numbers; ties get the average of their ranks.

    Returns:
        Between −1 and 1; None with fewer than two pairs, or where one side never varies.

    Raises:
        ValueError: the lists are not equally long.

    Example:
        >>> compute_spearman([1, 2, 3, 4], [10, 20, 40, 30])
        0.8
    """
    left, right = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    if left.shape != right.shape or left.ndim != 1:
        raise ValueError(f"two lists of equal length are needed, not {left.shape} and {right.shape}")
    if left.size < 2:
        return None
    # Centred ranks are multiples of one half, so these sums are exact, and two equal orders give exactly 1.
    mean_rank = (left.size + 1) / 2
    a, b = _average_ranks(left) - mean_rank, _average_ranks(right) - mean_rank
    spread = float(np.sqrt((a @ a) * (b @ b)))
    return float(a @ b) / spread if spread else None


def _average_ranks(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    _, position, size = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(size)
    return (last - (size - 1) / 2)[position]


@dataclass(frozen=True, slots=True)
class Level:
    """The scores of the subjects at one step of the yardstick.

    Attributes:
        label: the yardstick's value, or the range of values of the group.
        subjects: how many.
        quantiles: score at the 10th, 25th, 50th, 75th and 90th percentile (points).
    """

    label: str
    subjects: int
    quantiles: tuple[float, float, float, float, float]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Scores against the scheme's yardstick.

    Attributes:
        rho: Spearman's rank correlation of score and yardstick, −1 to 1; None where it cannot be computed.
        subjects: pairs it rests on.
        left_out: subjects without a value of the yardstick.
        outside: subjects that the yardstick's condition leaves out.
        levels: steps of the yardstick, lowest first.
    """

    rho: float | None
    subjects: int
    left_out: int
    outside: int
    levels: tuple[Level, ...]


def compare_with_yardstick(settlement: Settlement) -> Comparison | None:
    """Compare scores with the yardstick that the scheme names.

    Returns:
        None if the scheme names none, or the table of subjects does not hold it as a number.
    """
    yardstick, subjects = settlement.scheme.yardstick, settlement.subjects
    if yardstick is None or subjects is None or yardstick.attribute not in subjects.columns:
        return None
    if not subjects.schema[yardstick.attribute].is_numeric():
        return None
    condition = pl.lit(True)
    if yardstick.when is not None:
        condition = to_polars(yardstick.when, lambda c: pl.col(c.name) if c.name in subjects.columns else pl.lit(None))
    values = subjects.unique("subject_id", keep="first").select(
        "subject_id",
        yardstick=pl.col(yardstick.attribute).cast(pl.Float64),
        is_compared=condition.fill_null(False),
    )
    scores = settlement.standings.select("subject_id", pl.col("score").cast(pl.Float64))
    if scores.schema["subject_id"] != values.schema["subject_id"]:
        scores, values = (table.with_columns(pl.col("subject_id").cast(pl.String)) for table in (scores, values))
    joined = scores.join(values, on="subject_id", how="left")
    compared = joined.filter(pl.col("is_compared").fill_null(yardstick.when is None))
    known = compared.filter(pl.col("yardstick").is_finite())
    score, measure = known["score"].to_numpy(), known["yardstick"].to_numpy()
    return Comparison(
        rho=compute_spearman(score, measure),
        subjects=known.height,
        left_out=compared.height - known.height,
        outside=joined.height - compared.height,
        levels=_describe_levels(score, measure),
    )


def _name_value(value: float) -> str:
    return f"{value:g}".replace("-", "−")


def _describe_levels(score: npt.NDArray[np.float64], measure: npt.NDArray[np.float64]) -> tuple[Level, ...]:
    if not score.size:
        return ()
    values = np.unique(measure)
    if values.size <= MAXIMUM_LEVELS:
        groups = [(_name_value(value), measure == value) for value in values]
    else:
        edges = np.unique(np.quantile(measure, (0.2, 0.4, 0.6, 0.8)))
        number = np.searchsorted(edges, measure, side="left")
        masks = [number == k for k in range(edges.size + 1)]
        groups = [(f"{_name_value(measure[m].min())} – {_name_value(measure[m].max())}", m) for m in masks if m.any()]
    levels: list[Level] = []
    for label, mask in groups:
        low, quarter, middle, three_quarters, high = (
            float(q) for q in np.quantile(score[mask], (0.1, 0.25, 0.5, 0.75, 0.9))
        )
        levels.append(Level(label, int(mask.sum()), (low, quarter, middle, three_quarters, high)))
    return tuple(levels)
