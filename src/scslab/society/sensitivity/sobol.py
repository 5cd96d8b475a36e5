"""Sobol indices of any function of independent unknowns, by SALib (sobol2001, saltelli2010, iwanaga2022).

The first-order index of an unknown is the share of an outcome's variance that would go away on average if it alone were
known; the total index is the share that would remain if all others were known. Their difference is interaction.
Tests hold the wrapper against the function of ishigami1990, whose indices are known in closed form.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

Floats = NDArray[np.float64]
CONFIDENCE = 0.90
"""Of the intervals, as of all bands of a calibration."""
RESAMPLES = 200
SCHEMA = {
    "outcome": pl.String, "unknown": pl.String, "first": pl.Float64, "first_error": pl.Float64, "total": pl.Float64,
    "total_error": pl.Float64,
}  # fmt: skip


def analyse_sobol(
    function: Callable[[Floats], Floats], unknowns: Sequence[str], outcomes: Sequence[str], *, samples: int = 256,
    seed: int = 1, tell: Callable[[float], None] | None = None,
) -> pl.DataFrame:  # fmt: skip
    """Sobol indices of all outcomes by all unknowns.

    Args:
        function: takes unknowns as quantiles of their distributions, shape (k,), each uniform on 0 to 1; gives
            outcomes, shape (m,).
        unknowns: their names, two or more.
        outcomes: their names.
        samples: base samples, a power of 2; `function` is called samples x (k + 2) times.
        seed: the same seed gives the same table.
        tell: hears of the share that is done.

    Returns:
        `outcome, unknown, first, first_error, total, total_error`; errors are half widths of intervals of 90 % by
        resampling. Indices of an outcome that does not vary at all are null.

    Raises:
        ValueError: `samples` is no power of 2, or there is one unknown only.

    Example:
        >>> table = analyse_sobol(lambda x: x[:1] + 2 * x[1:], ["a", "b"], ["sum"], samples=512)
        >>> table["first"].round(1).to_list()  # variances 1 and 4 of 5
        [0.2, 0.8]
    """
    if samples < 2 or samples & (samples - 1):
        raise ValueError(f"{samples} samples: must be a power of 2")
    if len(unknowns) < 2:
        raise ValueError("one unknown decides everything: nothing to compare")
    # SALib brings pandas along, a second of import; only sensitivity needs it.
    from SALib.analyze import sobol as analysis
    from SALib.sample import sobol as sampling

    problem: dict[str, Any] = {
        "num_vars": len(unknowns),
        "names": list(unknowns),
        "bounds": [[0.0, 1.0]] * len(unknowns),
    }
    points: Floats = np.asarray(sampling.sample(problem, samples, calc_second_order=False, seed=seed))
    found = np.empty((len(points), len(outcomes)))
    for k, point in enumerate(points):
        found[k] = function(point)
        if tell is not None and k % 256 == 0:
            tell(k / len(points))
    tables = [_analyse_one(analysis, problem, name, found[:, k], seed) for k, name in enumerate(outcomes)]
    return pl.concat(tables)


def _analyse_one(analysis: Any, problem: dict[str, Any], outcome: str, values: Floats, seed: int) -> pl.DataFrame:
    unknowns: list[str] = problem["names"]
    if np.ptp(values) <= 1e-12 * max(1.0, float(np.abs(values).max())):
        columns: dict[str, object] = {name: [None] * len(unknowns) for name in SCHEMA}
        return pl.DataFrame(columns | {"outcome": [outcome] * len(unknowns), "unknown": unknowns}, schema=SCHEMA)
    # SALib takes a seed of 0 for none, and draws from NumPy's global generator then.
    indices = analysis.analyze(
        problem, values, calc_second_order=False, num_resamples=RESAMPLES, conf_level=CONFIDENCE, seed=seed + 1
    )
    return pl.DataFrame(
        {
            "outcome": [outcome] * len(unknowns), "unknown": unknowns,
            "first": np.asarray(indices["S1"]), "first_error": np.asarray(indices["S1_conf"]),
            "total": np.asarray(indices["ST"]), "total_error": np.asarray(indices["ST_conf"]),
        },
        schema=SCHEMA,
    )  # fmt: skip
