"""A ledger that is settled in passes gives what it gives at once: the same tables, row by row.

The expected values are those of `settle`, which the reference interpreter confirms (tests/property).
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
from scslab.engine.passes import settle_into
from scslab.engine.runs import TABLES
from scslab.engine.settle import settle
from scslab.engine.settlement import Settlement
from scslab.scheme.reader import EXAMPLE, read_scheme

SCHEME = read_scheme(EXAMPLE)


def settle_both(scheme: Any, events: Any, **options: Any) -> tuple[Settlement, dict[str, pl.DataFrame], Settlement]:
    """At once, and in passes: the tables, and what a summary is told."""
    given = {name: value for name, value in options.items() if name not in ("passes", "rows_at_once")}
    with tempfile.TemporaryDirectory() as folder:
        partial = Path(folder)
        told = settle_into(partial, scheme, events, **options)
        assert sorted(path.name for path in partial.iterdir()) == sorted(
            ["run.json", "scheme.yaml", "problems.csv", *(f"{name}.parquet" for name in TABLES)]
        )
        tables = {name: pl.read_parquet(partial / f"{name}.parquet") for name in TABLES}
        schema = dict.fromkeys(("event_id", "subject_id", "column", "code", "reason"), pl.String)
        tables["set_aside"] = pl.read_csv(partial / "problems.csv", schema={"row": pl.UInt32, **schema})
    return settle(scheme, events, **given), tables, told


def assert_same(whole: Settlement, tables: dict[str, pl.DataFrame], told: Settlement) -> None:
    for name in TABLES:
        assert_frame_equal(tables[name], getattr(whole, name))
    # CSV knows no difference between an empty text and none.
    empty = pl.col(pl.String).fill_null("")
    assert_frame_equal(tables["set_aside"].with_columns(empty), whole.set_aside.with_columns(empty))
    assert told.counts == whole.counts
    assert told.notes == whole.notes
    assert (told.as_of, told.known_at, told.published_on) == (whole.as_of, whole.known_at, whole.published_on)
    assert told.standings.height == whole.standings.height
    assert told.set_aside.height == whole.set_aside.height


@look_at(60)
@given(st.data(), st.sampled_from([1, 2, 3, 7]), st.sampled_from([1, 5, 100]))
def test_any_ledger_in_any_number_of_passes(data: st.DataObject, passes: int, rows_at_once: int) -> None:
    scheme = data.draw(schemes())
    events = as_row_table(data.draw(ledgers(scheme)), scheme)
    persons = data.draw(people(scheme))
    subjects = None if persons is None else as_subject_table(persons, scheme)
    as_of = data.draw(st.none() | query_days())
    known_at = data.draw(known_days())
    found = settle_both(
        scheme, events, as_of=as_of, known_at=known_at, subjects=subjects, passes=passes, rows_at_once=rows_at_once
    )
    assert_same(*found)
