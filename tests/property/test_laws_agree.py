"""Laws of lists, measures and objections that need no reference: what must hold of the engine's tables as they are."""

from __future__ import annotations

import itertools
from datetime import date
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

import scslab as scs
from property.agreement import (
    Answer,
    answer_of,
    entries_of,
    settle_with_engine,
    standings_of,
    table_of,
    unposted_of,
)
from property.effort import look_at
from property.ledgers import NASTY_DAYS, Row, as_row_table, as_subject_table, ledgers, near_query_days, people
from property.strategies_lists import listing_schemes
from property.test_engine_agrees import Case
from property.test_histories import assert_reward_never_lowers, corrected
from property.test_index_agree import index_cases
from property.test_lists_agree import listing_cases
from property.test_objection_agree import objection_cases
from scslab.scheme.model import RETRACT, Scheme, ScoreKind, StateCondition

any_cases = st.one_of(listing_cases(), objection_cases())


@st.composite
def clean_listing_cases(draw: st.DrawFn) -> Case:
    """Every row can be used, every id stands once, and nothing is corrected."""
    scheme = draw(listing_schemes())
    rows = draw(ledgers(scheme, is_clean=True, is_near=True, max_rows=16))
    return scheme, rows, draw(people(scheme)), {"as_of": draw(near_query_days())}


# Statements -----------------------------------------------------------------------------------------------------


@look_at(15)
@given(any_cases)
def test_start_and_effective_points_make_the_score_whatever_happens(case: Case) -> None:
    """Lapses, restarts, objections, rejections and repairs included."""
    scheme, rows, persons, query = case
    answer = answer_of(settle_with_engine(scheme, rows, persons, **query))
    assume(scheme.score.kind == ScoreKind.POINTS)
    for subject, standing in answer["standings"].items():
        score = standing["start"]
        for seq, entry in enumerate((e for e in answer["entries"] if e["subject_id"] == subject), start=1):
            assert (entry["seq"], entry["score_before"]) == (seq, score)
            score += entry["effective"]
            assert entry["score_after"] == score
        assert standing["score"] == score


# Intervals ------------------------------------------------------------------------------------------------------


def assert_no_overlap(rows: list[Row], since: str, until: str, as_of: date) -> None:
    """Each begins where or after the one before ended; none ends before it begins, or in the future."""
    rows = sorted(rows, key=lambda row: (row[since], row[until] or date.max))
    for row in rows:
        assert row[since] <= (row[until] or as_of) <= as_of
    for before, after in itertools.pairwise(rows):
        assert before[until] is not None
        assert before[until] <= after[since]


@look_at(15)
@given(any_cases)
def test_intervals_of_one_list_or_measure_never_overlap(case: Case) -> None:
    scheme, rows, persons, query = case
    answer = answer_of(settle_with_engine(scheme, rows, persons, **query))
    for table, name, since, until in (
        ("memberships", "list", "opened_on", "closed_on"),
        ("measures", "measure", "starts_on", "ends_on"),
    ):
        for subject, each in {(row["subject_id"], row[name]) for row in answer[table]}:
            own = [row for row in answer[table] if (row["subject_id"], row[name]) == (subject, each)]
            assert_no_overlap(own, since, until, query["as_of"])


# Measures -------------------------------------------------------------------------------------------------------


def follows(condition: StateCondition, standing: Row, lists: set[str]) -> bool:
    """Whether a measure's condition holds of a published standing and the lists of the same day."""
    score, bounds = standing["published_score"], condition.score
    if bounds is not None:
        if score is None or (bounds.since is not None and score < bounds.since):
            return False
        if bounds.below is not None and score >= bounds.below:
            return False
    if condition.tiers and standing["published_tier"] not in condition.tiers:
        return False
    if condition.lists and not any(ref.list in lists for ref in condition.lists):
        return False
    return not any(ref.list in lists for ref in condition.not_lists)


@look_at(15)
@given(any_cases)
def test_measures_follow_from_the_standing_alone(case: Case) -> None:
    """On `as_of`: from published score and tier, open memberships and the date, and nothing else.

    Of a subject with events a score or tier counts from its first publication day on; where that is still to come, or
    where the subject has no events and may be on no list, only its own conditions are looked at.
    """
    scheme, rows, persons, query = case
    answer = answer_of(settle_with_engine(scheme, rows, persons, **query))
    as_of = query["as_of"]
    for subject, standing in answer["standings"].items():
        lists = {row["list"] for row in rows_of(answer, "memberships", subject) if row["closed_on"] is None}
        found = {row["measure"] for row in rows_of(answer, "measures", subject) if row["ends_on"] is None}
        first = first_day(answer, subject)
        for measure in scheme.measures:
            needs_publication = measure.when.score is not None or bool(measure.when.tiers)
            if first is None or (needs_publication and not is_published(standing, first)):
                continue
            is_in_time = (measure.since or as_of) <= as_of <= (measure.until or as_of)
            assert (measure.id in found) == (is_in_time and follows(measure.when, standing, lists)), measure.id


