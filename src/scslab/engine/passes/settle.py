"""The whole of a settlement in passes: take a ledger in, settle its parts, and sum up what came of them."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from scslab.engine.calendar import day_of
from scslab.engine.compile import Compiled
from scslab.engine.passes.large import Passes, take_nothing
from scslab.engine.passes.raw import RawTable
from scslab.engine.passes.take_in import LargeIntake, take_in_parts
from scslab.engine.prepare import find_window
from scslab.engine.progress import Progress
from scslab.engine.runs import write_description
from scslab.engine.settlement import Counts, Settlement
from scslab.engine.settling import describe_provenance
from scslab.engine.strict import refuse_lines
from scslab.ground.digests import start_digest
from scslab.ground.problems import Problem
from scslab.ledger.sources import LedgerSource

PARTS = "parts"
"""The folder in an open run folder that holds the parts of a ledger for the time being."""


def settle_in_passes(
    partial: Path,
    compiled: Compiled,
    found: LedgerSource,
    raw: RawTable,
    *,
    as_of: date | None,
    known_at: date | None,
    threads: int | None,
    memory: int,
    is_itemised: bool,
    is_strict: bool,
    progress: Progress,
    tell: Callable[[str], None],
    passes: int | None,
    rows_at_once: int | None,
    make: Callable[..., Passes] = Passes,
    notes: tuple[Problem, ...] = (),
) -> Settlement:
    """Settle a ledger part by part into an open run folder.

    The arguments are those of `scslab.engine.passes.settle_into`, with `found` and `raw` for the ledger, `make` for
    what settles its parts, and `notes` to be told with those of the ledger. Temporary files are in `PARTS` and are
    removed at the end.
    """
    clock = time.perf_counter()
    digest = start_digest(found.table.path)
    scratch = partial / PARTS
    intake = take_in_parts(
        compiled, found, raw, scratch, as_of=as_of, known_at=known_at, is_itemised=is_itemised, memory=memory,
        passes=passes, rows_at_once=rows_at_once, progress=progress, tell=tell,
    )  # fmt: skip
    intake.lines.write_csv(partial / "problems.csv")
    if is_strict:
        refuse_lines(intake.lines.iterate(), found.table.file)
    seconds = {"check": time.perf_counter() - clock}
    run = make(
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
    settlement = _sum_up(partial, compiled, intake, run, known_at, provenance | {"passes": len(intake.parts)}, notes)
    write_description(settlement, partial)
    return settlement


def _sum_up(
    partial: Path,
    compiled: Compiled,
    intake: LargeIntake,
    run: Passes,
    known_at: date | None,
    provenance: dict[str, Any],
    notes: tuple[Problem, ...],
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
        notes=(*intake.notes, *notes),
        subjects=intake.people,
        provenance=provenance,
    )
