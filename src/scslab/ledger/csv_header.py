"""The header of a CSV file: what separates the columns, their names, and where the rows begin."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

from scslab.ground.problems import Place, Problem, ProblemsError, Severity
from scslab.ledger.codes import EMPTY_FILE, REPEATED_COLUMN, SEPARATOR_TOLD, UNNAMED_COLUMN, UNREADABLE
from scslab.ledger.formats import HEAD_BYTES
from scslab.ledger.reading import tell_problems

SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
"""What may stand between columns, the likeliest first."""
MAX_COLUMNS = 10_000
"""The most columns that a table may have."""


@dataclass(frozen=True, slots=True)
class CsvHeader:
    """How a CSV file begins.

    Attributes:
        names: the columns; one without a name is called by its place (`column 3`) and listed in `unnamed`.
        skipped: lines before the header (blank ones, or `sep=;`).
        lines: lines before the first row, the header included.
    """

    names: tuple[str, ...]
    separator: str
    skipped: int
    lines: int
    has_lone_returns: bool
    unnamed: tuple[str, ...] = ()
    notes: tuple[Problem, ...] = ()


def read_header(path: Path) -> CsvHeader:
    """Reads the header of a CSV file from its first bytes.

    Raises:
        ProblemsError: there is no header, a name stands in it twice, or it is too long.
    """
    file = str(path)
    with tell_problems(file), path.open("rb") as stream:
        text = stream.read(HEAD_BYTES).decode("utf-8-sig", errors="replace")
    # A file of an old Mac ends its lines with returns alone.
    has_lone_returns = "\n" not in text and "\r" in text
    lines = [line.rstrip("\r") for line in text.split("\r" if has_lone_returns else "\n")]
    skipped, told = 0, ""
    while skipped < len(lines) and (not lines[skipped].strip() or lines[skipped].lower().startswith("sep=")):
        told = lines[skipped][4:5] or told
        skipped += 1
    if skipped == len(lines):
        raise ProblemsError([Problem(EMPTY_FILE, "the file is empty", Place(file), "a table needs a header and rows")])
    separator = told if told in SEPARATORS and told else _find_separator(lines[skipped:], path)
    record, length = _read_record(lines[skipped:], separator)
    if not record or len(record) > MAX_COLUMNS or (length >= len(lines) - skipped and len(text) == HEAD_BYTES):
        message = "the first line is no header that can be read"
        hint = "the first line names the columns: event_id,subject_id,type,occurred_on"
        raise ProblemsError([Problem(UNREADABLE, message, Place(file, skipped + 1), hint)])
    return _name_columns(record, CsvHeader((), separator, skipped, skipped + length, has_lone_returns), file)


def _find_separator(lines: list[str], path: Path) -> str:
    widths = {separator: len(_read_record(lines, separator)[0]) for separator in SEPARATORS}
    widest = max(widths.values())
    return next(separator for separator, width in widths.items() if width == widest)


def _read_record(lines: list[str], separator: str) -> tuple[list[str], int]:
    """The first record of some lines, and how many lines it takes."""
    reader = csv.reader((line + "\n" for line in lines), delimiter=separator)
    try:
        record = next(reader, [])
    except csv.Error:
        return [], 0
    return record, reader.line_num


def _name_columns(record: list[str], header: CsvHeader, file: str) -> CsvHeader:
    place = Place(file, header.skipped + 1)
    names: list[str] = []
    unnamed: list[str] = []
    problems: list[Problem] = []
    for number, written in enumerate(record, start=1):
        name = written.strip()
        if not name:
            name = f"column {number}"
            unnamed.append(name)
        if name in names:
            message = f"the column `{name}` stands in the header twice: columns {names.index(name) + 1} and {number}"
            problems.append(Problem(REPEATED_COLUMN, message, place, "rename or remove one of them"))
        names.append(name)
    if problems:
        raise ProblemsError(problems)
    notes: list[Problem] = []
    if header.separator != ",":
        message = f"the columns are separated by {SEPARATORS[header.separator]}; they were read so"
        hint = "numbers are read with a decimal point: 1.5, not 1,5" if header.separator == ";" else ""
        notes.append(Problem(SEPARATOR_TOLD, message, place, hint, Severity.WARNING))
    if unnamed:
        message = f"{', '.join(unnamed)}: no name in the header; not used"
        notes.append(Problem(UNNAMED_COLUMN, message, place, "", Severity.WARNING))
    return CsvHeader(
        tuple(names),
        header.separator,
        header.skipped,
        header.lines,
        header.has_lone_returns,
        tuple(unnamed),
        tuple(notes),
    )
