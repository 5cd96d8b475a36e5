"""Objections as a user sees them, worked by hand. The start is 100, `bad` takes 30; filings suspend."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

import scslab as scs
from scslab.engine.carried import Carried
from scslab.engine.cases import run_case
from scslab.engine.settle import begin
from scslab.engine.settlement import Settlement
from scslab.engine.state import start
from scslab.scheme.cases import read_cases
from unit.engine.objection.contested import HALF, POINTS, SUSPENDING, law, ledger, points, settle, told, unposted

E1 = ("E1", "bad", "2020-01-01")
F1 = ("F1", "objection.filed", "2020-01-05", "E1")
LISTED = "lists: [{id: black, kind: blacklist, enter: [{on: bad}], leave: [{after: 12 months}]}]\n"


def rejected(day: str, event: str = "O1", target: str = "E1") -> tuple[str, ...]:
    return event, "objection.rejected", day, target


def upheld(day: str, event: str = "O1", target: str = "E1") -> tuple[str, ...]:
    return event, "objection.upheld", day, target


def spans(settlement: Settlement) -> list[tuple[str, str | None, str, str | None]]:
    return [
        (str(r["opened_on"]), r["closed_on"] and str(r["closed_on"]), r["opened_by"], r["closed_by"])
        for r in settlement.memberships.to_dicts()
    ]


def test_the_whole_story_in_one_table() -> None:
    found = settle(law(POINTS + SUSPENDING), "2020-12-31", E1, F1, rejected("2020-01-09"))
    assert points(found) == [("event", -30), ("objection", 30), ("rejected", -30)]
    assert found.entries["score_after"].to_list() == [70, 100, 70]
    assert found.entries["target"].to_list() == [None, "E1", "E1"]
    assert found.entries["event_id"].to_list() == ["E1", "F1", "O1"]
    assert found.entries["repair"].to_list() == [None, None, None]
    assert told(found) == [("E1", "rejected", "2020-01-09")]
    assert found.objections is not None
    assert found.objections.row(0)[2:] == (date(2020, 1, 5), "F1", "rejected", date(2020, 1, 9), "O1")
    assert (found.counts.events_posted, found.counts.events_unposted) == (3, {})


def test_a_scheme_without_objections_has_no_such_columns() -> None:
    found = settle(law(POINTS), "2020-12-31", E1)
    assert found.objections is None
    assert not {"target", "repair"} & set(found.entries.columns)


def test_nobody_objects() -> None:
    found = settle(law(POINTS + SUSPENDING), "2020-12-31", E1)
    assert found.objections is not None
    assert found.objections.shape == (0, 7)
    assert found.entries.select("target", "repair").row(0) == (None, None)


def test_why_filings_and_outcomes_do_not_count() -> None:
    # 60 days after 1 January 2020 is 1 March: F3 of 2 March is too late.
    scheme = law(POINTS + "objection: {suspends: true, within: 60 days}\n")
    rows = [E1, ("E2", "notice", "2020-01-01"), ("E3", "bad", "2020-01-01"), F1]
    rows += [("F2", "objection.filed", "2020-01-06", "E2"), ("F3", "objection.filed", "2020-03-02", "E3")]
    rows += [("F4", "objection.filed", "2020-01-06", "E1"), ("F5", "objection.filed", "2020-01-06", "E1", "T")]
    rows += [("F6", "objection.filed", "2020-01-06", ""), upheld("2020-01-06", "O6", "E3")]
    found = settle(scheme, "2020-12-31", *rows)
    assert unposted(found) == {
        "E2": "no rule for this type",
        "F2": "objection without target",
        "F3": "objection too late",
        "F4": "objection made before",
        "F5": "objection without target",
        "F6": "objection without target",
        "O6": "no open objection",
    }
    reasons = ("no rule for this type", "objection without target", "objection too late")
    assert found.counts.events_unposted == dict(zip(reasons, (1, 3, 1), strict=True)) | {
        "objection made before": 1,
        "no open objection": 1,
    }
    assert found.counts.events_settled == found.counts.events_posted + 7


def test_ids_that_are_numbers() -> None:
    rows = ledger(("1", "bad", "2020-01-01"), ("2", "objection.filed", "2020-01-05", "1"))
    numbers = rows.with_columns(pl.col("event_id").cast(pl.Int64), pl.lit(7, pl.Int64).alias("subject_id"))
    found = scs.settle(law(POINTS + SUSPENDING), numbers, as_of=date(2020, 12, 31))
    assert points(found) == [("event", -30), ("objection", 30)]
    assert found.entries["target"].to_list() == [None, 1]
    # "01" is no decimal text of 1.
    other = numbers.with_columns(pl.when(pl.col("target") == "1").then(pl.lit("01")).alias("target"))
    assert points(scs.settle(law(POINTS + SUSPENDING), other, as_of=date(2020, 12, 31))) == [("event", -30)]


def test_an_objection_against_a_listing_alone() -> None:
    # `bad` posts no entry; the walk over lists decides whether the filing counts.
    scheme = law(LISTED + "objection: {suspends: true, within: 60 days, decide_within: 30 days, undecided: rejected}\n")
    found = settle(scheme, "2020-06-30", E1, F1)
    # 5 January + 30 days = 4 February.
    assert spans(found) == [
        ("2020-01-01", "2020-01-05", "event", "objection"),
        ("2020-02-04", None, "rejected", None),
    ]
    assert told(found) == [("E1", "expired rejected", "2020-02-04")]
    assert found.memberships["term_ends_on"].to_list() == [date(2021, 1, 1)] * 2
    assert unposted(found) == {}


def test_a_listing_that_another_event_opened_is_no_target() -> None:
    # E2 finds the subject on the list already, so it opened nothing: nobody can object to it, nor decide about that.
    rows = [E1, ("E2", "bad", "2020-01-02"), ("F2", "objection.filed", "2020-01-05", "E2")]
    found = settle(law(LISTED + SUSPENDING), "2020-06-30", *rows, upheld("2020-01-06", "O2", "E2"))
    assert spans(found) == [("2020-01-01", None, "event", None)]
    assert unposted(found) == {
        "E2": "no condition held",
        "F2": "objection without target",
        "O2": "no open objection",
    }
    assert told(found) == []


def test_an_early_filing_against_a_listing_opens_nothing_for_a_later_outcome() -> None:
    scheme = law(LISTED + SUSPENDING)
    early = ("F0", "objection.filed", "2019-12-31", "E1")
    found = settle(scheme, "2020-06-30", early, E1, upheld("2020-01-02"))
    assert spans(found) == [("2020-01-01", None, "event", None)]
    assert unposted(found) == {"F0": "objection without target", "O1": "no open objection"}
    # The same with a filing that counts, and an outcome of the same day whose id comes first.
    found = settle(scheme, "2020-06-30", early, E1, F1, upheld("2020-01-05", "A1"))
    assert spans(found) == [("2020-01-01", "2020-01-05", "event", "objection")]
    assert told(found) == [("E1", "upheld", "2020-01-05")]


def test_without_suspension_a_listing_stays_until_it_is_upheld() -> None:
    scheme = law(LISTED + "objection: {within: 60 days}\n")
    late = ("F2", "objection.filed", "2020-03-02", "E1")
    assert unposted(settle(scheme, "2020-06-30", E1, late)) == {"F2": "objection too late"}
    found = settle(scheme, "2020-06-30", E1, F1, upheld("2020-01-09"))
    assert spans(found) == [("2020-01-01", "2020-01-09", "event", "upheld")]
    assert found.memberships["closed_event"].to_list() == ["O1"]


def test_a_replaced_filing_keeps_what_it_is_about() -> None:
    # The correction moves the day from 5 to 3 January; it says nothing about the target.
    rows = ledger(E1, F1, ("R1", "correction.replace", "2020-01-03", "F1")).with_columns(
        pl.when(pl.col("event_id") == "R1").then(date(2020, 2, 1)).otherwise("occurred_on").alias("recorded_on")
    )
    scheme = law(POINTS.replace("start: 100", "start: 100, posts_on: occurred") + SUSPENDING)
    found = scs.settle(scheme, rows, as_of=date(2020, 12, 31))
    assert found.objections is not None
    assert found.objections["filed_on"].to_list() == [date(2020, 1, 3)]
    assert points(found) == [("event", -30), ("objection", 30)]


def test_standings_without_entries_know_objections() -> None:
    scheme, rows = law(POINTS + SUSPENDING), ledger(E1, F1)
    run = begin(scheme, rows, as_of=date(2020, 12, 31), is_itemised=False)
    assert [piece.height for piece in run.iterate_entries()] == [0]
    found = run.finish(pl.DataFrame(), with_unposted=False)
    assert found.standings["score"].to_list() == [100]
    assert told(found) == [("E1", "open", None)]


# The statement --------------------------------------------------------------------------------------------------


def test_the_statement_tells_the_story_in_order() -> None:
    scheme = law(
        POINTS + HALF + "objection: {suspends: true, within: 60 days, decide_within: 30 days, undecided: upheld}\n"
    )
    rows = [E1, F1, rejected("2020-01-09"), ("G1", "deed", "2020-01-10"), ("E2", "bad", "2020-01-11")]
    statement = settle(scheme, "2020-01-20", *rows, ("F2", "objection.filed", "2020-01-12", "E2")).statement("S")
    assert [line.title for line in statement.lines] == [
        "bad",
        "taken back while the objection against E1 is open: bad",
        "given again, the objection against E1 failed: bad",
        "repaired (A good deed): bad",
        "bad",
        "taken back while the objection against E2 is open: bad",
    ]
    assert statement.lines[3].repair == "half"
    assert [each.told for each in statement.objections] == [
        "objection F1 of 2020-01-05 against E1 was rejected on 2020-01-09 by O1",
        "objection F2 of 2020-01-12 against E2 is to be decided by 2020-02-11, and suspends what it is about",
    ]


def test_the_statement_says_what_can_still_be_done() -> None:
    # 15 points of E1 are left after half of it is repaired; they lapse on 1 January 2021.
    scheme = law(
        "score: {start: 100}\nrules: [{id: bad, on: bad, points: -30, valid: 12 months}]\n"
        + HALF
        + "objection: {suspends: true, within: 60 days}\n"
    )
    statement = settle(scheme, "2020-02-01", E1, ("G1", "deed", "2020-01-10"), ("E2", "bad", "2020-01-20")).statement(
        "S"
    )
    assert statement.outlook == (
        "On 2021-01-01 the entry of 2020-01-01 (bad, -15) lapses: score 70.",
        "On 2021-01-20 the entry of 2020-01-20 (bad, -30) lapses: score 100.",
        "An objection against E2 may be filed until 2020-03-20.",
        "An objection against E1 may be filed until 2020-03-01.",
        "A good deed would give back 50% of the points of E2.",
    )


@pytest.mark.parametrize(
    ("outcome", "said"),
    [("upheld", "was not decided in time and counts as upheld since 2020-02-04"), ("", "is not decided yet")],
)
def test_the_statement_tells_how_an_objection_ended(outcome: str, said: str) -> None:
    law_text = (
        f"objection: {{decide_within: 30 days, undecided: {outcome}}}\n" if outcome else "objection: {within: 1 year}\n"
    )
    statement = settle(law(POINTS + law_text), "2020-03-01", E1, F1).statement("S")
    assert [each.told for each in statement.objections] == [f"objection F1 of 2020-01-05 against E1 {said}"]


# Cases, indices, and starts that are carried over ---------------------------------------------------------------

CASES = """
cases:
  - name: an objection that failed
    events:
      - {id: E1, type: bad, on: 2020-01-01}
      - {id: F1, type: objection.filed, on: 2020-01-05, target: E1}
      - {id: F2, type: objection.filed, on: 2020-01-06, target: E1}
      - {id: O1, type: objection.rejected, on: 2020-01-20, target: E1}
      - {id: G1, type: deed, on: 2020-03-01}
    as_of: 2020-04-01
    expect:
      score: 85
      unposted: {F2: objection made before}
      objections: [{target: E1, filed_on: 2020-01-05, filed_event: F1, outcome: rejected, decided_event: O1}]
      entries:
        - {event: E1, effective: -30}
        - {event: F1, kind: objection, effective: 30, target: E1}
        - {event: O1, kind: rejected, effective: -30, target: E1}
        - {event: G1, kind: repair, effective: 15, target: E1, repair: half}
