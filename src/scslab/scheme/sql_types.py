"""The types of conditions and formulas: which operation takes what, and what it yields.

The `make_` functions build typed nodes; each raises `SqlError` where the types do not fit.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date

from scslab.ground.dates import EARLIEST, LATEST
from scslab.scheme.conditions import Literal, Node, Op, Operation, ValueType
from scslab.scheme.problem_list import shorten

_NUMBER, _TEXT, _BOOLEAN, _DATE, _NULL = (
    ValueType.NUMBER, ValueType.TEXT, ValueType.BOOLEAN, ValueType.DATE, ValueType.NULL,
)  # fmt: skip
_ARITHMETIC = frozenset({Op.ADD, Op.SUBTRACT, Op.MULTIPLY, Op.DIVIDE})
_ORDERING = frozenset({Op.LESS, Op.LESS_EQUAL, Op.GREATER, Op.GREATER_EQUAL, Op.BETWEEN})
# What a function takes (one type for all arguments), what it yields, and how many arguments it takes at least and most.
_SIGNATURES: dict[Op, tuple[ValueType, ValueType, int, int]] = {
    Op.ABS: (_NUMBER, _NUMBER, 1, 1),
    Op.FLOOR: (_NUMBER, _NUMBER, 1, 1),
    Op.CEIL: (_NUMBER, _NUMBER, 1, 1),
    Op.LEAST: (_NUMBER, _NUMBER, 1, 50),
    Op.GREATEST: (_NUMBER, _NUMBER, 1, 50),
    Op.LOWER: (_TEXT, _TEXT, 1, 1),
    Op.UPPER: (_TEXT, _TEXT, 1, 1),
    Op.LENGTH: (_TEXT, _NUMBER, 1, 1),
    Op.YEAR: (_DATE, _NUMBER, 1, 1),
    Op.MONTH: (_DATE, _NUMBER, 1, 1),
    Op.DAYS_BETWEEN: (_DATE, _NUMBER, 2, 2),
}


class SqlError(Exception):
    """SQL that is not taken: types that do not fit (`033`), or another reason by its number in `codes.SHARED`."""

    def __init__(self, message: str, helps: str = "", number: str = "033") -> None:
        super().__init__(message)
        self.message, self.help, self.number = message, helps, number


def name_type(kind: ValueType) -> str:
    """A type as messages say it.

    Example:
        >>> name_type(ValueType.BOOLEAN), name_type(ValueType.TEXT)
        ('true or false', 'a text')
    """
    names = {_NUMBER: "a number", _TEXT: "a text", _BOOLEAN: "true or false", _DATE: "a date", _NULL: "always null"}
    return names[kind]


def make_constant(text: str, *, is_text: bool) -> Node:
    """A text or a number as written in SQL."""
    if is_text:
        return Literal(text, _TEXT)
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise SqlError(f"`{shorten(text)}` is not a number that can be used")
    return Literal(value, _NUMBER)


def make_date(text: str) -> Node:
    """A date written `2020-01-31`."""
    try:
        day = date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        day = None
    if day is None or not EARLIEST <= day <= LATEST:
        raise SqlError(f"'{shorten(text)}' is not a date", "write a date as '2020-01-31'")
    return Literal(day, _DATE)


def make_binary(op: Op, left: Node, right: Node) -> Node:
    """Arithmetic, or a comparison of two values."""
    if op not in _ARITHMETIC:
        return make_comparison(op, [left, right])
    for side in (left, right):
        if side.type is not _NUMBER:
            hint = "write `days_between(a, b)` for the days between two dates" if side.type is _DATE else ""
            raise SqlError(f"`{op.value}` takes numbers, and this is {name_type(side.type)}", hint)
    return Operation(op, (left, right), _NUMBER)


def make_comparison(op: Op, arguments: Sequence[Node]) -> Node:
    """A comparison, `in` or `between`: all arguments are of one type; texts beside a date are read as dates."""
    if any(argument.type is _NULL for argument in arguments):
        raise SqlError("a comparison with null is never true", "write `is null` or `is not null`")
    same = _as_dates(arguments)
    first = same[0]
    for other in same[1:]:
        if other.type is not first.type:
            hint = _unquote_hint(first, other)
            raise SqlError(f"{first.type.value} compared with {other.type.value}", hint)
    if first.type is _BOOLEAN and op in _ORDERING:
        raise SqlError("true and false have no order", "use `=`, `and`, `or`, `not`")
    return Operation(op, same, _BOOLEAN)


def make_chain(op: Op, left: Node, right: Node) -> Node:
    """`and`, `or`."""
    for side in (left, right):
        if side.type is not _BOOLEAN:
            raise SqlError(f"`{op.value}` joins conditions, and this is {name_type(side.type)}")
    return Operation(op, (left, right), _BOOLEAN)


def make_denial(node: Node) -> Node:
    """`not`."""
    if node.type is not _BOOLEAN:
        raise SqlError(f"`not` takes a condition, and this is {name_type(node.type)}")
    return Operation(Op.NOT, (node,), _BOOLEAN)


def make_negation(node: Node) -> Node:
    """The minus sign; of a constant it gives a constant."""
    if node.type is not _NUMBER:
        raise SqlError(f"`-` takes a number, and this is {name_type(node.type)}")
    if isinstance(node, Literal) and isinstance(node.value, float):
        return Literal(-node.value, _NUMBER)
    return Operation(Op.NEGATE, (node,), _NUMBER)


def make_like(node: Node, pattern: Node) -> Node:
    """`like` with a pattern that is a constant."""
    if node.type is not _TEXT:
        raise SqlError(f"`like` takes a text, and this is {name_type(node.type)}")
    if not isinstance(pattern, Literal) or pattern.type is not _TEXT:
        raise SqlError("the pattern of `like` must be a text in single quotes", "`%` is any text, `_` any letter")
    return Operation(Op.LIKE, (node, pattern), _BOOLEAN)


def make_call(op: Op, arguments: Sequence[Node]) -> Node:
    """A function."""
    if op is Op.COALESCE:
        same, kind = _unify(arguments, "coalesce")
        return Operation(op, same, kind)
    takes, yields, least, most = _SIGNATURES[op]
    if not least <= len(arguments) <= most:
        count = f"{least} argument{'s' if least != 1 else ''}" if least == most else f"at least {least} argument"
        raise SqlError(f"`{op.value}` takes {count}")
    given = _read_dates(arguments) if takes is _DATE else tuple(arguments)
    for argument in given:
        if argument.type is not takes:
            raise SqlError(f"`{op.value}` takes {name_type(takes)}, and this is {name_type(argument.type)}")
    return Operation(op, given, yields)


def make_case(branches: Sequence[tuple[Node, Node]], default: Node | None) -> Node:
    """`case when … then … else … end`; without `else`, null."""
    for test, _ in branches:
        if test.type is not _BOOLEAN:
            raise SqlError(f"`when` takes a condition, and this is {name_type(test.type)}")
    last: Node = Literal(None, _NULL) if default is None else default
    values, kind = _unify([*(value for _, value in branches), last], "case")
    arguments: list[Node] = []
    for (test, _), value in zip(branches, values[:-1], strict=True):
        arguments += [test, value]
    return Operation(Op.CASE, (*arguments, values[-1]), kind)


def _as_dates(nodes: Sequence[Node]) -> tuple[Node, ...]:
    """Text constants beside a date become dates."""
    return _read_dates(nodes) if any(node.type is _DATE for node in nodes) else tuple(nodes)


def _read_dates(nodes: Sequence[Node]) -> tuple[Node, ...]:
    return tuple(
        make_date(str(node.value)) if isinstance(node, Literal) and node.type is _TEXT else node for node in nodes
    )


def _unify(nodes: Sequence[Node], what: str) -> tuple[tuple[Node, ...], ValueType]:
    """Nodes of one type, nulls apart, and that type."""
    same = _as_dates(nodes)
    kinds = list(dict.fromkeys(node.type for node in same if node.type is not _NULL))
    if not kinds:
        raise SqlError(f"`{what}` yields nothing but null")
    if len(kinds) > 1:
        raise SqlError(f"`{what}` yields {name_type(kinds[0])} or {name_type(kinds[1])}", "all must be of one type")
    return same, kinds[0]


def _unquote_hint(left: Node, right: Node) -> str:
    if {left.type, right.type} == {_BOOLEAN, _NUMBER} and isinstance(left, Operation):
        return "write `1 < x and x < 3` for `1 < x < 3`"
    for text, other in ((left, right), (right, left)):
        if isinstance(text, Literal) and text.type is _TEXT and other.type in (_NUMBER, _BOOLEAN):
            return f"write {shorten(str(text.value))} without quotes" if str(text.value).strip() else ""
    return ""
