"""Columns of a user's table, taken by name or given as arrays, as NumPy arrays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scslab.ground.problems import Problem, did_you_mean

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Booleans = NDArray[np.bool_]
Column = str | pl.Series | Sequence[Any] | NDArray[Any]
"""A column's name, or its values in the order of the rows."""


def take_frame(data: Any) -> pl.DataFrame:
    """The table behind what a user gave: a Polars or pandas frame, a mapping of columns, or an object with `.frame`.

    Raises:
        TypeError: it is none of these.

    Example:
        >>> take_frame({"a": [1, 2]}).height
        2
    """
    inner = getattr(data, "frame", data)
    if isinstance(inner, pl.DataFrame):
        return inner
    if isinstance(inner, pl.LazyFrame):
        return inner.collect()
    if isinstance(inner, dict):
        return pl.DataFrame(inner)
    if type(inner).__module__.split(".")[0] == "pandas":
        return pl.from_pandas(inner)
    raise TypeError(f"a Polars or pandas frame is needed, not {type(data).__name__}")


def take_column(frame: pl.DataFrame, column: Column, role: str, problems: list[Problem]) -> pl.Series | None:
    """One column of the table as a series, or None with a problem (Q201 unknown, Q202 missing values, Q211 length)."""
    if isinstance(column, str):
        if column not in frame.columns:
            message = f"{role}: there is no column `{column}`"
            problems.append(Problem("Q201", message, help=did_you_mean(column, frame.columns)))
            return None
        series = frame[column]
    else:
        series = column if isinstance(column, pl.Series) else pl.Series(role, np.asarray(column))
    if series.len() != frame.height:
        problems.append(Problem("Q211", f"{role}: {series.len():,} values for {frame.height:,} rows"))
        return None
    n_missing = series.null_count()
    if series.dtype.is_float():
        n_missing += int(series.is_nan().sum() or 0)
    if n_missing:
        message = f"{role}: `{series.name}` is missing in {n_missing:,} of {series.len():,} rows"
        text = "every row needs its place in the design; give rows outside of the sample a weight of 0"
        problems.append(Problem("Q202", message, help=text))
        return None
    return series


def take_numbers(frame: pl.DataFrame, column: Column, role: str, problems: list[Problem]) -> Floats | None:
    """One column as float64 `(n,)`, or None with a problem (also Q203: not numbers, not finite, below 0)."""
    series = take_column(frame, column, role, problems)
    if series is None:
        return None
    if not (series.dtype.is_numeric() or series.dtype == pl.Boolean):
        problems.append(Problem("Q203", f"{role}: `{series.name}` holds {series.dtype}, not numbers"))
        return None
    values = series.cast(pl.Float64).to_numpy().astype(np.float64)
    is_bad = ~np.isfinite(values) | (values < 0)
    if is_bad.any():
        first = int(np.flatnonzero(is_bad)[0])
        message = f"{role}: `{series.name}` is {values[first]:g} in row {first + 1}; {int(is_bad.sum()):,} such rows"
        problems.append(Problem("Q203", message, help=f"{role} must be finite and not below 0"))
        return None
    return values


def take_codes(frame: pl.DataFrame, column: Column, role: str, problems: list[Problem]) -> tuple[Integers, list[Any]]:
    """Dense codes `(n,)` of a column, 0 to number of labels − 1, and the labels in sorted order."""
    series = take_column(frame, column, role, problems)
    if series is None:
        return np.zeros(frame.height, np.int64), [""]
    if isinstance(series.dtype, (pl.Categorical, pl.Enum)):
        series = series.cast(pl.String)
    labels = series.unique().sort()
    codes = series.to_frame("x").join(
        pl.DataFrame({"x": labels, "code": np.arange(labels.len())}), on="x", how="left", maintain_order="left"
    )["code"]
    return codes.to_numpy().astype(np.int64), labels.to_list()
