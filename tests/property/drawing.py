"""Cheap ways to draw: strategies are made once and kept, because Hypothesis takes long to make them."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from functools import cache
from typing import Any, TypeVar

from hypothesis import strategies as st

T = TypeVar("T")


@cache
def indexes(size: int) -> st.SearchStrategy[int]:
    return st.integers(0, size - 1)


def pick(draw: st.DrawFn, options: Sequence[T]) -> T:
    """One of several values, each as likely; shrinks to the first."""
    return options[draw(indexes(len(options)))]


def chance(draw: st.DrawFn, one_in: int) -> bool:
    """True once in so many times; shrinks to False."""
    return draw(indexes(one_in)) == one_in - 1


def maybe(draw: st.DrawFn, strategy: st.SearchStrategy[T], one_in: int = 3) -> T | None:
    """A value once in so many times, else None."""
    return draw(strategy) if chance(draw, one_in) else None


@cache
def points(decimals: int, low: int, high: int) -> st.SearchStrategy[Decimal]:
    """Points from low to high; whole, or with all the decimals there may be."""
    fine = st.integers(low * 10**decimals, high * 10**decimals).map(lambda n: Decimal(n).scaleb(-decimals))
    return st.one_of(st.integers(low, high).map(Decimal), fine)


def subset(draw: st.DrawFn, options: Sequence[Any], most: int) -> list[Any]:
    """One or more different values, at most so many, in the order drawn."""
    left = list(options)
    count = 1 + draw(indexes(min(most, len(left))))
    return [left.pop(draw(indexes(len(left)))) for _ in range(count)]
