"""A ledger that is settled in passes gives what it gives at once, on random schemes and dirty ledgers.

The expected values are those of `settle`, which the reference interpreter confirms (test_engine_agrees.py).
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import polars as pl
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from property.effort import look_at
from property.ledgers import as_row_table, as_subject_table, known_days, ledgers, people, query_days
from property.strategies import schemes
from scslab.engine.passes.folder import settle_into
from scslab.engine.runs import TABLES
from scslab.engine.settle import settle
from scslab.engine.settlement import Settlement


@look_at(40)
@given(st.data(), st.sampled_from([1, 2, 3, 7]), st.sampled_from([3, 8, 100]))
def test_any_ledger_in_any_number_of_passes(data: st.DataObject, passes: int, rows_at_once: int) -> None:
    scheme = data.draw(schemes())
    events = as_row_table(data.draw(ledgers(scheme)), scheme)
    persons = data.draw(people(scheme))
    query: dict[str, Any] = {
        "subjects": None if persons is None else as_subject_table(persons, scheme),
        "as_of": data.draw(st.none() | query_days()),
        "known_at": data.draw(known_days()),
    }
    whole = settle(scheme, events, **query)
    with tempfile.TemporaryDirectory() as folder:
        told = settle_into(Path(folder), scheme, events, passes=passes, rows_at_once=rows_at_once, **query)
        assert_same(Path(folder), told, whole)


def assert_same(folder: Path, told: Settlement, whole: Settlement) -> None:
    for name in TABLES:
        assert_frame_equal(pl.read_parquet(folder / f"{name}.parquet"), getattr(whole, name))
    schema = dict.fromkeys(("event_id", "subject_id", "column", "code", "reason"), pl.String)
    lines = pl.read_csv(folder / "problems.csv", schema={"row": pl.UInt32, **schema})
    # CSV knows no difference between an empty text and none.
    empty = pl.col(pl.String).fill_null("")
    assert_frame_equal(lines.with_columns(empty), whole.set_aside.with_columns(empty))
    assert told.counts == whole.counts
    assert told.notes == whole.notes
    assert (told.as_of, told.published_on) == (whole.as_of, whole.published_on)
    assert told.set_aside.height == whole.set_aside.height
