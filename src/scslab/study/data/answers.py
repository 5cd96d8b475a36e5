"""Answers: a table of respondents with what its file says about each column."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

import polars as pl

from scslab.ground.problems import Problem
from scslab.study.data.variables import Variable, show_code


@dataclass(frozen=True, slots=True)
class Answers:
    """A table of respondents.

    Attributes:
        frame: one row a respondent; codes as in the file, declared missing values included.
        variables: what the file says about each column, in the order of the columns.
        tags: for Stata's missing values `.a` to `.z`: the letter of each row, null where there is none; the value
            itself is null in `frame`.
        title: the file's label.
        notes: the file's notes.
        file: its name.
        digest: the SHA-256 of the file.
        told: warnings from reading it.
    """

    frame: pl.DataFrame
    variables: Mapping[str, Variable]
    tags: Mapping[str, pl.Series] = field(default_factory=dict[str, pl.Series])
    title: str = ""
    notes: tuple[str, ...] = ()
    file: str = ""
    digest: str = ""
    told: tuple[Problem, ...] = ()

    def without_missing(self) -> pl.DataFrame:
        """The table with every declared missing value as null: what analyses use.

        Example:
            >>> from scslab.study.data.variables import MissingRange
            >>> frame = pl.DataFrame({"q": [1.0, 99.0]})
            >>> answers = Answers(frame, {"q": Variable("q", missing=(MissingRange(99.0, 99.0),))})
            >>> answers.without_missing()["q"].to_list()
            [1.0, None]
        """
        columns: list[pl.Expr] = []
        for name in self.frame.columns:
            variable = self.variables[name]
            column = pl.col(name)
            if self.frame.schema[name].is_float():
                column = column.fill_nan(None)
            columns.append(pl.when(~variable.is_missing()).then(column).alias(name) if variable.missing else column)
        return self.frame.select(columns)

    def keep(self, is_kept: pl.Series) -> Answers:
        """The respondents for whom `is_kept`, `(n,)`, is true, in the same order."""
        tags = {name: tags.filter(is_kept) for name, tags in self.tags.items()}
        return replace(self, frame=self.frame.filter(is_kept), tags=tags)

    def label_values(self, names: Iterable[str] | None = None) -> pl.DataFrame:
        """The table with labels instead of codes where a value has one; declared missing values are null.

        Args:
            names: the columns to label; all columns with labels if left out.

        Example:
            >>> frame = pl.DataFrame({"q": [1.0, 2.0, None]})
            >>> answers = Answers(frame, {"q": Variable("q", value_labels={1.0: "no", 2.0: "yes"})})
            >>> answers.label_values()["q"].to_list()
            ['no', 'yes', None]
        """
        frame = self.without_missing()
        wanted = self.frame.columns if names is None else list(names)
        columns = [label_column(frame[name], self.variables[name]) for name in wanted if name in self.variables]
        return frame.with_columns(column for column in columns if column is not None)

    def name_categories(self, names: Iterable[str], words: Mapping[str, frozenset[str]]) -> pl.DataFrame:
        """The table with labels in those columns whose wanted categories are labels and not codes.

        Args:
            names: the columns that are looked at.
            words: the categories that the user wrote, by column.
        """
        labelled: list[str] = []
        for name in names:
            variable = self.variables.get(name)
            if variable is None or not variable.value_labels:
                continue
            codes = {show_code(code) for code in variable.value_labels}
            if not words.get(name, frozenset()) <= codes:
                labelled.append(name)
        return self.label_values(labelled)


def label_column(column: pl.Series, variable: Variable) -> pl.Series | None:
    """A column with labels instead of codes; values without a label as text; None where it has no labels."""
    if not variable.value_labels:
        return None
    codes = [code for code in variable.value_labels if not (isinstance(code, str) and column.dtype.is_numeric())]
    labels = [variable.value_labels[code] for code in codes]
    if column.dtype.is_numeric():
        plain = pl.Series(column.name, [None if v is None else show_code(float(v)) for v in column.unique().to_list()])
        keys = pl.Series(column.name, column.unique().to_list(), dtype=column.dtype)
        found = dict(zip([float(code) for code in codes], labels, strict=True))
        values = [None if key is None else found.get(float(key), text) for key, text in zip(keys, plain, strict=True)]
        return column.replace_strict(keys, pl.Series(values, dtype=pl.String), return_dtype=pl.String)
    return column.cast(pl.String).replace([str(code) for code in codes], labels)
