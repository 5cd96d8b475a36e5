"""Hand-worked examples: order, and which rules act. The start is 100 unless it says otherwise."""

from __future__ import annotations

from typing import Any

from reference.examples import (
    AMOUNT,
    day,
    event,
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
