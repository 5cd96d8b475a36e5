"""Scores under other schemes, as an index reads them: the last published one on or before a day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scslab.engine.calendar import UNIX_OFFSET
from scslab.engine.index.compile import CompiledIndex
from scslab.engine.index.layout import Record
from scslab.ground.problems import Problem, Severity

Scores = Mapping[str, pl.DataFrame | pl.LazyFrame]
"""By scheme, what it published: `subject_id, published_on, score`; a null score was not published."""


@dataclass(slots=True)
class OtherScores:
    """The scores of other schemes, aligned with the subjects of a run a block at a time.

    Attributes:
        ids: the subjects of the run, ascending.
        tables: by other scheme, in the order in which the index names them; None where it does not settle along.
    """

    ids: pl.Series
    tables: tuple[pl.DataFrame | pl.LazyFrame | None, ...]

    def read(self, record: Record, low: int, high: int) -> Record:
        """The record with the scores of the subjects `low..high`."""
        if not self.tables or high == low:
            return record
        days, values, base = [np.empty(0, np.int32)], [np.empty(0, np.float64)], 0
        for q, table in enumerate(self.tables):
            if table is None:
                continue
            mine = self._select(table, low, high)
            counts = mine.group_by("subject_id", maintain_order=True).len()
            ids = pl.DataFrame({"subject_id": self.ids[low:high]})
            found = ids.join(counts, on="subject_id", how="left", maintain_order="left")["len"].fill_null(0)
            ends = base + np.cumsum(found.to_numpy().astype(np.int64))
            record.score_end[q, low:high] = ends
            record.score_begin[q, low:high] = np.concatenate([[base], ends[:-1]])
            days.append(mine["day"].to_numpy())
            values.append(mine["score"].to_numpy())
            base += mine.height
        return record._replace(score_day=np.concatenate(days), score=np.concatenate(values))

    def _select(self, table: pl.DataFrame | pl.LazyFrame, low: int, high: int) -> pl.DataFrame:
        """The scores of some subjects of the run, by subject and day; subjects of no event here are left out."""
        ids = self.ids[low:high]
        first, last = ids[0], ids[-1]
        if isinstance(table, pl.DataFrame):
            known = table["subject_id"]
            begin, end = known.search_sorted(first, "left"), known.search_sorted(last, "right")
            part = table[int(begin) : int(end)].lazy()
        else:
            part = table.filter(pl.col("subject_id").is_between(pl.lit(first), pl.lit(last)))
        return part.filter(pl.col("subject_id").is_in(ids.implode())).collect()


def align_scores(compiled: CompiledIndex, scores: Scores | None, ids: pl.Series) -> OtherScores:
    """The scores that an index reads, ready to be aligned with its subjects."""
    given = scores or {}
    tables = [_prepare(given[name], ids.dtype) if name in given else None for name in compiled.others]
    return OtherScores(ids, tuple(tables))


def _prepare(table: pl.DataFrame | pl.LazyFrame, dtype: pl.DataType) -> pl.DataFrame | pl.LazyFrame:
    lazy = (
        table.lazy()
        .filter(pl.col("score").is_not_null() & pl.col("published_on").is_not_null())
        .select(
            pl.col("subject_id").cast(dtype),
            (pl.col("published_on").cast(pl.Int32) + UNIX_OFFSET).alias("day"),
            pl.col("score").cast(pl.Float64),
        )
        .sort("subject_id", "day", maintain_order=True)
    )
    return lazy.collect() if isinstance(table, pl.DataFrame) else lazy


def tell_missing_scores(compiled: CompiledIndex, scores: Scores | None) -> tuple[Problem, ...]:
    """A note for each scheme whose score an indicator reads and that does not settle along (R071)."""
    given = scores or {}
    return tuple(
        Problem(
            "R071",
            f"the scheme reads the score of `{name}`, which does not settle along: `when_none` stands in for it",
            compiled.scheme.place,
            f"settle both: `scslab settle {name} {compiled.scheme.id} EVENTS`",
            Severity.WARNING,
        )
        for name in compiled.others
        if name not in given
    )


def make_empty_scores(n: int, others: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Where the scores of each subject begin and end, before any is known."""
    return np.zeros((others, n), np.int64), np.zeros((others, n), np.int64)
