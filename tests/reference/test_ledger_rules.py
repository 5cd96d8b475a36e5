"""Hand-worked examples: which rows count, and what corrections do. Start 100; `good` gives 10, `bad` takes 30."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from reference.examples import AMOUNT, day, event, op, points, replace, retract, rule, scheme, settle, standing
from reference.ledger_rules import UNUSABLE
from scslab.scheme.conditions import Column, Op, ValueType
from scslab.scheme.model import PostsOn, Scheme

LAW = scheme(rule(), rule("bad", -30, on="bad"))
BY_FACT = scheme(rule(), rule("bad", -30, on="bad"), posts_on=PostsOn.OCCURRED)


def score(*rows: dict[str, Any], law: Scheme = LAW, **query: Any) -> Decimal:
    return standing(settle(law, *rows, **query))["score"]


# Rows -----------------------------------------------------------------------------------------------------------


def test_equal_rows_count_once_and_an_empty_recording_date_is_the_date_itself() -> None:
    rows = [event("E1", "2020-01-01"), event("E1", "2020-01-01"), event("E1", "2020-01-01", recorded_on="2020-01-01")]
    result = settle(LAW, *rows)
    assert result["set_aside"] == {(2, "L011"), (3, "L011")}
    assert standing(result)["score"] == 110


def test_rows_of_one_id_that_disagree_are_all_set_aside() -> None:
    # Two agree and one has another source: which is right cannot be known.
    rows = [event("E1", "2020-01-01"), event("E1", "2020-01-01"), event("E1", "2020-01-01", source="press")]
    result = settle(LAW, *rows)
    assert result["set_aside"] == {(1, "L012"), (2, "L012"), (3, "L012")}
    assert result["standings"] == {}


def test_duplicates_are_looked_for_among_what_was_known() -> None:
    rows = [event("E1", "2020-01-01"), event("E1", "2020-01-01", recorded_on="2020-02-01")]
    result = settle(LAW, *rows, known_at="2020-01-31")
    assert result["set_aside"] == {(2, "L021")}
    assert standing(result)["score"] == 110
    assert settle(LAW, *rows, known_at="2020-02-01")["set_aside"] == {(1, "L012"), (2, "L012")}


def test_known_at_and_as_of_leave_out_different_things() -> None:
    # Occurred in January, recorded in March; the scheme posts on the date of the fact.
    row = event("E1", "2020-01-10", recorded_on="2020-03-10")
    other = event("E2", "2020-01-01")
    assert score(row, other, law=BY_FACT, as_of="2020-02-01") == 120  # January as we know it today
    assert score(row, other, law=BY_FACT, as_of="2020-02-01", known_at="2020-02-01") == 110  # as we knew it then
    result = settle(LAW, row, other, as_of="2020-02-01")  # posts when recorded
    assert (standing(result)["score"], result["set_aside"]) == (110, {(1, "L020")})


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (event("E1", "2020-01-02", recorded_on="2020-01-01"), "L014"),
        (event("E1", "1899-12-31"), UNUSABLE),
        (event("E1", "2199-12-31", recorded_on="2200-01-01"), UNUSABLE),
        (event("E1", "2020-01-01", "no.such.type"), UNUSABLE),
        (event("E1", "2020-01-01", amount=1000.5), UNUSABLE),  # the maximum is 1000
        (event("E1", "2020-01-01", amount=1000.0), None),
        (event("E1", "2020-01-01", amount=-1000.0), None),  # the minimum
        (event("E1", "2020-01-01", amount=-1000.5), UNUSABLE),
        (event("E1", "2020-01-01", place="south"), UNUSABLE),  # of north and 荣成
        (event("E1", "2020-01-01", place="荣成"), None),
        (event("E1", "1900-01-01"), None),
    ],
)
def test_rows_that_cannot_be_used_are_set_aside(row: dict[str, Any], code: str | None) -> None:
    assert settle(LAW, row)["set_aside"] == ({(1, code)} if code else set())


def test_everything_is_counted_once() -> None:
    # Four events, of which one is retracted, one unposted, one settled under two rules: 2 events, 3 entries of E1.
    law = scheme(rule(), rule("again", 1), rule("third", 1))
    rows = [event("E1", "2020-01-01"), event("E2", "2020-01-01"), event("E3", "2020-01-01", "quiet")]
    found = standing(settle(law, *rows, retract("R1", "2020-01-02", "E2")))
    assert (found["events"], found["entries"]) == (2, 3)


# Corrections ----------------------------------------------------------------------------------------------------

GOOD = event("E1", "2020-01-01")
BAD = event("E2", "2020-01-02", "bad")


def test_a_retraction_acts_for_the_past_too() -> None:
    # As of 5 January the event counts no more, once the retraction of February is known.
    rows = [GOOD, BAD, retract("R1", "2020-02-01", "E2")]
    assert score(*rows, as_of="2020-01-05") == 110
    assert score(*rows, as_of="2020-01-05", known_at="2020-01-31") == 80
    assert settle(LAW, *rows, as_of="2020-01-05")["set_aside"] == set()


def test_a_retraction_undoes_repeats_and_caps() -> None:
    law = scheme(rule(repeat=("1 year", 1, 2), cap=(15, "year")))
    rows = [GOOD, event("E3", "2020-01-03")]
    assert points(settle(law, *rows), "nominal") == [10, 20]
    assert points(settle(law, *rows), "granted") == [10, 5]
    without = settle(law, *rows, retract("R1", "2020-02-01", "E1"))
    assert points(without, "nominal") == [10]


def test_a_retracted_retraction_has_no_effect() -> None:
    rows = [GOOD, retract("R1", "2020-02-01", "E1"), retract("R2", "2020-03-01", "R1")]
    assert score(*rows, BAD) == 80  # 100 + 10 − 30
    assert score(*rows, BAD, known_at="2020-02-28") == 70
    assert score(*rows, BAD, retract("R3", "2020-04-01", "R2")) == 70  # and so on


def test_a_replacement_stands_where_the_target_stood() -> None:
    # E1 becomes `bad` of 5 January; it keeps id, source and recording date (1 January), so it posts on 1 January.
    new = replace("R1", "2020-02-01", "E1", occurred_on="2020-01-05", new_type="bad", source="press")
    row = event("E1", "2020-01-01", source="court")
    (entry,) = settle(LAW, row, new)["entries"]
    assert (entry["event_id"], entry["type"], entry["source"]) == ("E1", "bad", "court")
    assert (entry["posted_on"], entry["effective"]) == (day("2020-01-01"), -30)
    (entry,) = settle(BY_FACT, row, new)["entries"]
    assert entry["posted_on"] == day("2020-01-05")


def test_a_replacement_carries_all_attributes_and_an_empty_one_is_null() -> None:
    law = scheme(rule(when=op(Op.GREATER, AMOUNT, 1.0)))
    row = event("E1", "2020-01-01", amount=5.0)
    assert score(row, law=law) == 110
    result = settle(law, row, replace("R1", "2020-02-01", "E1", occurred_on="2020-01-01"))
    assert result["unposted"][0]["reason"] == "undecided"
    assert score(row, replace("R1", "2020-02-01", "E1", occurred_on="2020-01-01", amount=2.0), law=law) == 110


def test_conditions_read_the_replaced_occurrence_and_the_kept_recording_date() -> None:
    # E1 was recorded on 1 January and is now said to have occurred on the 5th.
    columns = (Column("event", name, ValueType.DATE) for name in ("recorded_on", "occurred_on"))
    law = scheme(rule(when=op(Op.LESS, *columns)))
    new = replace("R1", "2020-02-01", "E1", occurred_on="2020-01-05")
    assert score(GOOD, law=law) == 100
    assert score(GOOD, new, law=law) == 110


def test_of_several_corrections_the_latest_live_one_wins() -> None:
    to_bad = replace("R1", "2020-02-01", "E1", occurred_on="2020-01-01", new_type="bad")
    to_quiet = replace("R2", "2020-03-01", "E1", occurred_on="2020-01-01", new_type="quiet")
    assert score(GOOD, to_bad, to_quiet) == 100
    assert score(GOOD, to_bad, to_quiet, retract("R3", "2020-04-01", "R2")) == 70  # then the one before holds
    assert score(GOOD, to_bad, to_quiet, known_at="2020-02-29") == 70


def test_latest_is_by_recording_date_then_id() -> None:
    # Both of 1 February: R10 comes after R9.
    to_bad = replace("R10", "2020-02-01", "E1", occurred_on="2020-01-01", new_type="bad")
    to_quiet = replace("R9", "2020-02-01", "E1", occurred_on="2020-01-01", new_type="quiet")
    assert score(GOOD, to_bad, to_quiet) == 70


def test_a_replacement_after_a_retraction_brings_the_event_back() -> None:
    back = replace("R2", "2020-03-01", "E1", occurred_on="2020-01-01", new_type="bad")
    assert score(GOOD, retract("R1", "2020-02-01", "E1"), back) == 70


def test_a_replaced_replacement_takes_over_the_later_content() -> None:
    # R1 makes E1 bad; R2 replaces R1 without a type of its own: R1's type, `bad`, with R2's date. R1 was recorded on
    # 1 February, but the content goes to E1, which posts on its own recording date.
    first = replace("R1", "2020-02-01", "E1", occurred_on="2020-01-05", new_type="bad")
    second = replace("R2", "2020-03-01", "R1", occurred_on="2020-01-09")
    (entry,) = settle(BY_FACT, GOOD, first, second)["entries"]
    assert (entry["type"], entry["posted_on"]) == ("bad", day("2020-01-09"))
    (entry,) = settle(LAW, GOOD, first, second)["entries"]
    assert (entry["type"], entry["posted_on"]) == ("bad", day("2020-01-01"))
    # Retracting R1 itself, later than R2, ends both.
    assert score(GOOD, first, second, retract("R3", "2020-04-01", "R1")) == 110
    # Retracted before R2 replaced it: the later of the two corrections of R1 wins.
    assert score(GOOD, first, second, retract("R3", "2020-02-15", "R1")) == 70


@pytest.mark.parametrize(
    ("correction", "code"),
    [
        (retract("R1", "2020-02-01", "E7"), "L030"),
        (retract("R1", "2020-02-01", "E1", subject="T"), "L031"),
        (retract("R1", "2019-12-31", "E1"), "L032"),
        (retract("E0", "2020-01-01", "E1"), "L032"),  # the same day, and E0 comes before E1
        (retract("E10", "2020-01-01", "E1"), None),
        (retract("R1", "2020-02-01", "R1"), "L032"),
        (replace("R1", "2020-02-01", "E1", occurred_on="2020-01-01", amount=2000.0), UNUSABLE),
        (replace("R1", "2020-02-01", "E1", occurred_on="2020-01-01", new_type="unheard"), UNUSABLE),
        (replace("R1", "2020-02-01", "E1", occurred_on="2020-02-02"), "L014"),
    ],
)
def test_corrections_that_cannot_act_are_set_aside(correction: dict[str, Any], code: str | None) -> None:
    result = settle(LAW, GOOD, event("E9", "2019-12-01", subject="T"), correction)
    assert result["set_aside"] == ({(3, code)} if code else set())
    is_unchanged = standing(result)["score"] == 110 if "S" in result["standings"] else False
    assert is_unchanged == (code is not None)


def test_a_retraction_cannot_be_replaced() -> None:
    undo = retract("R1", "2020-02-01", "E1")
    result = settle(LAW, GOOD, BAD, undo, replace("R2", "2020-03-01", "R1", occurred_on="2020-02-01"))
    assert result["set_aside"] == {(4, "L033")}
    assert standing(result)["score"] == 70


def test_a_correction_of_what_was_set_aside_is_set_aside_too() -> None:
    # R1 names nobody, R2 retracts R1; E1 stands twice with different content, R3 retracts it.
    rows = [
        GOOD,
        event("E1", "2020-01-01", "bad"),
        retract("R1", "2020-02-01", "E7"),
        retract("R2", "2020-02-02", "R1"),
    ]
    result = settle(LAW, *rows, retract("R3", "2020-02-03", "E1"))
    assert result["set_aside"] == {(1, "L012"), (2, "L012"), (3, "L030"), (4, "L030"), (5, "L030")}


def test_a_replacement_may_move_an_event_into_or_out_of_as_of() -> None:
    # Posted on the date of the fact: moved to December, it is after 1 June; E1's own row is left out then.
    away = replace("R1", "2020-12-31", "E1", occurred_on="2020-12-01")
    result = settle(BY_FACT, GOOD, BAD, away, as_of="2020-06-01")
    assert (standing(result)["score"], result["set_aside"]) == (70, {(1, "L020")})
    late = event("E1", "2020-12-01")
    result = settle(BY_FACT, late, replace("R1", "2020-12-31", "E1", occurred_on="2020-01-01"), as_of="2020-06-01")
    assert (standing(result)["score"], result["set_aside"]) == (110, set())


def test_a_retracted_event_is_gone_before_dates_are_asked() -> None:
    rows = [GOOD, event("E3", "2020-12-01"), retract("R1", "2020-12-31", "E3")]
    assert settle(LAW, *rows, as_of="2020-06-01")["set_aside"] == set()


def test_a_subject_whose_events_are_all_retracted_is_as_if_never_named() -> None:
    assert settle(LAW, GOOD, retract("R1", "2020-02-01", "E1"))["standings"] == {}
