"""Intervals for one proportion of a survey, by name."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

import numpy as np
from scipy import stats


class Interval(StrEnum):
    """Named intervals for a proportion.

    `logit`: symmetric on the log-odds scale, t with the design's degrees of freedom; never leaves 0 to 1.
    `korn-graubard`: Clopper-Pearson with the effective number of respondents; holds its level with rare answers
    (`korn1998`).
    `wilson`: Wilson's with the effective number of respondents (`wilson1927`).
    `normal`: p ± t·SE; may leave 0 to 1; the interval of most published tables.
    """

    LOGIT = "logit"
    KORN_GRAUBARD = "korn-graubard"
    WILSON = "wilson"
    NORMAL = "normal"


def find_interval(
    kind: Interval,
    share: float,
    variance: float,
    n: int,
    degrees_of_freedom: float,
    level: float = 0.95,
) -> tuple[float, float]:
    """The interval of a proportion; (nan, nan) where it has none.

    Args:
        kind: which one.
        share: the estimate, 0 to 1.
        variance: its design-based variance.
        n: respondents behind it.
        degrees_of_freedom: of the design in the domain, above 0.
        level: 0 to 1.

    Where all or none of the respondents gave the answer, the variance is zero and says nothing: `korn-graubard` and
    `wilson` then take n as the effective number, the others have no interval.

    Example:
        >>> low, high = find_interval(Interval.LOGIT, 0.5, 0.01, 25, 24)
        >>> round(low, 3), round(high, 3)
        (0.305, 0.695)
        >>> [round(end, 3) for end in find_interval(Interval.KORN_GRAUBARD, 0.0, 0.0, 25, 24)]
        [0.0, 0.137]
    """
    if not np.isfinite(share) or not np.isfinite(variance) or degrees_of_freedom <= 0 or n == 0:
        return np.nan, np.nan
    return _INTERVALS[kind](share, variance, n, degrees_of_freedom, level)


def _t(degrees_of_freedom: float, level: float) -> float:
    return float(stats.t.ppf(0.5 + level / 2, degrees_of_freedom))


def _effective_n(share: float, variance: float, n: int, degrees_of_freedom: float, level: float) -> float:
    """p(1 - p)/v, corrected for the degrees of freedom by the squared ratio of t quantiles."""
    if variance <= 0:
        return float(n)
    ratio = _t(max(1, n - 1), level) / _t(degrees_of_freedom, level)
    return share * (1 - share) / variance * ratio**2


def _logit(share: float, variance: float, n: int, degrees_of_freedom: float, level: float) -> tuple[float, float]:
    if not 0 < share < 1:
        return np.nan, np.nan
    middle = np.log(share / (1 - share))
    half = _t(degrees_of_freedom, level) * np.sqrt(variance) / (share * (1 - share))
    low, high = 1 / (1 + np.exp(-(middle - half))), 1 / (1 + np.exp(-(middle + half)))
    return float(low), float(high)


def _korn_graubard(
    share: float, variance: float, n: int, degrees_of_freedom: float, level: float
) -> tuple[float, float]:
    size = _effective_n(share, variance, n, degrees_of_freedom, level)
    alpha = (1 - level) / 2
    yes, no = size * share, size * (1 - share)
    low = float(stats.beta.ppf(alpha, yes, no + 1)) if yes > 0 else 0.0
    high = float(stats.beta.ppf(1 - alpha, yes + 1, no)) if no > 0 else 1.0
    return low, high


def _wilson(share: float, variance: float, n: int, degrees_of_freedom: float, level: float) -> tuple[float, float]:
    size = _effective_n(share, variance, n, degrees_of_freedom, level)
    z = float(stats.norm.ppf(0.5 + level / 2))
    middle = (share + z**2 / (2 * size)) / (1 + z**2 / size)
    half = z * np.sqrt(share * (1 - share) / size + z**2 / (4 * size**2)) / (1 + z**2 / size)
    return max(0.0, float(middle - half)), min(1.0, float(middle + half))


def _normal(share: float, variance: float, n: int, degrees_of_freedom: float, level: float) -> tuple[float, float]:
    if not 0 < share < 1:
        return np.nan, np.nan
    half = _t(degrees_of_freedom, level) * float(np.sqrt(variance))
    return share - half, share + half


_INTERVALS: dict[Interval, Callable[[float, float, int, float, float], tuple[float, float]]] = {
    Interval.LOGIT: _logit,
    Interval.KORN_GRAUBARD: _korn_graubard,
    Interval.WILSON: _wilson,
    Interval.NORMAL: _normal,
}
