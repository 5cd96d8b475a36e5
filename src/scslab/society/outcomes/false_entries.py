"""Entries that name what never happened: how many there are, what they cost, and how long they live."""

from __future__ import annotations

from datetime import date

import polars as pl

from scslab.engine.settlement import Settlement
from scslab.ledger.columns import EVENT_ID, SUBJECT_ID, TYPE
from scslab.society.outcomes.settled import get_last_day, settle_recorded
from scslab.society.simulation import Simulated

_EVENT = pl.col(EVENT_ID).cast(pl.Int64, strict=False)
# What spread to a resident has a name instead of a number, and is no false entry.
ENDS = ("upheld", "lapsed", "restarted")
"""How a false entry ends: an objection was upheld, its points lapsed, or the score began anew with the year."""


def list_false_entries(run: Simulated, settled: Settlement | None = None) -> pl.DataFrame:
    """Every false entry and its life.

    Args:
        run: the simulation.
        settled: from `settle_recorded`, where it is at hand; only schemes with objections need it.

    Returns:
        `event_id, resident, type, recorded_on, points, is_challenged, ended_on, end, days`: `points` is what it cost
        when it was posted (null where no rule gave it points; then it stands in the record all the same); `end` one of
        `ENDS`, null while it stands on the last day; `days` from the record to the end or to the last day.
    """
    last = get_last_day(run)
    wrong = run.causes.filter(pl.col("kind") == "false").select(EVENT_ID)
    found = run.recorded.join(wrong, on=EVENT_ID, how="semi").select(
        EVENT_ID, pl.col(SUBJECT_ID).alias("resident"), pl.col(TYPE).cast(pl.String), "recorded_on"
    )
    found = found.join(_find_posted(run, last), on=EVENT_ID, how="left", maintain_order="left")
    found = found.join(_find_upheld(run, settled), on=EVENT_ID, how="left", maintain_order="left")
    is_yearly = run.scheme.score.is_yearly_restart
    year = pl.date(pl.col("recorded_on").dt.year() + 1, 1, 1) if is_yearly else pl.lit(None, pl.Date)
    ended_on = pl.min_horizontal("upheld_on", "lapses_on", "restarts_on")
    end = (
        pl.when(pl.col("upheld_on") == pl.col("ended_on")).then(pl.lit("upheld"))
        .when(pl.col("lapses_on") == pl.col("ended_on")).then(pl.lit("lapsed"))
        .when(pl.col("restarts_on") == pl.col("ended_on")).then(pl.lit("restarted"))
    )  # fmt: skip
    return (
        found.with_columns(year.alias("restarts_on"))
        .with_columns(pl.when(ended_on <= last).then(ended_on).alias("ended_on"))
        .with_columns(end.alias("end"))
        .with_columns((pl.col("ended_on").fill_null(last) - pl.col("recorded_on")).dt.total_days().alias("days"))
        .with_columns(pl.col("is_challenged").fill_null(value=False))
        .select(EVENT_ID, "resident", TYPE, "recorded_on", "points", "is_challenged", "ended_on", "end", "days")
    )


def _find_posted(run: Simulated, last: date) -> pl.DataFrame:
    """By event: the points that its entries had when they were posted, and the day on which the last of them lapses."""
    schema = {EVENT_ID: pl.Int64, "points": pl.Float64, "lapses_on": pl.Date}
    if not run.entries.width:
        return pl.DataFrame(schema=schema)
    own = run.entries.lazy().filter(pl.col("kind") == "event").group_by(_EVENT)
    # Only once every entry of the event has lapsed is it gone.
    never = pl.col("lapses_on").is_null().any()
    found = own.agg(
        pl.col("effective").cast(pl.Float64).sum().alias("points"),
        pl.when(never).then(None).otherwise(pl.col("lapses_on").max()).alias("lapses_on"),
    ).collect()
    return found.with_columns(pl.when(pl.col("lapses_on") <= last).then("lapses_on").alias("lapses_on"))


def _find_upheld(run: Simulated, settled: Settlement | None) -> pl.DataFrame:
    """By event: whether anybody objected, and the day on which an objection was upheld."""
    none = pl.DataFrame(schema={EVENT_ID: pl.Int64, "is_challenged": pl.Boolean, "upheld_on": pl.Date})
    if run.scheme.objection is None:
        return none
    objections = (settled or settle_recorded(run)).objections
    if objections is None or not objections.height:
        return none
    upheld = pl.col("outcome").cast(pl.String).is_in(["upheld", "expired upheld"])
    return (
        objections.group_by(pl.col("target").cast(pl.Int64, strict=False).alias(EVENT_ID))
        .agg(pl.lit(True).first().alias("is_challenged"), pl.col("decided_on").filter(upheld).min().alias("upheld_on"))
    )  # fmt: skip


def count_standing(false_entries: pl.DataFrame, months: pl.Series) -> list[int]:
    """How many false entries stand at the end of each month."""
    begun = false_entries["recorded_on"].sort()
    over = false_entries["ended_on"].drop_nulls().sort()
    return (begun.search_sorted(months, side="right") - over.search_sorted(months, side="right")).to_list()
