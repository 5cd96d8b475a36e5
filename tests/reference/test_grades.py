"""Hand-worked examples: grades, limits to the end of the year, tiers that look at the record. The start is 100."""

from __future__ import annotations

from typing import Any

import pytest

from reference.clauses import (
    LARGE,
    count,
    filed,
    grade,
    hears,
    in_tier,
    intervals,
    limit,
    listing,
    objecting,
    off_list,
    on_list,
    rejected,
    term,
    tier,
    upheld,
)
from reference.examples import day, event, points, rule, scheme, settle, standing
from scslab.ground.dates import Calendar

LADDER = (tier("D", 0), tier("C", 60), tier("B", 90), tier("A", 110))
BAD = rule("bad", -30, on="bad")


def graded(to: str, until: str | None = None, on: str = "bad", rule_id: str = "graded") -> Any:
    return rule(rule_id, None, on=on, grade=grade(to, until))


def tiers(result: dict[str, Any]) -> tuple[str | None, str | None]:
    return standing(result)["tier_by_score"], standing(result)["tier"]


def tier_on(law: Any, *rows: Any, days: tuple[str, ...]) -> list[str | None]:
    return [standing(settle(law, *rows, as_of=on))["tier"] for on in days]


# Grades ---------------------------------------------------------------------------------------------------------


def test_a_grade_replaces_the_tier_whatever_the_score() -> None:
    down, up = scheme(graded("D"), tiers=LADDER), scheme(graded("A"), tiers=LADDER)
    assert tiers(settle(down, event("E1", "2020-01-01", "bad"))) == ("B", "D")
    assert tiers(settle(up, event("E1", "2020-01-01", "bad"))) == ("B", "A")  # unlike a limit


def test_a_grade_holds_from_its_day_until_its_end_exclusive() -> None:
    # 29 February 2020 + 12 months = 28 February 2021.
    law = scheme(graded("D", "12 months"), tiers=LADDER)
    rows = [event("E0", "2020-01-01", "quiet"), event("E1", "2020-02-29", "bad")]
    days = ("2020-02-28", "2020-02-29", "2021-02-27", "2021-02-28")
    assert tier_on(law, *rows, days=days) == ["B", "D", "D", "B"]


def test_a_grade_for_the_year_holds_through_31_december() -> None:
    law = scheme(graded("D", "year"), tiers=LADDER)
    for posted_on in ("2020-01-01", "2020-12-31"):
        assert tier_on(law, event("E1", posted_on, "bad"), days=("2020-12-31", "2021-01-01")) == ["D", "B"]


def test_a_grade_without_end_holds_for_ever() -> None:
    assert tier_on(scheme(graded("D"), tiers=LADDER), event("E1", "2020-01-01", "bad"), days=("2199-12-31",)) == ["D"]


def test_the_latest_live_grade_counts() -> None:
    # C for two months from 1 January; A for a month from 15 January: A until 15 February, then C until 1 March.
    law = scheme(graded("C", "2 months"), graded("A", "1 month", "good", "raised"), tiers=LADDER)
    rows = [event("E1", "2020-01-01", "bad"), event("E2", "2020-01-15")]
    days = ("2020-01-14", "2020-01-15", "2020-02-14", "2020-02-15", "2020-03-01")
    assert tier_on(law, *rows, days=days) == ["C", "A", "A", "C", "B"]


def test_of_two_grades_of_one_day_the_later_in_the_order_counts() -> None:
    law = scheme(graded("C"), graded("A", on="good", rule_id="raised"), tiers=LADDER)
    assert tier_on(law, event("E1", "2020-01-01", "bad"), event("E2", "2020-01-01"), days=("2020-01-01",)) == ["A"]
    assert tier_on(law, event("E2", "2020-01-01", "bad"), event("E1", "2020-01-01"), days=("2020-01-01",)) == ["C"]
    # Of one event, the later rule in the file.
    law = scheme(graded("A"), graded("C", rule_id="second"), tiers=LADDER)
    assert tier_on(law, event("E1", "2020-01-01", "bad"), days=("2020-01-01",)) == ["C"]


def test_a_limit_holds_a_grade_down() -> None:
    law = scheme(graded("A"), rule("held", None, on="quiet", limit_tier=limit("C", "1 month")), tiers=LADDER)
    rows = [event("E1", "2020-01-01", "bad"), event("E2", "2020-01-02", "quiet")]
    assert tier_on(law, *rows, days=("2020-01-01", "2020-01-02", "2020-02-02")) == ["A", "C", "A"]


