"""Random conditions and formulas: typed trees over an event's attributes, and their SQL text.

Text is what a user writes, so schemes are built from the text where the parser is at hand; the tree is kept to check
the parser against.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from hypothesis import strategies as st

from property.drawing import chance, pick
from scslab.scheme.conditions import Column, Literal, Node, Op, Operation, ValueType

NUMBER, TEXT, BOOLEAN, DATE, NULL = (
    ValueType.NUMBER,
    ValueType.TEXT,
    ValueType.BOOLEAN,
    ValueType.DATE,
    ValueType.NULL,
)

# Quarters and halves are exact in binary; 0.1, 1.1 and 2.675 are not, which the rounding must bear.
NUMBERS = (0.0, 1.0, 2.0, 3.0, 0.5, 0.25, 1.5, 2.5, 10.0, 0.1, 1.1, 2.675, 1000000.0)
TEXTS = ("north", "south", "North", "st. mary's", "荣成", "é", "")
DATES = (date(2019, 12, 31), date(2020, 2, 29), date(2020, 3, 1), date(2021, 1, 31))
PATTERNS = ("north", "n%", "%th", "_orth", "%", "", "荣_", "%o%h")

COMPARISONS = (Op.EQUAL, Op.NOT_EQUAL, Op.LESS, Op.LESS_EQUAL, Op.GREATER, Op.GREATER_EQUAL)


BINARY = (Op.ADD, Op.SUBTRACT, Op.MULTIPLY, Op.DIVIDE, Op.LEAST, Op.GREATEST)
UNARY = (Op.NEGATE, Op.ABS, Op.FLOOR, Op.CEIL)

FORMS: dict[ValueType, tuple[str, ...]] = {
    NUMBER: (
        "leaf",
        "leaf",
        "binary",
        "binary",
        "binary",
        "unary",
        "part of date",
        "days",
        "length",
        "case",
        "coalesce",
    ),
    TEXT: ("leaf", "leaf", "leaf", "change case", "case", "coalesce"),
    DATE: ("leaf", "leaf", "leaf", "case", "coalesce"),
    BOOLEAN: (
        *("compare", "compare", "compare", "compare", "leaf", "chain", "chain", "not", "in", "between", "like"),
        *("is null", "is null", "case", "coalesce"),
    ),
}
"""What an expression of a type may be made of, as often as it stands here."""


def of(op: Op, kind: ValueType, *arguments: Node) -> Operation:
    return Operation(op, arguments, kind)


@st.composite
def values(draw: st.DrawFn, kind: ValueType, columns: Sequence[Column], depth: int) -> Node:
    """Expressions that yield `kind`, at most `depth` operations deep."""
    return draw_value(draw, kind, columns, depth)


def draw_value(draw: st.DrawFn, kind: ValueType, columns: Sequence[Column], depth: int) -> Node:
    """One function instead of nested strategies: building those for each scheme anew takes too long."""

    def some(inner: ValueType) -> Node:
        return draw_value(draw, inner, columns, depth - 1)

    form = pick(draw, FORMS[kind]) if depth else "leaf"
    match form:
        case "leaf":
            own = [column for column in columns if column.type == kind]
            return pick(draw, own) if own and not chance(draw, 4) else Literal(pick(draw, SAMPLES[kind]), kind)
        case "binary":
            return of(pick(draw, BINARY), NUMBER, some(NUMBER), some(NUMBER))
        case "unary":
            return of(pick(draw, UNARY), NUMBER, some(NUMBER))
        case "part of date":
            return of(pick(draw, [Op.YEAR, Op.MONTH]), NUMBER, some(DATE))
        case "days":
            return of(Op.DAYS_BETWEEN, NUMBER, some(DATE), some(DATE))
        case "length":
            return of(Op.LENGTH, NUMBER, some(TEXT))
        case "change case":
            return of(pick(draw, [Op.LOWER, Op.UPPER]), TEXT, some(TEXT))
        case "case":
            default = some(kind) if chance(draw, 2) else MISSING
            return of(Op.CASE, kind, some(BOOLEAN), some(kind), default)
        case "coalesce":
            return of(Op.COALESCE, kind, some(kind), some(kind))
        case "compare":
            inner = pick(draw, [NUMBER, NUMBER, NUMBER, TEXT, DATE, BOOLEAN])
            relation = pick(draw, COMPARISONS[:2] if inner == BOOLEAN else COMPARISONS)
            return of(relation, BOOLEAN, some(inner), some(inner))
        case "chain":
            return of(pick(draw, [Op.AND, Op.OR]), BOOLEAN, some(BOOLEAN), some(BOOLEAN))
        case "not":
            return of(Op.NOT, BOOLEAN, some(BOOLEAN))
        case "in":
            inner = pick(draw, [NUMBER, TEXT])
            # A NULL among them would be refused by the parser: nothing is ever equal to it.
            others = [Literal(pick(draw, SAMPLES[inner]), inner) for _ in range(pick(draw, (1, 2, 3)))]
            return of(Op.IN, BOOLEAN, some(inner), *others)
        case "between":
            inner = pick(draw, [NUMBER, DATE])
            return of(Op.BETWEEN, BOOLEAN, some(inner), some(inner), some(inner))
        case "like":
            return of(Op.LIKE, BOOLEAN, some(TEXT), Literal(pick(draw, PATTERNS), TEXT))
        case _:
            assert form == "is null", form
            return of(Op.IS_NULL, BOOLEAN, some(pick(draw, [NUMBER, TEXT, BOOLEAN, DATE])))


MISSING = Literal(None, NULL)
SAMPLES: dict[ValueType, tuple[Any, ...]] = {NUMBER: NUMBERS, TEXT: TEXTS, BOOLEAN: (True, False), DATE: DATES}


# SQL text -------------------------------------------------------------------------------------------------------


def as_sql(node: Node) -> str:
    """The SQL text of a tree, with brackets around every operation."""
    match node:
        case Literal():
            return literal_as_sql(node)
        case Column(owner=owner, name=name):
            return f"subject.{name}" if owner == "subject" else name
        case Operation(op=op, arguments=arguments):
            parts = [as_sql(argument) for argument in arguments]
            if op in (Op.NEGATE, Op.NOT):
                return f"({'-' if op == Op.NEGATE else 'NOT'} {parts[0]})"
            if op == Op.IS_NULL:
                return f"({parts[0]} IS NULL)"
            if op == Op.IN:
                return f"({parts[0]} IN ({', '.join(parts[1:])}))"
            if op == Op.BETWEEN:
                return f"({parts[0]} BETWEEN {parts[1]} AND {parts[2]})"
            if op == Op.CASE:
                branches = " ".join(f"WHEN {c} THEN {v}" for c, v in zip(parts[:-1:2], parts[1:-1:2], strict=True))
                is_default_missing = arguments[-1] == Literal(None, NULL)
                return f"(CASE {branches}{'' if is_default_missing else ' ELSE ' + parts[-1]} END)"
            if op.value[0].isalpha() and op not in (Op.AND, Op.OR, Op.LIKE):
                return f"{op.value.upper()}({', '.join(parts)})"
            return "(" + f" {op.value.upper()} ".join(parts) + ")"


def literal_as_sql(node: Literal) -> str:
    match node.value:
        case None:
            return "NULL"
        case bool(value):
            return str(value).upper()
        case date() as day:
            return f"DATE '{day}'"
        case str(text):
            return "'" + text.replace("'", "''") + "'"
        case number:
            return str(int(number)) if number == int(number) < 10**15 else repr(number).replace("+", "")
