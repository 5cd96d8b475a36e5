"""Can these margins be met under this cap? Answered exactly by a linear programme, before any iteration."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import coo_array, csr_array, hstack

from scslab.study.weighting.margins import CodedMargin, FloatArray, IntArray


@dataclass(frozen=True, slots=True)
class SmallestCap:
    """The smallest cap under which margins can be met.

    Attributes:
        cap: the smallest possible cap; infinite where the margins cannot be met under any.
        categories: the categories that force it, as (margin, category); the first needs the most.
    """

    cap: float
    categories: tuple[tuple[str, str], ...]


def find_smallest_cap(
    capacity: FloatArray, margins: Sequence[CodedMargin], floor: FloatArray | None = None
) -> SmallestCap:
    """The smallest c for which weights with floor ≤ w ≤ c × capacity meet all margins.

    With `capacity` = base weights, c caps the factor of a weight; with the mean weight for everybody, c caps the
    weight itself in means. Respondents with the same categories are one variable of the programme: a solution may be
    spread evenly over them.

    Args:
        capacity: what one unit of cap allows each respondent; `(n,)`, above zero.
        margins: the wanted totals.
        floor: the least weight of each respondent; zero if left out; `(n,)`.

    Example:
        >>> sex = CodedMargin("sex", ("f", "m"), np.array([0, 1, 1, 1]), np.array([2.0, 2.0]))
        >>> find_smallest_cap(np.ones(4), [sex])
        SmallestCap(cap=2.0, categories=(('sex', 'f'),))
    """
    patterns, which = np.unique(np.column_stack([margin.codes for margin in margins]), axis=0, return_inverse=True)
    which = which.ravel()
    size = len(patterns)
    room = np.bincount(which, capacity, minlength=size).astype(np.float64)
    least = np.zeros(size) if floor is None else np.bincount(which, floor, minlength=size).astype(np.float64)
    equalities, totals, names = _margin_rows(patterns, margins)
    # Variables: the weight sum of each pattern, and the cap.
    cost = np.zeros(size + 1)
    cost[-1] = 1.0
    below = hstack([_identity(size), csr_array(-room.reshape(-1, 1))])
    result = linprog(
        cost,
        A_ub=below,
        b_ub=np.zeros(size),
        A_eq=hstack([equalities, csr_array(np.zeros((len(names), 1)))]),
        b_eq=totals,
        bounds=[*((low, None) for low in least), (0, None)],
        method="highs",
    )
    if result.status != 0:
        return SmallestCap(np.inf, _find_unmet(equalities, totals, least, names))
    cap = float(result.fun)
    prices = np.asarray(result.eqlin.marginals, np.float64)
    # A positive price: one more person wanted in the category raises the cap.
    pushing = [i for i in np.argsort(-prices) if prices[i] > 1e-9]
    alone = [
        (total / max(float(room_of), 1e-300), name)
        for total, room_of, name in zip(totals, equalities @ room, names, strict=True)
    ]
    single = max(alone, key=lambda each: each[0])
    if single[0] >= cap * (1 - 1e-9):
        return SmallestCap(cap, (single[1],))
    return SmallestCap(cap, tuple(names[i] for i in pushing) or (single[1],))


def find_unmet(margins: Sequence[CodedMargin]) -> tuple[tuple[str, str], ...]:
    """The categories whose totals cannot all be met by any weights from zero up; empty where all can be met.

    Example:
        >>> sex = CodedMargin("sex", ("f", "m"), np.array([0, 1]), np.array([1.5, 0.5]))
        >>> age = CodedMargin("age", ("y", "o"), np.array([0, 1]), np.array([1.0, 1.0]))
        >>> len(find_unmet([sex, age])) > 0, find_unmet([age])
        (True, ())
    """
    patterns = np.unique(np.column_stack([margin.codes for margin in margins]), axis=0)
    rows, totals, names = _margin_rows(patterns, margins)
    return _find_unmet(rows, totals, np.zeros(len(patterns)), names)


def _margin_rows(
    patterns: IntArray, margins: Sequence[CodedMargin]
) -> tuple[csr_array, FloatArray, list[tuple[str, str]]]:
    """One equation for each category: the patterns that have it."""
    size = len(patterns)
    row_of: list[IntArray] = []
    names: list[tuple[str, str]] = []
    for column, margin in enumerate(margins):
        row_of.append(patterns[:, column] + len(names))
        names += [(margin.name, category) for category in margin.categories]
    rows = np.concatenate(row_of)
    columns = np.tile(np.arange(size), len(margins))
    matrix = coo_array((np.ones(len(rows)), (rows, columns)), shape=(len(names), size)).tocsr()
    return matrix, np.concatenate([margin.totals for margin in margins]), names


def _identity(size: int) -> csr_array:
    return coo_array((np.ones(size), (np.arange(size), np.arange(size))), shape=(size, size)).tocsr()


def _find_unmet(
    rows: csr_array, totals: FloatArray, least: FloatArray, names: list[tuple[str, str]]
) -> tuple[tuple[str, str], ...]:
    """The categories that stay off in the solution with the least sum of differences."""
    count, size = len(names), len(least)
    identity = _identity(count)
    result = linprog(
        np.concatenate([np.zeros(size), np.ones(2 * count)]),
        A_eq=hstack([rows, identity, -identity]),
        b_eq=totals,
        bounds=[*((low, None) for low in least), *([(0, None)] * (2 * count))],
        method="highs",
    )
    solution = np.asarray(result.x, np.float64)
    slack = solution[size : size + count] + solution[size + count :]
    tolerance = 1e-9 * float(totals.sum())
    return tuple(names[i] for i in np.argsort(-slack) if slack[i] > tolerance)
