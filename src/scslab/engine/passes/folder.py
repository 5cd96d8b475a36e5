"""Settle a ledger of any size into a run folder: at once where it fits into memory, else part by part.

How memory stays bounded: the raw table is read and checked a batch of rows at a time, and its valid events are
written to temporary Parquet files, one set for each range of subject ids, chosen from a sample so that each holds about
as many events as fit into the budget. Then one range after the other is settled as a ledger of its own. What crosses
ranges is handled before: event ids that stand more than once are found by sorting 64-bit hashes of all ids, a share of
them at a time; corrections are resolved range by range. Lines of the problems table go to disk and are merged by row.
The result is that of settling at once.
"""

from __future__ import annotations

import shutil
from collections import deque
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from scslab.engine.compile import compile_scheme
from scslab.engine.passes.estimate import estimate_need
from scslab.engine.passes.memory import read_memory
from scslab.engine.progress import Progress, ignore_progress
from scslab.engine.runs import Run, open_run_folder, read_run, write_entries, write_rest
from scslab.engine.settle import begin
from scslab.engine.strict import refuse_lines
from scslab.ground.problems import Problem, ProblemsError
from scslab.ledger.sources import find_source
from scslab.scheme.catalogue import find_scheme
from scslab.scheme.model import Scheme, ScoreKind

if TYPE_CHECKING:
    from scslab.engine.index.scores import Scores
    from scslab.engine.settlement import Settlement
    from scslab.engine.settling import Settling

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
    scores: Scores | None = None,
    passes: int | None = None,
    rows_at_once: int | None = None,
) -> Settlement:
    """Settle a ledger of any size into an open run folder.

    The arguments are those of `settle_to_folder`; `scores` what other schemes published, for an index that reads them
    (`subject_id, published_on, score` by scheme). For tests, `passes` and `rows_at_once` say in how many passes to
    settle and how many rows to read at a time, whatever the budget.

    Returns:
        The settlement without its entries. Of a ledger that was settled in passes the tables are in the folder only;
        `standings` has the columns `tier` and `score`, `set_aside` has `code`, and the others are empty.
    """
    found = scheme if isinstance(scheme, Scheme) else find_scheme(scheme)
    if found.score.kind is ScoreKind.INDEX:
        from scslab.engine.index.folder import settle_index_into

        return settle_index_into(
            partial, found, events, as_of=as_of, known_at=known_at, mapping=mapping, subjects=subjects,
            threads=threads, memory=memory, is_itemised=is_itemised, is_strict=is_strict, progress=progress, tell=tell,
            passes=passes, rows_at_once=rows_at_once, scores=scores,
        )  # fmt: skip
    if scores:
        raise ProblemsError([tell_no_reader(found)])
    budget = read_memory(memory)
    query: dict[str, Any] = {"as_of": as_of, "known_at": known_at}
    work: dict[str, Any] = {"threads": threads, "is_itemised": is_itemised, "progress": progress}
    need = estimate_need(events, has_mapping=mapping is not None)
    if passes is None and need is not None and need <= budget:
        run = begin(found, events, mapping=mapping, subjects=subjects, **query, **work)
        return _finish_at_once(run, partial, is_strict=is_strict)
    # This imports the kernels; where a ledger is settled at once that is done beside the reading.
    from scslab.engine.passes.raw import open_raw
    from scslab.engine.passes.settle import PARTS, settle_in_passes

    source = find_source(events, mapping, subjects)
    (partial / PARTS).mkdir()
    progress("reading", 0.0)
    raw = open_raw(source, partial / PARTS, is_plan=isinstance(events, pl.LazyFrame))
    if raw.rows:
        return settle_in_passes(
            partial, compile_scheme(found), source, raw, is_strict=is_strict, memory=budget, passes=passes,
            rows_at_once=rows_at_once, tell=tell, **query, **work,
        )  # fmt: skip
    shutil.rmtree(partial / PARTS)
    run = begin(found, events, mapping=mapping, subjects=subjects, **query, **work)
    return _finish_at_once(run, partial, is_strict=is_strict)


def tell_no_reader(scheme: Scheme) -> Problem:
    """That scores were given to a scheme that reads none (R034)."""
    text = f"`{scheme.id}` reads no scores of other schemes from a table"
    return Problem("R034", text, help="only an index does; schemes that read each other are settled together")


def _finish_at_once(run: Settling, partial: Path, *, is_strict: bool) -> Settlement:
    """Settle a ledger that is in memory, and write its run."""
    if is_strict:
        refuse_lines([run.intake.set_aside], run.intake.name)
    pieces = run.iterate_entries()
    if run.fresh.is_itemised:
        write_entries(pieces, partial / "entries.parquet")
    else:
        deque(pieces, maxlen=0)
    settlement = run.finish(pl.DataFrame(), with_unposted=run.fresh.is_itemised)
    run.progress("writing", 0.0)
    write_rest(settlement, partial)
    return settlement
