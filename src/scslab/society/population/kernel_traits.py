"""The kernel that draws traits, in fixed-point arithmetic."""

from __future__ import annotations

from typing import Any

import numpy as np

from scslab.engine.jit import kernel
from scslab.society.randomness.kernel_philox import draw_for

LEVELS = 7
N_TRAITS = 5
_SHIFT = np.uint32(22)


@kernel
def draw_traits(
    seed: Any, first: Any, stream_1: Any, stream_2: Any, cells: Any, bins: Any, factor: Any, shifts: Any, edges: Any,
    out: Any,
) -> None:  # fmt: skip
    """Trait codes of the agents from `first` on, into `out`, `uint16`; see `traits`."""
    for i in range(out.size):
        agent = np.uint64(first) + np.uint64(i)
        a, b, c, d = draw_for(seed, agent, np.uint32(0), stream_1)
        e, _, _, _ = draw_for(seed, agent, np.uint32(0), stream_2)
        normals = (bins[a >> _SHIFT], bins[b >> _SHIFT], bins[c >> _SHIFT], bins[d >> _SHIFT], bins[e >> _SHIFT])
        code = 0
        digit = 1
        for k in range(N_TRAITS):
            z = np.int64(0)
            for j in range(k + 1):
                z += factor[k, j] * normals[j]
            z = (z >> 12) + shifts[cells[i], k]
            level = 0
            for edge in range(LEVELS - 1):
                level += z >= edges[edge]
            code += level * digit
            digit *= LEVELS
        out[i] = code
