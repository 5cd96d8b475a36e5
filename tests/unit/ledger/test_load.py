from datetime import date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scslab.ground.digests import digest_of_file
from scslab.ground.problems import ProblemsError
from scslab.ledger.load import Ledger, load
from scslab.ledger.mapping_reader import read_mapping
from scslab.scheme.catalogue import find_scheme_file
from scslab.scheme.model import Attribute, AttributeType
from scslab.scheme.reader import read_scheme
from unit.ledger.schemes import build_scheme

SCHEME = build_scheme()
ROWS = pl.DataFrame(
    {
        "event_id": ["E1", "E2", "E2", "E3", "E3", "E4", "C1"],
        "subject_id": ["S", "S", "S", "T", "T", "T", "S"],
        "type": ["fine", "visit", "visit", "fine", "fine", "gift", "correction.retract"],
        "occurred_on": ["2024-01-01"] * 5 + ["2024-02-30", "2024-03-01"],
        "amount": [5.0, None, None, 5.0, 6.0, 2.0, None],
        "target": [None] * 6 + ["E1"],
    }
)


def codes(ledger: Ledger) -> list[tuple[int, str]]:
    return ledger.set_aside.select("row", "code").rows()


def test_every_row_is_accounted_for() -> None:
    ledger = load(ROWS, SCHEME)
    # E1 is retracted by C1 (both are used), E2 counts once, E3 contradicts itself, E4 has no date.
    assert ledger.frame["event_id"].to_list() == ["E2"]
    assert codes(ledger) == [(3, "L011"), (4, "L012"), (5, "L012"), (6, "L006")]
    assert (ledger.rows_in, ledger.rows_used, ledger.events_made) == (7, 3, 7)
    assert (ledger.duplicates, ledger.retracted, ledger.replaced) == (1, 1, 0)
    assert (ledger.digest, ledger.path, ledger.mapping_name, ledger.subjects) == ("", None, "", None)


def test_every_format_gives_the_same_ledger(tmp_path: Path) -> None:
    ROWS.write_parquet(tmp_path / "a.parquet")
    ROWS.write_csv(tmp_path / "a.csv")
    ROWS.write_ndjson(tmp_path / "a.jsonl")
    expected = load(ROWS, SCHEME)
    sources: list[Any] = [tmp_path / "a.parquet", str(tmp_path / "a.csv"), tmp_path / "a.jsonl"]
    for source in [*sources, ROWS.lazy(), ROWS.to_pandas()]:
        ledger = load(source, SCHEME)
        assert ledger.frame.equals(expected.frame)
        assert ledger.set_aside.equals(expected.set_aside)
    assert load(sources[0], SCHEME).digest == digest_of_file(sources[0])


def test_a_pandas_frame_with_moments_and_gaps() -> None:
    frame = pd.DataFrame(
        {
            "event_id": [1, 2, 3],
            "subject_id": [7.0, 7.0, float("nan")],
            "type": ["fine"] * 3,
            "occurred_on": [datetime(2024, 1, 1), datetime(2024, 1, 2, 8), datetime(2024, 1, 3)],
            "amount": [1.0, float("nan"), 3.0],
        }
    )
    ledger = load(frame, SCHEME)
    assert ledger.frame.select("event_id", "subject_id", "occurred_on", "amount").rows() == [
        (1, 7, date(2024, 1, 1), 1.0),
        (2, 7, date(2024, 1, 2), None),
    ]
    assert codes(ledger) == [(3, "L002")]
    assert "L153" in [note.code for note in ledger.notes]


def test_only_what_was_known_counts() -> None:
    before = load(ROWS, SCHEME, known_at=date(2024, 2, 29))
    # The retraction was not known yet.
    assert before.frame["event_id"].to_list() == ["E1", "E2"]
    assert codes(before) == [(3, "L011"), (4, "L012"), (5, "L012"), (6, "L006"), (7, "L021")]


def test_contradictions_count_only_among_what_was_known() -> None:
    rows = {"event_id": ["E"] * 2, "subject_id": ["S"] * 2, "type": ["visit"] * 2, "occurred_on": ["2024-01-01"] * 2}
    table = pl.DataFrame(rows | {"recorded_on": ["2024-01-01", "2024-05-01"]})
    assert codes(load(table, SCHEME)) == [(1, "L012"), (2, "L012")]
    before = load(table, SCHEME, known_at=date(2024, 4, 30))
    assert (codes(before), before.frame.height) == ([(2, "L021")], 1)


