"""The reference calendar against dates read off a calendar."""

from __future__ import annotations

from datetime import date

import pytest

from reference.examples import day
from reference.months import completed_years, earlier, is_same_calendar_period, last_publication_day, later
from scslab.ground.dates import Period


@pytest.mark.parametrize(
    ("start", "period", "after", "before"),
    [
        ("2020-01-31", "1 month", "2020-02-29", "2019-12-31"),
        ("2021-03-31", "1 month", "2021-04-30", "2021-02-28"),
        ("2020-02-29", "12 months", "2021-02-28", "2019-02-28"),
        ("2020-02-29", "4 years", "2024-02-29", "2016-02-29"),
        ("2020-12-31", "2 months", "2021-02-28", "2020-10-31"),
        ("2020-02-28", "2 days", "2020-03-01", "2020-02-26"),
        ("1900-01-31", "1 month", "1900-02-28", "1900-01-01"),  # 1900 was no leap year; nothing is before 1900
        ("2199-12-01", "1 month", "2199-12-31", "2199-11-01"),  # nothing is after 2199
        ("2199-12-30", "5 days", "2199-12-31", "2199-12-25"),
        ("1900-01-03", "5 days", "1900-01-08", "1900-01-01"),
    ],
)
def test_periods(start: str, period: str, after: str, before: str) -> None:
    assert later(Period.parse(period), day(start)) == day(after)
    assert earlier(Period.parse(period), day(start)) == day(before)


def test_calendar_periods() -> None:
    assert is_same_calendar_period(date(2020, 1, 1), date(2020, 3, 31), "quarter")
    assert not is_same_calendar_period(date(2020, 3, 31), date(2020, 4, 1), "quarter")
    assert not is_same_calendar_period(date(2020, 3, 1), date(2021, 3, 1), "month")


@pytest.mark.parametrize(
    ("as_of", "unit", "published"),
    [
        ("2020-02-28", "month", "2020-01-31"),
        ("2020-02-29", "month", "2020-02-29"),
        ("2020-06-29", "quarter", "2020-03-31"),
        ("2020-12-31", "year", "2020-12-31"),
        ("2020-12-30", "year", "2019-12-31"),
        ("2020-12-30", None, "2020-12-30"),
    ],
)
def test_publication_days(as_of: str, unit: str | None, published: str) -> None:
    assert last_publication_day(day(as_of), unit) == day(published)


@pytest.mark.parametrize(
    ("born_on", "on", "age"),
    [
        ("2004-02-29", "2022-02-27", 17),
        ("2004-02-29", "2022-02-28", 18),
        ("2004-02-29", "2024-02-28", 19),  # 2024 has a 29th
        ("2004-02-29", "2024-02-29", 20),
        ("2004-05-05", "2022-05-04", 17),
        ("2021-01-02", "2021-01-01", -1),  # not yet born
    ],
)
def test_ages(born_on: str, on: str, age: int) -> None:
    assert completed_years(day(born_on), day(on)) == age
