"""The raw table of a ledger larger than memory: looked over once, then read a batch of rows at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from scslab.engine.passes.lines import Lines, Why
from scslab.ledger.columns import RAW_ROW, ROW, SOURCE, SUBJECT_ID
from scslab.ledger.conform import Conformed, conform
from scslab.ledger.formats import Format
from scslab.ledger.mapping_events import MappedTable, apply_mapping, list_mapping_lines, list_rows_without_event
from scslab.ledger.reading import collect_frame, tell_problems
from scslab.ledger.sources import LedgerSource
from scslab.scheme.model import Scheme

SAMPLED_EVENTS = 100_000
"""About how many subject ids are drawn to cut the ledger into parts: parts then differ by a percent or two."""
OWN_TEXTS = pl.col(pl.String) + ""
"""Texts in memory of their own: those of a few chosen rows would else keep the texts of all other rows alive."""
_SUBJECTS_STEP = 64
"""One subject of so many, by a hash, is counted."""


@dataclass(frozen=True, slots=True)
class RawTable:
    """A table of which any stretch of rows can be read at about the cost of these rows.

    Attributes:
        frame: a Parquet file or a frame in memory; a text file as a temporary Parquet copy.
        is_numbered: whether the frame has the numbers of its rows in `RAW_ROW`; else they count from 1.
        copy: the temporary copy, to be removed once it has been read.
    """

    frame: pl.LazyFrame
    rows: int
    is_numbered: bool
    copy: Path | None

    def slice(self, first: int, count: int) -> pl.LazyFrame:
        """Some rows with their numbers; `first` counts from 0."""
        part = self.frame.slice(first, count)
        return part if self.is_numbered else part.with_row_index(RAW_ROW, offset=first + 1)


@dataclass(frozen=True, slots=True)
class Survey:
    """What one look at the ids of a table tells.

    Attributes:
        conformed: the events of the whole table, lazily.
        mapped: the whole table seen through its mapping; None where the rows are events.
        events: how many events the rows make, valid or not.
        subjects: about how many subjects they have.
        is_id_text: whether ids are read as texts, because a negative number is among them.
        is_subject_text: whether ids of subjects are then made texts, because those of the table of subjects are.
        sample: subject ids of some events, as they will be, ascending.
        has_source: whether the events name their sources.
    """

    conformed: Conformed
    mapped: MappedTable | None
    events: int
    subjects: int
    is_id_text: bool
    is_subject_text: bool
    sample: pl.Series
    has_source: bool


@dataclass(frozen=True, slots=True)
class Batch:
    """The events of some rows, still lazy; with them the `share` of all rows has been read."""

    conformed: Conformed
    mapped: MappedTable | None
    share: float


def open_raw(found: LedgerSource, folder: Path, *, is_plan: bool) -> RawTable:
    """The table of a ledger, so that any stretch of its rows can be read.

    Args:
        found: the ledger.
        folder: where a temporary copy may be written.
        is_plan: whether the table is a lazy plan of the user's, which costs its whole price each time it is read.

    Raises:
        ProblemsError: the file is damaged.
    """
    table = found.table
    frame, copy = table.frame, None
    with tell_problems(table.file):
        if is_plan or table.format not in (Format.PARQUET, Format.FRAME):
            copy = folder / "rows.parquet"
            frame.sink_parquet(copy, compression="zstd", compression_level=1, maintain_order=True)
            frame = pl.scan_parquet(copy, glob=False, hive_partitioning=False)
        rows = int(frame.select(pl.len()).collect(engine="streaming").item())
        return RawTable(frame, rows, table.has_texts_only, copy)


def survey_table(raw: RawTable, found: LedgerSource, scheme: Scheme, people: pl.DataFrame | None) -> Survey:
    """Look over the ids of a table, column by column; `people` is the table of subjects.

    Raises:
        ProblemsError: the table cannot be used at all.
    """
    mapped, conformed = _conform(raw.slice(0, raw.rows), found, scheme, is_id_text=False)
    file = found.table.file
    is_negative = [check.is_failed for check in conformed.checks[: conformed.negative_checks]]
    is_id_text = bool(is_negative) and bool(
        collect_frame(conformed.staged.select(pl.any_horizontal(is_negative).any()), file).item()
    )
    if is_id_text:
        mapped, conformed = _conform(raw.slice(0, raw.rows), found, scheme, is_id_text=True)
    ids = conformed.frame.select(ROW, SUBJECT_ID)
    events = int(collect_frame(ids.select(pl.len()), file).item())
    chosen = ids.filter(pl.col(SUBJECT_ID).hash(1) % _SUBJECTS_STEP == 0)
    subjects = _SUBJECTS_STEP * max(1, int(collect_frame(chosen.select(pl.col(SUBJECT_ID).n_unique()), file).item()))
    # By a hash of the row, so that a rhythm in the order of rows cannot choose the same subject again and again.
    drawn = ids.filter(pl.col(ROW).hash(2) % max(1, events // SAMPLED_EVENTS) == 0)
    sample = (
        collect_frame(drawn.select(pl.col(SUBJECT_ID)).with_columns(OWN_TEXTS), file)[SUBJECT_ID].drop_nulls().sort()
    )
    is_subject_text = people is not None and people.schema[SUBJECT_ID] != sample.dtype
    if is_subject_text:
        sample = sample.cast(pl.String).sort()
    has_source = mapped is not None or SOURCE in found.table.schema
    return Survey(conformed, mapped, events, subjects, is_id_text, is_subject_text, sample, has_source)


def iterate_batches(
    raw: RawTable, found: LedgerSource, scheme: Scheme, *, is_id_text: bool, rows_at_once: int
) -> Iterator[Batch]:
    """The events of a table, some rows at a time, in the order of the rows."""
    for first in range(0, raw.rows, rows_at_once):
        part = raw.slice(first, rows_at_once)
        if found.mapping is not None:
            # A mapping looks at its rows many times.
            part = collect_frame(part, found.table.file).lazy()
        mapped, conformed = _conform(part, found, scheme, is_id_text=is_id_text)
        yield Batch(conformed, mapped, min(1.0, (first + rows_at_once) / raw.rows))


def tell_mapping_lines(batch: Batch, events: pl.Series, lines: Lines) -> None:
    """Put by what a mapping tells of the rows of a batch; `events` are the numbers of the rows that gave an event."""
    if batch.mapped is None:
        return
    told = list_mapping_lines(batch.mapped)
    lines.add(Why.MAPPED, told)
    without, _ = list_rows_without_event(batch.mapped, pl.concat([events, told[ROW]]).unique())
    lines.add(Why.WITHOUT_EVENT, without)


def _conform(
    frame: pl.LazyFrame, found: LedgerSource, scheme: Scheme, *, is_id_text: bool
) -> tuple[MappedTable | None, Conformed]:
    file = found.table.file
    mapped = None if found.mapping is None else apply_mapping(frame, found.mapping, file)
    events = frame if mapped is None else mapped.events
    return mapped, conform(events, scheme, file, fitting=found.fitting, is_id_text=is_id_text)
