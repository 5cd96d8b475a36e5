"""Hand-worked examples: objections. The start is 100, `good` gives 10, `bad` takes 30; filings suspend."""

from __future__ import annotations

from typing import Any

import pytest

from reference.clauses import (
    filed,
    hears,
    intervals,
    limit,
    listing,
    objecting,
    reasons,
    rejected,
    score,
    term,
    upheld,
)
from reference.examples import day, event, points, replace, retract, rule, scheme, settle, standing
from scslab.scheme.model import InForce, ScoreKind

BAD = rule("bad", -30, on="bad")
E1 = event("E1", "2020-01-01", "bad")
F1 = filed("F1", "2020-01-05", "E1")
BLACK = listing(enter=hears("bad"), leave=(hears("good"), term("12 months")))


def law_of(*rules: Any, objection: Any = None, **content: Any) -> Any:
    return scheme(*(rules or (BAD,)), objection=objection or objecting(), **content)


def kinds(result: dict[str, Any]) -> list[tuple[str, Any]]:
    return list(zip(points(result, "kind"), points(result), strict=True))


def told(result: dict[str, Any]) -> list[tuple[Any, ...]]:
    """(target, outcome, decided on, by) of each objection."""
    return [
        (row["target"], row["outcome"], row["decided_on"] and str(row["decided_on"]), row["decided_event"])
        for row in result["objections"]
    ]


# Points ---------------------------------------------------------------------------------------------------------


def test_a_filing_takes_back_and_a_rejection_gives_again() -> None:
    result = settle(law_of(), E1, F1, rejected("O1", "2020-01-09", "E1"))
    assert kinds(result) == [("event", -30), ("objection", 30), ("rejected", -30)]
    assert points(result, "score_after") == [70, 100, 70]
    assert told(result) == [("E1", "rejected", "2020-01-09", "O1")]
    assert result["unposted"] == []


def test_what_is_upheld_stays_taken_back() -> None:
    result = settle(law_of(), E1, F1, upheld("O1", "2020-01-09", "E1"))
    assert kinds(result) == [("event", -30), ("objection", 30)]
    assert told(result) == [("E1", "upheld", "2020-01-09", "O1")]


def test_the_entries_name_what_they_are_about() -> None:
    result = settle(law_of(), E1, F1 | {"source": "letter"}, rejected("O1", "2020-01-09", "E1"))
    objection, again = result["entries"][1:]
    names = ("event_id", "type", "rule", "target", "source")
    assert [objection[name] for name in names] == ["F1", "objection.filed", "bad", "E1", "letter"]
    assert [again[name] for name in names] == ["O1", "objection.rejected", "bad", "E1", None]
    assert (objection["nominal"], objection["granted"], objection["lapses_on"]) == (30, 30, None)


def test_without_suspension_only_upheld_acts() -> None:
    law = law_of(objection=objecting(suspends=False))
    assert kinds(settle(law, E1, F1)) == [("event", -30)]
    assert kinds(settle(law, E1, F1, rejected("O1", "2020-01-09", "E1"))) == [("event", -30)]
    result = settle(law, E1, F1, upheld("O1", "2020-01-09", "E1"))
    assert kinds(result) == [("event", -30), ("upheld", 30)]
    assert (result["entries"][1]["event_id"], result["entries"][1]["target"]) == ("O1", "E1")


def test_every_entry_of_the_target_is_taken_back_in_order() -> None:
    law = law_of(BAD, rule("more", -5, on="bad"), rule("nothing", 0, on="bad"))
    result = settle(law, E1, F1)
    # The entry worth nothing has no live points.
    assert [(e["rule"], e["effective"]) for e in result["entries"][3:]] == [("bad", 30), ("more", 5)]


def test_rewards_can_be_objected_to_as_well() -> None:
    assert kinds(settle(law_of(rule()), event("E1", "2020-01-01"), F1)) == [("event", 10), ("objection", -10)]


def test_bounds_clamp_what_is_taken_back_and_what_is_given_again() -> None:
    # Ceiling 110: 70, then +30 → 100, +10 (good) before: 100 − 30 = 70 → good +10 = 80 → five more: 110 is the most.
    # 70 + 5 × 10 = 120 → 110. The filing adds 0 (110 is the ceiling); so the rejection takes nothing: 110.
    law = law_of(BAD, rule(), ceiling=110)
    rows = [E1, *(event(f"G{n}", "2020-01-02") for n in range(5)), F1, rejected("O1", "2020-01-09", "E1")]
    result = settle(law, *rows)
    assert points(result, "granted")[-2:] == [30, 0]
    assert points(result)[-2:] == [0, 0]
    assert standing(result)["score"] == 110


