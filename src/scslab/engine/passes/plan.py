"""In how many passes a ledger fits into a budget of memory."""

from __future__ import annotations

import math
from collections.abc import Sequence

import polars as pl

from scslab.engine.classify import choose_slots
from scslab.engine.compile import Compiled
from scslab.engine.passes.estimate import BASE
from scslab.engine.passes.raw import Survey
from scslab.engine.selection import list_columns
from scslab.ledger.columns import SOURCE
from scslab.scheme.model import Scheme

PER_EVENT = 45
"""Bytes for each event of a pass beside its ids: its word, its reason, its place, and room to group by subject."""
PER_TIE = 45
"""Bytes more for each event where ids do not ascend from row to row: events of one day must then be put in order."""
PER_TEXT_KEY = 16
"""Bytes more for each event where ids are texts: two hashes of the subject's."""
PER_SUBJECT = 350
"""Bytes for each subject of a pass: its state, and its standing as a row of the table."""
COPIES = 1.5
"""How often the columns of a pass are in memory at its worst moment."""
MOST_ROWS_AT_ONCE, FEWEST_ROWS_AT_ONCE = 1 << 21, 1 << 16
"""Rows are read and checked in batches of so many, the smaller the budget the fewer."""

_WIDTHS: dict[pl.DataType, float] = {
    pl.Int64(): 8, pl.UInt64(): 8, pl.Float64(): 8, pl.Int32(): 4, pl.UInt32(): 4, pl.Date(): 4, pl.UInt16(): 2,
    pl.UInt8(): 1, pl.Boolean(): 0.125,
}  # fmt: skip
_TEXT_WIDTH, _OTHER_WIDTH = 16.0, 4.0


def choose_columns(scheme: Scheme, names: Sequence[str], *, has_source: bool) -> tuple[str, ...]:
    """The columns of `selection.list_columns` that a pass reads."""
    return tuple(name for name in list_columns(scheme) if name in names and (name != SOURCE or has_source))


def count_passes(
    compiled: Compiled,
    survey: Survey,
    columns: Sequence[str],
    people: pl.DataFrame | None,
    memory: int,
) -> int:
    """In how many passes a ledger is settled within a budget in bytes.

    Args:
        compiled: the scheme.
        survey: what is known of the ledger.
        columns: those of `choose_columns`.
        people: the table of subjects, which stays in memory all the time.
        memory: the budget.
    """
    schema = survey.conformed.frame.collect_schema()
    is_text = survey.sample.dtype == pl.String
    width = sum(_find_width(schema[name]) for name in columns)
    if is_text:
        length = survey.sample.str.len_bytes().mean()
        # Event ids are taken to be as long as subject ids.
        width += 2 * length if isinstance(length, float) else 0.0
    _, slots = choose_slots(compiled)
    work = PER_EVENT + 8 * slots + PER_TIE + (PER_TEXT_KEY if is_text else 0)
    need = survey.events * (COPIES * width + work) + min(survey.subjects, survey.events) * PER_SUBJECT
    held = BASE + (2 * people.estimated_size() if people is not None else 0)
    # A part may come out some percent larger than the others.
    return max(1, math.ceil(1.05 * need / max(memory - held, memory / 4)))


def _find_width(dtype: pl.DataType) -> float:
    """Bytes of a value in memory; of a text, of what stands for it."""
    return _WIDTHS.get(dtype, _TEXT_WIDTH if dtype == pl.String else _OTHER_WIDTH)


def choose_rows_at_once(schema: pl.Schema, memory: int) -> int:
    """How many rows are read and checked at a time."""
    width = sum(3 * _find_width(dtype) for dtype in schema.values())
    return int(min(MOST_ROWS_AT_ONCE, max(FEWEST_ROWS_AT_ONCE, memory / 8 / max(width, 1.0))))
