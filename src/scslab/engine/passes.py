"""Settle a ledger of any size into a run folder: at once where it fits into memory, else part by part.

How memory stays bounded: the raw table is read and checked a batch of rows at a time, and its valid events are
written to temporary Parquet files, one set for each range of subject ids, chosen from a sample so that each holds about
as many events as fit into the budget. Then one range after the other is settled as a ledger of its own. What crosses
ranges is handled before: event ids that stand more than once are found by sorting 64-bit hashes of all ids, a share of
them at a time; corrections are resolved range by range. Lines of the problems table go to disk and are merged by row.
The result is that of settling at once.
"""

from __future__ import annotations

import os
import shutil
import time
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from scslab.engine.calendar import day_of
from scslab.engine.compile import Compiled, compile_scheme
from scslab.engine.intake import start_digest
from scslab.engine.memory import read_memory
from scslab.engine.passes_large import Passes, take_nothing
from scslab.engine.passes_plan import estimate_events, fits_at_once
from scslab.engine.passes_raw import open_raw
from scslab.engine.passes_take_in import LargeIntake, take_in_parts
from scslab.engine.prepare import find_window
from scslab.engine.progress import Progress, ignore_progress
from scslab.engine.runs import Run, open_run_folder, read_run, write_description, write_entries, write_rest
from scslab.engine.settle import begin
from scslab.engine.settlement import Counts, Settlement
from scslab.engine.settling import describe_provenance
from scslab.engine.strict import refuse_lines
from scslab.ledger.sources import LedgerSource, find_source
from scslab.scheme.catalogue import find_scheme
from scslab.scheme.model import Scheme

Tell = Callable[[str], None]
"""Is told a sentence for the user."""


def settle_to_folder(
    scheme: Scheme | str | Path,
    events: Any,
    folder: Path | str,
    *,
    as_of: date | None = None,
    known_at: date | None = None,
    mapping: str | Path | None = None,
    subjects: Any = None,
    threads: int | None = None,
    memory: float | str | None = None,
    is_itemised: bool = True,
    is_strict: bool = False,
    is_replacing: bool = False,
    progress: Progress = ignore_progress,
    tell: Tell = lambda _: None,
) -> Run:
    """Settle a ledger of any size and write a run folder (without the report).

    A ledger that does not fit into memory is settled in passes over ranges of subjects, with the same result. Beside
    the run folder that takes some disk for the time being: about what the ledger takes as Parquet.

    Args:
        scheme: as for `settle`, like `events`, `as_of`, `known_at`, `mapping`, `subjects` and `threads`.
        events: a file, a frame (of Polars, also a lazy one, or pandas), or the name of a shipped dataset.
        folder: the run folder; it appears when the run is complete.
        as_of: the date of the standings.
        known_at: use only what was recorded by then.
        mapping: the file that says how a raw table becomes events.
        subjects: a table of subjects and their attributes; it stays in memory.
        threads: how many threads may work at a time.
        memory: how much memory the program may take, about: bytes, or a text like `2.5GB`; default: two fifths of what
            is free.
        is_itemised: whether entries are wanted; without them it is faster.
        is_strict: whether to stop where any row cannot be used.
        is_replacing: whether a complete run of that name may be replaced.
        progress: is told how far the work is.
        tell: is told what a user should know: an interrupted run that was removed, or that passes are needed.

    Raises:
        ProblemsError: the scheme or the ledger cannot be used, or the name is taken (R030, R031).
    """
    target = Path(folder)
    with open_run_folder(target, is_replacing=is_replacing, tell=tell) as partial:
        settle_into(
            partial, scheme, events, as_of=as_of, known_at=known_at, mapping=mapping, subjects=subjects,
            threads=threads, memory=memory, is_itemised=is_itemised, is_strict=is_strict, progress=progress, tell=tell,
        )  # fmt: skip
    return read_run(target)


