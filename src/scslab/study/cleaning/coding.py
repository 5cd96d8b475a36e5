"""Answers of any type as dense codes, for comparing them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from scslab.study.weighting.margins import IntArray


def code_items(frame: pl.DataFrame, items: Sequence[str]) -> IntArray:
    """Codes of answers: equal answers have equal codes in all items alike; -1 where there is none; `(n, k)`.

    Example:
        >>> code_items(pl.DataFrame({"a": [5.0, None], "b": [5.0, 2.0]}), ["a", "b"]).tolist()
        [[1, 1], [-1, 0]]
    """
    if not items or not frame.height:
        return np.full((frame.height, len(items)), -1, np.int64)
    numbers = all(frame.schema[name].is_numeric() for name in items)
    dtype = pl.Float64 if numbers else pl.String
    columns = [frame[name].cast(dtype).rename("value") for name in items]
    if numbers:
        columns = [column.fill_nan(None) for column in columns]
    ranks = pl.concat(columns).rank("dense").cast(pl.Int64).fill_null(0) - 1
    return np.ascontiguousarray(ranks.to_numpy().reshape(len(items), frame.height).T)
