"""Which unknowns decide: how outcomes go with the values that replicates drew."""

from __future__ import annotations

from typing import Any

import polars as pl

from scslab.society.experiment.model import Experiment

LEAST_REPLICATES = 20
"""With fewer replicates nothing is told: any correlation could be luck."""
SCHEMA = {
    "measure": pl.String, "parameter": pl.String, "correlation": pl.Float64, "p": pl.Float64, "replicates": pl.Int64,
}  # fmt: skip


def rank_unknowns(experiment: Experiment, outcomes: pl.DataFrame) -> pl.DataFrame:
    """How the measures of the last month go with the drawn parameters, over the replicates of the comparison scenario.

    Spearman's rank correlation (spearman1904): 1 or -1 where an outcome rises or falls with a parameter throughout, 0
    where it does not go with it. Draws are independent of each other unless a calibration ties them together; then a
    parameter may stand for another. What matters only together with others does not show: `scslab sensitivity` tells
    that of adoption.

    Args:
        experiment: whose replicates drew values; without draws there is nothing to tell.
        outcomes: `scenario, replicate, month, measure, value`.

    Returns:
        `measure, parameter, correlation, p, replicates`, the strongest first within a measure; `p` is for no
        correlation at all. No rows with fewer than `LEAST_REPLICATES` replicates or draws.

    Example:
        >>> from scslab.society.experiment.build import build_experiment
        >>> experiment = build_experiment("rongcheng", replicates=3)
        >>> rank_unknowns(experiment, pl.DataFrame()).height
        0
    """
    draws = experiment.draws
    # Replicates that share a draw are no two looks at an unknown.
    n = min(experiment.replicates, len(draws))
    names = [] if not draws else [name for name in draws[0] if name not in experiment.base.values]
    if n < LEAST_REPLICATES or not names:
        return pl.DataFrame(schema=SCHEMA)
    from scipy.stats import spearmanr

    last = outcomes.filter((pl.col("scenario") == experiment.against) & (pl.col("replicate") < n))
    last = last.filter(pl.col("month") == pl.col("month").max()).sort("replicate")
    columns = {name: [draws[k][name] for k in range(n)] for name in names}
    rows: list[tuple[str, str, float, float, int]] = []
    for (measure,), own in last.group_by("measure", maintain_order=True):
        values, at = own["value"].to_list(), own["replicate"].to_list()
        if len(values) < LEAST_REPLICATES or len(set(values)) == 1:
            continue
        for name in names:
            drawn = [columns[name][k] for k in at]
            if len(set(drawn)) > 1:
                result: Any = spearmanr(drawn, values)
                rows.append((str(measure), name, float(result.statistic), float(result.pvalue), len(values)))
    table = pl.DataFrame(rows, schema=SCHEMA, orient="row")
    order = table["measure"].unique(maintain_order=True)
    at = pl.col("measure").replace_strict({name: k for k, name in enumerate(order)}, return_dtype=pl.Int64)
    return table.sort(at, -pl.col("correlation").abs(), maintain_order=True) if table.height else table
