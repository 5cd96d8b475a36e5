"""Read a ledger for several schemes: once where their words agree, and hand each scheme the events of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from scslab.engine.intake import Intake
from scslab.engine.together.order import SchemeSet
from scslab.engine.together.vocabulary import extend_vocabulary, join_vocabularies
from scslab.ground.digests import start_digest
from scslab.ground.problems import Problem
from scslab.ledger.codes import AFTER_AS_OF
from scslab.ledger.columns import ROW, TYPE, build_type_enum
from scslab.ledger.duplicates import is_strictly_increasing
from scslab.ledger.horizon import get_posting_date
from scslab.ledger.load import Ledger, default_as_of, load, set_aside_after
from scslab.ledger.set_aside import join_lines, write_lines
from scslab.ledger.sources import find_source
from scslab.scheme.model import REPLACE, RETRACT, InForce, Scheme

ONE_DAY = timedelta(1)


@dataclass(frozen=True, slots=True)
class Own:
    """The part of a ledger that one scheme settles.

    Attributes:
        scheme: the scheme; a successor is in force from the day of succession on at the earliest.
        frame: its events, in canonical columns and with its own codes of types.
        until: the last day that it settles.
        late: lines of the problems table (L020) for its events that post later than anything is settled.
        subjects: the table of subjects with its attributes.
        rows_in: rows of the ledger that are for this scheme: all but those that hold only words of others, or that
            its successor settles.
        left: events of its words that its successor settles.
        are_ids_ascending: whether event ids ascend from row to row.
    """

    scheme: Scheme
    frame: pl.DataFrame
    until: date
    late: pl.DataFrame
    subjects: pl.DataFrame | None
    ledger: Ledger
    rows_in: int
    left: int
    are_ids_ascending: bool

    def make_intake(self, selected: pl.DataFrame, source: str, digest: Any) -> Intake:
        """What the engine wants to know of the part, with the columns that it asked for."""
        told = self.ledger.set_aside[ROW].unique()
        gone = pl.concat([told, self.late[ROW].unique()]).unique()
        lost = len(gone) - self.frame.filter(pl.col(ROW).is_in(gone.implode()))[ROW].n_unique() if len(gone) else 0
        return Intake(
            selected=selected,
            classified=None,
            taken=None,
            as_of=self.until,
            are_ids_ascending=self.are_ids_ascending,
            set_aside=join_lines([self.ledger.set_aside, self.late]),
            notes=self.ledger.notes,
            subjects=self.subjects,
            rows_in=self.rows_in,
            rows_used=self.rows_in - lost,
            events_made=self.frame.height + self.late.height + self.ledger.set_aside[ROW].n_unique(),
            duplicates=self.ledger.duplicates,
            name=source,
            mapping_name=self.ledger.mapping_name,
            digest=digest,
        )


@dataclass(frozen=True, slots=True)
class Joint:
    """A ledger that was read for several schemes.

    Attributes:
        parts: by scheme, in the order of settling.
        as_of: the date of the standings.
        is_read_once: whether one reading served all schemes.
        rows_in, rows_used: rows of the table, and those that at least one scheme uses.
        set_aside: a line for each reason why a row is used by no scheme.
    """

    parts: dict[str, Own]
    as_of: date
    is_read_once: bool
    rows_in: int
    rows_used: int
    set_aside: pl.DataFrame
    notes: tuple[Problem, ...]
    name: str
    digest: Any
    has_source: bool


def read_jointly(
    found: SchemeSet,
    events: Any,
    *,
    as_of: date | None = None,
    known_at: date | None = None,
    mapping: str | Path | None = None,
    subjects: Any = None,
) -> Joint:
    """Read a ledger under the words of all schemes.

    Args:
        found: the schemes.
        events: as for `scslab.engine.settle.settle`, like the other arguments.
        as_of: the date of the standings; default: the latest posting date under any scheme, but not later than today.
        known_at: use only what was recorded by then.
        mapping: the file that says how a raw table becomes events.
        subjects: a table of subjects and their attributes.

    Raises:
        ProblemsError: the table cannot be used at all.
    """
    schemes = [_begin_later(scheme) for scheme in found.schemes.values()]
    query: dict[str, Any] = {"mapping": mapping, "subjects": subjects, "known_at": known_at}
    union = join_vocabularies(schemes)
    if union is None:
        ledgers = {s.id: load(events, extend_vocabulary(s, schemes), **query) for s in schemes}
    else:
        once = load(events, union, **query)
        ledgers = {scheme.id: once for scheme in schemes}
    words = {scheme.id: _select_own(ledgers[scheme.id].frame, scheme) for scheme in schemes}
    day = as_of or max(default_as_of(words[scheme.id], scheme, date.today()) for scheme in schemes)
    ends = _find_ends(found.schemes, day)
    parts = {s.id: _cut(s, words[s.id], ledgers[s.id], ends[s.id], day) for s in schemes}
    source = find_source(events, mapping, subjects)
    rows_used, set_aside = _count_rows(parts, schemes)
    notes = list(dict.fromkeys(note for scheme in schemes for note in ledgers[scheme.id].notes))
    return Joint(
        parts=parts,
        as_of=day,
        is_read_once=union is not None,
        rows_in=ledgers[schemes[0].id].rows_in,
        rows_used=rows_used,
        set_aside=set_aside,
        notes=tuple(notes),
        name=source.table.file,
        digest=start_digest(source.table.path),
        has_source=source.mapping is not None or "source" in source.table.columns,
    )


def _begin_later(scheme: Scheme) -> Scheme:
    law = scheme.succession
    if law is None:
        return scheme
    since = max(scheme.in_force.since or law.on, law.on)
    return replace(scheme, in_force=InForce(since, scheme.in_force.until))


def _find_ends(schemes: Mapping[str, Scheme], as_of: date) -> dict[str, date]:
    """The last day of each scheme: that before its successor begins."""
    ends = dict.fromkeys(schemes, as_of)
    for scheme in schemes.values():
        law = scheme.succession
        if law is not None:
            ends[law.scheme] = min(ends[law.scheme], law.on - ONE_DAY)
    return ends


def _select_own(frame: pl.DataFrame, scheme: Scheme) -> pl.DataFrame:
    """The events of a scheme's words, with its own codes of types."""
    dtype = build_type_enum(scheme)
    wide = frame[TYPE].dtype
    if wide == dtype:
        return frame
    names = wide.categories.to_list()  # type: ignore[attr-defined]
    own = {name: code for code, name in enumerate(dtype.categories.to_list())}
    code_of = pl.Series(np.array([own.get(name, -1) if name not in (RETRACT, REPLACE) else -1 for name in names]))
    codes = code_of.gather(frame[TYPE].to_physical())
    kept = codes >= 0
    types = codes.filter(kept).cast(pl.UInt32).cat.to(dtype).alias(TYPE)
    return frame.filter(kept).with_columns(types)


