"""Settle an index scheme into a run folder: publications and contributions go to disk as they come."""

from __future__ import annotations

import shutil
from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from functools import partial as with_arguments
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

import polars as pl

from scslab.engine.index.compile import compile_index
from scslab.engine.index.settle import begin_index
from scslab.engine.passes.estimate import estimate_need
from scslab.engine.passes.memory import read_memory
from scslab.engine.progress import ignore_progress
from scslab.engine.runs import write_entries, write_rest, write_table
from scslab.engine.strict import refuse_lines
from scslab.ledger.sources import find_source
from scslab.scheme.model import Scheme

if TYPE_CHECKING:
    from collections.abc import Callable

    from scslab.engine.index.options import IndexOptions
    from scslab.engine.index.settling import Piece
    from scslab.engine.settlement import Settlement

PIECES = "pieces"
"""The folder in an open run folder that holds publications for the time being."""
PUBLICATIONS, CONTRIBUTIONS = "publications", "contributions"
"""The tables of an index, beside those of every run."""


def settle_index_into(
    partial: Path,
    scheme: Scheme,
    events: Any,
    *,
    memory: float | str | None = None,
    is_itemised: bool = True,
    is_strict: bool = False,
    tell: Callable[[str], None] = lambda _: None,
    passes: int | None = None,
    rows_at_once: int | None = None,
    **options: Unpack[IndexOptions],
) -> Settlement:
    """Settle a ledger of any size into an open run folder; the arguments are those of `passes.settle_into`.

    Args:
        partial: the open run folder.
        scheme: an index scheme.
        events: a file, a frame, or the name of a shipped dataset.
        memory: how much memory the program may take, about; a table of subjects stays in it in any case.
        is_itemised: whether publications and contributions are wanted, beside standings.
        is_strict: whether to stop where any row cannot be used.
        tell: is told what a user should know.
        passes: for tests, in how many passes to settle.
        rows_at_once: for tests, how many rows to read at a time.
        options: see `IndexOptions`.

    Returns:
        The settlement; its publications and contributions are in the folder only.
    """
    mapping, progress = options.get("mapping"), options.get("progress", ignore_progress)
    budget, need = read_memory(memory), estimate_need(events, has_mapping=mapping is not None)
    if passes is not None or need is None or need > budget:
        from scslab.engine.index.passes import IndexPasses
        from scslab.engine.index.scores import tell_missing_scores
        from scslab.engine.passes.raw import open_raw
        from scslab.engine.passes.settle import PARTS, settle_in_passes

        compiled, scores = compile_index(scheme), options.get("scores")
        source = find_source(events, mapping, options.get("subjects"))
        (partial / PARTS).mkdir()
        progress("reading", 0.0)
        raw = open_raw(source, partial / PARTS, is_plan=isinstance(events, pl.LazyFrame))
        if raw.rows:
            settlement = settle_in_passes(
                partial, compiled.listening, source, raw, as_of=options.get("as_of"), known_at=options.get("known_at"),
                is_strict=is_strict, memory=budget, passes=passes, rows_at_once=rows_at_once, tell=tell,
                threads=options.get("threads"), is_itemised=is_itemised, progress=progress,
                make=with_arguments(IndexPasses, index=compiled, scores=scores, others=options.get("others") or {}),
                notes=tell_missing_scores(compiled, scores),
            )  # fmt: skip
            return replace(settlement, scheme=scheme)
        shutil.rmtree(partial / PARTS)
    run = begin_index(scheme, events, is_itemised=is_itemised, has_publications=is_itemised, **options)
    if is_strict:
        refuse_lines([run.intake.set_aside], run.intake.name)
    write_pieces(run.iterate_pieces(), partial, is_itemised=is_itemised)
    settlement = run.finish(None, None, with_unposted=is_itemised)
    progress("writing", 0.0)
    if is_itemised:
        write_table(settlement.entries, partial / "entries.parquet")
    write_rest(settlement, partial)
    return settlement


def write_pieces(pieces: Iterator[Piece], partial: Path, *, is_itemised: bool) -> None:
    """Write publications and contributions into an open run folder as they come, in bounded memory."""
    if not is_itemised:
        deque(pieces, maxlen=0)
        return
    folder = partial / PIECES
    folder.mkdir()
    write_entries(_set_publications_aside(pieces, folder), partial / f"{CONTRIBUTIONS}.parquet")
    join_pieces(folder, PUBLICATIONS, partial)
    shutil.rmtree(folder)


def _set_publications_aside(pieces: Iterator[Piece], folder: Path) -> Iterator[pl.DataFrame]:
    """The contributions; the publications, a small part of the whole, go to files of their own."""
    for number, (publications, contributions) in enumerate(pieces):
        write_table(publications, folder / f"{PUBLICATIONS}-{number:06}.parquet")
        yield contributions


def join_pieces(folder: Path, name: str, partial: Path) -> None:
    """Make one table of those in a folder."""
    table = pl.scan_parquet(sorted(folder.glob(f"{name}-*.parquet")), glob=False, hive_partitioning=False)
    target = partial / f"{name}.parquet"
    table.sink_parquet(target, compression="zstd", compression_level=1, statistics=True, maintain_order=True)
