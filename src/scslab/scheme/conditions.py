"""Conditions and formulas: a small, safe part of SQL, parsed and typed into a tree of our own.

The tree is data. Nothing of a user's text is ever executed: `parse` accepts an allow-list of SQL forms, checks every
name and type against what the scheme declares, and returns `Expression`. `scslab.engine.expressions` turns the tree
into columnar operations.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class ValueType(StrEnum):
    """What an expression yields. Integers and numbers are both `NUMBER`: arithmetic is in double precision."""

    NUMBER = "number"
    TEXT = "text"
    BOOLEAN = "boolean"
    DATE = "date"
    NULL = "null"


class Op(StrEnum):
    """The operations of the language; the comment gives the SQL."""

    # arithmetic: NUMBER x NUMBER -> NUMBER; NULL if either side is NULL; x / 0 is NULL
    ADD = "+"
    SUBTRACT = "-"
    MULTIPLY = "*"
    DIVIDE = "/"
    NEGATE = "neg"
    # comparison of two values of one type -> BOOLEAN
    EQUAL = "="
    NOT_EQUAL = "<>"
    LESS = "<"
    LESS_EQUAL = "<="
    GREATER = ">"
    GREATER_EQUAL = ">="
    # three-valued logic
    AND = "and"
    OR = "or"
    NOT = "not"
    IS_NULL = "is null"
    IN = "in"  # first argument is looked for among the others
    BETWEEN = "between"  # x, low, high: inclusive
    LIKE = "like"  # text, pattern with % and _ (a literal)
    # choice
    CASE = "case"  # condition, value, condition, value, ..., default (NULL where there is no ELSE)
    COALESCE = "coalesce"
    # numbers
    ABS = "abs"
    FLOOR = "floor"
    CEIL = "ceil"
    LEAST = "least"  # NULL arguments are passed over, as in PostgreSQL and DuckDB
    GREATEST = "greatest"
    # text and dates
    LOWER = "lower"
    UPPER = "upper"
    LENGTH = "length"
    YEAR = "year"
    MONTH = "month"
    DAYS_BETWEEN = "days_between"  # days_between(a, b) = b - a in days


@dataclass(frozen=True, slots=True)
class Literal:
    """A constant. Numbers are held as float, dates as date."""

    value: float | str | bool | date | None
    type: ValueType


class ReferenceKind(StrEnum):
    """What of another scheme a condition reads; the word is the function's name."""

    LIST = "on_list"
    SCORE = "score_of"
    TIER = "tier_of"


@dataclass(frozen=True, slots=True)
class Reference:
    """What a condition reads of another scheme: its list `list`, its published score, or its published tier.

    Example:
        >>> str(Reference(ReferenceKind.LIST, "supreme-court", "defaulters"))
        "on_list('defaulters@supreme-court')"
    """

    kind: ReferenceKind
    scheme: str
    list: str = ""

    def __str__(self) -> str:
        return f"{self.kind}('{self.list}@{self.scheme}')" if self.list else f"{self.kind}('{self.scheme}')"


@dataclass(frozen=True, slots=True)
class Column:
    """An attribute of the event (`owner` is "event"), or of the subject (`owner` is "subject").

    What is read of another scheme is a column too: `owner` is "scheme", and `name` is the text of its `reference`.

    Of the event, `occurred_on` and `recorded_on` are always there; of the subject, `age` (completed years on the
    posting date) is always there and NULL where the birth date is not known.
    """

    owner: str
    name: str
    type: ValueType
    reference: Reference | None = None


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation on other expressions."""

    op: Op
    arguments: tuple[Node, ...]
    type: ValueType


Node = Literal | Column | Operation


@dataclass(frozen=True, slots=True)
class Expression:
    """A parsed, typed condition or formula, with the SQL text it came from."""

    text: str
    root: Node

    def columns(self) -> tuple[Column, ...]:
        """Every attribute it reads, each once, in order of appearance."""
        found: dict[Column, None] = {}
        stack: list[Node] = [self.root]
        while stack:
            node = stack.pop()
            match node:
                case Column():
                    found[node] = None
                case Operation():
                    stack.extend(reversed(node.arguments))
                case Literal():
                    pass
        return tuple(found)

    def references(self) -> tuple[Reference, ...]:
        """What it reads of other schemes, each once, in order of appearance."""
        return tuple(column.reference for column in self.columns() if column.reference is not None)
