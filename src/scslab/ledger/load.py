"""Load a ledger: from a file, a frame or a dataset to valid, unique events, with everything that is not used told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from scslab.ground.digests import digest_of_file
from scslab.ground.problems import Place, Problem, ProblemsError, Severity, did_you_mean
from scslab.ledger.codes import DUPLICATE, NO_ROWS, UNKNOWN_MAPPED_TYPE
from scslab.ledger.columns import FLAW, ROW, SUBJECT_ID
from scslab.ledger.conform import Conformed, conform
from scslab.ledger.corrections import plan_corrections, remove_corrected
from scslab.ledger.duplicates import set_duplicates_aside
from scslab.ledger.flaws import describe_flaws
from scslab.ledger.horizon import default_as_of, set_aside_after, set_aside_unknown
from scslab.ledger.mapping import Mapping
from scslab.ledger.mapping_events import (
    MappedTable,
    apply_mapping,
    list_mapping_lines,
    list_rows_without_event,
    tell_odd_rows,
)
from scslab.ledger.notes import tell_tallies
from scslab.ledger.reading import collect_frame, tell_problems
from scslab.ledger.set_aside import join_lines
from scslab.ledger.sources import LedgerSource, find_source
from scslab.ledger.subjects import load_subjects
from scslab.scheme.model import Scheme

__all__ = ["Ledger", "default_as_of", "load", "set_aside_after"]


@dataclass(frozen=True, slots=True)
class Ledger:
    """Events that can be settled, and what became of all other rows.

    Attributes:
        frame: valid, unique events with corrections applied, in canonical columns, in no order.
        set_aside: a line of the problems table for each row that is not used, and each reason.
        notes: what is told about the table as a whole; none of it an error.
        subjects: `subject_id, born_on` and the subject attributes of the scheme; None where no table was given.
        rows_in: rows of the raw table.
        rows_used: rows that gave an event, or a correction that stands: all but the rows set aside that gave none.
        events_made: events that the rows became, valid or not.
        duplicates: events that repeat another one exactly.
        retracted, replaced: events that corrections took back, and that they changed.
        digest: SHA-256 of the file, or "" for a frame.
        mapping_name: the id of the mapping, or "" where rows are events.
    """

    frame: pl.DataFrame
    set_aside: pl.DataFrame
    notes: tuple[Problem, ...]
    subjects: pl.DataFrame | None
    rows_in: int
    rows_used: int
    events_made: int
    duplicates: int
    retracted: int
    replaced: int
    digest: str
    path: Path | None
    mapping_name: str


def load(
    source: Any,
    scheme: Scheme,
    *,
    mapping: str | Path | Mapping | None = None,
    subjects: Any = None,
    known_at: date | None = None,
    as_of: date | None = None,
) -> Ledger:
    """Loads a ledger.

    Args:
        source: the name of a dataset, a path, or a Polars or pandas frame.
        scheme: whose vocabulary the events are in.
        mapping: how rows become events: a mapping file, the name of a dataset, or a mapping that was read; by default
            the one beside the data (see `find_source`).
        subjects: a table of subjects (a path or a frame); by default the one that the mapping names.
        known_at: use only what was recorded by then.
        as_of: set aside events that post later.

    Raises:
        ProblemsError: the table cannot be used at all.

    Example:
        >>> from scslab.scheme.reader import EXAMPLE, read_scheme
        >>> table = pl.DataFrame({"event_id": [1, 2], "subject_id": ["a", "b"], "type": ["donation.blood", "gift"],
        ...                       "occurred_on": ["2024-05-31", "2024-06-01"]})
        >>> ledger = load(table, read_scheme(EXAMPLE))
        >>> ledger.frame.height, ledger.set_aside["reason"].to_list()
        (1, ['unknown event type `gift`'])
    """
    found = find_source(source, mapping, subjects)
    table, mapped = found.table, None
    if found.mapping is not None:
        mapped = apply_mapping(table.frame, found.mapping, table.file)
    elif not table.columns and table.broken.height:
        _refuse_broken(found)
    conformed, events = _collect_events(table.frame if mapped is None else mapped.events, scheme, found)
    read = [table.broken] if mapped is None else [table.broken, list_mapping_lines(mapped)]
    known, late = set_aside_unknown(events, known_at)
    flawed = known.filter(pl.col(FLAW) > 0)
    flaws = describe_flaws(conformed, scheme, flawed[ROW].unique()) if flawed.height else table.broken.clear()
    unique, repeated = set_duplicates_aside(known.filter(pl.col(FLAW) == 0).drop(FLAW))
    plan = plan_corrections(unique, scheme)
    frame = unique if plan is None else remove_corrected(unique, plan)
    corrected = table.broken.clear() if plan is None else plan.set_aside
    lines = [*read, late, flaws, repeated, corrected]
    if as_of is not None:
        frame, after = set_aside_after(frame, as_of, scheme)
        lines.append(after)
    rows_in = events.height + table.broken.height
    if mapped is not None:
        seen = pl.concat([events[ROW], *(part[ROW].cast(pl.UInt32) for part in read)]).unique()
        without, rows = list_rows_without_event(mapped, seen)
        lines.append(without)
        rows_in = rows + table.broken.height
    if not rows_in:
        raise ProblemsError([Problem(NO_ROWS, "the table has no rows", Place(table.file), "a ledger needs events")])
    set_aside = join_lines(lines)
    told = set_aside[ROW].unique()
    gone = len(told) - frame.filter(pl.col(ROW).is_in(told.implode()))[ROW].n_unique() if len(told) else 0
    people, person_notes = load_people(found, scheme)
    frame, people = match_ids(frame, people)
    notes = [*table.notes, *found.notes, *conformed.notes, *person_notes]
    notes += tell_tallies(conformed.staged, conformed.tallies, table.file)
    if mapped is not None:
        notes += [*mapped.notes, *tell_odd_rows(mapped), *_tell_types(mapped, scheme)]
    return Ledger(
        frame=frame,
        set_aside=set_aside,
        notes=tuple(notes),
        subjects=people,
        rows_in=rows_in,
        rows_used=rows_in - gone,
        events_made=events.height,
        duplicates=repeated.filter(pl.col("code") == DUPLICATE).height,
        retracted=0 if plan is None else plan.retracted,
        replaced=0 if plan is None else plan.replacements.height,
        digest=_digest(table.path),
        path=table.path,
        mapping_name="" if found.mapping is None else found.mapping.name,
    )


def _collect_events(frame: pl.LazyFrame, scheme: Scheme, found: LedgerSource) -> tuple[Conformed, pl.DataFrame]:
    """The table in canonical columns; ids are read as texts where a negative number is among them."""
    file = found.table.file
    conformed = conform(frame, scheme, file, fitting=found.fitting)
    events = collect_frame(conformed.frame, file)
    if conformed.needs_text_ids(events[FLAW]):
        conformed = conform(frame, scheme, file, is_id_text=True)
        events = collect_frame(conformed.frame, file)
    return conformed, events


def _refuse_broken(found: LedgerSource) -> None:
    """A file of which no line can be read."""
    problems = [
        Problem(code, reason, Place(found.table.file))
        for code, reason in found.table.broken.head(5).select("code", "reason").rows()
    ]
    raise ProblemsError(problems)


def load_people(found: LedgerSource, scheme: Scheme) -> tuple[pl.DataFrame | None, tuple[Problem, ...]]:
    """The table of subjects that belongs to a ledger, and what is told about it."""
    if found.subjects is None:
        return None, ()
    mapping = found.mapping.subjects if found.mapping is not None else None
    # A mapping of the subjects is made for the file that it names, not for any other table.
    is_own = (
        mapping is not None and isinstance(found.subjects, str | Path) and Path(found.subjects).name == mapping.file
    )
    people = load_subjects(found.subjects, scheme, mapping if is_own else None)
    return people.frame, people.notes


def match_ids(events: pl.DataFrame, people: pl.DataFrame | None) -> tuple[pl.DataFrame, pl.DataFrame | None]:
    """Both tables with ids of one type; where they differ, texts."""
    if people is None or people[SUBJECT_ID].dtype == events[SUBJECT_ID].dtype:
        return events, people
    as_text = pl.col(SUBJECT_ID).cast(pl.String)
    return events.with_columns(as_text), people.with_columns(as_text)


def _tell_types(mapped: MappedTable, scheme: Scheme) -> list[Problem]:
    types = dict.fromkeys(event.type for event in mapped.bound.events if event.type not in scheme.events)
    return [
        Problem(
            UNKNOWN_MAPPED_TYPE,
            f"the mapping makes events of the type `{name}`, which the scheme does not declare; they are set aside",
            Place(mapped.file),
            did_you_mean(name, scheme.events),
            Severity.WARNING,
        )
        for name in types
    ]


def _digest(path: Path | None) -> str:
    if path is None:
        return ""
    with tell_problems(str(path)):
        return digest_of_file(path)
