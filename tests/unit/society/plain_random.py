"""The random numbers of a society, plainly: NumPy with 64-bit arithmetic, one step a line."""

from __future__ import annotations

import numpy as np

LOW = np.uint64(0xFFFFFFFF)


def philox(counter: list[np.ndarray], key: tuple[int, int]) -> list[np.ndarray]:
    c = [np.asarray(word, np.uint64) for word in counter]
    k0, k1 = key
    for _ in range(10):
        p0, p1 = c[0] * np.uint64(0xD2511F53), c[2] * np.uint64(0xCD9E8D57)
        high0, high1 = p0 >> np.uint64(32), p1 >> np.uint64(32)
        c = [high1 ^ c[1] ^ np.uint64(k0), p1 & LOW, high0 ^ c[3] ^ np.uint64(k1), p0 & LOW]
        k0, k1 = (k0 + 0x9E3779B9) % 2**32, (k1 + 0xBB67AE85) % 2**32
    return [word.astype(np.uint32) for word in c]


def words(seed: int, agents: np.ndarray, month: int, stream: int) -> list[np.ndarray]:
    agents = np.asarray(agents, np.uint64)
    same = np.ones(agents.shape, np.uint64)
    counter = [agents & LOW, agents >> np.uint64(32), same * np.uint64(month), same * np.uint64(stream)]
    return philox(counter, (seed % 2**32, seed >> 32))


def one_word(seed: int, agent: int, month: int, stream: int) -> int:
    """Eight agents of a block of 1,024 share a counter for the upper half; the lower half has a counter of its own."""
    block, place = divmod(agent, 1024)
    quarter, half_words = divmod(place, 256)
    lane, is_odd = divmod(half_words, 2)
    shared = int(words(seed, np.array([128 * block + lane]), month, stream)[quarter][0])
    own = int(words(seed, np.array([agent]), month + 2**30, stream)[0][0])
    upper = shared // 2**16 if is_odd else shared % 2**16
    return upper * 2**16 + own // 2**16


def permute(agent: int, n: int, half: int, seed: int) -> int:
    mask, full = (1 << half) - 1, 2**64
    x = agent
    while True:
        left, right = x >> half, x & mask
        for k in range(8):
            mixed = ((right + k + 1) * 0x9E3779B97F4A7C15 + seed) % full
            mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) % full
            mixed ^= mixed >> 27
            left, right = right, left ^ (mixed & mask)
        x = (left << half) | right
        if x < n:
            return x
