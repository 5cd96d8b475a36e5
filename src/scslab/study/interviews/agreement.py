"""Agreement between coders: Cohen's, weighted and Fleiss' kappa, Krippendorff's alpha, each with an interval."""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import NormalDist
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Rating = float | int | str | bool | None
DRAWS = 2_000
"""How many times units are drawn for an interval of alpha."""


class Measurement(StrEnum):
    """What distances between values mean to alpha."""

    NOMINAL = "nominal"
    ORDINAL = "ordinal"
    INTERVAL = "interval"
    RATIO = "ratio"


@dataclass(frozen=True, slots=True)
class Agreement:
    """A coefficient of agreement.

    Attributes:
        name: which one.
        value: at most 1; 0 is agreement by chance; NaN where nothing varies, so that it is not defined.
        low: lower end of the interval; NaN where it cannot be told.
        high: upper end.
        units: how many units were rated by at least two raters.
        raters: how many raters.
        interval: how the interval was made.
    """

    name: str
    value: float
    low: float
    high: float
    units: int
    raters: int
    interval: str

    @property
    def is_defined(self) -> bool:
        """Whether the ratings vary, so that agreement by chance has a meaning."""
        return not math.isnan(self.value)


def cohen_kappa(
    first: Sequence[Rating],
    second: Sequence[Rating],
    *,
    weights: str | Floats = "none",
    order: Sequence[Rating] | None = None,
    level: float = 0.95,
) -> Agreement:
    """Cohen's kappa of two raters, with weights if asked; the interval is that of its large-sample variance.

    Args:
        first: ratings of the first rater, one a unit; None: not rated.
        second: ratings of the second.
        weights: `none`, `linear` or `quadratic` (distance in the order of the values), or disagreements `(k, k)`.
        order: the values in their order; by default sorted.
        level: of the interval.

    Source: cohen1960, cohen1968; variance: fleiss1969.

    Raises:
        ValueError: the two have different lengths, or a value is not in `order`.

    Example:
        >>> yes, no = ["y"] * 25 + ["n"] * 25, ["y"] * 20 + ["n"] * 5 + ["y"] * 10 + ["n"] * 15
        >>> round(cohen_kappa(yes, no).value, 3)    # (35/50 - .5) / (1 - .5)
        0.4
    """
    if len(first) != len(second):
        raise ValueError(f"{len(first)} ratings against {len(second)}")
    pairs = [(a, b) for a, b in zip(first, second, strict=True) if a is not None and b is not None]
    values = _list_values([value for pair in pairs for value in pair], order)
    table = np.zeros((len(values), len(values)))
    for a, b in pairs:
        table[values.index(a), values.index(b)] += 1
    name = "Cohen's kappa" if isinstance(weights, str) and weights == "none" else "weighted kappa"
    return kappa_of_table(table, _disagreements(weights, len(values)), name=name, level=level)


def kappa_of_table(
    table: npt.ArrayLike, disagreements: Floats | None = None, *, name: str = "Cohen's kappa", level: float = 0.95
) -> Agreement:
    """Kappa of a cross table of two raters.

    Args:
        table: counts `(k, k)`: rows the first rater, columns the second.
        disagreements: `(k, k)`, 0 on the diagonal; by default 1 elsewhere.
        name: what the result is called.
        level: of the interval.
    """
    counts = np.asarray(table, dtype=np.float64)
    n, size = float(counts.sum()), len(counts)
    bad = 1.0 - np.eye(size) if disagreements is None else np.asarray(disagreements, dtype=np.float64)
    if n == 0 or size < 2 or bad.max() == 0:
        return Agreement(name, math.nan, math.nan, math.nan, int(n), 2, "none")
    good = 1.0 - bad / bad.max()
    shares = counts / n
    rows, columns = shares.sum(axis=1), shares.sum(axis=0)
    observed, expected = float((good * shares).sum()), float(rows @ good @ columns)
    if expected >= 1:
        return Agreement(name, math.nan, math.nan, math.nan, int(n), 2, "none")
    kappa = (observed - expected) / (1 - expected)
    # Fleiss, Cohen and Everitt (1969), equation 9, for weights of agreement.
    means = (good @ columns)[:, None] + (rows @ good)[None, :]
    spread = float((shares * (good - means * (1 - kappa)) ** 2).sum()) - (kappa - expected * (1 - kappa)) ** 2
    error = math.sqrt(max(spread, 0.0) / n) / (1 - expected)
    z = NormalDist().inv_cdf((1 + level) / 2)
    return Agreement(name, kappa, kappa - z * error, min(kappa + z * error, 1.0), int(n), 2, "large-sample variance")


