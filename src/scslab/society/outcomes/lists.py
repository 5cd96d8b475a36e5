"""Who is on the lists of a scheme, and for how long."""

from __future__ import annotations

import polars as pl

from scslab.engine.settlement import Settlement
from scslab.ledger.columns import SUBJECT_ID
from scslab.society.outcomes.settled import get_last_day, settle_recorded
from scslab.society.outcomes.survival import estimate_survival, find_median, find_share
from scslab.society.simulation import Simulated

DAYS_A_YEAR = 365
_SPELLS = {
    "resident": pl.Int64, "list": pl.String, "kind": pl.String, "opened_on": pl.Date, "closed_on": pl.Date,
    "opened_by": pl.String, "closed_by": pl.String, "days": pl.Int64,
}  # fmt: skip


def list_spells(run: Simulated, settled: Settlement | None = None) -> pl.DataFrame:
    """Every time on a list: `resident, list, kind, opened_on, closed_on, opened_by, closed_by, days`.

    `closed_on` is null while it lasts on the last day; `days` run to the closing or to the last day.

    Args:
        run: the simulation.
        settled: from `settle_recorded`, where it is at hand.
    """
    if not run.scheme.lists or not run.ledger.height:
        return pl.DataFrame(schema=_SPELLS)
    members = (settled or settle_recorded(run)).memberships
    if not members.width:
        return pl.DataFrame(schema=_SPELLS)
    days = (pl.col("closed_on").fill_null(get_last_day(run)) - pl.col("opened_on")).dt.total_days()
    return members.select(
        pl.col(SUBJECT_ID).cast(pl.Int64, strict=False).alias("resident"), pl.col("list").cast(pl.String),
        pl.col("kind").cast(pl.String), "opened_on", "closed_on", pl.col("opened_by").cast(pl.String),
        pl.col("closed_by").cast(pl.String), days.alias("days"),
    )  # fmt: skip


def summarise_lists(run: Simulated, spells: pl.DataFrame) -> pl.DataFrame:
    """By list: how many were ever on it, how often, and how long a spell lasts.

    Returns:
        `list, kind, residents, spells, open, median_days, share_1y, share_2y`: `residents` were ever on it, `open` are
        on it on the last day; the last three are estimates of Kaplan and Meier, that let unfinished spells count:
        `median_days` is null where more than half outlast the run, the shares last longer than a year and than two
        (null where no spell has been watched for so long).
    """
    rows: list[dict[str, object]] = []
    for each in run.scheme.lists:
        own = spells.filter(pl.col("list") == each.id)
        is_over = own["closed_on"].is_not_null()
        survival = estimate_survival(own["days"].to_numpy(), is_over.to_numpy())
        watched = int(own["days"].max() or 0)  # pyright: ignore[reportArgumentType]
        shares = [find_share(survival, k * DAYS_A_YEAR) if watched >= k * DAYS_A_YEAR else None for k in (1, 2)]
        rows.append(
            {
                "list": each.id, "kind": each.kind.value, "residents": own["resident"].n_unique(),
                "spells": own.height, "open": own.height - int(is_over.sum()),
                "median_days": find_median(survival), "share_1y": shares[0], "share_2y": shares[1],
            }
        )  # fmt: skip
    return pl.DataFrame(
        rows,
        schema={
            "list": pl.String, "kind": pl.String, "residents": pl.Int64, "spells": pl.Int64, "open": pl.Int64,
            "median_days": pl.Int64, "share_1y": pl.Float64, "share_2y": pl.Float64,
        },
    )  # fmt: skip


def count_listed(spells: pl.DataFrame, months: pl.Series) -> list[int]:
    """How many spells of this table are open at the end of each month."""
    begun = spells["opened_on"].sort()
    over = spells["closed_on"].drop_nulls().sort()
    return (begun.search_sorted(months, side="right") - over.search_sorted(months, side="right")).cast(int).to_list()
