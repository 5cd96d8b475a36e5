"""Philox4x32-10: four random 32-bit words for each counter, without state (salmon2011).

The key is the 64-bit seed; the counter is (agent low, agent high, month, stream). The same counter gives the same words
on any machine, in any order and on any thread.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from scslab.engine.jit import inline, kernel

M0, M1 = np.uint64(0xD2511F53), np.uint64(0xCD9E8D57)
W0, W1 = np.uint32(0x9E3779B9), np.uint32(0xBB67AE85)
LOW = np.uint64(0xFFFFFFFF)
HALF = np.uint64(32)
ROUNDS = 10


@inline
def draw(c0: Any, c1: Any, c2: Any, c3: Any, k0: Any, k1: Any) -> tuple[Any, Any, Any, Any]:
    """The four words of a counter; all arguments are `uint32`."""
    for _ in range(ROUNDS):
        p0 = M0 * np.uint64(c0)
        p1 = M1 * np.uint64(c2)
        c0 = np.uint32(p1 >> HALF) ^ c1 ^ k0
        c2 = np.uint32(p0 >> HALF) ^ c3 ^ k1
        c1 = np.uint32(p1 & LOW)
        c3 = np.uint32(p0 & LOW)
        k0 = np.uint32(k0 + W0)
        k1 = np.uint32(k1 + W1)
    return c0, c1, c2, c3


@inline
def draw_for(seed: Any, agent: Any, month: Any, stream: Any) -> tuple[Any, Any, Any, Any]:
    """The four words of an agent in a month on a stream; `seed` is `uint64`."""
    wide = np.uint64(agent)
    return draw(
        np.uint32(wide & LOW), np.uint32(wide >> HALF), np.uint32(month), np.uint32(stream),
        np.uint32(seed & LOW), np.uint32(seed >> HALF),
    )  # fmt: skip


@kernel
def fill_words(seed: Any, first: Any, month: Any, stream: Any, out: Any) -> None:
    """All words of the agents `first, first + 1, …` into `out`, shape (4, n), `uint32`."""
    k0, k1 = np.uint32(seed & LOW), np.uint32(seed >> HALF)
    c2, c3 = np.uint32(month), np.uint32(stream)
    for i in range(out.shape[1]):
        agent = np.uint64(first) + np.uint64(i)
        a, b, c, d = draw(np.uint32(agent & LOW), np.uint32(agent >> HALF), c2, c3, k0, k1)
        out[0, i] = a
        out[1, i] = b
        out[2, i] = c
        out[3, i] = d


@inline
def fill_first(seed: Any, first: Any, n: Any, month: Any, stream: Any, out: Any) -> None:
    """The first word of `n` agents from `first` on; a block must not cross a multiple of 2^32."""
    k0, k1 = np.uint32(seed & LOW), np.uint32(seed >> HALF)
    c2, c3 = np.uint32(month), np.uint32(stream)
    low, high = np.uint32(np.uint64(first) & LOW), np.uint32(np.uint64(first) >> HALF)
    for i in range(n):
        a, _, _, _ = draw(np.uint32(low + np.uint32(i)), high, c2, c3, k0, k1)
        out[i] = a


@kernel
def draw_word_block(seed: Any, first: Any, month: Any, stream: Any, out: Any) -> None:
    """The first word of the agents from `first` on, into `out`, shape (n,), `uint32`."""
    fill_first(seed, first, out.size, month, stream, out)


@kernel
def draw_raw(counter: Any, key: Any, out: Any) -> None:
    """One block of Philox for any counter (4,) and key (2,), for the published test vectors."""
    a, b, c, d = draw(counter[0], counter[1], counter[2], counter[3], key[0], key[1])
    out[0] = a
    out[1] = b
    out[2] = c
    out[3] = d
