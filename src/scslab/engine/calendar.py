"""Day numbers and the month arithmetic of `scslab.ground.dates` as tables that a kernel can read.

A day number counts from 1900-01-01 (0) to 2199-12-31 (`LAST_DAY`), so that a day fits in 17 bits.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

import numpy as np
from numpy.typing import NDArray

from scslab.ground.dates import EARLIEST, LATEST, Calendar, Period

UNIX_OFFSET = (date(1970, 1, 1) - EARLIEST).days
"""Day number of 1970-01-01: add it to a Polars date's physical value."""
LAST_DAY = (LATEST - EARLIEST).days
NEVER = LAST_DAY + 1
"""A day that never comes."""
NO_DAY = -1
"""Where a day is missing."""


@dataclass(frozen=True, slots=True)
class DayTables:
    """Look-up tables over day numbers and month numbers (0 = January 1900).

    Attributes:
        month: month number of each day, shape (LAST_DAY + 1,), int32.
        first: day number on which each month begins, shape (months + 1,), int32.
    """

    month: NDArray[np.int32]
    first: NDArray[np.int32]


@cache
def build_day_tables() -> DayTables:
    """The tables, built once."""
    days = np.arange(LAST_DAY + 1).astype("timedelta64[D]") + np.datetime64(EARLIEST, "D")
    month = days.astype("datetime64[M]").astype(np.int64) + (1970 - EARLIEST.year) * 12
    first = np.searchsorted(month, np.arange(int(month[-1]) + 2))
    return DayTables(month.astype(np.int32), first.astype(np.int32))


def day_number(day: date) -> int:
    """The number of a day; days outside 1900..2199 are brought to the nearest end.

    Example:
        >>> day_number(date(1900, 1, 1)), day_number(date(2199, 12, 31)) == LAST_DAY
        (0, True)
    """
    return min(LAST_DAY, max(0, (day - EARLIEST).days))


def day_of(number: int) -> date:
    """The day with this number.

    Example:
        >>> day_of(day_number(date(2024, 2, 29)))
        datetime.date(2024, 2, 29)
    """
    return EARLIEST + timedelta(days=number)


MONTH, QUARTER, YEAR, FOREVER, MONTHS, DAYS = range(6)
"""Kinds of a cap's period: calendar units, lifetime, rolling months, rolling days."""


def encode_period(period: Calendar | Period | str) -> tuple[int, int]:
    """A cap's period as (kind, length), for the kernel."""
    match period:
        case Calendar.MONTH:
            return MONTH, 0
        case Calendar.QUARTER:
            return QUARTER, 0
        case Calendar.YEAR:
            return YEAR, 0
        case Period(months=months) if months:
            return MONTHS, months
        case Period(days=days):
            return DAYS, days
        case _:
            return FOREVER, 0