def fleiss_kappa(counts: npt.ArrayLike, *, level: float = 0.95) -> Agreement:
    """Fleiss' kappa of several raters, as many for each unit; interval by the variance over units.

    Args:
        counts: `(units, k)`: how many raters gave each value.
        level: of the interval.

    Source: fleiss1971; variance: gwet2008.

    Raises:
        ValueError: the units have different numbers of ratings, or fewer than two.
    """
    table = np.asarray(counts, dtype=np.float64)
    raters = table.sum(axis=1)
    if len(table) == 0 or raters.min() != raters.max() or raters[0] < 2:
        raise ValueError("each unit needs the same number of ratings, at least two")
    units, m = len(table), float(raters[0])
    shares = table.sum(axis=0) / (units * m)
    agreed = ((table**2).sum(axis=1) - m) / (m * (m - 1))
    expected = float((shares**2).sum())
    if expected >= 1:
        return Agreement("Fleiss' kappa", math.nan, math.nan, math.nan, units, int(m), "none")
    kappa = float((agreed.mean() - expected) / (1 - expected))
    single = (agreed - expected) / (1 - expected) - 2 * (1 - kappa) * ((table / m) @ shares - expected) / (1 - expected)
    error = math.sqrt(float(((single - kappa) ** 2).sum()) / (units * (units - 1))) if units > 1 else math.nan
    z = NormalDist().inv_cdf((1 + level) / 2)
    high = min(kappa + z * error, 1.0)
    return Agreement("Fleiss' kappa", kappa, kappa - z * error, high, units, int(m), "variance over units")


def krippendorff_alpha(
    ratings: Sequence[Sequence[Rating]],
    *,
    measurement: Measurement | str = Measurement.NOMINAL,
    order: Sequence[Rating] | None = None,
    groups: Sequence[Hashable] | None = None,
    level: float = 0.95,
    draws: int = DRAWS,
    seed: int = 0,
) -> Agreement:
    """Krippendorff's alpha, for any number of raters and with missing ratings; interval by drawing units anew.

    Args:
        ratings: one row a rater, one place a unit; None: not rated.
        measurement: nominal, ordinal, interval or ratio; the last two need numbers.
        order: the values in their order, for ordinal texts; by default sorted.
        groups: for each unit what it belongs to, where units hang together (codes of one interview): the interval
            then draws groups.
        level: of the interval.
        draws: how many times the units are drawn; 0 gives no interval.
        seed: of the draws.

    Source: krippendorff2011.

    Raises:
        ValueError: rows of different lengths, or texts where numbers are needed.

    Example:
        >>> a = [1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None]
        >>> b = [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3]
        >>> c = [None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None]
        >>> d = [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None]
        >>> [round(krippendorff_alpha([a, b, c, d], measurement=m, draws=0).value, 3) for m in Measurement]
        [0.743, 0.815, 0.849, 0.797]
    """
    if len({len(row) for row in ratings}) > 1:
        raise ValueError("each rater needs one place for each unit")
    kind = Measurement(measurement)
    values = _list_values([value for row in ratings for value in row if value is not None], order)
    if kind in (Measurement.INTERVAL, Measurement.RATIO) and any(isinstance(value, str) for value in values):
        raise ValueError(f"{kind.value} distances need numbers")
    counts = np.zeros((len(ratings[0]) if ratings else 0, len(values)))
    for row in ratings:
        for unit, value in enumerate(row):
            if value is not None:
                counts[unit, values.index(value)] += 1
    kept = [bool(count >= 2) for count in counts.sum(axis=1)]
    counts = counts[kept]
    name = f"Krippendorff's alpha ({kind.value})"
    if len(counts) == 0 or len(values) < 2:
        return Agreement(name, math.nan, math.nan, math.nan, len(counts), len(ratings), "none")
    numbers = np.array([float(value) if not isinstance(value, str | None) else 0.0 for value in values])
    rated = counts.sum(axis=1)
    # Coincidences of each unit: ordered pairs of ratings by different raters, each worth 1 / (ratings − 1).
    pairs = counts[:, :, None] * counts[:, None, :]
    pairs[:, np.arange(len(values)), np.arange(len(values))] -= counts
    pairs /= (rated - 1)[:, None, None]
    value = float(_alpha(pairs.sum(axis=0)[None], kind, numbers)[0])
    low = high = math.nan
    rated_groups = [group for group, is_kept in zip(groups or range(len(kept)), kept, strict=True) if is_kept]
    owners = {group: i for i, group in enumerate(dict.fromkeys(rated_groups))}
    if draws and len(owners) > 1 and not math.isnan(value):
        # Units of one group are drawn together: what a person says in one interview hangs together.
        sums = np.zeros((len(owners), len(values) ** 2))
        np.add.at(sums, [owners[group] for group in rated_groups], pairs.reshape(len(counts), -1))
        generator = np.random.default_rng([seed, 0x616C7068])
        picks = generator.multinomial(len(owners), [1 / len(owners)] * len(owners), draws).astype(np.float64)
        drawn = _alpha((picks @ sums).reshape(draws, len(values), len(values)), kind, numbers)
        drawn = drawn[~np.isnan(drawn)]
        if len(drawn):
            low, high = (float(end) for end in np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2]))
    what = "units" if groups is None else "groups of units"
    how = f"{draws:,} draws of {what}" if draws else "none"
    return Agreement(name, value, low, high, len(counts), len(ratings), how)


