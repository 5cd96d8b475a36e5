"""Hand-worked examples: index schemes. One dimension, a range of 0 to 100 and a scale from 0 to 10, unless it says so.

So a value v from 0 to 10 gives 10 v points.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from reference.clauses import (
    LARGE,
    applied,
    count,
    dimension,
    hears,
    in_tier,
    indicator,
    intervals,
    listing,
    measure,
    period,
    reasons,
    score,
    term,
    tier,
)
from reference.examples import day, event, number, scheme, settle, standing
from reference.index import exact, rounded, scale
from scslab.ground.dates import Calendar
from scslab.scheme.model import AttributeOf, CountOf, DaysSince, InForce, ScoreKind, ShareOf, SumOf

NOBODY = {"T": {"born_on": None, "attributes": {}}}


def index(*dimensions: Any, low: Any = 0, high: Any = 100, published: Any = Calendar.MONTH, **content: Any) -> Any:
    content |= {"kind": ScoreKind.INDEX, "start": 0, "dimensions": dimensions, "published": published}
    return scheme(range=(number(low), number(high)), **content)


def of(value: Any, *points: Any, **content: Any) -> Any:
    return index(dimension("all", 1, indicator("one", value, *points)), **content)


def published(result: dict[str, Any], subject: str = "S") -> dict[str, Any]:
    return {str(r["published_on"]): r["score"] for r in result["publications"] if r["subject_id"] == subject}


def scores(law: Any, *rows: Any, **query: Any) -> list[float]:
    return [float(points) for points in published(settle(law, *rows, **query)).values()]


# Publication days -----------------------------------------------------------------------------------------------


def test_the_first_publication_is_the_end_of_the_month_of_the_first_event() -> None:
    law = of(CountOf("bad"))
    result = settle(law, event("E1", "2020-01-31", "quiet"), event("E2", "2020-03-01", "bad"), as_of="2020-04-29")
    assert published(result) == {"2020-01-31": 0, "2020-02-29": 0, "2020-03-31": 10}
    assert standing(result)["score"] == 10
    assert standing(result)["published_on"] == day("2020-03-31")


def test_quarters_and_years() -> None:
    rows = [event("E1", "2020-01-31", "bad")]
    assert list(published(settle(of(CountOf("bad"), published=Calendar.QUARTER), *rows, as_of="2020-07-01"))) == [
        "2020-03-31",
        "2020-06-30",
    ]
    assert list(published(settle(of(CountOf("bad"), published=Calendar.YEAR), *rows, as_of="2020-12-30"))) == []


def test_at_once_means_each_day_with_an_event_and_the_last() -> None:
    law = of(CountOf("bad"), published=None)
    rows = [event("E1", "2020-01-02", "bad"), event("E2", "2020-01-02", "bad"), event("E3", "2020-02-03", "quiet")]
    assert published(settle(law, *rows, as_of="2020-02-10")) == {"2020-01-02": 20, "2020-02-03": 20, "2020-02-10": 20}


def test_nothing_is_published_while_the_scheme_is_not_in_force() -> None:
    law = of(CountOf("bad"), in_force=InForce(day("2020-02-01"), day("2020-03-31")))
    rows = [event("E1", "2020-01-15", "bad"), event("E2", "2020-02-15", "bad"), event("E3", "2020-04-15", "bad")]
    result = settle(law, *rows)
    # An event outside is not counted.
    assert published(result) == {"2020-02-29": 10, "2020-03-31": 10}
    assert reasons(result) == {"E1": "not in force", "E3": "not in force"}


def test_somebody_without_events_has_the_last_publication() -> None:
    law = of(DaysSince("bad", Decimal(5)))
    assert published(settle(law, subjects=NOBODY, as_of="2020-03-15"), "T") == {"2020-02-29": 50}
    ended = of(DaysSince("bad", Decimal(5)), in_force=InForce(None, day("2020-01-31")))
    assert published(settle(ended, subjects=NOBODY, as_of="2020-03-15"), "T") == {"2020-01-31": 50}
    later = of(DaysSince("bad", Decimal(5)), in_force=InForce(day("2020-03-01")))
    assert published(settle(later, subjects=NOBODY, as_of="2020-03-15"), "T") == {}


# Values ---------------------------------------------------------------------------------------------------------


def test_a_window_is_open_at_its_far_end() -> None:
    # On 31 March 2021 a month looks back to 28 February, exclusive; on 28 February to 28 January.
    law = of(CountOf("bad", within=period("1 month")))
    rows = [event(f"E{n}", on, "bad") for n, on in enumerate(("2021-01-28", "2021-01-29", "2021-02-28"))]
    assert published(settle(law, *rows, as_of="2021-03-31")) == {"2021-01-31": 20, "2021-02-28": 20, "2021-03-31": 0}


def test_counts_ask_their_condition() -> None:
    law = of(CountOf("bad", LARGE))
    rows = [event("E1", "2020-01-01", "bad", amount=11.0), event("E2", "2020-01-01", "bad", amount=10.0)]
    result = settle(law, *rows, event("E3", "2020-01-01", "bad"), as_of="2020-01-31")
    assert published(result) == {"2020-01-31": 10}
    assert reasons(result) == {"E2": "no condition held", "E3": "undecided"}
    assert result["undecided"] == {"one": 1}


def test_sums_pass_over_what_is_missing() -> None:
    law = of(SumOf("amount", "bad"))
    rows = [event(f"E{n}", "2020-01-01", "bad", amount=amount) for n, amount in enumerate((2.5, None, -1.0))]
    assert scores(law, *rows, as_of="2020-01-31") == [15]  # 1.5 of 10
    assert reasons(settle(law, *rows)) == {"E1": "undecided"}


def test_sums_are_exact_to_six_decimals() -> None:
    # 0.1 ten times is 1, which it is not in doubles; 0.0000005 is rounded up to 0.000001.
    assert exact(0.1) * 10 == 1
    assert exact(0.000001499) == Decimal("0.000001")
    assert exact(-0.00000075) == Decimal("-0.000001")
    assert exact(2.5e-7 * 2) == Decimal("0.000001")  # half a millionth, away from zero
    law = of(SumOf("amount", "bad"))
    result = settle(law, *(event(f"E{n}", "2020-01-01", "bad", amount=0.1) for n in range(10)), as_of="2020-01-31")
    assert result["contributions"][0]["value"] == 1.0


def test_a_share_of_none_is_what_when_none_says() -> None:
    law = of(ShareOf("good.deed", "good.*", Decimal("0.5")), (0, 0), (1, 1))
    assert scores(law, event("E1", "2020-01-01", "bad"), as_of="2020-01-31") == [50]
    assert scores(law, event("E1", "2020-01-01", "good.deed"), as_of="2020-01-31") == [100]


def test_a_share_counts_only_what_the_whole_takes() -> None:
    # Of three good events two have an amount above 10; one of these lies in the north.
    law = of(ShareOf("good", "good", Decimal(0), part_when=LARGE), (0, 0), (1, 1))
    rows = [event(f"E{n}", "2020-01-01", amount=amount) for n, amount in enumerate((11.0, 12.0, 3.0, None))]
    assert scores(law, *rows, as_of="2020-01-31") == [50]  # 2 of 4
    both = of(ShareOf("good", "good", Decimal(0), part_when=LARGE, when=LARGE), (0, 0), (1, 1))
    assert scores(both, *rows, as_of="2020-01-31") == [100]  # 2 of 2
    # The amount that is missing leaves one clause undecided, and both are the same clause in the second scheme.
    assert settle(law, *rows)["undecided"] == settle(both, *rows)["undecided"] == {"one": 1}


def test_days_since_the_latest() -> None:
    # From 26 January to 31 January 5 days, to 29 February 34: beyond the scale.
    law = of(DaysSince("bad", Decimal(7)))
    rows = [event("E1", "2020-01-20", "bad"), event("E2", "2020-01-26", "bad")]
    assert scores(law, *rows, as_of="2020-02-29") == [50, 100]
    assert scores(law, event("E1", "2020-01-20", "quiet"), as_of="2020-01-31") == [70]
    recent = of(DaysSince("bad", Decimal(7), within=period("10 days")))
    assert scores(recent, *rows, as_of="2020-02-29") == [50, 70]


@pytest.mark.parametrize(("value", "expected"), [(4, 40), (True, 10), (None, 20)])
def test_attributes_of_the_subject(value: Any, expected: int) -> None:
    law = of(AttributeOf("members", Decimal(2)))
    person = {"S": {"born_on": None, "attributes": {"members": value}}}
    assert scores(law, event("E1", "2020-01-01", "bad"), as_of="2020-01-31", subjects=person) == [expected]


# Scales, weights, ranges ----------------------------------------------------------------------------------------


def test_scales_are_linear_between_and_flat_outside() -> None:
    points = ((0, 0), (Decimal("0.9"), Decimal("0.5")), (1, 1))
    assert [scale(points, value) for value in (-1.0, 0.0, 0.9, 1.0, 2.0)] == [0, 0, 0.5, 1, 1]
    assert scale(points, 0.45) == 0.25
    assert scale(points, 0.95) == pytest.approx(0.75)
    falling = ((0, 1), (4, 0))
    assert [scale(falling, value) for value in (-1.0, 1.0, 5.0)] == [1, 0.75, 0]
    assert scale(((3, Decimal("0.5")),), 7.0) == 0.5


def test_dimensions_are_weighted_means() -> None:
    # 350 + 600 × (0.35 × mean(0.2, 0.4) + 0.65 × 1) = 350 + 600 × (0.105 + 0.65) = 350 + 453 = 803
    law = index(
        dimension("record", "0.35", indicator("bad", CountOf("bad")), indicator("good", CountOf("good"))),
        dimension("rest", "0.65", indicator("none", DaysSince("quiet", Decimal(10)))),
        low=350,
        high=950,
    )
    rows = [event(f"B{n}", "2020-01-01", "bad") for n in range(2)] + [event(f"G{n}", "2020-01-01") for n in range(4)]
    result = settle(law, *rows, as_of="2020-01-31")
    assert published(result) == {"2020-01-31": 803}
    # 600 × 0.35 × 0.2 / 2 = 21; × 0.4 / 2 = 42; 600 × 0.65 × 1 = 390.
    contributions = [row["contribution"] for row in result["contributions"]]
    assert contributions == pytest.approx([21, 42, 390])
    assert [row["change"] for row in result["contributions"]] == [None, None, None]


def test_changes_are_against_the_publication_before() -> None:
    rows = [event("E1", "2020-01-01", "bad"), event("E2", "2020-02-01", "bad"), event("E3", "2020-02-02", "bad")]
    result = settle(of(CountOf("bad")), *rows, as_of="2020-03-31")
    assert [row["contribution"] for row in result["contributions"]] == pytest.approx([10, 30, 30])
    assert [row["change"] for row in result["contributions"]] == [None, pytest.approx(20), 0]


def test_scores_are_rounded_half_away_from_zero() -> None:
    assert [rounded(value, 0) for value in (2.5, -2.5, 2.4999)] == [3, -3, 2]
    assert rounded(0.25, 1) == Decimal("0.3")
    # One of 8 on a scale to 8 is 12.5 of 100.
    law = of(CountOf("bad"), (0, 0), (8, 1))
    assert scores(law, event("E1", "2020-01-01", "bad"), as_of="2020-01-31") == [13]


def test_weights_and_ranges_may_be_dated() -> None:
    # January: 100 × (1 × 0.1 + 0 × 0.2) = 10; from 1 February: 200 × (0.5 × 0.1 + 0.5 × 0.2) = 30.
    law = index(
        dimension("a", {"1900-01-01": 1, "2020-02-01": 0.5}, indicator("bad", CountOf("bad"))),
        dimension("b", {"1900-01-01": 0, "2020-02-01": 0.5}, indicator("good", CountOf("good"))),
        high={"1900-01-01": 100, "2020-02-01": 200},
    )
    rows = [event("E1", "2020-01-01", "bad"), event("E2", "2020-01-01"), event("E3", "2020-01-01")]
    assert scores(law, *rows, as_of="2020-02-29") == [10, 30]


# What reads an index --------------------------------------------------------------------------------------------


def test_tiers_and_their_requirements_are_read_on_publication_days() -> None:
    ladder = (tier("C", 0), tier("B", 10), tier("A", 10, count("good", at_least=1)))
    law = of(CountOf("bad"), tiers=ladder)
    rows = [event("E1", "2020-01-01", "bad"), event("E2", "2020-02-10")]
    found = {
        as_of: (standing(settle(law, *rows, as_of=as_of))["tier"], standing(settle(law, *rows, as_of=as_of))["start"])
        for as_of in ("2020-01-30", "2020-01-31", "2020-02-28", "2020-02-29")
    }
    tiers = {"2020-01-30": None, "2020-01-31": "B", "2020-02-28": "B", "2020-02-29": "A"}
    assert found == {as_of: (tier_id, None) for as_of, tier_id in tiers.items()}


def test_lists_read_the_last_publication() -> None:
    low = listing("low", enter=score(since=10, below=20), leave=in_tier("A"))
    law = of(CountOf("bad"), tiers=(tier("C", 0), tier("A", 20)), lists=(low, listing(enter=hears("bad"))))
    rows = [event("E1", "2020-01-05", "bad"), event("E2", "2020-02-10", "bad")]
    result = settle(law, *rows)
    assert intervals(result, "low") == [("2020-01-31", "score", "2020-02-29", "tier")]
    assert intervals(result) == [("2020-01-05", "event", None, None)]


def test_no_score_is_neither_low_nor_high() -> None:
    # Before the first publication nothing holds.
    law = of(CountOf("bad"), published=Calendar.YEAR, lists=(listing(enter=score(below=50), leave=term("1 month")),))
    result = settle(law, event("E1", "2020-01-05", "bad"), as_of="2020-12-31")
    assert intervals(result) == [("2020-12-31", "score", None, None)]


def test_measures_read_the_last_publication() -> None:
    law = of(CountOf("bad", within=period("1 month")), measures=(measure("no-rail", score(since=10)),))
    result = settle(law, event("E1", "2020-01-05", "bad"))
    # 10 on 31 January, 0 on 29 February.
    assert applied(result) == [("2020-01-31", "2020-02-29")]


def test_an_index_posts_no_entries_and_takes_what_an_indicator_takes() -> None:
    result = settle(of(CountOf("bad")), event("E1", "2020-01-05", "bad"), event("E2", "2020-01-06", "quiet"))
    assert result["entries"] == []
    assert reasons(result) == {"E2": "no rule for this type"}
