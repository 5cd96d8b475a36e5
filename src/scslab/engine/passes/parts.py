"""A ledger larger than memory, cut into parts by ranges of subject ids: valid events in typed columns, on disk."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scslab.engine.passes.bits import Bits
from scslab.engine.passes.lines import Lines, Why
from scslab.engine.passes.raw import OWN_TEXTS, Batch, Survey, tell_mapping_lines
from scslab.engine.progress import Progress
from scslab.ledger.columns import EVENT_ID, FLAW, ROW, SUBJECT_ID, TYPE
from scslab.ledger.conform import ODD, Conformed
from scslab.ledger.duplicates import is_strictly_increasing
from scslab.ledger.flaws import describe_flaws
from scslab.ledger.horizon import get_posting_date, set_aside_unknown
from scslab.ledger.reading import collect_frame
from scslab.scheme.model import REPLACE, RETRACT, Scheme

PLACE = "@place"
"""The place of an event in its part."""
View = Sequence[str] | Callable[[pl.LazyFrame], pl.LazyFrame] | pl.Expr


@dataclass(slots=True)
class Part:
    """The events of a range of subjects, in order of their rows, in some Parquet files.

    Attributes:
        lower, upper: the range of subject ids, the upper end exclusive; None where it is open.
        files: the files with the number of events in each.
        corrections: how many of the events are corrections.
        last_day: the latest posting date; None where there is no event.
        out: places (from 0) of events that must not be settled: repeated, corrected or late ones, and corrections.
    """

    folder: Path
    lower: str | int | None
    upper: str | int | None
    files: list[tuple[Path, int]] = field(default_factory=list[tuple[Path, int]])
    corrections: int = 0
    last_day: date | None = None
    out: Bits = field(default_factory=Bits)

    @property
    def size(self) -> int:
        """How many events there are, those that are out included."""
        return sum(size for _, size in self.files)

    def add(self, events: pl.DataFrame, scheme: Scheme) -> None:
        """Append events."""
        if self.files and not events.height:
            return
        path = self.folder / f"{len(self.files):06}.parquet"
        events.write_parquet(path, compression="zstd", compression_level=1, statistics=False)
        self.files.append((path, events.height))
        self.corrections += int(events.select(is_correction(events.schema[TYPE]).sum()).item())
        latest = events[get_posting_date(scheme)].max()
        if isinstance(latest, date):
            self.last_day = latest if self.last_day is None else max(latest, self.last_day)

    def iterate(self, view: View) -> Iterator[tuple[NDArray[np.int64], pl.DataFrame]]:
        """A view of the events that are not out, some at a time, with their places.

        Args:
            view: columns, or a plan that gives one row for each event in the same order.
        """
        first = 0
        for path, size in self.files:
            frame = pl.scan_parquet(path, glob=False, hive_partitioning=False)
            seen = view(frame) if callable(view) else frame.select(view)
            events = seen.collect(engine="streaming")
            kept = ~self.out.read(first, size)
            yield np.flatnonzero(kept) + first, events if kept.all() else events.filter(pl.Series(kept))
            first += size

    def find(self, columns: Sequence[str], choose: Callable[[pl.DataFrame], pl.Series]) -> NDArray[np.int64]:
        """The places of events that are not out and that `choose` says yes to, by some of their columns."""
        found = [places[choose(events).to_numpy()] for places, events in self.iterate(columns)]
        return np.concatenate(found)

    def take(self, places: NDArray[np.int64], columns: Sequence[str] | None = None) -> pl.DataFrame:
        """Columns (default: all) of the events at some places, ascending, with the places as `PLACE`."""
        pieces: list[pl.DataFrame] = []
        first, wanted = 0, None if columns is None else list(columns)
        for path, size in self.files:
            here = places[np.searchsorted(places, first) : np.searchsorted(places, first + size)]
            if here.size or not pieces:
                events = pl.read_parquet(path, columns=wanted, glob=False, hive_partitioning=False)
                place = pl.Series(PLACE, here, dtype=pl.Int64)
                pieces.append(events[here - first].with_columns(OWN_TEXTS, place))
            first += size
        return pl.concat(pieces)

    def remove(self) -> None:
        """Remove the files."""
        shutil.rmtree(self.folder)


@dataclass(frozen=True, slots=True)
class Stage:
    """A ledger cut into parts.

    Attributes:
        events: how many events the rows made, valid or not.
        tallies: the counts of `Conformed.tallies`.
        are_ids_increasing: whether each valid event has a greater id than the one before, in plain order.
    """

    parts: tuple[Part, ...]
    events: int
    tallies: tuple[int, ...]
    are_ids_increasing: bool


def is_correction(dtype: pl.DataType) -> pl.Expr:
    """Whether an event is a correction; `dtype` is that of the types."""
    return pl.col(TYPE).is_in(pl.Series([RETRACT, REPLACE], dtype=dtype).implode())


def cut_parts(sample: pl.Series, count: int, folder: Path) -> tuple[Part, ...]:
    """So many parts with about as many events each, by a sample of their subject ids; fewer where these are few.

    Args:
        sample: subject ids of some events, ascending.
        count: how many parts are wanted.
        folder: gets a folder for each part.
    """
    places = [len(sample) * k // count for k in range(1, count)] if len(sample) else []
    # The least id begins the first part; as a border it would leave that part empty.
    borders = [border for border in sample.gather(places).unique().sort().to_list() if border != sample[0]]
    parts = tuple(
        Part(folder / f"part-{k:04}", lower, upper)
        for k, (lower, upper) in enumerate(zip([None, *borders], [*borders, None], strict=True))
    )
    for part in parts:
        part.folder.mkdir()
    return parts


def stage_events(
    batches: Iterator[Batch],
    survey: Survey,
    scheme: Scheme,
    parts: tuple[Part, ...],
    lines: Lines,
    *,
    known_at: date | None,
    progress: Progress,
) -> Stage:
    """Read and check a ledger, and write its valid events into parts.

    Args:
        batches: the ledger, some rows at a time.
        survey: what was found out about it before.
        scheme: whose vocabulary the events are in.
        parts: empty parts that cover all subjects.
        lines: gets a line for each row that cannot be used, and each reason.
        known_at: use only what was recorded by then.
        progress: is told how far the reading is.
    """
    tallies = np.zeros(len(survey.conformed.tallies), np.int64)
    borders = pl.Series([part.lower for part in parts[1:]], dtype=survey.sample.dtype)
    n_events, are_increasing, last_id = 0, True, None
    for batch in batches:
        marked = collect_frame(batch.conformed.marked, batch.conformed.file)
        n_events += marked.height
        tallies += np.array([int(marked[f"{ODD}{n}"].sum()) for n in range(tallies.size)], np.int64)
        good = _choose_good(marked, batch.conformed, scheme, lines, known_at)
        tell_mapping_lines(batch, marked[ROW], lines)
        if are_increasing and good.height:
            ids = good[EVENT_ID]
            are_increasing = (last_id is None or ids[0] > last_id) and is_strictly_increasing(ids)
            last_id = ids[-1]
        if survey.is_subject_text:
            good = good.with_columns(pl.col(SUBJECT_ID).cast(pl.String))
        place = borders.search_sorted(good[SUBJECT_ID], side="right") if len(parts) > 1 else None
        for number, part in enumerate(parts):
            part.add(good if place is None else good.filter(place == number), scheme)
        progress("reading", batch.share)
    return Stage(parts, n_events, tuple(tallies.tolist()), are_increasing)


def _choose_good(
    marked: pl.DataFrame, conformed: Conformed, scheme: Scheme, lines: Lines, known_at: date | None
) -> pl.DataFrame:
    """The valid events that are known; the others are told."""
    events = marked.drop(f"{ODD}{n}" for n in range(len(conformed.tallies)))
    known, late = set_aside_unknown(events, known_at)
    lines.add(Why.NOT_KNOWN, late.sort(ROW, maintain_order=True))
    flawed = known.filter(pl.col(FLAW) > 0)
    if not flawed.height:
        return known.drop(FLAW)
    lines.add(Why.FLAWED, describe_flaws(conformed, scheme, flawed[ROW].unique()))
    return known.filter(pl.col(FLAW) == 0).drop(FLAW)