def test_a_late_row_is_not_looked_at_any_further() -> None:
    row = {"event_id": ["E"], "subject_id": ["S"], "type": ["zzz"], "occurred_on": ["2024-05-01"]}
    assert codes(load(pl.DataFrame(row), SCHEME, known_at=date(2024, 1, 1))) == [(1, "L021")]


def test_events_after_the_day_of_the_settlement() -> None:
    ledger = load(ROWS.head(2), SCHEME, as_of=date(2023, 12, 31))
    assert (codes(ledger), ledger.frame.height, ledger.rows_used) == ([(1, "L020"), (2, "L020")], 0, 0)


def test_negative_ids_are_texts() -> None:
    table = pl.DataFrame(
        {"event_id": [5, -5], "subject_id": [1, 1], "type": ["visit"] * 2, "occurred_on": ["2024-01-01"] * 2}
    )
    ledger = load(table, SCHEME)
    assert ledger.frame["event_id"].to_list() == ["5", "-5"]
    assert ledger.set_aside.height == 0


def test_a_table_without_rows_is_a_problem(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("event_id,subject_id,type,occurred_on\n")
    with pytest.raises(ProblemsError, match="L108 the table has no rows"):
        load(path, SCHEME)


def test_a_file_of_which_no_line_can_be_read(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"event_id": 1,\n{"event_id": 2,\n')
    with pytest.raises(ProblemsError) as caught:
        load(path, SCHEME)
    assert [problem.code for problem in caught.value.problems] == ["L017", "L017"]


def test_broken_lines_count_as_rows(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("event_id,subject_id,type,occurred_on\nE1,S,visit,2024-01-01\nE2,S\n\nE3,S,visit,2024-01-01\n")
    ledger = load(path, SCHEME)
    assert (ledger.rows_in, ledger.rows_used, codes(ledger)) == (3, 2, [(2, "L017")])


def test_subjects_and_events_have_ids_of_one_type() -> None:
    scheme = build_scheme(subjects=(Attribute("beds", AttributeType.INTEGER),))
    numbers = pl.DataFrame({"event_id": [1], "subject_id": [7], "type": ["visit"], "occurred_on": ["2024-01-01"]})
    people = pl.DataFrame({"subject_id": ["7", "x"], "beds": [5, 6]})
    ledger = load(numbers, scheme, subjects=people)
    assert ledger.subjects is not None
    assert ledger.frame["subject_id"].to_list() == ["7"]
    joined = ledger.frame.join(ledger.subjects, on="subject_id")
    assert joined["beds"].to_list() == [5]


def test_a_row_that_gives_several_events_is_used_if_one_of_them_is() -> None:
    mapping = read_mapping(
        """
mapping: m
row_id: id
subject_id: who
occurred_on: day
events:
  - {type: fine, when: eur is not null, attributes: {amount: eur}}
  - {type: gift, when: given is not null, attributes: {items: given}}
  - {type: unknown, when: odd}
"""
    )
    raw = pl.DataFrame(
        {
            "id": ["a", "b", "c", "d", "d"],
            "who": ["S"] * 5,
            "day": [date(2024, 1, 1)] * 5,
            "eur": [5.0, -5.0, None, -5.0, -5.0],
            "given": [None, 1, None, None, None],
            "odd": [True, False, False, False, False],
        }
    )
    ledger = load(raw, SCHEME, mapping=mapping)
    assert sorted(ledger.frame["event_id"]) == ["a/fine", "b/gift"]
    assert ledger.set_aside.select("row", "event_id", "code").rows() == [
        (1, "a/unknown", "L004"),
        (2, "b/fine", "L009"),
        (3, "c", "L040"),
        (4, "d/fine", "L009"),
        (5, "d/fine", "L009"),
    ]
    assert (ledger.rows_in, ledger.rows_used, ledger.events_made) == (5, 2, 6)
    assert ledger.mapping_name == "m"
    assert [note.code for note in ledger.notes if note.code == "L158"] == ["L158"]


def test_the_chicago_inspections() -> None:
    # Results: as the README of the data counts them. Codes by class: counted in a loop over the column with pandas
    # and `split("|")`. (The data's own columns of counts say otherwise in 1,360 rows, in sum 5,471 critical ones.)
    ledger = load("chicago-food-inspections", read_scheme(find_scheme_file("food-safety")))
    counts = dict(ledger.frame["type"].cast(pl.String).value_counts().rows())
    assert {name: count for name, count in counts.items() if name.startswith("inspection")} == {
        "inspection.passed": 18494,
        "inspection.conditional": 3651,
        "inspection.failed": 5455,
    }
    assert {name: count for name, count in counts.items() if name.startswith("violation")} == {
        "violation.critical": 5467,
        "violation.serious": 9635,
        "violation.minor": 97959,
        "violation.other": 107,
    }
    assert (ledger.rows_in, ledger.rows_used, ledger.set_aside.height) == (27600, 27600, 0)


def test_the_nursing_homes() -> None:
    # Rows, kinds of rows, odd corrections and facilities: as the README of the data counts them.
    ledger = load("nursing-homes", read_scheme(find_scheme_file("care-homes")))
    assert dict(ledger.frame["type"].cast(pl.String).value_counts().rows()) == {
        "deficiency": 153528,
        "penalty.fine": 6391,
        "penalty.payment_denial": 985,
    }
    odd = [note.message for note in ledger.notes if note.code == "L157"]
    assert [message.split("rows: ")[1].split(";")[0] for message in odd] == ["2,093", "136", "1,341"]
    assert ledger.subjects is not None
    assert (ledger.subjects.height, ledger.subjects["stars"].null_count()) == (6566, 67)
    assert (ledger.rows_in, ledger.rows_used) == (169994, 160904)


dirty = st.fixed_dictionaries(
    {
        "event_id": st.sampled_from(["E1", "E2", "E3", "C1", "", None]),
        "subject_id": st.sampled_from(["S", "S", "S", "T", " ", None]),
        "type": st.sampled_from(["fine", "gift", "visit", "correction.retract", "correction.replace", "fien", None]),
        "occurred_on": st.sampled_from(["2024-01-01", "2024-01-02", "2024-02-30", "1800-01-01", "", None]),
        "recorded_on": st.sampled_from(["2024-01-01", "2024-01-05", "2024-03-01", "x", None]),
        "amount": st.sampled_from(["5", "-5", "1,5", "inf", "nan", None]),
        "kind": st.sampled_from(["parking", "other", None]),
        "target": st.sampled_from(["E1", "E2", "C1", "nowhere", None]),
        "new_type": st.sampled_from(["gift", "fien", None]),
    }
)
MAPPING = read_mapping(
    """
mapping: m
row_id: event_id
subject_id: subject_id
occurred_on: occurred_on
types: {amount: number}
values: {kind: {parking: speeding, others: problem}}
events:
  - {type: fine, when: type = 'fine', attributes: {amount: amount, kind: kind}}
  - {type: gift, when: amount > 0, refuse: [{sql: type = 'visit', reason: no gift}]}
  - type: gift
    each: target
    separator: E
    item: {name: item, type: integer}
    attributes: {items: item}
"""
)


@given(
    st.lists(dirty, min_size=1, max_size=12),
    st.sampled_from([None, MAPPING]),
    st.sampled_from([None, date(2024, 1, 4)]),
    st.sampled_from([None, date(2024, 1, 3)]),
)
@settings(max_examples=150, deadline=None)
def test_no_row_is_ever_lost(rows: list[dict[str, Any]], mapping: Any, known_at: Any, as_of: Any) -> None:
    table = pl.DataFrame(rows, schema=dict.fromkeys(rows[0], pl.String))
    ledger = load(table, SCHEME, mapping=mapping, known_at=known_at, as_of=as_of)
    told = set(ledger.set_aside["row"])
    with_events = set(ledger.frame["row"])
    assert ledger.rows_in == len(rows)
    assert ledger.rows_in == ledger.rows_used + len(told - with_events)
    assert told <= set(range(1, len(rows) + 1))
    # What neither gave an event nor is told acted in a correction, or was taken back by one.
    silent = set(range(1, len(rows) + 1)) - told - with_events
    in_corrections = {number for number, row in enumerate(rows, 1) if str(row["type"]).startswith("correction")}
    assert len(silent - in_corrections) <= ledger.retracted
    if mapping is not None:
        assert silent == set()
    assert ledger.frame["event_id"].is_unique().all()
    assert ledger.frame["recorded_on"].null_count() == 0
