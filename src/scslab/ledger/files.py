"""Open a table: a Parquet, CSV or JSON Lines file, or a frame in memory, as a lazy plan that is not run yet."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from scslab.ground.problems import Place, Problem, ProblemsError
from scslab.ledger.codes import NO_PANDAS, UNREADABLE, UNUSABLE_COLUMN
from scslab.ledger.columns import RAW_ROW
from scslab.ledger.csv_header import read_header
from scslab.ledger.csv_table import open_csv
from scslab.ledger.formats import Format, find_format
from scslab.ledger.json_lines import open_json_lines
from scslab.ledger.reading import find_schema, tell_problems
from scslab.ledger.set_aside import empty_set_aside
from scslab.ledger.text_lines import Scratch, TextTable

IN_MEMORY = "<frame>"
"""What a table without a file is called in messages."""


@dataclass(frozen=True, slots=True)
class OpenTable:
    """A table that can be read, and has not been.

    Attributes:
        frame: the rows that can be read. Files of text have texts only, and their row numbers in `RAW_ROW`; other
            tables are numbered as they come.
        schema: the columns and their types, `RAW_ROW` left out.
        file: the name for messages.
        broken: a line of the problems table for each row that cannot be read.
        notes: what is told about the file as a whole.
        scratch: must be kept as long as `frame` is in use: a broken file is read from a temporary copy.
    """

    frame: pl.LazyFrame
    schema: dict[str, pl.DataType]
    format: Format
    path: Path | None
    file: str
    broken: pl.DataFrame
    notes: tuple[Problem, ...] = ()
    scratch: Scratch | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns."""
        return tuple(self.schema)

    @property
    def has_texts_only(self) -> bool:
        """Whether the types of the columns are still to be found out."""
        return self.format in (Format.CSV, Format.JSON_LINES)


def open_table(path: Path) -> OpenTable:
    """Opens a Parquet, CSV or JSON Lines file.

    A Parquet file costs the reading of its schema. A text file is looked through once, in bounded memory.

    Raises:
        ProblemsError: the file is missing, empty, damaged, or not what its name says.
    """
    kind, file = find_format(path), str(path)
    with tell_problems(file):
        if kind is Format.PARQUET:
            frame = pl.scan_parquet(path, glob=False, hive_partitioning=False)
            return _open_frame(frame, kind, path, file)
        header = read_header(path) if kind is Format.CSV else None
        table: TextTable = open_json_lines(path) if header is None else open_csv(path, header)
    schema = dict(find_schema(table.frame, file))
    schema.pop(RAW_ROW, None)
    notes = () if header is None else header.notes
    return OpenTable(table.frame, schema, kind, path, file, table.broken, notes, table.scratch)


def open_frame(source: Any, name: str = IN_MEMORY) -> OpenTable:
    """Opens a frame in memory: Polars (lazy or not) or pandas.

    Raises:
        ProblemsError: a pandas frame cannot be converted.
        TypeError: `source` is no frame.
    """
    if isinstance(source, pl.DataFrame):
        return _open_frame(source.lazy(), Format.FRAME, None, name)
    if isinstance(source, pl.LazyFrame):
        return _open_frame(source, Format.FRAME, None, name)
    if type(source).__module__.partition(".")[0] == "pandas" and hasattr(source, "columns"):
        return _open_frame(_convert_pandas(source, name).lazy(), Format.FRAME, None, name)
    raise TypeError(f"a table is a path or a Polars or pandas frame, not {type(source).__name__}")


def _open_frame(frame: pl.LazyFrame, kind: Format, path: Path | None, file: str) -> OpenTable:
    schema = dict(find_schema(frame, file))
    if RAW_ROW in schema:
        raise ProblemsError(
            [Problem(UNUSABLE_COLUMN, f"a column cannot be called `{RAW_ROW}`", Place(file), "rename the column")]
        )
    return OpenTable(frame, schema, kind, path, file, empty_set_aside())


def _convert_pandas(source: Any, file: str) -> pl.DataFrame:
    named = source.rename(columns=str)
    try:
        return pl.from_pandas(named)
    except ImportError as error:
        hint = "pip install 'scslab[pandas]'"
        raise ProblemsError([Problem(NO_PANDAS, "a pandas frame needs PyArrow", Place(file), hint)]) from error
    except Exception as error:  # PyArrow has many ways to refuse a column of mixed objects
        problems = list(_name_mixed_columns(named, file))
        if not problems:
            problems = [Problem(UNREADABLE, f"the pandas frame cannot be converted: {error}", Place(file))]
        raise ProblemsError(problems) from error


def _name_mixed_columns(source: Any, file: str) -> list[Problem]:
    problems: list[Problem] = []
    for position, name in enumerate(source.columns):
        try:
            pl.from_pandas(source.iloc[:, [position]])
        except Exception:  # as above: the column is what cannot be converted
            message = f"the column `{name}` mixes values of different types"
            problems.append(
                Problem(UNUSABLE_COLUMN, message, Place(file), f"`frame['{name}'].astype(str)` makes texts")
            )
    return problems
