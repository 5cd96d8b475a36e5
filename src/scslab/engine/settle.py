"""Settle: from a scheme and a ledger to standings, entries and everything that was not used."""

from __future__ import annotations

import os
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from scslab.engine.compile import compile_scheme
from scslab.engine.compiling import start_compiling
from scslab.engine.intake import take_in
from scslab.engine.needs import has_story, needs_walk
from scslab.engine.progress import Progress, ignore_progress
from scslab.engine.together.reads import tell_unread
from scslab.scheme.catalogue import find_scheme
from scslab.scheme.model import Scheme, ScoreKind

if TYPE_CHECKING:
    from scslab.engine.settlement import Settlement
    from scslab.engine.settling import Settling


def settle(
    scheme: Scheme | str | Path,
    events: Any,
    *,
    as_of: date | None = None,
    known_at: date | None = None,
    mapping: str | Path | None = None,
    subjects: Any = None,
    threads: int | None = None,
    progress: Progress = ignore_progress,
) -> Settlement:
    """Compute all standings of a ledger under a scheme, with the reason for each point.

    Args:
        scheme: a scheme, the name of a shipped one (`food-safety`), or the path of a scheme file.
        events: a Parquet, CSV or JSON Lines file, a Polars or pandas frame, or the name of a shipped dataset.
        as_of: the date of the standings; default: the latest posting date, but not later than today.
        known_at: use only what was recorded by then; default: everything.
        mapping: the file that says how a raw table becomes events; default: the `events.yaml` beside the data.
        subjects: a table of subjects and their attributes, as a file or frame.
        threads: how many threads may work at a time; default: all cores. The result does not depend on it.
        progress: is told how far the work is.

    Returns:
        A `Settlement` with `standings`, `entries` and everything that was set aside, as Polars frames.

    Raises:
        ProblemsError: the scheme or the ledger cannot be used; every problem is listed.

    Example:
        >>> import scslab as scs
        >>> s = scs.settle("food-safety", "chicago-food-inspections")
        >>> s.counts.rows_in
        27600
    """
    found = scheme if isinstance(scheme, Scheme) else find_scheme(scheme)
    if found.score.kind is ScoreKind.INDEX:
        from scslab.engine.index.settle import settle_index

        return settle_index(
            found, events, as_of=as_of, known_at=known_at, mapping=mapping, subjects=subjects, threads=threads,
            progress=progress,
        )  # fmt: skip
    run = begin(
        found, events, as_of=as_of, known_at=known_at, mapping=mapping, subjects=subjects, threads=threads,
        progress=progress,
    )  # fmt: skip
    entries = list(run.iterate_entries())
    return run.finish(pl.concat(entries, how="vertical", rechunk=False))


def begin(
    scheme: Scheme | str | Path,
    events: Any,
    *,
    as_of: date | None = None,
    known_at: date | None = None,
    mapping: str | Path | None = None,
    subjects: Any = None,
    threads: int | None = None,
    is_itemised: bool = True,
    progress: Progress = ignore_progress,
) -> Settling:
    """Read, check and group a ledger, so that it can be settled.

    The arguments are those of `settle`; without `is_itemised` only standings are computed, which is faster.
    """
    seconds: dict[str, float] = {}
    clock = time.perf_counter()
    found = scheme if isinstance(scheme, Scheme) else find_scheme(scheme)
    compiled = compile_scheme(found)
    progress("reading", 0.0)
    with ThreadPoolExecutor(1) as pool:
        reading = pool.submit(
            take_in, compiled, events, as_of=as_of, known_at=known_at, mapping=mapping, subjects=subjects,
            is_itemised=is_itemised, may_take=True,
        )  # fmt: skip
        # The kernels, and with them the compiler, are imported beside the reading.
        start_compiling(is_itemised=is_itemised or needs_walk(found), has_story=has_story(found))
        from scslab.engine.settling import group_intake

        intake = reading.result()
        intake = replace(intake, notes=(*intake.notes, *tell_unread(found)))
    seconds["read"] = time.perf_counter() - clock
    progress("grouping", 0.0)
    workers = threads or os.cpu_count() or 1
    return group_intake(
        compiled,
        intake,
        known_at=known_at,
        threads=workers,
        is_itemised=is_itemised,
        progress=progress,
        seconds=seconds,
    )
