"""What is told about a table as a whole: columns that were not used, attributes that have none, counts of oddities."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from scslab.ground.problems import Place, Problem, Severity, did_you_mean
from scslab.ledger.casts import has_time_of_day
from scslab.ledger.codes import ABSENT_ATTRIBUTE, TIME_DROPPED, UNDECLARED_VALUE, UNUSED_COLUMN
from scslab.ledger.columns import CANONICAL, OCCURRED_ON, RAW_ROW, RECORDED_ON, AttributeColumn
from scslab.ledger.reading import collect_frame
from scslab.scheme.model import AttributeType, Scheme

_LISTED = 20


@dataclass(frozen=True, slots=True)
class Tally:
    """Rows that are odd and used all the same, and how their count is told where it is not 0 (`{}`)."""

    code: str
    is_odd: pl.Expr
    message: str
    help: str = ""


def tell_columns(schema: dict[str, pl.DataType], scheme: Scheme, file: str) -> tuple[Problem, ...]:
    """Columns that the scheme does not declare, and declared attributes that have no column."""
    declared: dict[str, list[str]] = {}
    for event_type in scheme.events.values():
        for name in event_type.attributes:
            declared.setdefault(name, []).append(event_type.id)
    unused = [name for name in schema if name not in CANONICAL and name != RAW_ROW and name not in declared]
    absent = [name for name in declared if name not in schema]
    notes: list[Problem] = []
    if unused:
        near = [f"`{name}`: {hint}" for name in unused if (hint := did_you_mean(name, absent)).startswith("did")]
        message = f"not declared by the scheme, not used: {list_names(unused)}"
        notes.append(Problem(UNUSED_COLUMN, message, Place(file), "; ".join(near[:5]), Severity.WARNING))
    if absent:
        named = [f"`{name}` (of {list_names(declared[name][:3])})" for name in absent]
        message = f"the table has no column for: {', '.join(named[:_LISTED])}{', …' if len(named) > _LISTED else ''}"
        hint = "conditions that read them cannot be decided"
        notes.append(Problem(ABSENT_ATTRIBUTE, message, Place(file), hint, Severity.WARNING))
    return tuple(notes)


def list_tallies(
    schema: dict[str, pl.DataType],
    attributes: Sequence[AttributeColumn],
    *,
    is_of_types: Callable[[Any], pl.Expr],
    scheme: Scheme,
) -> tuple[Tally, ...]:
    """The counts that only the rows can tell."""
    tallies: list[Tally] = []
    dates = [OCCURRED_ON, RECORDED_ON, *(a.name for a in attributes if a.type is AttributeType.DATE)]
    for name in dates:
        has_time = has_time_of_day(name, schema[name]) if name in schema else None
        if has_time is not None:
            message = f"times of day in `{name}` were dropped (rows: {{}})"
            tallies.append(Tally(TIME_DROPPED, has_time, message))
    for column in attributes:
        others = [name for name in scheme.events if name not in column.declared_by]
        if others:
            is_filled = pl.col(column.name).is_not_null()
            if isinstance(schema[column.name], pl.String):
                is_filled = pl.col(column.name) != ""
            message = (
                f"`{column.name}` is filled for event types that do not declare it, not checked there (rows: {{}})"
            )
            is_odd = is_filled & is_of_types(pl.Series(others).implode())
            tallies.append(Tally(UNDECLARED_VALUE, is_odd, message, "declare it for these types, or leave it empty"))
    return tuple(tallies)


def tell_tallies(staged: pl.LazyFrame, tallies: Sequence[Tally], file: str) -> tuple[Problem, ...]:
    """The tallies that are not 0, after one pass over the columns that they need.

    Raises:
        ProblemsError: the file behind the plan is damaged.
    """
    if not tallies:
        return ()
    counts = staged.select(tally.is_odd.sum().alias(str(n)) for n, tally in enumerate(tallies))
    return tell_counts(collect_frame(counts, file).row(0), tallies, file)


def tell_counts(counts: Sequence[int], tallies: Sequence[Tally], file: str) -> tuple[Problem, ...]:
    """Notes for the tallies whose count is not 0."""
    return tuple(
        Problem(tally.code, tally.message.format(f"{count:,}"), Place(file), tally.help, Severity.WARNING)
        for tally, count in zip(tallies, counts, strict=True)
        if count
    )


def list_names(names: Sequence[str]) -> str:
    """Names in backticks, at most twenty.

    Example:
        >>> list_names(["a", "b"])
        '`a`, `b`'
    """
    return ", ".join(f"`{name}`" for name in names[:_LISTED]) + (", …" if len(names) > _LISTED else "")
