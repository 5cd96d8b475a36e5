"""Dates and periods, with the month arithmetic that every part shares.

A month added to a date keeps the day of the month; where that day is missing, the last day of the month stands in
(31 January + 1 month = 28 or 29 February). This holds for lapses, windows, limits and ages alike.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

EARLIEST = date(1900, 1, 1)
"""The earliest date a ledger or scheme may carry."""
LATEST = date(2199, 12, 31)
"""The latest date a ledger or scheme may carry."""

_PERIOD = re.compile(r"^\s*(\d{1,5})\s*(day|week|month|quarter|year)s?\s*$")
_DAYS_PER = {"day": 1, "week": 7}
_MONTHS_PER = {"month": 1, "quarter": 3, "year": 12}


class Calendar(StrEnum):
    """A calendar period that caps, publications and restarts count in."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class Period:
    """A length of time: whole months and whole days (one of them is 0).

    Example:
        >>> Period.parse("24 months")
        Period(months=24, days=0)
        >>> str(Period.parse("2 years")), str(Period.parse("10 days"))
        ('24 months', '10 days')
    """

    months: int = 0
    days: int = 0

    @classmethod
    def parse(cls, text: str) -> Period:
        """Read `24 months`, `1 year`, `2 quarters`, `10 days` or `3 weeks`.

        Raises:
            ValueError: the text is none of these, or the length is zero.
        """
        match = _PERIOD.match(text)
        if match is None or int(match[1]) == 0:
            raise ValueError(f"`{text}` is not a period")
        count, unit = int(match[1]), match[2]
        if unit in _DAYS_PER:
            return cls(days=count * _DAYS_PER[unit])
        return cls(months=count * _MONTHS_PER[unit])

    def after(self, day: date) -> date:
        """The date this long after `day`, never later than `LATEST`.

        Example:
            >>> Period(months=1).after(date(2024, 1, 31))
            datetime.date(2024, 2, 29)
        """
        return add_months(day, self.months) if self.months else _bounded(day.toordinal() + self.days)

    def before(self, day: date) -> date:
        """The date this long before `day`, never earlier than `EARLIEST`.

        Example:
            >>> Period(months=12).before(date(2024, 2, 29))
            datetime.date(2023, 2, 28)
        """
        return add_months(day, -self.months) if self.months else _bounded(day.toordinal() - self.days)

    def __str__(self) -> str:
        count, unit = (self.months, "month") if self.months else (self.days, "day")
        return f"{count} {unit}" if count == 1 else f"{count} {unit}s"


def _bounded(ordinal: int) -> date:
    return date.fromordinal(min(LATEST.toordinal(), max(EARLIEST.toordinal(), ordinal)))


def add_months(day: date, months: int) -> date:
    """`day` moved by whole months; a missing day becomes the last of its month; bounded to EARLIEST..LATEST.

    Example:
        >>> add_months(date(2023, 11, 30), 3), add_months(date(2024, 2, 29), -12)
        (datetime.date(2024, 2, 29), datetime.date(2023, 2, 28))
    """
    index = day.year * 12 + day.month - 1 + months
    year, month = index // 12, index % 12 + 1
    if year < EARLIEST.year:
        return EARLIEST
    if year > LATEST.year:
        return LATEST
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def period_start(day: date, unit: Calendar) -> date:
    """The first day of the month, quarter or year that `day` is in.

    Example:
        >>> period_start(date(2024, 5, 17), Calendar.QUARTER)
        datetime.date(2024, 4, 1)
    """
    match unit:
        case Calendar.MONTH:
            return day.replace(day=1)
        case Calendar.QUARTER:
            return date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
        case Calendar.YEAR:
            return date(day.year, 1, 1)


def last_publication(as_of: date, unit: Calendar) -> date:
    """The last day on or before `as_of` that ends a month, quarter or year.

    Example:
        >>> last_publication(date(2024, 3, 30), Calendar.MONTH), last_publication(date(2024, 3, 31), Calendar.MONTH)
        (datetime.date(2024, 2, 29), datetime.date(2024, 3, 31))
    """
    return period_start(as_of + timedelta(days=1), unit) - timedelta(days=1)


def age_years(born_on: date, day: date) -> int:
    """Completed years of age on `day`; someone born on 29 February completes a year on 28 February if need be.

    Example:
        >>> age_years(date(2004, 2, 29), date(2022, 2, 28))
        18
    """
    years = day.year - born_on.year
    return years - (add_months(born_on, 12 * years) > day)
