"""Conditions and formulas, evaluated one event at a time: SQL's three-valued logic, numbers in double precision.

NULL is None. Every number is a Python float, so that arithmetic is that of IEEE 754 doubles.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date
from typing import Any

from scslab.scheme.conditions import Column, Literal, Node, Op, Operation

Read = Callable[[str, str], Any]
"""(owner, name) -> the value of an attribute, or None."""


def evaluate(node: Node, read: Read) -> Any:
    """The value of a condition or formula for one event: float, str, bool, date or None."""
    match node:
        case Literal(value=value):
            return as_plain(value)
        case Column(owner=owner, name=name):
            return as_plain(read(owner, name))
        case Operation(op=op, arguments=arguments):
            if op in BY_ARGUMENT:
                return BY_ARGUMENT[op]([evaluate(argument, read) for argument in arguments])
            values = [evaluate(argument, read) for argument in arguments]
            # All other operations are NULL as soon as one argument is; so is what is not a number (inf - inf).
            result = None if None in values else BY_VALUE[op](*values)
            return None if result != result else result


def as_plain(value: Any) -> Any:
    """Whole numbers become floats; everything else stays."""
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


def conjunction(values: list[Any]) -> bool | None:
    """AND: false if any is false, else NULL if any is NULL."""
    if False in values:
        return False
    return None if None in values else True


def negation(value: bool | None) -> bool | None:
    return None if value is None else not value


def disjunction(values: list[Any]) -> bool | None:
    """OR, by De Morgan."""
    return negation(conjunction([negation(value) for value in values]))


def compare(relation: Callable[[Any, Any], bool], left: Any, right: Any) -> bool | None:
    return None if left is None or right is None else relation(left, right)


def is_among(values: list[Any]) -> bool | None:
    """IN: `x = a OR x = b OR …`."""
    sought, *others = values
    return disjunction([compare(lambda a, b: a == b, sought, other) for other in others])


def is_between(values: list[Any]) -> bool | None:
    """BETWEEN: `x >= low AND x <= high`."""
    value, low, high = values
    return conjunction([compare(lambda a, b: a >= b, value, low), compare(lambda a, b: a <= b, value, high)])


def choose(values: list[Any]) -> Any:
    """CASE: the value after the first condition that is true, else the default."""
    *branches, default = values
    for condition, value in zip(branches[::2], branches[1::2], strict=True):
        if condition is True:
            return value
    return default


def first_known(values: list[Any]) -> Any:
    return next((value for value in values if value is not None), None)


def extreme(pick: Callable[[list[Any]], Any]) -> Callable[[list[Any]], Any]:
    """LEAST and GREATEST pass NULLs over."""

    def among(values: list[Any]) -> Any:
        known = [value for value in values if value is not None]
        return pick(known) if known else None

    return among


def is_like(text: str, pattern: str) -> bool:
    """LIKE: % stands for any text, _ for one character."""
    if not pattern:
        return not text
    if pattern[0] == "%":
        return any(is_like(text[skipped:], pattern[1:]) for skipped in range(len(text) + 1))
    return bool(text) and pattern[0] in ("_", text[0]) and is_like(text[1:], pattern[1:])


def days_between(first: date, second: date) -> float:
    return float((second - first).days)


def rounded(rounding: Callable[[float], int]) -> Callable[[float], float]:
    """FLOOR and CEIL leave infinities alone."""
    return lambda value: float(rounding(value)) if math.isfinite(value) else value


BY_ARGUMENT: dict[Op, Callable[[list[Any]], Any]] = {
    Op.AND: conjunction,
    Op.OR: disjunction,
    Op.NOT: lambda values: negation(values[0]),
    Op.IS_NULL: lambda values: values[0] is None,
    Op.IN: is_among,
    Op.BETWEEN: is_between,
    Op.CASE: choose,
    Op.COALESCE: first_known,
    Op.LEAST: extreme(min),
    Op.GREATEST: extreme(max),
    Op.DIVIDE: lambda values: None if None in values or values[1] == 0.0 else values[0] / values[1],
}
"""Operations that may know the answer although an argument is NULL (or, dividing, the other way round)."""

BY_VALUE: dict[Op, Callable[..., Any]] = {
    Op.ADD: lambda a, b: a + b,
    Op.SUBTRACT: lambda a, b: a - b,
    Op.MULTIPLY: lambda a, b: a * b,
    Op.NEGATE: lambda a: -a,
    Op.EQUAL: lambda a, b: a == b,
    Op.NOT_EQUAL: lambda a, b: a != b,
    Op.LESS: lambda a, b: a < b,
    Op.LESS_EQUAL: lambda a, b: a <= b,
    Op.GREATER: lambda a, b: a > b,
    Op.GREATER_EQUAL: lambda a, b: a >= b,
    Op.LIKE: is_like,
    Op.ABS: abs,
    Op.FLOOR: rounded(math.floor),
    Op.CEIL: rounded(math.ceil),
    Op.LOWER: str.lower,
    Op.UPPER: str.upper,
    Op.LENGTH: lambda text: float(len(text)),
    Op.YEAR: lambda day: float(day.year),
    Op.MONTH: lambda day: float(day.month),
    Op.DAYS_BETWEEN: days_between,
}
