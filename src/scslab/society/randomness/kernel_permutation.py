"""A keyed permutation of 0 … n - 1 that is computed, not stored: a Feistel network that walks until it falls inside.

Eight rounds over the two halves of the bits of n - 1; each round mixes one half with a key by multiplications.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from scslab.engine.jit import inline, kernel

FEISTEL_ROUNDS = 8
_A, _B = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9)
_S1, _S2 = np.uint64(30), np.uint64(27)


@inline
def permute_one(agent: Any, n: Any, half: Any, seed: Any) -> Any:
    """Where an agent stands; `half` is the number of bits of one half, 2^(2 half) >= n. All are `uint64`."""
    mask = (np.uint64(1) << half) - np.uint64(1)
    x = agent
    while True:
        left, right = x >> half, x & mask
        for k in range(FEISTEL_ROUNDS):
            mixed = (right + np.uint64(k + 1)) * _A + seed
            mixed = (mixed ^ (mixed >> _S1)) * _B
            mixed = mixed ^ (mixed >> _S2)
            left, right = right, left ^ (mixed & mask)
        x = (left << half) | right
        if x < n:
            return x


@kernel
def permute_range(first: Any, n: Any, half: Any, seed: Any, out: Any) -> None:
    """The places of the agents `first, first + 1, …` into `out`, `uint64`."""
    for i in range(out.size):
        out[i] = permute_one(np.uint64(first) + np.uint64(i), n, half, seed)


@kernel
def find_cells(first: Any, n: Any, half: Any, seed: Any, cumulative: Any, out: Any) -> None:
    """The cell of each agent from `first` on: the cell whose range of places holds its place, by bisection."""
    for i in range(out.size):
        place = np.int64(permute_one(np.uint64(first) + np.uint64(i), n, half, seed))
        low, high = 0, cumulative.size
        while low < high:
            middle = (low + high) // 2
            if cumulative[middle] <= place:
                low = middle + 1
            else:
                high = middle
        out[i] = low
