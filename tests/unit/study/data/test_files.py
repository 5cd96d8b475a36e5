"""Data files in and out: codes, labels and declared missing values survive; bad files are told plainly."""

from __future__ import annotations

import datetime
from dataclasses import replace
from pathlib import Path

import polars as pl
import pyreadstat
import pytest

from scslab.ground.problems import ProblemsError
from scslab.study.data import read_apart
from scslab.study.data.answers import Answers
from scslab.study.data.declared import read_variables
from scslab.study.data.read import read_answers
from scslab.study.data.variables import MissingRange, Variable
from scslab.study.data.write import write_answers

HIGHEST = float("inf")


def make_answers() -> Answers:
    frame = pl.DataFrame(
        {
            "approval": [1.0, 5.0, 98.0, 99.0, None],
            "town": ["荣成", "Suzhou", "x", None, "e"],
            "day": [datetime.date(2018, 2, 1)] * 5,
            "kids": [1, 2, 3, 4, None],
        }
    )
    labels = {1.0: "low", 5.0: "high", 98.0: "don't know", 99.0: "refused"}
    variables = {name: Variable(name) for name in frame.columns} | {
        "approval": Variable("approval", "Approval of SCS", labels, (MissingRange(98.0, 99.0),), "ordinal"),
        "kids": Variable("kids", "Children", {1.0: "one"}),
    }
    return Answers(frame, variables, title="Survey", notes=("first wave",))


@pytest.mark.parametrize("suffix", [".sav", ".zsav", ".parquet"])
def test_codes_labels_and_missing_codes_survive(suffix: str, tmp_path: Path) -> None:
    given = make_answers()
    assert write_answers(given, tmp_path / f"a{suffix}") == ()
    found = read_answers(tmp_path / f"a{suffix}")
    assert found.frame["approval"].to_list() == [1.0, 5.0, 98.0, 99.0, None]
    assert found.frame["town"].to_list() == given.frame["town"].to_list()
    assert found.frame["day"].to_list() == given.frame["day"].to_list()
    approval = found.variables["approval"]
    assert approval.value_labels == given.variables["approval"].value_labels
    assert approval.missing == (MissingRange(98.0, 99.0),)
    assert (approval.label, approval.measure, found.title, found.notes) == (
        "Approval of SCS",
        "ordinal",
        "Survey",
        ("first wave",),
    )
    assert found.variables["kids"].value_labels == {1.0: "one"}
    assert found.without_missing()["approval"].to_list() == [1.0, 5.0, None, None, None]
    assert found.label_values()["approval"].to_list() == ["low", "high", None, None, None]


def test_stata_keeps_missing_codes_as_letters_and_spss_gets_them_back_as_codes(tmp_path: Path) -> None:
    told = write_answers(make_answers(), tmp_path / "a.dta")
    assert [each.code for each in told] == ["Q110"]
    assert "98 → .a, 99 → .b" in told[0].message
    stata = read_answers(tmp_path / "a.dta")
    assert stata.frame["approval"].to_list() == [1.0, 5.0, None, None, None]
    assert stata.tags["approval"].to_list() == [None, None, "a", "b", None]
    assert stata.variables["approval"].value_labels == {1.0: "low", 5.0: "high", ".a": "don't know", ".b": "refused"}
    write_answers(stata, tmp_path / "b.parquet")
    assert read_answers(tmp_path / "b.parquet").tags["approval"].to_list() == [None, None, "a", "b", None]
    told = write_answers(stata, tmp_path / "c.sav")
    assert ".a → -1001" in told[0].message
    spss = read_answers(tmp_path / "c.sav")
    assert spss.frame["approval"].to_list() == [1.0, 5.0, -1001.0, -1002.0, None]
    assert spss.variables["approval"].value_labels[-1001.0] == "don't know"
    assert spss.without_missing()["approval"].to_list() == [1.0, 5.0, None, None, None]


def test_a_file_written_by_somebody_else(tmp_path: Path) -> None:
    """pyreadstat writes the file; SPSS's open ranges and text missing codes come through."""
    frame = pl.DataFrame({"age": [20.0, 999.0, -5.0], "sex": ["f", "m", "?"]})
    pyreadstat.write_sav(
        frame, str(tmp_path / "x.sav"), missing_ranges={"age": [{"lo": 900, "hi": 1e999}, -5], "sex": ["?"]}
    )
    found = read_answers(tmp_path / "x.sav")
    assert found.variables["age"].missing[0].high == HIGHEST
    assert found.without_missing()["age"].to_list() == [20.0, None, None]
    assert found.without_missing()["sex"].to_list() == ["f", "m", None]


