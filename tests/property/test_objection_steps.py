"""Objection and repair in steps, in passes and without entries: always the answer of settling at once.

The expected values are those of `settle`, which the reference interpreter confirms (test_objection_agree.py).
"""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

import scslab as scs
from property.agreement import (
    Answer,
    answer_of,
    assert_equal,
    entries_of,
    settle_with_engine,
    standings_of,
    table_of,
    unposted_of,
    without_score,
)
from property.effort import look_at
from property.ledgers import Row, as_row_table, as_subject_table, near_query_days
from property.test_engine_agrees import Case
from property.test_objection_agree import objection_cases
from scslab.engine.passes.folder import settle_into
from scslab.engine.runs import TABLES
from scslab.engine.settle import begin
from scslab.engine.state import State
from scslab.scheme.model import Scheme


def deal_rows(rows: list[Row], steps: list[date], data: st.DataObject) -> list[list[Row]]:
    """Rows by step: as they become known, or anyhow, so that late ones reach into the past."""
    if data.draw(st.booleans()):
        last = len(steps) - 1
        days = [row["recorded_on"] or row["occurred_on"] for row in rows]
        step_of = [next((k for k, until in enumerate(steps) if day <= until), last) for day in days]
    else:
        step_of = data.draw(st.lists(st.integers(0, len(steps) - 1), min_size=len(rows), max_size=len(rows)))
    return [[row for row, step in zip(rows, step_of, strict=True) if step == k] for k in range(len(steps))]


def told_by(state: State, scheme: Scheme) -> Answer:
    found = {
        "entries": entries_of(state.collect_entries()),
        "unposted": unposted_of(state.collect_unposted()),
        "standings": standings_of(state.build_standings()),
        "memberships": table_of("memberships", state.collect_memberships()),
        "objections": table_of("objections", state.collect_objections()),
    }
    return without_score(scheme, found)


@look_at(60)
@given(objection_cases(), st.data())
def test_any_split_in_time(case: Case, data: st.DataObject) -> None:
    scheme, rows, persons, _ = case
    subjects = None if persons is None else as_subject_table(persons, scheme)
    steps = sorted(data.draw(st.lists(near_query_days(), min_size=1, max_size=4)))
    state = scs.start(scheme)
    so_far: list[Row] = []
    for until, new in zip(steps, deal_rows(rows, steps, data), strict=True):
        so_far += new
        state = scs.advance(state, as_row_table(new, scheme), until, subjects=subjects)
        if not so_far:  # which is refused at once, but is a fine beginning
            continue
        found = told_by(state, scheme)
        at_once = without_score(scheme, answer_of(settle_with_engine(scheme, so_far, persons, as_of=until)))
        expected = {name: at_once[name] for name in found}
        # A state knows the subjects of events only.
        expected["standings"] = {s: row for s, row in expected["standings"].items() if row["events"]}
        assert_equal(found, expected)


@look_at(25)
@given(objection_cases(), st.sampled_from([1, 2, 3, 7]), st.booleans())
def test_any_number_of_passes(case: Case, passes: int, is_itemised: bool) -> None:
    scheme, rows, persons, query = case
    events: Any = as_row_table(rows, scheme)
    query = query | {"subjects": None if persons is None else as_subject_table(persons, scheme)}
    whole = scs.settle(scheme, events, **query)
    names = TABLES if is_itemised else tuple(name for name in TABLES if name not in ("entries", "unposted", "measures"))
    if scheme.objection is not None:
        names = (*names, "objections")
    with tempfile.TemporaryDirectory() as folder:
        into = Path(folder)
        told = settle_into(into, scheme, events, passes=passes, rows_at_once=3, is_itemised=is_itemised, **query)
        for name in names:
            assert_frame_equal(pl.read_parquet(into / f"{name}.parquet"), getattr(whole, name))
        assert told.counts == whole.counts


@look_at(25)
@given(objection_cases())
def test_standings_do_not_depend_on_entries(case: Case) -> None:
    scheme, rows, persons, query = case
    events: Any = as_row_table(rows, scheme)
    query = query | {"subjects": None if persons is None else as_subject_table(persons, scheme)}
    whole = scs.settle(scheme, events, **query)
    run = begin(scheme, events, is_itemised=False, **query)
    for _ in run.iterate_entries():
        pass
    found = run.finish(pl.DataFrame(), with_unposted=False)
    assert_frame_equal(found.standings, whole.standings)
    assert_frame_equal(found.memberships, whole.memberships)
    assert found.counts == whole.counts
    assert (found.objections is None) == (whole.objections is None)
    if found.objections is not None and whole.objections is not None:
        assert_frame_equal(found.objections, whole.objections)
