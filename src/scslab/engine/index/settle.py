"""Settle an index scheme: from a scheme and a ledger to publications, standings and contributions."""

from __future__ import annotations

import os
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Unpack

import polars as pl

from scslab.engine.index.compile import compile_index
from scslab.engine.intake import take_in
from scslab.engine.progress import ignore_progress
from scslab.scheme.model import Scheme

if TYPE_CHECKING:
    from scslab.engine.index.options import IndexOptions
    from scslab.engine.index.settling import IndexSettling
    from scslab.engine.settlement import Settlement


def settle_index(scheme: Scheme, events: Any, **options: Unpack[IndexOptions]) -> Settlement:
    """Compute all publications of an index scheme, with what each of them consists of, in memory.

    Args:
        scheme: an index scheme.
        events: as for `scslab.engine.settle.settle`.
        options: see `IndexOptions`.

    Raises:
        ProblemsError: the scheme or the ledger cannot be used, or a sum grows beyond what can be counted (R070).
    """
    run = begin_index(scheme, events, **options)
    pieces = list(run.iterate_pieces())
    publications, contributions = (pl.concat(tables, rechunk=False) for tables in zip(*pieces, strict=True))
    return run.finish(publications, contributions)


def begin_index(
    scheme: Scheme,
    events: Any,
    *,
    is_itemised: bool = True,
    has_publications: bool = True,
    **options: Unpack[IndexOptions],
) -> IndexSettling:
    """Read, check and group a ledger, so that its subjects can be published.

    The arguments are those of `settle_index`; without `is_itemised` there are no contributions, and without
    `has_publications` as well only standings are computed.
    """
    seconds: dict[str, float] = {}
    clock = time.perf_counter()
    compiled = compile_index(scheme)
    known_at, progress = options.get("known_at"), options.get("progress", ignore_progress)
    progress("reading", 0.0)
    with ThreadPoolExecutor(1) as pool:
        reading = pool.submit(
            take_in, compiled.listening, events, as_of=options.get("as_of"), known_at=known_at,
            mapping=options.get("mapping"), subjects=options.get("subjects"),
        )  # fmt: skip
        # The kernels, and with them the compiler, are imported beside the reading.
        from scslab.engine.index.publish import build_days
        from scslab.engine.index.settling import IndexSettling, prepare_index

        intake = reading.result()
    seconds["read"] = time.perf_counter() - clock
    progress("grouping", 0.0)
    workers, clock = options.get("threads") or os.cpu_count() or 1, time.perf_counter()
    prepared = prepare_index(compiled, intake.selected, intake.subjects, threads=workers, classified=intake.classified)
    seconds["group"] = time.perf_counter() - clock
    days = build_days(compiled, intake.as_of, only_last=not (is_itemised or has_publications))
    return IndexSettling(
        compiled, intake, prepared, days, known_at, workers, is_itemised, has_publications, options.get("scores"),
        progress, seconds, options.get("others") or {},
    )  # fmt: skip
