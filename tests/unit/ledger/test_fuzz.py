"""Whatever bytes a file has, the answer is a ledger or `ProblemsError`."""

from __future__ import annotations

import random
import tempfile
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scslab.ground.problems import ProblemsError
from scslab.ledger.load import load
from unit.ledger.schemes import build_scheme

SCHEME = build_scheme()
HEADER = b"event_id,subject_id,type,occurred_on,amount\n"
LINE = b'{"event_id": "E1", "subject_id": "S", "type": "fine", "occurred_on": "2024-01-01", "amount": 5}\n'
ROW = b"E1,S,fine,2024-01-01,5\n"


def read(name: str, content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        messages: list[str] = []
        rows_lost = 0
        try:
            ledger = load(path, SCHEME)
            gone = set(ledger.set_aside["row"]) - set(ledger.frame["row"])
            rows_lost = ledger.rows_in - ledger.rows_used - len(gone)
        except ProblemsError as error:
            messages = [problem.message for problem in error.problems] or [""]
    assert rows_lost == 0
    assert all(messages)


@pytest.mark.parametrize("name", ["a.csv", "a.tsv", "a.jsonl", "a.parquet"])
@given(content=st.binary(max_size=200))
@settings(max_examples=60, deadline=None)
def test_arbitrary_bytes(name: str, content: bytes) -> None:
    read(name, content)


# Pieces that readers of CSV and JSON trip over.
pieces = st.lists(
    st.sampled_from(
        [
            *(b",", b";", b"\t", b'"', b'""', b"\n", b"\r\n", b"\r", b"\xff", b"\xef\xbb\xbf", b"\x00", b" ", b"E1"),
            *(b"fine", b"2024-01-01", b"1e999", "荣".encode(), b"\\", b"'", b"=1+1", b"\x1a", b"\xe2\x80\xa8", ROW),
        ]
    ),
    max_size=12,
).map(b"".join)


@given(pieces, st.booleans())
@settings(max_examples=150, deadline=None)
def test_csv_of_nasty_pieces(body: bytes, has_header: bool) -> None:
    read("a.csv", (HEADER if has_header else b"") + body)


json_pieces = st.lists(
    st.sampled_from(
        [
            *(b"{", b"}", b"[", b"]", b'"a":', b'"', b"1", b"1e999", b"-", b"null", b"NaN", b"\n", b"\r\n", b",", b":"),
            *(b"\\", b"\\ud800", b"\xff", b" ", b"\x00", "荣".encode(), LINE, LINE.replace(b"5", b"[5]"), b'{"":1}\n'),
        ]
    ),
    max_size=12,
).map(b"".join)


@given(json_pieces, st.booleans())
@settings(max_examples=150, deadline=None)
def test_json_of_nasty_pieces(body: bytes, has_line: bool) -> None:
    read("a.jsonl", (LINE if has_line else b"") + body)


def test_damaged_parquet_files() -> None:
    # One byte of the footer is changed at a time, by a fixed seed: Polars meets some of these with a panic.
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.parquet"
        rows = {"event_id": ["E1", "E2"], "subject_id": ["S"] * 2, "type": ["fine"] * 2, "amount": [1.0, 2.0]}
        pl.DataFrame(rows).with_columns(occurred_on=pl.date(2024, 1, 1)).write_parquet(path)
        good = path.read_bytes()
    footer = int.from_bytes(good[-8:-4], "little")
    source = random.Random(7)
    for _ in range(150):
        content = bytearray(good)
        content[len(good) - 8 - source.randrange(footer)] = source.randrange(256)
        read("a.parquet", bytes(content))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        # Found by fuzzing: kept so that they stay answered.
        ("a.parquet", b"PAR1PAR1"),
        ("a.parquet", b"PAR1" + b"\x00" * 8 + b"PAR1"),
        ("a.csv", HEADER + b'E1,S,"fine\n' * 3),
        ("a.csv", HEADER + b'"\n'),
        ("a.csv", b'"\n'),
        ("a.csv", b'"a\n"b,c\n'),
        ("a.csv", HEADER + b"\r" + ROW + b'"\r"'),
        ("a.csv", HEADER.replace(b"\n", b"\r") + b'E1,"S\r",fine,2024-01-01,5\r'),
        ("a.jsonl", b'{"a":' * 2000 + b"1" + b"}" * 2000),
        ("a.jsonl", b"{" + b"[" * 100_000),
        ("a.jsonl", b'{"a":1}\n{"a":"\\ud800"}\n'),
        ("a.jsonl", LINE + b'{"event_id": {"a": [1, {"b": 2}]}}\n'),
    ],
)
def test_files_that_once_were_trouble(name: str, content: bytes) -> None:
    read(name, content)
