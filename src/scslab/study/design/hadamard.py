"""Hadamard matrices, for balanced repeated replication."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def build_hadamard(at_least: int) -> NDArray[np.int64]:
    """A Hadamard matrix of an order not below `at_least`, small where Sylvester's and Paley's ways reach it.

    Entries are 1 and −1, rows are orthogonal, the first row and column are 1 (`paley1933`).

    Example:
        >>> matrix = build_hadamard(11)
        >>> matrix.shape, bool((matrix @ matrix.T == 12 * np.eye(12)).all())
        ((12, 12), True)
    """
    order = max(1, at_least)
    while (found := _build(order)) is None:
        order += 1
    signs = found * found[:, :1]
    return signs * signs[:1, :]


def _build(order: int) -> NDArray[np.int64] | None:
    if order == 1:
        return np.ones((1, 1), np.int64)
    if order == 2:
        return np.array([[1, 1], [1, -1]])
    if order % 4:
        return None
    if _is_prime(order - 1):
        return _build_paley(order - 1)
    half = _build(order // 2)
    return None if half is None else np.kron(np.array([[1, 1], [1, -1]]), half)


def _is_prime(number: int) -> bool:
    return number > 1 and all(number % divisor for divisor in range(2, int(number**0.5) + 1))


def _build_paley(prime: int) -> NDArray[np.int64]:
    """Paley's first way: for a prime that leaves 3 when divided by 4."""
    squares = {(x * x) % prime for x in range(1, prime)}
    sign = np.array([0] + [1 if x in squares else -1 for x in range(1, prime)])
    index = np.arange(prime)
    skew = np.zeros((prime + 1, prime + 1), np.int64)
    skew[0, 1:], skew[1:, 0] = 1, -1
    skew[1:, 1:] = sign[(index[None, :] - index[:, None]) % prime]
    return skew + np.eye(prime + 1, dtype=np.int64)