def test_a_grade_is_given_also_below_the_lowest_tier() -> None:
    law = scheme(graded("C", "1 month"), tiers=(tier("C", 200),))
    assert tiers(settle(law, event("E1", "2020-01-01", "bad"), as_of="2020-01-31")) == (None, "C")
    assert tiers(settle(law, event("E1", "2020-01-01", "bad"), as_of="2020-02-01")) == (None, None)


def test_a_tier_without_from_is_reached_by_a_grade_only() -> None:
    law = scheme(graded("E", "1 month"), tiers=(tier("E"), *LADDER))
    rows = [event("E1", "2020-01-01", "bad")]
    assert tier_on(law, *rows, days=("2020-01-01", "2020-02-01")) == ["E", "B"]
    assert tiers(settle(scheme(rule("low", -100, on="bad"), tiers=(*LADDER, tier("Z"))), *rows))[1] == "D"


def test_a_grade_posts_an_entry_of_nothing_and_is_not_in_held_until() -> None:
    result = settle(scheme(graded("D"), tiers=LADDER), event("E1", "2020-01-01", "bad"))
    assert points(result) == [0]
    assert standing(result)["held_until"] is None


def test_a_limit_for_the_year_ends_on_1_january() -> None:
    law = scheme(rule("held", None, on="bad", limit_tier=limit("C", "year")), tiers=LADDER)
    rows = [event("E1", "2020-05-01", "bad")]
    assert tier_on(law, *rows, days=("2020-12-31", "2021-01-01")) == ["C", "B"]
    assert standing(settle(law, *rows, as_of="2020-12-31"))["held_until"] == day("2021-01-01")


def test_a_limit_for_the_last_year_there_is_never_ends() -> None:
    law = scheme(rule("held", None, on="bad", limit_tier=limit("C", "year")), tiers=LADDER)
    assert tier_on(law, event("E1", "2199-05-01", "bad"), days=("2199-12-31",)) == ["C"]


def test_a_restart_leaves_grades_alone() -> None:
    law = scheme(BAD, graded("D", "12 months"), tiers=LADDER, is_yearly_restart=True)
    result = settle(law, event("E1", "2020-06-01", "bad"), as_of="2021-05-31")
    assert (standing(result)["score"], standing(result)["tier"]) == (100, "D")


@pytest.mark.parametrize(("outcome", "after"), [(rejected, "D"), (upheld, "B")])
def test_an_objection_suspends_a_grade(outcome: Any, after: str) -> None:
    law = scheme(graded("D"), tiers=LADDER, objection=objecting())
    rows = [event("E1", "2020-01-01", "bad"), filed("F1", "2020-01-05", "E1"), outcome("O1", "2020-01-09", "E1")]
    days = ("2020-01-04", "2020-01-05", "2020-01-08", "2020-01-09")
    assert tier_on(law, *rows, days=days) == ["D", "B", "B", after]


def test_without_suspension_a_grade_stands_until_the_objection_is_upheld() -> None:
    law = scheme(graded("D"), tiers=LADDER, objection=objecting(suspends=False))
    rows = [event("E1", "2020-01-01", "bad"), filed("F1", "2020-01-05", "E1"), upheld("O1", "2020-01-09", "E1")]
    assert tier_on(law, *rows, days=("2020-01-05", "2020-01-08", "2020-01-09")) == ["D", "D", "B"]


# Requirements ---------------------------------------------------------------------------------------------------


def test_a_tier_whose_requirement_fails_is_passed_over() -> None:
    # A needs two good deeds within a month: reached on the day of the second, lost when the first is out of the window.
    ladder = (*LADDER[:3], tier("A", 90, count("good.deed", 2, within="1 month")))
    law = scheme(tiers=ladder)
    rows = [event("E1", "2020-01-15", "good.deed"), event("E2", "2020-01-31", "good.deed")]
    # On 15 February the window is (15 January, 15 February].
    days = ("2020-01-30", "2020-01-31", "2020-02-14", "2020-02-15")
    assert tier_on(law, *rows, days=days) == ["B", "A", "A", "B"]


def test_all_requirements_must_hold() -> None:
    ladder = (tier("C", 0), tier("A", 0, count("good", at_least=1), count("bad", at_most=0, when=LARGE)))
    law = scheme(tiers=ladder)
    rows = [event("E1", "2020-01-01"), event("E2", "2020-01-02", "bad"), event("E3", "2020-01-03", "bad", amount=11.0)]
    # E2 has no amount: it is not counted.
    assert tier_on(law, *rows, days=("2020-01-01", "2020-01-02", "2020-01-03")) == ["A", "A", "C"]


