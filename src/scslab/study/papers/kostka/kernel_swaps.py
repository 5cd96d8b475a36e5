"""Swaps answers between respondents until linear targets are near; the margin of the answer stays as it is."""

from __future__ import annotations

import numba
import numpy as np
from numpy.typing import NDArray


@numba.njit(cache=True)
def swap_answers(
    answers: NDArray[np.int64],
    gains: NDArray[np.float64],
    state: NDArray[np.float64],
    is_fixed: NDArray[np.bool_],
    n_tries: int,
    seed: int,
    heat: float,
) -> float:
    """Tries random swaps of two respondents' answers, keeping those that lower the sum of squares of `state`.

    Args:
        answers: 0 to m − 1, `(n,)`; changed in place.
        gains: what each answer of each respondent adds to the targets, `(n, m, t)`.
        state: sum of the gains less the targets, `(t,)`; changed in place.
        is_fixed: respondents who keep their answer, `(n,)`.
        n_tries: swaps to try.
        seed: of the tries.
        heat: at first a swap that raises the sum by about this much may be kept; it cools to 0.

    Returns:
        The sum of squares at the end.
    """  # fmt: skip
    np.random.seed(seed)
    n, t = answers.size, state.size
    total = 0.0
    for c in range(t):
        total += state[c] * state[c]
    for attempt in range(n_tries):
        i, j = np.random.randint(n), np.random.randint(n)
        a, b = answers[i], answers[j]
        if a == b or is_fixed[i] or is_fixed[j]:
            continue
        change = 0.0
        for c in range(t):
            d = gains[i, b, c] + gains[j, a, c] - gains[i, a, c] - gains[j, b, c]
            change += d * (2 * state[c] + d)
        warm = heat * (1 - attempt / n_tries) ** 2
        if change < 0 or (warm > 0 and np.random.random() < np.exp(-change / warm) and attempt < 0.8 * n_tries):
            for c in range(t):
                state[c] += gains[i, b, c] + gains[j, a, c] - gains[i, a, c] - gains[j, b, c]
            answers[i], answers[j] = b, a
            total += change
    return total
