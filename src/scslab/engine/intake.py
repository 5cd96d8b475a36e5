"""Take a ledger in: one streaming pass over the columns that a run needs, and a second look only where something is
wrong.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from scslab.engine.calendar import day_of
from scslab.engine.classify import build_posting_date
from scslab.engine.compile import Compiled
from scslab.engine.prepare import EVENT_COLUMNS, select_events
from scslab.ground.problems import Problem
from scslab.ledger.columns import FLAW, RECORDED_ON, ROW
from scslab.ledger.conform import Conformed, conform
from scslab.ledger.corrections import resolve_corrections
from scslab.ledger.duplicates import find_duplicates, is_strictly_increasing, set_duplicates_aside
from scslab.ledger.files import open_frame, open_table
from scslab.ledger.flaws import describe_flaws
from scslab.ledger.reading import collect_frame
from scslab.ledger.set_aside import write_lines


@dataclass(frozen=True, slots=True)
class Intake:
    """What a run needs of a ledger, and everything that it does not use.

    Attributes:
        selected: the columns of `prepare.select_events`: valid, unique events up to `as_of`, corrections applied.
        are_ids_ascending: whether event ids ascend from row to row.
        set_aside, notes, subjects: as in `Settlement`.
    """

    selected: pl.DataFrame
    as_of: date
    are_ids_ascending: bool
    set_aside: pl.DataFrame
    notes: tuple[Problem, ...]
    subjects: pl.DataFrame | None
    rows_in: int
    rows_used: int
    events_made: int
    duplicates: int
    name: str = ""
    digest: str = ""
    mapping_name: str = ""


def take_in(
    compiled: Compiled,
    events: Any,
    *,
    as_of: date | None = None,
    known_at: date | None = None,
    mapping: str | Path | None = None,
    subjects: Any = None,
    is_itemised: bool = True,
) -> Intake:
    opened = open_table(Path(events)) if isinstance(events, str | Path) else open_frame(events)
    conformed = conform(opened.frame, compiled.scheme, opened.file)
    table = subjects
    clean = _take_clean(compiled, conformed, table, as_of, is_itemised=is_itemised) if known_at is None else None
    if clean is not None:
        selected, day = clean
        n = selected.height
        return Intake(
            selected,
            day,
            selected["event_id"].dtype.is_integer() and is_strictly_increasing(selected["event_id"]),
            opened.broken,
            (*opened.notes, *conformed.notes),
            table,
            n,
            n,
            n,
            0,
        )
    return _take_all(compiled, conformed, table, as_of, known_at)


def _take_clean(
    compiled: Compiled, conformed: Conformed, subjects: pl.DataFrame | None, as_of: date | None, *, is_itemised: bool
):
    n_types = len(compiled.types)
    selected = collect_frame(
        select_events(
            compiled,
            conformed.frame,
            subjects,
            columns=(*EVENT_COLUMNS, FLAW) if is_itemised else (*EVENT_COLUMNS[:3], FLAW),
        ),
        conformed.file,
    )
    if not selected.height or selected[FLAW].max() or selected["@type"].max() >= n_types:
        return None
    last = day_of(int(selected["@day"].max()))
    as_of = as_of or min(last, date.today())
    if last > as_of or find_duplicates(selected["event_id"]) is not None:
        return None
    return selected.drop(FLAW), as_of


def _take_all(compiled: Compiled, conformed: Conformed, subjects, as_of, known_at) -> Intake:
    scheme = compiled.scheme
    if conformed.needs_text_ids(collect_frame(conformed.frame.select(FLAW), conformed.file)[FLAW]):
        raise AssertionError
    table = collect_frame(conformed.frame, conformed.file)
    n = table.height
    lines = [describe_flaws(conformed, scheme)]
    valid = table.filter(pl.col(FLAW) == 0).drop(FLAW)
    if known_at is not None:
        late = valid.filter(pl.col(RECORDED_ON) > known_at)
        lines.append(write_lines(late, RECORDED_ON, "L021", f"recorded after {known_at}"))
        valid = valid.filter(pl.col(RECORDED_ON) <= known_at)
    unique, repeated = set_duplicates_aside(valid)
    lines.append(repeated)
    resolved, refused = resolve_corrections(unique, scheme)
    lines.append(refused)
    posted = build_posting_date(scheme.score.posts_on)
    day = as_of or min(resolved.select(posted.max()).item() or date.today(), date.today())
    later = resolved.filter(posted > day)
    lines.append(write_lines(later, "posted_on", "L020", f"posts after {day}"))
    resolved = resolved.filter(posted <= day)
    selected = select_events(compiled, resolved.lazy(), subjects).collect()
    set_aside = pl.concat([line for line in lines])
    gone = set_aside[ROW].n_unique()
    return Intake(
        selected,
        day,
        False,
        set_aside,
        conformed.notes,
        subjects,
        n,
        n - gone,
        n,
        repeated.filter(pl.col("code") == "L011").height,
    )
