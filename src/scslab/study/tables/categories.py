"""The categories of a variable, in the order of a table, and each respondent's code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from scslab.ground.problems import Problem, ProblemsError, did_you_mean
from scslab.study.data.answers import Answers
from scslab.study.data.variables import Variable, show_code
from scslab.study.design.columns import Integers, take_frame

MOST_CATEGORIES = 200
"""A variable with more values than this is no variable of a table."""

TABLE_CODES: dict[str, str] = {
    "Q340": "a column that the data do not have",
    "Q341": "a variable with too many values for a table, or with none",
    "Q342": "rows and columns are the same variable",
    "Q343": "a domain without respondents",
}
"""Codes of tables, with their meanings."""


@dataclass(frozen=True, slots=True)
class Categories:
    """A variable of a table.

    Attributes:
        name: the column.
        label: what was asked, or the name.
        labels: the categories in the order of their codes; `(k,)`.
        codes: of each respondent, 0 to k - 1; -1 where the answer is missing; `(n,)`.
    """

    name: str
    label: str
    labels: tuple[str, ...]
    codes: Integers

    @property
    def n_missing(self) -> int:
        """Respondents without a valid answer."""
        return int((self.codes < 0).sum())


def take_answers(data: Any) -> Answers:
    """Answers from whatever a user gave: answers, a Polars or pandas frame, a mapping of columns."""
    if isinstance(data, Answers):
        return data
    frame = take_frame(data)
    return Answers(frame, {name: Variable(name) for name in frame.columns})


def find_categories(answers: Answers, name: str) -> Categories:
    """The categories of a column: labelled values in the order of their codes, whether they occur or not.

    Values declared missing are none. A column without labels has its values as categories, ascending; an Enum those of
    its type.

    Raises:
        ProblemsError: Q340 for an unknown column, Q341 for one with more than `MOST_CATEGORIES` values.

    Example:
        >>> answers = take_answers({"x": ["b", "a", None, "b"]})
        >>> found = find_categories(answers, "x")
        >>> found.labels, found.codes.tolist()
        (('a', 'b'), [1, 0, -1, 1])
    """
    if name not in answers.frame.columns:
        hint = did_you_mean(name, answers.frame.columns)
        raise ProblemsError([Problem("Q340", f"the data have no column `{name}`", help=hint)])
    variable = answers.variables[name]
    column = answers.without_missing()[name]
    labels: list[str]
    if isinstance(column.dtype, pl.Enum):
        keys: list[Any] = column.dtype.categories.to_list()
        column = column.cast(pl.String)
        labels = list(keys)
    else:
        if isinstance(column.dtype, pl.Categorical):
            column = column.cast(pl.String)
        present = set(column.unique().drop_nulls().to_list())
        if column.dtype.is_numeric():
            valid = pl.DataFrame({name: [float(c) for c in variable.value_labels if not isinstance(c, str)]})
            valid = valid.cast(pl.Float64).filter(~variable.is_missing())
            present = {float(value) for value in present} | set(valid[name].to_list())
            column = column.cast(pl.Float64)
        keys = sorted(present)
        labels = [_label(key, variable) for key in keys]
    if not keys or len(keys) > MOST_CATEGORIES:
        hint = "" if not keys else "group the values first, or ask for its mean"
        raise ProblemsError([Problem("Q341", f"`{name}` has {len(keys):,} different values", help=hint)])
    codes = column.replace_strict(keys, list(range(len(keys))), default=None, return_dtype=pl.Int64).fill_null(-1)
    return Categories(name, variable.label or name, tuple(labels), codes.to_numpy().astype(np.int64))


def _label(key: Any, variable: Variable) -> str:
    if isinstance(key, bool):
        return "true" if key else "false"
    if isinstance(key, float):
        return variable.value_labels.get(key) or show_code(key)
    return variable.value_labels.get(str(key)) or str(key)
