"""Objection and repair: the engine and the reference interpreter give the same answer."""

from __future__ import annotations

from hypothesis import event, given
from hypothesis import strategies as st

from property.agreement import Answer, answer_of, assert_equal, expected_answer, settle_with_engine, without_score
from property.effort import look_at
from property.ledgers import known_days, near_query_days, people
from property.strategies_objection import objection_ledgers, objection_schemes
from property.test_engine_agrees import Case
from reference.interpreter import interpret


@st.composite
def objection_cases(draw: st.DrawFn) -> Case:
    scheme = draw(objection_schemes())
    rows = draw(objection_ledgers(scheme))
    query = {"as_of": draw(near_query_days()), "known_at": draw(known_days())}
    return scheme, rows, draw(people(scheme)), query


def tell_features(answer: Answer) -> None:
    """Counts for `--hypothesis-show-statistics`."""
    for row in answer["entries"]:
        event(f"entry {row['kind']}")
    for row in answer["objections"]:
        event(f"objection {row['outcome']}")
    for row in answer["memberships"]:
        event(f"opened by {row['opened_by']}")
        event(f"closed by {row['closed_by']}")
    for row in answer["unposted"]:
        event(row["reason"])


@look_at(50)
@given(objection_cases())
def test_engine_and_reference_agree_on_objections(case: Case) -> None:
    scheme, rows, persons, query = case
    expected = without_score(scheme, expected_answer(interpret(scheme, rows, subjects=persons, **query)))
    tell_features(expected)
    found = without_score(scheme, answer_of(settle_with_engine(scheme, rows, persons, **query)))
    assert_equal(found, expected)
