"""Conditions as XForm XPath, with the meaning of SQL kept: what was not answered makes no comparison true.

XPath has two truth values and calls `'' != 1` true; SQL has three, and an item is shown only where its condition is
true. So negations are pushed down to the comparisons, and each comparison that XPath would find true of an empty
answer is guarded with `${item} != ''`.
"""

from __future__ import annotations

from collections.abc import Mapping

from scslab.scheme.conditions import Column, Expression, Literal, Node, Op, Operation, ValueType

_COMPARISONS = {
    Op.EQUAL: "=", Op.NOT_EQUAL: "!=", Op.LESS: "<", Op.LESS_EQUAL: "<=", Op.GREATER: ">", Op.GREATER_EQUAL: ">=",
}  # fmt: skip
_NEGATED = {
    Op.EQUAL: Op.NOT_EQUAL, Op.NOT_EQUAL: Op.EQUAL, Op.LESS: Op.GREATER_EQUAL, Op.LESS_EQUAL: Op.GREATER,
    Op.GREATER: Op.LESS_EQUAL, Op.GREATER_EQUAL: Op.LESS,
}  # fmt: skip
_ARITHMETIC = {Op.ADD: "+", Op.SUBTRACT: "-", Op.MULTIPLY: "*", Op.DIVIDE: "div"}

Choices = Mapping[str, tuple[str, str]]
"""The columns of multiple-choice items: for each the item and the code."""


class CannotExpressError(ValueError):
    """A condition uses something that XForms have no equal for."""


def to_xpath(expression: Expression, choices: Choices) -> str:
    """A condition as XPath.

    Args:
        expression: a typed condition.
        choices: `(item, code)` by column, for multiple-choice items.

    Raises:
        CannotExpressError: names what XPath has no equal for.
    """
    return _Writer(choices).condition(expression.root, True)


class _Writer:
    def __init__(self, choices: Choices) -> None:
        self.choices = choices

    def condition(self, node: Node, wanted: bool) -> str:
        """XPath that is true just where `node` is `wanted` (and not null)."""
        match node:
            case Literal():
                return "true()" if node.value is wanted else "false()"
            case Column():
                return self._flag(node, wanted)
            case Operation():
                return self._operation(node, wanted)

    def _flag(self, column: Column, wanted: bool) -> str:
        item, code = self.choices[column.name]
        selected = f"selected(${{{item}}}, '{code}')"
        return selected if wanted else f"(${{{item}}} != '' and not({selected}))"

    def _operation(self, node: Operation, wanted: bool) -> str:
        if node.op is Op.NOT:
            return self.condition(node.arguments[0], not wanted)
        if node.op in (Op.AND, Op.OR):
            word = " and " if (node.op is Op.AND) is wanted else " or "
            return "(" + word.join(self.condition(each, wanted) for each in node.arguments) + ")"
        if node.op is Op.IS_NULL:
            value = self._answer(node.arguments[0])
            return f"{value} {'=' if wanted else '!='} ''"
        if node.op is Op.IN:
            first, *others = node.arguments
            parts = [self._compare(Op.EQUAL if wanted else Op.NOT_EQUAL, first, each) for each in others]
            return "(" + (" or " if wanted else " and ").join(parts) + ")"
        if node.op is Op.BETWEEN:
            value, low, high = node.arguments
            if wanted:
                return (
                    f"({self._compare(Op.GREATER_EQUAL, value, low)} and {self._compare(Op.LESS_EQUAL, value, high)})"
                )
            return f"({self._compare(Op.LESS, value, low)} or {self._compare(Op.GREATER, value, high)})"
        if node.op in _COMPARISONS:
            return self._compare(node.op if wanted else _NEGATED[node.op], *node.arguments)
        raise CannotExpressError(f"`{node.op.value}`")

    def _answer(self, node: Node) -> str:
        if not isinstance(node, Column):
            raise CannotExpressError("`is null` of something that is computed")
        return f"${{{self.choices.get(node.name, (node.name,))[0]}}}"

    def _compare(self, op: Op, left: Node, right: Node) -> str:
        if left.type is ValueType.BOOLEAN:
            raise CannotExpressError("a comparison of conditions")
        text = f"{self._value(left)} {_COMPARISONS[op]} {self._value(right)}"
        # An empty answer is not a number, so that only `!=` (and `=` of two empty ones) comes out true of it.
        is_text = left.type is not ValueType.NUMBER
        names = dict.fromkeys([*_list_columns(left), *_list_columns(right)])
        needs_guard = op is Op.NOT_EQUAL or (len(names) > 1 and op is Op.EQUAL) or (is_text and op is not Op.EQUAL)
        guards = [f"${{{name}}} != ''" for name in names] if needs_guard else []
        return f"({' and '.join([*guards, text])})" if guards else text

    def _value(self, node: Node) -> str:
        match node:
            case Literal():
                return _write_literal(node)
            case Column():
                return f"${{{node.name}}}"
            case Operation():
                return self._call(node)

    def _call(self, node: Operation) -> str:
        values = [self._value(each) for each in node.arguments] if node.op is not Op.CASE else []
        if node.op in _ARITHMETIC:
            return f"({values[0]} {_ARITHMETIC[node.op]} {values[1]})"
        if node.op is Op.NEGATE:
            return f"(0 - {values[0]})"
        if node.op is Op.LENGTH:
            return f"string-length({values[0]})"
        if node.op is Op.DAYS_BETWEEN:
            return f"(decimal-date-time({values[1]}) - decimal-date-time({values[0]}))"
        if node.op in (Op.YEAR, Op.MONTH):
            return f"number(format-date({values[0]}, '{'%Y' if node.op is Op.YEAR else '%n'}'))"
        raise CannotExpressError(f"`{node.op.value}`")


def _write_literal(node: Literal) -> str:
    match node.value:
        case float():
            return f"{node.value:g}" if abs(node.value) < 1e5 else f"{node.value:f}".rstrip("0").rstrip(".")
        case str():
            if "'" in node.value and '"' in node.value:
                raise CannotExpressError("a text with both kinds of quotes")
            return f'"{node.value}"' if "'" in node.value else f"'{node.value}'"
        case None:
            return "''"
        case value:
            return f"date('{value}')"


def _list_columns(node: Node) -> list[str]:
    match node:
        case Column():
            return [node.name]
        case Operation():
            return [name for each in node.arguments for name in _list_columns(each)]
        case _:
            return []
