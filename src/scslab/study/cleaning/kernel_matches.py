"""Kernels over tables of answer codes: longest runs of one answer, and the best match of each respondent."""

from __future__ import annotations

from typing import Any

import numpy as np

from scslab.engine.jit import kernel
from scslab.study.weighting.margins import FloatArray, IntArray

BLOCK = 16
"""Items that are compared together."""


def find_longest_runs(codes: IntArray) -> IntArray:
    """The longest run of one answer in each row, over answers that are there (code from 0); `(n, k)` to `(n,)`.

    An answer that is missing is passed over and does not break a run.

    Example:
        >>> find_longest_runs(np.array([[1, 2, 2, -1, 2], [3, 3, 1, 1, 1], [-1, -1, -1, -1, -1]])).tolist()
        [3, 3, 0]
    """
    longest = np.zeros(len(codes), np.int64)
    _fill_longest_runs(codes, longest)
    return longest


@kernel
def _fill_longest_runs(codes: IntArray, longest: IntArray) -> None:
    n, k = codes.shape
    for i in range(n):
        last, run, best = -1, 0, 0
        for j in range(k):
            code = codes[i, j]
            if code < 0:
                continue
            run = run + 1 if code == last else 1
            last = code
            best = max(best, run)
        longest[i] = best


def find_best_matches(codes: IntArray, least_share: float, least_items: int) -> tuple[FloatArray, IntArray]:
    """For each row the largest share of identical answers with any other row, and which row that is.

    Only items that both answered count, and pairs with fewer than `least_items` of them are passed over. Pairs below
    `least_share` are given up early: their rows get share 0 and partner -1.

    Args:
        codes: answers, -1 for none; `(n, k)`.
        least_share: smallest share of interest, 0 to 1.
        least_items: fewest items that both answered.

    Returns:
        Shares `(n,)` and partners `(n,)`.

    Example:
        >>> share, partner = find_best_matches(np.array([[1, 2, 3, 4], [1, 2, 3, 5], [9, 9, 9, 9]]), 0.7, 3)
        >>> share.tolist(), partner.tolist()
        ([0.75, 0.75, 0.0], [1, 0, -1])
    """
    share = np.zeros(len(codes), np.float64)
    partner = np.full(len(codes), -1, np.int64)
    width = -(-codes.shape[1] // BLOCK) * BLOCK
    narrow = np.full((len(codes), width), -1, np.int16 if codes.max(initial=0) < 2**15 else np.int64)
    narrow[:, : codes.shape[1]] = codes
    _fill_best_matches(narrow, codes.shape[1], least_share, least_items, share, partner)
    return share, partner


@kernel
def _fill_best_matches(
    codes: Any, k: int, least_share: float, least_items: int, share: FloatArray, partner: IntArray
) -> None:
    n, width = codes.shape
    # More differences than this are too many, however many items both answered.
    most = int((1.0 - least_share) * k + 1e-9)
    for i in range(n):
        for j in range(i + 1, n):
            different, both = 0, 0
            for start in range(0, width, BLOCK):
                # No way out of the middle of a block: that is what makes it vector instructions.
                for item in range(start, start + BLOCK):
                    a, b = codes[i, item], codes[j, item]
                    is_both = (a >= 0) & (b >= 0)
                    both += is_both
                    different += is_both & (a != b)
                if different > most:
                    break
            if different > most or both < least_items:
                continue
            found = (both - different) / both
            if found + 1e-12 < least_share:
                continue
            if found > share[i]:
                share[i], partner[i] = found, j
            if found > share[j]:
                share[j], partner[j] = found, i
