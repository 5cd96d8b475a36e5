"""Event ids that stand more than once in a ledger larger than memory: found by ranges of their hashes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scslab.engine.passes.lines import Lines, Why
from scslab.engine.passes.parts import PLACE, Part
from scslab.ledger.columns import EVENT_ID, ROW
from scslab.ledger.duplicates import set_duplicates_aside

BYTES_PER_HASH = 24
"""Memory for each hash while a range of them is sorted."""
BYTES_PER_EVENT = 1_000
"""Memory for each event while those of one id are compared."""
_PART = "@part"


def take_repeats_out(parts: Sequence[Part], lines: Lines, *, memory: int) -> None:
    """Take out of the parts what `set_duplicates_aside` sets aside, and put its lines by.

    Args:
        parts: the ledger; each part's `out` gets the events that repeat or contradict another one.
        lines: gets the lines of the problems table.
        memory: how many bytes this may take, about.
    """
    total = sum(part.size for part in parts)
    rounds = max(1, -(-total * BYTES_PER_HASH // memory))
    for number in range(rounds):
        repeated, events = _find_repeated(parts, number, rounds)
        shares = max(1, -(-events * BYTES_PER_EVENT // memory))
        for share in np.array_split(repeated, shares):
            if share.size:
                _judge(parts, share, lines)


def _hash(ids: pl.Series) -> NDArray[np.uint64]:
    return ids.hash(3).to_numpy()


def _find_repeated(parts: Sequence[Part], number: int, rounds: int) -> tuple[NDArray[np.uint64], int]:
    """Hashes that stand more than once among those of one range, ascending, and how many events have them."""
    found: list[NDArray[np.uint64]] = []
    for part in parts:
        for _, events in part.iterate([EVENT_ID]):
            hashes = _hash(events[EVENT_ID])
            found.append(hashes if rounds == 1 else hashes[hashes % np.uint64(rounds) == number])
    hashes = np.concatenate(found) if found else np.empty(0, np.uint64)
    found.clear()
    hashes.sort()
    is_same = hashes[1:] == hashes[:-1]
    repeated = hashes[1:][is_same]
    # The first of each run of equal hashes is no repetition.
    runs = int(repeated.size and 1 + (repeated[1:] != repeated[:-1]).sum())
    return np.unique(repeated), repeated.size + runs


def _judge(parts: Sequence[Part], repeated: NDArray[np.uint64], lines: Lines) -> None:
    """Compare the events whose ids have one of some hashes, and take out those that are set aside."""

    def is_doubtful(events: pl.DataFrame) -> pl.Series:
        hashes = _hash(events[EVENT_ID])
        at = np.minimum(np.searchsorted(repeated, hashes), repeated.size - 1)
        return pl.Series(repeated[at] == hashes)

    taken = [part.take(part.find([EVENT_ID], is_doubtful)) for part in parts]
    doubtful = pl.concat(events.with_columns(pl.lit(number).alias(_PART)) for number, events in enumerate(taken))
    kept, told = set_duplicates_aside(doubtful.drop(_PART, PLACE))
    lines.add(Why.REPEATED, told)
    # Of events that agree in everything but are one row's, any one is as good as the other.
    stays = doubtful.join(kept.select(EVENT_ID, ROW), on=[EVENT_ID, ROW], how="semi").unique(EVENT_ID)
    gone = doubtful.join(stays, on=[_PART, PLACE], how="anti")
    for number, part in enumerate(parts):
        part.out.add(gone.filter(pl.col(_PART) == number)[PLACE].to_numpy())