def rows_of(answer: Answer, table: str, subject: str) -> list[Row]:
    return [row for row in answer[table] if row["subject_id"] == subject]


def first_day(answer: Answer, subject: str) -> date | None:
    """The first day of an account, from what it left behind; None where it left nothing."""
    days = [row["posted_on"] for name in ("entries", "unposted") for row in rows_of(answer, name, subject)]
    days += [row["opened_on"] for row in rows_of(answer, "memberships", subject)]
    return min(days, default=None)


def is_published(standing: Row, first: date) -> bool:
    return standing["published_on"] is not None and standing["published_on"] >= first


# In steps -------------------------------------------------------------------------------------------------------

STEP_TABLES = ("memberships", "measures", "objections", "publications", "contributions")


def assert_in_steps(case: Case, data: st.DataObject) -> None:
    """Settles the rows in up to three steps, and compares every table with what settling at once gives."""
    scheme, rows, persons, _ = case
    subjects = None if persons is None else as_subject_table(persons, scheme)
    steps = sorted(data.draw(st.lists(near_query_days(), min_size=1, max_size=3)))
    step_of = data.draw(st.lists(st.integers(0, len(steps) - 1), min_size=len(rows), max_size=len(rows)))
    state: Any = scs.start(scheme)
    so_far: list[Row] = []
    for number, until in enumerate(steps):
        new = [row for row, step in zip(rows, step_of, strict=True) if step == number]
        so_far += new
        state = scs.advance(state, as_row_table(new, scheme), until, subjects=subjects)
        if so_far:
            assert_same_as_at_once(state, settle_with_engine(scheme, so_far, persons, as_of=until), scheme)


def assert_same_as_at_once(state: Any, at_once: Any, scheme: Scheme) -> None:
    """A state knows nothing of subjects without events."""
    expected = {s: row for s, row in standings_of(at_once.standings).items() if row["events"]}
    assert standings_of(state.build_standings()) == expected
    assert unposted_of(state.collect_unposted()) == unposted_of(at_once.unposted)
    if scheme.score.kind != ScoreKind.INDEX:
        assert entries_of(state.collect_entries()) == entries_of(at_once.entries)
    for name in STEP_TABLES:
        if hasattr(state, f"collect_{name}"):
            found = table_of(name, getattr(state, f"collect_{name}")())
            wanted = [row for row in table_of(name, getattr(at_once, name)) if row["subject_id"] in expected]
            assert found == wanted, name


@look_at(10)
@given(listing_cases(), st.data())
def test_lists_in_steps_are_lists_at_once(case: Case, data: st.DataObject) -> None:
    assert_in_steps(case, data)


@look_at(10)
@given(objection_cases(), st.data())
def test_objections_in_steps_are_objections_at_once(case: Case, data: st.DataObject) -> None:
    assert_in_steps(case, data)


@look_at(10)
@given(index_cases(), st.data())
def test_indices_in_steps_are_indices_at_once(case: Case, data: st.DataObject) -> None:
    """A score published at once has a publication on every day that was ever `until`: it is left out."""
    assume(case[0].score.published is not None)
    assert_in_steps(case, data)


# Corrections and rewards ----------------------------------------------------------------------------------------


@look_at(10)
@given(clean_listing_cases(), st.data())
def test_retracting_an_event_and_telling_it_again_changes_only_its_id_in_lists(case: Case, data: st.DataObject) -> None:
    """The new id sorts just where the old one did: all ids get a 0 appended, the new one a 1."""
    scheme, rows, persons, query = case
    rows = [row | {"event_id": row["event_id"] + "0"} for row in rows]
    target = data.draw(st.sampled_from(rows))
    again = target | {"event_id": target["event_id"][:-1] + "1"}
    told_again = answer_of(settle_with_engine(scheme, [*corrected(rows, RETRACT, target), again], persons, **query))
    expected = answer_of(settle_with_engine(scheme, rows, persons, **query))
    assert told_again["measures"] == expected["measures"]
    for row in told_again["memberships"]:
        for name in ("opened_event", "closed_event"):
            row[name] = target["event_id"] if row[name] == again["event_id"] else row[name]
    assert table_of("memberships", told_again["memberships"]) == expected["memberships"]
    assert told_again["standings"] == expected["standings"]


@look_at(10)
@given(clean_listing_cases(), st.sampled_from(NASTY_DAYS), st.integers(0, 8))
def test_a_reward_never_lowers_a_score_whatever_lists_grades_and_limits_there_are(
    case: Case, rewarded_on: date, points: int
) -> None:
    """Where nothing lapses, restarts, is objected to or repaired, and no start lies above the one ceiling there is.

    Then every entry moves the score by x -> min(high, max(low, x + a)), where a does not depend on the score: that
    keeps order, and the reward moves it up. (A cap on the reward's own rule would not change this; it has none.)
    """
    assume(case[0].score.kind == ScoreKind.POINTS)
    assert_reward_never_lowers(case, rewarded_on, points)
