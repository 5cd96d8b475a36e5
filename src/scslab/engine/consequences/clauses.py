"""Clauses: what lists, records and repairs listen to, as one bit each in a word beside every event."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import polars as pl

from scslab.ground.problems import Problem, ProblemsError
from scslab.ledger.expressions import to_polars
from scslab.scheme.conditions import Column, Expression
from scslab.scheme.model import OBJECTION_TYPES, EventCondition, Scheme, ScoreKind, StateCondition, matches

MAX_CLAUSES = 63
SIGNAL = "@signal"
"""The column of words: bit k says that clause k listens to the event and its condition is true."""


@dataclass(frozen=True, slots=True)
class Clause:
    """An event type (or prefix) and a condition that some list, count or repair listens to."""

    on: str
    when: Expression | None


def find_clauses(scheme: Scheme) -> tuple[Clause, ...]:
    """The distinct clauses of a scheme, in file order.

    Raises:
        ProblemsError: there are more than fit into a word (R003).

    Example:
        >>> from scslab.scheme.catalogue import find_scheme
        >>> find_clauses(find_scheme("food-safety"))
        ()
    """
    found = tuple(dict.fromkeys(_iterate(scheme)))
    if len(found) > MAX_CLAUSES:
        text = f"lists, counts and repairs listen in {len(found)} different ways; at most {MAX_CLAUSES} can"
        raise ProblemsError([Problem("R003", text, scheme.place, "join conditions, or split the scheme")])
    return found


def has_score(scheme: Scheme) -> bool:
    """Whether the scheme has a score; one that only lists has none."""
    return scheme.score.kind is not ScoreKind.NONE


def is_heard(clause: Clause, event_type: str) -> bool:
    """Whether a clause listens to a type; what objects is heard by the objection alone."""
    return event_type not in OBJECTION_TYPES and matches(clause.on, event_type)


def build_signal(
    clauses: Sequence[Clause],
    types: Sequence[str],
    kind: pl.Expr,
    column_of: Callable[[Column], pl.Expr],
    is_under_age: pl.Expr | None,
) -> pl.Expr:
    """The column of words.

    Args:
        clauses: those of the scheme.
        types: its event types in code order.
        kind: the type code of each event.
        column_of: gives the column of an attribute.
        is_under_age: whether the subject is too young to be scored; None: nobody is known to be.
    """
    word = pl.lit(0, pl.UInt64)
    for k, clause in enumerate(clauses):
        codes = [code for code, name in enumerate(types) if is_heard(clause, name)]
        holds = kind.is_in(pl.Series(codes, dtype=pl.UInt16).implode())
        if clause.when is not None:
            holds = holds & to_polars(clause.when, column_of).fill_null(False)
        word = word + pl.when(holds).then(pl.lit(1 << k, pl.UInt64)).otherwise(pl.lit(0, pl.UInt64))
    if is_under_age is not None:
        word = pl.when(is_under_age).then(pl.lit(0, pl.UInt64)).otherwise(word)
    return word.alias(SIGNAL)


def _iterate(scheme: Scheme) -> Iterator[Clause]:
    for each in scheme.lists:
        for way in (*each.enter, *each.leave):
            if isinstance(way, EventCondition):
                yield Clause(way.on, way.when)
            elif isinstance(way, StateCondition):
                yield from _of_count(way)
        for extension in each.extend:
            yield Clause(extension.on, extension.when)
    for tier in scheme.tiers:
        for state in tier.requires:
            yield from _of_count(state)
    for repair in scheme.repairs:
        yield Clause(repair.on, repair.when)


def _of_count(state: StateCondition) -> Iterator[Clause]:
    if state.count:
        yield Clause(state.count.on, state.count.when)