# What counts ----------------------------------------------------------------------------------------------------


def test_a_filing_needs_a_target_that_did_something_before() -> None:
    rows = [E1, filed("F1", "2019-12-31", "E1"), filed("F2", "2020-01-05", "E0"), filed("F3", "2020-01-05", None)]
    rows += [event("E2", "2020-01-01", "quiet"), filed("F4", "2020-01-05", "E2"), filed("F5", "2020-01-05", "F1")]
    result = settle(law_of(), *rows)
    unfounded = {f"F{n}": "objection without target" for n in range(1, 6)}
    assert reasons(result) == unfounded | {"E2": "no rule for this type"}
    assert result["objections"] == []


def test_somebody_else_cannot_object() -> None:
    result = settle(law_of(), E1, F1 | {"subject_id": "T"})
    assert reasons(result) == {"F1": "objection without target"}


def test_filings_come_after_the_events_of_their_day() -> None:
    # A0 sorts before E1, and still finds its entry.
    result = settle(law_of(), E1, filed("A0", "2020-01-01", "E1"))
    assert kinds(result) == [("event", -30), ("objection", 30)]


def test_within_ends_with_its_last_day() -> None:
    # 31 January + 1 month = 29 February 2020, inclusive.
    law, row = law_of(objection=objecting("1 month")), event("E1", "2020-01-31", "bad")
    assert kinds(settle(law, row, filed("F1", "2020-02-29", "E1"))) == [("event", -30), ("objection", 30)]
    assert reasons(settle(law, row, filed("F1", "2020-03-01", "E1"))) == {"F1": "objection too late"}


def test_an_event_is_objected_to_once() -> None:
    rows = [E1, F1, filed("F2", "2020-01-05", "E1"), rejected("O1", "2020-01-09", "E1")]
    result = settle(law_of(), *rows, filed("F3", "2020-01-10", "E1"))
    assert reasons(result) == {"F2": "objection made before", "F3": "objection made before"}
    # A filing that did not count is not one.
    law = law_of(objection=objecting("3 days"))
    result = settle(law, E1, filed("F0", "2019-12-31", "E1"), filed("F1", "2020-01-04", "E1"))
    assert reasons(result) == {"F0": "objection without target"}
    assert len(result["objections"]) == 1


def test_outcomes_need_an_open_objection() -> None:
    rows = [E1, upheld("O1", "2020-01-04", "E1"), F1, upheld("O2", "2020-01-06", "E2")]
    rows += [rejected("O3", "2020-01-07", "E1"), upheld("O4", "2020-01-07", "E1")]
    result = settle(law_of(), *rows)
    assert reasons(result) == dict.fromkeys(("O1", "O2", "O4"), "no open objection")
    assert told(result) == [("E1", "rejected", "2020-01-07", "O3")]


def test_an_outcome_of_the_same_day_comes_after_the_filing_whatever_its_id() -> None:
    result = settle(law_of(), E1, F1, rejected("A0", "2020-01-05", "E1"))
    assert kinds(result) == [("event", -30), ("objection", 30), ("rejected", -30)]
    assert told(result) == [("E1", "rejected", "2020-01-05", "A0")]


def test_outcomes_of_earlier_filings_come_before_the_events_of_the_day() -> None:
    # Ceiling 100: the rejection takes 30 first (70), then +10 = 80. The other way round: 100, then 70.
    law = law_of(BAD, rule(), ceiling=100)
    result = settle(law, E1, F1, rejected("O1", "2020-01-09", "E1"), event("E2", "2020-01-09"))
    assert points(result, "event_id")[-2:] == ["O1", "E2"]
    assert standing(result)["score"] == 80


# Expiry ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("undecided", "last"), [("rejected", -30), ("upheld", 30)])
def test_an_objection_that_nobody_decides_expires(undecided: str, last: int) -> None:
    # Filed on 5 January; 30 days later is 4 February.
    law = law_of(objection=objecting(decide="30 days", undecided=undecided))
    assert told(settle(law, E1, F1, as_of="2020-02-03")) == [("E1", "open", None, None)]
    result = settle(law, E1, F1, as_of="2020-02-04")
    assert told(result) == [("E1", f"expired {undecided}", "2020-02-04", None)]
    assert points(result)[-1] == last
    if undecided == "rejected":
        entry = result["entries"][-1]
        assert (entry["kind"], entry["event_id"], entry["type"]) == ("rejected", "F1", "objection.filed")


