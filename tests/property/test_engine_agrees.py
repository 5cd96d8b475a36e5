"""The engine and the reference interpreter give the same answer, on random schemes and ledgers."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

from hypothesis import event, given
from hypothesis import strategies as st

from property.agreement import Answer, People, answer_of, assert_equal, expected_answer, settle_with_engine
from property.effort import look_at
from property.ledgers import Row, known_days, ledgers, people, query_days
from property.strategies import schemes, schemes_of_conditions
from reference.interpreter import interpret
from scslab.scheme.model import Scheme

Case = tuple[Scheme, list[Row], People | None, dict[str, Any]]


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """A scheme, a ledger, perhaps a table of subjects, and a query."""
    scheme = draw(schemes())
    rows = draw(ledgers(scheme))
    return scheme, rows, draw(people(scheme)), {"as_of": draw(query_days()), "known_at": draw(known_days())}


def tell_features(answer: Answer) -> None:
    """Counts for `--hypothesis-show-statistics`: whether all features really meet in what is drawn."""
    entries, standings = answer["entries"], answer["standings"].values()
    features = {
        "lapse": any(entry["kind"] == "lapse" for entry in entries),
        "restart": any(entry["kind"] == "restart" for entry in entries),
        "cap": any(entry["capped_by"] == "rule" for entry in entries),
        "group cap": any((entry["capped_by"] or "rule") != "rule" for entry in entries),
        "bound": any(entry["effective"] != entry["granted"] for entry in entries),
        "bound lapse": any(e["kind"] == "lapse" and e["effective"] != e["granted"] for e in entries),
        "repeat": any((entry["occurrence"] or 1) > 1 for entry in entries),
        "held down": any(standing["tier"] != standing["tier_by_score"] for standing in standings),
        "published differs": any(s["published_score"] not in (None, s["score"]) for s in standings),
        "measure": bool(answer["measures"]),
        "undecided": bool(answer["undecided"]),
    }
    for name, is_there in features.items():
        if is_there:
            event(name)
    for name in {row["reason"] for row in answer["unposted"]} | {code for _, code in answer["set_aside"]}:
        event(name)


@look_at(200)
@given(cases())
def test_engine_and_reference_agree(case: Case) -> None:
    scheme, rows, persons, query = case
    reference = interpret(scheme, rows, subjects=persons, **query)
    expected = expected_answer(reference)
    tell_features(expected)
    settlement = settle_with_engine(scheme, rows, persons, **query)
    assert_equal(answer_of(settlement), expected)
    assert_counts_agree(settlement.counts, rows, expected)
    published = {standing["published_on"] for standing in expected["standings"].values()}
    assert settlement.as_of == query["as_of"]
    assert not published or published == {settlement.published_on}


@st.composite
def cases_of_conditions(draw: st.DrawFn) -> Case:
    scheme = draw(schemes_of_conditions())
    return scheme, draw(ledgers(scheme, is_clean=True)), draw(people(scheme)), {"as_of": date(2199, 12, 31)}


@look_at(60)
@given(cases_of_conditions())
def test_conditions_and_formulas_agree(case: Case) -> None:
    scheme, rows, persons, query = case
    expected = expected_answer(interpret(scheme, rows, subjects=persons, **query))
    assert_equal(answer_of(settle_with_engine(scheme, rows, persons, **query)), expected)


def assert_counts_agree(counts: Any, rows: list[Row], expected: Answer) -> None:
    """Where every row and event went, counted again from the reference's answer."""
    is_set_aside = {row for row, _ in expected["set_aside"]}
    assert (counts.rows_in, counts.rows_set_aside) == (len(rows), len(is_set_aside))
    assert counts.rows_used == counts.rows_in - counts.rows_set_aside
    assert counts.duplicates == sum(code == "L011" for _, code in expected["set_aside"])
    acts = [entry for entry in expected["entries"] if entry["kind"] == "event"]
    assert counts.events_settled == sum(standing["events"] for standing in expected["standings"].values())
    assert counts.events_posted == len({(entry["subject_id"], entry["event_id"]) for entry in acts})
    assert counts.events_unposted == Counter(row["reason"] for row in expected["unposted"])
    assert counts.capped_to_nothing == sum(bool(e["capped_by"]) and e["granted"] == 0 for e in acts)


@look_at(30)
@given(cases())
def test_start_and_effective_points_make_the_score(case: Case) -> None:
    scheme, rows, persons, query = case
    answer = answer_of(settle_with_engine(scheme, rows, persons, **query))
    for subject, standing in answer["standings"].items():
        score = standing["start"]
        for seq, entry in enumerate((e for e in answer["entries"] if e["subject_id"] == subject), start=1):
            assert entry["seq"] == seq
            assert entry["score_before"] == score
            score += entry["effective"]
            assert entry["score_after"] == score
        assert standing["score"] == score


@look_at(30)
@given(cases(), st.data())
def test_threads_and_the_order_of_rows_do_not_matter(case: Case, data: st.DataObject) -> None:
    scheme, rows, persons, query = case
    order = data.draw(st.permutations(range(len(rows))))
    answer = answer_of(settle_with_engine(scheme, rows, persons, threads=1, **query))
    moved = answer_of(settle_with_engine(scheme, [rows[i] for i in order], persons, threads=2, **query))
    # Of equal rows the first counts, so only the number of rows set aside under each code is the same.
    for each in (answer, moved):
        each["set_aside"] = Counter(code for _, code in each["set_aside"])
    assert_equal(moved, answer)
