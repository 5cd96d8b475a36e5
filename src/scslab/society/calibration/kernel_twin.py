"""The kernel of the twin: what a month does to the shares of each cell; the order is that of `kernel_month`."""

from __future__ import annotations

from typing import Any

import numpy as np

from scslab.engine.jit import kernel

UNAWARE_OUT, AWARE_OUT, UNAWARE_IN, AWARE_IN, UNAWARE_LEFT, AWARE_LEFT, STATES = range(7)
"""Rows of the state: who knows of the scheme, and who is outside, takes part, or took part and left."""
OUT_AWARE, OUT_IN, OUT_ACCEPTANCE, OUT_JOINED, OUT_LEFT, OUT_WIDTH = range(6)
"""Columns of what is counted of a month, as shares of all residents."""


@kernel
def step_cells(
    state: Any, share: Any, learning: Any, hazard: Any, follows: Any, pressed: Any, join: Any, utility: Any,
    leave: Any, considers: Any, is_open: Any, enrols: Any, out: Any,
) -> None:  # fmt: skip
    """One month of all cells, `state` (6, n) in place; `out` (5,) is set.

    `learning` (n,) multiplies the `hazard` of the month; where `follows` (n,) is 1, `pressed` is added to it. `join`
    (n,) is added to the `utility` of the month; `leave` (n,) is the chance to leave in a month.
    """
    aware, inside, acceptance, joined, left = 0.0, 0.0, 0.0, 0.0, 0.0
    learns, last = 0.0, np.nan
    for i in range(share.size):
        # Cells of one level of digital skill stand side by side, and learn alike.
        both = hazard * learning[i] + pressed * follows[i]
        if both != last:
            last = both
            learns = -np.expm1(-both)
        for k in range(0, STATES, 2):
            moved = state[k, i] * learns
            state[k, i] -= moved
            state[k + 1, i] += moved
        accepts = 1.0 / (1.0 + np.exp(-(utility + join[i])))
        acceptance += share[i] * accepts
        if enrols:
            for k in (UNAWARE_OUT, UNAWARE_LEFT):
                joined += state[k, i] + state[k + 1, i]
                state[UNAWARE_IN, i] += state[k, i]
                state[AWARE_IN, i] += state[k + 1, i]
                state[k, i] = 0.0
                state[k + 1, i] = 0.0
        else:
            coming = state[AWARE_OUT, i] * considers * accepts if is_open else 0.0
            for k in (UNAWARE_IN, AWARE_IN):
                going = state[k, i] * leave[i]
                state[k, i] -= going
                state[k + 2, i] += going
                left += going
            state[AWARE_OUT, i] -= coming
            state[AWARE_IN, i] += coming
            joined += coming
        aware += state[AWARE_OUT, i] + state[AWARE_IN, i] + state[AWARE_LEFT, i]
        inside += state[UNAWARE_IN, i] + state[AWARE_IN, i]
    out[OUT_AWARE] = aware
    out[OUT_IN] = inside
    out[OUT_ACCEPTANCE] = acceptance
    out[OUT_JOINED] = joined
    out[OUT_LEFT] = left
