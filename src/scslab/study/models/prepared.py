"""The rows of a model: complete cases of the formula within the design, coded and counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from scslab.ground.problems import Problem, ProblemsError, did_you_mean
from scslab.study.design.columns import Booleans, Column, Floats, Integers, take_numbers
from scslab.study.design.declare import declare_design
from scslab.study.design.design import Design
from scslab.study.models.collinearity import find_dependent
from scslab.study.models.encoding import Encoding, build_encoding
from scslab.study.models.formula import Formula, read_formula
from scslab.study.models.labels import label_factors, take_answers
from scslab.study.models.response import read_response, warn

WEIGHT_KINDS = ("sampling", "frequency")
SMALL_REFERENCE_ROWS = 20
"""A reference category of fewer rows, or of less than `SMALL_REFERENCE_SHARE`, is warned about."""
SMALL_REFERENCE_SHARE = 0.02


@dataclass(frozen=True, slots=True)
class Sample:
    """The rows that a model uses.

    Attributes:
        encoding: how columns became covariates.
        x: covariates `(k, n)`.
        values: variables over the rows, by the text of their part, each `(n,)`.
        y: the response: codes of its categories (ordered, binary) or numbers (linear) `(n,)`.
        levels: categories of the response in order; () for linear models.
        response: name of the response.
        weights: `(n,)`: with mean 1 for sampling weights, counts for frequencies, else 1.
        weight_kind: `none`, `sampling` or `frequency`.
        frame: the formula's columns, of these rows.
        rows: their places in the table `(n,)`.
        n_rows: rows of the table.
        n_missing: rows inside of the domain that were left out because a value is missing.
        missing: how many of those lack each column.
        design: the design as a domain of these rows.
        warnings: what the user should know.
    """

    encoding: Encoding
    x: Floats
    values: dict[str, Floats | Integers]
    y: Floats | Integers
    levels: tuple[Any, ...]
    response: str
    weights: Floats
    weight_kind: str
    frame: pl.DataFrame
    rows: Integers
    n_rows: int
    n_missing: int
    missing: dict[str, int]
    design: Design
    warnings: tuple[Problem, ...]

    @property
    def n(self) -> float:
        """The number of observations: rows, or the sum of frequencies."""
        return float(self.weights.sum()) if self.weight_kind == "frequency" else float(self.rows.size)


def prepare(
    text: str,
    data: Any,
    kind: str,
    *,
    design: Design | None,
    weights: Column | None,
    weight_kind: str,
    clusters: Column | None,
    levels: Mapping[str, Sequence[Any]],
    references: Mapping[str, Any],
) -> Sample:
    """Read the formula, find the rows, and build the covariates.

    Args:
        text: the formula.
        data: the table.
        kind: `ordered`, `binary` or `linear`.
        design: the design, or None.
        weights: weights, where no design is given.
        weight_kind: `sampling` or `frequency`.
        clusters: clusters, where no design is given.
        levels: order of categories by column.
        references: reference category by column.

    Raises:
        ProblemsError: everything that is wrong, at once (Q401 to Q410).
    """
    frame, problems = take_answers(data), list[Problem]()
    formula = read_formula(text, frame.columns, problems)
    for role, names in (("levels", levels), ("reference", references)):
        for name in names:
            if name not in frame.columns:
                message = f"{role}: there is no column `{name}`"
                problems.append(Problem("Q401", message, help=did_you_mean(name, frame.columns)))
    if design is not None and (weights is not None or clusters is not None):
        message = "weights and clusters come with the design; they are given twice"
        problems.append(Problem("Q406", message, help="declare them in the design only"))
    if design is not None and design.n_rows != frame.height:
        message = f"the design has {design.n_rows:,} rows and the table {frame.height:,}"
        text_ = "declare the design on this table; take parts of it by design.subset, not by dropping rows"
        problems.append(Problem("Q406", message, help=text_))
    if weight_kind not in WEIGHT_KINDS:
        message = f"there is no kind of weights `{weight_kind}`"
        problems.append(Problem("Q406", message, help=did_you_mean(weight_kind, WEIGHT_KINDS)))
    counts = None
    if weights is not None and weight_kind == "frequency":
        counts = take_numbers(frame, weights, "weights", problems)
    if problems or formula is None:
        raise ProblemsError(problems)
    if not formula.has_intercept and kind == "ordered":
        message = f"formula: `{text}` leaves out the intercept, which an ordered model does not have"
        raise ProblemsError([Problem("Q402", message, help="the cut points stand in its place: leave out `- 1`")])
    if design is None:
        sampling = None if weight_kind == "frequency" else weights
        design = declare_design(frame, weights=sampling, clusters=clusters)
        if counts is not None:
            design = design.subset(counts > 0)
    weight_word = "frequency" if counts is not None else ("sampling" if design.has_weights else "none")
    frame = label_factors(data, frame, formula, has_numeric_response=kind == "linear")
    return _fill(formula, frame, kind, design, counts, weight_word, levels, references)


def _fill(
    formula: Formula,
    frame: pl.DataFrame,
    kind: str,
    design: Design,
    counts: Floats | None,
    weight_kind: str,
    levels: Mapping[str, Sequence[Any]],
    references: Mapping[str, Any],
) -> Sample:
    problems, warnings = list[Problem](), list[Problem]()
    is_active = design.is_active
    is_present, missing, doubtful = _find_complete(formula, frame, is_active)
    rows = np.flatnonzero(is_present & is_active)
    n_missing = int(is_active.sum()) - rows.size
    if rows.size == 0:
        message = "no row has a value for every column of the formula"
        raise ProblemsError(
            [Problem("Q407", message, help=", ".join(f"`{c}` lacks {m:,}" for c, m in missing.items()))]
        )
    if n_missing:
        lacking = ", ".join(f"`{name}` {number:,}" for name, number in missing.items() if number)
        message = f"{n_missing:,} of {n_missing + rows.size:,} rows were left out: a value is missing ({lacking})"
        warnings.append(warn("Q421", message))
    used = frame if rows.size == frame.height else frame[rows]
    encoding = build_encoding(
        formula,
        used,
        levels,
        references,
        problems,
        has_constant=kind != "ordered" and formula.has_intercept,
        is_linear=kind != "ordered",
    )
    y, found = read_response(formula, used, kind, levels, problems, warnings)
    if problems:
        raise ProblemsError(problems)
    values = encoding.values_of(used)
    plain = {v.part.text for v in encoding.variables.values() if v.part.column and v.part.column not in doubtful}
    _check_finite({text: column for text, column in values.items() if text not in plain}, problems)
    if problems:
        raise ProblemsError(problems)
    x = encoding.build(values, rows.size)
    x, encoding = _drop_dependent(x, encoding, kind, warnings)
    weights = design.weights if counts is None else counts
    weights = weights if rows.size == frame.height else weights[rows]
    _warn_small_references(encoding, values, np.ones(rows.size) if counts is None else weights, warnings)
    if weight_kind == "sampling":
        weights = weights * (rows.size / weights.sum())
    return Sample(
        encoding,
        x,
        values,
        y,
        tuple(found),
        formula.response.column or formula.response.text,
        weights,
        weight_kind,
        used.select(formula.columns),
        rows,
        frame.height,
        n_missing,
        missing,
        design if n_missing == 0 else design.subset(is_present & is_active),
        tuple(warnings),
    )


def _find_complete(
    formula: Formula, frame: pl.DataFrame, is_active: Booleans
) -> tuple[Booleans, dict[str, int], set[str]]:
    """Rows that have a value everywhere `(n,)`, how many lack each column, and columns that may hold infinities."""
    is_complete = np.ones(frame.height, np.bool_)
    missing: dict[str, int] = {}
    doubtful: set[str] = set()
    for name in formula.columns:
        series, missing[name] = frame[name], 0
        if series.null_count() or (series.dtype.is_float() and not is_finite(series.to_numpy())):
            doubtful.add(name)
            nothing = series.is_nan().fill_null(True) if series.dtype.is_float() else series.is_null()
            absent = nothing.to_numpy()
            missing[name] = int((absent & is_active).sum())
            is_complete &= ~absent
    return is_complete, missing, doubtful


def is_finite(values: np.ndarray) -> bool:
    """Whether all of `(n,)` are finite numbers: as a rule their sum tells, at half of the cost."""
    with np.errstate(invalid="ignore", over="ignore"):
        return bool(np.isfinite(values.sum()) or np.isfinite(values).all())


def _check_finite(values: Mapping[str, Floats | Integers], problems: list[Problem]) -> None:
    for text, column in values.items():
        if column.dtype == np.float64 and not is_finite(column):
            n_bad = int((~np.isfinite(column)).sum())
            message = f"`{text}` is not a finite number in {n_bad:,} rows"
            problems.append(Problem("Q410", message, help="the logarithm of 0, or a division by 0?"))


def _drop_dependent(x: Floats, encoding: Encoding, kind: str, warnings: list[Problem]) -> tuple[Floats, Encoding]:
    dependent = find_dependent(x, is_centred=kind == "ordered")
    if not dependent:
        return x, encoding
    for each in dependent:
        terms = " ".join(
            f"{'+' if f > 0 else '-'} {'' if abs(f) == 1 else f'{abs(f):g}·'}{encoding.names[i]}"
            for i, f in each.factors.items()
        ).removeprefix("+ ")
        message = f"`{encoding.names[each.column]}` is left out: it is {terms or 'constant'}"
        what = "up to a constant" if kind == "ordered" and terms else ""
        warnings.append(
            warn("Q423", f"{message}{', ' + what if what else ''}", "collinear columns have no effects apart")
        )
    gone = {each.column for each in dependent}
    kept = [j for j in range(x.shape[0]) if j not in gone]
    columns = tuple(encoding.columns[j] for j in kept)
    reduced = Encoding(encoding.formula, encoding.variables, columns, encoding.has_constant)
    return np.ascontiguousarray(x[kept]), reduced


def _warn_small_references(
    encoding: Encoding, values: Mapping[str, Floats | Integers], counts: Floats, warnings: list[Problem]
) -> None:
    for text, variable in encoding.variables.items():
        if not variable.is_factor:
            continue
        codes = values[text]
        n = float(counts[codes == variable.reference].sum())
        if n < SMALL_REFERENCE_ROWS or n < SMALL_REFERENCE_SHARE * counts.sum():
            name = variable.part.column or text
            message = (
                f"the reference category `{variable.levels[variable.reference]}` of `{name}` has {n:,.0f} rows only"
            )
            helps = "every effect of it is measured against them; choose a larger one by reference={…}"
            warnings.append(warn("Q424", message, helps))
