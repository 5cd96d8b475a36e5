"""The kernel's month arithmetic agrees with `ground.dates`, which has its own hand-worked examples."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from scslab.engine.calendar import LAST_DAY, build_day_tables, day_number, day_of, encode_period
from scslab.engine.jit import kernel
from scslab.engine.kernel_steps import add_period, subtract_period
from scslab.ground.dates import EARLIEST, LATEST, Period

TABLES = build_day_tables()
MONTH, FIRST = TABLES.month.astype(np.int64), TABLES.first.astype(np.int64)


@kernel
def _move(day: int, kind: int, length: int, month: np.ndarray, first: np.ndarray) -> tuple[int, int]:
    return add_period(day, kind, length, month, first), subtract_period(day, kind, length, month, first)


DAYS = st.dates(EARLIEST, LATEST)
PERIODS = st.one_of(
    st.builds(Period, months=st.integers(1, 4000)), st.builds(lambda n: Period(days=n), st.integers(1, 120_000))
)


def test_tables_by_hand() -> None:
    # 1900 was no leap year: January has 31 days, February 28, so 1 March is day 59 of month 2.
    assert TABLES.first[:3].tolist() == [0, 31, 59]
    assert TABLES.month[[0, 30, 31, 59]].tolist() == [0, 0, 1, 2]
    # 300 years of 12 months; the end of the last month is one past the last day.
    assert TABLES.first.size == 3601
    assert TABLES.first[-1] == LAST_DAY + 1


def test_day_numbers_go_both_ways() -> None:
    for day in (EARLIEST, date(2000, 2, 29), LATEST):
        assert day_of(day_number(day)) == day
    assert day_number(EARLIEST - timedelta(days=1)) == 0
    assert day_number(LATEST + timedelta(days=1)) == LAST_DAY


@settings(max_examples=300, deadline=None)
@given(day=DAYS, period=PERIODS)
def test_kernel_agrees_with_ground(day: date, period: Period) -> None:
    later, earlier = _move(day_number(day), *encode_period(period), MONTH, FIRST)
    assert day_of(later) == period.after(day)
    assert day_of(earlier) == period.before(day)
