"""Standings on earlier days, rebuilt from the entries. Expected values are read off the table in conftest.py."""

import dataclasses
from datetime import date
from decimal import Decimal

import polars as pl
import pytest

from scslab.engine.settlement import Settlement
from scslab.ground.dates import Calendar
from scslab.report.flows import count_flow, count_yearly_flows
from scslab.report.over_time import History, draw_timeline, sample_days, start_on
from scslab.scheme.dated import Dated


def test_counts_tiers_at_the_end_of_each_quarter(tiny: Settlement) -> None:
    timeline = draw_timeline(History(tiny), tiny)
    assert timeline is not None
    quarters = ["2021-03-31", "2021-06-30", "2021-09-30", "2021-12-31", "2022-03-31", "2022-06-30", "2022-09-30"]
    assert [str(day) for day in timeline.days] == [*quarters, "2022-12-31"]
    assert (timeline.unit, timeline.is_thinned) == (Calendar.QUARTER, False)
    # C is low from May to November 2021, B from February to August 2022 and again from November; C is held from
    # 20 October 2022. Columns: low, mid, high, below all tiers.
    expected = [[0, 0, 4], [1, 0, 3], [1, 0, 3], [0, 0, 4], [1, 0, 3], [1, 0, 3], [0, 0, 4], [2, 0, 2]]
    assert timeline.counts.tolist() == [[*row, 0] for row in expected]


def test_last_day_is_the_standing(tiny: Settlement) -> None:
    timeline = draw_timeline(History(tiny), tiny)
    assert timeline is not None
    for rank, tier in enumerate(("low", "mid", "high")):
        assert timeline.counts[-1, rank] == tiny.standings.filter(pl.col("tier") == tier).height
    # Scores 70, 100, 100, 105: positions .15, .75, 1.5, 2.25, 2.85 between the sorted values.
    assert timeline.quantiles[-1].tolist() == pytest.approx([74.5, 92.5, 100, 101.25, 104.25])


def test_a_limit_ends_on_its_last_day(tiny: Settlement) -> None:
    # Held from 20 October 2022 for 3 months, exclusive: on 19 January 2023 still, on the 20th no more.
    history = History(tiny)
    assert [int(history.tiers_on(date(2023, 1, day))[2]) for day in (19, 20)] == [0, 2]
    assert [int(history.tiers_on(date(2022, 10, day))[2]) for day in (19, 20)] == [2, 0]


def test_bands_of_the_day_count(tiny: Settlement) -> None:
    # `high` from 100, from July 2022 from 103: on 30 September A, B, C and D stand at 100 and are no longer high.
    bound = Dated(((date(1900, 1, 1), Decimal(100)), (date(2022, 7, 1), Decimal(103))))
    tiers = (*tiny.scheme.tiers[:2], dataclasses.replace(tiny.scheme.tiers[2], lower=bound))
    history = History(dataclasses.replace(tiny, scheme=dataclasses.replace(tiny.scheme, tiers=tiers)))
    assert history.count_tiers_on(date(2022, 9, 30)).tolist() == [0, 4, 0, 0]
    assert history.count_tiers_on(date(2021, 3, 31)).tolist() == [0, 0, 4, 0]


def test_below_the_lowest_tier_is_counted_apart(tiny: Settlement) -> None:
    # Without `low`, whoever has 70 points is below all tiers; a hold cannot lift or lower them.
    scheme = dataclasses.replace(tiny.scheme, tiers=tiny.scheme.tiers[1:], rules=tiny.scheme.rules[:2])
    history = History(dataclasses.replace(tiny, scheme=scheme))
    assert history.count_tiers_on(date(2022, 12, 31)).tolist() == [0, 3, 1]
    flow = count_flow(history, date(2021, 12, 31), date(2022, 12, 31))
    assert (flow.tiers, flow.stayed, flow.rose, flow.fell) == (("mid", "high", None), 3, 0, 1)


def test_start_of_yearly_restarts_is_that_of_the_year(tiny: Settlement) -> None:
    start = Dated(((date(2020, 1, 1), Decimal(100)), (date(2022, 1, 1), Decimal(90))))
    score = dataclasses.replace(tiny.scheme.score, start=start, is_yearly_restart=True)
    scheme = dataclasses.replace(tiny.scheme, score=score)
    # In force on 1 January of the year; before its first date the first value; without restarts that of 2021.
    assert [start_on(scheme, date(year, 6, 1)) for year in (2019, 2021, 2022)] == [100, 100, 90]
    lasting = dataclasses.replace(scheme, score=dataclasses.replace(score, is_yearly_restart=False))
    assert start_on(lasting, date(2022, 6, 1)) == 100


def test_samples_days_by_span() -> None:
    # Up to a year months, then quarters up to the maximum, then years, and then some of the years.
    first = date(2020, 1, 15)
    assert [sample_days(first, date(2020, 6, 10), 24)[1:], len(sample_days(first, date(2020, 6, 10), 24)[0])] == [
        (Calendar.MONTH, False),
        6,
    ]
    assert sample_days(first, date(2022, 3, 31), 24)[1:] == (Calendar.QUARTER, False)
    days, unit, is_thinned = sample_days(first, date(2027, 1, 1), 8)
    assert (len(days), unit, is_thinned) == (8, Calendar.YEAR, False)
    days, unit, is_thinned = sample_days(first, date(2059, 6, 1), 8)
    assert (len(days), unit, is_thinned) == (8, Calendar.YEAR, True)
    assert (days[0], days[-1]) == (date(2020, 12, 31), date(2059, 6, 1))


def test_flows_by_year(tiny: Settlement) -> None:
    first, second = count_yearly_flows(History(tiny), tiny)
    assert (first.since, first.until) == (date(2020, 12, 31), date(2021, 12, 31))
    assert (first.stayed, first.rose, first.fell) == (4, 0, 0)
    # All four were high at the end of 2021; B is low, C held at low; A and D, without entries, are still high.
    assert second.counts.tolist() == [[0, 0, 0], [0, 0, 0], [2, 0, 2]]
    assert (second.stayed, second.rose, second.fell, second.total) == (2, 0, 2, 4)


def test_a_year_just_begun_is_left_out(tiny: Settlement) -> None:
    # 10 February 2023: only 40 days of the year have passed, so the last flow is that of 2022.
    flows = count_yearly_flows(History(tiny), dataclasses.replace(tiny, as_of=date(2023, 2, 10)))
    assert [flow.until.year for flow in flows] == [2021, 2022]


def test_no_entry_means_no_course(tiny: Settlement) -> None:
    empty = dataclasses.replace(tiny, entries=tiny.entries.clear())
    history = History(empty)
    assert draw_timeline(history, empty) is None
    assert count_yearly_flows(history, empty) == ()
    assert history.count_tiers_on(date(2022, 12, 31)).tolist() == [0, 0, 4, 0]
