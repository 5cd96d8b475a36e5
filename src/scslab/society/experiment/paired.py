"""Paired differences: what a scenario changes, replicate by replicate under the same luck, with intervals."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scslab.society.experiment.model import Interval

BAND = (0.05, 0.95)
"""Between these quantiles of the replicates' differences lies the band."""
FEW = 20
"""Of fewer replicates a band is hardly more than the lowest and the highest."""
RESAMPLES = 2000
"""How often replicates are drawn again for a bootstrap interval."""
ROUNDING = 1e-12
"""Differences that vary by less than this, against the values themselves, vary by rounding alone."""
KEYS = ("scenario", "measure", "month")


def compare_pairs(
    outcomes: pl.DataFrame, against: str, *, interval: Interval = Interval.T, confidence: float = 0.95, seed: int = 1
) -> pl.DataFrame:
    """The difference of each scenario from one of them, by measure and month.

    Replicate r of both scenarios has the same luck, so that most of it cancels. `variance_ratio` says how far: the
    variance that the difference would have between independent runs, by that of the paired one.

    Args:
        outcomes: `scenario, replicate, month, measure, value`.
        against: the scenario that the others are compared with.
        interval: `t`: mean ± t s / sqrt(n), exact where differences are normal (student1908); `bootstrap`: percentiles
            of the means of replicates drawn with replacement (efron1979).
        confidence: of the intervals.
        seed: of the bootstrap.

    Returns:
        `scenario, against, measure, month, difference, low, high, band_low, band_high, replicates, variance_ratio,
        mean, mean_against`, all of them over the replicates in which both scenarios have the measure: `replicates`
        says how many. `low` and `high` are null with one replicate; the ratio is null where the difference is the same
        in each (it would be infinite, or nothing by nothing).
        Between `low` and `high` the mean lies; between `band_low` and `band_high` nine tenths of the replicates, and
        where each lives by another draw of a calibration, what that leaves open is in it.

    Example:
        >>> from datetime import date
        >>> day = date(2020, 1, 31)
        >>> rows = [("a", r, day, "x", v) for r, v in enumerate([1.0, 2.0, 3.0])]
        >>> rows += [("b", r, day, "x", v) for r, v in enumerate([2.0, 3.0, 5.0])]
        >>> table = pl.DataFrame(rows, schema=["scenario", "replicate", "month", "measure", "value"], orient="row")
        >>> effect = compare_pairs(table, "a").row(0, named=True)
        >>> round(effect["difference"], 4), round(effect["low"], 4), round(effect["variance_ratio"], 4)
        (1.3333, -0.1009, 10.0)
    """
    reference = outcomes.filter(pl.col("scenario") == against).drop("scenario").rename({"value": "reference"})
    pairs = (
        outcomes.filter(pl.col("scenario") != against)
        .join(reference, on=["replicate", "month", "measure"], maintain_order="left")
        .with_columns((pl.col("value") - pl.col("reference")).alias("difference"))
        .drop_nulls("difference")
    )
    value, other, difference = pl.col("value"), pl.col("reference"), pl.col("difference")
    effects = pairs.group_by(KEYS, maintain_order=True).agg(
        difference.mean(), difference.std().alias("sd"), pl.len().cast(pl.Int64).alias("replicates"),
        (value.var() + other.var()).alias("independent"), value.mean().alias("mean"),
        other.mean().alias("mean_against"), difference.alias("differences"),
        pl.max_horizontal(value.abs().max(), other.abs().max()).alias("largest"),
        *(difference.quantile(share, "linear").alias(f"band_{end}")
          for share, end in zip(BAND, ("low", "high"), strict=True)),
    )  # fmt: skip
    varies = pl.col("sd") > ROUNDING * pl.col("largest")
    ratio = pl.when(varies).then(pl.col("independent") / pl.col("sd") ** 2)
    low, high = _find_t(effects, confidence) if interval is Interval.T else _draw_again(effects, confidence, seed)
    return effects.with_columns(
        pl.lit(against).alias("against"), pl.Series("low", low).fill_nan(None), pl.Series("high", high).fill_nan(None),
        ratio.alias("variance_ratio"),
    ).select(
        "scenario", "against", "measure", "month", "difference", "low", "high", "band_low", "band_high", "replicates",
        "variance_ratio", "mean", "mean_against",
    )  # fmt: skip


Bounds = tuple[NDArray[np.float64], NDArray[np.float64]]


def _find_t(effects: pl.DataFrame, confidence: float) -> Bounds:
    from scipy.special import stdtrit

    n = effects["replicates"].to_numpy()
    quantiles = {int(k): float(stdtrit(k - 1, (1 + confidence) / 2)) if k > 1 else np.nan for k in np.unique(n)}
    sd = effects["sd"].cast(pl.Float64).to_numpy().astype(np.float64)
    half = np.array([quantiles[int(k)] for k in n], np.float64) * sd / np.sqrt(n)
    centre = effects["difference"].to_numpy()
    return centre - half, centre + half


def _draw_again(effects: pl.DataFrame, confidence: float, seed: int) -> Bounds:
    low, high = np.full(effects.height, np.nan), np.full(effects.height, np.nan)
    n = effects["replicates"].to_numpy()
    for k in np.unique(n[n > 1]):
        at = np.flatnonzero(n == k)
        values = np.array(effects["differences"].gather(at).to_list(), np.float64)
        drawn = np.random.Generator(np.random.Philox(key=seed)).integers(0, k, (RESAMPLES, k))
        weights = np.stack([np.bincount(row, minlength=k) for row in drawn]) / k
        means = values @ weights.T
        low[at], high[at] = np.quantile(means, [(1 - confidence) / 2, (1 + confidence) / 2], axis=1)
    return low, high
