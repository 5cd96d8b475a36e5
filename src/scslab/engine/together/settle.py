"""Settle several schemes on one ledger: each after those that it reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from scslab.engine.carried import Carried
from scslab.engine.compiling import start_compiling
from scslab.engine.needs import has_story
from scslab.engine.progress import Progress, ignore_progress
from scslab.engine.settlement import Settlement
from scslab.engine.together.links import LinksTable, build_no_links, find_links, load_links
from scslab.engine.together.merging import replace_subjects
from scslab.engine.together.one import Known, Query, Settled, remember, settle_one
from scslab.engine.together.order import SchemeSet, order_schemes
from scslab.engine.together.reading import Joint, Own, read_jointly
from scslab.engine.together.reads import Good
from scslab.engine.together.spread import SpreadCount, derive_events
from scslab.engine.together.succession import carry_over
from scslab.ground.problems import Problem, Severity
from scslab.scheme.model import Scheme


@dataclass(frozen=True, slots=True)
class Together:
    """Several schemes settled on one ledger.

    Attributes:
        settlements: by scheme, in the order in which they settled. `rows_in` of each counts the rows that are for it.
        schemes: the schemes, and what they read of each other.
        as_of: the date of the standings. A scheme with a successor stands as of the day before that one begins.
        known_at: only what was recorded by then was used; None: everything.
        rows_in: rows of the ledger: `rows_used` (by one scheme at least) and `rows_set_aside` (by all), always.
        set_aside: a line for each reason why a row is used by no scheme.
        is_read_once: whether one reading of the ledger served all schemes.
        links: the table of links between subjects.
        spread: by scheme, what came of its `spread`.
        left: by scheme, events that were left to its successor.
        notes: what is told of the schemes and the ledger; none of it an error.
    """

    settlements: dict[str, Settlement]
    schemes: SchemeSet
    as_of: date
    known_at: date | None
    rows_in: int
    rows_used: int
    rows_set_aside: int
    set_aside: pl.DataFrame
    is_read_once: bool
    links: LinksTable
    spread: dict[str, SpreadCount] = field(default_factory=dict[str, SpreadCount])
    left: dict[str, int] = field(default_factory=dict[str, int])
    notes: tuple[Problem, ...] = ()


def settle_together(
    schemes: Sequence[Scheme | str | Path],
    events: Any,
    *,
    as_of: date | None = None,
    known_at: date | None = None,
    mapping: str | Path | None = None,
    subjects: Any = None,
    links: Any = None,
    threads: int | None = None,
    progress: Progress = ignore_progress,
) -> Together:
    """Settle several schemes on one ledger, in memory.

    The order follows from what they read of each other: lists, published scores and tiers, and the scheme that one
    succeeds. A scheme that is read and not given is taken from the catalogue.

    Args:
        schemes: schemes, names of shipped ones, or paths of scheme files.
        events: as for `scslab.settle`. A row whose type at least one scheme declares is no problem.
        as_of: the date of the standings; default: the latest posting date, but not later than today.
        known_at: use only what was recorded by then.
        mapping: the file that says how a raw table becomes events.
        subjects: a table of subjects and their attributes.
        links: a table of links between subjects (a path or frame); default: `NAME.links.csv` or `links.csv` beside the
            ledger, if some scheme declares relations.
        threads: how many threads may work at a time; the result does not depend on it.
        progress: is told how far the work is.

    Raises:
        ProblemsError: schemes read each other in a circle, read what is not there, or a table cannot be used.

    Example:
        >>> import scslab as scs
        >>> together = scs.settle_together(["food-safety"], "chicago-food-inspections")
        >>> together.settlements["food-safety"].counts.rows_in, together.rows_set_aside
        (27600, 0)
    """
    found = order_schemes(schemes)
    every = list(found.schemes.values())
    start_compiling(is_itemised=True, has_story=any(has_story(scheme) for scheme in every))
    progress("reading", 0.0)
    joint = read_jointly(found, events, as_of=as_of, known_at=known_at, mapping=mapping, subjects=subjects)
    table = _read_links(links, events, every)
    known = Known({name: own.until for name, own in joint.parts.items()})
    query = Query(known_at, threads, joint.has_source, joint.name, joint.digest, progress)
    counts: dict[str, SpreadCount] = {}
    for name, own in joint.parts.items():
        progress(name, 0.0)
        settled, count = _settle(name, own, found, known, query, table)
        remember(known, settled)
        if count is not None:
            counts[name] = count
    shown = {name: replace(known.settled[name], scheme=found.schemes[name]) for name in found.schemes}
    return Together(
        settlements=shown,
        schemes=found,
        as_of=joint.as_of,
        known_at=known_at,
        rows_in=joint.rows_in,
        rows_used=joint.rows_used,
        rows_set_aside=joint.rows_in - joint.rows_used,
        set_aside=joint.set_aside,
        is_read_once=joint.is_read_once,
        links=table,
        spread=counts,
        left={name: own.left for name, own in joint.parts.items() if own.left},
        notes=(*found.notes, *_tell_reading(joint), *joint.notes, *table.notes),
    )


def _read_links(links: Any, events: Any, schemes: Sequence[Scheme]) -> LinksTable:
    if not any(scheme.links for scheme in schemes):
        return build_no_links() if links is None else load_links(links, schemes)
    source = find_links(events) if links is None else links
    if source is not None:
        return load_links(source, schemes)
    names = ", ".join(f"`{scheme.id}`" for scheme in schemes if scheme.spread)
    if not names:
        return build_no_links()
    text = f"there is no table of links, along which {names} would spread"
    note = Problem(
        "R088", text, help="give it with --links, or as links.csv beside the ledger", severity=Severity.WARNING
    )
    return replace(build_no_links(), notes=(note,))


def _tell_reading(joint: Joint) -> list[Problem]:
    if joint.is_read_once:
        return []
    text = "the schemes declare some of the same words differently: the ledger was read once for each scheme"
    return [Problem("R089", text, severity=Severity.WARNING)]


def _settle(
    name: str, own: Own, found: SchemeSet, known: Known, query: Query, links: LinksTable
) -> tuple[Settled, SpreadCount | None]:
    """Settle one scheme; where something spreads, those whom it reaches are settled once more."""
    reads = found.reads_of(name)
    is_read = any(read.scheme == name and read.good in (Good.SCORE, Good.TIER) for read in found.reads)
    law = own.scheme.succession
    carried = None
    if law is not None and law.on <= own.until:
        carried = carry_over(own.scheme, law, known.settled[law.scheme].standings)
    if own.scheme.spread and own.frame["event_id"].dtype != pl.String:
        texts = own.frame.with_columns(pl.col("event_id").cast(pl.String))
        own = replace(own, frame=texts, are_ids_ascending=False)

    first = settle_one(own, reads, known, query, is_read=is_read, carried=carried)
    if not own.scheme.spread:
        return first, None
    derived = derive_events(own.scheme, first.begun, links.frame, own.frame)
    if not derived.height:
        return first, SpreadCount(first.begun.height, 0, 0, 0)
    touched = derived["subject_id"].unique()
    known, carried, mine = _narrow(known, touched), _narrow_starts(carried, touched), _narrow_part(own, touched)
    before = settle_one(mine, reads, known, query, is_read=is_read, carried=carried)
    told = replace(mine, frame=pl.concat([mine.frame, derived]), are_ids_ascending=False)
    after = settle_one(told, reads, known, query, is_read=is_read, carried=carried)
    published = first.published
    if published is not None and after.published is not None:
        kept = published.filter(~pl.col("subject_id").is_in(touched.cast(published["subject_id"].dtype).implode()))
        published = pl.concat([kept, after.published.cast(kept.schema)])
    merged = replace_subjects(first.settlement, before.settlement, after.settlement)
    is_derived = pl.col("event_id").cast(pl.String).str.starts_with("spread:")
    unposted = after.settlement.unposted.filter(is_derived).height
    count = SpreadCount(first.begun.height, derived.height, unposted, len(touched))
    return replace(first, settlement=merged, published=published), count


def _only(table: pl.DataFrame, ids: pl.Series) -> pl.DataFrame:
    return table.filter(pl.col("subject_id").is_in(ids.cast(table["subject_id"].dtype).implode()))


def _narrow(known: Known, ids: pl.Series) -> Known:
    """What is known, of some subjects only."""
    lists = {name: _only(table, ids) for name, table in known.lists.items()}
    published = {name: _only(table, ids) for name, table in known.published.items()}
    return replace(known, lists=lists, published=published)


def _narrow_starts(carried: Carried | None, ids: pl.Series) -> Carried | None:
    return None if carried is None else replace(carried, starts=_only(carried.starts, ids))


def _narrow_part(own: Own, ids: pl.Series) -> Own:
    subjects = None if own.subjects is None else _only(own.subjects, ids)
    return replace(own, frame=_only(own.frame, ids), subjects=subjects)
