"""Margins: what share of the people each category must have, and the respondents' categories as dense codes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scslab.ground.problems import NOWHERE, Place, Problem, ProblemsError
from scslab.scheme.problem_list import Problems, shorten, suggest

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Margin:
    """The wanted distribution of one variable, or of several crossed.

    Attributes:
        columns: the variable, or the variables that are crossed.
        targets: the weight that each category must sum to, in any unit (shares, percent, people); a category is a
            tuple with one text for each column.
        place: where it stands in the user's file.

    Example:
        >>> Margin.of("sex", {"f": 51, "m": 49}).name
        'sex'
    """

    columns: tuple[str, ...]
    targets: Mapping[tuple[str, ...], float]
    place: Place = field(default=NOWHERE, compare=False)

    @property
    def name(self) -> str:
        """The variables, as messages and tables say them: `age × sex`."""
        return " × ".join(self.columns)

    @staticmethod
    def of(column: str, targets: Mapping[str, float], place: Place = NOWHERE) -> Margin:
        """A margin of one variable."""
        return Margin((column,), {(str(key),): float(value) for key, value in targets.items()}, place)


@dataclass(frozen=True, slots=True)
class CodedMargin:
    """A margin with the respondents' codes.

    Attributes:
        name: the variables.
        categories: the names of the categories; `(c,)`.
        codes: the category of each respondent, 0 to c - 1; `(n,)`.
        totals: the weighted total that each category must have; `(c,)`.
    """

    name: str
    categories: tuple[str, ...]
    codes: IntArray
    totals: FloatArray
    place: Place = NOWHERE

    def sums(self, weights: FloatArray) -> FloatArray:
        """The weighted total of each category; `(c,)`."""
        return np.bincount(self.codes, weights, minlength=len(self.categories)).astype(np.float64)

    def error(self, weights: FloatArray) -> float:
        """The largest difference from the wanted totals, as a share of their sum."""
        return float(np.max(np.abs(self.sums(weights) - self.totals)) / self.totals.sum())


def code_margins(frame: pl.DataFrame, margins: Sequence[Margin], total: float) -> tuple[CodedMargin, ...]:
    """Finds each respondent's category under each margin; totals are scaled to sum to `total`.

    Raises:
        ProblemsError: with every unknown column (Q310), respondent without a category (Q311, Q312), category without
            respondents (Q313) and impossible target (Q314).

    Example:
        >>> frame = pl.DataFrame({"sex": ["f", "m", "f"]})
        >>> coded = code_margins(frame, [Margin.of("sex", {"f": 51, "m": 49})], total=3.0)[0]
        >>> coded.codes.tolist(), coded.totals.round(2).tolist()
        ([0, 1, 0], [1.53, 1.47])
        >>> code_margins(frame, [Margin.of("sex", {"f": 51, "x": 49})], total=3.0)
        Traceback (most recent call last):
        ...
        scslab.ground.problems.ProblemsError: <memory>: Q312 1 respondent has `m` for `sex`, which has no target
        <memory>: Q313 no respondent has `x` for `sex`, but its target is 49
          help: no weight can make people out of nobody: join it with another category
    """
    problems = Problems("Q")
    found = [_code(frame, margin, total, problems) for margin in margins]
    problems.raise_errors()
    return tuple(each for each in found if each is not None)


def _code(frame: pl.DataFrame, margin: Margin, total: float, problems: Problems) -> CodedMargin | None:
    unknown = [name for name in margin.columns if name not in frame.columns]
    for name in unknown:
        problems.error("Q310", f"the data have no column `{name}`", margin.place, suggest(name, frame.columns))
    values = list(margin.targets.values())
    if not all(np.isfinite(value) and value >= 0 for value in values) or sum(values) <= 0:
        problems.error(
            "Q314", f"the targets of `{margin.name}` must be numbers from 0 with a sum above 0", margin.place
        )
        return None
    if unknown:
        return None
    texts = pl.DataFrame([_as_text(frame[name]).alias(f"@{i}") for i, name in enumerate(margin.columns)])
    names = texts.columns
    known = pl.DataFrame(list(margin.targets), schema=dict.fromkeys(names, pl.String), orient="row")
    known = known.with_columns(pl.Series("@code", range(known.height), dtype=pl.Int64))
    coded = texts.join(known, on=names, how="left", maintain_order="left")
    strangers = coded.filter(pl.col("@code").is_null()).group_by(names, maintain_order=True).len()
    for *row, count in strangers.iter_rows():
        _tell_unknown(tuple(row), count, margin, problems)
    codes = coded["@code"].fill_null(-1).to_numpy().astype(np.int64)
    sizes = np.bincount(codes[codes >= 0], minlength=known.height)
    hint = "no weight can make people out of nobody: join it with another category"
    for (category, target), size in zip(margin.targets.items(), sizes, strict=True):
        if size == 0 and target > 0:
            message = f"no respondent has {_show(category)} for `{margin.name}`, but its target is {target:g}"
            problems.error("Q313", message, margin.place, hint)
    labels = tuple(" × ".join(category) for category in margin.targets)
    array = np.array(values, np.float64)
    return CodedMargin(margin.name, labels, codes, array * (total / array.sum()), margin.place)


def _tell_unknown(row: tuple[str | None, ...], count: int, margin: Margin, problems: Problems) -> None:
    who = f"{count:,} respondent has" if count == 1 else f"{count:,} respondents have"
    if None in row:
        name = margin.columns[row.index(None)]
        hint = "leave them out, or give them a category of their own with a target"
        problems.error("Q311", f"{who} no value for `{name}`", margin.place, hint)
        return
    words = tuple(str(word) for word in row)
    near = suggest(" × ".join(words), [" × ".join(category) for category in margin.targets])
    hint = near if near.startswith("did you mean") else ""
    problems.error("Q312", f"{who} {_show(words)} for `{margin.name}`, which has no target", margin.place, hint)


def _as_text(column: pl.Series) -> pl.Series:
    """Categories as text; whole numbers that were read as floats (SPSS, Stata) without their `.0`."""
    if column.dtype.is_float():
        is_whole = bool((column.drop_nulls() % 1 == 0).all())
        column = column.fill_nan(None)
        return column.cast(pl.Int64).cast(pl.String) if is_whole else column.cast(pl.String)
    return column.cast(pl.String)


def _show(category: Sequence[str]) -> str:
    return " × ".join(f"`{shorten(word)}`" for word in category)


def problem_error(code: str, message: str, place: Place = NOWHERE, helps: str = "") -> ProblemsError:
    """One problem as the error that carries it."""
    return ProblemsError([Problem(code, message, place, helps)])
