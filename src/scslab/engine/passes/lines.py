"""The problems table of a ledger larger than memory: lines are put by on disk, and merged row by row at the end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import IntEnum
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scslab.engine.passes.bits import Bits
from scslab.ledger.columns import ROW
from scslab.ledger.set_aside import SET_ASIDE_SCHEMA, empty_set_aside, join_lines

LINES_AT_ONCE = 1 << 18
"""About how many lines are in memory at a time when they are merged."""
_BLOCK_BITS = 12
"""Lines are counted by blocks of 4,096 rows, so that stretches of rows with few enough lines can be found."""


class Why(IntEnum):
    """Kinds of lines, in the order in which the lines of one row are told."""

    BROKEN = 0
    MAPPED = 1
    NOT_KNOWN = 2
    FLAWED = 3
    REPEATED = 4
    CORRECTED = 5
    WITHOUT_EVENT = 6
    LATE = 7


@dataclass(frozen=True, slots=True)
class _Piece:
    why: Why
    path: Path
    first: int
    last: int


@dataclass(slots=True)
class Lines:
    """Lines of the problems table, on disk; what stays in memory is which rows they tell of.

    Attributes:
        folder: where they are put by.
        told: the rows that have a line.
    """

    folder: Path
    told: Bits = field(default_factory=Bits)
    _pieces: list[_Piece] = field(default_factory=list[_Piece])
    _counts: NDArray[np.int64] = field(default_factory=lambda: np.zeros(1 << (32 - _BLOCK_BITS), np.int64))

    def add(self, why: Why, lines: pl.DataFrame) -> None:
        """Put some lines by."""
        if not lines.height:
            return
        rows = lines[ROW].to_numpy()
        self.told.add(rows)
        blocks = rows >> _BLOCK_BITS
        low = int(blocks.min())
        counts = np.bincount(blocks - low)
        self._counts[low : low + counts.size] += counts
        path = self.folder / f"lines-{len(self._pieces):06}.parquet"
        lines.write_parquet(path, compression="zstd", compression_level=1)
        self._pieces.append(_Piece(why, path, int(rows.min()), int(rows.max())))

    def count(self) -> int:
        """How many lines there are."""
        return int(self._counts.sum())

    def count_code(self, code: str) -> int:
        """How many lines there are with a code."""
        found = (self._scan(piece).select((pl.col("code") == code).sum()).collect() for piece in self._pieces)
        return sum(int(each.item()) for each in found)

    def iterate(self) -> Iterator[pl.DataFrame]:
        """All lines by row, some rows at a time; lines of one row in the order of their kinds."""
        ordered = sorted(self._pieces, key=lambda piece: piece.why)
        for first, last in self._find_stretches():
            is_inside = pl.col(ROW).is_between(first, last)
            found = [
                self._scan(piece).filter(is_inside).collect()
                for piece in ordered
                if piece.first <= last and piece.last >= first
            ]
            yield join_lines(found)

    def write_csv(self, path: Path) -> None:
        """Write the table as CSV, by row."""
        with path.open("wb") as target:
            empty_set_aside().write_csv(target)
            for piece in self.iterate():
                piece.write_csv(target, include_header=False)

    def collect_codes(self) -> pl.DataFrame:
        """The table without its texts: the column `code`, in no order, to be counted."""
        codes = [self._scan(piece).select(pl.col("code").cast(pl.Categorical)).collect() for piece in self._pieces]
        return pl.concat([pl.DataFrame(schema={"code": pl.Categorical}), *codes])

    def _scan(self, piece: _Piece) -> pl.LazyFrame:
        return pl.scan_parquet(piece.path, schema=SET_ASIDE_SCHEMA, glob=False, hive_partitioning=False)

    def _find_stretches(self) -> Iterator[tuple[int, int]]:
        """First and last row of stretches that have about `LINES_AT_ONCE` lines each."""
        blocks = np.flatnonzero(self._counts)
        if not blocks.size:
            return
        shares = np.cumsum(self._counts[blocks]) // LINES_AT_ONCE
        starts = np.flatnonzero(np.diff(shares, prepend=-1))
        for begin, end in zip(starts, [*starts[1:], blocks.size], strict=True):
            yield int(blocks[begin]) << _BLOCK_BITS, ((int(blocks[end - 1]) + 1) << _BLOCK_BITS) - 1
