"""The order of ids: shorter ones first, ids of equal length byte by byte (UTF-8), so that E9 comes before E10."""

from __future__ import annotations

import polars as pl


def id_sort_keys(ids: pl.Expr, *, is_text: bool = True) -> list[pl.Expr]:
    """Sort keys that put ids in their order.

    Args:
        ids: a column of ids.
        is_text: whether the column holds texts; whole numbers (never negative, see `conform`) sort as they are, which
            is the same order as that of their decimal texts.

    Example:
        >>> frame = pl.DataFrame({"event_id": ["E10", "E9", "荣", "F1"]})
        >>> frame.sort(id_sort_keys(pl.col("event_id")))["event_id"].to_list()
        ['E9', 'F1', 'E10', '荣']
    """
    return [ids.str.len_bytes(), ids] if is_text else [ids]


def rank_id(event_id: str) -> tuple[int, bytes]:
    """The sort key of one id, for the few that are handled one by one.

    Example:
        >>> sorted(["10", "9", "b", "a1"], key=rank_id)
        ['9', 'b', '10', 'a1']
    """
    content = event_id.encode()
    return len(content), content
