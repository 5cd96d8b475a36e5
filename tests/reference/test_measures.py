"""Hand-worked examples: measures as intervals. The start is 100, `good` gives 10 and `bad` takes 30."""

from __future__ import annotations

from typing import Any

from reference.clauses import applied, hears, in_tier, listing, measure, off_list, on_list, score, term, tier
from reference.examples import day, event, rule, scheme, settle
from scslab.ground.dates import Calendar
from scslab.scheme.model import InForce

RULES = (rule(), rule("bad", -30, on="bad"))
LOW = measure("no-rail", score(below=100))
BLACK = listing(enter=hears("bad"), leave=(hears("good"), term("12 months")))
NOBODY = {"T": {"born_on": None, "attributes": {}}}


def law_of(*measures: Any, **content: Any) -> Any:
    return scheme(*RULES, measures=measures, **content)


# At once --------------------------------------------------------------------------------------------------------


def test_a_measure_follows_the_score_of_the_end_of_the_day() -> None:
    # 70 from 2 January; +10 three times: 100 on 5 January.
    rows = [event("E0", "2020-01-01", "quiet"), event("E1", "2020-01-02", "bad")]
    rows += [event(f"E{n}", f"2020-01-0{n}") for n in (3, 4, 5)]
    assert applied(settle(law_of(LOW), *rows)) == [("2020-01-02", "2020-01-05")]


def test_one_that_still_applies_has_no_end() -> None:
    result = settle(law_of(LOW), event("E1", "2020-01-02", "bad"), as_of="2020-01-02")
    assert applied(result) == [("2020-01-02", None)]
    assert result["measures"][0]["kind"] == "restriction"
    assert result["measures"][0]["domain"] == "travel"


def test_from_is_inclusive_and_below_exclusive() -> None:
    law = law_of(measure("middle", score(100, 110)))
    rows = [event("E0", "2020-01-01", "quiet"), event("E1", "2020-01-05")]  # 110 from 5 January on
    assert applied(settle(law, *rows), "middle") == [("2020-01-01", "2020-01-05")]


def test_the_first_interval_begins_with_the_account() -> None:
    law = law_of(measure("ok", score(since=100)))
    assert applied(settle(law, event("E1", "2020-05-05", "quiet")), "ok") == [("2020-05-05", None)]


def test_intervals_may_come_again() -> None:
    days = ("2020-01-01", "2020-01-03", "2020-01-03", "2020-01-03", "2020-01-09")
    kinds = ("bad", "good", "good", "good", "bad")
    rows = [event(f"E{n}", on, kind) for n, (on, kind) in enumerate(zip(days, kinds, strict=True))]
    assert applied(settle(law_of(LOW), *rows)) == [("2020-01-01", "2020-01-03"), ("2020-01-09", None)]


def test_what_ends_on_the_day_it_begins_never_was() -> None:
    # 70, and 100 again at the end of the same day.
    rows = [event("E1", "2020-01-01", "bad"), *(event(f"E{n}", "2020-01-01") for n in (2, 3, 4))]
    assert applied(settle(law_of(LOW), *rows)) == []


def test_an_interval_goes_on_while_its_reason_changes() -> None:
    # Tier D, then C: both restrict; B does not.
    law = law_of(measure("no-rail", in_tier("C", "D")), tiers={"D": 0, "C": 70, "B": 80})
    rows = [event("E1", "2020-01-01", "bad"), event("E2", "2020-01-02", "bad"), event("E3", "2020-01-03")]
    rows += [event("E4", "2020-01-04"), event("E5", "2020-01-05"), event("E6", "2020-01-06")]
    # 70 C, 40 D, 50 D, 60 D, 70 C, 80 B.
    assert applied(settle(law, *rows)) == [("2020-01-01", "2020-01-06")]


# From and until -------------------------------------------------------------------------------------------------


def test_from_and_until_are_both_inclusive() -> None:
    law = law_of(measure("no-rail", score(below=100), since="2020-02-01", until="2020-02-29"))
    rows = [event("E1", "2020-01-01", "bad")]
    assert applied(settle(law, *rows)) == [("2020-02-01", "2020-03-01")]
    assert applied(settle(law, *rows, as_of="2020-01-31")) == []
    assert applied(settle(law, *rows, as_of="2020-02-29")) == [("2020-02-01", None)]


def test_a_measure_that_is_over_before_the_account_never_applies() -> None:
    law = law_of(measure("no-rail", score(below=100), until="2019-12-31"))
    assert applied(settle(law, event("E1", "2020-01-01", "bad"))) == []


# Publication ----------------------------------------------------------------------------------------------------


def test_published_scores_change_on_publication_days_only() -> None:
    # 70 at the end of January; three rewards on 10 February count from 29 February on.
    rows = [event("E1", "2020-01-15", "bad"), *(event(f"E{n}", "2020-02-10") for n in (2, 3, 4))]
    assert applied(settle(law_of(LOW, published=Calendar.MONTH), *rows)) == [("2020-01-31", "2020-02-29")]


def test_a_publication_before_the_account_is_that_of_the_start() -> None:
    # The account begins in February; the end of December published the start, 100; that stands until March ends at 70.
    law = law_of(measure("ok", score(since=100)), published=Calendar.QUARTER)
    rows = [event("E1", "2020-02-15", "bad")]
    assert applied(settle(law, *rows, as_of="2020-03-30"), "ok") == [("2020-02-15", None)]
    assert applied(settle(law, *rows, as_of="2020-03-31"), "ok") == [("2020-02-15", "2020-03-31")]
    new = law_of(measure("ok", score(since=100)), published=Calendar.QUARTER, in_force=InForce(day("2020-01-01")))
    assert applied(settle(new, event("E1", "2020-02-15", "quiet"), as_of="2020-03-30"), "ok") == []