def settle_into(
    partial: Path,
    scheme: Scheme | str | Path,
    events: Any,
    *,
    as_of: date | None = None,
    known_at: date | None = None,
    mapping: str | Path | None = None,
    subjects: Any = None,
    threads: int | None = None,
    memory: float | str | None = None,
    is_itemised: bool = True,
    is_strict: bool = False,
    progress: Progress = ignore_progress,
    tell: Tell = lambda _: None,
    passes: int | None = None,
    rows_at_once: int | None = None,
) -> Settlement:
    """Settle a ledger of any size into an open run folder.

    The arguments are those of `settle_to_folder`; for tests, `passes` and `rows_at_once` say in how many passes to
    settle and how many rows to read at a time, whatever the budget.

    Returns:
        The settlement without its entries. Of a ledger that was settled in passes the tables are in the folder only;
        `standings` has the columns `tier` and `score`, `set_aside` has `code`, and the others are empty.
    """
    found = scheme if isinstance(scheme, Scheme) else find_scheme(scheme)
    budget = read_memory(memory)
    options: dict[str, Any] = {"as_of": as_of, "known_at": known_at, "is_itemised": is_itemised, "progress": progress}
    n_events = estimate_events(events, has_mapping=mapping is not None)
    if passes is None and fits_at_once(n_events, budget):
        run = begin(found, events, mapping=mapping, subjects=subjects, threads=threads, **options)
        if is_strict:
            refuse_lines([run.intake.set_aside], run.intake.name)
        pieces = run.iterate_entries()
        if is_itemised:
            write_entries(pieces, partial / "entries.parquet")
        else:
            deque(pieces, maxlen=0)
        settlement = run.finish(pl.DataFrame(), with_unposted=is_itemised)
        progress("writing", 0.0)
        write_rest(settlement, partial)
        return settlement
    source = find_source(events, mapping, subjects)
    return _settle_in_passes(
        partial, compile_scheme(found), source, is_plan=isinstance(events, pl.LazyFrame), threads=threads,
        memory=budget, is_strict=is_strict, tell=tell, passes=passes, rows_at_once=rows_at_once, **options,
    )  # fmt: skip


def _settle_in_passes(
    partial: Path,
    compiled: Compiled,
    found: LedgerSource,
    *,
    is_plan: bool,
    as_of: date | None,
    known_at: date | None,
    threads: int | None,
    memory: int,
    is_itemised: bool,
    is_strict: bool,
    progress: Progress,
    tell: Tell,
    passes: int | None,
    rows_at_once: int | None,
) -> Settlement:
    clock = time.perf_counter()
    digest = start_digest(found.table.path)
    scratch = partial / "parts"
    scratch.mkdir()
    progress("reading", 0.0)
    raw = open_raw(found, scratch, is_plan=is_plan)
    intake = take_in_parts(
        compiled, found, raw, scratch, as_of=as_of, known_at=known_at, is_itemised=is_itemised, memory=memory,
        passes=passes, rows_at_once=rows_at_once, progress=progress, tell=tell,
    )  # fmt: skip
    intake.lines.write_csv(partial / "problems.csv")
    if is_strict:
        refuse_lines(intake.lines.iterate(), found.table.file)
    seconds = {"check": time.perf_counter() - clock}
    run = Passes(
        compiled=compiled,
        parts=intake.parts,
        people=intake.people,
        window=find_window(compiled, intake.as_of),
        columns=intake.columns,
        are_ids_ascending=intake.are_ids_ascending,
        folder=scratch,
        file=found.table.file,
        threads=threads or os.cpu_count() or 1,
        is_itemised=is_itemised,
        progress=progress,
        seconds=seconds,
    )
    run.settle(partial)
    shutil.rmtree(scratch)
    read = replace(
        take_nothing(intake.people, intake.as_of),
        name=found.table.file,
        mapping_name=found.mapping.name if found.mapping else "",
        digest=digest,
    )
    provenance = describe_provenance(compiled.scheme, read, run.seconds)
    settlement = _sum_up(partial, compiled, intake, run, known_at, provenance | {"passes": len(intake.parts)})
    write_description(settlement, partial)
    return settlement


def _sum_up(
    partial: Path,
    compiled: Compiled,
    intake: LargeIntake,
    run: Passes,
    known_at: date | None,
    provenance: dict[str, Any],
) -> Settlement:
    """The settlement whose tables are in a folder, with the columns that a summary needs."""
    counts: dict[str, Any] = run.count() | {
        "rows_in": intake.rows_in,
        "rows_used": intake.rows_used,
        "rows_set_aside": intake.rows_in - intake.rows_used,
        "events_made": intake.events_made,
        "duplicates": intake.duplicates,
    }
    published = run.window.published
    standings = pl.scan_parquet(partial / "standings.parquet", glob=False, hive_partitioning=False)
    return Settlement(
        scheme=compiled.scheme,
        as_of=intake.as_of,
        known_at=known_at,
        published_on=day_of(published) if published >= 0 else None,
        standings=standings.select("tier", "score").collect(engine="streaming"),
        entries=pl.DataFrame(),
        unposted=pl.DataFrame(),
        measures=pl.DataFrame(),
        set_aside=intake.codes,
        counts=Counts(**counts),
        notes=intake.notes,
        subjects=intake.people,
        provenance=provenance,
    )
