"""From terms to the columns of a design matrix: numbers, indicators of categories, and their products."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import polars as pl

from scslab.ground.problems import Problem, did_you_mean
from scslab.study.design.columns import Floats, Integers
from scslab.study.models.expressions import Part
from scslab.study.models.formula import Formula

MOST_PLACES = 10_000
"""Integers that span no more are coded by a table."""


@dataclass(frozen=True, slots=True)
class Variable:
    """A part of a formula as the data show it.

    Attributes:
        part: the part.
        levels: its categories in order, or () for a number.
        reference: index of the reference category.
        is_binary: whether a number takes the values 0 and 1 only, so that its effect is a change from 0 to 1.
    """

    part: Part
    levels: tuple[Any, ...] = ()
    reference: int = 0
    is_binary: bool = False

    @property
    def is_factor(self) -> bool:
        """Whether it enters by indicators."""
        return bool(self.levels)


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the design matrix: a product of pieces.

    Attributes:
        name: as in tables, such as `age` or `income[high]:male`.
        term: number of the term it belongs to.
        pieces: (text of the part, index of its category, or −1 for a number).
    """

    name: str
    term: int
    pieces: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Encoding:
    """How rows of a table become columns `(k, n)` of a design matrix.

    Attributes:
        formula: the formula.
        variables: the variables, by the text of their part.
        columns: the columns.
        has_constant: whether the first column is a constant 1 (linear models).
    """

    formula: Formula
    variables: dict[str, Variable]
    columns: tuple[Column, ...]
    has_constant: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """The columns' names."""
        return tuple(column.name for column in self.columns)

    def values_of(self, frame: pl.DataFrame) -> dict[str, Floats | Integers]:
        """Each variable over the rows `(n,)`: numbers, or the index of the category."""
        return {text: _read_values(frame, variable) for text, variable in self.variables.items()}

    def build(self, values: Mapping[str, Floats | Integers], n: int) -> Floats:
        """The design matrix `(k, n)` from `values_of`."""
        x = np.empty((len(self.columns), n))
        for row, column in zip(x, self.columns, strict=True):
            pieces = [values[text] if level < 0 else values[text] == level for text, level in column.pieces]
            row[:] = pieces[0] if pieces else 1.0
            for piece in pieces[1:]:
                row *= piece
        return x


def build_encoding(
    formula: Formula,
    frame: pl.DataFrame,
    levels: Mapping[str, Sequence[Any]],
    references: Mapping[str, Any],
    problems: list[Problem],
    *,
    has_constant: bool = False,
    is_linear: bool = False,
) -> Encoding:
    """Find out what each part is, and code factors as R does.

    A text, a category, a boolean or `C(…)` is a factor; a number is a number. In a term, a factor is coded by contrasts
    against its reference where the term without it is in the model too (the constant and the cut points count as the
    empty term), else by an indicator for each category.

    Args:
        formula: the formula.
        frame: the rows that are used: complete, and inside of the domain.
        levels: order of categories by column, before the order that the column declares.
        references: reference category by column; the first one otherwise.
        problems: is told unknown categories (Q403), and factors of one category (Q404).
        has_constant: whether a constant comes first.
        is_linear: whether the constant, where the model has one, is a column; cut points stand in its place otherwise.
    """
    variables: dict[str, Variable] = {}
    for part in (part for term in formula.terms for part in term):
        if part.text not in variables:
            variables[part.text] = _read_variable(part, frame, levels, references, problems)
    columns = [Column("(Intercept)", -1, ())] if has_constant else []
    present = {frozenset(part.text for part in term) for term in formula.terms}
    if has_constant or not is_linear:
        present.add(frozenset())
    for number, term in enumerate(formula.terms):
        texts = [part.text for part in term]
        combined: list[tuple[str, tuple[tuple[str, int], ...]]] = [("", ())]
        for text in texts:
            variable = variables[text]
            choices: list[tuple[str, int]] = [(_label(variable.part), -1)]
            if variable.is_factor:
                rest = frozenset(texts) - {text}
                is_contrast = rest in present
                present.add(rest)  # indicators of all categories sum to it: the next factor needs no second set
                choices = [
                    (f"{_label(variable.part)}[{level}]", i)
                    for i, level in enumerate(variable.levels)
                    if not (is_contrast and i == variable.reference)
                ]
            combined = [
                (f"{name}:{label}" if name else label, (*pieces, (text, level)))
                for label, level in choices
                for name, pieces in combined
            ]
        columns += [Column(name, number, pieces) for name, pieces in combined]
    return Encoding(formula, variables, tuple(columns), has_constant)


