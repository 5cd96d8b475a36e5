from datetime import datetime

import polars as pl

from scslab.ground.problems import Severity
from scslab.ledger.conform import Conformed, conform
from scslab.ledger.notes import tell_tallies
from unit.ledger.schemes import build_scheme

SCHEME = build_scheme()
ROWS = {"event_id": [1, 2], "subject_id": [1, 1], "type": ["fine", "visit"], "occurred_on": ["2024-01-01"] * 2}


def read(**columns: object) -> Conformed:
    return conform(pl.LazyFrame(ROWS | columns), SCHEME, "t.csv")


def test_columns_that_nobody_declares_are_told_with_near_names() -> None:
    (unused, absent) = read(amuont=[1, 2], zip=["x", "y"]).notes
    assert (unused.code, unused.severity) == ("L150", Severity.WARNING)
    assert unused.message == "not declared by the scheme, not used: `amuont`, `zip`"
    assert unused.help == "`amuont`: did you mean `amount`?"
    assert absent.code == "L151"
    assert absent.message.startswith("the table has no column for: `amount` (of `fine`, `gift`), `kind` (of `fine`)")
    assert absent.help == "conditions that read them cannot be decided"


def test_a_table_that_has_all_and_no_more_is_not_commented() -> None:
    columns = {name: [None, None] for name in ("amount", "kind", "paid", "due_on", "items", "note", "source")}
    assert read(**columns).notes == ()


def test_values_for_types_that_do_not_declare_them_are_counted() -> None:
    conformed = read(amount=[5.0, 5.0], kind=["parking", ""], note=["x", None])
    notes = tell_tallies(conformed.staged, conformed.tallies, "t.csv")
    # A visit has no amount, a fine no note; an empty text says nothing.
    assert [note.message for note in notes] == [
        "`amount` is filled for event types that do not declare it, not checked there (rows: 1)",
        "`note` is filled for event types that do not declare it, not checked there (rows: 1)",
    ]
    assert {note.code for note in notes} == {"L152"}


def test_times_of_day_are_counted() -> None:
    conformed = read(occurred_on=["2024-01-01T08:00", "2024-01-01"], recorded_on=[datetime(2024, 1, 1), None])
    (note,) = tell_tallies(conformed.staged, conformed.tallies, "t.csv")
    assert (note.code, note.message) == ("L153", "times of day in `occurred_on` were dropped (rows: 1)")


def test_nothing_is_counted_where_nothing_can_be_odd() -> None:
    assert tell_tallies(pl.LazyFrame(), (), "t.csv") == ()
