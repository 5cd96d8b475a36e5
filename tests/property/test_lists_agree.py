"""Lists, grades, requirements and measures: the engine and the reference interpreter give the same answer."""

from __future__ import annotations

from hypothesis import event, given
from hypothesis import strategies as st

from property.agreement import Answer, answer_of, assert_equal, expected_answer, settle_with_engine, without_score
from property.effort import look_at
from property.ledgers import known_days, ledgers, near_query_days, people
from property.strategies_lists import listing_schemes
from property.test_engine_agrees import Case
from reference.interpreter import interpret


@st.composite
def listing_cases(draw: st.DrawFn) -> Case:
    scheme = draw(listing_schemes())
    rows = draw(ledgers(scheme, is_near=True, max_rows=16))
    query = {"as_of": draw(near_query_days()), "known_at": draw(known_days())}
    return scheme, rows, draw(people(scheme)), query


def tell_features(answer: Answer) -> None:
    """Counts for `--hypothesis-show-statistics`."""
    for row in answer["memberships"]:
        event(f"opened by {row['opened_by']}")
        event(f"closed by {row['closed_by']}")
        if row["opened_on"] == row["closed_on"]:
            event("no length")
    for row in answer["measures"]:
        event("measure ended" if row["ends_on"] else "measure goes on")
    for row in answer["unposted"]:
        event(row["reason"])


@look_at(50)
@given(listing_cases())
def test_engine_and_reference_agree_on_lists(case: Case) -> None:
    scheme, rows, persons, query = case
    expected = without_score(scheme, expected_answer(interpret(scheme, rows, subjects=persons, **query)))
    tell_features(expected)
    found = without_score(scheme, answer_of(settle_with_engine(scheme, rows, persons, **query)))
    assert_equal(found, expected)


@look_at(8)
@given(listing_cases())
def test_the_reference_asked_every_day_says_the_same(case: Case) -> None:
    """The reference skips days on which nothing can happen: that it may do so is checked against itself."""
    scheme, rows, persons, query = case
    plain = interpret(scheme, rows, subjects=persons, **query)
    assert interpret(scheme, rows, subjects=persons, is_every_day=True, **query) == plain
