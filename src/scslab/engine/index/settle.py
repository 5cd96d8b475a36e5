"""Settle an index scheme: from a scheme and a ledger to publications, standings and contributions."""

from __future__ import annotations

import os
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from scslab.engine.index.compile import compile_index
from scslab.engine.intake import take_in
from scslab.engine.progress import Progress, ignore_progress
from scslab.scheme.model import Scheme

if TYPE_CHECKING:
    from scslab.engine.consequences.others import OtherLists
    from scslab.engine.index.scores import Scores
    from scslab.engine.index.settling import IndexSettling
    from scslab.engine.settlement import Settlement


def settle_index(
    scheme: Scheme,
    events: Any,
    *,
    as_of: date | None = None,
    known_at: date | None = None,
    mapping: str | Path | None = None,
    subjects: Any = None,
    scores: Scores | None = None,
    others: OtherLists | None = None,
    threads: int | None = None,
    progress: Progress = ignore_progress,
) -> Settlement:
    """Compute all publications of an index scheme, with what each of them consists of, in memory.

    Args:
        scheme: an index scheme.
        events: as for `scslab.engine.settle.settle`, like the other arguments.
        as_of: the date of the standings.
        known_at: use only what was recorded by then.
        mapping: the file that says how a raw table becomes events.
        subjects: a table of subjects and their attributes.
        scores: what other schemes published, by their id: `subject_id, published_on, score`.
        others: memberships of lists of other schemes, by `list@scheme`.
        threads: how many threads may work at a time; the result does not depend on it.
        progress: is told how far the work is.

    Raises:
        ProblemsError: the scheme or the ledger cannot be used, or a sum grows beyond what can be counted (R070).
    """
    run = begin_index(
        scheme, events, as_of=as_of, known_at=known_at, mapping=mapping, subjects=subjects, scores=scores,
        others=others, threads=threads, progress=progress,
    )  # fmt: skip
    pieces = list(run.iterate_pieces())
    publications, contributions = (pl.concat(tables, rechunk=False) for tables in zip(*pieces, strict=True))
    return run.finish(publications, contributions)


def begin_index(
    scheme: Scheme,
    events: Any,
    *,
    as_of: date | None = None,
    known_at: date | None = None,
    mapping: str | Path | None = None,
    subjects: Any = None,
    scores: Scores | None = None,
    others: OtherLists | None = None,
    threads: int | None = None,
    is_itemised: bool = True,
    has_publications: bool = True,
    progress: Progress = ignore_progress,
) -> IndexSettling:
    """Read, check and group a ledger, so that its subjects can be published.

    The arguments are those of `settle_index`; without `is_itemised` there are no contributions, and without
    `has_publications` as well only standings are computed.
    """
    seconds: dict[str, float] = {}
    clock = time.perf_counter()
    compiled = compile_index(scheme)
    progress("reading", 0.0)
    with ThreadPoolExecutor(1) as pool:
        reading = pool.submit(
            take_in, compiled.listening, events, as_of=as_of, known_at=known_at, mapping=mapping, subjects=subjects
        )
        # The kernels, and with them the compiler, are imported beside the reading.
        from scslab.engine.index.publish import build_days
        from scslab.engine.index.settling import IndexSettling, prepare_index

        intake = reading.result()
    seconds["read"] = time.perf_counter() - clock
    progress("grouping", 0.0)
    workers, clock = threads or os.cpu_count() or 1, time.perf_counter()
    prepared = prepare_index(compiled, intake.selected, intake.subjects, threads=workers, classified=intake.classified)
    seconds["group"] = time.perf_counter() - clock
    days = build_days(compiled, intake.as_of, only_last=not (is_itemised or has_publications))
    return IndexSettling(
        compiled,
        intake,
        prepared,
        days,
        known_at,
        workers,
        is_itemised,
        has_publications,
        scores,
        progress,
        seconds,
        others or {},
    )
