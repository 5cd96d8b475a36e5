"""Take a ledger in: one streaming pass over the columns that a run needs, and a full look where something is wrong."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from scslab.engine.calendar import day_of
from scslab.engine.compile import Compiled
from scslab.engine.prepare import EVENT_COLUMNS, select_events
from scslab.ground.digests import digest_of_file
from scslab.ground.problems import Problem
from scslab.ledger.columns import FLAW, SOURCE
from scslab.ledger.conform import ODD, Conformed, conform
from scslab.ledger.duplicates import find_duplicates, is_strictly_increasing
from scslab.ledger.formats import Format
from scslab.ledger.load import default_as_of, load, load_people, set_aside_after
from scslab.ledger.notes import tell_counts
from scslab.ledger.reading import collect_frame
from scslab.ledger.set_aside import empty_set_aside, join_lines
from scslab.ledger.sources import LedgerSource, find_source


@dataclass(frozen=True, slots=True)
class Intake:
    """What a run needs of a ledger, and everything that it does not use.

    Attributes:
        selected: the columns of `prepare.select_events`: valid, unique events up to `as_of`, corrections applied.
        are_ids_ascending: whether event ids ascend from row to row.
        set_aside, notes, subjects: as in `Settlement`.
        rows_in, rows_used, events_made, duplicates: as in `Counts`.
        digest: SHA-256 of the file, once it is computed; "" for a frame.
    """

    selected: pl.DataFrame
    as_of: date
    are_ids_ascending: bool
    set_aside: pl.DataFrame
    notes: tuple[Problem, ...]
    subjects: pl.DataFrame | None
    rows_in: int
    rows_used: int
    events_made: int
    duplicates: int
    name: str
    mapping_name: str
    digest: Future[str]


def take_in(
    compiled: Compiled,
    events: Any,
    *,
    as_of: date | None = None,
    known_at: date | None = None,
    mapping: str | Path | None = None,
    subjects: Any = None,
    is_itemised: bool = True,
) -> Intake:
    """Read and check a ledger; the arguments are those of `scslab.engine.settle.settle`.

    A table of events in which nothing is wrong, repeated or corrected is read in one pass, and only the columns that
    the scheme
    asks for. Any other is loaded whole (`scslab.ledger.load`).

    Raises:
        ProblemsError: the table cannot be used at all.
    """
    found = find_source(events, mapping, subjects)
    digest = _start_digest(found.table.path)
    if known_at is None and found.mapping is None and found.table.format in (Format.PARQUET, Format.FRAME):
        clean = _take_clean(compiled, found, as_of, digest, is_itemised=is_itemised)
        if clean is not None:
            return clean
    ledger = load(events, compiled.scheme, mapping=mapping, subjects=subjects, known_at=known_at)
    day = as_of or default_as_of(ledger.frame, compiled.scheme, date.today())
    frame, late = set_aside_after(ledger.frame, day, compiled.scheme)
    gone = late["row"].unique()
    left = frame["row"].unique()
    has_source = found.mapping is not None or SOURCE in found.table.columns
    columns = [name for name in EVENT_COLUMNS if name != SOURCE or has_source]
    return Intake(
        selected=select_events(compiled, frame.lazy(), ledger.subjects, columns=columns).collect(),
        as_of=day,
        are_ids_ascending=False,
        set_aside=join_lines([ledger.set_aside, late]),
        notes=ledger.notes,
        subjects=ledger.subjects,
        rows_in=ledger.rows_in,
        rows_used=ledger.rows_used - gone.filter(~gone.is_in(left.implode())).len(),
        events_made=ledger.events_made,
        duplicates=ledger.duplicates,
        name=found.table.file,
        mapping_name=ledger.mapping_name,
        digest=digest,
    )


def _start_digest(path: Path | None) -> Future[str]:
    """The digest of the input, computed beside everything else."""
    with_nothing: Future[str] = Future()
    if path is None:
        with_nothing.set_result("")
        return with_nothing
    pool = ThreadPoolExecutor(1)
    digest = pool.submit(digest_of_file, path)
    pool.shutdown(wait=False)
    return digest


def _take_clean(
    compiled: Compiled, found: LedgerSource, as_of: date | None, digest: Future[str], *, is_itemised: bool
) -> Intake | None:
    """A table in which nothing is wrong; None where something is."""
    table = found.table
    conformed = conform(table.frame, compiled.scheme, table.file, fitting=found.fitting)
    people, person_notes = load_people(found, compiled.scheme)
    if people is not None and people["subject_id"].dtype != conformed.frame.collect_schema()["subject_id"]:
        return None
    selected = _collect(compiled, conformed, people, has_source=is_itemised and SOURCE in table.columns)
    is_clean = selected.height > 0 and selected[FLAW].max() == 0
    if not is_clean or int(selected["@type"].max()) >= len(compiled.types):  # type: ignore[arg-type]
        return None
    last = day_of(int(selected["@day"].max()))  # type: ignore[arg-type]
    if last > (as_of or date.today()) or find_duplicates(selected["event_id"]) is not None:
        return None
    odd = [name for name in selected.columns if name.startswith(ODD)]
    counts = [int(selected[name].sum()) for name in odd]
    n, ids = selected.height, selected["event_id"]
    return Intake(
        selected=selected.drop(FLAW, *odd),
        as_of=as_of or last,
        are_ids_ascending=ids.dtype.is_integer() and is_strictly_increasing(ids),
        set_aside=empty_set_aside(),
        notes=(
            *(*table.notes, *found.notes, *conformed.notes, *person_notes),
            *tell_counts(counts, conformed.tallies, table.file),
        ),
        subjects=people,
        rows_in=n,
        rows_used=n,
        events_made=n,
        duplicates=0,
        name=table.file,
        mapping_name="",
        digest=digest,
    )


def _collect(
    compiled: Compiled, conformed: Conformed, people: pl.DataFrame | None, *, has_source: bool
) -> pl.DataFrame:
    kept = [name for name in EVENT_COLUMNS if name != SOURCE or has_source]
    odd = [f"{ODD}{n}" for n in range(len(conformed.tallies))]
    selected = select_events(compiled, conformed.marked, people, columns=(*kept, FLAW, *odd))
    return collect_frame(selected, conformed.file)
