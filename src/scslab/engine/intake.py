"""Take a ledger in: one streaming pass over the columns that a run needs, and a full look where something is wrong."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scslab.engine.calendar import day_of
from scslab.engine.compile import Compiled
from scslab.engine.needs import has_consequences, has_story, needs_walk
from scslab.engine.selection import build_posting_date, list_columns, select_events
from scslab.ground.digests import start_digest
from scslab.ground.problems import Problem
from scslab.ledger.columns import FLAW, SOURCE
from scslab.ledger.conform import ODD, Conformed, conform
from scslab.ledger.duplicates import find_duplicates, is_strictly_increasing
from scslab.ledger.formats import Format
from scslab.ledger.load import default_as_of, load, load_people, set_aside_after
from scslab.ledger.notes import tell_counts
from scslab.ledger.reading import tell_problems
from scslab.ledger.set_aside import empty_set_aside, join_lines
from scslab.ledger.sources import LedgerSource, find_source

if TYPE_CHECKING:
    from scslab.engine.classify import Classified
    from scslab.engine.taking import Taken

PROBED_ROWS = 1 << 12
"""Rows by which a ledger in no order is told before it is read."""
SAMPLED_ROWS, SAMPLED_PLACES = 1 << 14, 4
"""Rows, and places of a ledger, by which the ids of its subjects are judged before it is read. At each place a whole
row group is read, however few of its rows are wanted."""
ROWS_PER_BATCH = 1 << 18
"""Rows that are checked and classified at a time while a ledger is read: few enough for the cache."""

ROWS_PER_PIECE: int | None = None
"""The same where pieces need not be large: as they come, because putting them together would copy them."""


@dataclass(frozen=True, slots=True)
class Intake:
    """What a run needs of a ledger, and everything that it does not use.

    Attributes:
        selected: valid, unique events up to `as_of`, corrections applied: the columns of `selection.select_events`,
            or those of `list_columns` where they are `classified` already; none where they are `taken`.
        taken: the events in buckets, where standings alone are wanted and the rows are clean and in order.
        are_ids_ascending: whether event ids ascend from row to row.
        set_aside, notes, subjects: as in `Settlement`.
        rows_in, rows_used, events_made, duplicates: as in `Counts`.
        digest: SHA-256 of the file, once it is computed; "" for a frame.
    """

    selected: pl.DataFrame
    classified: Classified | None
    taken: Taken | None
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
    may_take: bool = False,
) -> Intake:
    """Read and check a ledger; the arguments are those of `scslab.engine.settle.settle`.

    With `may_take` events may come in buckets, where the scheme and the table allow it.

    A table of events in which nothing is wrong, repeated or corrected is read in one pass, and only the columns that
    the scheme
    asks for. Any other is loaded whole (`scslab.ledger.load`).

    Raises:
        ProblemsError: the table cannot be used at all.
    """
    found = find_source(events, mapping, subjects)
    digest = start_digest(found.table.path)
    if known_at is None and found.mapping is None and found.table.format in (Format.PARQUET, Format.FRAME):
        clean = _take_clean(compiled, found, as_of, digest, is_itemised=is_itemised, may_take=may_take)
        if clean is not None:
            return clean
    ledger = load(events, compiled.scheme, mapping=mapping, subjects=subjects, known_at=known_at)
    day = as_of or default_as_of(ledger.frame, compiled.scheme, date.today())
    frame, late = set_aside_after(ledger.frame, day, compiled.scheme)
    gone = late["row"].unique()
    left = frame["row"].unique()
    has_source = found.mapping is not None or SOURCE in found.table.columns
    columns = [name for name in list_columns(compiled.scheme) if name != SOURCE or has_source]
    return Intake(
        selected=select_events(compiled, frame.lazy(), ledger.subjects, columns=columns).collect(),
        as_of=day,
        are_ids_ascending=False,
        classified=None,
        taken=None,
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


def _take_clean(
    compiled: Compiled, found: LedgerSource, as_of: date | None, digest: Future[str], *, is_itemised: bool,
    may_take: bool,
) -> Intake | None:  # fmt: skip
    """A table in which nothing is wrong; None where something is."""
    table = found.table
    may_take = may_take and can_go_straight(compiled, is_itemised=is_itemised)
    may_take = may_take and not (is_itemised and SOURCE in table.columns)
    # Lists and objections name events, and look at them in order.
    is_itemised = is_itemised or needs_walk(compiled.scheme) or has_story(compiled.scheme)
    conformed = conform(table.frame, compiled.scheme, table.file, fitting=found.fitting)
    people, person_notes = load_people(found, compiled.scheme)
    with tell_problems(table.file):
        if people is not None and people["subject_id"].dtype != conformed.frame.collect_schema()["subject_id"]:
            return None
        n = int(table.frame.select(pl.len()).collect().item())
        packed = _take(compiled, conformed, people, n, is_itemised=is_itemised) if may_take else None
        if packed is None:
            packed = _pack(compiled, conformed, people, n, has_source=SOURCE in table.columns, is_itemised=is_itemised)
    if packed is None or packed.last_day > (as_of or date.today()):
        return None
    if not packed.are_ids_ascending and find_duplicates(packed.events["event_id"]) is not None:
        return None
    notes = (*table.notes, *found.notes, *conformed.notes, *person_notes)
    return Intake(
        selected=packed.events,
        classified=packed.classified,
        taken=packed.taken,
        as_of=as_of or packed.last_day,
        are_ids_ascending=packed.are_ids_ascending,
        set_aside=empty_set_aside(),
        notes=(*notes, *tell_counts(packed.odd, conformed.tallies, table.file)),
        subjects=people,
        rows_in=n,
        rows_used=n,
        events_made=n,
        duplicates=0,
        name=table.file,
        mapping_name="",
        digest=digest,
    )


@dataclass(frozen=True, slots=True)
class _Packed:
    """A clean table, classified while it was read; `odd` counts the rows of each tally."""

    events: pl.DataFrame
    classified: Classified | None
    taken: Taken | None
    are_ids_ascending: bool
    last_day: date
    odd: list[int]


def can_go_straight(compiled: Compiled, *, is_itemised: bool) -> bool:
    """Whether nothing but points follows from events: no lists, no objections, no measures where these are wanted."""
    scheme = compiled.scheme
    return not (needs_walk(scheme) or has_story(scheme) or (is_itemised and has_consequences(scheme)))


def _take(
    compiled: Compiled, conformed: Conformed, people: pl.DataFrame | None, n: int, *, is_itemised: bool
) -> _Packed | None:
    """Read a table into the buckets of its subjects; None where it is not clean and in order, or ids are texts."""
    if not n or not _may_be_in_order(compiled, conformed.plain):
        return None
    sample = _sample_subjects(conformed.plain, n)
    tallied = [f"{ODD}{k}" for k in range(len(conformed.tallies))]
    columns = ("event_id", "subject_id", "occurred_on", "recorded_on", FLAW, *tallied)
    query = select_events(compiled, conformed.plain, people, columns=columns).drop("@day")
    batches = query.collect_batches(chunk_size=ROWS_PER_PIECE, maintain_order=True, engine="streaming")
    # Reading has begun on other threads: the kernels are imported beside it.
    from scslab.engine.taking import start_taking

    taker = start_taking(compiled, n, sample, is_itemised=is_itemised)
    odd, rows, is_clean = [0] * len(tallied), 0, True
    for batch in batches:
        rows += batch.height
        is_clean = is_clean and rows <= n and not batch[FLAW].any() and taker.add(batch)
        if is_clean:  # else the query must be read to its end all the same
            odd = [so_far + int(batch[name].sum()) for so_far, name in zip(odd, tallied, strict=True)]
    if not is_clean or rows != n:
        return None
    taken = taker.finish()
    return _Packed(pl.DataFrame(), None, taken, True, day_of(taken.last_day), odd)


def _may_be_in_order(compiled: Compiled, events: pl.LazyFrame) -> bool:
    """Whether ids are whole numbers, and the first rows stand in the order of posting dates and of event ids."""
    schema = events.collect_schema()
    if schema["event_id"] != pl.Int64 or schema["subject_id"] != pl.Int64:
        return False
    posted_on = build_posting_date(compiled.scheme.score.posts_on).alias("day")
    first = events.select("event_id", posted_on).head(PROBED_ROWS).collect()
    return is_strictly_increasing(first["event_id"]) and first["day"].is_sorted()


def _sample_subjects(events: pl.LazyFrame, n: int) -> NDArray[np.int64]:
    """The ids of the subjects of some rows, from all over a table of `n` rows; they may tell too little."""
    each = max(1, SAMPLED_ROWS // SAMPLED_PLACES)
    places = sorted({k * max(0, n - each) // max(1, SAMPLED_PLACES - 1) for k in range(SAMPLED_PLACES)})
    column = events.select("subject_id")
    found = pl.collect_all([column.slice(place, each) for place in places], engine="streaming")
    return pl.concat(found)["subject_id"].drop_nulls().to_numpy()


def _pack(
    compiled: Compiled,
    conformed: Conformed,
    people: pl.DataFrame | None,
    n: int,
    *,
    has_source: bool,
    is_itemised: bool,
) -> _Packed | None:
    """Read, check and classify a table batch by batch; None where a row is flawed or corrects another."""
    kept = [name for name in list_columns(compiled.scheme) if (has_source and is_itemised) or name != SOURCE]
    tallied = [f"{ODD}{k}" for k in range(len(conformed.tallies))]
    query = select_events(compiled, conformed.marked, people, columns=(*kept, FLAW, *tallied))
    batches = query.collect_batches(chunk_size=ROWS_PER_BATCH, maintain_order=True, engine="streaming")
    # Reading has begun on other threads: the kernels are imported beside it.
    from scslab.engine.classify import start_packing

    packer, pieces, base = start_packing(compiled, n), list[pl.DataFrame](), 0
    last, odd, are_ascending, previous = -1, [0] * len(tallied), True, -1
    is_clean = n > 0
    numbers = np.empty(n, np.int64)
    for batch in batches:
        types = batch["@type"]
        is_clean = is_clean and batch[FLAW].max() == 0 and types.max() < len(compiled.types)  # type: ignore[operator]
        if not is_clean or base + batch.height > n:
            continue  # the query must be read to its end
        packer.add(batch, base)
        last = max(last, int(batch["@day"].max()))  # type: ignore[arg-type]
        odd = [so_far + int(batch[name].sum()) for so_far, name in zip(odd, tallied, strict=True)]
        ids, subjects = batch["event_id"], batch["subject_id"]
        are_ascending = are_ascending and ids.dtype.is_integer() and ids[0] > previous and is_strictly_increasing(ids)
        previous = ids[-1] if are_ascending else -1
        # Numbers go to their place at once; what nobody will read is let go, because memory is what costs most here.
        is_number = subjects.dtype == pl.Int64
        if is_number:
            numbers[base : base + batch.height] = subjects.to_numpy()
        wanted = kept if is_itemised else ["subject_id"]
        pieces.append(batch.select([name for name in wanted if not (is_number and name == "subject_id")]))
        base += batch.height
    if not is_clean or base != n:
        return None
    events = pl.concat(pieces)
    if "subject_id" not in events.columns:
        subjects = pl.Series("subject_id", numbers)
        events = events.with_columns(subjects) if events.width else subjects.to_frame()
    classified = packer.finish()
    if not (is_itemised or (are_ascending and classified.is_sorted)):  # ties need a look
        events = events.with_columns(conformed.frame.select("event_id").collect(engine="streaming")["event_id"])
    return _Packed(events, classified, None, are_ascending, day_of(last), odd)
