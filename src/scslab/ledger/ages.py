"""Ages in columns: completed years on a date, by the rule of `scslab.ground.dates.age_years`."""

from __future__ import annotations

import polars as pl


def compute_age_years(born_on: pl.Expr, day: pl.Expr) -> pl.Expr:
    """Completed years of age (Int32) on `day`; NULL where either date is; negative before birth.

    Someone born on 29 February completes a year on 28 February where the year has no 29th.

    Example:
        >>> from datetime import date
        >>> frame = pl.DataFrame({"born_on": [date(2004, 2, 29)] * 2, "day": [date(2022, 2, 27), date(2022, 2, 28)]})
        >>> frame.select(compute_age_years(pl.col("born_on"), pl.col("day")))["day"].to_list()
        [17, 18]
    """
    month, born_month = day.dt.month(), born_on.dt.month()
    # The 28th stands in for a missing 29 February: only then is the day of birth beyond the end of the month.
    birthday = pl.when(day.dt.month_end().dt.day() < born_on.dt.day()).then(28).otherwise(born_on.dt.day())
    has_birthday_ahead = (born_month > month) | ((born_month == month) & (birthday > day.dt.day()))
    return day.dt.year() - born_on.dt.year() - has_birthday_ahead.cast(pl.Int32)
