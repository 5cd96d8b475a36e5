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
EIGHTH = 128
"""An eighth of a block of agents: so many counters give a block its half words."""
REST = 1 << 30
"""Marks counters that give the lower halves of words."""


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


@kernel
def fill_block(seed: Any, first: Any, month: Any, stream: Any, out: Any) -> None:
    """The upper half of a word for each agent of a block: the 1,024 agents from `first` on, a multiple of 1,024.

    Eight agents share a counter, a half word each, which costs an eighth of a counter an agent: the agent at place p of
    block b has half p % 2 (0: the lower) of word p >> 8 of the counter whose number is 128 b + (p >> 1) % 128, at a
    month below 2^16. Where 16 bits do not decide, `draw_rest` gives the lower half of the agent's word.

    `out` takes 512 words; as `uint16` they are the half words of the agents in order (on machines that put the lower
    half first, which is all that Numba knows).
    """
    k0, k1 = np.uint32(seed & LOW), np.uint32(seed >> HALF)
    start = np.uint64(first) >> np.uint64(3)
    low, high = np.uint32(start & LOW), np.uint32(start >> HALF)
    c2, c3 = np.uint32(month), np.uint32(stream)
    for i in range(EIGHTH):
        a, b, c, d = draw(np.uint32(low + np.uint32(i)), high, c2, c3, k0, k1)
        out[i] = a
        out[EIGHTH + i] = b
        out[2 * EIGHTH + i] = c
        out[3 * EIGHTH + i] = d


@kernel
def draw_rest(seed: Any, agent: Any, month: Any, stream: Any) -> Any:
    """The lower half of an agent's word; see `fill_block`."""
    word, _, _, _ = draw_for(seed, agent, np.uint32(month) + np.uint32(REST), stream)
    return word >> np.uint32(16)


@inline
def is_below(upper: Any, threshold: Any, seed: Any, agent: Any, month: Any, stream: Any) -> Any:
    """Whether an agent's word lies below a threshold; `upper` is its upper half, the lower one is hardly ever asked."""
    edge = np.int64(threshold) >> 16
    if np.int64(upper) != edge:
        return np.int64(upper) < edge
    return np.int64(draw_rest(seed, np.uint64(agent), month, stream)) < (np.int64(threshold) & 0xFFFF)


@kernel
def fill_listed(seed: Any, first: Any, stream: Any, places: Any, months: Any, n: Any, out: Any) -> None:
    """All words of the agents `first + places[i]` at the counters' months `months[i]`, into `out`, shape (4, …)."""
    k0, k1 = np.uint32(seed & LOW), np.uint32(seed >> HALF)
    c3 = np.uint32(stream)
    one, two, three, four = out[0], out[1], out[2], out[3]
    for i in range(n):
        agent = np.uint64(first) + np.uint64(places[i])
        a, b, c, d = draw(np.uint32(agent & LOW), np.uint32(agent >> HALF), months[i], c3, k0, k1)
        one[i] = a
        two[i] = b
        three[i] = c
        four[i] = d


@kernel
def draw_raw(counter: Any, key: Any, out: Any) -> None:
    """One block of Philox for any counter (4,) and key (2,), for the published test vectors."""
    a, b, c, d = draw(counter[0], counter[1], counter[2], counter[3], key[0], key[1])
    out[0] = a
    out[1] = b
    out[2] = c
    out[3] = d
