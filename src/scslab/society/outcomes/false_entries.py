"""Entries that name what never happened: how many there are, what they cost, and how long they live."""

from __future__ import annotations

from datetime import date

import polars as pl

from scslab.engine.settlement import Settlement
from scslab.ledger.columns import EVENT_ID, SUBJECT_ID, TYPE
from scslab.society.outcomes.grounds import list_grounds
from scslab.society.outcomes.settled import get_last_day, needs_settling, settle_recorded
from scslab.society.simulation import Simulated

_EVENT = pl.col(EVENT_ID).cast(pl.Int64, strict=False)
# What spread to a resident has a name instead of a number, and is no false entry.
ENDS = ("upheld", "lapsed", "restarted", "delisted", "idle")
"""How a false entry ends: an objection was upheld, its points lapsed, the score began anew with the year, or it put
somebody on a list and that is over. `idle` never did anything: a scheme with lists found no rule and no list for it."""


def list_false_entries(run: Simulated, settled: Settlement | None = None) -> pl.DataFrame:
    """Every false entry and its life.

    An entry that put a resident on a list, or keeps one there (`list_grounds`), is over once all of that is closed; one
    that cost points besides, once both are over, and is named after the later. An entry with neither, under a scheme
    without lists, stands in the record all the same until it is taken back.

    Args:
        run: the simulation.
        settled: from `settle_recorded`, where it is at hand; only schemes with lists or objections need it.

    Returns:
        `event_id, resident, type, recorded_on, points, is_challenged, ended_on, end, days`: `points` is what it cost
        when it was posted (null where no rule gave it points); `end` one of `ENDS`, null while it stands on the last
        day; `days` from the record to the end or to the last day. One that is `idle` ends on the day of its record.
    """
    last, scheme = get_last_day(run), run.scheme
    if settled is None and needs_settling(run):
        settled = settle_recorded(run)
    wrong = run.causes.filter(pl.col("kind") == "false").select(EVENT_ID)
    rows = run.recorded.join(wrong, on=EVENT_ID, how="semi")
    found = rows.select(EVENT_ID, pl.col(SUBJECT_ID).alias("resident"), pl.col(TYPE).cast(pl.String), "recorded_on")
    for more in (
        _find_posted(run, last),
        _find_upheld(settled),
        _find_listed(run, settled, rows),
        _find_idle(run, settled),
    ):
        found = found.join(more, on=EVENT_ID, how="left", maintain_order="left")
    year = (
        pl.date(pl.col("recorded_on").dt.year() + 1, 1, 1) if scheme.score.is_yearly_restart else pl.lit(None, pl.Date)
    )
    found = found.with_columns(
        year.alias("restarts_on"), pl.col("is_challenged", "is_listed", "is_idle").fill_null(value=False)
    ).with_columns(pl.col("is_idle") & ~pl.col("is_listed") & (pl.col("points").is_null()))
    return (
        found.with_columns(pl.min_horizontal("lapses_on", "restarts_on").alias("spent_on"))
        .with_columns(_choose_end().alias("over_on"))
        .with_columns(pl.min_horizontal("upheld_on", "over_on").alias("ended_on"))
        .with_columns(pl.when(pl.col("ended_on") <= last).then(pl.max_horizontal("ended_on", "recorded_on")))
        .with_columns(_name_end().alias("end"))
        .with_columns((pl.col("ended_on").fill_null(last) - pl.col("recorded_on")).dt.total_days().alias("days"))
        .select(EVENT_ID, "resident", TYPE, "recorded_on", "points", "is_challenged", "ended_on", "end", "days")
    )


def _choose_end() -> pl.Expr:
    """When an entry is over but for objections."""
    costs_nothing = pl.col("points").fill_null(0) == 0
    both = pl.when(pl.any_horizontal(pl.col("spent_on", "delisted_on").is_null())).then(None)
    return (
        pl.when("is_idle").then("recorded_on")
        .when(~pl.col("is_listed")).then("spent_on")
        .when(costs_nothing).then("delisted_on")
        .otherwise(both.otherwise(pl.max_horizontal("spent_on", "delisted_on")))
    )  # fmt: skip


def _name_end() -> pl.Expr:
    """Which of `ENDS` it was."""
    end, costs_nothing = pl.col("ended_on"), pl.col("points").fill_null(0) == 0
    is_delisted = pl.col("is_listed") & (costs_nothing | (pl.col("delisted_on") > pl.col("spent_on")))
    return (
        pl.when(end.is_null()).then(None)
        .when(pl.col("upheld_on") <= end).then(pl.lit("upheld"))
        .when("is_idle").then(pl.lit("idle"))
        .when(is_delisted).then(pl.lit("delisted"))
        .when(pl.col("lapses_on") == pl.col("spent_on")).then(pl.lit("lapsed"))
        .otherwise(pl.lit("restarted"))
    )  # fmt: skip


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


def _find_upheld(settled: Settlement | None) -> pl.DataFrame:
    """By event: whether anybody objected, and the day on which an objection was upheld."""
    none = pl.DataFrame(schema={EVENT_ID: pl.Int64, "is_challenged": pl.Boolean, "upheld_on": pl.Date})
    objections = None if settled is None else settled.objections
    if objections is None or not objections.height:
        return none
    upheld = pl.col("outcome").cast(pl.String).is_in(["upheld", "expired upheld"])
    return (
        objections.group_by(pl.col("target").cast(pl.Int64, strict=False).alias(EVENT_ID))
        .agg(pl.lit(True).first().alias("is_challenged"), pl.col("decided_on").filter(upheld).min().alias("upheld_on"))
    )  # fmt: skip


def _find_listed(run: Simulated, settled: Settlement | None, rows: pl.DataFrame) -> pl.DataFrame:
    """By event: that it put somebody on a list or keeps one there, and the day on which the last of that was over."""
    if settled is None or not run.scheme.lists:
        return pl.DataFrame(schema={EVENT_ID: pl.Int64, "is_listed": pl.Boolean, "delisted_on": pl.Date})
    lasts = pl.col("closed_on").is_null().any()
    return (
        list_grounds(run, settled, rows)
        .group_by(EVENT_ID)
        .agg(
            pl.lit(True).first().alias("is_listed"),
            pl.when(lasts).then(None).otherwise(pl.col("closed_on").max()).alias("delisted_on"),
        )
    )


def _find_idle(run: Simulated, settled: Settlement | None) -> pl.DataFrame:
    """By event: that a scheme with lists found nothing to do with it; what is only counted may still do something."""
    if settled is None or not run.scheme.lists:
        return pl.DataFrame(schema={EVENT_ID: pl.Int64, "is_idle": pl.Boolean})
    nothing = settled.unposted.filter(pl.col("reason").cast(pl.String) != "only counted")
    return nothing.select(_EVENT, pl.lit(True).alias("is_idle")).drop_nulls().unique(EVENT_ID)


def count_standing(false_entries: pl.DataFrame, months: pl.Series) -> list[int]:
    """How many false entries stand at the end of each month."""
    begun = false_entries["recorded_on"].sort()
    over = false_entries["ended_on"].drop_nulls().sort()
    return (begun.search_sorted(months, side="right") - over.search_sorted(months, side="right")).to_list()
