"""The shipped schemes on the shipped data: the numbers that the READMEs state.

The standings were first computed with the reference interpreter (tests/reference), which shares no code with the
engine, from rows that a separate script had mapped by hand; the engine must give the same. That takes the interpreter
a minute, so it is not done here.
"""

from datetime import date

import polars as pl
import pytest

from scslab.engine.settle import settle
from scslab.engine.settlement import Settlement


@pytest.fixture(scope="module")
def chicago() -> Settlement:
    return settle("food-safety", "chicago-food-inspections")


@pytest.fixture(scope="module")
def homes() -> Settlement:
    return settle("care-homes", "nursing-homes")


def test_chicago_rows_all_become_events(chicago: Settlement) -> None:
    """27,600 results and 113,168 codes (counted from the rows in tests/unit/test_datasets.py) are 140,768 events."""
    counts = chicago.counts
    assert (counts.rows_in, counts.rows_used, counts.rows_set_aside) == (27_600, 27_600, 0)
    assert (counts.events_made, counts.events_settled) == (140_768, 140_768)
    assert counts.events_unposted == {"no rule for this type": 107}
    assert counts.undecided == {}
    assert chicago.as_of == date(2014, 12, 30)


def test_chicago_grades(chicago: Settlement) -> None:
    """By the reference interpreter: 2,504 A, 6,929 B, 1,316 C, 1,618 red; 504 businesses above 100 points."""
    tiers = dict(chicago.standings.select(pl.col("tier").cast(pl.String).value_counts()).unnest("tier").rows())
    assert tiers == {"A": 2_504, "B": 6_929, "C": 1_316, "red": 1_618}
    assert chicago.standings.filter(pl.col("score") > 100).height == 504
    assert chicago.entries.height == 229_923


def test_chicago_grades_tell_something_about_the_next_inspection(chicago: Settlement) -> None:
    """README: of the inspections with an earlier one, 31, 19, 18 and 11 per cent failed; by a separate simulation."""
    entries = chicago.entries.filter(pl.col("kind").cast(pl.String) == "event")
    rule = pl.col("rule").cast(pl.String)
    days = entries.group_by("subject_id", "posted_on").agg(
        pl.col("score_before").sort_by("seq").first().alias("before"),
        rule.is_in(["passed", "passed-with-conditions", "failed"]).sum().alias("inspections"),
        (rule == "failed").sum().alias("failed"),
    )
    later = days.filter(pl.col("posted_on") > pl.col("posted_on").min().over("subject_id"))
    grade = pl.when(pl.col("before") >= 90).then(pl.lit("A")).when(pl.col("before") >= 75).then(pl.lit("B"))
    grade = grade.when(pl.col("before") >= 60).then(pl.lit("C")).otherwise(pl.lit("red")).alias("grade")
    share = later.group_by(grade).agg((pl.col("failed").sum() / pl.col("inspections").sum() * 100).round(0))
    assert dict(share.rows()) == {"red": 31, "C": 19, "B": 18, "A": 11}


def test_nursing_homes_rows_all_become_events(homes: Settlement) -> None:
    """Counted from the raw table: 7,683 fines and 1,407 denials are of states without deficiency rows; 6,391 and 985
    are left."""
    counts = homes.counts
    assert (counts.rows_in, counts.rows_set_aside) == (169_994, 9_090)
    assert counts.events_settled == 160_904
    assert counts.events_unposted == {"no rule for this type": 7_376}
    assert homes.standings.height == 6_566


def test_nursing_home_bands_and_stars(homes: Settlement) -> None:
    """By the reference interpreter: bands of 1,336, 1,517, 1,489, 1,549 and 645 homes; Spearman 0.670 with stars."""
    assert homes.subjects is not None
    known = homes.standings.filter(pl.col("events") > 0).join(homes.subjects, on="subject_id")
    known = known.filter("has_deficiency_rows")
    bands = dict(known.select(pl.col("tier").cast(pl.String).value_counts()).unnest("tier").rows())
    assert bands == {"band-1": 1_336, "band-2": 1_517, "band-3": 1_489, "band-4": 1_549, "band-5": 645}
    rated = known.filter(pl.col("stars").is_not_null())
    assert rated.height == 6_477
    assert rated.select(pl.corr("score", "stars", method="spearman")).item() == pytest.approx(0.66982, abs=5e-6)
    medians = rated.group_by("stars").agg(pl.col("score").cast(pl.Float64).median()).sort("stars")["score"].to_list()
    assert medians == [730, 844, 900, 932, 964]