def _alpha(pairs: Floats, kind: Measurement, numbers: Floats) -> Floats:
    """Alpha of coincidence matrices `(draws, k, k)`; NaN where all pairs are of one value."""
    totals = pairs.sum(axis=2)
    whole = totals.sum(axis=1)
    distances = _distances(totals, kind, numbers)
    observed = (pairs * distances).sum(axis=(1, 2))
    expected = (totals[:, :, None] * totals[:, None, :] * distances).sum(axis=(1, 2))
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(expected > 0, 1 - (whole - 1) * observed / expected, np.nan)


def _distances(totals: Floats, kind: Measurement, numbers: Floats) -> Floats:
    """Squared distances of values `(draws or 1, k, k)`; ordinal ones depend on how often each value was given."""
    size = len(numbers)
    if kind is Measurement.NOMINAL:
        return (1.0 - np.eye(size))[None]
    if kind is Measurement.ORDINAL:
        below = np.cumsum(totals, axis=1) - totals / 2
        return (below[:, :, None] - below[:, None, :]) ** 2
    difference = numbers[:, None] - numbers[None, :]
    if kind is Measurement.INTERVAL:
        return (difference**2)[None]
    total = numbers[:, None] + numbers[None, :]
    return (np.divide(difference, total, out=np.zeros_like(difference), where=total != 0) ** 2)[None]


def _list_values(found: Sequence[Rating], order: Sequence[Rating] | None) -> list[Any]:
    """The values in their order."""
    if order is not None:
        unknown = [value for value in found if value not in order]
        if unknown:
            raise ValueError(f"the value {unknown[0]!r} is not in the order")
        return list(order)
    distinct = set(found)
    is_text = any(isinstance(value, str) for value in distinct)
    return sorted(distinct, key=str if is_text else float)  # pyright: ignore[reportArgumentType]


def _disagreements(weights: str | Floats, size: int) -> Floats | None:
    if not isinstance(weights, str):
        return weights
    places = np.arange(size, dtype=np.float64)
    distance = np.abs(places[:, None] - places[None, :])
    match weights:
        case "none":
            return None
        case "linear":
            return distance
        case "quadratic":
            return distance**2
        case _:
            raise ValueError(f"weights are none, linear or quadratic, not {weights!r}")
