"""Lists, worked by hand from "Lists" in docs/settling.md: the start is 100, `bad` takes 30, `good` gives 10."""

from __future__ import annotations

import polars as pl

from unit.engine.consequences.laws import POINTS, law, ledger, settle, spans, terms

BLACK = "lists:\n  - {id: black, kind: blacklist, enter: [%s], leave: [%s]%s}\n"


def test_events_open_and_close() -> None:
    scheme = law(BLACK % ("{on: bad, when: amount >= 10}", "{on: good}", ""))
    settled = settle(
        scheme, "2021-01-01", ("a", "bad", "2020-01-01", 9), ("a", "bad", "2020-02-01", 10), ("a", "good", "2020-03-01")
    )
    assert spans(settled) == [("2020-02-01", "2020-03-01", "event", "event")]
    row = settled.memberships.to_dicts()[0]
    assert (row["opened_event"], row["closed_event"], row["term_ends_on"]) == ("E2", "E3", None)
    assert dict(settled.unposted.select("event_id", "reason").rows()) == {"E1": "no condition held"}
    assert settled.standings["score"].to_list() == [None]  # it only lists
    assert settled.standings["lists"].to_list() == [[]]


def test_a_term_ends_on_its_day_and_that_day_does_not_hold() -> None:
    scheme = law(BLACK % ("{on: bad}", "{after: 1 month}", ""))
    rows = [("a", "bad", "2020-01-31")]
    assert spans(settle(scheme, "2020-02-28", *rows)) == [("2020-01-31", None, "event", None)]
    # 31 January and a month: the last day of February.
    assert spans(settle(scheme, "2020-02-29", *rows)) == [("2020-01-31", "2020-02-29", "event", "term")]


def test_a_level_that_still_holds_opens_anew_when_the_term_ends() -> None:
    # 70 is below 80 from 1 January on; each membership lasts 6 months.
    scheme = law(POINTS + BLACK % ("{score: {below: 80}}", "{after: 6 months}", ""))
    settled = settle(scheme, "2021-01-01", ("a", "bad", "2020-01-01"))
    assert spans(settled) == [
        ("2020-01-01", "2020-07-01", "score", "term"),
        ("2020-07-01", "2021-01-01", "score", "term"),
        ("2021-01-01", None, "score", None),
    ]
    assert settled.standings["lists"].to_list() == [["black"]]


def test_counts_open_when_reached_and_close_when_events_leave_the_window() -> None:
    ways = "{count: {on: quiet, within: 1 month, at_least: 2}}", "{count: {on: quiet, within: 1 month, at_most: 1}}"
    scheme = law(BLACK % (*ways, ""))
    settled = settle(scheme, "2021-01-01", ("a", "quiet", "2020-01-31"), ("a", "quiet", "2020-02-10"))
    # On 29 February the window begins after 29 January and holds both; on 1 March it begins after 1 February.
    assert spans(settled) == [("2020-02-10", "2020-03-01", "count", "count")]
    assert set(settled.unposted["reason"]) == {"only counted"}


def test_a_membership_may_close_on_the_day_it_opened() -> None:
    # The event opens; at the end of the day the score of 70 lets go again.
    scheme = law(POINTS + BLACK % ("{on: bad}", "{score: {below: 80}}", ""))
    assert spans(settle(scheme, "2020-02-01", ("a", "bad", "2020-01-01"))) == [
        ("2020-01-01", "2020-01-01", "event", "score")
    ]


def test_extension_and_renewal() -> None:
    extend = ", extend: [{on: quiet, by: 2 months, most: 8 months}]"
    scheme = law(BLACK % ("{on: bad}", "{after: 6 months}", extend))
    rows = [("a", "bad", "2020-01-10"), ("a", "quiet", "2020-02-01"), ("a", "quiet", "2020-03-01")]
    settled = settle(scheme, "2021-01-01", *rows)
    # 10 July + 2 months = 10 September = 8 months after the opening: the second extension finds no room.
    assert spans(settled) == [("2020-01-10", "2020-09-10", "event", "term")]
    assert dict(settled.unposted.select("event_id", "reason").rows()) == {"E3": "no condition held"}
    renewing = law(BLACK % ("{on: bad}", "{after: 6 months}", ", renews: true"))
    again = settle(renewing, "2021-01-01", ("a", "bad", "2020-01-10"), ("a", "bad", "2020-05-10"))
    assert spans(again) == [("2020-01-10", "2020-11-10", "event", "term")]


def test_entering_needs_the_scheme_in_force_and_leaving_does_not() -> None:
    text = "in_force: {from: 2020-02-01, to: 2020-03-31}\n" + BLACK % ("{on: bad}", "{on: good}", "")
    rows = [("a", "bad", "2020-01-10"), ("a", "bad", "2020-03-31"), ("a", "good", "2020-05-01")]
    settled = settle(law(text), "2021-01-01", *rows)
    assert spans(settled) == [("2020-03-31", "2020-05-01", "event", "event")]
    assert dict(settled.unposted.select("event_id", "reason").rows()) == {"E1": "not in force"}


def test_a_state_opens_on_the_first_day_in_force() -> None:
    text = "in_force: {from: 2020-02-01}\n" + POINTS + BLACK % ("{score: {from: 100}}", "{on: bad}", "")
    assert spans(settle(law(text), "2020-03-01", ("a", "quiet", "2020-01-10"))) == [("2020-02-01", None, "score", None)]