def test_an_outcome_on_the_day_of_expiry_is_in_time_and_a_day_later_is_not() -> None:
    law = law_of(objection=objecting(decide="30 days", undecided="upheld"))
    result = settle(law, E1, F1, rejected("O1", "2020-02-04", "E1"))
    assert told(result) == [("E1", "rejected", "2020-02-04", "O1")]
    late = settle(law, E1, F1, rejected("O1", "2020-02-05", "E1"))
    assert told(late) == [("E1", "expired upheld", "2020-02-04", None)]
    assert reasons(late) == {"O1": "no open objection"}


def test_objections_outlive_the_scheme() -> None:
    law = law_of(in_force=InForce(None, day("2020-01-02")), objection=objecting(decide="30 days", undecided="rejected"))
    result = settle(law, E1, F1)
    assert kinds(result) == [("event", -30), ("objection", 30), ("rejected", -30)]


# Lapses and restarts --------------------------------------------------------------------------------------------

FADING = rule("bad", -30, on="bad", valid="1 month")


def test_a_lapse_that_falls_due_meanwhile_is_dropped_and_nothing_given_again() -> None:
    # Would lapse on 1 February; rejected on 2 February: the entry is over by then.
    result = settle(law_of(FADING), E1, F1, rejected("O1", "2020-02-02", "E1"))
    assert kinds(result) == [("event", -30), ("objection", 30)]
    assert standing(result)["score"] == 100


def test_what_is_given_again_lapses_on_the_old_day() -> None:
    result = settle(law_of(FADING), E1, F1, rejected("O1", "2020-01-31", "E1"))
    assert kinds(result) == [("event", -30), ("objection", 30), ("rejected", -30), ("lapse", 30)]
    assert result["entries"][-1]["posted_on"] == day("2020-02-01")


def test_after_upheld_nothing_lapses() -> None:
    suspending = settle(law_of(FADING), E1, F1, upheld("O1", "2020-01-09", "E1"))
    assert kinds(suspending) == [("event", -30), ("objection", 30)]
    law = law_of(FADING, objection=objecting(suspends=False))
    assert kinds(settle(law, E1, F1, upheld("O1", "2020-01-09", "E1"))) == [("event", -30), ("upheld", 30)]


def test_a_lapsed_entry_has_nothing_to_take_back() -> None:
    result = settle(law_of(FADING), E1, filed("F1", "2020-02-01", "E1"))
    assert kinds(result) == [("event", -30), ("lapse", 30)]
    assert told(result) == [("E1", "open", None, None)]


def test_a_restart_leaves_nothing_to_give_again() -> None:
    row = event("E1", "2020-12-01", "bad")
    rows = [row, filed("F1", "2020-12-05", "E1"), rejected("O1", "2021-01-09", "E1")]
    result = settle(law_of(is_yearly_restart=True), *rows, as_of="2021-06-01")
    assert kinds(result) == [("event", -30), ("objection", 30), ("restart", 0)]
    late = settle(law_of(is_yearly_restart=True), row, filed("F1", "2021-01-05", "E1"), as_of="2021-06-01")
    assert kinds(late) == [("event", -30), ("restart", 30)]


# Limits, caps ---------------------------------------------------------------------------------------------------


def test_a_limit_is_lifted_while_the_objection_is_open() -> None:
    held = rule("held", None, on="bad", limit_tier=limit("C"))
    law = law_of(held, tiers={"C": 60, "B": 90})
    rows = [E1, F1, rejected("O1", "2020-01-09", "E1")]
    days = ("2020-01-04", "2020-01-05", "2020-01-08", "2020-01-09")
    assert [standing(settle(law, *rows, as_of=on))["tier"] for on in days] == ["C", "B", "B", "C"]
    assert standing(settle(law, *rows, as_of="2020-01-05"))["held_until"] is None


def test_caps_and_repeats_are_not_touched() -> None:
    # Of 40 in the year E1 used 30, which an upheld objection does not give back: E2 gets 10, doubled to 60 before.
    law = law_of(rule("bad", -30, on="bad", cap=(40, "year"), repeat=("1 year", 1, 2)))
    result = settle(law, E1, F1, upheld("O1", "2020-01-09", "E1"), event("E2", "2020-02-01", "bad"))
    assert (points(result, "nominal")[-1], points(result, "granted")[-1]) == (-60, -10)


