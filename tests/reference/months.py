"""Calendar arithmetic of the reference interpreter: one month at a time, one birthday at a time.

It shares no code with `scslab.ground.dates` on purpose. A period is anything with `months` and `days` (one is 0).
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from typing import Any

FIRST_DAY = date(1900, 1, 1)
LAST_DAY = date(2199, 12, 31)


def last_of_month(year: int, month: int) -> int:
    """The number of days of a month, from the Gregorian rule."""
    if month == 2:
        is_leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
        return 29 if is_leap else 28
    return 30 if month in (4, 6, 9, 11) else 31


@cache
def later(period: Any, day: date) -> date:
    """The day `period` after `day`, but no later than the last day there is."""
    if not period.months:
        return min(LAST_DAY, day + timedelta(days=period.days))
    year, month = day.year, day.month
    for _ in range(period.months):
        month += 1
        if month == 13:
            year, month = year + 1, 1
        if year > LAST_DAY.year:
            return LAST_DAY
    return date(year, month, min(day.day, last_of_month(year, month)))


@cache
def earlier(period: Any, day: date) -> date:
    """The day `period` before `day`, but no earlier than the first day there is."""
    if not period.months:
        return day - timedelta(days=min(period.days, (day - FIRST_DAY).days))
    year, month = day.year, day.month
    for _ in range(period.months):
        month -= 1
        if month == 0:
            year, month = year - 1, 12
        if year < FIRST_DAY.year:
            return FIRST_DAY
    return date(year, month, min(day.day, last_of_month(year, month)))


def is_same_calendar_period(one: date, other: date, unit: str) -> bool:
    """Whether two days lie in the same month, quarter or year."""
    if one.year != other.year:
        return False
    if unit == "month":
        return one.month == other.month
    if unit == "quarter":
        return (one.month + 2) // 3 == (other.month + 2) // 3
    assert unit == "year", unit
    return True


def last_publication_day(as_of: date, unit: str | None) -> date:
    """Walks back from `as_of` to a day that ends a month, quarter or year; None: every day is one."""
    day = as_of
    while not is_publication_day(day, unit):
        day -= timedelta(days=1)
    return day


def completed_years(born_on: date, day: date) -> int:
    """Age on `day`; in a year without 29 February that birthday is on 28 February."""
    birthday = date(day.year, born_on.month, min(born_on.day, last_of_month(day.year, born_on.month)))
    age = day.year - born_on.year
    return age if birthday <= day else age - 1


def is_publication_day(day: date, unit: str | None) -> bool:
    """Whether the day ends a month, quarter or year; without a unit every day is one."""
    return unit is None or not is_same_calendar_period(day, day + timedelta(1), unit)
