"""Peer: an index of windowed indicators in Polars, in two ways, by months (so no event may be on 29 February).

    python polars_index.py {dynamic|rolling} EVENTS.parquet OUT.parquet

Both bring events to months, put them on a grid of every subject and month from its first one on, and sum over windows:
`dynamic` with `group_by_dynamic` and then `rolling_sum` over rows of a subject (the grid has no holes, so 12 rows are
12 months), `rolling` with `rolling` over dates, grouped by subject. The scheme is ../index.yaml, written out by hand.
Writes `subject_id, published_on, score` in order and prints the seconds of work.
"""

from __future__ import annotations

import json
import sys
import time
from datetime import date
from itertools import pairwise

import polars as pl

FIRST, LAST = date(2019, 1, 1), date(2023, 12, 31)
COUNTED = ("on_time", "late", "visit", "units")


def by_month(events: pl.LazyFrame) -> pl.LazyFrame:
    """What happened to each subject in each month in which anything did."""
    kind = pl.col("type")
    events = events.with_columns(
        on_time=(kind == "pay.on_time").cast(pl.Int32),
        late=(kind == "pay.late").cast(pl.Int32),
        visit=(kind == "visit").cast(pl.Int32),
        units=(pl.col("amount").fill_null(0) * 1_000_000).round().cast(pl.Int64),
        late_on=pl.when(kind == "pay.late").then(pl.col("recorded_on")),
    )
    return events.select("subject_id", "recorded_on", *COUNTED, "late_on")


def aggregate() -> list[pl.Expr]:
    return [pl.col(*COUNTED).sum(), pl.col("late_on").max()]


def on_grid(monthly: pl.DataFrame) -> pl.DataFrame:
    """A row for every subject and month from its first one on, in order."""
    months = pl.date_range(FIRST, LAST, "1mo", eager=True).alias("month").to_frame().lazy()
    first = monthly.lazy().group_by("subject_id").agg(pl.col("month").min().alias("first"))
    grid = first.join(months, how="cross").filter(pl.col("month") >= pl.col("first")).drop("first")
    return (
        grid.join(monthly.lazy(), on=["subject_id", "month"], how="left")
        .with_columns(pl.col(*COUNTED).fill_null(0))
        .sort("subject_id", "month")
        .collect(engine="streaming")
    )


def roll_rows(table: pl.DataFrame) -> pl.DataFrame:
    def total(name: str, rows: int) -> pl.Expr:
        return pl.col(name).rolling_sum(rows, min_samples=1).over("subject_id").alias(f"{name}_{rows}")

    windows = [total(name, 12) for name in COUNTED] + [total(name, 24) for name in ("on_time", "late")]
    return table.with_columns(*windows, pl.col("late_on").forward_fill().over("subject_id"))


def roll_dates(table: pl.DataFrame) -> pl.DataFrame:
    def window(period: str, names: tuple[str, ...]) -> pl.DataFrame:
        rolled = table.rolling("month", period=period, group_by="subject_id", closed="right")
        return rolled.agg(pl.col(name).sum().alias(f"{name}_{period[:2]}") for name in names)

    year, two = window("12mo", COUNTED), window("24mo", ("on_time", "late"))
    table = table.with_columns(pl.col("late_on").forward_fill().over("subject_id"))
    return pl.concat([table, year.drop("subject_id", "month"), two.drop("subject_id", "month")], how="horizontal")


def scale(value: pl.Expr, points: list[tuple[float, float]]) -> pl.Expr:
    result = pl.lit(points[-1][1])
    for (x0, y0), (x1, y1) in reversed(list(pairwise(points))):
        result = pl.when(value < x1).then(y0 + (y1 - y0) * ((value - x0) / (x1 - x0))).otherwise(result)
    return pl.when(value <= points[0][0]).then(points[0][1]).otherwise(result)


def score(table: pl.LazyFrame) -> pl.LazyFrame:
    def share(months: int) -> pl.Expr:
        on_time, late = (pl.col(f"{name}_{months}").cast(pl.Float64) for name in ("on_time", "late"))
        return pl.when(on_time + late > 0).then(on_time / (on_time + late)).otherwise(0.5)

    end = pl.col("month").dt.month_end()
    paid = [(0.0, 0.0), (0.9, 0.5), (1.0, 1.0)]
    since = (end - pl.col("late_on")).dt.total_days().cast(pl.Float64).fill_null(1000.0)
    payments = (scale(share(12), paid) + scale(share(24), paid) + scale(since, [(0.0, 0.0), (730.0, 1.0)])) / 3
    spent = scale(pl.col("units_12").cast(pl.Float64) / 1e6, [(0.0, 0.0), (100.0, 0.5), (1000.0, 1.0)])
    spending = (spent + scale(pl.col("late_24").cast(pl.Float64), [(0.0, 1.0), (4.0, 0.0)])) / 2
    life = scale(pl.col("visit_12").cast(pl.Float64), [(0.0, 0.0), (2.0, 1.0)])
    exact = 350.0 + 600.0 * (0.5 * payments + 0.3 * spending + 0.2 * life)
    # All scores are positive, so that this rounds half away from zero.
    return table.select("subject_id", end.alias("published_on"), (exact + 0.5).floor().cast(pl.Int64).alias("score"))


def main() -> None:
    way, events, out = sys.argv[1:]
    began = time.perf_counter()
    found = by_month(pl.scan_parquet(events))
    if way == "dynamic":
        ordered = found.sort("subject_id", "recorded_on").collect(engine="streaming")
        grouped = ordered.group_by_dynamic("recorded_on", every="1mo", group_by="subject_id").agg(aggregate())
        table = roll_rows(on_grid(grouped.rename({"recorded_on": "month"})))
    else:
        grouped = found.group_by("subject_id", pl.col("recorded_on").dt.month_start().alias("month")).agg(aggregate())
        table = roll_dates(on_grid(grouped.collect(engine="streaming")))
    score(table.lazy()).collect(engine="streaming").write_parquet(out, compression="zstd", compression_level=1)
    print(json.dumps({"seconds": time.perf_counter() - began}))


if __name__ == "__main__":
    main()