def test_the_highest_tier_that_holds_may_lie_below_one_that_fails() -> None:
    ladder = (tier("C", 0), tier("B", 90, count("quiet", at_least=1)), tier("A", 100))
    assert tiers(settle(scheme(tiers=ladder), event("E1", "2020-01-01"))) == ("A", "A")
    # 70 is too low for A and B; 95 is enough for B with a record, else C.
    law = scheme(rule(points=-5), tiers=ladder)
    assert tiers(settle(law, event("E1", "2020-01-01"))) == ("C", "C")
    assert tiers(settle(law, event("E1", "2020-01-01"), event("E2", "2020-01-01", "quiet"))) == ("B", "B")


def test_own_lists_are_read_as_they_were_the_day_before() -> None:
    # Listed from 5 to 9 January: the tier is lost from 6 January on, and is back on 10 January.
    ladder = (tier("C", 0), tier("A", 0, off_list("black")))
    law = scheme(tiers=ladder, lists=(listing(enter=hears("bad"), leave=hears("good")),))
    rows = [event("E1", "2020-01-05", "bad"), event("E2", "2020-01-09")]
    days = ("2020-01-05", "2020-01-06", "2020-01-09", "2020-01-10")
    assert tier_on(law, *rows, days=days) == ["A", "C", "C", "A"]


def test_a_tier_and_a_list_that_read_each_other_go_in_turns() -> None:
    # Not on the list: tier A; tier A is listed; on the list: tier C, which leaves. Every other day.
    ladder = (tier("C", 0), tier("A", 0, off_list("black")))
    law = scheme(tiers=ladder, lists=(listing(enter=in_tier("A"), leave=in_tier("C")),))
    result = settle(law, event("E1", "2020-01-01", "quiet"), as_of="2020-01-04")
    assert intervals(result) == [
        ("2020-01-01", "tier", "2020-01-02", "tier"),
        ("2020-01-03", "tier", "2020-01-04", "tier"),
    ]


def test_a_tier_may_need_a_list() -> None:
    ladder = (tier("C", 0), tier("A", 0, on_list("red")))
    law = scheme(tiers=ladder, lists=(listing("red", enter=hears("good"), leave=term("10 days")),))
    rows = [event("E1", "2020-01-01")]
    # Listed [1, 11 January), read a day later.
    days = ("2020-01-01", "2020-01-02", "2020-01-11", "2020-01-12")
    assert tier_on(law, *rows, days=days) == ["C", "A", "A", "C"]


def test_a_tier_may_need_one_of_several_lists_or_none_of_them() -> None:
    # Red: [1, 11 January); gold: [9, 19 January), each read a day later: A from 2 to 19 January, C after it.
    lists = (listing("red", enter=hears("good"), leave=term("10 days")),)
    lists += (listing("gold", enter=hears("bad"), leave=term("10 days")),)
    rows = [event("E1", "2020-01-01"), event("E2", "2020-01-09", "bad")]
    days = ("2020-01-01", "2020-01-02", "2020-01-12", "2020-01-19", "2020-01-20")
    on_one = scheme(tiers=(tier("C", 0), tier("A", 0, on_list("red gold"))), lists=lists)
    assert tier_on(on_one, *rows, days=days) == ["C", "A", "A", "A", "C"]
    on_none = scheme(tiers=(tier("C", 0), tier("A", 0, off_list("red gold"))), lists=lists)
    assert tier_on(on_none, *rows, days=days) == ["A", "C", "C", "C", "A"]


def test_requirements_are_published_as_they_held_then() -> None:
    # The deed counts for 30 days after 15 January, so also on 31 January, and not on 29 February.
    ladder = (tier("C", 0), tier("A", 0, count("good.deed", 1, within="30 days")))
    law = scheme(tiers=ladder, published=Calendar.MONTH)
    rows = [event("E1", "2020-01-15", "good.deed")]
    found = [standing(settle(law, *rows, as_of=on))["published_tier"] for on in ("2020-02-28", "2020-02-29")]
    assert found == ["A", "C"]


def test_requirements_of_somebody_without_events() -> None:
    ladder = (tier("C", 0), tier("B", 0, count("bad", at_most=0)), tier("A", 0, count("good", at_least=1)))
    nobody = {"T": {"born_on": None, "attributes": {}}}
    assert standing(settle(scheme(tiers=ladder), subjects=nobody), "T")["tier"] == "B"
