"""The response of a model: its categories in their declared order, or its numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl

from scslab.ground.problems import Problem, Severity, did_you_mean
from scslab.study.design.columns import Floats, Integers
from scslab.study.models.encoding import code_levels, compute, order_levels, take_floats
from scslab.study.models.formula import Formula

MOST_LEVELS = 50
"""A response of more categories than this is taken to be a number by mistake."""


def warn(code: str, message: str, helps: str = "") -> Problem:
    """A warning."""
    return Problem(code, message, help=helps, severity=Severity.WARNING)


def read_response(
    formula: Formula,
    used: pl.DataFrame,
    kind: str,
    levels: Mapping[str, Sequence[Any]],
    problems: list[Problem],
    warnings: list[Problem],
) -> tuple[Floats | Integers, list[Any]]:
    """The response over the rows that are used `(n,)`, and its categories in order ([] for linear models).

    Args:
        formula: the formula.
        used: the rows that are used.
        kind: `ordered`, `binary` or `linear`.
        levels: order of categories by column, before the order that the column declares.
        problems: is told what is wrong (Q403, Q408, Q409).
        warnings: is told of categories that nobody chose (Q422).
    """
    part = formula.response
    name = part.column or part.text
    series = compute(part, used)
    if kind == "linear":
        if not (series.dtype.is_numeric() or series.dtype == pl.Boolean):
            helps = "ordered categories have ordered_logit"
            problems.append(Problem("Q408", f"the response `{name}` holds {series.dtype}, not numbers", help=helps))
            return np.zeros(used.height), []
        return take_floats(series).copy(), []
    declared = part.levels or levels.get(name, ())
    ordered = order_levels(series, declared)
    is_named = (
        bool(declared) or isinstance(series.dtype, pl.Enum) or not isinstance(series.dtype, (pl.String, pl.Categorical))
    )
    if len(ordered) > MOST_LEVELS:
        message = f"the response `{name}` has {len(ordered):,} different values"
        problems.append(Problem("Q408", message, help="a model of categories is not meant for it; see linear_model"))
        return np.zeros(used.height, np.int64), []
    if not is_named and len(ordered) > 2:
        message = f"the order of the categories of `{name}` is not declared"
        shown = ", ".join(repr(str(x)) for x in ordered[:6])
        problems.append(Problem("Q409", message, help=f"say it from low to high: levels={{'{name}': [{shown}]}}"))
        return np.zeros(used.height, np.int64), []
    codes = code_levels(series, ordered)
    if (codes < 0).any():
        stray = series.filter(pl.Series(codes < 0))[0]
        message = f"the response `{name}` has the value `{stray}`, which is none of its declared categories"
        problems.append(Problem("Q403", message, help=did_you_mean(str(stray), [str(x) for x in ordered])))
    counts = np.bincount(codes + 1, minlength=len(ordered) + 1)[1:]
    if empty := [str(ordered[i]) for i in np.flatnonzero(counts == 0)]:
        what = ", ".join(f"`{x}`" for x in empty)
        warnings.append(warn("Q422", f"no row answers {what}: the model is of the other categories"))
    kept = [ordered[i] for i in np.flatnonzero(counts)]
    new = np.full(len(ordered) + 1, -1)
    new[np.flatnonzero(counts)] = np.arange(len(kept))
    if len(kept) < 2 or (kind == "binary" and len(kept) > 2):
        need = "two" if kind == "binary" else "at least two"
        message = f"the response `{name}` has {len(kept)} categories in the rows that are used; {need} are needed"
        problems.append(Problem("Q408", message))
    return (codes if len(kept) == len(ordered) else new[codes].astype(np.int64)), kept
