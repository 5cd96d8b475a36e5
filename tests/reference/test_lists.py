"""Hand-worked examples: ways in and out of lists, terms, extensions, renewals. The start is 100; `bad` takes 30."""

from __future__ import annotations

import itertools

from reference.clauses import (
    LARGE,
    count,
    extension,
    hears,
    in_tier,
    intervals,
    listing,
    off_list,
    on_list,
    reasons,
    score,
    term,
)
from reference.examples import day, event, rule, scheme, settle
from scslab.scheme.model import InForce, ScoreKind

BAD = rule("bad", -30, on="bad")


def first(result: dict, name: str = "black") -> dict:
    return next(row for row in result["memberships"] if row["list"] == name)


# Events ---------------------------------------------------------------------------------------------------------


def test_an_event_opens_and_another_closes() -> None:
    law = scheme(lists=(listing(enter=hears("bad"), leave=hears("good")),))
    result = settle(law, event("E1", "2020-01-31", "bad"), event("E2", "2020-02-29"))
    assert intervals(result) == [("2020-01-31", "event", "2020-02-29", "event")]
    assert (first(result)["opened_event"], first(result)["closed_event"]) == ("E1", "E2")
    assert result["unposted"] == []  # no rule, but each did something


def test_what_changes_nothing_is_unposted() -> None:
    law = scheme(lists=(listing(enter=(hears("bad"), count("quiet", at_least=3)), leave=hears("good", LARGE)),))
    rows = [event("E1", "2020-01-01", "bad"), event("E2", "2020-01-02", "bad"), event("E3", "2020-01-03")]
    result = settle(law, *rows, event("E4", "2020-01-04", "quiet"), event("E5", "2020-01-05", "good.deed"))
    # E2: listed already. E3: amount is NULL, which is not true. E4: counts listen. E5: nothing does.
    expected = {"E2": "no condition held", "E3": "no condition held", "E4": "only counted"}
    assert reasons(result) == expected | {"E5": "no rule for this type"}
    assert result["undecided"] == {}


def test_one_event_acts_once_on_a_list() -> None:
    # `bad` is a way in and a way out: the first opens, the second closes and does not open again, the third opens.
    law = scheme(lists=(listing(enter=hears("bad"), leave=hears("bad")),))
    result = settle(law, *(event(f"E{n}", f"2020-01-0{n}", "bad") for n in (1, 2, 3)))
    assert intervals(result) == [("2020-01-01", "event", "2020-01-02", "event"), ("2020-01-03", "event", None, None)]


def test_a_membership_may_have_no_length() -> None:
    law = scheme(lists=(listing(enter=hears("bad"), leave=hears("good")),))
    result = settle(law, event("E1", "2020-01-01", "bad"), event("E2", "2020-01-01"))
    assert intervals(result) == [("2020-01-01", "event", "2020-01-01", "event")]


def test_rules_come_before_lists_and_ids_before_both() -> None:
    # E1 good finds the list closed; E2 opens it. The other way round it would be closed again.
    law = scheme(lists=(listing(enter=hears("bad"), leave=hears("good")),))
    result = settle(law, event("E2", "2020-01-01", "bad"), event("E1", "2020-01-01"))
    assert intervals(result) == [("2020-01-01", "event", None, None)]


def test_entering_needs_a_scheme_in_force_and_leaving_does_not() -> None:
    law = scheme(
        lists=(listing(enter=hears("bad"), leave=hears("good")),),
        in_force=InForce(day("2020-01-01"), day("2020-01-31")),
    )
    rows = [event("E1", "2019-12-31", "bad"), event("E2", "2020-01-31", "bad"), event("E3", "2020-02-01")]
    result = settle(law, *rows, event("E4", "2020-02-02", "bad"))
    assert intervals(result) == [("2020-01-31", "event", "2020-02-01", "event")]
    assert reasons(result) == {"E1": "not in force", "E4": "not in force"}


