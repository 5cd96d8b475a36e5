"""What follows is the same however the work is split, and measures follow from memberships and what was published."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import scslab as scs
from property.agreement import settle_with_engine
from property.effort import look_at
from property.ledgers import as_row_table
from property.test_lists_agree import Case, listing_cases
from scslab.engine.advance import advance
from scslab.engine.consequences.walking import STEPS_PER_TASK
from scslab.engine.settlement import Settlement
from scslab.engine.state import start
from scslab.scheme.model import Measure, ScoreKind

TABLES = ("standings", "memberships", "measures", "unposted")


def assert_same(found: Any, expected: Settlement) -> None:
    for name in TABLES:
        left, right = getattr(found, name), getattr(expected, name)
        assert left.schema == right.schema, name
        assert left.equals(right), name


@look_at(40)
@given(listing_cases(), st.sampled_from((1, 3, 40)))
def test_any_split_of_subjects_and_threads_gives_the_same(case: Case, steps: int) -> None:
    scheme, rows, persons, query = case
    whole = settle_with_engine(scheme, rows, persons, **query, threads=1)
    with pytest.MonkeyPatch.context() as small:
        small.setattr("scslab.engine.consequences.walking.STEPS_PER_TASK", steps)
        assert_same(settle_with_engine(scheme, rows, persons, **query, threads=2), whole)
    assert steps < STEPS_PER_TASK


@look_at(40)
@given(listing_cases())
def test_memberships_and_measures_never_overlap(case: Case) -> None:
    scheme, rows, persons, query = case
    settled = settle_with_engine(scheme, rows, persons, **query)
    for table, what, since, until in (
        (settled.memberships, "list", "opened_on", "closed_on"),
        (settled.measures, "measure", "starts_on", "ends_on"),
    ):
        last: dict[Any, Any] = {}
        for row in table.to_dicts():
            key = row["subject_id"], row[what]
            assert last.get(key, row[since]) is not None, "one that goes on is the last"
            assert last.get(key, row[since]) <= row[since]
            assert row[until] is None or row[since] <= row[until] <= settled.as_of
            last[key] = row[until]


def applies(measure: Measure, standing: dict[str, Any], lists: set[str], day: date) -> bool:
    """Whether a measure applies, read off a standing and the lists of a day: the words of the scheme, once more."""
    when, score, tier = measure.when, standing["published_score"], standing["published_tier"]
    if not (measure.since or day) <= day <= (measure.until or day):
        return False
    if when.tiers and tier not in when.tiers:
        return False
    if when.score is not None:
        low, high = when.score.since, when.score.below
        if score is None or (low is not None and score < low) or (high is not None and score >= high):
            return False
    if when.lists and not any(ref.list in lists for ref in when.lists):
        return False
    return not any(ref.list in lists for ref in when.not_lists)


@look_at(40)
@given(listing_cases(), st.integers(0, 400))
def test_measures_follow_from_the_standing_of_their_day(case: Case, back: int) -> None:
    """The measures of a day, from the whole history, are those that its own standing and memberships call for."""
    scheme, rows, persons, query = case
    whole = settle_with_engine(scheme, rows, persons, **query)
    day = whole.as_of - timedelta(back)
    assume(scheme.score.kind is ScoreKind.POINTS and whole.standings.height > 0)
    then = settle_with_engine(scheme, rows, persons, as_of=day, known_at=query["known_at"])
    for standing in then.standings.filter(pl.col("events") > 0).to_dicts():
        subject = standing["subject_id"]
        is_mine = pl.col("subject_id") == subject
        memberships = whole.memberships.filter(
            is_mine & (pl.col("opened_on") <= day) & (pl.col("closed_on").is_null() | (pl.col("closed_on") > day))
        )
        lists = set(memberships["list"].cast(pl.String))
        if scheme.lists:
            assert set(standing["lists"]) == lists
        found = whole.measures.filter(
            is_mine & (pl.col("starts_on") <= day) & (pl.col("ends_on").is_null() | (pl.col("ends_on") > day))
        )
        expected = {m.id for m in scheme.measures if applies(m, standing, lists, day)}
        if scheme.objection is None:
            assert set(found["measure"].cast(pl.String)) == expected


@look_at(30)
@given(listing_cases(), st.lists(st.integers(0, 900), min_size=1, max_size=3))
def test_a_history_in_steps_gives_the_same_tables(case: Case, back: list[int]) -> None:
    scheme, rows, _, query = case
    table = as_row_table(rows, scheme)
    whole = scs.settle(scheme, table, as_of=query["as_of"] or date(2022, 12, 31))
    assume(whole.standings.height > 0)
    recorded = pl.col("recorded_on").fill_null(pl.col("occurred_on"))
    state, last = start(scheme, threads=1), None
    for until in sorted({whole.as_of - timedelta(days) for days in back} | {whole.as_of}):
        is_new = recorded <= until
        if last is not None:
            is_new = is_new & (recorded > last)
        if until == whole.as_of:
            is_new = pl.lit(True) if last is None else (recorded > last) | recorded.is_null()
        state, last = advance(state, table.filter(is_new), until), until
    assert state.collect_memberships().equals(whole.memberships)
    assert state.collect_measures().equals(whole.measures)
    assert state.build_standings().equals(whole.standings)
    assert state.collect_unposted().equals(whole.unposted)
