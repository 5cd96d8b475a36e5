from pathlib import Path

import polars as pl
import pytest

from scslab.ground.problems import ProblemsError
from scslab.ledger.formats import HEAD_BYTES, Format, find_format

ZIP = b"PK\x03\x04\x14\x00\x00\x00\x08\x00"


def write(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def problem_of(path: Path) -> str:
    with pytest.raises(ProblemsError) as caught:
        find_format(path)
    (problem,) = caught.value.problems
    assert problem.place.file == str(path)
    assert problem.help
    return f"{problem.code} {problem.message}"


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        *(("a.csv", Format.CSV), ("a.tsv", Format.CSV), ("a.TXT", Format.CSV)),
        *(("a.jsonl", Format.JSON_LINES), ("a.ndjson", Format.JSON_LINES), ("a.json", Format.JSON_LINES)),
    ],
)
def test_the_name_says_the_format(tmp_path: Path, name: str, kind: Format) -> None:
    content = b'{"a": 1}\n' if kind is Format.JSON_LINES else b"a,b\n1,2\n"
    assert find_format(write(tmp_path, name, content)) is kind


def test_a_parquet_file(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pl.DataFrame({"a": [1]}).write_parquet(path)
    assert find_format(path) is Format.PARQUET


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("a.csv", b"", "L101 the file is empty"),
        ("a.parquet", b"", "L101 the file is empty"),
        ("a.jsonl", b"\xef\xbb\xbf \n\n", "L101 the file is empty"),
        ("a.csv", b"PAR1....PAR1", "L102 the name says CSV, and the file is a Parquet file"),
        ("a.jsonl", b"PAR1....PAR1", "L102 the name says JSON Lines, and the file is a Parquet file"),
        ("a.csv", b"\x1f\x8b\x08\x00", "L102 the name says CSV, and the file is packed with gzip"),
        ("a.parquet", b"\x1f\x8b\x08\x00", "L102 the name says Parquet, and the file is packed with gzip"),
        ("a.csv", ZIP + b"xl/workbook.xml", "L102 the name says CSV, and the file is an Excel workbook"),
        ("a.csv", ZIP + b"data.csv", "L102 the name says CSV, and the file is a zip archive"),
        ("a.xlsx", ZIP + b"xl/workbook.xml", "L102 the name ends in `.xlsx`, and the file is an Excel workbook"),
        ("a.csv.gz", b"\x1f\x8b\x08\x00", "L102 the name ends in `.gz`, and the file is packed with gzip"),
        ("a.csv", b"\xd0\xcf\x11\xe0", "L102 the name says CSV, and the file is an old Excel workbook"),
        ("a.csv", b"a,b\n1,\x00\n", "L102 the name says CSV, and the file has zero bytes: it is not text"),
        ("a.csv", bytes(100), "L102 the file holds nothing but zeros"),
        ("a.parquet", b"a,b\n1,2\n", "L102 the name says Parquet, and the file is text"),
        ("a.parquet", b"\x01\x00\x02", "L102 the name says Parquet, and the file is something else"),
        ("a.parquet", b"PAR1" + bytes(50), "L103 the Parquet file is cut short: its end is missing"),
        ("a.csv", b"  <!DOCTYPE html>", "L102 the name says CSV, and the file is a web page or XML"),
        ("a.jsonl", b"<?xml version='1.0'?>", "L102 the name says JSON Lines, and the file is a web page or XML"),
        ("a.csv", b'{"a": 1}\n', "L102 the name says CSV, and the file is JSON"),
        ("a.csv", b'[{"a": 1}]', "L102 the name says CSV, and the file is JSON"),
        ("a.json", b'[\n{"a": 1}]', "L102 the file is a JSON array, not JSON Lines"),
        ("a.jsonl", b"a,b\n1,2\n", "L102 the name says JSON Lines, and the first line is no object"),
        ("a.csv", "a,b\n".encode("utf-16"), "L104 the file is UTF-16 text"),
        ("a.csv", "event,b\n1,2\n".encode("utf-16-le"), "L104 the file is UTF-16 text"),
        (
            "a.csv",
            "a,b\n事件,2\n".encode("gb18030"),
            "L104 line 2 is not UTF-8 text; it may be GB18030 (Chinese) or Windows-1252 (Western)",
        ),
        ("a.csv", b"a,b\nx\xff,2\n", "L104 line 2 is not UTF-8 text; it may be Windows-1252 (Western)"),
        ("a.dat", b"a,b\n", "L105 the name does not say what the file is"),
        ("a", b"a,b\n", "L105 the name does not say what the file is"),
    ],
)
def test_a_file_that_is_not_what_its_name_says(tmp_path: Path, name: str, content: bytes, expected: str) -> None:
    assert problem_of(write(tmp_path, name, content)) == expected


def test_a_missing_file_is_told_with_the_nearest_name(tmp_path: Path) -> None:
    write(tmp_path, "events.csv", b"a,b\n")
    with pytest.raises(ProblemsError, match=r"L100 there is no such file\n  help: did you mean `events.csv`\?"):
        find_format(tmp_path / "event.csv")


def test_a_folder_is_told_with_the_files_in_it(tmp_path: Path) -> None:
    write(tmp_path, "events.csv", b"a,b\n")
    with pytest.raises(ProblemsError, match=r"L100 this is a folder, not a file\n  help: .*`events.csv`"):
        find_format(tmp_path)


@pytest.mark.parametrize("name", ["a.csv", "a.jsonl", "a.parquet"])
def test_ten_gigabytes_of_nothing_are_refused_at_once(tmp_path: Path, name: str) -> None:
    # A sparse file: it takes no space, and reading it as a whole would take minutes and the whole memory.
    path = tmp_path / name
    with path.open("wb") as stream:
        stream.truncate(10 << 30)
    assert problem_of(path) == "L102 the file holds nothing but zeros"


def test_a_character_that_the_first_look_cuts_in_two_is_no_fault(tmp_path: Path) -> None:
    content = b"a,b\n" + b"x" * (HEAD_BYTES - 5) + "荣,2\n".encode()
    assert find_format(write(tmp_path, "a.csv", content)) is Format.CSV