def order_levels(series: pl.Series, declared: Sequence[Any] | None) -> list[Any]:
    """Categories in order: as declared, else as the column's type says, else sorted."""
    if declared:
        return list(declared)
    if isinstance(series.dtype, pl.Enum):
        return series.dtype.categories.to_list()
    if isinstance(series.dtype, pl.Categorical):
        return series.cast(pl.String).drop_nulls().unique().sort().to_list()
    if (places := _place_integers(series)) is not None:
        return (np.flatnonzero(np.bincount(places[0])) + places[1]).tolist()
    found = series.drop_nulls().unique().sort().to_list()
    return [int(x) if isinstance(x, float) and x.is_integer() else x for x in found]


def code_levels(series: pl.Series, levels: Sequence[Any]) -> Integers:
    """Index of each row's category `(n,)`; −1 where it is none of them."""
    plain = series.cast(pl.String) if isinstance(series.dtype, (pl.Categorical, pl.Enum)) else series
    keys = pl.Series(list(levels), dtype=plain.dtype, strict=False)
    if (places := _place_integers(series)) is not None:
        values, lowest = places
        table = np.full(int(values.max()) + 1, -1, np.int64)
        for code, key in enumerate(keys):
            if key is not None and 0 <= key - lowest < table.size:
                table[key - lowest] = code
        return table[values]
    found = plain.replace_strict(keys, np.arange(len(levels)), default=-1, return_dtype=pl.Int64)
    return found.to_numpy().astype(np.int64)


def _place_integers(series: pl.Series) -> tuple[Integers, int] | None:
    """Integers less their lowest, and that, where they span so little that a table does; else None."""
    if not series.dtype.is_integer() or series.null_count() or not series.len():
        return None
    lowest, highest = int(cast(Any, series.min())), int(cast(Any, series.max()))
    if highest - lowest > MOST_PLACES or max(abs(lowest), abs(highest)) > 2**62:
        return None
    return series.cast(pl.Int64).to_numpy() - lowest, lowest


def compute(part: Part, frame: pl.DataFrame) -> pl.Series:
    """What a part of a formula is in each row."""
    return frame[part.column] if part.column else frame.select(part.expression.alias("x"))["x"]


def take_floats(series: pl.Series) -> Floats:
    """A column as float64 `(n,)`, not copied where it is that already."""
    plain = series if series.dtype == pl.Float64 else series.cast(pl.Float64)
    return plain.to_numpy().astype(np.float64, copy=False)


def _label(part: Part) -> str:
    return part.column or part.text


def _read_variable(
    part: Part,
    frame: pl.DataFrame,
    levels: Mapping[str, Sequence[Any]],
    references: Mapping[str, Any],
    problems: list[Problem],
) -> Variable:
    name = part.column
    series = compute(part, frame)
    is_factor = part.is_factor or name in references or not (series.dtype.is_numeric() or not name)
    if not is_factor:
        values = take_floats(series)
        is_binary = all(bool(((some == 0) | (some == 1)).all()) for some in (values[:50], values))
        return Variable(part, is_binary=is_binary)
    declared = part.levels or levels.get(name)
    ordered = order_levels(series, declared)
    codes = code_levels(series, ordered)
    counts = np.bincount(codes + 1, minlength=len(ordered) + 1)
    kept = [level for level, count in zip(ordered, counts[1:], strict=True) if count]
    if counts[0]:
        stray = series.filter(pl.Series(codes < 0))[0]
        message = f"`{name}` has the value `{stray}`, which is none of its declared categories"
        problems.append(Problem("Q403", message, help=did_you_mean(str(stray), [str(x) for x in ordered])))
    elif len(kept) < 2:
        what = f"only the category `{kept[0]}`" if kept else "no category"
        text = "a constant explains nothing; leave it out, or look at the rows that were left out for missing values"
        problems.append(Problem("Q404", f"`{name}` has {what} in the rows that are used", help=text))
    wanted = part.reference if part.reference is not None else references.get(name)
    reference = 0
    if wanted is not None:
        names = [str(level) for level in kept]
        if str(wanted) in names:
            reference = names.index(str(wanted))
        else:
            message = f"`{name}` has no category `{wanted}` to refer to in the rows that are used"
            problems.append(Problem("Q403", message, help=did_you_mean(str(wanted), names)))
    return Variable(part, tuple(kept), reference)


def _read_values(frame: pl.DataFrame, variable: Variable) -> Floats | Integers:
    series = compute(variable.part, frame)
    return code_levels(series, variable.levels) if variable.is_factor else take_floats(series)
