import csv
import io
import tempfile
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scslab.ground.problems import ProblemsError
from scslab.ledger.columns import RAW_ROW
from scslab.ledger.files import OpenTable, open_table


def open_csv(folder: Path, content: str | bytes, name: str = "a.csv") -> OpenTable:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return open_table(path)


def rows(table: OpenTable) -> list[tuple[object, ...]]:
    return table.frame.collect(engine="streaming").sort(RAW_ROW).rows()


def broken(table: OpenTable) -> list[tuple[int, str]]:
    assert set(table.broken["code"]) <= {"L017"}
    return table.broken.select("row", "reason").rows()


def test_rows_are_texts_and_empty_fields_are_null(tmp_path: Path) -> None:
    table = open_csv(tmp_path, 'a,b,c\n1,x,\n2,"",z\n')
    assert rows(table) == [(1, "1", "x", None), (2, "2", None, "z")]
    assert table.has_texts_only
    assert table.columns == ("a", "b", "c")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_of_all_systems(tmp_path: Path, end: str) -> None:
    table = open_csv(tmp_path, end.join(["a,b", "1,2", '3,"4"', ""]))
    assert rows(table) == [(1, "1", "2"), (2, "3", "4")]


def test_a_byte_order_mark_is_no_part_of_the_header(tmp_path: Path) -> None:
    assert open_csv(tmp_path, "\ufeffa,b\n1,2\n").columns == ("a", "b")


@pytest.mark.parametrize(("separator", "word"), [(";", "semicolons"), ("\t", "tabs"), ("|", "bars")])
def test_other_separators_are_found_and_told(tmp_path: Path, separator: str, word: str) -> None:
    table = open_csv(tmp_path, f"a{separator}b\n1{separator}2,5\n")
    assert rows(table) == [(1, "1", "2,5")]
    assert [note.code for note in table.notes] == ["L154"]
    assert word in table.notes[0].message


def test_a_line_that_names_the_separator_is_no_header(tmp_path: Path) -> None:
    table = open_csv(tmp_path, "sep=;\na;b\n1;2\n")
    assert (table.columns, rows(table)) == (("a", "b"), [(1, "1", "2")])


def test_blank_lines_are_no_rows_but_count_as_lines(tmp_path: Path) -> None:
    table = open_csv(tmp_path, "\na,b\n\n1,2\n  \n3,4\n\n")
    # The second line is the header; row 2 is on line 4.
    assert rows(table) == [(2, "1", "2"), (4, "3", "4")]
    assert broken(table) == []


def test_a_row_of_separators_is_a_row(tmp_path: Path) -> None:
    assert rows(open_csv(tmp_path, "a,b\n,\n1,2\n")) == [(1, None, None), (2, "1", "2")]


def test_lines_with_another_number_of_fields_are_set_aside(tmp_path: Path) -> None:
    table = open_csv(tmp_path, "a,b\n1,2,3\n4,5\n6\n7,8\n")
    assert rows(table) == [(2, "4", "5"), (4, "7", "8")]
    assert broken(table) == [
        (1, "line 2 has 3 fields where the header has 2"),
        (3, "line 4 has 1 field where the header has 2"),
    ]


def test_quoted_fields_may_hold_separators_quotes_and_line_breaks(tmp_path: Path) -> None:
    table = open_csv(tmp_path, 'a,b\n"1,5","say ""hi"""\n2,"two\nlines"\n3,x\n')
    assert rows(table) == [(1, "1,5", 'say "hi"'), (2, "2", "two\nlines"), (3, "3", "x")]


def test_a_quote_that_is_never_closed_costs_its_own_line_only(tmp_path: Path) -> None:
    # Read naively, the quote on line 3 would swallow all that follows.
    table = open_csv(tmp_path, 'a,b\n1,x\n2,"y\n3,z\n4,"w"\n')
    assert rows(table) == [(1, "1", "x"), (3, "3", "z"), (4, "4", "w")]
    assert broken(table) == [(2, "line 3 has a quote that is not closed or not doubled")]


def test_a_quote_inside_a_field_is_a_character(tmp_path: Path) -> None:
    table = open_csv(tmp_path, 'a,b\n5" pipe,2\n3,4\n')
    assert rows(table) == [(1, '5" pipe', "2"), (2, "3", "4")]