def test_nothing_is_published_before_the_scheme_is_in_force() -> None:
    law = law_of(measure("ok", score(since=100)), in_force=InForce(day("2020-03-01")))
    assert applied(settle(law, event("E1", "2020-01-01", "quiet")), "ok") == [("2020-03-01", None)]


def test_lists_act_at_once_whatever_is_published_when() -> None:
    law = law_of(measure("no-rail", on_list("black")), lists=(BLACK,), published=Calendar.YEAR)
    rows = [event("E1", "2020-01-05", "bad"), event("E2", "2020-01-09")]
    assert applied(settle(law, *rows)) == [("2020-01-05", "2020-01-09")]


# Lists ----------------------------------------------------------------------------------------------------------


def test_a_list_of_the_end_of_the_day_counts_the_same_day() -> None:
    lists = (BLACK, listing("low", enter=score(below=80), leave=score(since=80)))
    law = law_of(measure("no-rail", on_list("low")), lists=lists)
    rows = [event("E1", "2020-01-05", "bad"), event("E2", "2020-01-09")]
    assert applied(settle(law, *rows)) == [("2020-01-05", "2020-01-09")]


def test_a_list_may_count_later() -> None:
    # [31 January, 1 March) a month later: [29 February, 1 April).
    law = law_of(measure("no-rail", on_list("black", "1 month")), lists=(BLACK,))
    rows = [event("E1", "2020-01-31", "bad"), event("E2", "2020-03-01")]
    assert applied(settle(law, *rows)) == [("2020-02-29", "2020-04-01")]


def test_all_conditions_must_hold() -> None:
    # Listed [5, 9 January); the score is 70 from 5, 80 from 7 January: below 80 only on 5 and 6 January.
    lists = (listing(enter=hears("bad"), leave=hears("quiet")),)
    law = law_of(measure("no-rail", on_list("black"), score(below=80)), lists=lists)
    rows = [event("E1", "2020-01-05", "bad"), event("E2", "2020-01-07"), event("E3", "2020-01-09", "quiet")]
    assert applied(settle(law, *rows)) == [("2020-01-05", "2020-01-07")]


def test_one_of_several_lists_is_enough_and_the_reason_names_them_all() -> None:
    # First: [5, 15 January); second: [10, 20 January).
    lists = (listing("first", enter=hears("bad"), leave=term("10 days")),)
    lists += (listing("second", enter=hears("good"), leave=term("10 days")),)
    rows = [event("E0", "2020-01-01", "quiet"), event("E1", "2020-01-05", "bad"), event("E2", "2020-01-10")]
    measures = (measure("no-rail", on_list("first second")), measure("ok", off_list("first second")))
    result = settle(scheme(lists=lists, measures=measures), *rows)
    assert applied(result) == [("2020-01-05", "2020-01-20")]
    assert applied(result, "ok") == [("2020-01-01", "2020-01-05"), ("2020-01-20", None)]
    found = {row["reason"] for row in result["measures"]}
    assert found == {"list first or second", "not on list first or second"}


def test_not_on_a_list_holds_from_the_first_day_of_the_account() -> None:
    law = law_of(measure("ok", off_list("black")), lists=(BLACK,))
    rows = [event("E0", "2020-01-01", "quiet"), event("E1", "2020-01-05", "bad"), event("E2", "2020-01-09")]
    assert applied(settle(law, *rows), "ok") == [("2020-01-01", "2020-01-05"), ("2020-01-09", None)]


def test_a_membership_without_length_restricts_nobody() -> None:
    law = law_of(measure("no-rail", on_list("black")), lists=(BLACK,))
    assert applied(settle(law, event("E1", "2020-01-05", "bad"), event("E2", "2020-01-05"))) == []


# Without events -------------------------------------------------------------------------------------------------


def test_somebody_without_events_has_the_measures_of_the_start() -> None:
    law = law_of(measure("ok", score(since=100)), LOW, published=Calendar.MONTH)
    result = settle(law, subjects=NOBODY, as_of="2020-03-15")
    assert applied(result, "ok", "T") == [("2020-02-29", None)]
    assert applied(result, "no-rail", "T") == []


def test_for_somebody_without_events_from_and_until_hold_too() -> None:
    law = law_of(
        measure("late", score(since=100), since="2020-03-10"),
        measure("early", score(since=100), until="2020-03-05"),
        published=Calendar.MONTH,
    )
    result = settle(law, subjects=NOBODY, as_of="2020-03-15")
    assert applied(result, "late", "T") == [("2020-03-10", None)]
    assert applied(result, "early", "T") == [("2020-02-29", "2020-03-06")]


def test_tiers_of_measures_are_the_published_ones_with_limits() -> None:
    law = law_of(measure("no-rail", in_tier("D")), tiers=(tier("D", 0), tier("B", 60)), published=Calendar.MONTH)
    rows = [event("E1", "2020-01-15", "bad"), event("E2", "2020-02-15", "bad"), event("E3", "2020-03-15", "bad")]
    # 70 B at the end of January, 40 D at the end of February.
    assert applied(settle(law, *rows)) == [("2020-02-29", None)]
