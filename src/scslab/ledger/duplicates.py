"""Rows with the same event id: the same content counts once, different content counts not at all."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import polars as pl

from scslab.ledger.codes import CONFLICT, DUPLICATE
from scslab.ledger.columns import EVENT_ID, ROW
from scslab.ledger.set_aside import empty_set_aside, join_lines, write_lines

BLOCK_ROWS = 1 << 16
"""Ids are compared with their neighbours in blocks of this many, which stay in the processor's cache."""


def is_strictly_increasing(ids: pl.Series) -> bool:
    """Whether every id is greater than the one before, in plain order: then none of them stands there twice.

    Texts are compared byte by byte. NULLs are never in order.

    Example:
        >>> is_strictly_increasing(pl.Series([1, 2, 5])), is_strictly_increasing(pl.Series(["E1", "E1"]))
        (True, False)
    """
    if len(ids) < 2:
        return True
    if ids.null_count():
        return False

    def is_block_increasing(start: int) -> bool:
        block = ids.slice(start, BLOCK_ROWS + 1)
        return bool((block.slice(1) > block.slice(0, len(block) - 1)).all())

    # Ids in no order mostly show it at once; only those that begin in order are worth the threads.
    if not is_block_increasing(0):
        return False
    with ThreadPoolExecutor(pl.thread_pool_size()) as threads:
        return all(threads.map(is_block_increasing, range(BLOCK_ROWS, len(ids) - 1, BLOCK_ROWS)))


def find_duplicates(ids: pl.Series) -> pl.Series | None:
    """Which rows share their id with another row, as Booleans; None where no two do.

    Example:
        >>> find_duplicates(pl.Series([3, 1, 3])).to_list(), find_duplicates(pl.Series([1, 2]))
        ([True, False, True], None)
    """
    if is_strictly_increasing(ids):
        return None
    # Different hashes prove different ids, and are several times faster to count than texts.
    hashes = ids.hash() if ids.dtype == pl.String else ids
    if hashes.n_unique() == len(ids):
        return None
    candidates = hashes.is_duplicated()
    if ids.dtype != pl.String:
        return candidates
    repeated = ids.filter(candidates)
    shared = candidates.scatter(candidates.arg_true(), repeated.is_duplicated())
    return shared if shared.any() else None


def set_duplicates_aside(events: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Events with unique ids, and the lines of the problems table for the rows that repeat or contradict others.

    Content is everything but the row number. Of rows that agree the first one is kept.

    Args:
        events: canonical events, in any order.
    """
    shared = find_duplicates(events[EVENT_ID])
    if shared is None:
        return events, empty_set_aside()
    doubtful = events.filter(shared).sort(ROW)
    content = pl.struct(pl.exclude(ROW, EVENT_ID))
    judged = doubtful.select(
        pl.all(),
        (content.n_unique().over(EVENT_ID) > 1).alias("is_conflict"),
        pl.col(ROW).first().over(EVENT_ID).alias("first"),
        # The other row that is named: the first one, or for the first one the next that disagrees with it.
        pl.col(ROW).filter(content.ne_missing(content.first())).first().over(EVENT_ID).alias("second"),
    )
    conflicts = judged.filter("is_conflict")
    surplus = judged.filter(~pl.col("is_conflict") & (pl.col(ROW) != pl.col("first")))
    other = pl.when(pl.col(ROW) == pl.col("first")).then("second").otherwise("first")
    lines = join_lines(
        [
            write_lines(surplus, EVENT_ID, DUPLICATE, pl.format("the same as row {}, which counts", "first")),
            write_lines(
                conflicts, EVENT_ID, CONFLICT, pl.format("row {} has the same id and says something else", other)
            ),
        ]
    )
    kept = judged.filter(~pl.col("is_conflict") & (pl.col(ROW) == pl.col("first"))).select(events.columns)
    return pl.concat([events.filter(~shared), kept]), lines