def test_text_after_a_closing_quote_is_set_aside(tmp_path: Path) -> None:
    table = open_csv(tmp_path, 'a,b\n"1"x,2\n3,4\n')
    assert rows(table) == [(2, "3", "4")]
    assert broken(table) == [(1, "line 2 has a quote that is not closed or not doubled")]


def test_bytes_that_are_no_text_far_down_are_set_aside(tmp_path: Path) -> None:
    # Beyond the first megabyte, which is looked at when the file is opened.
    count = 300_000
    table = open_csv(tmp_path, b"a,b\n" + b"1,2\n" * count + b"3,\xff\n5,6\n")
    assert broken(table) == [(count + 1, f"line {count + 2} is not UTF-8 text")]
    assert rows(table)[-1] == (count + 2, "5", "6")


def test_the_copy_of_a_broken_file_goes_with_the_table(tmp_path: Path) -> None:
    table = open_csv(tmp_path, 'a,b\n1,"x\ny"\n')
    assert table.scratch is not None
    folder = table.scratch.path
    assert folder.is_dir()
    del table
    assert not folder.exists()


def test_a_name_in_the_header_twice(tmp_path: Path) -> None:
    with pytest.raises(
        ProblemsError, match=r"a.csv:1: L106 the column `a` stands in the header twice: columns 1 and 3"
    ):
        open_csv(tmp_path, "a,b, a\n1,2,3\n")


def test_a_column_without_a_name_is_told_and_not_used(tmp_path: Path) -> None:
    # The row numbers of pandas come as a first column without a name.
    table = open_csv(tmp_path, ",a,b\n0,1,2\n")
    assert (table.columns, rows(table)) == (("a", "b"), [(1, "1", "2")])
    assert [note.code for note in table.notes] == ["L156"]


def test_names_of_columns_are_stripped(tmp_path: Path) -> None:
    assert open_csv(tmp_path, ' a , "b c" \n1,2\n').columns == ("a", '"b c"')


def test_a_header_alone_is_a_table_without_rows(tmp_path: Path) -> None:
    table = open_csv(tmp_path, "a,b")
    assert (table.columns, rows(table)) == (("a", "b"), [])


def test_a_name_with_characters_of_patterns(tmp_path: Path) -> None:
    folder = tmp_path / "a[1]*"
    folder.mkdir()
    assert rows(open_csv(folder, "a,b\n1,2\n", "x?.csv")) == [(1, "1", "2")]


def test_a_large_file_is_opened_without_holding_it(tmp_path: Path) -> None:
    # Opening looks through the lines; the plan then reads the file itself, not a copy in memory.
    table = open_csv(tmp_path, "a,b\n" + "1,2\n" * 100_000)
    assert table.scratch is None
    assert "Csv SCAN" in table.frame.explain()
    assert isinstance(table.frame, pl.LazyFrame)


fields = st.lists(st.sampled_from([*"ab1,;\"'\n\r\t |\\é荣", "\u2028", "\x0c", '""', "\r\n"]), max_size=5).map("".join)


@given(
    st.lists(st.tuples(fields, fields, fields), min_size=1, max_size=8),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from([",", ";", "\t"]),
)
@settings(max_examples=200, deadline=None)
def test_what_pythons_own_writer_writes_is_read_back(
    content: list[tuple[str, str, str]], quoting: int, end: str, separator: str
) -> None:
    if quoting == csv.QUOTE_MINIMAL:
        # The writer does not quote a lone return, and then nobody can tell it from a line end.
        content = [(a.replace("\r", ""), b.replace("\r", ""), c.replace("\r", "")) for a, b, c in content]
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=quoting, lineterminator=end, delimiter=separator)  # type: ignore[arg-type]
    writer.writerows([("a", "b", "c"), *content])
    with tempfile.TemporaryDirectory() as folder:
        table = open_csv(Path(folder), text.getvalue())
        found = [row[1:] for row in rows(table)]
    expected = [tuple(field or None for field in row) for row in content]
    assert (found, broken(table)) == (expected, [])
