"""What is due in a month is settled: in one step, or day by day.

Any split of a ledger settles to the same, so that a month ends in the same standings either way. Day by day, the table
of days tells on which day participants stood where: under a scheme that publishes at once, that is news every day.
Residents look at their standing at the end of the month in both cases.
"""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scslab.engine.index.scores import Scores
from scslab.engine.stepper import Standing, step
from scslab.scheme.model import Scheme
from scslab.society.course.course import Course
from scslab.society.month.agents import TAKES_PART
from scslab.society.month.watch import OUTSIDE, count_tiers
from scslab.society.setting import Settles

DAYS = {"day": pl.Date, "tier": pl.String, "residents": pl.Int64, "came": pl.Int64, "went": pl.Int64}
"""The table of days: participants in a tier at the end of a day; who came to it that day from another, and who went.
There are none under a scheme without tiers: of lists the table of memberships tells the days."""


def settle_month(
    course: Course, due: pl.DataFrame, first: date, last: date, before: NDArray[np.int8], scores: Scores | None
) -> tuple[Standing, pl.DataFrame]:
    """The standing at the end of a month, and the days of it (`DAYS`); no days where the month is one step.

    Args:
        course: whose stepper goes on.
        due: what comes to the ledger in the month.
        first: the first day of the month.
        last: the last one.
        before: where agents stood at the end of the month before (`watch.read_tiers`).
        scores: what a commercial scheme published at the end of the month, where the scheme reads it.
    """
    if course.now.settles is Settles.MONTHLY:
        return step(course.stepper, due, last, scores=scores), pl.DataFrame()
    scheme, takes_part = course.now.scheme, (course.agents.flags & TAKES_PART) > 0
    by_day = due.partition_by("recorded_on", as_dict=True)
    tables = [pl.DataFrame(schema=DAYS)]
    day, standing = first, Standing(before, np.empty(0, np.int64))
    while day <= last:
        now = step(course.stepper, by_day.get((day,), due.clear()), day, scores=scores if day == last else None)
        if scheme.tiers:
            was, then = (np.where(takes_part, each.tier, np.int8(OUTSIDE)) for each in (standing, now))
            tables.append(count_day(scheme, was, then, day))
        day, standing = day + timedelta(days=1), now
    return standing, pl.concat(tables)


def count_day(scheme: Scheme, before: NDArray[np.int8], after: NDArray[np.int8], day: date) -> pl.DataFrame:
    """The rows of a day (`DAYS`); those who took no part the day before came from no tier.

    Example:
        >>> from scslab.scheme.catalogue import find_scheme
        >>> was, now = np.array([2, 2, 3, -2], np.int8), np.array([2, 1, 3, 3], np.int8)
        >>> rows = count_day(find_scheme("rongcheng"), was, now, date(2020, 1, 1)).rows()
        >>> [row[1:] for row in rows if any(row[2:])]
        [('C', 1, 1, 0), ('B', 1, 0, 1), ('A', 2, 0, 0)]
    """
    moved = (before != after) & (before > OUTSIDE) & (after > OUTSIDE)
    names, residents = count_tiers(scheme, after)
    (_, came), (_, went) = (count_tiers(scheme, tiers[moved]) for tiers in (after, before))
    columns = {"day": [day] * len(names), "tier": names, "residents": residents, "came": came, "went": went}
    return pl.DataFrame(columns, schema=DAYS)
