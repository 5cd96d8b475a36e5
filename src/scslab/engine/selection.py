"""The columns that a run needs of a ledger, as expressions: what kernels read is computed while the ledger is read."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from scslab.engine.calendar import UNIX_OFFSET
from scslab.engine.compile import Compiled
from scslab.engine.consequences.clauses import build_signal
from scslab.engine.programs import build_programs, select_columns
from scslab.ledger.ages import compute_age_years
from scslab.ledger.columns import TARGET
from scslab.scheme.conditions import Column, Expression
from scslab.scheme.model import PostsOn, Scheme

EVENT_COLUMNS = ("event_id", "subject_id", "type", "source")
"""The columns of an event that its entries repeat; `source` may be absent."""
SUBJECT = "subject."
"""Prefix of a subject's attributes once they are joined to its events."""


def list_columns(scheme: Scheme) -> tuple[str, ...]:
    """The columns of an event that its entries repeat, and what objections are about."""
    return (*EVENT_COLUMNS, TARGET) if scheme.objection is not None else EVENT_COLUMNS


def build_posting_date(scheme_posts_on: PostsOn) -> pl.Expr:
    """The date on which an event takes effect."""
    if scheme_posts_on is PostsOn.OCCURRED:
        return pl.col("occurred_on")
    return pl.col("recorded_on")


def _find_expressions(compiled: Compiled) -> tuple[Expression, ...]:
    heard = (clause.when for clause in compiled.clauses if clause.when is not None)
    return (*compiled.conditions, *compiled.formulas, *heard)


def needs_subjects(compiled: Compiled) -> bool:
    """Whether any condition, formula or the age limit reads the table of subjects."""
    expressions = _find_expressions(compiled)
    return compiled.scheme.subjects.from_age_years is not None or any(
        column.owner == "subject" for expression in expressions for column in expression.columns()
    )


def find_columns(compiled: Compiled) -> set[str]:
    """The event attributes that conditions and formulas read."""
    expressions = _find_expressions(compiled)
    return {c.name for e in expressions for c in e.columns() if c.owner == "event"}


def build_selection(compiled: Compiled, available: set[str], *, has_subjects: bool) -> list[pl.Expr]:
    """The columns that `pack` needs, computed from canonical events (joined to subjects if need be)."""
    posted_on = build_posting_date(compiled.scheme.score.posts_on)
    has_ages = has_subjects and SUBJECT + "born_on" in available
    age = compute_age_years(pl.col(SUBJECT + "born_on"), posted_on) if has_ages else pl.lit(None)

    def column_of(column: Column) -> pl.Expr:
        if column.owner == "subject":
            if not has_subjects:
                return pl.lit(None)
            return age if column.name == "age" else available_column(SUBJECT + column.name)
        return available_column(column.name)

    def available_column(name: str) -> pl.Expr:
        return pl.col(name) if name in available else pl.lit(None)

    chosen = [
        (posted_on.cast(pl.Int32) + UNIX_OFFSET).alias("@day"),
        pl.col("type").to_physical().cast(pl.UInt16).alias("@type"),
    ]
    programs = build_programs((*compiled.conditions, *compiled.formulas))
    columns = select_columns(programs, column_of)
    chosen.extend(column.alias(f"@column{k}") for k, column in enumerate(columns))
    youngest = compiled.scheme.subjects.from_age_years
    is_under_age = (age < youngest).fill_null(False) if youngest is not None and has_ages else None
    if is_under_age is not None:
        chosen.append(is_under_age.alias("@under_age"))
    if compiled.clauses:
        kind = pl.col("type").to_physical().cast(pl.UInt16)
        chosen.append(build_signal(compiled.clauses, compiled.types, kind, column_of, is_under_age))
    return chosen


def select_events(
    compiled: Compiled,
    events: pl.LazyFrame,
    subjects: pl.DataFrame | None,
    *,
    columns: Sequence[str] | None = None,
) -> pl.LazyFrame:
    """The columns that a run needs, computed from canonical events; subjects are joined where a rule reads them.

    Gives those of `columns` that are there (None: those of `list_columns`), and those of `build_selection`.
    """
    names = set(events.collect_schema().names())
    kept = [name for name in (columns or list_columns(compiled.scheme)) if name in names]
    has_subjects = subjects is not None and needs_subjects(compiled)
    if subjects is not None and has_subjects:
        joined = subjects.lazy().rename({c: SUBJECT + c for c in subjects.columns if c != "subject_id"})
        events = events.join(joined, on="subject_id", how="left", maintain_order="left")
        names |= set(joined.collect_schema().names())
    return events.select(*kept, *build_selection(compiled, names, has_subjects=has_subjects))
