"""Printed tables as text: every cell keeps the digits that were printed and where it stands."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from scslab.ground.problems import Place
from scslab.scheme.problem_list import Problems, shorten, suggest
from scslab.scheme.yaml_tree import YamlText
from scslab.study.published.interval import Interval, is_number

MAX_BYTES = 5_000_000
"""The largest file of a table that is read."""


class ColumnKind(StrEnum):
    """What the numbers of a column are."""

    COUNT = "count"  # whole numbers, exact
    PERCENT = "percent"  # a share of respondents, each counting once
    WEIGHTED = "weighted"  # a share of respondents who count with weights
    NUMBER = "number"  # any other number, rounded as printed
    TEXT = "text"  # labels, stars


@dataclass(frozen=True, slots=True)
class Cell:
    """A printed cell.

    Attributes:
        table: the id of its table.
        row: the labels of its row, joined.
        column: the name of its column.
        text: as printed.
        kind: what the number is.
        place: file, line and number of the column (counted from 1).
        labels: all labels of the row, by column.
    """

    table: str
    row: str
    column: str
    text: str
    kind: ColumnKind
    place: Place
    labels: tuple[tuple[str, str], ...] = ()

    @property
    def name(self) -> str:
        """`table:row:column`."""
        return f"{self.table}:{self.row}:{self.column}"

    @property
    def is_number(self) -> bool:
        """Whether a number is printed."""
        return is_number(self.text)

    @property
    def interval(self) -> Interval:
        """What the number may have been before rounding; a count is exact."""
        rounded = Interval.of_printed(self.text)
        return Interval.exactly(rounded.middle) if self.kind is ColumnKind.COUNT else rounded

    def label(self, column: str) -> str:
        """What stands in another column of the same row."""
        return dict(self.labels).get(column, "")

    def to_plain(self) -> dict[str, object]:
        """The cell as JSON holds it."""
        return {"place": self.name, "printed": self.text, "file": self.place.file, "line": self.place.line}


@dataclass(frozen=True, slots=True)
class PrintedTable:
    """A table as printed: an id, its columns and rows of text.

    Attributes:
        id: short name.
        file: the CSV it was read from.
        columns: the names in the order of the file.
        kinds: what the numbers of each column are; columns that are not declared are text.
        row_labels: the columns whose texts name a row.
        rows: for each row the line of the file and the texts.
    """

    id: str
    file: str
    columns: tuple[str, ...]
    kinds: dict[str, ColumnKind]
    row_labels: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]

    def cell(self, index: int, column: str) -> Cell:
        """The cell of a row (counted from 0) and a column."""
        line, texts = self.rows[index]
        position = self.columns.index(column)
        labels = tuple(zip(self.columns, texts, strict=True))
        row = " / ".join(text for name, text in labels if name in self.row_labels)
        kind = self.kinds.get(column, ColumnKind.TEXT)
        return Cell(self.id, row, column, texts[position], kind, Place(self.file, line, position + 1), labels)


def read_table(
    path: Path, word: YamlText, kinds: dict[YamlText, ColumnKind], rows: tuple[YamlText, ...], problems: Problems
) -> PrintedTable | None:
    """Reads a table; None where it cannot be read, and `problems` then says why.

    Args:
        path: the CSV file, UTF-8, with a header.
        word: the id of the table, with the place that problems of the whole file carry.
        kinds: the declared columns.
        rows: the columns whose texts name a row.
        problems: collects what is wrong, under Q601 to Q604.
    """
    content = _read_text(path, word, problems)
    if content is None:
        return None
    reader = csv.reader(io.StringIO(content, newline=""), strict=True)
    lines: list[tuple[int, tuple[str, ...]]] = []
    try:
        header = tuple(name.strip() for name in next(reader, []))
        for texts in reader:
            if not any(text.strip() for text in texts):
                continue
            place = Place(str(path), reader.line_num)
            if len(texts) != len(header):
                problems.error("Q602", f"the line has {len(texts)} fields where the header has {len(header)}", place)
                continue
            lines.append((reader.line_num, tuple(text.strip() for text in texts)))
    except csv.Error as error:
        problems.error("Q602", f"not readable as CSV: {error}", Place(str(path), reader.line_num))
        return None
    if not lines:
        problems.error("Q602", "the table has no rows", Place(str(path)))
        return None
    if len(set(header)) < len(header):
        problems.error("Q602", "a column name stands twice in the header", Place(str(path), 1))
        return None
    for name in [*kinds, *rows]:
        if name.text not in header:
            problems.error("Q603", f"the table `{word.text}` has no column `{shorten(name.text)}`", name.place,
                           suggest(name.text, header))  # fmt: skip
    plain = {name.text: kind for name, kind in kinds.items()}
    table = PrintedTable(word.text, str(path), header, plain, tuple(name.text for name in rows), tuple(lines))
    _check_numbers(table, problems)
    return table


def _read_text(path: Path, word: YamlText, problems: Problems) -> str | None:
    try:
        if path.stat().st_size > MAX_BYTES:
            problems.error("Q601", f"`{path}` is larger than {MAX_BYTES:,} bytes", word.place)
            return None
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        problems.error("Q601", f"`{path}` is not UTF-8", word.place, "save the table as CSV in UTF-8")
    except OSError as error:
        problems.error("Q601", f"`{path}` cannot be read: {error.strerror or error}", word.place)
    return None


def _check_numbers(table: PrintedTable, problems: Problems) -> None:
    """Notes cells of number columns with something else in them; empty cells are allowed."""
    for name, kind in table.kinds.items():
        if kind is ColumnKind.TEXT or name not in table.columns:
            continue
        for index in range(len(table.rows)):
            cell = table.cell(index, name)
            if not cell.text:
                continue
            if not cell.is_number:
                message = f"`{shorten(cell.text)}` in the column `{name}` is not a number"
                problems.error("Q604", message, cell.place, "leave the cell empty where nothing is printed")
            elif kind is ColumnKind.COUNT and cell.interval.middle.denominator != 1:
                problems.error("Q604", f"`{shorten(cell.text)}` in the column `{name}` is not a count", cell.place)
