"""The path of a score: by subject the days on which it changes, and the entries that hold its tier."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scslab.engine.calendar import UNIX_OFFSET
from scslab.engine.compile import Compiled
from scslab.engine.consequences.kernel_path import trace
from scslab.engine.layout import EVENT, Output

I64 = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Path:
    """What entries say to the walk, by subject and in order; `subject` counts in the ids of the run, ascending.

    Attributes:
        subject, day, score: the days on which the score at the end of the day changes, and the score then (scaled).
        hold_subject, hold_day, hold_rule, hold_row: the entries that hold a tier: grades and limits.
    """

    subject: I64
    day: I64
    score: I64
    hold_subject: I64
    hold_day: I64
    hold_rule: I64
    hold_row: I64


@dataclass(slots=True)
class Trace:
    """Reads the path off entries while they are made, block by block."""

    compiled: Compiled
    changes: list[tuple[I64, I64, I64]] = field(default_factory=list[tuple[I64, I64, I64]])
    holds: list[tuple[I64, I64, I64, I64]] = field(default_factory=list[tuple[I64, I64, I64, I64]])

    def add(self, entries: Output) -> None:
        """Take in the entries of some subjects, by ascending subject."""
        self.add_columns(
            entries.subject, entries.day, entries.before, entries.before + entries.effective, entries.kind == EVENT,
            entries.rule, entries.row,
        )  # fmt: skip

    def add_columns(
        self,
        subject: NDArray[np.int32],
        day: NDArray[np.int32],
        before: I64,
        after: I64,
        is_event: NDArray[np.bool_],
        rule: NDArray[np.int32],
        row: I64,
    ) -> None:
        """Take in entries by column: of whom, when, the scores around it, whether an event posted it, and which."""
        room = tuple(np.empty(subject.size, np.int64) for _ in range(3))
        n = trace(subject, day, before, after, *room)
        self.changes.append((room[0][:n].copy(), room[1][:n].copy(), room[2][:n].copy()))
        rules = self.compiled.scheme.rules
        holders = np.array([rule.grade is not None or rule.limit_tier is not None for rule in rules], np.bool_)
        if holders.any():
            at = np.flatnonzero(is_event)
            at = at[holders[rule[at]]]
            self.holds.append(tuple(x[at].astype(np.int64) for x in (subject, day, rule, row)))  # type: ignore[arg-type]

    def finish(self) -> Path:
        """The path of all entries."""
        none = np.empty(0, np.int64)
        changes = [np.concatenate(x) for x in zip(*self.changes, strict=True)] if self.changes else [none] * 3
        holds = [np.concatenate(x) for x in zip(*self.holds, strict=True)] if self.holds else [none] * 4
        return Path(*changes, *holds)


def trace_table(compiled: Compiled, entries: pl.DataFrame, subject_ids: pl.Series, event_row: pl.DataFrame) -> Path:
    """The path from a table of entries, by subject and `seq`.

    Args:
        compiled: the scheme.
        entries: as in `Settlement.entries`.
        subject_ids: the ids of the run, ascending.
        event_row: `event_id` and its `row`.
    """
    places = pl.DataFrame({"subject_id": subject_ids}).with_row_index("@subject")
    scale = compiled.scale
    table = entries.join(places, on="subject_id", how="left", maintain_order="left").join(
        event_row.with_columns(pl.col("event_id").cast(entries["event_id"].dtype)),
        on="event_id",
        how="left",
        maintain_order="left",
    )

    def scaled(name: str) -> I64:
        column = table[name]
        wide = column if column.dtype == pl.Int64 else (column.cast(pl.Decimal(38, column.dtype.scale)) * scale).cast(pl.Int64)  # type: ignore[attr-defined]  # fmt: skip  # noqa: E501
        return wide.to_numpy()

    names = {rule.id: r for r, rule in enumerate(compiled.scheme.rules)}
    found = Trace(compiled)
    found.add_columns(
        table["@subject"].cast(pl.Int32).to_numpy(),
        (table["posted_on"].cast(pl.Int32) + UNIX_OFFSET).to_numpy(),
        scaled("score_before"),
        scaled("score_after"),
        (table["kind"].cast(pl.String) == "event").to_numpy(),
        table["rule"].cast(pl.String).replace_strict(names, default=-1, return_dtype=pl.Int32).to_numpy(),
        table["row"].cast(pl.Int64).fill_null(-1).to_numpy(),
    )
    return found.finish()