def test_a_list_reads_the_one_before_it_at_the_same_end_of_day() -> None:
    text = """
lists:
  - {id: black, kind: blacklist, enter: [{on: bad}], leave: [{after: 10 days}]}
  - {id: watch, kind: blacklist, enter: [{list: black}], leave: [{not_list: black}]}
"""
    settled = settle(law(text), "2021-01-01", ("a", "bad", "2020-01-10"))
    assert spans(settled, "watch") == [("2020-01-10", "2020-01-20", "list", "not_list")]


def test_any_of_several_lists_is_enough_and_none_of_them_may_hold() -> None:
    text = """
lists:
  - {id: black, kind: blacklist, enter: [{on: bad}], leave: [{after: 10 days}]}
  - {id: grey, kind: blacklist, enter: [{on: good}], leave: [{after: 10 days}]}
  - {id: either, kind: blacklist, enter: [{list: [black, grey]}], leave: [{not_list: [grey, black]}]}
measures:
  - {id: fly, kind: restriction, domain: travel, when: {list: [black, grey]}}
  - {id: praise, kind: reward, domain: finance, when: {not_list: [black, grey]}}
"""
    rows = [("a", "quiet", "2020-01-01"), ("a", "bad", "2020-01-05"), ("a", "good", "2020-01-10")]
    settled = settle(law(text), "2021-01-01", *rows)
    # Black: [5, 15 January); grey: [10, 20 January).
    assert spans(settled, "either") == [("2020-01-05", "2020-01-20", "list", "not_list")]
    assert terms(settled) == [
        ("praise", "2020-01-01", "2020-01-05"), ("fly", "2020-01-05", "2020-01-20"), ("praise", "2020-01-20", None),
    ]  # fmt: skip
    assert settled.measures["reason"].unique().sort().to_list() == ["list black or grey", "not on list black or grey"]


def test_repairs_of_lists() -> None:
    repairs = """repair:
  - {id: early, on: good, shortens: {list: black, by: 2 months, after: 1 month}, at_most: {times: 1, per: lifetime}}
  - {id: out, on: pardon, removes: {list: black}}
"""
    scheme = law(BLACK % ("{on: bad}", "{after: 6 months}", "") + repairs)
    rows = [
        ("a", "bad", "2020-01-10"),
        ("a", "good", "2020-02-09"),
        ("a", "good", "2020-02-10"),
        ("a", "good", "2020-03-01"),
    ]
    settled = settle(scheme, "2021-01-01", *rows)
    # E2 comes a day too early; E3 moves 10 July to 10 May; E4 is one time too many.
    assert spans(settled) == [("2020-01-10", "2020-05-10", "event", "term")]
    assert dict(settled.unposted.select("event_id", "reason").rows()) == dict.fromkeys(
        ("E2", "E4"), "nothing to repair"
    )
    removed = settle(scheme, "2021-01-01", ("a", "bad", "2020-01-10"), ("a", "pardon", "2020-01-11"))
    assert spans(removed) == [("2020-01-10", "2020-01-11", "event", "repair")]
    late = settle(scheme, "2021-01-01", ("a", "bad", "2020-01-10"), ("a", "good", "2020-06-01"))
    # 10 July less two months is past: the term ends, and the list with it, on the day of the repair.
    assert spans(late) == [("2020-01-10", "2020-06-01", "event", "repair")]


def test_ids_and_order_within_a_day() -> None:
    # E9 comes before E10: the second event of the day opens the list again.
    scheme = law(BLACK % ("{on: bad}", "{on: good}", ""))
    table = ledger(*[("a", "bad", "2020-01-01")] * 11).with_columns(
        pl.Series("type", ["quiet"] * 7 + ["bad", "good", "bad", "quiet"])
    )
    import scslab as scs

    settled = scs.settle(scheme, table.sample(fraction=1.0, shuffle=True, seed=3))
    assert settled.memberships.select("opened_event", "closed_event").rows() == [("E8", "E9"), ("E10", None)]


def test_a_statement_tells_when_a_term_ends_and_what_a_list_asked_for() -> None:
    text = BLACK % ("{on: bad, when: amount > 10}", "{after: 6 months}", "")
    settled = settle(law(text), "2020-03-01", ("a", "bad", "2020-01-10", 20.0), ("a", "bad", "2020-02-01", 5.0))
    statement = settled.statement("a")
    assert statement.outlook == ("On 2020-07-10 the subject leaves the list black: its term is over.",)
    assert [each.reason for each in statement.why_not] == ["no condition held: list `black` asks for amount > 10"]
    # Once it is over there is nothing left to tell.
    assert settle(law(text), "2020-07-10", ("a", "bad", "2020-01-10", 20.0)).statement("a").outlook == ()


def test_a_condition_that_still_holds_is_told_with_the_end_of_the_term() -> None:
    # The score is 70 and nothing will raise it: on 10 July the list would open again.
    settled = settle(law(POINTS + BLACK % ("{score: {below: 80}}", "{after: 6 months}", "")), "2020-03-01",
                     ("a", "bad", "2020-01-10"))  # fmt: skip
    assert settled.statement("a").outlook[-1] == (
        "On 2020-07-10 the subject leaves the list black: its term is over, "
        "unless it is on it still by a score below 80."
    )
