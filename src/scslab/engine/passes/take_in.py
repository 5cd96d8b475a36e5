"""Take in a ledger larger than memory: its valid events in parts on disk, and everything that is not used."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from scslab.engine.compile import Compiled
from scslab.engine.passes.bits import Bits
from scslab.engine.passes.corrections import apply_corrections
from scslab.engine.passes.lines import Lines, Why
from scslab.engine.passes.parts import Part, Stage, cut_parts, stage_events
from scslab.engine.passes.plan import choose_columns, choose_rows_at_once, count_passes
from scslab.engine.passes.raw import RawTable, Survey, iterate_batches, survey_table
from scslab.engine.passes.repeats import take_repeats_out
from scslab.engine.progress import Progress
from scslab.ground.problems import Problem
from scslab.ledger.codes import DUPLICATE
from scslab.ledger.columns import EVENT_ID, ROW, SUBJECT_ID
from scslab.ledger.horizon import default_as_of, get_posting_date, set_aside_after
from scslab.ledger.load import _tell_types, load_people  # pyright: ignore[reportPrivateUsage]
from scslab.ledger.mapping_events import tell_odd_rows
from scslab.ledger.notes import tell_counts
from scslab.ledger.sources import LedgerSource


@dataclass(frozen=True, slots=True)
class LargeIntake:
    """A ledger cut into parts, and what became of its rows.

    Attributes:
        codes: the problems table without all columns but `code`.
        parts: the events; those that must not be settled are `out`.
        columns: the columns of `prepare.EVENT_COLUMNS` that a pass reads.
        are_ids_ascending: whether event ids are numbers that ascend from row to row.
        people, notes: `subjects` and `notes` of `Settlement`.
        rows_in, rows_used, events_made, duplicates: as in `Counts`.
    """

    parts: tuple[Part, ...]
    columns: tuple[str, ...]
    as_of: date
    are_ids_ascending: bool
    lines: Lines
    codes: pl.DataFrame
    people: pl.DataFrame | None
    notes: tuple[Problem, ...]
    rows_in: int
    rows_used: int
    events_made: int
    duplicates: int


def take_in_parts(
    compiled: Compiled,
    found: LedgerSource,
    raw: RawTable,
    folder: Path,
    *,
    as_of: date | None,
    known_at: date | None,
    is_itemised: bool,
    memory: int,
    passes: int | None = None,
    rows_at_once: int | None = None,
    progress: Progress,
    tell: Callable[[str], None],
) -> LargeIntake:
    """Read and check a ledger, in memory that does not grow with it.

    Args:
        compiled: the scheme.
        found: the ledger.
        raw: its table.
        folder: where parts are written; about 20 bytes of disk an event for events without texts.
        as_of: the date of the standings; default: the latest posting date, but not later than today.
        known_at: use only what was recorded by then.
        is_itemised: whether entries are wanted, which name their sources.
        memory: the budget in bytes.
        passes: in how many parts to cut it; default: as many as the budget asks for.
        rows_at_once: how many rows are read and checked at a time; default: as many as the budget allows.
        progress: is told how far the reading is.
        tell: is told where passes are needed.

    Raises:
        ProblemsError: the table cannot be used at all.
    """
    scheme = compiled.scheme
    people, person_notes = load_people(found, scheme)
    survey = survey_table(raw, found, scheme, people)
    if people is not None:
        people = people.with_columns(pl.col(SUBJECT_ID).cast(survey.sample.dtype))
    has_source = is_itemised and survey.has_source
    columns = choose_columns(compiled.scheme, survey.conformed.frame.collect_schema().names(), has_source=has_source)
    if passes is None:
        passes = count_passes(compiled, survey, columns, people, memory)
    parts = cut_parts(survey.sample, passes, folder)
    if len(parts) > 1:
        tell(f"The ledger is larger than the memory budget of {memory / 1e9:.1f} GB: settling in {len(parts)} passes.")
    lines = Lines(folder)
    lines.add(Why.BROKEN, found.table.broken)
    rows_at_once = rows_at_once or choose_rows_at_once(raw.frame.collect_schema(), memory)
    batches = iterate_batches(raw, found, scheme, is_id_text=survey.is_id_text, rows_at_once=rows_at_once)
    stage = stage_events(batches, survey, scheme, parts, lines, known_at=known_at, progress=progress)
    notes = (
        *found.table.notes, *found.notes, *survey.conformed.notes, *person_notes,
        *tell_counts(stage.tallies, survey.conformed.tallies, found.table.file), *_tell_mapping(survey, compiled),
    )  # fmt: skip
    if raw.copy is not None:
        raw.copy.unlink()
    progress("Looking for repeated events and corrections", 0.0)
    if not stage.are_ids_increasing:
        take_repeats_out(stage.parts, lines, memory=memory // 3)
    apply_corrections(stage.parts, scheme, lines)
    day = as_of or _find_as_of(stage.parts, compiled)
    live = _set_late_aside(stage.parts, compiled, day, lines, is_mapped=survey.mapped is not None)
    rows_in = raw.rows + found.table.broken.height
    return LargeIntake(
        parts=stage.parts,
        columns=columns,
        as_of=day,
        are_ids_ascending=_are_ids_ascending(stage, survey),
        lines=lines,
        codes=lines.collect_codes(),
        people=people,
        notes=notes,
        rows_in=rows_in,
        rows_used=rows_in - lines.told.count_without(live),
        events_made=stage.events,
        duplicates=lines.count_code(DUPLICATE),
    )


def _are_ids_ascending(stage: Stage, survey: Survey) -> bool:
    return stage.are_ids_increasing and survey.conformed.frame.collect_schema()[EVENT_ID].is_integer()


def _tell_mapping(survey: Survey, compiled: Compiled) -> tuple[Problem, ...]:
    mapped = survey.mapped
    if mapped is None:
        return ()
    return (*mapped.notes, *tell_odd_rows(mapped), *_tell_types(mapped, compiled.scheme))


def _find_as_of(parts: Sequence[Part], compiled: Compiled) -> date:
    """The latest posting date of the events that are left, but not later than today."""
    column = get_posting_date(compiled.scheme)
    days = [part.last_day for part in parts if not part.out.count()]
    for part in parts:
        if part.out.count():
            days.extend(events[column].max() for _, events in part.iterate([column]))  # type: ignore[arg-type]
    return default_as_of(pl.DataFrame({column: pl.Series(days, dtype=pl.Date)}), compiled.scheme, date.today())


def _set_late_aside(parts: Sequence[Part], compiled: Compiled, as_of: date, lines: Lines, *, is_mapped: bool) -> Bits:
    """Take out and tell events that post after `as_of`; of a mapped table, give the rows of those that do not.

    A row that is told of counts as set aside only if no other event of its is settled, and only a mapping makes
    several events of a row.
    """
    live = Bits()
    columns = [ROW, EVENT_ID, SUBJECT_ID, get_posting_date(compiled.scheme)]
    for part in parts:
        is_late = part.last_day is not None and part.last_day > as_of
        if not is_late and not is_mapped:
            continue
        for places, events in part.iterate(columns):
            kept, late = set_aside_after(events, as_of, compiled.scheme)
            lines.add(Why.LATE, late.sort(ROW, maintain_order=True))
            part.out.add(places[(events[columns[-1]] > as_of).to_numpy()])
            if is_mapped:
                live.add(kept[ROW].to_numpy())
    return live
