"""Declaring a design: which columns of a table say how its rows were sampled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fnmatch import fnmatch
from typing import Any

import numpy as np
import polars as pl

from scslab.ground.problems import Problem, ProblemsError, did_you_mean
from scslab.study.design.columns import Column, Floats, take_codes, take_frame, take_numbers
from scslab.study.design.design import Design, Stage
from scslab.study.design.make_replicates import make_replicates
from scslab.study.design.replicates import KINDS, Replicates
from scslab.study.design.stages import LONELY, StageColumns, build_stages

Stages = Column | tuple[Column, ...] | list[str] | None
"""One column, or one for each stage."""


def declare_design(
    data: Any,
    *,
    weights: Column | None = None,
    strata: Stages = None,
    clusters: Stages = None,
    fpc: Stages = None,
    nest: bool = False,
    lonely: str = "fail",
    replicates: str | Sequence[str] | np.ndarray | None = None,
    replicate_kind: str | None = None,
    n_replicates: int = 500,
    fay_rho: float = 0.5,
    scale: float | None = None,
    rscales: Sequence[float] | None = None,
    is_combined: bool = True,
    is_around_estimate: bool = False,
    seed: int = 0,
    degrees_of_freedom: float | None = None,
) -> Design:
    """Say how the rows of a table were sampled.

    Args:
        data: the table, of n rows: a Polars or pandas frame, or anything with `.frame`.
        weights: sampling weights, not below 0; 0 puts a row outside of every estimate but keeps its cluster counted.
        strata: strata of the first stage, or of both stages as a tuple.
        clusters: clusters (primary sampling units), or clusters of both stages as a tuple.
        fpc: population sizes, counted in clusters of the stage, or sampling fractions (all values up to 1); for two
            stages a tuple. The second stage adds to the variance only where this is given, as in R's survey.
        nest: whether clusters are numbered anew in each stratum. If not, a label in two strata is a problem.
        lonely: what to do about a stratum with one cluster, one of `stages.LONELY`.
        replicates: given replicate weights: names of columns, a pattern such as `repwgt*`, or an array `(n, R)`.
        replicate_kind: one of `replicates.KINDS`: what the given weights are, or which to make from the design.
        n_replicates: bootstrap replicates to make.
        fay_rho: Fay's factor.
        scale: scale of given replicates; needed for the kind `other`.
        rscales: scale of each given replicate; needed for JKn and `other`.
        is_combined: whether given replicate weights already contain the sampling weights.
        is_around_estimate: whether squares are taken around the full estimate (R: mse) and not the replicates' mean.
        seed: seed of the bootstrap.
        degrees_of_freedom: instead of those counted from the design.

    Raises:
        ProblemsError: everything that is wrong, at once (Q201 to Q211).

    Example:
        >>> data = {"w": [1.0, 2, 1, 2], "region": ["n", "n", "s", "s"], "village": [1, 2, 1, 2]}
        >>> declare_design(data, weights="w", strata="region", clusters="village", nest=True).degrees_of_freedom
        2
        >>> declare_design(data, weights="weight", strata="region", clusters="village")
        Traceback (most recent call last):
        ...
        scslab.ground.problems.ProblemsError: <memory>: Q201 weights: there is no column `weight`
          help: known here: `w`, `region`, `village`
        <memory>: Q204 2 cluster labels stand in more than one stratum
          help: if clusters are numbered anew in each stratum, say nest=True; if not, one of the columns is wrong
    """
    frame, problems = take_frame(data), list[Problem]()
    _check_words(lonely, replicate_kind, replicates is not None, problems)
    base = np.ones(frame.height) if weights is None else take_numbers(frame, weights, "weights", problems)
    if base is not None and not (base > 0).any():
        what = "weights: none is above 0" if frame.height else "the table has no rows"
        problems.append(Problem("Q203", what))
    columns, n_before = _take_stages(frame, strata, clusters, fpc, problems), len(problems)
    stages: tuple[Stage, ...] = ()
    if not any(problem.code in ("Q201", "Q202", "Q211", "Q210") and _is_of_stage(problem) for problem in problems):
        found = list[Problem]()
        stages = build_stages(columns, lonely if lonely in LONELY else "certainty", nest, found)
        problems[n_before:] = found
    given = None
    factors = None if replicates is None else _take_replicates(frame, replicates, problems)
    if factors is not None and base is not None:
        around, kind = is_around_estimate, replicate_kind or ""
        given = _build_given(base, factors, kind, scale, rscales, fay_rho, is_combined, around, problems)
    if problems or base is None:
        raise ProblemsError(problems)
    roles = {"weights": weights, "strata": strata, "clusters": clusters, "fpc": fpc}
    names = {role: text for role, column in roles.items() if (text := _name(column))}
    design = Design(base, stages, given, names, weights is not None, degrees_of_freedom)
    if replicates is None and replicate_kind is not None:
        options: dict[str, Any] = {"fay_rho": fay_rho, "seed": seed, "is_around_estimate": is_around_estimate}
        design = make_replicates(design, replicate_kind, n_replicates=n_replicates, **options)
    return replace(design, names=names)


def _is_of_stage(problem: Problem) -> bool:
    return problem.message.startswith(("strata", "clusters", "fpc"))


def _name(column: Stages) -> str:
    if isinstance(column, tuple | list):
        return ", ".join(filter(None, (x if isinstance(x, str) else "" for x in column)))
    return column if isinstance(column, str) else ("" if column is None else "given")


def _check_words(lonely: str, kind: str | None, has_replicates: bool, problems: list[Problem]) -> None:
    if lonely not in LONELY:
        problems.append(Problem("Q207", f"lonely: no rule `{lonely}`", help=did_you_mean(lonely, LONELY)))
    if kind is not None and kind not in KINDS:
        message = f"no kind of replicate weights `{kind}`"
        problems.append(Problem("Q207", message, help=did_you_mean(kind, KINDS)))
    if has_replicates and kind is None:
        text = "their variance depends on it: " + ", ".join(KINDS)
        problems.append(Problem("Q207", "replicates: the kind is not said (`replicate_kind`)", help=text))


def _take_stages(
    frame: pl.DataFrame, strata: Stages, clusters: Stages, fpc: Stages, problems: list[Problem]
) -> list[StageColumns]:
    by_role = {"strata": _list(strata), "clusters": _list(clusters), "fpc": _list(fpc)}
    n_stages = max(1, len(by_role["clusters"]), len(by_role["fpc"]), len(by_role["strata"]))
    if n_stages > 2:
        problems.append(Problem("Q210", f"clusters: {n_stages} stages", help="a design has one stage or two"))
        return []
    stages: list[StageColumns] = []
    for i in range(n_stages):
        codes, labels = np.zeros(frame.height, np.int64), [""]
        if i < len(by_role["strata"]):
            codes, names = take_codes(frame, by_role["strata"][i], "strata", problems)
            labels = [str(x) for x in names]
        cluster = None
        if i < len(by_role["clusters"]):
            cluster, _ = take_codes(frame, by_role["clusters"][i], "clusters", problems)
        sizes = take_numbers(frame, by_role["fpc"][i], "fpc", problems) if i < len(by_role["fpc"]) else None
        stages.append(StageColumns(codes, labels, cluster, sizes))
    return stages


def _list(columns: Stages) -> list[Column]:
    if columns is None:
        return []
    if isinstance(columns, tuple) or (isinstance(columns, list) and all(isinstance(x, str) for x in columns)):
        return list(columns)
    return [columns]


def _take_replicates(
    frame: pl.DataFrame, replicates: str | Sequence[str] | np.ndarray, problems: list[Problem]
) -> Floats | None:
    if not isinstance(replicates, str) and not isinstance(replicates, Sequence):
        factors = replicates.astype(np.float64)
    else:
        wanted = [replicates] if isinstance(replicates, str) else list(replicates)
        names = [c for word in wanted for c in frame.columns if c == word or fnmatch(c, word)]
        if unknown := [w for w in wanted if not any(c == w or fnmatch(c, w) for c in frame.columns)]:
            text = did_you_mean(unknown[0], frame.columns)
            problems.append(Problem("Q209", f"replicates: no column is called `{unknown[0]}`", help=text))
            return None
        factors = frame.select(pl.col(names).cast(pl.Float64)).to_numpy().astype(np.float64)
    if factors.ndim != 2 or factors.shape[0] != frame.height or factors.shape[1] < 2:
        message = f"replicates: an array of {factors.shape} for {frame.height:,} rows"
        problems.append(Problem("Q209", message, help="one row for each row of the table, at least two columns"))
        return None
    if not np.isfinite(factors).all() or (factors < 0).any():
        problems.append(Problem("Q209", "replicates: some weights are missing, not finite or below 0"))
        return None
    return factors


def _build_given(
    base: Floats,
    factors: Floats,
    kind: str,
    scale: float | None,
    rscales: Sequence[float] | None,
    fay_rho: float,
    is_combined: bool,
    is_around_estimate: bool,
    problems: list[Problem],
) -> Replicates | None:
    r = factors.shape[1]
    usual = {
        "JK1": (r - 1) / r,
        "JKn": 1.0,
        "BRR": 1 / r,
        "Fay": 1 / (r * (1 - fay_rho) ** 2),
        "bootstrap": 1 / (r - 1),
    }
    each = np.ones(r) if rscales is None else np.asarray(rscales, dtype=np.float64)
    if each.shape != (r,):
        problems.append(Problem("Q209", f"rscales: {each.size} values for {r} replicates"))
        return None
    if (kind == "JKn" and rscales is None) or (kind == "other" and scale is None):
        need = "rscales" if kind == "JKn" else "scale"
        problems.append(Problem("Q209", f"replicates of the kind {kind} need `{need}`", help="see the data's manual"))
        return None
    factor = usual.get(kind, 1.0) if scale is None else scale
    rows = np.arange(base.size)
    inside = (base > 0).astype(np.float64) if is_combined else base
    return Replicates(kind, inside, rows, factors, factor, each, is_around_estimate, is_given=True)
