"""Cells from margins: iterative proportional fitting, then whole numbers that keep the margins exactly (deming1940)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Margin:
    """Shares over one dimension or several together.

    Attributes:
        axes: the dimensions, by their numbers, ascending.
        shares: their joint shares, one axis each; not negative, any total above 0.
    """

    axes: tuple[int, ...]
    shares: Floats


def fit_cells(
    shape: tuple[int, ...], margins: Sequence[Margin], *, tolerance: float = 1e-12, rounds: int = 10_000
) -> Floats:
    """Joint shares, shape `shape`, total 1, that have these margins and are otherwise independent.

    Args:
        shape: how many categories each dimension has.
        margins: may overlap.
        tolerance: the largest share by which a margin may be missed.
        rounds: when to give up.

    Raises:
        ValueError: the margins contradict each other.

    Example:
        >>> fit_cells((2, 2), [Margin((0,), np.array([1.0, 3.0])), Margin((1,), np.array([1.0, 1.0]))]).tolist()
        [[0.125, 0.125], [0.375, 0.375]]
    """
    cells, worst = np.full(shape, 1 / np.prod(shape)), 1.0
    for _ in range(rounds):
        worst = 0.0
        for margin in margins:
            wanted = margin.shares / margin.shares.sum()
            found = sum_over(cells, margin.axes)
            worst = max(worst, float(np.abs(found - wanted).max()))
            factor = np.divide(wanted, found, out=np.zeros_like(found), where=found > 0)
            cells = cells * np.expand_dims(factor, [a for a in range(len(shape)) if a not in margin.axes])
        if worst <= tolerance:
            return cells / cells.sum()
    raise ValueError(f"the margins contradict each other: after {rounds} rounds a share is still off by {worst:.2g}")


def sum_over(cells: NDArray[Any], axes: tuple[int, ...]) -> NDArray[Any]:
    """The margin of cells over some axes."""
    return np.asarray(cells.sum(axis=tuple(a for a in range(cells.ndim) if a not in axes)))


def round_to_total(shares: Floats, total: int) -> Counts:
    """Whole numbers with this total, each within 1 of its share: the largest remainders are rounded up.

    Example:
        >>> round_to_total(np.array([0.5, 0.3, 0.2]), 7).tolist()
        [4, 2, 1]
    """
    exact = shares / shares.sum() * total
    counts = np.floor(exact + 1e-9).astype(np.int64)
    remainder = exact - counts
    order = np.argsort(-remainder.ravel(), kind="stable")[: total - int(counts.sum())]
    counts.ravel()[order] += 1
    return counts


def count_cells(cells: Floats, margins: Sequence[Margin], total: int) -> Counts:
    """Whole numbers of residents by cell, with the total and every margin exact.

    Each margin is rounded by largest remainder; what the rounded-down cells still lack is handed out by largest
    remainder among the cells whose categories all lack somebody. Margins that share a dimension with an earlier one
    were fitted, and are kept as nearly as the others allow.

    Args:
        cells: shares from `fit_cells`.
        margins: as given to `fit_cells`.
        total: how many residents.
    """
    kept = _choose_disjoint(margins, cells.ndim)
    targets = [round_to_total(np.asarray(sum_over(cells, axes), np.float64), total) for axes in kept]
    exact = cells * total
    counts = np.floor(exact + 1e-9).astype(np.int64)
    lacks = [target - sum_over(counts, axes) for target, axes in zip(targets, kept, strict=True)]
    every = np.array(np.unravel_index(np.arange(cells.size), cells.shape), np.int64)
    index = [every[list(axes)] for axes in kept]
    group: list[Counts] = [np.ravel_multi_index(tuple(i), lack.shape) for i, lack in zip(index, lacks, strict=True)]  # type: ignore[misc]
    flat, open_ = counts.ravel(), [lack.ravel().astype(np.int64) for lack in lacks]
    for cell in np.argsort(-(exact - counts).ravel(), kind="stable"):
        if all(o[g[cell]] > 0 for o, g in zip(open_, group, strict=True)):
            flat[cell] += 1
            for o, g in zip(open_, group, strict=True):
                o[g[cell]] -= 1
    # Whoever is left is put together from the categories that still lack somebody, in order.
    rest = [np.repeat(np.arange(o.size), o) for o in open_]
    for parts in zip(*rest, strict=True):
        at = [0] * cells.ndim
        for axes, part, lack in zip(kept, parts, lacks, strict=True):
            for axis, position in zip(axes, np.unravel_index(int(part), lack.shape), strict=True):
                at[axis] = int(position)
        counts[tuple(at)] += 1
    return counts


def _choose_disjoint(margins: Sequence[Margin], dimensions: int) -> list[tuple[int, ...]]:
    """Margins that share no dimension, in order; dimensions without one stand alone, at their fitted shares."""
    chosen: list[tuple[int, ...]] = []
    taken: set[int] = set()
    for margin in margins:
        if not taken & set(margin.axes):
            chosen.append(margin.axes)
            taken |= set(margin.axes)
    return chosen + [(axis,) for axis in range(dimensions) if axis not in taken]
