"""Declared rules over answers: conditions that no honest respondent meets, and items with one right answer."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from scslab.ground.problems import NOWHERE, Place
from scslab.ledger.expressions import to_polars
from scslab.scheme.conditions import Column, ValueType
from scslab.scheme.problem_list import Problems
from scslab.scheme.sql import parse_condition
from scslab.scheme.yaml_tree import YamlText
from scslab.study.cleaning.finding import Found, join_reasons
from scslab.study.data.variables import show_code


@dataclass(frozen=True, slots=True)
class ConditionRule:
    """Answers that do not go together.

    Attributes:
        sql: a condition over the columns, true where something is odd; codes as in the file, declared missing null.
        reason: what is odd.
    """

    sql: YamlText
    reason: str


@dataclass(frozen=True, slots=True)
class QualityRule:
    """An item that checks attention.

    Attributes:
        column: the item.
        expect: the right answers, as codes.
        is_failed_when_empty: whether no answer counts as failed.
    """

    column: str
    expect: tuple[str, ...]
    is_failed_when_empty: bool = True
    place: Place = NOWHERE


def find_inconsistent(frame: pl.DataFrame, rules: tuple[ConditionRule, ...], problems: Problems) -> Found:
    """Flags respondents for whom a condition is true; one that cannot be decided does not flag.

    Problems of the conditions (Q030 to Q035) are noted in `problems`.

    Example:
        >>> rule = ConditionRule(YamlText("age < 18 and drives = 1", True, NOWHERE), "drives under age")
        >>> frame = pl.DataFrame({"age": [16, 40, None], "drives": [1, 1, 1]})
        >>> find_inconsistent(frame, (rule,), Problems("Q")).reasons.to_list()
        ['drives under age', None, None]
    """
    types = {name: kind for name, dtype in frame.schema.items() if (kind := _type_of(dtype)) is not None}
    parts: list[tuple[pl.Expr, pl.Expr]] = []
    for rule in rules:
        expression = parse_condition(rule.sql, types, problems)
        if expression is not None:
            parts.append((to_polars(expression, lambda column: _column(column, frame)), pl.lit(rule.reason)))
    flags, reasons = join_reasons(parts, frame)
    return Found("inconsistent", f"{len(rules)} declared conditions", flags, reasons)


def find_failed_items(frame: pl.DataFrame, rules: tuple[QualityRule, ...], least: int = 1) -> Found:
    """Flags respondents who gave wrong answers to at least `least` items that check attention.

    Figures: `failed_items`, how many each failed.

    Example:
        >>> frame = pl.DataFrame({"check": [4.0, 3.0, None]})
        >>> find_failed_items(frame, (QualityRule("check", ("4",)),)).reasons.to_list()
        [None, '`check` is 3, not 4', '`check` is empty, not 4']
    """
    parts: list[tuple[pl.Expr, pl.Expr]] = []
    for rule in rules:
        column = pl.col(rule.column)
        if frame.schema[rule.column].is_numeric():
            right = column.cast(pl.Float64).is_in([float(code) for code in rule.expect])
            values = frame[rule.column].cast(pl.Float64).unique().drop_nulls().to_list()
            shown = column.cast(pl.Float64).replace_strict(
                values, [show_code(value) for value in values], default=None, return_dtype=pl.String
            )
        else:
            shown = column.cast(pl.String)
            right = shown.is_in(list(rule.expect))
        is_wrong = ~right.fill_null(value=not rule.is_failed_when_empty)
        text = pl.format(f"`{rule.column}` is {{}}, not {' or '.join(rule.expect)}", shown.fill_null("empty"))
        parts.append((is_wrong, text))
    flags, reasons = join_reasons(parts, frame)
    failed = frame.select(pl.sum_horizontal(wrong.cast(pl.Int64) for wrong, _ in parts).alias("n"))["n"]
    if least > 1:
        flags = failed >= least
        reasons = pl.DataFrame([flags.alias("f"), reasons]).select(pl.when("f").then("reason").alias("reason"))[
            "reason"
        ]
    about = f"{len(rules)} items that check attention; flagged from {least} wrong"
    return Found("quality", about, flags, reasons, {"failed_items": failed})


def _type_of(dtype: pl.DataType) -> ValueType | None:
    if dtype.is_numeric():
        return ValueType.NUMBER
    if isinstance(dtype, pl.Boolean):
        return ValueType.BOOLEAN
    if isinstance(dtype, pl.Date | pl.Datetime):
        return ValueType.DATE
    return ValueType.TEXT if isinstance(dtype, pl.String | pl.Categorical | pl.Enum) else None


def _column(column: Column, frame: pl.DataFrame) -> pl.Expr:
    dtype = frame.schema[column.name]
    return pl.col(column.name).dt.date() if isinstance(dtype, pl.Datetime) else pl.col(column.name)
