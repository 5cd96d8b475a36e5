from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scslab.ground.dates import age_years
from scslab.ledger.ages import compute_age_years


def ages(pairs: list[tuple[date | None, date | None]]) -> list[int | None]:
    frame = pl.DataFrame(pairs, schema={"born_on": pl.Date, "day": pl.Date}, orient="row")
    return frame.select(age=compute_age_years(pl.col("born_on"), pl.col("day")))["age"].to_list()


@pytest.mark.parametrize(
    ("born_on", "day", "age"),
    [
        # Counted by hand.
        (date(2000, 6, 15), date(2018, 6, 14), 17),
        (date(2000, 6, 15), date(2018, 6, 15), 18),
        # Born on 29 February: a year is complete on 28 February where there is no 29th, and on the 29th where there is.
        (date(2004, 2, 29), date(2022, 2, 27), 17),
        (date(2004, 2, 29), date(2022, 2, 28), 18),
        (date(2004, 2, 29), date(2024, 2, 28), 19),
        (date(2004, 2, 29), date(2024, 2, 29), 20),
        # 2100 is no leap year.
        (date(2096, 2, 29), date(2100, 2, 28), 4),
        # A long month and a short one.
        (date(2000, 1, 31), date(2018, 4, 30), 18),
        # Not yet born.
        (date(2020, 5, 5), date(2020, 5, 4), -1),
    ],
)
def test_age_by_hand(born_on: date, day: date, age: int) -> None:
    assert ages([(born_on, day)]) == [age]


def test_an_unknown_date_gives_no_age() -> None:
    assert ages([(None, date(2020, 1, 1)), (date(2020, 1, 1), None)]) == [None, None]


any_day = st.one_of(
    st.dates(date(1900, 1, 1), date(2199, 12, 31)),
    st.builds(date, st.integers(1900, 2199), st.sampled_from([1, 2, 3, 12]), st.sampled_from([1, 27, 28])),
    st.builds(lambda year: date(year * 4, 2, 29), st.integers(476, 524)),
)


@given(st.lists(st.tuples(any_day, any_day), min_size=1, max_size=50))
def test_columns_agree_with_the_rule_for_one_date(pairs: list[tuple[date, date]]) -> None:
    assert ages(list(pairs)) == [age_years(born_on, day) for born_on, day in pairs]