def test_csv_with_declared_variables(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id;approval;town\n1;5;荣成\n2;99;\n", encoding="utf-8")
    declared = read_variables("variables: {approval: {label: Approval, values: {5: high}, missing: [98..99]}}")
    found = read_answers(tmp_path / "a.csv", variables=declared)
    assert found.frame["approval"].to_list() == [5, 99]
    assert found.label_values()["approval"].to_list() == ["high", None]
    assert found.frame["town"].to_list() == ["荣成", None]
    with pytest.raises(ProblemsError, match="Q108 the data have no column `approvel`\n  help: did you mean `approval`"):
        read_answers(tmp_path / "a.csv", variables=read_variables("variables: {approvel: {label: x}}"))


def test_csv_in_chinese_encoding_is_told_and_read(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes("id,town\n1,荣成\n".encode("gb18030"))
    with pytest.raises(ProblemsError, match=r"a\.csv:2: Q105 the file is not UTF-8\n  help: .*GB18030"):
        read_answers(tmp_path / "a.csv")
    assert read_answers(tmp_path / "a.csv", encoding="GB18030").frame["town"].to_list() == ["荣成"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("a,a\n1,2\n", "a.csv:1: Q106 the column name `a` stands twice"),
        ("a,\n1,2\n", "a.csv:1: Q106 a column has no name"),
        ("a,b\n1,2\n1,2,3\n", "a.csv:3: Q107 the line has 3 values for 2 columns"),
        ("a,b\n1,2\n1\n", "a.csv:3: Q107 the line has 1 values for 2 columns"),
        ("", "a.csv: Q104 the file is empty"),
    ],
)
def test_bad_csv(content: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(content)
    with pytest.raises(ProblemsError) as raised:
        read_answers(tmp_path / "a.csv")
    assert said in str(raised.value)


@pytest.mark.parametrize("suffix", [".sav", ".dta", ".parquet"])
def test_a_file_cut_off_anywhere_is_told(suffix: str, tmp_path: Path) -> None:
    write_answers(make_answers(), tmp_path / f"a{suffix}")
    content = (tmp_path / f"a{suffix}").read_bytes()
    for size in range(16, len(content) - 8, max(1, len(content) // 8)):
        (tmp_path / f"b{suffix}").write_bytes(content[:size])
        with pytest.raises(ProblemsError, match=r"Q10[45]"):
            read_answers(tmp_path / f"b{suffix}")


@pytest.mark.parametrize(
    ("program", "said"),
    [("import os; os.abort()", "its structure is broken"), ("import time; time.sleep(99)", "did not come to an end")],
)
def test_a_file_that_crashes_or_hangs_its_reader_is_told(
    program: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Damaged .sav files did the first, damaged .zsav files the second, with the library that reads them."""
    write_answers(make_answers(), tmp_path / "a.sav")
    monkeypatch.setattr(read_apart, "_PROGRAM", program)
    monkeypatch.setattr(read_apart, "SECONDS", 1.0)
    with pytest.raises(ProblemsError, match=f"Q104 the SPSS file is cut off or damaged: .*{said}"):
        read_answers(tmp_path / "a.sav")


@pytest.mark.parametrize(("suffix", "other"), [(".sav", ".dta"), (".dta", ".parquet"), (".parquet", ".sav")])
def test_a_wrong_suffix_is_told(suffix: str, other: str, tmp_path: Path) -> None:
    write_answers(make_answers(), tmp_path / f"a{suffix}")
    (tmp_path / f"a{suffix}").rename(tmp_path / f"b{other}")
    with pytest.raises(ProblemsError, match=r"Q103 .*\n  help: rename it to"):
        read_answers(tmp_path / f"b{other}")


@pytest.mark.parametrize(
    ("head", "said"),
    [(b"PK\x03\x04aaaa", "Excel workbook"), (b"%PDF-1.4", "a PDF"), (b"<!DOCTYPE html>", "a web page")],
)
def test_other_files_are_named(head: bytes, said: str, tmp_path: Path) -> None:
    (tmp_path / "a.sav").write_bytes(head)
    with pytest.raises(ProblemsError, match=f"Q102 this is .*{said}"):
        read_answers(tmp_path / "a.sav")


def test_a_misspelt_name_is_suggested(tmp_path: Path) -> None:
    (tmp_path / "answers.csv").write_text("a\n1\n")
    with pytest.raises(ProblemsError, match=r"Q101 .*\n  help: did you mean `answers.csv`"):
        read_answers(tmp_path / "answer.csv")


def test_what_a_format_cannot_hold_is_told(tmp_path: Path) -> None:
    given = make_answers()
    renamed = given.frame.rename({"kids": "kids at home"})
    odd = replace(given, frame=renamed, variables={n: Variable(n) for n in renamed.columns})
    with pytest.raises(ProblemsError, match="Q112 Stata cannot have a variable called `kids at home`"):
        write_answers(odd, tmp_path / "a.dta")
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(ProblemsError, match=r"Q102 files with the suffix `\.xlsx` are not written"):
        write_answers(given, tmp_path / "a.xlsx")
    assert [each.code for each in write_answers(given, tmp_path / "a.csv")] == ["Q111"]