def test_under_age_nobody_is_listed_by_an_event() -> None:
    law = scheme(lists=(listing(enter=hears("bad")),), from_age=18)
    born = {"S": {"born_on": day("2002-02-28"), "attributes": {}}}
    result = settle(law, event("E1", "2020-02-27", "bad"), event("E2", "2020-02-28", "bad"), subjects=born)
    assert intervals(result) == [("2020-02-28", "event", None, None)]
    assert reasons(result) == {"E1": "under age"}


# Terms ----------------------------------------------------------------------------------------------------------


def test_a_term_ends_on_its_day_and_does_not_hold_on_it() -> None:
    # 31 January + 1 month = 29 February 2020.
    law = scheme(lists=(listing(enter=hears("bad"), leave=term("1 month")),))
    rows = [event("E1", "2020-01-31", "bad")]
    assert intervals(settle(law, *rows, as_of="2020-02-28")) == [("2020-01-31", "event", None, None)]
    ended = settle(law, *rows, as_of="2020-02-29")
    assert intervals(ended) == [("2020-01-31", "event", "2020-02-29", "term")]
    assert (first(ended)["term_ends_on"], first(ended)["closed_event"]) == (day("2020-02-29"), None)


def test_terms_end_before_the_events_of_the_day() -> None:
    # On 1 February the first term is over, so the event opens a second membership.
    law = scheme(lists=(listing(enter=hears("bad"), leave=term("1 month")),))
    result = settle(law, event("E1", "2020-01-01", "bad"), event("E2", "2020-02-01", "bad"), as_of="2020-02-01")
    assert intervals(result) == [("2020-01-01", "event", "2020-02-01", "term"), ("2020-02-01", "event", None, None)]


def test_an_extension_moves_the_end_but_not_beyond_its_most() -> None:
    # Opened 1 January 2020, ends 1 February; + 2 months = 1 April; + 2 months = 1 June, but at most 4 months: 1 May.
    # The fourth event changes nothing.
    ways = {"enter": hears("bad"), "leave": term("1 month"), "extend": (extension("quiet", "2 months", "4 months"),)}
    days = ("2020-01-02", "2020-01-03", "2020-01-04")
    rows = [event("E1", "2020-01-01", "bad"), *(event(f"E{n}", on, "quiet") for n, on in enumerate(days, start=2))]
    law = scheme(lists=(listing(**ways),))
    ends = [first(settle(law, *rows[:n], as_of="2020-01-31"))["term_ends_on"] for n in (1, 2, 3, 4)]
    assert ends == [day("2020-02-01"), day("2020-04-01"), day("2020-05-01"), day("2020-05-01")]
    assert reasons(settle(law, *rows, as_of="2020-01-31")) == {"E4": "no condition held"}
    assert intervals(settle(law, *rows)) == [("2020-01-01", "event", "2020-05-01", "term")]


def test_several_extensions_act_in_file_order() -> None:
    # 1 February + 1 month = 1 March; then + 30 days = 31 March.
    extend = (extension("quiet", "1 month"), extension("quiet", "30 days"))
    law = scheme(lists=(listing(enter=hears("bad"), leave=term("1 month"), extend=extend),))
    result = settle(law, event("E1", "2020-01-01", "bad"), event("E2", "2020-01-15", "quiet"))
    assert intervals(result) == [("2020-01-01", "event", "2020-03-31", "term")]


def test_a_renewal_begins_the_term_anew_and_drops_extensions() -> None:
    # 1 January + 1 month, extended by 6 months to 1 August; renewed on 15 January: 15 February.
    ways = {"enter": hears("bad"), "leave": term("1 month"), "extend": (extension("quiet", "6 months"),)}
    rows = [event("E1", "2020-01-01", "bad"), event("E2", "2020-01-10", "quiet"), event("E3", "2020-01-15", "bad")]
    assert intervals(settle(scheme(lists=(listing(**ways, renews=True),)), *rows))[0][2:] == ("2020-02-15", "term")
    assert intervals(settle(scheme(lists=(listing(**ways),)), *rows))[0][2:] == ("2020-08-01", "term")


