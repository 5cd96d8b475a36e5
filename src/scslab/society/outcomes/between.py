"""How much of the differences between participants lies between groups of them, corrected for luck."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scslab.society.month.agents import TAKES_PART
from scslab.society.outcomes.groups import LEAST_PARTICIPANTS, find_start_tier
from scslab.society.outcomes.scores import read_scores
from scslab.society.simulation import Simulated

MEASURES = {"score": "between", "lowest": "lowest_between"}
"""What is compared, and the measure that scenarios are compared by."""
LEVEL = 0.01
"""A difference is beyond luck where luck gives one as large less often than this, over all dimensions together."""
_TABLE = {"dimension": pl.String, "of": pl.String, "share": pl.Float64, "p": pl.Float64, "is_beyond_luck": pl.Boolean}


def compute_between(values: NDArray[np.float64], places: NDArray[np.int64]) -> float | None:
    """The share of the variance of values that lies between categories, corrected for luck.

    Epsilon squared: (SSB - (k - 1) MSW) / SST (kelley1935), with k categories, SSB the sum of squares between them, MSW
    the mean square within them (SSW / (n - k)) and SST the sum of both. Where categories are dealt out by luck its mean
    is 0, for any number of participants: so it is often negative, and a negative number says no more than 0. Where all
    differences lie between categories it is 1.

    Args:
        values: one a participant, `(n,)`; NaN for who has none.
        places: the category of each, `(n,)`, from 0.

    Returns:
        The share, at most 1; None with fewer than two categories of at least two participants, or where all values are
        the same. Categories with one participant are left out: nothing within them can vary.

    Example:
        >>> round(compute_between(np.array([1.0, 2.0, 3.0, 4.0]), np.array([0, 0, 1, 1])), 3)
        0.7
        >>> round(compute_between(np.array([1.0, 4.0, 2.0, 3.0]), np.array([0, 0, 1, 1])), 3)
        -0.5
    """
    parts = _find_parts(values, places, least=2)
    if parts is None:
        return None
    k, n, within, between = parts
    return float((between - (k - 1) * within / (n - k)) / (within + between))


def compute_p_value(values: NDArray[np.float64], places: NDArray[np.int64]) -> float | None:
    """How likely luck alone makes means of categories differ so much: the F test of equal means.

    F and not Welch: where groups differ by luck only, their variances are the same too. Categories with fewer than
    `LEAST_PARTICIPANTS` are left out, since scores are skewed and one odd participant would decide about a small group.

    Args:
        values: as in `compute_between`.
        places: likewise.

    Returns:
        0 to 1; None with fewer than two such categories, or where all values are the same.

    Example:
        >>> a, b = np.arange(30.0), np.arange(30.0) + 10
        >>> compute_p_value(np.concatenate([a, b]), np.repeat([0, 1], 30)) < 0.001
        True
    """
    from scipy.special import fdtrc

    parts = _find_parts(values, places, least=LEAST_PARTICIPANTS)
    if parts is None:
        return None
    k, n, within, between = parts
    if within <= 0:
        return 0.0
    return float(fdtrc(k - 1, n - k, (between / (k - 1)) / (within / (n - k))))


def _find_parts(
    values: NDArray[np.float64], places: NDArray[np.int64], *, least: int
) -> tuple[int, int, float, float] | None:
    """How many categories have at least so many, their participants, and sums of squares within and between them."""
    known = ~np.isnan(values)
    values, places = values[known], places[known]
    size = np.bincount(places)
    kept = size[places] >= least
    values, places = values[kept], places[kept]
    counted = np.flatnonzero(size >= least)
    if counted.size < 2 or values.min() == values.max():
        return None
    centred = values - values.mean()
    means = np.bincount(places, centred, size.size)[counted] / size[counted]
    between = float(size[counted] @ means**2)
    total = float(centred @ centred)
    return counted.size, values.size, max(0.0, total - between), between


def compare_between(run: Simulated) -> pl.DataFrame:
    """By dimension, how much of the differences between participants lies between its categories, and whether by luck.

    Returns:
        `dimension, of, share, p, is_beyond_luck`: `of` is `score` (participants who have one), `lowest` (0 or 1: in the
        lowest tier) or `below_start` (in a tier below that of the start); `share` as `compute_between`, `p` as
        `compute_p_value`; beyond luck is a p below `LEVEL` by the number of dimensions (Bonferroni). Null where it
        cannot be computed; what a scheme does not have (a score, tiers, a tier below the start) has no rows.
    """
    profile, agents = run.setting.profile, run.agents
    is_in, start = (agents.flags & TAKES_PART) > 0, find_start_tier(run)
    columns = {"score": read_scores(run)}
    if run.scheme.tiers:
        columns["lowest"] = np.where(is_in, (agents.tier == 0).astype(np.float64), np.nan)
    if start > 0:
        columns["below_start"] = np.where(
            is_in, ((agents.tier >= 0) & (agents.tier < start)).astype(np.float64), np.nan
        )
    places = [place.astype(np.int64) for place in np.unravel_index(agents.cell, profile.shape)]
    rows = [
        (name, of, compute_between(values, place), compute_p_value(values, place))
        for of, values in columns.items()
        if not np.isnan(values).all()
        for name, place in zip(profile.dimensions, places, strict=True)
    ]
    limit = LEVEL / len(profile.dimensions)
    judged = [(*row, row[3] is not None and row[3] < limit) for row in rows]
    return pl.DataFrame(judged, orient="row", schema=_TABLE)


def measure_between(between: pl.DataFrame) -> dict[str, float | None]:
    """What scenarios are compared by: `between:D` (scores) and `lowest_between:D` (the lowest tier), by dimension D.

    Args:
        between: from `compare_between`.

    Example:
        >>> rows = [("gender", "score", 0.25, 0.001, True), ("gender", "below_start", 0.1, 0.5, False)]
        >>> measure_between(pl.DataFrame(rows, orient="row", schema=_TABLE))
        {'between:gender': 0.25}
    """
    rows = between.select("dimension", "of", "share").iter_rows()
    return {f"{MEASURES[of]}:{dimension}": share for dimension, of, share in rows if of in MEASURES}
