"""Speeders: respondents who were too fast to have read the questions."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from scslab.ground.problems import NOWHERE, Place
from scslab.study.cleaning.finding import Found, join_reasons


@dataclass(frozen=True, slots=True)
class SpeedRule:
    """When somebody counts as a speeder.

    Attributes:
        column: the duration of the interview; `start` and `end` instead of it for two moments of time.
        below: flagged when the duration is below this share of the median; 0 for no such check. `greszki2015` compare
            .5, .4 and .3.
        seconds_per_item: flagged when the duration in seconds per item is below this; 0 for no such check.
            `huang2012` use 2.
        n_items: the items that the duration covers, for `seconds_per_item`.
        item_columns: durations of single items or pages.
        items_below: an item was too fast below this share of the item's own median.
        items_share: flagged when more than this share of the items was too fast.
    """

    column: str = ""
    start: str = ""
    end: str = ""
    below: float = 0.4
    seconds_per_item: float = 0.0
    n_items: int = 0
    item_columns: tuple[str, ...] = ()
    items_below: float = 0.4
    items_share: float = 0.5
    place: Place = NOWHERE


def find_speeders(frame: pl.DataFrame, rule: SpeedRule) -> Found:
    """Flags speeders. A duration of zero or less, or none at all, is never flagged as fast; it is counted.

    Figures: `duration`, `duration_of_median` (share of the median), `fast_items_share`.

    Example:
        >>> frame = pl.DataFrame({"seconds": [600, 500, 100, 700]})
        >>> found = find_speeders(frame, SpeedRule("seconds"))
        >>> found.reasons.to_list()
        [None, None, 'took 100 s, 18 % of the median of 550 s', None]
    """
    figures: dict[str, pl.Series] = {}
    parts: list[tuple[pl.Expr, pl.Expr]] = []
    work = frame
    about: list[str] = []
    if rule.column or rule.start:
        work = work.with_columns(_duration(rule).alias("@duration"))
        work = work.with_columns(pl.when(pl.col("@duration") > 0).then(pl.col("@duration")).alias("@duration"))
        middle = work["@duration"].median()
        median = float(middle) if isinstance(middle, int | float) else 0.0
        share = (pl.col("@duration") / median) if median else pl.lit(None, pl.Float64)
        work = work.with_columns(share.alias("@share"))
        figures = {"duration": work["@duration"], "duration_of_median": work["@share"]}
        if rule.below and median:
            text = pl.format(
                f"took {{}} s, {{}} % of the median of {median:g} s",
                _short(pl.col("@duration")),
                (100 * pl.col("@share")).round(0).cast(pl.Int64),
            )
            parts.append((pl.col("@share") < rule.below, text))
            about.append(f"below {rule.below:g} of the median duration of {median:g} s")
        if rule.seconds_per_item and rule.n_items:
            each = pl.col("@duration") / rule.n_items
            text = pl.format(f"took {{}} s per item (under {rule.seconds_per_item:g} s)", each.round(2))
            parts.append((each < rule.seconds_per_item, text))
            about.append(f"under {rule.seconds_per_item:g} s for each of {rule.n_items} items")
    if rule.item_columns:
        work = work.with_columns(_fast_share(work, rule).alias("@fast"))
        figures["fast_items_share"] = work["@fast"]
        text = pl.format("too fast at {} % of the items", (100 * pl.col("@fast")).round(0).cast(pl.Int64))
        parts.append((pl.col("@fast") > rule.items_share, text))
        about.append(
            f"below {rule.items_below:g} of the item's median at more than {100 * rule.items_share:g} % of "
            f"{len(rule.item_columns)} items"
        )
    flags, reasons = join_reasons(parts, work)
    return Found("speeder", "; or ".join(about), flags, reasons, figures)


def _duration(rule: SpeedRule) -> pl.Expr:
    """The duration in seconds."""
    if rule.column:
        return pl.col(rule.column).cast(pl.Float64)
    return (pl.col(rule.end) - pl.col(rule.start)).dt.total_milliseconds() / 1000


def _fast_share(frame: pl.DataFrame, rule: SpeedRule) -> pl.Expr:
    """The share of items with a duration that were too fast, of those that have one."""
    fast: list[pl.Expr] = []
    for name in rule.item_columns:
        column = pl.col(name).cast(pl.Float64)
        usable = pl.when(column > 0).then(column)
        fast.append((usable < rule.items_below * usable.median()).cast(pl.Float64))
    return pl.mean_horizontal(fast)


def _short(column: pl.Expr) -> pl.Expr:
    return column.round(0).cast(pl.Int64)
