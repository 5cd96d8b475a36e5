"""Decide which rules act on which events: conditions as columns, then one pass that packs each event into a word."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scslab.engine.calendar import NEVER, UNIX_OFFSET
from scslab.engine.compile import Compiled
from scslab.engine.grouping import run_threads
from scslab.engine.kernel_group import Matching, classify
from scslab.engine.programs import build_programs, select_columns
from scslab.ledger.ages import compute_age_years
from scslab.scheme.conditions import Column
from scslab.scheme.model import PostsOn

LARGEST_POINTS = 1e12
"""A formula beyond this many points is not decided: it would not fit exactly in a double."""
ROWS_PER_SLICE = 1 << 20
SUBJECT = "subject."
"""Prefix of a subject's attributes once they are joined to its events."""


@dataclass(frozen=True, slots=True)
class Classified:
    """Events as words, with what became of those that post nothing.

    Attributes:
        words: one word a row (see `kernel_group`).
        reasons: why a row posts nothing (0: it posts).
        values: formula values, shape (slots, rows).
        undecided: how many events each rule could not decide.
        counts: rows by type and reason.
        is_sorted: whether days never fall from row to row.
        first_day, last_day: of all rows; -1 where there is none.
    """

    words: NDArray[np.uint64]
    reasons: NDArray[np.uint8]
    values: NDArray[np.float64]
    undecided: NDArray[np.int64]
    counts: NDArray[np.int64]
    is_sorted: bool
    first_day: int
    last_day: int


def build_posting_date(scheme_posts_on: PostsOn) -> pl.Expr:
    """The date on which an event takes effect."""
    if scheme_posts_on is PostsOn.OCCURRED:
        return pl.col("occurred_on")
    return pl.col("recorded_on")


def needs_subjects(compiled: Compiled) -> bool:
    """Whether any condition, formula or the age limit reads the table of subjects."""
    expressions = (*compiled.conditions, *compiled.formulas)
    return compiled.scheme.subjects.from_age_years is not None or any(
        column.owner == "subject" for expression in expressions for column in expression.columns()
    )


def find_columns(compiled: Compiled) -> set[str]:
    """The event attributes that conditions and formulas read."""
    expressions = (*compiled.conditions, *compiled.formulas)
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
    if youngest is not None and has_ages:
        chosen.append((age < youngest).fill_null(False).alias("@under_age"))
    return chosen


def choose_slots(compiled: Compiled) -> tuple[NDArray[np.int64], int]:
    """A column of values for each formula rule, shared by rules that never meet on one event; and how many columns."""
    slot = np.full(compiled.n_rules, -1, np.int64)
    offset = compiled.type_rules_offset
    listening = [compiled.type_rules[offset[t] : offset[t + 1]] for t in range(len(compiled.types))]
    for rule in np.flatnonzero(compiled.rule_formula >= 0):
        taken = {int(slot[other]) for rules in listening if rule in rules for other in rules}
        slot[rule] = next(k for k in range(compiled.n_rules) if k not in taken)
    return slot, int(slot.max(initial=-1)) + 1


def _find_quick(compiled: Compiled) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """By type: the bits of all its rules, and the day from which all act on every event (conditional: `NEVER`)."""
    offset = compiled.type_rules_offset
    mask = np.array([(1 << int(n)) - 1 for n in np.diff(offset)], np.uint64)
    since = np.full(len(compiled.types), NEVER, np.int64)
    for t in range(len(compiled.types)):
        rules = compiled.type_rules[offset[t] : offset[t + 1]]
        if rules.size and (compiled.rule_condition[rules] < 0).all() and (compiled.rule_formula[rules] < 0).all():
            since[t] = compiled.rule_since[rules].max()
    return mask, since


def pack(compiled: Compiled, table: pl.DataFrame, *, threads: int) -> Classified:
    """Pack the columns of `build_selection` into words, a slice of rows at a time."""
    slot, slots = choose_slots(compiled)
    programs = build_programs((*compiled.conditions, *compiled.formulas))
    matching = Matching(
        compiled.type_rules_offset,
        compiled.type_rules,
        compiled.rule_condition,
        compiled.rule_formula,
        slot,
        compiled.rule_since,
        programs.steps,
        programs.offset,
        programs.constants,
        len(compiled.conditions),
        *_find_quick(compiled),
        compiled.in_force_from,
        compiled.in_force_until,
        LARGEST_POINTS,
    )
    n = table.height
    words, reasons = np.empty(n, np.uint64), np.empty(n, np.uint8)
    values = np.empty((slots, n), np.float64)
    names = [f"@column{k}" for k in range(len(programs.columns))]

    def pack_slice(base: int) -> tuple[NDArray[np.int64], NDArray[np.int64], bool, int, int]:
        part = table.slice(base, ROWS_PER_SLICE)
        undecided = np.zeros(max(1, compiled.n_rules), np.int64)
        counts = np.zeros((len(compiled.types) + 2, 7), np.int64)
        days = part["@day"].to_numpy()
        is_sorted = classify(
            matching,
            part["@type"].to_numpy(),
            days,
            _stack(part, names),
            part["@under_age"].to_numpy() if "@under_age" in part.columns else np.empty(0, np.bool_),
            base,
            np.empty(programs.depth, np.float64),
            words,
            reasons,
            values,
            undecided,
            counts,
        )
        return undecided, counts, bool(is_sorted), int(days[0]), int(days[-1])

    found = run_threads([lambda b=b: pack_slice(b) for b in range(0, n, ROWS_PER_SLICE)], threads)
    follows = all(a[4] <= b[3] for a, b in pairwise(found))
    days = table["@day"]
    return Classified(
        words,
        reasons,
        values,
        np.sum([f[0] for f in found], axis=0) if found else np.zeros(max(1, compiled.n_rules), np.int64),
        np.sum([f[1] for f in found], axis=0) if found else np.zeros((len(compiled.types) + 2, 7), np.int64),
        follows and all(f[2] for f in found),
        int(days.min()) if n else -1,  # type: ignore[arg-type]
        int(days.max()) if n else -1,  # type: ignore[arg-type]
    )


def _stack(part: pl.DataFrame, names: list[str]) -> NDArray[np.float64]:
    """Columns as the rows of one array; shape (0, 0) where there are none."""
    if not names:
        return np.empty((0, 0), np.float64)
    return np.stack([part[name].to_numpy() for name in names])
