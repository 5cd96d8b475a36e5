"""Hand-worked examples: order, which rules act, nominal points and caps. The start is 100 unless it says otherwise."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from reference.examples import (
    AMOUNT,
    day,
    event,
    group,
    op,
    points,
    rule,
    scheme,
    settle,
    standing,
)
from scslab.scheme.conditions import Column, Op, ValueType
from scslab.scheme.model import InForce, PostsOn

SEEN_AT_17 = {"S": {"born_on": day("2004-02-29"), "attributes": {}}}

# Order ----------------------------------------------------------------------------------------------------------


def test_shorter_ids_come_first_on_one_day() -> None:
    # E9 before E10: 100 + 10 (E9) = 110, capped at 110; then E10 takes 30. The other way round: 70 + 10 = 80.
    law = scheme(rule(), rule("bad", -30, on="bad"), ceiling=105)
    result = settle(law, event("E10", "2020-01-01", "bad"), event("E9", "2020-01-01"))
    assert points(result, "event_id") == ["E9", "E10"]
    assert points(result) == [5, -30]  # 100 + 5 (ceiling) = 105, − 30 = 75
    assert standing(result)["score"] == 75


def test_ids_of_equal_length_go_byte_by_byte() -> None:
    # In bytes: "Z9" 5A39, "a1" 6131, "é" C3A9; all are two bytes long. "荣" has three.
    result = settle(scheme(rule()), *(event(name, "2020-01-01") for name in ("荣", "é", "a1", "Z9")))
    assert points(result, "event_id") == ["Z9", "a1", "é", "荣"]


def test_order_follows_the_posting_date_that_the_scheme_names() -> None:
    late = event("E1", "2020-01-01", recorded_on="2020-03-01")
    early = event("E2", "2020-02-01")
    by_record = settle(scheme(rule()), late, early)
    by_fact = settle(scheme(rule(), posts_on=PostsOn.OCCURRED), late, early)
    assert points(by_record, "event_id") == ["E2", "E1"]
    assert points(by_record, "posted_on") == [day("2020-02-01"), day("2020-03-01")]
    assert points(by_fact, "event_id") == ["E1", "E2"]
    assert points(by_fact, "posted_on") == [day("2020-01-01"), day("2020-02-01")]


def test_every_rule_that_matches_posts_in_file_order() -> None:
    law = scheme(rule("second", -1), rule("first", 2), rule("any", 3, on="good.*"))
    result = settle(law, event("E1", "2020-01-01"))
    # `good.*` does not match `good` itself.
    assert points(result, "rule") == ["second", "first"]
    assert [(e["score_before"], e["score_after"]) for e in result["entries"]] == [(100, 99), (99, 101)]
    assert points(result, "seq") == [1, 2]


def test_a_prefix_matches_what_begins_with_it() -> None:
    law = scheme(rule("any", 3, on="good.*"))
    assert points(settle(law, event("E1", "2020-01-01", "good.deed")), "rule") == ["any"]


# Which rules act ------------------------------------------------------------------------------------------------


def reasons(result: dict[str, Any]) -> list[tuple[str, str]]:
    return [(row["event_id"], row["reason"]) for row in result["unposted"]]


def test_in_force_includes_both_ends() -> None:
    law = scheme(rule(), in_force=InForce(day("2020-01-01"), day("2020-12-31")))
    days = ("2019-12-31", "2020-01-01", "2020-12-31", "2021-01-01")
    result = settle(law, *(event(f"E{i}", on) for i, on in enumerate(days)))
    assert points(result, "event_id") == ["E1", "E2"]
    assert reasons(result) == [("E0", "not in force"), ("E3", "not in force")]


def test_from_age_binds_on_the_posting_date_where_the_age_is_known() -> None:
    # Born on 29 February 2004: eighteen on 28 February 2022, because 2022 has no 29th.
    law = scheme(rule(), from_age=18)
    rows = [event("E1", "2022-02-27"), event("E2", "2022-02-28"), event("E3", "2022-02-27", subject="T")]
    result = settle(law, *rows, subjects=SEEN_AT_17)
    assert reasons(result) == [("E1", "under age")]
    assert points(result, "event_id") == ["E2"]
    assert points(result, "event_id", "T") == ["E3"]  # nobody knows T's birth date


def test_reasons_come_in_the_order_of_the_page() -> None:
    law = scheme(
        rule("late", {"2021-01-01": 5}, on="bad"),
        rule("large", 5, on="quiet", when=op(Op.GREATER, AMOUNT, 10.0)),
        in_force=InForce(day("2020-01-01")),
        from_age=18,
    )
    result = settle(
        law,
        event("E1", "2019-01-01", "good"),  # neither in force, nor of age, nor is there a rule: the first counts
        event("E2", "2020-01-01", "good"),  # under age (17), and no rule
        event("E3", "2022-03-01", "good"),
        event("E4", "2020-05-01", "bad", subject="T"),  # the series begins in 2021
        event("E5", "2020-05-01", "quiet", subject="T"),  # amount is NULL
        event("E6", "2020-05-02", "quiet", subject="T", amount=10.0),
        subjects=SEEN_AT_17,
    )
    assert sorted(reasons(result)) == [
        ("E1", "not in force"),
        ("E2", "under age"),
        ("E3", "no rule for this type"),
        ("E4", "no points in force"),
        ("E5", "undecided"),
        ("E6", "no condition held"),
    ]
    assert result["undecided"] == {"large": 1}


def test_conditions_read_the_age_and_the_attributes_of_the_subject():
    # Born on 29 February 2004: 17 on 27 February 2022; T is unknown, so both are NULL.
    age, members = (Column("subject", name, ValueType.NUMBER) for name in ("age", "members"))
    law = scheme(rule("old", 1, when=op(Op.EQUAL, age, 17.0)), rule("many", 2, when=op(Op.EQUAL, members, 3.0)))
    rows = [event("E1", "2022-02-27"), event("E2", "2022-02-27", subject="T")]
    result = settle(law, *rows, subjects={"S": {"born_on": day("2004-02-29"), "attributes": {"members": 3}}})
    assert points(result, "rule") == ["old", "many"]
    assert result["undecided"] == {"old": 1, "many": 1}


def test_one_rule_undecided_and_one_false_is_undecided() -> None:
    law = scheme(
        rule("never", 1, when=op(Op.EQUAL, 1.0, 2.0)),
        rule("large", 1, when=op(Op.GREATER, AMOUNT, 10.0)),
        rule("too-early", {"2099-01-01": 1}),
    )
    result = settle(law, event("E1", "2020-01-01"))
    assert reasons(result) == [("E1", "undecided")]


def test_undecided_is_counted_also_where_another_rule_posts() -> None:
    law = scheme(rule("large", 1, when=op(Op.GREATER, AMOUNT, 10.0)), rule("any", 2))
    result = settle(law, event("E1", "2020-01-01"))
    assert result["undecided"] == {"large": 1}
    assert result["unposted"] == []
    assert points(result) == [2]


def test_a_rule_without_points_in_force_is_not_asked() -> None:
    # The condition would be NULL, but the rule has no points before 2021: not counted as undecided.
    law = scheme(rule("large", {"2021-01-01": 1}, when=op(Op.GREATER, AMOUNT, 10.0)))
    result = settle(law, event("E1", "2020-12-31"))
    assert result["undecided"] == {}
    assert reasons(result) == [("E1", "no points in force")]


def test_formulas_that_say_nothing_are_undecided() -> None:
    # NULL; 1e300 × 1e300 is infinite; 10^12 + 1 is beyond the limit; 10^12 is not.
    large = op(Op.MULTIPLY, AMOUNT, 1e300)
    law = scheme(
        rule("null", None, formula=AMOUNT, on="bad"),
        rule("infinite", None, formula=op(Op.MULTIPLY, large, 1e300)),
        rule("beyond", None, formula=op(Op.ADD, 1e12, AMOUNT)),
        rule("just", None, formula=op(Op.MULTIPLY, 1e12, AMOUNT)),
    )
    result = settle(law, event("E1", "2020-01-01", amount=1.0), event("E2", "2020-01-02", "bad"))
    assert result["undecided"] == {"infinite": 1, "beyond": 1, "null": 1}
    assert reasons(result) == [("E2", "undecided")]
    assert points(result) == [1e12]


def test_an_entry_worth_nothing_is_posted() -> None:
    result = settle(scheme(rule(points=0)), event("E1", "2020-01-01"))
    assert points(result) == [0]
    assert result["unposted"] == []
    assert standing(result)["last_posted_on"] == day("2020-01-01")


# Nominal points -------------------------------------------------------------------------------------------------


def test_dated_points_are_those_of_the_posting_date() -> None:
    law = scheme(rule(points={"2020-01-01": 1, "2020-03-01": 2}))
    rows = [event("E1", "2020-02-29"), event("E2", "2020-02-29", recorded_on="2020-03-01")]
    assert points(settle(law, *rows)) == [1, 2]


def test_constants_are_multiplied_exactly_then_rounded_half_away_from_zero() -> None:
    # 0.5 × 5 = 2.5 → 3; −0.5 × 5 = −2.5 → −3; 1.15 × 0.5 = 0.575 → 0.58 with two decimals.
    law = scheme(rule("up", 0.5, repeat=("1 day", 5)), rule("down", -0.5, repeat=("1 day", 5)))
    assert points(settle(law, event("E1", "2020-01-01"))) == [3, -3]
    law = scheme(rule(points="1.15", repeat=("1 day", "0.5")), decimals=2)
    assert points(settle(law, event("E1", "2020-01-01"))) == [0.58]


def test_formulas_are_rounded_from_their_double() -> None:
    # 2.675 × 100 is 267.5 in doubles (the product is rounded) → 268; 1.005 × 100 = 100.49999999999999 → 100.
    # 0.49999999999999994 is below a half → 0, though adding a half to it gives 1 in doubles.
    law = scheme(rule(points=None, formula=AMOUNT), decimals=2)
    rows = [event("E1", "2020-01-01", amount=2.675), event("E2", "2020-01-02", amount=1.005)]
    assert points(settle(law, *rows)) == [2.68, 1.0]
    law = scheme(rule(points=None, formula=AMOUNT))
    rows = [event(f"E{i}", "2020-01-01", amount=a) for i, a in enumerate((0.49999999999999994, 0.5, -1.5))]
    assert points(settle(law, *rows)) == [0, 1, -2]


def test_factor_counts_earlier_entries_in_the_window_exclusive() -> None:
    # 1 year before 2021-02-28 is 2020-02-28: an entry of that very day is outside, the 29th is inside.
    law = scheme(rule(points=1, repeat=("1 year", 1, 2, 4)))
    days = ("2020-02-28", "2020-02-29", "2021-02-28", "2021-02-28", "2021-02-28")
    result = settle(law, *(event(f"E{i}", on) for i, on in enumerate(days)))
    # n: 0; 1; 1 (only the 29th); 2 (and the one just posted); 3 → the last factor stays
    assert points(result) == [1, 2, 2, 4, 4]
    assert points(result, "occurrence") == [1, 2, 2, 3, 4]


def test_repeat_counts_entries_whatever_they_were_granted() -> None:
    # cap 1 a lifetime: granted 1, 0, 0, nominal 1, 2, 2.
    law = scheme(rule(points=1, repeat=("1 year", 1, 2), cap=(1, "lifetime")))
    result = settle(law, *(event(f"E{i}", "2020-01-01") for i in range(3)))
    assert points(result, "nominal") == [1, 2, 2]
    assert points(result, "granted") == [1, 0, 0]


# Caps -----------------------------------------------------------------------------------------------------------


def test_a_calendar_cap_begins_anew_with_the_quarter() -> None:
    # 10 + 5 of 15 in the first quarter; 1 April is a new one.
    law = scheme(rule(cap=(15, "quarter")))
    result = settle(law, event("E1", "2020-01-01"), event("E2", "2020-03-31"), event("E3", "2020-04-01"))
    assert points(result, "granted") == [10, 5, 10]
    assert points(result, "capped_by") == [None, "rule", None]


def test_a_rolling_cap_looks_back_exclusive_at_its_far_end() -> None:
    # 1 month before 31 March is 29 February (2020): the entry of 29 February is out, that of 1 March in.
    law = scheme(rule(cap=(15, "1 month")))
    first = settle(law, event("E1", "2020-02-29"), event("E2", "2020-03-31"))
    second = settle(law, event("E1", "2020-03-01"), event("E2", "2020-03-31"))
    assert points(first, "granted") == [10, 10]
    assert points(second, "granted") == [10, 5]


def test_a_cap_counts_each_sign_for_itself() -> None:
    law = scheme(rule(points=None, formula=AMOUNT, cap=(12, "year")))
    amounts = (10.0, -10.0, 5.0, -5.0)
    result = settle(law, *(event(f"E{i}", "2020-05-01", amount=a) for i, a in enumerate(amounts)))
    assert points(result, "granted") == [10, -10, 2, -2]


def test_own_cap_first_then_group_caps_in_file_order() -> None:
    # nominal 10; own cap 8 → 8; wide 7 → 7; narrow 3 → 3, which cut last. Second event: own cap has 8 − 3 = 5 left,
    # wide 4, narrow 0.
    law = scheme(
        rule(cap=(8, "year")),
        rule("bad", -10, on="bad"),
        caps=(group("wide", 7, "year", "good", "bad"), group("narrow", 3, "year", "good")),
    )
    result = settle(law, *(event(f"E{i}", "2020-05-01") for i in range(2)), event("E9", "2020-05-01", "bad"))
    assert points(result, "granted") == [3, 0, -7]
    assert points(result, "capped_by") == ["narrow", "narrow", "wide"]


def test_a_cap_that_cuts_nothing_more_is_not_named() -> None:
    # own cap 3 → 3; the group's 5 leaves it.
    law = scheme(rule(cap=(3, "year")), caps=(group("wide", 5, "year", "good"),))
    assert points(settle(law, event("E1", "2020-05-01")), "capped_by") == ["rule"]


def test_a_cap_that_is_filled_exactly_has_cut_nothing():
    result = settle(scheme(rule(cap=(10, "year"))), event("E1", "2020-05-01"))
    assert (points(result, "granted"), points(result, "capped_by")) == ([10], [None])


def test_what_the_group_took_does_not_fill_the_own_cap() -> None:
    # 2020-01: group 4 a month leaves 4 of 10; own cap 10 a year. February: own room 6, group room 4 → 4; March: own 2.
    law = scheme(rule(cap=(10, "year")), caps=(group("monthly", 4, "month", "good"),))
    result = settle(law, event("E1", "2020-01-31"), event("E2", "2020-02-01"), event("E3", "2020-03-01"))
    assert points(result, "granted") == [4, 4, 2]
    assert points(result, "capped_by") == ["monthly", "monthly", "rule"]


def test_a_dated_cap_limits_nothing_before_its_first_date_but_counts_what_came_before() -> None:
    # 10 in January (no cap yet); from February 15 a year: 5 left; from March 12: what is used (15) is beyond it → 0.
    law = scheme(rule(cap=({"2020-02-01": 15, "2020-03-01": 12}, "year")))
    result = settle(law, event("E1", "2020-01-31"), event("E2", "2020-02-01"), event("E3", "2020-03-01"))
    assert points(result, "granted") == [10, 5, 0]


def test_bounds_do_not_change_what_a_cap_counts() -> None:
    # The ceiling swallows the first 10 whole; the cap has counted them all the same: 15 − 10 = 5, swallowed again.
    law = scheme(rule(cap=(15, "lifetime")), ceiling=100)
    result = settle(law, event("E1", "2020-01-01"), event("E2", "2025-01-01"))
    assert points(result, "granted") == [10, 5]
    assert points(result) == [0, 0]


def test_points_are_exact() -> None:
    # A tenth a hundred times is exactly ten; added up in binary floats it is 9.99999999999998.
    law = scheme(rule(points="0.1"), decimals=1)
    result = settle(law, *(event(f"{i}", "2020-01-01") for i in range(100)))
    assert standing(result)["score"] == Decimal(110)
