"""An index that is advanced in steps, or settled in passes, gives what it gives at once, whatever past changes."""

from __future__ import annotations

import tempfile
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from property.agreement import settle_with_engine
from property.drawing import chance, pick
from property.effort import look_at
from property.ledgers import as_row_table, as_subject_table
from property.test_engine_agrees import Case
from property.test_index_agree import index_cases
from property.test_index_brute_force import DAYS, index_schemes, ledgers, other_scores, persons
from scslab.engine.index.folder import settle_index_into
from scslab.engine.index.settle import settle_index
from scslab.engine.index.state import advance_index, start_index
from scslab.scheme.model import Scheme


@st.composite
def corrected_ledgers(draw: st.DrawFn) -> pl.DataFrame:
    """Some events are retracted later on, or stand twice."""
    rows = draw(ledgers()).with_columns(pl.lit(None, pl.String).alias("target")).to_dicts()
    for row in list(rows):
        if chance(draw, 6):
            day = row["recorded_on"] + timedelta(draw(st.integers(1, 200)))
            undone = {"event_id": 100 + row["event_id"], "type": "correction.retract", "amount": None}
            rows.append(row | undone | {"occurred_on": day, "recorded_on": day, "target": str(row["event_id"])})
        elif chance(draw, 12):
            rows.append(dict(row))
    schema = {"event_id": pl.Int64, "subject_id": pl.Int64, "amount": pl.Float64, "target": pl.String}
    return pl.DataFrame(rows, schema_overrides=schema, infer_schema_length=None)


CASES = st.tuples(index_schemes(), corrected_ledgers(), persons(), other_scores())


@look_at(20)
@given(CASES, st.data())
def test_advancing_in_steps_is_settling_at_once(case: Any, data: st.DataObject) -> None:
    scheme, rows, people, other = case
    assert isinstance(scheme, Scheme)
    days = sorted(data.draw(st.lists(DAYS, min_size=1, max_size=3)))
    in_time = data.draw(st.booleans())
    drawn = [pick(data.draw, range(len(days))) for _ in range(rows.height)]
    step_of = [
        next((k for k, until in enumerate(days) if row["recorded_on"] <= until), len(days) - 1) if in_time else step
        for row, step in zip(rows.to_dicts(), drawn, strict=True)
    ]
    state = start_index(scheme)
    for number, until in enumerate(days):
        new = rows.filter(pl.Series([step == number for step in step_of]))
        so_far = rows.filter(pl.Series([step <= number for step in step_of]))
        state = advance_index(state, new, until, subjects=people, scores={"other": other})
        if so_far.is_empty():
            assert state.collect_publications().is_empty()
            continue
        compare_with_whole(state, scheme, so_far, people, other, until)


def compare_with_whole(
    state: Any, scheme: Scheme, rows: pl.DataFrame, people: pl.DataFrame, other: pl.DataFrame, until: date
) -> None:
    whole = settle_index(scheme, rows, subjects=people, scores={"other": other}, as_of=until)
    # Subjects without events stand in the table of subjects only, which a state does not keep.
    has_events = whole.standings.filter(pl.col("events") > 0)
    assert_frame_equal(state.build_standings(), has_events, check_exact=True)
    is_theirs = pl.col("subject_id").is_in(has_events["subject_id"].implode())
    for name, found in (
        ("publications", state.collect_publications()),
        ("contributions", state.collect_contributions()),
    ):
        assert_frame_equal(found, getattr(whole, name).filter(is_theirs), check_exact=True)
    assert_frame_equal(state.collect_unposted(), whole.unposted)


@look_at(12)
@given(CASES, st.sampled_from([1, 2, 3, 5]), st.sampled_from([3, 8, 100]))
def test_any_ledger_in_any_number_of_passes(case: Any, passes: int, rows_at_once: int) -> None:
    scheme, rows, people, other = case
    query: dict[str, Any] = {"subjects": people, "scores": {"other": other}}
    whole = settle_index(scheme, rows, **query)
    for options in ({}, {"passes": passes, "rows_at_once": rows_at_once}):
        with tempfile.TemporaryDirectory() as folder:
            told = settle_index_into(Path(folder), scheme, rows, **query, **options)
            for name in ("standings", "publications", "contributions", "unposted", "measures", "entries"):
                assert_frame_equal(pl.read_parquet(Path(folder) / f"{name}.parquet"), getattr(whole, name))
        assert told.counts == whole.counts
        assert told.notes == whole.notes
        assert (told.scheme, told.as_of, told.published_on) == (scheme, whole.as_of, whole.published_on)


FOLLOWING = ("publications", "memberships", "measures", "unposted")


@look_at(25)
@given(index_cases(has_lists=True), st.data())
def test_lists_and_measures_in_steps_are_those_at_once(case: Case, data: st.DataObject) -> None:
    scheme, rows, people, query = case
    table = as_row_table(rows, scheme)
    subjects = None if people is None else as_subject_table(people, scheme)
    days = sorted({query["as_of"] - timedelta(data.draw(st.integers(0, 400))), query["as_of"]})
    step_of = [pick(data.draw, range(len(days))) for _ in rows]
    state = start_index(scheme)
    for number, until in enumerate(days):
        new = table.filter(pl.Series([step == number for step in step_of], dtype=pl.Boolean))
        state = advance_index(state, new, until, subjects=subjects)
        # A state knows nobody of whom nothing was told; of these a table of subjects would say something.
        so_far = table.filter(pl.Series([step <= number for step in step_of], dtype=pl.Boolean))
        if so_far.is_empty():
            continue
        whole = settle_index(scheme, so_far, as_of=until, subjects=subjects)
        has_events = whole.standings.filter(pl.col("events") > 0)
        assert_frame_equal(state.build_standings(), has_events)
        for name in FOLLOWING:
            expected = getattr(whole, name)
            is_theirs = pl.col("subject_id").is_in(has_events["subject_id"].implode())
            assert_frame_equal(getattr(state, f"collect_{name}")(), expected.filter(is_theirs))


@look_at(15)
@given(index_cases(has_lists=True), st.sampled_from([1, 2, 5]))
def test_lists_and_measures_in_passes_are_those_at_once(case: Case, passes: int) -> None:
    scheme, rows, people, query = case
    whole = settle_with_engine(scheme, rows, people, **query)
    subjects = None if people is None else as_subject_table(people, scheme)
    with tempfile.TemporaryDirectory() as folder:
        told = settle_index_into(
            Path(folder), scheme, as_row_table(rows, scheme), subjects=subjects, passes=passes, rows_at_once=3, **query
        )
        for name in ("standings", *FOLLOWING):
            assert_frame_equal(pl.read_parquet(Path(folder) / f"{name}.parquet"), getattr(whole, name))
        assert told.counts == whole.counts
