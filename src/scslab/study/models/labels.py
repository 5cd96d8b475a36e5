"""Answers from labelled files: declared missing values leave, and categories get their labels in the order of codes."""

from __future__ import annotations

from typing import Any

import polars as pl

from scslab.study.data.answers import Answers, label_column
from scslab.study.design.columns import take_frame
from scslab.study.models.formula import Formula


def take_answers(data: Any) -> pl.DataFrame:
    """The table; of `Answers` the one whose declared missing values are null."""
    return data.without_missing() if isinstance(data, Answers) else take_frame(data)


def label_factors(data: Any, frame: pl.DataFrame, formula: Formula, *, has_numeric_response: bool) -> pl.DataFrame:
    """The table with labels, in the order of their codes, in columns that the formula uses as categories.

    A column that the formula uses as a number, or whose labels are not unique, keeps its codes.
    """
    if not isinstance(data, Answers):
        return frame
    parts = [part for term in formula.terms for part in term if part.is_factor]
    if not has_numeric_response:
        parts.append(formula.response)
    numbers = {c for term in formula.terms for part in term if not part.is_factor for c in part.columns}
    names = [n for n in dict.fromkeys(part.column for part in parts if part.column) if n not in numbers]
    columns = [found for name in names if (found := _label(frame[name], data)) is not None]
    return frame.with_columns(columns)


def _label(column: pl.Series, answers: Answers) -> pl.Series | None:
    variable = answers.variables.get(column.name)
    labelled = None if variable is None else label_column(column, variable)
    if labelled is None or not column.dtype.is_numeric():
        return labelled
    pairs = pl.DataFrame({"code": column, "label": labelled}).drop_nulls().unique().sort("code")
    labels = pairs["label"].to_list()
    return labelled.cast(pl.Enum(labels)) if len(set(labels)) == len(labels) else None
