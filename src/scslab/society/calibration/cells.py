"""Trait cells: the 343 combinations of levels of digital skill, trust and privacy concern, and their shares.

Adoption depends on these three traits alone, so that a population of any size is 343 shares to the twin. A cell's share
is an integral of a normal density over a box, for each kind of resident that the profile has; its traits are the
*conditional means* of the levels, as they are for agents (`population.traits`).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from scslab.society.population.fit import fit_cells
from scslab.society.population.profile import Profile
from scslab.society.population.traits import NAMES, UNIT, Traits, build_traits

TRAITS = ("digital-skill", "trust", "privacy-concern")
"""The traits on which learning, joining and leaving depend, in the order of a cell's axes."""
NODES = 12
"""Points of quadrature within a level; with twice as many no share changes by more than 1e-5."""
_FACTOR_UNIT = 4096

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Cells:
    """The trait cells of a population.

    Attributes:
        share: of residents, shape (343,), total 1; digital skill runs slowest, privacy concern fastest.
        traits: what a cell stands for, in standard deviations, shape (3, 343), in the order of `TRAITS`.
        conscience: shares and means of the levels of conscientiousness, shape (2, 7).
        means: the same of means, in the sense of what a resident can afford.
    """

    share: Floats
    traits: Floats
    conscience: Floats
    means: Floats


def make_cells(profile: Profile) -> Cells:
    """The trait cells of a profile's residents.

    Example:
        >>> from scslab.society.population.profile import read_profile
        >>> cells = make_cells(read_profile("hangzhou"))
        >>> cells.share.shape, round(float(cells.share.sum()), 9)
        ((343,), 1.0)
    """
    shares = fit_cells(profile.shape, profile.margins).ravel()
    traits = build_traits(profile, shares)
    axes = [NAMES.index(name) for name in TRAITS]
    factor = traits.factor / _FACTOR_UNIT
    covariance = (factor @ factor.T)[np.ix_(axes, axes)]
    kinds, at = np.unique(traits.shifts[:, axes] / UNIT, axis=0, return_inverse=True)
    weight = np.bincount(at.ravel(), shares)
    box = _integrate(kinds, np.asarray(np.linalg.cholesky(covariance), np.float64), _list_edges(traits))
    levels = np.meshgrid(*(traits.means[k] for k in axes), indexing="ij")
    return Cells(
        np.tensordot(weight, box, 1).ravel(), np.stack([level.ravel() for level in levels]),
        _describe_levels(traits, shares, "conscientiousness"), _describe_levels(traits, shares, "means"),
    )  # fmt: skip


def _list_edges(traits: Traits) -> list[float]:
    return [-np.inf, *(traits.edges / UNIT).tolist(), np.inf]


def _integrate(kinds: Floats, factor: Floats, edges: list[float]) -> Floats:
    """P(levels) for each kind of resident, shape (kinds, 7, 7, 7): the first two by quadrature, the third exactly."""
    points, weights = np.polynomial.legendre.leggauss(NODES)
    points, weights = (points + 1) / 2, weights / 2
    edge = np.array(edges)

    def spread(low: Floats, high: Floats) -> tuple[Floats, Floats]:
        """Normal deviates between two limits, and their weights, each with one more axis."""
        below, width = ndtr(low), ndtr(high) - ndtr(low)
        place = below[..., None] + width[..., None] * points
        return np.asarray(ndtri(np.clip(place, 1e-300, 1 - 1e-16))), width[..., None] * weights

    # Axes: kind, level 1, node 1, level 2, node 2, level 3.
    first = (edge[None, :] - kinds[:, :1]) / factor[0, 0]
    n1, w1 = spread(first[:, :-1], first[:, 1:])
    second = (edge - kinds[:, 1, None, None, None] - factor[1, 0] * n1[..., None]) / factor[1, 1]
    n2, w2 = spread(second[..., :-1], second[..., 1:])
    shift = kinds[:, 2, None, None, None, None] + factor[2, 0] * n1[..., None, None] + factor[2, 1] * n2
    third = np.diff(ndtr((edge - shift[..., None]) / factor[2, 2]), axis=-1)
    return np.einsum("kan,kanbm,kanbmc->kabc", w1, w2, third)


def _describe_levels(traits: Traits, shares: Floats, name: str) -> Floats:
    """Shares and means of the levels of one trait, shape (2, 7)."""
    k = NAMES.index(name)
    shift, spread = traits.shifts[:, k] / UNIT, float(np.sqrt(((traits.factor[k] / _FACTOR_UNIT) ** 2).sum()))
    found = [
        float(shares @ (ndtr((high - shift) / spread) - ndtr((low - shift) / spread)))
        for low, high in pairwise(_list_edges(traits))
    ]
    return np.stack([np.array(found), traits.means[k]])
