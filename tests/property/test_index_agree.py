"""Index schemes: the engine and the reference interpreter give the same publications and contributions."""

from __future__ import annotations

from hypothesis import event, given
from hypothesis import strategies as st

from property.agreement import answer_of, assert_equal, expected_answer, settle_with_engine
from property.effort import look_at
from property.ledgers import known_days, ledgers, near_query_days, people
from property.strategies_index import index_schemes
from property.test_engine_agrees import Case
from reference.interpreter import interpret


@st.composite
def index_cases(draw: st.DrawFn, *, has_lists: bool = False) -> Case:
    scheme = draw(index_schemes(has_lists=has_lists))
    rows = draw(ledgers(scheme, is_near=True, max_rows=16))
    query = {"as_of": draw(near_query_days()), "known_at": draw(known_days())}
    return scheme, rows, draw(people(scheme)), query


@look_at(60)
@given(index_cases())
def test_engine_and_reference_agree_on_indices(case: Case) -> None:
    scheme, rows, persons, query = case
    expected = expected_answer(interpret(scheme, rows, subjects=persons, **query))
    for dimension in scheme.dimensions:
        for indicator in dimension.indicators:
            event(type(indicator.value).__name__)
    event("published" if expected["publications"] else "nothing published")
    assert_equal(answer_of(settle_with_engine(scheme, rows, persons, **query)), expected)


@look_at(25)
@given(index_cases(has_lists=True))
def test_engine_and_reference_agree_on_lists_of_an_index(case: Case) -> None:
    scheme, rows, persons, query = case
    expected = expected_answer(interpret(scheme, rows, subjects=persons, **query))
    for row in expected["memberships"]:
        event(f"opened by {row['opened_by']}")
    assert_equal(answer_of(settle_with_engine(scheme, rows, persons, **query)), expected)
