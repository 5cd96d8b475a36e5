"""Hand-worked examples: nominal points and caps. The start is 100, and a rule gives 10, unless it says otherwise."""

from __future__ import annotations

from decimal import Decimal

from reference.examples import AMOUNT, event, group, points, rule, scheme, settle, standing

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
