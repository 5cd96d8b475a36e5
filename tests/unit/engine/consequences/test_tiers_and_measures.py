"""Grades, requirements and measures, worked by hand from docs/settling.md."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from scslab.engine.settle import begin
from unit.engine.consequences.laws import POINTS, law, ledger, settle, terms

GRADES = """
score: {start: 100}
tiers: [{id: D}, {id: C, from: 60}, {id: A, from: 100}]
rules:
  - {id: bad, on: bad, grade: {to: D, for: year}}
  - {id: quiet, on: quiet, limit_tier: {to: C, for: 2 months}}
"""


def test_a_grade_holds_through_the_year_whatever_the_score() -> None:
    rows = [("a", "bad", "2020-03-01"), ("a", "quiet", "2020-12-15")]
    settled = settle(law(GRADES), "2020-12-31", *rows)
    standing = settled.standings.to_dicts()[0]
    assert (standing["tier"], standing["tier_by_score"], standing["score"]) == ("D", "A", 100)
    # On 1 January the grade is over and the limit holds A down to C until 15 February.
    standing = settle(law(GRADES), "2021-02-14", *rows).standings.to_dicts()[0]
    assert (standing["tier"], standing["held_until"]) == ("C", date(2021, 2, 15))
    assert settle(law(GRADES), "2021-02-15", *rows).standings["tier"].to_list() == ["A"]


def test_a_tier_asks_for_a_clean_record() -> None:
    clean = "requires: [{count: {on: bad, within: 12 months, at_most: 0}}]"
    text = POINTS.replace("{id: A, from: 100}", f"{{id: A, from: 65, {clean}}}")
    rows = [("a", "bad", "2020-03-01"), ("a", "good", "2020-03-02")]
    assert settle(law(text), "2020-03-01", *rows).standings["tier"].to_list() == ["C"]
    # The window of 1 March 2021 begins after 1 March 2020.
    assert settle(law(text), "2021-02-28", *rows).standings["tier"].to_list() == ["C"]
    assert settle(law(text), "2021-03-01", *rows).standings["tier"].to_list() == ["A"]


def test_measures_are_intervals_on_what_is_published() -> None:
    text = (
        POINTS.replace("score: {start: 100}", "score: {start: 100, published: monthly}")
        + """
measures:
  - {id: gift, kind: reward, domain: finance, when: {score: {from: 90}}}
  - {id: ban, kind: restriction, domain: travel, when: {tier: [D, C]}, from: 2020-02-10}
"""
    )
    rows = [("a", "bad", "2020-01-10"), ("a", "good", "2020-02-10"), ("a", "good", "2020-03-15")]
    settled = settle(law(text), "2020-04-15", *rows)
    # Published: 100 (A) before the account began, 70 (C) on 31 January, 80 (C) on 29 February, 90 (C) on 31 March; the
    # ban is in force from 10 February.
    assert terms(settled) == [
        ("gift", "2020-01-10", "2020-01-31"),
        ("ban", "2020-02-10", None),
        ("gift", "2020-03-31", None),
    ]
    assert settled.measures["reason"].to_list() == ["score 100", "tier C", "score 90"]


def test_measures_by_list_follow_at_once_and_end_with_their_dates() -> None:
    text = """
lists: [{id: black, kind: blacklist, enter: [{on: bad}], leave: [{after: 6 months}]}]
measures:
  - {id: ban, kind: restriction, domain: travel, when: {list: black}, until: 2020-05-31}
  - {id: trust, kind: reward, domain: finance, when: {not_list: black}}
"""
    people = pl.DataFrame({"subject_id": ["a", "z"]})
    settled = settle(law(text), "2021-01-01", ("a", "quiet", "2020-01-01"), ("a", "bad", "2020-01-10"), subjects=people)
    found = settled.measures.select("subject_id", "measure", "starts_on", "ends_on").rows()
    assert found == [
        ("a", "trust", date(2020, 1, 1), date(2020, 1, 10)),
        ("a", "ban", date(2020, 1, 10), date(2020, 6, 1)),
        ("a", "trust", date(2020, 7, 10), None),
        # Of whom nothing is known: from the last publication day on.
        ("z", "trust", date(2021, 1, 1), None),
    ]


@pytest.mark.parametrize("extra", ["", ", valid: 6 months"])
def test_standings_only_says_what_applies_and_not_since_when(extra: str) -> None:
    text = (
        POINTS.replace("points: -30", "points: -30" + extra)
        + """
measures: [{id: gift, kind: reward, domain: finance, when: {tier: [A]}}, {id: ban, kind: restriction, domain: travel,
  when: {score: {below: 80}}}]
"""
    )
    rows = [("a", "bad", "2020-01-10"), ("b", "good", "2020-01-10")]
    whole = settle(law(text), "2020-02-01", *rows)
    run = begin(law(text), ledger(*rows), as_of=date(2020, 2, 1), is_itemised=False)
    for _ in run.iterate_entries():
        pass
    brief = run.finish(pl.DataFrame(), with_unposted=False).measures
    assert brief.select("subject_id", "measure").rows() == [("a", "ban"), ("b", "gift")]
    assert brief["starts_on"].null_count() == 2
    assert whole.measures.select("subject_id", "measure").rows() == [("a", "ban"), ("b", "gift")]
    assert whole.measures["starts_on"].to_list() == [date(2020, 1, 10)] * 2


def test_lists_are_walked_without_entries_too() -> None:
    text = POINTS + "lists: [{id: black, kind: blacklist, enter: [{score: {below: 80}}], leave: [{after: 6 months}]}]\n"
    rows = [("a", "bad", "2020-01-10"), ("b", "good", "2020-01-10")]
    run = begin(law(text), ledger(*rows), as_of=date(2020, 2, 1), is_itemised=False)
    for _ in run.iterate_entries():
        pass
    brief, whole = run.finish(pl.DataFrame(), with_unposted=False), settle(law(text), "2020-02-01", *rows)
    assert brief.memberships.equals(whole.memberships)
    assert brief.standings.equals(whole.standings)
