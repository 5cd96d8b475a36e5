"""Stages of sampling, built from the columns that say them: nesting, population sizes, lonely clusters."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scslab.ground.problems import Problem
from scslab.study.design.columns import Floats, Integers
from scslab.study.design.design import Stage

LONELY = {
    "fail": "a lonely cluster is refused",
    "certainty": "a lonely cluster is taken as drawn with certainty: it adds nothing to the variance",
    "remove": "the same as certainty, under the name that R's survey also has",
    "adjust": "a lonely cluster's square is taken around 0, the grand mean of an influence: on the safe side",
    "average": "a lonely stratum adds as much as the other strata do on average",
}
"""What may be done about a stratum with one cluster (R: `survey.lonely.psu`)."""


@dataclass(frozen=True, slots=True)
class StageColumns:
    """What was declared about one stage, by rows.

    Attributes:
        strata: codes `(n,)`, and their labels.
        clusters: codes `(n,)`, or None where each row is a cluster.
        populations: clusters in the row's stratum, or its sampling fraction where not above 1 `(n,)`; or None.
    """

    strata: Integers
    labels: list[str]
    clusters: Integers | None
    populations: Floats | None


def build_stages(given: list[StageColumns], lonely: str, is_nested: bool, problems: list[Problem]) -> tuple[Stage, ...]:
    """The stages that carry variance; what is wrong goes to `problems` (Q204, Q205, Q206).

    A second stage adds something only where the population sizes of the first are known.
    """
    stages: list[Stage] = []
    for number, columns in enumerate(given):
        if number and given[0].populations is None:
            break
        before = stages[-1] if stages else None
        stages.append(_build_stage(columns, before, number + 1, lonely, is_nested, problems))
        if problems:
            break
    return tuple(stages)


def _build_stage(
    columns: StageColumns, before: Stage | None, number: int, lonely: str, is_nested: bool, problems: list[Problem]
) -> Stage:
    n = columns.strata.size
    outer = np.zeros(n, np.int64) if before is None else before.cluster
    strata = _join(outer, columns.strata)
    is_rows = columns.clusters is None
    if columns.clusters is None:
        cluster = np.arange(n)
    else:
        if before is None and not is_nested:
            _check_nesting(columns, problems)
        cluster = _join(strata, columns.clusters)
        is_rows = int(cluster.max(initial=-1)) + 1 == n
        cluster = np.arange(n) if is_rows else cluster
    n_clusters = n if is_rows else int(cluster.max(initial=-1)) + 1
    n_strata = int(strata.max(initial=-1)) + 1
    first_row = np.zeros(n_clusters, np.int64)
    first_row[cluster[::-1]] = np.arange(n)[::-1]
    stratum_of, parent_of = strata[first_row], outer[first_row]
    n_sampled = np.bincount(stratum_of, minlength=n_strata)
    row_of = np.zeros(n_strata, np.int64)
    row_of[strata[::-1]] = np.arange(n)[::-1]

    def name(stratum: int) -> str:
        return columns.labels[int(columns.strata[row_of[stratum]])]

    fraction = _find_fractions(columns.populations, strata, n_sampled, number, name, problems)
    is_lonely = (n_sampled == 1) & (fraction < 1 - 1e-7)
    if is_lonely.any() and lonely == "fail":
        some = ", ".join(f"`{name(h)}`" for h in np.flatnonzero(is_lonely)[:5] if name(h))
        where = f" ({some}{', …' if int(is_lonely.sum()) > 5 else ''})" if some else ""
        message = f"{int(is_lonely.sum())} of {n_strata} strata of stage {number} have only one cluster{where}"
        text = "no variance follows from one cluster; join strata, or name what to do: " + "; ".join(
            f"lonely={key!r}: {about}" for key, about in LONELY.items() if key != "fail"
        )
        problems.append(Problem("Q205", message, help=text))
    inner = 1.0 if before is None else before.fraction[before.stratum_of[outer[row_of]]]
    upper = np.ones(n_strata) if before is None else inner
    factor = (1 - fraction) * n_sampled / np.maximum(n_sampled - 1, 1) * upper
    factor[fraction > 1 - 1e-7] = 0.0
    is_centred = np.ones(n_strata, np.bool_)
    if lonely == "adjust":
        is_centred = ~is_lonely
    elif lonely == "average":
        groups = np.zeros(n_strata, np.int64) if before is None else outer[row_of]
        n_all = np.bincount(groups)
        n_usable = np.bincount(groups, weights=~is_lonely)
        factor *= (n_all / np.maximum(n_usable, 1))[groups]
    return Stage(cluster, stratum_of, parent_of, n_sampled, fraction, factor, is_centred, is_rows)


def _join(outer: Integers, inner: Integers) -> Integers:
    """Dense codes of pairs of codes."""
    if not outer.any():
        return inner  # dense already
    pair = outer * (int(inner.max(initial=0)) + 1) + inner
    return np.unique(pair, return_inverse=True)[1].astype(np.int64)


def _check_nesting(columns: StageColumns, problems: list[Problem]) -> None:
    if columns.clusters is None:
        return
    pairs = np.unique(np.column_stack([columns.clusters, columns.strata]), axis=0)
    n_strata_of = np.bincount(pairs[:, 0])
    if (n_strata_of > 1).any():
        message = f"{int((n_strata_of > 1).sum()):,} cluster labels stand in more than one stratum"
        text = "if clusters are numbered anew in each stratum, say nest=True; if not, one of the columns is wrong"
        problems.append(Problem("Q204", message, help=text))


def _find_fractions(
    populations: Floats | None,
    strata: Integers,
    n_sampled: Integers,
    number: int,
    name: object,
    problems: list[Problem],
) -> Floats:
    """Sampling fractions by stratum: sizes above 1 divide the number of clusters drawn."""
    n_strata = n_sampled.size
    if populations is None:
        return np.zeros(n_strata)
    low, high = np.full(n_strata, np.inf), np.full(n_strata, -np.inf)
    np.minimum.at(low, strata, populations)
    np.maximum.at(high, strata, populations)
    where = f"fpc of stage {number}"
    if (low != high).any():
        message = f"{where}: {int((low != high).sum()):,} strata have more than one population size"
        text = "every row of a stratum must say the same number of clusters in the population"
        problems.append(Problem("Q206", message, help=text))
        return np.zeros(n_strata)
    is_share = bool((populations <= 1).all())
    # R reads a column with values up to 1 as fractions; a mixture is a mistake in one of them.
    if not is_share and (populations < 1).any():
        message = f"{where}: some values are below 1 (fractions) and some above (sizes)"
        problems.append(Problem("Q206", message, help="give sampling fractions everywhere, or sizes everywhere"))
        return np.zeros(n_strata)
    fraction = low if is_share else n_sampled / low
    is_small = fraction > 1 + 1e-9
    if is_small.any():
        h = int(np.flatnonzero(is_small)[0])
        message = f"{where}: {int(n_sampled[h]):,} clusters were drawn from a population of {low[h]:g}"
        text = (
            "the population of a stratum cannot be smaller than its sample; is it counted in clusters, not in people?"
        )
        problems.append(Problem("Q206", message, help=text))
    return np.minimum(fraction, 1.0)
