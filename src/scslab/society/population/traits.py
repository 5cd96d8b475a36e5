"""Traits: five standard normal traits, correlated, in seven levels; drawn with whole numbers alone.

Each of five independent normals takes the conditional mean of one of 1,024 equally likely bins; a Cholesky factor mixes
them; the cell shifts them. All of it is fixed-point arithmetic, so that a trait is the same on any machine. A level
stands for the *conditional mean* of its bin: its midpoint would bias every rate that depends on it.

Correlations and shifts are priors of ours: the sources at hand give none. They are data (`Traits`), to be replaced.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from scslab.society.population.kernel_traits import LEVELS, N_TRAITS, draw_traits
from scslab.society.population.profile import Profile
from scslab.society.randomness.streams import STREAMS

NAMES = ("conscientiousness", "digital-skill", "trust", "privacy-concern", "means")
"""The traits, in the order of their digits. Trust is in the operator; of a business, conscientiousness is diligence."""
CORRELATIONS = {
    ("conscientiousness", "trust"): 0.15,
    ("digital-skill", "privacy-concern"): 0.15,
    ("digital-skill", "means"): 0.25,
    ("trust", "privacy-concern"): -0.30,
}
"""Correlations within a cell; pairs that are not named have none. Priors."""
SHIFTS: dict[str, dict[str, tuple[float, ...]]] = {
    "digital-skill": {
        "age": (0.3, -0.2, -0.8),
        "education": (-0.9, -0.5, -0.1, 0.2),
        "location": (-0.3, 0.05),
    },
    "means": {"income": (-0.6, 0.1, 0.8), "size": (-0.1, 0.3, 0.6, 1.0)},
    "trust": {"age": (-0.1, 0.1, 0.25)},
}
"""By how many standard deviations a category moves a trait, by dimension. Priors."""

UNIT = 1 << 16
BINS = 1024
_NORMAL = NormalDist()


@dataclass(frozen=True, slots=True)
class Traits:
    """What the kernel needs to draw traits, and what a level stands for.

    Attributes:
        bins: conditional means of 1,024 equally likely bins of a standard normal, times 2^16.
        factor: lower Cholesky factor of the correlations, scaled to what the shifts leave, times 2^12, shape (5, 5).
        shifts: by cell and trait, times 2^16, shape (cells, 5).
        edges: the six limits between levels, times 2^16.
        means: by trait and level, the conditional mean, in standard deviations, shape (5, 7).
    """

    bins: NDArray[np.int64]
    factor: NDArray[np.int64]
    shifts: NDArray[np.int64]
    edges: NDArray[np.int64]
    means: NDArray[np.float64]

    def draw(self, seed: int, first: int, cells: NDArray[np.uint16]) -> NDArray[np.uint16]:
        """The trait codes of the agents from `first` on, whose cells are given; level of trait k: code // 7^k % 7."""
        out = np.empty(cells.size, np.uint16)
        streams = STREAMS["traits-first"], STREAMS["traits-second"]
        draw_traits(np.uint64(seed), first, *streams, cells, self.bins, self.factor, self.shifts, self.edges, out)
        return out


def get_levels(codes: NDArray[np.uint16], trait: str) -> NDArray[np.int64]:
    """The levels, 0 to 6, of a trait.

    Example:
        >>> get_levels(np.array([3 + 7 * 5], np.uint16), "digital-skill").tolist()
        [5]
    """
    return codes.astype(np.int64) // LEVELS ** NAMES.index(trait) % LEVELS


def sum_traits(means: NDArray[np.float64], weights: Mapping[str, float]) -> NDArray[np.float64]:
    """A linear form in the traits, for each trait code, shape (16807,).

    Args:
        means: what levels stand for, `Traits.means`.
        weights: by trait, for one standard deviation.

    Example:
        >>> means = np.arange(35, dtype=float).reshape(5, 7)
        >>> float(sum_traits(means, {"digital-skill": 2.0})[3 + 7 * 5])
        24.0
    """
    code = np.arange(LEVELS**N_TRAITS)
    total = np.zeros(code.size)
    for trait, weight in weights.items():
        k = NAMES.index(trait)
        total += weight * means[k][code // LEVELS**k % LEVELS]
    return total


def _mean_between(low: float, high: float) -> float:
    """The integral of x phi(x) over an interval."""
    density = [0.0 if math.isinf(x) else _NORMAL.pdf(x) for x in (low, high)]
    return density[0] - density[1]


def _limits(n: int) -> list[float]:
    return [-math.inf, *(_NORMAL.inv_cdf(k / n) for k in range(1, n)), math.inf]


def build_traits(profile: Profile, shares: NDArray[np.float64]) -> Traits:
    """The traits of a population.

    Args:
        profile: its dimensions.
        shares: by cell, flattened.
    """
    limits = _limits(BINS)
    bins = [_mean_between(a, b) * BINS for a, b in pairwise(limits)]
    shifts = _build_shifts(profile, shares)
    left = np.sqrt(1 - shares @ shifts**2)
    correlation = np.eye(N_TRAITS)
    for (one, other), value in CORRELATIONS.items():
        at = NAMES.index(one), NAMES.index(other)
        correlation[at] = correlation[at[::-1]] = value
    factor = np.linalg.cholesky(correlation) * left[:, None]
    edges = _limits(LEVELS)
    return Traits(
        np.round(np.array(bins) * UNIT).astype(np.int64),
        np.round(factor * 4096).astype(np.int64),
        np.round(shifts * UNIT).astype(np.int64),
        np.round(np.array(edges[1:-1]) * UNIT).astype(np.int64),
        np.array([_mean_levels(edges, shares, shifts[:, k], float(left[k])) for k in range(N_TRAITS)]),
    )


def _build_shifts(profile: Profile, shares: NDArray[np.float64]) -> NDArray[np.float64]:
    """By cell and trait, centred so that the population's mean is 0."""
    places = np.unravel_index(np.arange(shares.size), profile.shape)
    shifts = np.zeros((shares.size, N_TRAITS))
    for trait, effects in SHIFTS.items():
        for axis, (dimension, categories) in enumerate(profile.dimensions.items()):
            values = effects.get(dimension, ())
            if len(values) == len(categories):
                shifts[:, NAMES.index(trait)] += np.array(values)[places[axis]]
    return shifts - shares @ shifts


def _mean_levels(edges: list[float], shares: NDArray[np.float64], shift: NDArray[np.float64], sd: float) -> list[float]:
    """The conditional mean of each level of a mixture of normals."""
    means: list[float] = []
    values, at = np.unique(shift, return_inverse=True)
    weights = np.bincount(at, shares)
    for low, high in pairwise(edges):
        total = weight = 0.0
        for m, w in zip(values, weights, strict=True):
            a, b = (low - m) / sd, (high - m) / sd
            p = (1.0 if math.isinf(b) else _NORMAL.cdf(b)) - (0.0 if math.isinf(a) else _NORMAL.cdf(a))
            weight += w * p
            total += w * (m * p + sd * _mean_between(a, b))
        means.append(total / weight)
    return means
