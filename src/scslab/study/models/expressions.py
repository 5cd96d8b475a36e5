"""Expressions in formulas, such as `log(income)` or `I(age**2)`: a closed list of functions over columns, no `eval`."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import polars as pl

from scslab.ground.problems import Problem, did_you_mean

FUNCTIONS: dict[str, Callable[[pl.Expr], pl.Expr]] = {
    "I": lambda x: x,
    "log": lambda x: x.log(),
    "log2": lambda x: x.log(2),
    "log10": lambda x: x.log10(),
    "log1p": lambda x: x.log1p(),
    "exp": lambda x: x.exp(),
    "sqrt": lambda x: x.sqrt(),
    "abs": lambda x: x.abs(),
}
"""Functions of a formula. Those that look at all rows at once (means, splines) belong into a column of the data."""
_OPERATORS: dict[type[ast.operator], Callable[[pl.Expr, pl.Expr], pl.Expr]] = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.Div: lambda a, b: a / b,
    ast.Pow: lambda a, b: a**b,
}
_COMPARISONS: dict[type[ast.cmpop], Callable[[pl.Expr, pl.Expr], pl.Expr]] = {
    ast.Gt: lambda a, b: a > b,
    ast.GtE: lambda a, b: a >= b,
    ast.Lt: lambda a, b: a < b,
    ast.LtE: lambda a, b: a <= b,
    ast.Eq: lambda a, b: a == b,
    ast.NotEq: lambda a, b: a != b,
}
_REFERENCE_WORDS = ("ref", "reference")
_STAND_IN = "_column_in_backticks_"
_TREATMENTS = ("Treatment", "treatment", "contr.treatment")


@dataclass(frozen=True, slots=True)
class Part:
    """One piece of a term: a column, a factor `C(column)`, or an expression over columns.

    Attributes:
        text: as the formula says it, for names.
        column: the column where the part is one, or a factor of one; "" for an expression.
        expression: what it computes; a column for a factor.
        columns: columns it reads.
        is_factor: whether the formula asks for a factor (`C(…)`).
        reference: the reference category named in the formula, or None.
        levels: the order of categories named in the formula, or ().
    """

    text: str
    column: str
    expression: pl.Expr
    columns: tuple[str, ...]
    is_factor: bool = False
    reference: Any = None
    levels: tuple[Any, ...] = ()


def read_part(text: str, is_lookup: bool, known: list[str], problems: list[Problem]) -> Part | None:
    """Read one piece of a term; None with a problem (Q401 unknown column, Q402 not understood).

    Example:
        >>> read_part("C(income, ref='low')", False, ["income"], []).reference
        'low'
        >>> found = []
        >>> read_part("log(incom)", False, ["income"], found) is None, found[0].help
        (True, 'did you mean `income`?')
    """
    if is_lookup or text in known:
        return _read_column(text, known, problems)
    quoted = re.findall(r"`([^`]*)`", text)
    plain = text.replace("contr.treatment", "Treatment").strip("{}")
    for number, name in enumerate(quoted):  # `odd name` is no name of Python's: it is parsed under another
        plain = plain.replace(f"`{name}`", f"{_STAND_IN}{number}")
    try:
        tree = _Restorer(quoted).visit(ast.parse(plain, mode="eval").body)
    except SyntaxError as error:
        problems.append(Problem("Q402", f"formula: `{text}` is not readable: {error.msg}"))
        return None
    if isinstance(tree, ast.Call) and isinstance(tree.func, ast.Name) and tree.func.id in ("C", "factor"):
        return _read_factor(text, tree, known, problems)
    columns: list[str] = []
    before = len(problems)
    expression = _read_tree(tree, text, known, columns, problems)
    return None if len(problems) > before else Part(text, "", expression, tuple(dict.fromkeys(columns)))


class _Restorer(ast.NodeTransformer):
    """Gives columns in backticks their names back."""

    def __init__(self, names: list[str]) -> None:
        self.names = names

    def visit_Name(self, node: ast.Name) -> ast.Name:
        number = node.id.removeprefix(_STAND_IN)
        return ast.Name(self.names[int(number)]) if number != node.id else node


def _read_column(name: str, known: list[str], problems: list[Problem]) -> Part | None:
    if name not in known:
        problems.append(Problem("Q401", f"formula: there is no column `{name}`", help=did_you_mean(name, known)))
        return None
    return Part(name, name, pl.col(name), (name,))


def _read_factor(text: str, call: ast.Call, known: list[str], problems: list[Problem]) -> Part | None:
    inner = call.args[0] if call.args else None
    name = inner.id if isinstance(inner, ast.Name) else (inner.value if isinstance(inner, ast.Constant) else None)
    if not isinstance(name, str):
        problems.append(Problem("Q402", f"formula: `{text}` needs the name of one column in `C(…)`"))
        return None
    if (column := _read_column(name, known, problems)) is None:
        return None
    reference, levels = None, ()
    try:
        for extra in call.args[1:]:
            if not (isinstance(extra, ast.Call) and isinstance(extra.func, ast.Name) and extra.func.id in _TREATMENTS):
                raise ValueError
            values = [*extra.args, *(word.value for word in extra.keywords)]
            reference = ast.literal_eval(values[0]) if values else None
        for word in call.keywords:
            if word.arg in _REFERENCE_WORDS:
                reference = ast.literal_eval(word.value)
            elif word.arg == "levels":
                levels = tuple(ast.literal_eval(word.value))
            else:
                raise ValueError
    except ValueError:
        helps = "write `C(income)`, `C(income, ref='low')` or `C(income, levels=['low', 'high'])`"
        problems.append(Problem("Q402", f"formula: `{text}` is not understood", help=helps))
        return None
    return Part(text, column.column, column.expression, column.columns, True, reference, levels)


def _read_tree(tree: ast.expr, text: str, known: list[str], columns: list[str], problems: list[Problem]) -> pl.Expr:
    """The expression of a syntax tree; a stand-in and a problem where it is not allowed."""

    def walk(node: ast.expr) -> pl.Expr:
        match node:
            case ast.Constant(value=bool() | int() | float() as value):
                return pl.lit(value)
            case ast.Constant(value=str() as value):
                return pl.lit(value)
            case ast.Name(id=name):
                if _read_column(name, known, problems) is not None:
                    columns.append(name)
                return pl.col(name)
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
                return _OPERATORS[type(op)](walk(left), walk(right))
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return -walk(operand)
            case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in _COMPARISONS:
                return _COMPARISONS[type(op)](walk(left), walk(right))
            case ast.Call(func=ast.Name(id=name), args=[inner], keywords=[]) if name in FUNCTIONS:
                value = walk(inner)
                return FUNCTIONS[name](value if isinstance(inner, ast.Compare) else value.cast(pl.Float64))
            case ast.Call(func=ast.Name(id=name)) | ast.Call(func=ast.Attribute(attr=name)):
                helps = did_you_mean(name, [*FUNCTIONS, "C"])
                problems.append(Problem("Q402", f"formula: there is no function `{name}` in `{text}`", help=helps))
            case _:
                helps = "a formula takes columns, numbers, + - * / **, comparisons, C(…) and " + ", ".join(FUNCTIONS)
                problems.append(Problem("Q402", f"formula: `{text}` is not understood", help=helps))
        return pl.lit(0.0)

    return walk(tree)