def test_an_extension_never_pulls_the_end_nearer() -> None:
    # Renewed on 20 January: ends 20 March. The extension to at most 2 months after 1 January (1 March) does nothing.
    extend = (extension("quiet", "1 month", "2 months"),)
    law = scheme(lists=(listing(enter=hears("bad"), leave=term("2 months"), extend=extend, renews=True),))
    rows = [event("E1", "2020-01-01", "bad"), event("E2", "2020-01-20", "bad"), event("E3", "2020-01-21", "quiet")]
    assert intervals(settle(law, *rows)) == [("2020-01-01", "event", "2020-03-20", "term")]


# States ---------------------------------------------------------------------------------------------------------


def test_the_score_is_read_at_the_end_of_the_day() -> None:
    # On 1 January 100 − 30 + 40 = 110 at the end: never below 80. On 2 January 80: not below. On 3 January 50.
    law = scheme(BAD, rule(points=40), lists=(listing(enter=score(below=80), leave=score(since=90)),))
    rows = [event("E1", "2020-01-01", "bad"), event("E2", "2020-01-01"), event("E3", "2020-01-02", "bad")]
    rows += [event("E4", "2020-01-03", "bad"), event("E5", "2020-01-05")]
    assert intervals(settle(law, *rows)) == [("2020-01-03", "score", "2020-01-05", "score")]


def test_a_state_that_holds_opens_again_on_the_day_the_term_ends() -> None:
    # 70 is below 80 for ever: the term of one month is followed by another, on 1 February and on 1 March.
    law = scheme(BAD, lists=(listing(enter=score(below=80), leave=term("1 month")),))
    result = settle(law, event("E1", "2020-01-01", "bad"), as_of="2020-03-01")
    opened = ["2020-01-01", "2020-02-01", "2020-03-01"]
    assert intervals(result) == [
        *((since, "score", until, "term") for since, until in itertools.pairwise(opened)),
        ("2020-03-01", "score", None, None),
    ]


def test_a_way_out_that_holds_keeps_a_state_out_and_throws_an_event_out() -> None:
    law = scheme(BAD, lists=(listing(enter=(hears("bad"), score(below=80)), leave=count("bad", at_least=1)),))
    result = settle(law, event("E1", "2020-01-01", "bad"), as_of="2020-01-05")
    assert intervals(result) == [("2020-01-01", "event", "2020-01-01", "count")]


def test_counts_look_back_over_a_window_open_at_its_far_end() -> None:
    # Three within a month: 31 January, 15 and 28 February 2021. On 28 February the window is (28 January, 28 February].
    # It closes when fewer than two are left: on 15 March (15 January < … only 28 February is later than 15 February).
    law = scheme(
        lists=(listing(enter=count("bad", 3, within="1 month"), leave=count("bad", at_most=1, within="1 month")),),
    )
    rows = [event(f"E{n}", on, "bad") for n, on in enumerate(("2021-01-31", "2021-02-15", "2021-02-28"))]
    result = settle(law, *rows, as_of="2021-12-31")
    assert intervals(result) == [("2021-02-28", "count", "2021-03-15", "count")]
    assert reasons(result) == dict.fromkeys(("E0", "E1", "E2"), "only counted")


def test_counts_take_only_events_for_which_the_condition_is_true() -> None:
    law = scheme(lists=(listing(enter=count("bad", 2, when=LARGE)),))
    amounts = (11.0, 10.0, None, 12.0)
    rows = [event(f"E{n}", f"2020-01-0{n + 1}", "bad", amount=amount) for n, amount in enumerate(amounts)]
    assert intervals(settle(law, *rows)) == [("2020-01-04", "count", None, None)]


def test_counts_of_none_hold_from_the_first_day_of_the_account() -> None:
    # The account begins on 1 March; nothing bad in 30 days holds at once, ends with E2 and holds again 30 days later.
    law = scheme(lists=(listing("red", enter=count("bad", at_most=0, within="30 days"), leave=count("bad", 1)),))
    quiet = event("E1", "2020-03-01", "quiet")
    assert intervals(settle(law, quiet), "red") == [("2020-03-01", "count", None, None)]
    result = settle(law, quiet, event("E2", "2020-04-01", "bad"))
    assert intervals(result, "red") == [("2020-03-01", "count", "2020-04-01", "count")]


