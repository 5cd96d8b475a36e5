"""Seeds of 64 bits. Replicate r of a seed is the same in every scenario: scenarios are compared under one luck."""

from __future__ import annotations

import hashlib

SEED_LIMIT = 1 << 64


def seed_of_replicate(seed: int, replicate: int) -> int:
    """The seed of a replicate, from 0 up: the first 8 bytes of SHA-256 over both numbers.

    Raises:
        ValueError: the seed does not fit in 64 bits, or the replicate is negative.

    Example:
        >>> seed_of_replicate(7, 0) != seed_of_replicate(7, 1)
        True
    """
    if not 0 <= seed < SEED_LIMIT or replicate < 0:
        raise ValueError(f"seed {seed} and replicate {replicate}: a seed is 0 to 2^64 - 1, a replicate 0 or more")
    digest = hashlib.sha256(b"replicate" + seed.to_bytes(8, "big") + replicate.to_bytes(8, "big")).digest()
    return int.from_bytes(digest[:8], "big")