"""


def test_cases_expect_objections(tmp_path: Path) -> None:
    scheme, path = law(POINTS + HALF + SUSPENDING), tmp_path / "cases.yaml"
    path.write_text(CASES, encoding="utf-8")
    (case,) = read_cases(path, scheme)
    assert run_case(scheme, case) == []
    path.write_text(CASES.replace("outcome: rejected", "outcome: upheld"), encoding="utf-8")
    (wrong,) = run_case(scheme, read_cases(path, scheme)[0])
    assert "outcome of objections 1 is `rejected`, expected `upheld`" in wrong.message


def test_an_index_can_be_objected_to_as_far_as_its_lists() -> None:
    text = (
        "dimensions: [{id: d, weight: 1, indicators: [{id: bad, value: {count: bad, within: 12 months}, "
        "scale: [[0, 1], [2, 0]]}]}]\nscore: {kind: index, range: [0, 100], published: monthly}\n"
    )
    scheme = law(text + LISTED + "objection: {suspends: true}\n")
    found = settle(scheme, "2020-06-30", E1, F1, ("F2", "objection.filed", "2020-01-06", "E1"), upheld("2020-01-09"))
    assert spans(found) == [("2020-01-01", "2020-01-05", "event", "objection")]
    assert told(found) == [("E1", "upheld", "2020-01-09")]
    assert unposted(found) == {"F2": "objection made before"}
    state = scs.start(scheme)
    for row in (E1, F1, upheld("2020-01-09")):
        state = scs.advance(state, ledger(row), date.fromisoformat(row[2]))
    objections = state.collect_objections()
    assert objections is not None
    assert objections["outcome"].to_list() == ["upheld"]
    assert state.collect_unposted().is_empty()


def test_a_start_that_is_carried_over() -> None:
    # S starts with 250 instead of 100; T has no event and 80; U, who is only in the table of subjects, has the start.
    starts = pl.DataFrame({"subject_id": ["S", "T", "V"], "start": [250, 80, None]})
    scheme, rows = law(POINTS + SUSPENDING), ledger(E1)
    run = begin(scheme, rows, as_of=date(2020, 12, 31), subjects=pl.DataFrame({"subject_id": ["S", "U"]}))
    carried = Carried("earlier", date(2020, 1, 1), starts)
    run.carried = run.fresh.carried = carried
    entries = pl.concat(list(run.iterate_entries()))
    found = run.finish(entries)
    columns = ("subject_id", "start", "score", "carried_from")
    assert found.standings.select(columns).rows() == [
        ("S", 250, 220, "earlier"),
        ("T", 80, 80, "earlier"),
        ("U", 100, 100, None),
        ("V", 100, 100, None),
    ]
    assert found.statement("S").carried_from == "earlier"
    assert found.statement("U").carried_from is None
    # In steps likewise.
    state = scs.advance(start(scheme, carried=carried), rows, date(2020, 12, 31))
    assert state.build_standings().select(columns).rows() == [("S", 250, 220, "earlier")]


def test_a_carried_start_of_a_yearly_scheme_holds_in_its_year() -> None:
    # Carried over on 1 July 2020: an entry of 2020 builds on it, one of 2021 on the start of that year.
    scheme = law("score: {start: 100, restarts: yearly}\nrules: [{id: bad, on: bad, points: -30}]\n" + SUSPENDING)
    carried = Carried(
        "earlier", date(2020, 7, 1), pl.DataFrame({"subject_id": ["S", "T", "N"], "start": [250, 250, 250]})
    )
    rows = ledger(("E1", "bad", "2020-08-01"), ("E2", "bad", "2021-02-01", "", "T"))
    state = scs.advance(start(scheme, carried=carried), rows.filter(pl.col("event_id") == "E1"), date(2020, 12, 31))
    assert state.build_standings()["score"].to_list() == [220]
    state = scs.advance(state, rows.filter(pl.col("event_id") == "E2"), date(2021, 3, 1))
    assert state.build_standings().select("subject_id", "start", "score").rows() == [("S", 250, 100), ("T", 100, 70)]
