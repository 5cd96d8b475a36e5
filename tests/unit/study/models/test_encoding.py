"""Categories become codes: of integers by a table, of others by a join; what both do is the same."""

from typing import Any

import polars as pl
import pytest

from scslab.study.models.encoding import code_levels, order_levels


@pytest.mark.parametrize("kind", [pl.Int8, pl.Int64, pl.UInt16, pl.UInt64, pl.Float64, pl.String])
def test_order_and_codes(kind: Any) -> None:
    series = pl.Series("x", [5, 2, 9, 2, 5]).cast(kind)
    found = [str(level) for level in order_levels(series, None)]
    assert found == ["2", "5", "9"]
    assert code_levels(series, order_levels(series, None)).tolist() == [1, 0, 2, 0, 1]
    declared = [9, 7, 5] if kind != pl.String else ["9", "7", "5"]  # one that is not there, and one left out
    assert order_levels(series, declared) == declared
    assert code_levels(series, declared).tolist() == [2, -1, 0, -1, 2]


@pytest.mark.parametrize("values", [[-(2**63), 2**63 - 1, 0], [-3, 40_000, -3], [-128, 127, 0]])
def test_integers_far_apart_and_below_zero(values: list[int]) -> None:
    series = pl.Series("x", values)
    levels = sorted(set(values))
    assert order_levels(series, None) == levels
    assert code_levels(series, levels).tolist() == [levels.index(value) for value in values]
    assert code_levels(series, [values[0]]).tolist() == [0 if value == values[0] else -1 for value in values]


def test_integers_with_gaps() -> None:
    series = pl.Series("x", [3, None, 1])
    assert order_levels(series, None) == [1, 3]
    assert code_levels(series, [1, 3]).tolist() == [1, -1, 0]
