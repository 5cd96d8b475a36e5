"""Kernels that draw outside of the month: for some agents, wherever they stand, or one word for everybody."""

from __future__ import annotations

from typing import Any

import numpy as np

from scslab.engine.jit import kernel
from scslab.society.randomness.kernel_philox import draw_for


@kernel
def draw_keyed(seed: Any, agents: Any, counter: Any, stream: Any, out: Any) -> None:
    """The four words of each of `agents` `(m,)` at a counter (a month, and more in its upper bits), into `(4, m)`."""
    for i in range(agents.size):
        a, b, c, d = draw_for(seed, np.uint64(agents[i]), np.uint32(counter), np.uint32(stream))
        out[0, i] = a
        out[1, i] = b
        out[2, i] = c
        out[3, i] = d


@kernel
def draw_first_words(seed: Any, first: Any, stream: Any, out: Any) -> None:
    """The first word of the agents `first, first + 1, …` before the first month, into `(n,)`."""
    for i in range(out.size):
        a, _, _, _ = draw_for(seed, np.uint64(first) + np.uint64(i), np.uint32(0), np.uint32(stream))
        out[i] = a
