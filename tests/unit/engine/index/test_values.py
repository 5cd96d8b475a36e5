"""What each kind of indicator measures, worked by hand. All scores here are 0 to 100 unless said otherwise."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from scslab.engine.index.settle import settle_index
from scslab.ground.dates import Calendar, Period
from scslab.ground.problems import ProblemsError
from scslab.scheme.model import AttributeOf, CountOf, DaysSince, IndicatorValue, Scheme, ScoreOf, ShareOf, SumOf
from unit.engine.index.index_schemes import MONTHS_12, dimension, index, indicator, ledger, when


def values(value: IndicatorValue, events: pl.DataFrame, as_of: str, **options: Any) -> dict[str, float]:
    """The value of one indicator at each publication of subject A."""
    scheme = index(dimension("d", 1, indicator("i", value)), **options.pop("scheme", {}))
    table = settle_index(scheme, events, as_of=date.fromisoformat(as_of), threads=1, **options).contributions
    assert table is not None
    mine = table.filter(pl.col("subject_id") == "A")
    return dict(zip(mine["published_on"].cast(pl.String), mine["value"], strict=True))


def test_count_leaves_the_window_at_its_far_end() -> None:
    events = ledger(("A", "visit", "2020-01-31"), ("A", "visit", "2020-02-01"))
    found = values(CountOf("visit", None, Period(months=1)), events, "2020-03-31")
    # 31 January: (31 December, 31 January]: one. 29 February: one month before is 29 January: both.
    # 31 March: one month before is 29 February: none.
    assert found == {"2020-01-31": 1, "2020-02-29": 2, "2020-03-31": 0}


def test_a_year_before_a_leap_day_is_28_february() -> None:
    events = ledger(("A", "visit", "2019-02-28"), ("A", "visit", "2019-03-01"))
    found = values(CountOf("visit", None, MONTHS_12), events, "2020-02-29")
    # 29 February 2020: the window is (28 February 2019, 29 February 2020]: 28 February has left, 1 March has not.
    assert found["2020-01-31"] == 2
    assert found["2020-02-29"] == 1


def test_days_as_windows() -> None:
    events = ledger(("A", "visit", "2020-01-21"), ("A", "visit", "2020-01-22"))
    # 10 days before 31 January is 21 January, which does not count.
    assert values(CountOf("visit", None, Period(days=10)), events, "2020-01-31") == {"2020-01-31": 1}


def test_an_event_may_come_and_go_between_two_publications() -> None:
    events = ledger(("A", "visit", "2020-01-05"), ("A", "visit", "2020-02-03"))
    found = values(CountOf("visit", None, Period(days=10)), events, "2020-02-29")
    assert found == {"2020-01-31": 0, "2020-02-29": 0}


def test_prefix_and_condition() -> None:
    events = ledger(
        ("A", "pay.late", "2020-01-05", 9), ("A", "pay.on_time", "2020-01-06", 10), ("A", "visit", "2020-01-07", 99)
    )
    assert values(CountOf("pay.*", when("amount >= 10")), events, "2020-01-31") == {"2020-01-31": 1}


def test_null_is_not_true_and_is_told() -> None:
    scheme = index(dimension("d", 1, indicator("i", CountOf("pay.*", when("amount >= 10")))))
    events = ledger(("A", "pay.late", "2020-01-05"), ("A", "pay.late", "2020-01-06", 11))
    found = settle_index(scheme, events, as_of=date(2020, 1, 31))
    assert found.contributions is not None
    assert found.contributions["value"].to_list() == [1]
    assert found.counts.undecided == {"i": 1}
    assert found.unposted.select("event_id", "reason").rows() == [("e0", "undecided")]
    assert (found.counts.events_posted, found.counts.events_settled) == (1, 2)


def test_sums_are_exact_in_millionths() -> None:
    # In double precision 0.1 added ten times is 0.9999999999999999.
    events = ledger(*(("A", "visit", "2020-01-05", 0.1) for _ in range(10)))
    assert values(SumOf("amount", "visit"), events, "2020-01-31") == {"2020-01-31": 1.0}


def test_sums_round_each_value_half_away_from_zero() -> None:
    # 2.5 millionths round to 3, twice: 6 millionths; -2.5 to -3.
    events = ledger(*(("A", "visit", "2020-01-05", 0.0000025) for _ in range(2)))
    assert values(SumOf("amount", "visit"), events, "2020-01-31") == {"2020-01-31": 0.000006}
    events = ledger(("A", "visit", "2020-01-05", -0.0000025))
    assert values(SumOf("amount", "visit"), events, "2020-01-31") == {"2020-01-31": -0.000003}


def test_sums_come_back_to_nothing_when_everything_has_left() -> None:
    rows = [("A", "visit", "2020-01-05", 0.1), ("A", "visit", "2020-01-06", 0.2), ("A", "visit", "2020-01-07", None)]
    found = values(SumOf("amount", "visit", None, Period(months=1)), ledger(*rows), "2020-02-29")
    assert found == {"2020-01-31": 0.3, "2020-02-29": 0.0}


def test_a_sum_too_large_is_refused() -> None:
    scheme = index(dimension("d", 1, indicator("riches", SumOf("amount", "visit"))))
    events = ledger(*(("A", "visit", "2020-01-05", 9e11) for _ in range(11)))  # 9.9 x 10^12
    with pytest.raises(ProblemsError, match=r"R070.*riches"):
        settle_index(scheme, events, as_of=date(2020, 1, 31))


def test_large_sums_that_never_meet_are_not_refused() -> None:
    # 7.2 x 10^12 twice: together more than can be counted, but the first has left on 29 February.
    days = ("2020-01-05", "2020-03-05")
    events = ledger(*(("A", "visit", day, 9e11) for day in days for _ in range(8)))
    found = values(SumOf("amount", "visit", None, Period(months=1)), events, "2020-03-31")
    assert found == {"2020-01-31": 7.2e12, "2020-02-29": 0.0, "2020-03-31": 7.2e12}
    with pytest.raises(ProblemsError, match="R070"):
        values(SumOf("amount", "visit", None, MONTHS_12), events, "2020-03-31")


def test_a_window_slides_over_many_days_and_over_many_months() -> None:
    # A visit on each of 40 days: on day k (from 1) there are k of them in the last 10 days, or 10.
    days = [date(2020, 1, 1) + timedelta(k) for k in range(40)]
    events = ledger(*(("A", "visit", str(day)) for day in days))
    value = CountOf("visit", None, Period(days=10))
    found = values(value, events, "2020-02-09", scheme={"published": None})
    assert found == {str(day): min(k + 1, 10) for k, day in enumerate(days)}
    # On the 15th of 40 months: as many in the last 12 months as months have gone by, or 12.
    days = [date(2017 + k // 12, k % 12 + 1, 15) for k in range(40)]
    found = values(CountOf("visit", None, MONTHS_12), ledger(*(("A", "visit", str(day)) for day in days)), "2020-04-30")
    assert list(found.values()) == [min(k + 1, 12) for k in range(40)]


def test_subjects_do_not_see_what_the_one_before_them_has() -> None:
    rows = [("A", "pay.late", f"2020-0{k}-05", 5) for k in range(1, 4)]
    rows += [("B", "visit", "2020-02-05"), ("C", "pay.late", "2020-03-05", 7)]
    parts = {
        "sum": SumOf("amount", "pay.late"), "count": CountOf("pay.late"), "since": DaysSince("pay.late", Decimal(-1)),
        "share": ShareOf("pay.late", "pay.*", Decimal("0.5")),
    }  # fmt: skip
    scheme = index(dimension("d", 1, *(indicator(name, value) for name, value in parts.items())))
    table = settle_index(scheme, ledger(*rows), as_of=date(2020, 3, 31), threads=1).contributions
    assert table is not None
    last = table.filter(pl.col("published_on") == date(2020, 3, 31))
    found = {who: mine["value"].to_list() for (who,), mine in last.group_by("subject_id")}
    # 5 to 31 March are 26 days.
    assert found == {"A": [15, 3, 26, 1], "B": [0, 0, -1, 0.5], "C": [7, 1, 26, 1]}


def test_share() -> None:
    rows = [("A", "pay.on_time", "2020-01-05"), ("A", "pay.late", "2020-02-05"), ("A", "pay.on_time", "2020-02-06")]
    found = values(ShareOf("pay.on_time", "pay.*", Decimal("0.5")), ledger(*rows), "2020-02-29")
    assert found == {"2020-01-31": 1.0, "2020-02-29": 2 / 3}


def test_share_of_nothing_is_when_none() -> None:
    rows = [("A", "visit", "2020-01-05"), ("A", "pay.late", "2020-02-05")]
    found = values(ShareOf("pay.on_time", "pay.*", Decimal("0.5"), within=Period(days=20)), ledger(*rows), "2020-03-31")
    # 29 February less 20 days is 9 February: the late payment has left already.
    assert found == {"2020-01-31": 0.5, "2020-02-29": 0.5, "2020-03-31": 0.5}


def test_a_part_that_the_whole_does_not_take_is_no_part() -> None:
    # Of the payments of 10 and more (one, late), those that were on time: the one on time was of 5.
    rows = [("A", "pay.on_time", "2020-01-05", 5), ("A", "pay.late", "2020-01-06", 20)]
    share = ShareOf("pay.on_time", "pay.*", Decimal(1), when=when("amount >= 10"))
    assert values(share, ledger(*rows), "2020-01-31") == {"2020-01-31": 0.0}


def test_days_since() -> None:
    rows = [("A", "visit", "2020-01-01"), ("A", "pay.late", "2020-01-31"), ("A", "pay.late", "2020-03-30")]
    found = values(DaysSince("pay.late", Decimal(999), None, Period(days=40)), ledger(*rows), "2020-04-30")
    # 31 January: today. 29 February: 29 days. 31 March: since 30 March. 30 April: 31 days.
    assert found == {"2020-01-31": 0, "2020-02-29": 29, "2020-03-31": 1, "2020-04-30": 31}
    found = values(DaysSince("pay.late", Decimal(999), None, Period(days=20)), ledger(*rows), "2020-02-29")
    assert found == {"2020-01-31": 0, "2020-02-29": 999}  # 29 days are not within 20


def test_attributes() -> None:
    people = pl.DataFrame({"subject_id": ["A"], "years": [7], "insured": [True]})
    events = ledger(("A", "visit", "2020-01-05"))
    assert values(AttributeOf("years", Decimal(1)), events, "2020-01-31", subjects=people) == {"2020-01-31": 7}
    assert values(AttributeOf("insured", Decimal(0)), events, "2020-01-31", subjects=people) == {"2020-01-31": 1}
    unknown = people.with_columns(pl.lit(None, pl.Int64).alias("years"))
    assert values(AttributeOf("years", Decimal(3)), events, "2020-01-31", subjects=unknown) == {"2020-01-31": 3}
    assert values(AttributeOf("years", Decimal(3)), events, "2020-01-31") == {"2020-01-31": 3}


def test_scores_of_another_scheme() -> None:
    other = pl.DataFrame(
        {
            "subject_id": ["A", "A", "B", "A"],
            "published_on": [date(2020, 2, 29), date(2020, 3, 31), date(2020, 1, 31), date(2020, 1, 30)],
            "score": [Decimal("640.5"), Decimal(700), Decimal(1), None],
        },
        schema_overrides={"score": pl.Decimal(18, 1)},
    )
    events = ledger(("A", "visit", "2020-01-05"))
    value = ScoreOf("sesame", Decimal(350))
    found = values(value, events, "2020-03-31", scores={"sesame": other})
    assert found == {"2020-01-31": 350, "2020-02-29": 640.5, "2020-03-31": 700}
    assert values(value, events, "2020-03-31", scores={"sesame": other.lazy()}) == found


def test_a_score_that_does_not_settle_along_is_told() -> None:
    scheme = index(dimension("d", 1, indicator("i", ScoreOf("sesame", Decimal(0)))))
    found = settle_index(scheme, ledger(("A", "visit", "2020-01-05")), as_of=date(2020, 1, 31))
    assert [note.code for note in found.notes] == ["R071"]


def test_children_and_days_out_of_force_do_not_count() -> None:
    scheme = index(
        dimension("d", 1, indicator("i", CountOf("visit"))), since=date(2020, 1, 10), until=date(2020, 3, 10)
    )
    scheme = replace(scheme, subjects=replace(scheme.subjects, from_age_years=18))
    people = pl.DataFrame({"subject_id": ["A"], "born_on": [date(2002, 2, 1)]})
    days = ("2020-01-05", "2020-01-20", "2020-02-01", "2020-03-05", "2020-03-20")
    found = settle_index(scheme, ledger(*(("A", "visit", d) for d in days)), subjects=people, as_of=date(2020, 6, 30))
    assert found.contributions is not None
    # 5 January: not in force; 20 January: 17 years old; 1 February: 18. The last publication in force is 29 February.
    rows = found.contributions.select(pl.col("published_on").cast(pl.String), "value").rows()
    assert rows == [("2020-01-31", 0), ("2020-02-29", 1)]
    assert found.unposted["reason"].to_list() == ["not in force", "under age", "not in force"]
    assert found.published_on == date(2020, 2, 29)
    assert (found.standings["events"].item(), found.counts.events_posted) == (5, 2)


def test_posting_date_of_a_late_record() -> None:
    scheme = index(dimension("d", 1, indicator("i", CountOf("visit"))))
    events = ledger(("A", "visit", "2020-01-05")).with_columns(recorded_on=pl.lit(date(2020, 2, 3)))
    found = settle_index(scheme, events, as_of=date(2020, 2, 29))
    assert found.publications is not None
    assert found.publications["published_on"].to_list() == [date(2020, 2, 29)]


def test_units_of_publication() -> None:
    events = ledger(("A", "visit", "2020-02-15"), ("A", "visit", "2020-11-02"))

    def days(unit: Calendar | None) -> list[str]:
        found = values(CountOf("visit"), events, "2021-01-15", scheme={"published": unit})
        return list(found)

    assert days(Calendar.QUARTER) == ["2020-03-31", "2020-06-30", "2020-09-30", "2020-12-31"]
    assert days(Calendar.YEAR) == ["2020-12-31"]
    assert days(None) == ["2020-02-15", "2020-11-02", "2021-01-15"]
    assert len(days(Calendar.MONTH)) == 11  # February to December


def test_a_listener_for_each_bit() -> None:
    """The 32nd clause for one type is refused; 31 fit."""

    def scheme(n: int) -> Scheme:
        clauses = [indicator(f"i{k}", CountOf("visit", when(f"amount > {k}"))) for k in range(n)]
        return index(dimension("d", 1, *clauses))

    events = ledger(("A", "visit", "2020-01-05", 30.5))
    found = settle_index(scheme(31), events, as_of=date(2020, 1, 31))
    assert found.contributions is not None
    assert found.contributions["value"].sum() == 31  # 30.5 is more than 0, 1, … 30
    with pytest.raises(ProblemsError, match="R001"):
        settle_index(scheme(32), events)
