"""Conditions and formulas as programs for the stack machine of `kernel_condition`.

Whatever has to do with texts or the parts of dates is left to the columnar library: such a part becomes a column that
the
program reads like any other.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scslab.engine import operations as machine
from scslab.ledger.expressions import to_polars
from scslab.scheme.conditions import Column, Expression, Literal, Node, Op, Operation, ValueType

_BINARY = {
    Op.ADD: machine.ADD,
    Op.SUBTRACT: machine.SUBTRACT,
    Op.MULTIPLY: machine.MULTIPLY,
    Op.DIVIDE: machine.DIVIDE,
    Op.EQUAL: machine.EQUAL,
    Op.NOT_EQUAL: machine.NOT_EQUAL,
    Op.LESS: machine.LESS,
    Op.LESS_EQUAL: machine.LESS_EQUAL,
    Op.GREATER: machine.GREATER,
    Op.GREATER_EQUAL: machine.GREATER_EQUAL,
    Op.AND: machine.AND,
    Op.OR: machine.OR,
}
_UNARY = {
    Op.NEGATE: machine.NEGATE,
    Op.NOT: machine.NOT,
    Op.IS_NULL: machine.IS_NULL,
    Op.ABS: machine.ABS,
    Op.FLOOR: machine.FLOOR,
    Op.CEIL: machine.CEIL,
}
_CHAINS = {Op.COALESCE: machine.COALESCE, Op.LEAST: machine.LEAST, Op.GREATEST: machine.GREATEST}
_REWRITTEN = (Op.CASE, Op.IN, Op.BETWEEN)
_NUMERIC = (ValueType.NUMBER, ValueType.BOOLEAN, ValueType.NULL)


@dataclass(frozen=True, slots=True)
class Programs:
    """Programs, and the columns that they read.

    Attributes:
        columns: what each column holds, in the order of its number: an attribute or a part of an expression.
        offset: where each program begins; the conditions come first, then the formulas.
        steps: operations and their arguments, shape (n, 2).
        depth: the deepest stack that any of them needs.
    """

    columns: tuple[Node, ...]
    offset: NDArray[np.int64]
    steps: NDArray[np.int64]
    constants: NDArray[np.float64]
    depth: int


def build_programs(expressions: Sequence[Expression]) -> Programs:
    """Programs for the expressions, in their order."""
    writer = _Writer()
    offset = [0]
    for expression in expressions:
        writer.write(expression.root, 0)
        offset.append(len(writer.steps))
    return Programs(
        tuple(writer.columns),
        np.array(offset, np.int64),
        np.array(writer.steps, np.int64).reshape(-1, 2),
        np.array(writer.constants, np.float64),
        writer.depth,
    )


def select_columns(programs: Programs, column_of: Callable[[Column], pl.Expr]) -> list[pl.Expr]:
    """The columns that the programs read, as doubles with NaN for NULL."""
    nan = float("nan")
    return [
        # A plain column needs no detour: NaN and NULL are the same to a program.
        column_of(node).cast(pl.Float64).fill_null(nan)
        if isinstance(node, Column) and node.type in _NUMERIC
        else to_polars(Expression("", node), column_of).cast(pl.Float64).fill_null(nan)
        for node in programs.columns
    ]


@dataclass(slots=True)
class _Writer:
    """Programs under construction."""

    columns: dict[Node, int] = field(default_factory=dict[Node, int])
    constants: list[float] = field(default_factory=list[float])
    steps: list[tuple[int, int]] = field(default_factory=list[tuple[int, int]])
    depth: int = 1

    def write(self, node: Node, height: int) -> None:
        """Write the steps of a node; `height` values lie on the stack below its own."""
        self.depth = max(self.depth, height + 1)
        if isinstance(node, Literal) and node.type in _NUMERIC:
            self.steps.append((machine.CONSTANT, len(self.constants)))
            self.constants.append(float("nan") if node.value is None else float(node.value))  # type: ignore[arg-type]
        elif isinstance(node, Operation) and _is_for_machine(node):
            self._write_operation(node, height)
        else:
            self.steps.append((machine.COLUMN, self.columns.setdefault(node, len(self.columns))))

    def _write_operation(self, node: Operation, height: int) -> None:
        match node.op, node.arguments:
            case Op.CASE, (condition, value, *others):
                # `others` ends with the default; what lies between is further branches.
                rest = others[0] if len(others) == 1 else Operation(Op.CASE, tuple(others), node.type)
                self._apply(machine.CHOOSE, (condition, value, rest), height)
            case Op.IN, (sought, *known):
                tests = [Operation(Op.EQUAL, (sought, other), ValueType.BOOLEAN) for other in known]
                self._chain(machine.OR, tests, height)
            case Op.BETWEEN, (value, low, high):
                at_least = Operation(Op.GREATER_EQUAL, (value, low), ValueType.BOOLEAN)
                at_most = Operation(Op.LESS_EQUAL, (value, high), ValueType.BOOLEAN)
                self._apply(machine.AND, (at_least, at_most), height)
            case op, arguments if op in _CHAINS:
                self._chain(_CHAINS[op], arguments, height)
            case op, arguments:
                self._apply(_UNARY[op] if op in _UNARY else _BINARY[op], arguments, height)

    def _apply(self, code: int, arguments: Sequence[Node], height: int) -> None:
        for k, argument in enumerate(arguments):
            self.write(argument, height + k)
        self.steps.append((code, 0))

    def _chain(self, code: int, arguments: Sequence[Node], height: int) -> None:
        self.write(arguments[0], height)
        for argument in arguments[1:]:
            self.write(argument, height + 1)
            self.steps.append((code, 0))


def _is_for_machine(node: Operation) -> bool:
    is_known = node.op in _BINARY or node.op in _UNARY or node.op in _CHAINS or node.op in _REWRITTEN
    return is_known and all(argument.type in _NUMERIC for argument in node.arguments)
