"""Settle one scheme of several: with what it reads of those before it, and with what those after it will read."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import polars as pl

from scslab.engine.carried import Carried
from scslab.engine.compile import compile_scheme
from scslab.engine.consequences.path import Trace
from scslab.engine.index.compile import compile_index
from scslab.engine.index.publish import build_days
from scslab.engine.index.settling import IndexSettling, prepare_index
from scslab.engine.progress import Progress, ignore_progress
from scslab.engine.selection import list_columns, select_events
from scslab.engine.settlement import Settlement
from scslab.engine.settling import group_intake
from scslab.engine.together.joining import join_reads
from scslab.engine.together.published import list_index_published, list_published
from scslab.engine.together.reading import Own
from scslab.engine.together.reads import Good, Read
from scslab.engine.together.spread import Begun, find_begun
from scslab.scheme.model import Scheme, ScoreKind


@dataclass(slots=True)
class Known:
    """What schemes that have been settled say to those after them.

    Attributes:
        lists: memberships by `list@scheme`: `subject_id, opened_on, closed_on`.
        published: by scheme, see `published`; of those schemes only whose scores or tiers are read.
        settled: by scheme.
        ends: the last day that each scheme settles.
    """

    ends: dict[str, date]
    lists: dict[str, pl.DataFrame] = field(default_factory=dict[str, pl.DataFrame])
    published: dict[str, pl.DataFrame] = field(default_factory=dict[str, pl.DataFrame])
    settled: dict[str, Settlement] = field(default_factory=dict[str, Settlement])


@dataclass(frozen=True, slots=True)
class Query:
    """How to settle: the options that all schemes share."""

    known_at: date | None
    threads: int | None
    has_source: bool
    name: str
    digest: Any
    progress: Progress = ignore_progress


@dataclass(frozen=True, slots=True)
class Settled:
    """One scheme, settled.

    Attributes:
        published: what others may read of its scores and tiers; None where nobody does.
        begun: where conditions of `spread` began to hold.
    """

    settlement: Settlement
    published: pl.DataFrame | None
    begun: Begun


def settle_one(
    own: Own, reads: tuple[Read, ...], known: Known, query: Query, *, is_read: bool, carried: Carried | None
) -> Settled:
    """Settle a scheme after those that it reads.

    Args:
        own: its part of the ledger.
        reads: what it reads.
        known: what the schemes before it say.
        query: how to settle.
        is_read: whether a scheme after it reads its scores or tiers.
        carried: starts that are carried over from the scheme that it succeeds.
    """
    if own.scheme.score.kind is ScoreKind.INDEX:
        return _settle_index(own, reads, known, query, is_read=is_read)
    scheme = own.scheme
    compiled = compile_scheme(scheme)
    frame = join_reads(own.frame, scheme, reads, known.lists, known.published, known.ends)
    selected = select_events(compiled, frame.lazy(), own.subjects, columns=_list_kept(scheme, query)).collect()
    run = group_intake(
        compiled,
        own.make_intake(selected, query.name, query.digest),
        known_at=query.known_at,
        threads=query.threads or os.cpu_count() or 1,
        is_itemised=True,
        progress=query.progress,
        seconds={},
        carried=carried,
    )
    run.others = known.lists
    if (is_read or scheme.spread) and run.fresh.trace is None:  # type: ignore[union-attr]
        run.fresh.trace = Trace(compiled)  # type: ignore[union-attr]
    settlement = run.finish(pl.concat(list(run.iterate_entries()), rechunk=False))
    followed, published = run.followed, None
    if is_read and followed is not None:
        published = list_published(compiled, run.fresh.window, followed, own.subjects)
    return Settled(settlement, published, find_begun(scheme, settlement, followed, known.lists))


def _settle_index(own: Own, reads: tuple[Read, ...], known: Known, query: Query, *, is_read: bool) -> Settled:
    scheme, threads = own.scheme, query.threads or os.cpu_count() or 1
    compiled = compile_index(scheme)
    listening = compiled.listening
    frame = join_reads(own.frame, scheme, reads, known.lists, known.published, known.ends)
    selected = select_events(listening, frame.lazy(), own.subjects, columns=_list_kept(scheme, query)).collect()
    prepared = prepare_index(compiled, selected, own.subjects, threads=threads)
    scores = {read.scheme: known.published[read.scheme] for read in reads if read.good is Good.SCORE}
    run = IndexSettling(
        compiled,
        own.make_intake(selected, query.name, query.digest),
        prepared,
        build_days(compiled, own.until),
        query.known_at,
        threads,
        is_itemised=True,
        has_publications=True,
        scores=scores,
        progress=query.progress,
        others=known.lists,
    )
    pieces = list(run.iterate_pieces())
    publications, contributions = (pl.concat(tables, rechunk=False) for tables in zip(*pieces, strict=True))
    settlement = run.finish(publications, contributions)
    published = list_index_published(scheme, publications, own.frame) if is_read else None
    return Settled(settlement, published, find_begun(scheme, settlement, None, known.lists))


def _list_kept(scheme: Scheme, query: Query) -> list[str]:
    return [name for name in list_columns(scheme) if name != "source" or query.has_source]


def remember(known: Known, settled: Settled) -> None:
    """Let the schemes that come after know of one that was settled."""
    settlement = settled.settlement
    name, members = settlement.scheme.id, settlement.memberships
    for each in settlement.scheme.lists:
        mine = members.filter(pl.col("list").cast(pl.String) == each.id)
        known.lists[f"{each.id}@{name}"] = mine.select("subject_id", "opened_on", "closed_on")
    if settled.published is not None:
        known.published[name] = settled.published
    known.settled[name] = settlement


def name_scheme(settlement: Settlement, scheme: Scheme) -> Settlement:
    """The settlement under the scheme as its file says it, without the bounds that succession set."""
    return replace(settlement, scheme=scheme)
