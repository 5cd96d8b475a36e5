"""Saturation: how many codes have been seen after so many interviews, in the order of the file and in any order."""

from __future__ import annotations

from math import comb

import numpy as np
import polars as pl

from scslab.study.interviews.barriers import CodeMatrix

DRAWS = 2_000
"""How many random orders the band is made of."""


def trace_saturation(matrix: CodeMatrix, *, draws: int = DRAWS, level: float = 0.9, seed: int = 0) -> pl.DataFrame:
    """Codes seen after k interviews.

    Args:
        matrix: which interview has which code.
        draws: random orders for the band.
        level: share of the orders inside the band.
        seed: of the orders; the same seed gives the same band.

    Returns:
        One row for each k from 1 to n: `interviews, seen` (in the order of the file), `new` (codes that the k-th
        brought), `expected` (mean over all orders, exact: a code that f of n interviews have is seen among k with
        probability 1 − C(n − f, k) / C(n, k)), `low, high` (the band).

    Example:
        >>> from scslab.study.interviews.project import Code, Interview
        >>> has = np.array([[True, False], [True, True], [True, False]])
        >>> codes = (Code("a", "A"), Code("b", "B"))
        >>> people = tuple(Interview(str(i), str(i)) for i in range(3))
        >>> curve = trace_saturation(CodeMatrix(codes, people, has), draws=0)
        >>> curve["seen"].to_list(), curve["expected"].round(3).to_list()
        ([1, 2, 2], [1.333, 1.667, 2.0])
    """
    has = matrix.has
    n = len(has)
    seen = np.logical_or.accumulate(has, axis=0).sum(axis=1) if n else np.zeros(0, dtype=np.int64)
    counts = [int(count) for count in has.sum(axis=0)]
    expected = [sum(1 - comb(n - count, k) / comb(n, k) for count in counts if count) for k in range(1, n + 1)]
    low = high = np.full(n, np.nan)
    if draws and n:
        generator = np.random.default_rng([seed, 0x73617475])
        curves = np.empty((draws, n))
        for draw in range(draws):
            curves[draw] = np.logical_or.accumulate(has[generator.permutation(n)], axis=0).sum(axis=1)
        low, high = np.quantile(curves, [(1 - level) / 2, (1 + level) / 2], axis=0)
    return pl.DataFrame(
        {
            "interviews": np.arange(1, n + 1),
            "seen": seen.astype(np.int64),
            "new": np.diff(seen, prepend=0).astype(np.int64),
            "expected": np.array(expected, dtype=np.float64),
            "low": low,
            "high": high,
        }
    )
