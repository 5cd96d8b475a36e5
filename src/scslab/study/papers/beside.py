"""A printed number beside the reproduced one."""

from __future__ import annotations

import csv
import math
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from scslab.ground.problems import Place, Problem, ProblemsError


@dataclass(frozen=True, slots=True)
class Beside:
    """A printed number beside the reproduced one.

    Attributes:
        table: id of the printed table.
        row: the texts that name the row.
        column: the printed column.
        printed: the number; `text` as it was printed.
        found: what the data give; NaN where they give none, and `note` says why.
        error: its standard error; NaN for what is no estimate (a count, a standard error).
        n: respondents behind it, 0 where that says nothing.
        note: what is special, or "".
    """

    table: str
    row: tuple[str, ...]
    column: str
    printed: float
    text: str
    found: float
    error: float = math.nan
    n: int = 0
    note: str = ""

    @property
    def distance(self) -> float:
        """(found − printed) ÷ standard error: the sampling distance; NaN where there is no error, or a note."""
        if self.note or not self.error > 0:
            return math.nan
        return (self.found - self.printed) / self.error

    @property
    def is_same(self) -> bool:
        """Whether the found number, rounded to the printed digits, is the printed one."""
        return abs(self.found - self.printed) <= 0.5 * 10.0**-self.digits + 1e-12

    @property
    def digits(self) -> int:
        """Printed decimals."""
        return len(self.text.partition(".")[2])


def collect(rows: list[Beside] | tuple[Beside, ...]) -> pl.DataFrame:
    """The comparisons as a table: `table, row, column, printed, reproduced, standard_error, distance, n, note`."""
    return pl.DataFrame(
        {
            "table": [r.table for r in rows],
            "row": [" / ".join(r.row) for r in rows],
            "column": [r.column for r in rows],
            "printed": [r.text for r in rows],
            "reproduced": [r.found for r in rows],
            "standard_error": [r.error for r in rows],
            "distance": [r.distance for r in rows],
            "n": [r.n for r in rows],
            "note": [r.note for r in rows],
        },
        schema={
            "table": pl.String, "row": pl.String, "column": pl.String, "printed": pl.String, "reproduced": pl.Float64,
            "standard_error": pl.Float64, "distance": pl.Float64, "n": pl.Int64, "note": pl.String,
        },
    ).with_columns(pl.col("reproduced", "standard_error", "distance").fill_nan(None))  # fmt: skip


def read_printed(path: Path, columns: tuple[str, ...] = ()) -> list[dict[str, str]]:
    """The lines of a printed table.

    Raises:
        ProblemsError: Q120 where the file cannot be read, or has no such column.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            rows = list(csv.DictReader(stream))
    except OSError as error:
        message = f"`{path}` cannot be read: {error.strerror or error}"
        raise ProblemsError([Problem("Q120", message, Place(str(path)))]) from error
    heads = rows[0] if rows else {}
    missing = [name for name in columns if name not in heads]
    if missing:
        raise ProblemsError([Problem("Q120", f"the table has no column `{missing[0]}`", Place(str(path), 1))])
    return rows
