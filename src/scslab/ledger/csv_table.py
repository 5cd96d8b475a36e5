"""CSV as a lazy table of texts: every line is looked at first, so that a broken one costs itself alone.

Polars reads the file; but a line with too many or too few fields, or a quote that is never closed, must be told and set
aside, and not stop or bend what is read after it. So the lines are counted field by field in one streaming pass. Where
quoted fields run over lines, the file is first written anew, record by record, to a temporary copy.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl

from scslab.ledger.codes import BROKEN_LINE
from scslab.ledger.columns import RAW_ROW, ROW
from scslab.ledger.csv_header import CsvHeader
from scslab.ledger.set_aside import join_lines, write_lines
from scslab.ledger.text_lines import TextTable, make_scratch

MAX_SPAN = 1_000
"""The most lines that one record may run over."""

_SURROGATE = re.compile("[\udc80-\udcff]")


def open_csv(path: Path, header: CsvHeader) -> TextTable:
    """The rows of a CSV file as texts (an empty field is NULL), with the lines that cannot be read.

    Raises:
        ProblemsError: the file cannot be read at all.
    """
    odd = None if header.has_lone_returns else _find_odd_lines(path, header)
    if odd is None or odd["is_malformed"].any():
        return _open_copy(path, header)
    frame = pl.scan_csv(
        path,
        separator=header.separator,
        skip_lines=header.skipped,
        infer_schema=False,
        new_columns=list(header.names),
        truncate_ragged_lines=True,
        glob=False,
        row_index_name=RAW_ROW,
        row_index_offset=1,
    )
    ragged = odd.filter(~pl.col("is_blank"))
    broken = write_lines(ragged, "", BROKEN_LINE, _tell_width(len(header.names), header.lines))
    return TextTable(_clean(frame, header, odd[ROW]), broken)


def _clean(frame: pl.LazyFrame, header: CsvHeader, left_out: pl.Series) -> pl.LazyFrame:
    """The rows that count, with NULL for empty fields and without the columns that have no name."""
    if len(left_out):
        frame = frame.filter(~pl.col(RAW_ROW).is_in(left_out.cast(pl.UInt32).implode()))
    names = [name for name in header.names if name not in header.unnamed]
    return frame.select(RAW_ROW, *(pl.when(pl.col(name) != "").then(pl.col(name)) for name in names))


def _tell_width(width: int, header_lines: int) -> pl.Expr:
    fields = pl.format("{}", "fields") + pl.when(pl.col("fields") == 1).then(pl.lit(" field")).otherwise(
        pl.lit(" fields")
    )
    line = pl.col(ROW) + header_lines
    return pl.format(f"line {{}} has {{}} where the header has {width}", line, fields)


def _list_blanks(header: CsvHeader) -> str:
    """What a blank line may consist of; a line of separators is a row."""
    return " \t\r".replace(header.separator, "")


def _find_odd_lines(path: Path, header: CsvHeader) -> pl.DataFrame | None:
    """Lines that are blank, or have another number of fields than the header; None: not every line is UTF-8."""
    line, separator = pl.col("line").str.strip_suffix("\r"), header.separator
    field = rf'(?:[^"{re.escape(separator)}]*|"(?:[^"]|"")*")'
    regular = rf"^{field}(?:{re.escape(separator)}{field})*$"
    has_quote = pl.col("line").str.contains('"', literal=True)
    unquoted = line.str.replace_all(r'"(?:[^"]|"")*"', "")
    checked = (
        pl.scan_lines(path, name="line", row_index_name="number", glob=False)
        .filter(pl.col("number") >= header.lines)
        .select(
            (pl.col("number") - header.lines + 1).alias(ROW),
            (line.str.strip_chars(_list_blanks(header)) == "").alias("is_blank"),
            pl.when(has_quote).then(~line.str.contains(regular)).otherwise(False).alias("is_malformed"),
            (pl.when(has_quote).then(unquoted).otherwise(line).str.count_matches(separator, literal=True) + 1).alias(
                "fields"
            ),
        )
        .filter(pl.col("is_blank") | pl.col("is_malformed") | (pl.col("fields") != len(header.names)))
    )
    try:
        return checked.collect(engine="streaming")
    except pl.exceptions.ComputeError:
        return None


def _open_copy(path: Path, header: CsvHeader) -> TextTable:
    """The table read from a copy that has one record a line, in which every odd quote is resolved."""
    scratch = make_scratch()
    copy = scratch.path / "rows.csv"
    parts: list[dict[str, Any]] = []
    with copy.open("w", encoding="utf-8", newline="") as target:
        # All fields are quoted: by itself the writer leaves a lone return bare.
        writer = csv.writer(target, lineterminator="\n", quoting=csv.QUOTE_ALL)
        writer.writerow([RAW_ROW, *header.names])
        for number, (line, record, reason) in enumerate(_read_records(path, header), start=1):
            if reason:
                parts.append({ROW: number, "reason": f"line {line} {reason}"})
            elif record:
                writer.writerow([number, *record])
    frame = pl.scan_csv(copy, infer_schema=False, glob=False).with_columns(pl.col(RAW_ROW).cast(pl.UInt32))
    rows = pl.DataFrame(parts, schema={ROW: pl.UInt32, "reason": pl.String})
    broken = join_lines([write_lines(rows, "", BROKEN_LINE, pl.col("reason"))])
    # The copy must be gone only when nobody can read it any more.
    return TextTable(_clean(frame, header, pl.Series([], dtype=pl.UInt32)), broken, scratch)


def _read_records(path: Path, header: CsvHeader) -> Iterator[tuple[int, list[str], str]]:
    """Each record with the number of its first line, or why it cannot be read; a blank line is an empty record."""
    width, blanks = len(header.names), _list_blanks(header)
    with path.open(encoding="utf-8", errors="surrogateescape", newline="") as stream:
        lines = _Lines(stream)
        for _ in range(header.lines):
            lines.take()
        while (line := lines.take()) is not None:
            number, text = lines.number, line.rstrip("\r\n")
            if not text.strip(blanks):
                yield number, [], ""
                continue
            record = text.split(header.separator) if '"' not in text else _read_quoted(line, lines, header.separator)
            if record is None:
                yield number, [], "has a quote that is not closed or not doubled"
            elif any(_SURROGATE.search(each) for each in record):
                yield number, [], "is not UTF-8 text"
            elif len(record) != width:
                fields = f"{len(record)} field{'s' if len(record) != 1 else ''}"
                yield number, [], f"has {fields} where the header has {width}"
            else:
                yield number, record, ""


def _read_quoted(line: str, lines: _Lines, separator: str) -> list[str] | None:
    """A record with quotes, over as many lines as it needs; None where its quotes make no sense."""
    whole = _parse(line, separator)
    if whole is not None:
        return whole
    # The quotes of a complete record come in pairs.
    taken = [line]
    quotes = line.count('"')
    while quotes % 2 and len(taken) < MAX_SPAN and (more := lines.take()) is not None:
        taken.append(more)
        quotes += more.count('"')
    record = _parse("".join(taken), separator) if quotes % 2 == 0 and len(taken) > 1 else None
    if record is None:
        # Only the first line is given up: the others may well be records of their own.
        lines.put_back(taken[1:])
    return record


def _parse(text: str, separator: str) -> list[str] | None:
    reader = csv.reader([text], delimiter=separator, strict=True)
    try:
        record = next(reader)
    except (csv.Error, StopIteration):
        return None
    return record if next(reader, None) is None else None


class _Lines:
    """The lines of a file, with the number of the last one taken, and room to put some back."""

    def __init__(self, stream: Iterator[str]) -> None:
        self.stream = stream
        self.waiting: list[str] = []
        self.number = 0

    def take(self) -> str | None:
        line = self.waiting.pop() if self.waiting else next(self.stream, None)
        if line is not None:
            self.number += 1
        return line

    def put_back(self, lines: list[str]) -> None:
        self.waiting.extend(reversed(lines))
        self.number -= len(lines)
