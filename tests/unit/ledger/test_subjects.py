from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from scslab.ground.problems import ProblemsError
from scslab.ledger.mapping import SubjectsMapping
from scslab.ledger.mapping_reader import read_mapping
from scslab.ledger.subjects import load_subjects
from scslab.scheme.model import Attribute, AttributeType
from unit.ledger.schemes import build_scheme

SCHEME = build_scheme(
    subjects=(
        Attribute("beds", AttributeType.INTEGER, minimum=Decimal(0)),
        Attribute("kind", AttributeType.TEXT, values=("public", "private")),
        Attribute("in_chain", AttributeType.BOOLEAN),
    )
)
GOOD: dict[str, Any] = {"subject_id": "S1", "born_on": "1990-05-31", "beds": 5, "kind": "public", "in_chain": True}


def mapping_of(text: str) -> SubjectsMapping:
    head = "mapping: m\nsubject_id: s\noccurred_on: d\nevents: [{type: a}]\nsubjects: "
    found = read_mapping(head + text).subjects
    assert found is not None
    return found


def test_a_table_of_subjects() -> None:
    table = load_subjects(pl.DataFrame([GOOD]), SCHEME)
    assert table.frame.schema == {
        "subject_id": pl.String,
        "born_on": pl.Date,
        "beds": pl.Int64,
        "kind": pl.String,
        "in_chain": pl.Boolean,
    }
    assert table.frame.rows() == [("S1", date(1990, 5, 31), 5, "public", True)]
    assert (table.notes, table.set_aside.height) == ((), 0)


def test_columns_that_are_missing_are_null_and_told() -> None:
    table = load_subjects(pl.DataFrame({"subject_id": [1, 2], "bed": [5, 6]}), SCHEME)
    assert table.frame.sort("subject_id").rows() == [(1, None, None, None, None), (2, None, None, None, None)]
    unused, absent = table.notes
    assert (unused.code, unused.help) == ("L150", "`bed`: did you mean `beds`?")
    assert (absent.code, absent.message) == (
        "L151",
        "the table of subjects has no column for: `beds`, `kind`, `in_chain`",
    )


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"subject_id": None}, "L002"),
        ({"subject_id": " "}, "L002"),
        ({"born_on": "31.5.1990"}, "L006"),
        ({"born_on": "1790-05-31"}, "L007"),
        ({"beds": -1}, "L009"),
        ({"kind": "other"}, "L010"),
    ],
)
def test_bad_rows_are_left_out_and_told(change: dict[str, Any], code: str) -> None:
    table = load_subjects(pl.DataFrame([GOOD | {"subject_id": "S0"}, GOOD | change]), SCHEME)
    assert table.frame["subject_id"].to_list() == ["S0"]
    assert table.set_aside.select("row", "code").rows() == [(2, code)]
    (note,) = table.notes
    assert (note.code, note.message) == ("L159", "rows of the table of subjects that were left out: 1")
    assert note.help.startswith("row 2: ")


def test_the_same_row_again_is_no_contradiction() -> None:
    assert load_subjects(pl.DataFrame([GOOD, GOOD]), SCHEME).frame.height == 1


def test_two_different_rows_about_a_subject_are_a_problem() -> None:
    table = pl.DataFrame([GOOD, GOOD | {"subject_id": "S2"}, GOOD | {"beds": 6}])
    with pytest.raises(ProblemsError, match="L115 rows 1, 3 say different things about `S1`"):
        load_subjects(table, SCHEME)


def test_many_contradictions_are_not_all_listed() -> None:
    rows = [GOOD | {"subject_id": f"S{n}", "beds": beds} for n in range(8) for beds in (1, 2)]
    with pytest.raises(ProblemsError) as caught:
        load_subjects(pl.DataFrame(rows), SCHEME)
    assert len(caught.value.problems) == 6
    assert caught.value.problems[-1].message == "so do rows about 3 more subjects"


def test_a_table_without_ids_or_rows() -> None:
    with pytest.raises(ProblemsError, match=r"L114 the table has no column .*\n  help: did you mean `subject`"):
        load_subjects(pl.DataFrame({"subject": ["a"]}), SCHEME)
    with pytest.raises(ProblemsError, match="L108 the table of subjects has no rows"):
        load_subjects(pl.DataFrame([GOOD]).clear(), SCHEME)


def test_a_column_of_the_wrong_kind() -> None:
    with pytest.raises(ProblemsError, match="L109 the column `born_on` holds Int64, and must hold date values"):
        load_subjects(pl.DataFrame([GOOD | {"born_on": 1990}]), SCHEME)


def test_a_mapping_says_which_column_is_which(tmp_path: Path) -> None:
    path = tmp_path / "homes.csv"
    path.write_text("id,founded,seats,form,colour\n7,1990-05-31,5,public,red\n")
    mapping = mapping_of(
        "{file: homes.csv, subject_id: id, born_on: founded, attributes: {beds: seats, kind: form, level: colour}}"
    )
    table = load_subjects(path, SCHEME, mapping)
    assert table.frame.rows() == [("7", date(1990, 5, 31), 5, "public", None)]
    # `colour` is named by the mapping, for an attribute that this scheme does not have.
    assert [note.code for note in table.notes] == ["L151"]


def test_a_mapping_that_does_not_fit() -> None:
    mapping = mapping_of("{file: homes.csv, subject_id: id, attributes: {beds: seat}}")
    with pytest.raises(ProblemsError) as caught:
        load_subjects(pl.DataFrame({"ids": [1], "seats": [5]}), SCHEME, mapping)
    assert [(p.code, p.place.line, p.help) for p in caught.value.problems] == [
        ("M040", 5, "did you mean `ids`?"),
        ("M040", 5, "did you mean `seats`?"),
    ]


def test_a_broken_line_is_left_out_and_told(tmp_path: Path) -> None:
    path = tmp_path / "homes.csv"
    path.write_text("subject_id,born_on,beds,kind,in_chain\nS1,1990-05-31,5,public,yes\nS2,1990-05-31\n")
    table = load_subjects(path, SCHEME)
    assert table.frame["subject_id"].to_list() == ["S1"]
    assert table.set_aside.select("row", "code").rows() == [(2, "L017")]


def test_only_the_subjects_that_the_data_cover() -> None:
    """By hand: of three homes one is in no chain and of one it is not known; both are left out, and it is said."""
    table = pl.DataFrame({"id": ["a", "b", "c"], "chain": [True, False, None]})
    mapping = mapping_of("{file: x.parquet, subject_id: id, attributes: {in_chain: chain}, only: in_chain}")
    found = load_subjects(table, SCHEME, mapping)
    assert found.frame["subject_id"].to_list() == ["a"]
    told = [(note.code, note.message) for note in found.notes if note.code == "L160"]
    assert told == [("L160", "2 subjects were left out: the data do not cover them")]


def test_a_cover_that_is_no_condition_is_told_with_its_place() -> None:
    mapping = mapping_of("{file: x.parquet, subject_id: id, only: in_chian}")
    with pytest.raises(ProblemsError, match=r":5:\d+: .*in_chian"):
        load_subjects(pl.DataFrame({"id": ["a"]}), SCHEME, mapping)
