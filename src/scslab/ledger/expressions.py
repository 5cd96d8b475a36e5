"""Conditions and formulas in columns: the typed tree of `scslab.scheme.conditions` as a Polars expression.

The meaning is that of the tree, not that of Polars: every number is a double, NaN counts as NULL, logic is
three-valued, a number divided by zero is NULL, and LEAST and GREATEST pass over NULLs.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from functools import reduce

import polars as pl

from scslab.scheme.conditions import Column, Expression, Literal, Node, Op, Operation, ValueType

ColumnOf = Callable[[Column], pl.Expr]
"""Gives the Polars column of an attribute; whole numbers may come as integers."""

DTYPES: dict[ValueType, pl.DataType] = {
    ValueType.NUMBER: pl.Float64(),
    ValueType.TEXT: pl.String(),
    ValueType.BOOLEAN: pl.Boolean(),
    ValueType.DATE: pl.Date(),
    ValueType.NULL: pl.Null(),
}
"""The Polars type of each type of the language."""

_CHAIN_LIMIT = 12
_BINARY: dict[Op, Callable[[pl.Expr, pl.Expr], pl.Expr]] = {
    Op.ADD: lambda a, b: a + b,
    Op.SUBTRACT: lambda a, b: a - b,
    Op.MULTIPLY: lambda a, b: a * b,
    Op.DIVIDE: lambda a, b: pl.when(b != 0.0).then(a / b),
    Op.EQUAL: lambda a, b: a == b,
    Op.NOT_EQUAL: lambda a, b: a != b,
    Op.LESS: lambda a, b: a < b,
    Op.LESS_EQUAL: lambda a, b: a <= b,
    Op.GREATER: lambda a, b: a > b,
    Op.GREATER_EQUAL: lambda a, b: a >= b,
    Op.AND: lambda a, b: a & b,
    Op.OR: lambda a, b: a | b,
    Op.DAYS_BETWEEN: lambda a, b: (b.cast(pl.Int32) - a.cast(pl.Int32)).cast(pl.Float64),
}
_UNARY: dict[Op, Callable[[pl.Expr], pl.Expr]] = {
    Op.NEGATE: lambda a: -a,
    Op.NOT: lambda a: ~a,
    Op.IS_NULL: lambda a: a.is_null(),
    Op.ABS: lambda a: a.abs(),
    Op.FLOOR: lambda a: a.floor(),
    Op.CEIL: lambda a: a.ceil(),
    Op.LOWER: lambda a: a.str.to_lowercase(),
    Op.UPPER: lambda a: a.str.to_uppercase(),
    Op.LENGTH: lambda a: a.str.len_chars().cast(pl.Float64),
    Op.YEAR: lambda a: a.dt.year().cast(pl.Float64),
    Op.MONTH: lambda a: a.dt.month().cast(pl.Float64),
}
_ARITHMETIC = frozenset({Op.ADD, Op.SUBTRACT, Op.MULTIPLY, Op.DIVIDE})
_ALWAYS_FINITE = frozenset({Op.LENGTH, Op.YEAR, Op.MONTH, Op.DAYS_BETWEEN})


def to_polars(expression: Expression, column_of: ColumnOf) -> pl.Expr:
    """The Polars expression of a condition (Boolean) or a formula (Float64).

    Args:
        expression: a parsed, typed condition or formula.
        column_of: gives the Polars column of each attribute; for one that is not there, `pl.lit(None)`.

    Example:
        >>> amount = Column("event", "amount", ValueType.NUMBER)
        >>> node = Operation(Op.GREATER_EQUAL, (amount, Literal(10.0, ValueType.NUMBER)), ValueType.BOOLEAN)
        >>> frame = pl.DataFrame({"amount": [9, 10, None]})
        >>> found = to_polars(Expression("amount >= 10", node), lambda column: pl.col(column.name))
        >>> frame.select(found)["amount"].to_list()
        [False, True, None]
    """
    return _build(expression.root, expression.root.type, column_of)


def _build(node: Node, wanted: ValueType, column_of: ColumnOf) -> pl.Expr:
    """The expression of a node; `wanted` is the type that a bare NULL takes."""
    match node:
        case Literal():
            return _build_literal(node.value, wanted)
        case Column():
            column = column_of(node).cast(DTYPES[node.type])
            return column.fill_nan(None) if node.type is ValueType.NUMBER else column
        case Operation():
            return _build_operation(node, column_of)


def _build_literal(value: float | str | bool | date | None, wanted: ValueType) -> pl.Expr:
    if value is None:
        return pl.lit(None, DTYPES[wanted])
    return pl.lit(value, DTYPES[wanted])


def _build_operation(node: Operation, column_of: ColumnOf) -> pl.Expr:
    match node.op:
        case Op.CASE:
            return _build_case(node, column_of)
        case Op.LIKE:
            return _build_like(node, column_of)
        case Op.IN:
            return _build_in(node, column_of)
        case _:
            kind = _find_type(node)
            arguments = [_build(argument, kind, column_of) for argument in node.arguments]
    match node.op:
        case Op.COALESCE:
            return pl.coalesce(arguments)
        case Op.LEAST:
            return reduce(_choose_least, arguments)
        case Op.GREATEST:
            return reduce(_choose_greatest, arguments)
        case Op.BETWEEN:
            value, low, high = arguments
            return (value >= low) & (value <= high)
        case op if op in _UNARY:
            return _UNARY[op](arguments[0])
        case op:
            result = _BINARY[op](*arguments)
            # Of finite numbers, arithmetic makes infinities at worst; only these can make a NaN in the next step.
            is_safe = op not in _ARITHMETIC or not any(_may_be_infinite(argument) for argument in node.arguments)
            return result if is_safe else result.fill_nan(None)


def _choose_least(left: pl.Expr, right: pl.Expr) -> pl.Expr:
    return pl.when((left <= right) | right.is_null()).then(left).otherwise(right)


def _choose_greatest(left: pl.Expr, right: pl.Expr) -> pl.Expr:
    return pl.when((left >= right) | right.is_null()).then(left).otherwise(right)


def _build_case(node: Operation, column_of: ColumnOf) -> pl.Expr:
    *branches, default = node.arguments
    result = _build(default, node.type, column_of)
    pairs = zip(branches[::2], branches[1::2], strict=True)
    for condition, value in reversed(list(pairs)):
        test = _build(condition, ValueType.BOOLEAN, column_of)
        result = pl.when(test).then(_build(value, node.type, column_of)).otherwise(result)
    return result


def _build_in(node: Operation, column_of: ColumnOf) -> pl.Expr:
    kind = _find_type(node)
    sought = _build(node.arguments[0], kind, column_of)
    others = node.arguments[1:]
    known = [other.value for other in others if isinstance(other, Literal) and other.value is not None]
    if len(known) == len(others) > _CHAIN_LIMIT:
        return sought.is_in(pl.Series(known, dtype=DTYPES[kind]).implode())
    # `x in (a, null)` is true or NULL, never false: exactly what a chain of `or` says.
    tests = [sought == _build(other, kind, column_of) for other in others]
    return reduce(lambda a, b: a | b, tests)


def _build_like(node: Operation, column_of: ColumnOf) -> pl.Expr:
    text, pattern = node.arguments
    if not isinstance(pattern, Literal):
        raise TypeError("the pattern of LIKE is a constant")
    parts = [{"%": ".*", "_": "."}.get(letter) or re.escape(letter) for letter in str(pattern.value)]
    # (?s): a line break is a character like any other.
    return _build(text, ValueType.TEXT, column_of).str.contains(f"(?s)^{''.join(parts)}$")


def _find_type(node: Operation) -> ValueType:
    """The type that the arguments of an operation share; bare NULLs take it."""
    kinds = [argument.type for argument in node.arguments if argument.type is not ValueType.NULL]
    if kinds:
        return kinds[0]
    is_numeric = node.op in _ARITHMETIC or node.type is ValueType.NUMBER
    return ValueType.NUMBER if is_numeric else ValueType.BOOLEAN


def _may_be_infinite(node: Node) -> bool:
    if not isinstance(node, Operation) or node.op in _ALWAYS_FINITE:
        return False
    return node.op in _ARITHMETIC or any(_may_be_infinite(argument) for argument in node.arguments)
