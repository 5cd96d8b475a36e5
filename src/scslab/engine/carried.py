"""Carried starts: what subjects bring along from the scheme that a scheme succeeds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scslab.engine.compile import Compiled
from scslab.engine.layout import CARRIED_YEAR, PUBLISHED, SCORE, START, Array


@dataclass(frozen=True, slots=True)
class Carried:
    """Starts by subject.

    Attributes:
        scheme: the id of the scheme that they come from.
        on: the day on which they were carried over. Under yearly restarts they hold in its year.
        starts: `subject_id` and `start`, in points, rounded to the scheme's decimals; null: the scheme's own start.
    """

    scheme: str
    on: date
    starts: pl.DataFrame

    def place(self, compiled: Compiled, subjects: Array, at: NDArray[np.int64], ids: pl.Series) -> None:
        """Write the starts to the state of subjects without history, in place.

        Args:
            compiled: the scheme.
            subjects: their state (see `layout`).
            at: the rows of `subjects` that the ids are about.
            ids: the ids.
        """
        known = self.starts.filter(pl.col("start").is_not_null())
        starts = pl.DataFrame({"subject_id": known["subject_id"].cast(ids.dtype), "start": known["start"]})
        found = pl.DataFrame({"subject_id": ids}).join(starts, on="subject_id", how="left", maintain_order="left")
        is_carried = found["start"].is_not_null().to_numpy()
        exact = found["start"].drop_nulls().cast(pl.Decimal(38, compiled.scheme.score.decimals))
        values = (exact * compiled.scale).cast(pl.Int64).to_numpy()
        rows = at[is_carried]
        for column in (SCORE, START, PUBLISHED):
            subjects[rows, column] = values
        subjects[rows, CARRIED_YEAR] = self.on.year - 1900

    def tell(self, standings: pl.DataFrame) -> pl.DataFrame:
        """The standings with the column `carried_from`: the scheme that a start comes from; else null."""
        known = self.starts.filter(pl.col("start").is_not_null())["subject_id"].cast(standings["subject_id"].dtype)
        is_carried = pl.col("subject_id").is_in(known.implode())
        return standings.with_columns(pl.when(is_carried).then(pl.lit(self.scheme)).alias("carried_from"))
