"""Who moves between tiers, and how long residents stay in one."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scslab.scheme.model import Scheme
from scslab.society.month.watch import NO_TIER, OUTSIDE
from scslab.society.outcomes.settled import find_first_day
from scslab.society.outcomes.survival import estimate_survival, find_median
from scslab.society.simulation import Simulated

MONTHS_A_YEAR = 12


def name_tier(scheme: Scheme, number: int) -> str:
    """The id of a tier; an empty text for those who have none yet, `outside` for those who take no part."""
    if number == OUTSIDE:
        return "outside"
    return scheme.tiers[number].id if number >= 0 else ""


def iterate_tiers(run: Simulated) -> Iterator[NDArray[np.int8]]:
    """The tier of every resident at the end of each month, `(n,)`, numbers as in `watch.read_tiers`.

    The array is the same one each month, changed in place.
    """
    tiers = np.full(run.setting.residents, OUTSIDE, np.int8)
    month, since = run.moves["month"], find_first_day(run)
    for day in run.months["month"]:
        low, high = month.search_sorted(day, side="left"), month.search_sorted(day, side="right")
        here = run.moves[low:high]
        if day.replace(day=1) == since != run.setting.first:
            tiers[tiers >= 0] = NO_TIER  # a tier is a number within its scheme, and another one took over
        tiers[here["resident"].to_numpy()] = here["after"].to_numpy()
        yield tiers


def tabulate_transitions(run: Simulated, *, every_months: int = MONTHS_A_YEAR) -> pl.DataFrame:
    """Where residents stand after so many months, by where they stood.

    Args:
        run: the simulation.
        every_months: 1 for month to month, 12 for year to year (from the end of each twelfth month to the next).

    Returns:
        `before, after, moves, share`: `moves` counts residents times intervals, `share` is that of `before`. Tiers are
        ids, as `name_tier` gives them. A run shorter than two such intervals has no rows; of one whose scheme was
        succeeded it is the time since then.
    """
    width = len(run.scheme.tiers) + 2
    found = np.zeros((width, width), np.int64)
    earlier: NDArray[np.int8] | None = None
    since = find_first_day(run)
    for k, (day, tiers) in enumerate(zip(run.months["month"], iterate_tiers(run), strict=True)):
        if (k + 1) % every_months or day < since:
            continue
        if earlier is not None:
            pairs = (earlier.astype(np.int64) - OUTSIDE) * width + (tiers.astype(np.int64) - OUTSIDE)
            found += np.bincount(pairs, minlength=width * width).reshape(width, width)
        earlier = tiers.copy()
    return _tabulate(run, found)


def _tabulate(run: Simulated, found: NDArray[np.int64]) -> pl.DataFrame:
    names = [name_tier(run.scheme, number + OUTSIDE) for number in range(found.shape[0])]
    rows = [
        (names[a], names[b], int(found[a, b]), int(found[a, b]) / int(found[a].sum()))
        for a in range(found.shape[0])
        for b in range(found.shape[0])
        if found[a].sum()
    ]
    schema = {"before": pl.String, "after": pl.String, "moves": pl.Int64, "share": pl.Float64}
    return pl.DataFrame(rows, orient="row", schema=schema)


def list_stays(run: Simulated) -> pl.DataFrame:
    """Every stay in a tier: `resident, tier, months, is_over`; a stay that is not over lasted until the last month."""
    months = run.months["month"]
    end = months.len()
    own = run.moves.filter(pl.col("month") >= find_first_day(run))
    numbered = own.with_columns(months.search_sorted(own["month"]).cast(pl.Int64).alias("since"))
    stays = numbered.sort("resident", "since").with_columns(
        pl.col("since").shift(-1).over("resident").alias("until"),
    )
    return stays.filter(pl.col("after") != OUTSIDE).select(
        "resident", pl.col("after").alias("tier"),
        (pl.col("until").fill_null(end) - pl.col("since")).alias("months"),
        pl.col("until").is_not_null().alias("is_over"),
    )  # fmt: skip


def summarise_stays(run: Simulated) -> pl.DataFrame:
    """How long stays in each tier last.

    Returns:
        `tier, stays, over, months, mean_months, median_months`: `months` lived there in all. `mean_months` is months
        lived for each stay that ended: the mean of a stay if leaving were as likely in every month (None: none ended).
        `median_months` is that of Kaplan and Meier (None: more than half outlast the run).
    """
    stays = list_stays(run)
    rows: list[tuple[str, int, int, int, float | None, int | None]] = []
    for number in range(-1, len(run.scheme.tiers)):
        here = stays.filter(pl.col("tier") == number)
        if not here.height:
            continue
        months, over = int(here["months"].sum()), int(here["is_over"].sum())
        median = find_median(estimate_survival(here["months"].to_numpy(), here["is_over"].to_numpy()))
        rows.append((name_tier(run.scheme, number), here.height, over, months, months / over if over else None, median))
    schema = {
        "tier": pl.String, "stays": pl.Int64, "over": pl.Int64, "months": pl.Int64, "mean_months": pl.Float64,
        "median_months": pl.Int64,
    }  # fmt: skip
    return pl.DataFrame(rows, orient="row", schema=schema)


def count_months_inside(run: Simulated) -> NDArray[np.int64]:
    """For how many months each resident took part, `(n,)`; the month of joining counts, that of leaving does not."""
    months = run.months["month"]
    left = months.len() - months.search_sorted(run.moves["month"]).to_numpy().astype(np.int64)
    entered = (run.moves["before"] == OUTSIDE).to_numpy().astype(np.int64)
    gone = (run.moves["after"] == OUTSIDE).to_numpy().astype(np.int64)
    inside = np.zeros(run.setting.residents, np.int64)
    np.add.at(inside, run.moves["resident"].to_numpy(), (entered - gone) * left)
    return inside