# Lists ----------------------------------------------------------------------------------------------------------


def test_a_filing_suspends_a_listing_and_a_rejection_opens_it_again() -> None:
    result = settle(law_of(lists=(BLACK,)), E1, F1, rejected("O1", "2020-01-09", "E1"))
    assert intervals(result) == [
        ("2020-01-01", "event", "2020-01-05", "objection"),
        ("2020-01-09", "rejected", "2021-01-01", "term"),  # the old term
    ]
    rows = result["memberships"]
    assert [(row["opened_event"], row["closed_event"]) for row in rows] == [("E1", "F1"), ("O1", None)]


def test_upheld_closes_a_listing_for_good() -> None:
    suspending = settle(law_of(lists=(BLACK,)), E1, F1, upheld("O1", "2020-01-09", "E1"))
    assert intervals(suspending) == [("2020-01-01", "event", "2020-01-05", "objection")]
    law = law_of(lists=(BLACK,), objection=objecting(suspends=False))
    plain = settle(law, E1, F1, upheld("O1", "2020-01-09", "E1"))
    assert intervals(plain) == [("2020-01-01", "event", "2020-01-09", "upheld")]
    assert plain["memberships"][0]["closed_event"] == "O1"


def test_a_listing_whose_term_is_over_is_not_opened_again() -> None:
    # The term ends on 1 February, the day of the rejection.
    law = law_of(lists=(listing(enter=hears("bad"), leave=term("1 month")),))
    result = settle(law, E1, F1, rejected("O1", "2020-02-01", "E1"))
    assert intervals(result) == [("2020-01-01", "event", "2020-01-05", "objection")]


def test_a_way_out_ends_a_suspended_listing() -> None:
    result = settle(law_of(lists=(BLACK,)), E1, F1, event("E2", "2020-01-06"), rejected("O1", "2020-01-09", "E1"))
    assert intervals(result) == [("2020-01-01", "event", "2020-01-05", "objection")]
    assert reasons(result) == {"E2": "no condition held"}


def test_a_state_that_leads_out_on_the_day_of_the_filing_ends_it_too() -> None:
    # Taken back, the score is 100 at the end of 5 January: no way back.
    law = law_of(lists=(listing(enter=hears("bad"), leave=score(since=100)),))
    result = settle(law, E1, F1, rejected("O1", "2020-01-09", "E1"))
    assert intervals(result) == [("2020-01-01", "event", "2020-01-05", "objection")]


def test_a_new_listing_takes_the_place_of_a_suspended_one() -> None:
    rows = [E1, F1, event("E2", "2020-01-06", "bad"), rejected("O1", "2020-01-09", "E1")]
    assert intervals(settle(law_of(lists=(BLACK,)), *rows)) == [
        ("2020-01-01", "event", "2020-01-05", "objection"),
        ("2020-01-06", "event", "2021-01-06", "term"),
    ]


def test_filed_and_rejected_on_one_day() -> None:
    result = settle(law_of(lists=(BLACK,)), E1, F1, rejected("O1", "2020-01-05", "E1"), as_of="2020-02-01")
    assert intervals(result) == [
        ("2020-01-01", "event", "2020-01-05", "objection"),
        ("2020-01-05", "rejected", None, None),
    ]


def test_a_scheme_that_only_lists_can_be_objected_to() -> None:
    law = scheme(kind=ScoreKind.NONE, start=0, lists=(BLACK,), objection=objecting("30 days"))
    result = settle(law, E1, F1, as_of="2020-02-01")
    assert intervals(result) == [("2020-01-01", "event", "2020-01-05", "objection")]
    assert (told(result), result["entries"]) == ([("E1", "open", None, None)], [])


# Corrections ----------------------------------------------------------------------------------------------------


def test_a_fact_that_is_retracted_leaves_its_objection_without_target() -> None:
    result = settle(law_of(), E1, F1, retract("R1", "2020-03-01", "E1"))
    assert reasons(result) == {"F1": "objection without target"}
    assert result["entries"] == []


def test_a_replaced_filing_keeps_its_target() -> None:
    # Recorded on 5 January and known then, told again as of 3 January: it posts on the day it was recorded.
    result = settle(law_of(), E1, F1, replace("R1", "2020-03-01", "F1", occurred_on="2020-01-03"))
    assert [str(row["filed_on"]) for row in result["objections"]] == ["2020-01-05"]
    assert kinds(result) == [("event", -30), ("objection", 30)]