def test_a_list_reads_an_earlier_list_as_it_is_at_this_end_of_day() -> None:
    # Opened on 5 January by an event, so the second list follows on the same day, and leaves on the same day.
    lists = (
        listing("first", enter=hears("bad"), leave=hears("good")),
        listing("second", enter=on_list("first"), leave=off_list("first")),
    )
    result = settle(scheme(lists=lists), event("E1", "2020-01-05", "bad"), event("E2", "2020-01-09"))
    assert intervals(result, "second") == [("2020-01-05", "list", "2020-01-09", "not_list")]


def test_any_of_several_lists_is_enough_and_none_of_them_may_hold() -> None:
    # First: [5, 15 January); second: [10, 20 January); so one of them [5, 20 January), and neither from 20 January on.
    lists = (
        listing("first", enter=hears("bad"), leave=term("10 days")),
        listing("second", enter=hears("good"), leave=term("10 days")),
        listing("either", enter=on_list("first second"), leave=off_list("first second")),
        listing("neither", enter=off_list("first second"), leave=on_list("second first")),
    )
    rows = [event("E0", "2020-01-01", "quiet"), event("E1", "2020-01-05", "bad"), event("E2", "2020-01-10")]
    result = settle(scheme(lists=lists), *rows)
    assert intervals(result, "either") == [("2020-01-05", "list", "2020-01-20", "not_list")]
    assert intervals(result, "neither") == [
        ("2020-01-01", "not_list", "2020-01-05", "list"),
        ("2020-01-20", "not_list", None, None),
    ]


def test_an_own_list_may_count_later() -> None:
    # Delayed by a month at both ends: [31 January, 28 February) becomes [29 February, 28 March).
    lists = (
        listing("first", enter=hears("bad"), leave=hears("good")),
        listing("second", enter=on_list("first", "1 month"), leave=off_list("first", "1 month")),
    )
    result = settle(scheme(lists=lists), event("E1", "2020-01-31", "bad"), event("E2", "2020-02-28"))
    assert intervals(result, "second") == [("2020-02-29", "list", "2020-03-28", "not_list")]


def test_the_first_reason_in_file_order_is_named() -> None:
    # At the end of 1 January both hold.
    ways = (in_tier("D"), score(below=80))
    law = scheme(BAD, tiers={"D": 0, "C": 80}, lists=(listing("a", enter=ways), listing("b", enter=ways[::-1])))
    result = settle(law, event("E1", "2020-01-01", "bad"))
    assert [intervals(result, name)[0][1] for name in ("a", "b")] == ["tier", "score"]


def test_a_scheme_without_a_score_lists_all_the_same() -> None:
    law = scheme(kind=ScoreKind.NONE, start=0, lists=(listing(enter=hears("bad"), leave=term("24 months")),))
    result = settle(law, event("E1", "2020-02-29", "bad"), event("E2", "2020-03-01", "bad", subject="T"))
    assert intervals(result) == [("2020-02-29", "event", "2022-02-28", "term")]
    assert intervals(result, subject="T") == [("2020-03-01", "event", "2022-03-01", "term")]
    assert result["entries"] == []


def test_without_an_entry_the_score_is_the_start_of_the_year() -> None:
    # Restarts yearly: 100 in 2020, 50 from 2021 on. Nothing is ever posted, and 50 is below 80 from 1 January on.
    start = {"2020-01-01": 100, "2021-01-01": 50}
    law = scheme(start=start, is_yearly_restart=True, lists=(listing(enter=score(below=80)),))
    assert intervals(settle(law, event("E1", "2020-05-05", "quiet"), as_of="2022-06-01")) == [
        ("2021-01-01", "score", None, None)
    ]


def test_a_lapse_can_close_a_list() -> None:
    # 70 until the entry lapses on 1 February: 100, at the end of that day.
    law = scheme(
        rule("bad", -30, on="bad", valid="1 month"), lists=(listing(enter=score(below=80), leave=score(since=80)),)
    )
    result = settle(law, event("E1", "2020-01-01", "bad"))
    assert intervals(result) == [("2020-01-01", "score", "2020-02-01", "score")]