def _cut(scheme: Scheme, words: pl.DataFrame, ledger: Ledger, until: date, as_of: date) -> Own:
    """The part of a scheme: what posts later than the run is told, what its successor settles is left to it."""
    kept, late = set_aside_after(words, as_of, scheme)
    frame = kept if until == as_of else kept.filter(pl.col(get_posting_date(scheme)) <= until)
    is_all = words.height == ledger.frame.height
    foreign = 0 if is_all else ledger.frame[ROW].n_unique() - words[ROW].n_unique()
    left_rows = 0 if frame.height == kept.height else kept[ROW].n_unique() - frame[ROW].n_unique()
    rows_in = ledger.rows_in - foreign - left_rows
    ids = frame["event_id"]
    is_ascending = ids.dtype.is_integer() and is_strictly_increasing(ids)
    return Own(scheme, frame, until, late, ledger.subjects, ledger, rows_in, kept.height - frame.height, is_ascending)


def _count_rows(parts: Mapping[str, Own], schemes: list[Scheme]) -> tuple[int, pl.DataFrame]:
    """The rows that some scheme uses, and the lines of all others."""
    ledger = parts[schemes[0].id].ledger
    if not ledger.set_aside.height and any(part.frame.height == part.ledger.frame.height for part in parts.values()):
        return ledger.rows_in, ledger.set_aside
    used = pl.concat([part.frame[ROW] for part in parts.values()]).unique()
    seen = pl.concat([part.ledger.frame[ROW] for part in parts.values()]).unique()
    lost = seen.filter(~seen.is_in(used.implode()))
    lines = [ledger.set_aside]
    if len(lost):
        first = ledger.frame.filter(pl.col(ROW).is_in(lost.implode())).unique(ROW, keep="first").sort(ROW)
        reason = pl.format("posts on {}, when no scheme that knows its type settles any more", "recorded_on")
        lines.append(write_lines(first, "recorded_on", AFTER_AS_OF, reason))
    set_aside = join_lines(lines)
    gone = set_aside[ROW].unique()
    away = gone.filter(~gone.is_in(used.implode()))
    return ledger.rows_in - len(away), set_aside
