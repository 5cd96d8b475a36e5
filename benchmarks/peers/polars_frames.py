"""The Polars frames that the Polars peers share, made from the benchmark scheme.

What was tried and slower: one filter a rule instead of the join with a table of rules (2 to 3 times that step), and a
sort by subject and place in time instead of a merge and a stable sort by subject (3 times that step). So these forms
use what the ledger promises: it is in order of recording.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import polars as pl

sys.path.insert(0, str(Path(__file__).parents[1]))
from rules import AS_OF, Scheme, read_scheme

__all__ = [
    "EVENT",
    "LAPSE",
    "PLAIN",
    "find_acting",
    "find_steps",
    "pl",
    "read_scheme",
    "run",
    "valid_on",
    "write_standings",
]

PLAIN, EVENT, LAPSE = 0, 1, 2
"""Kinds of a step: an entry that never lapses, an entry that will, and the lapse of such an entry."""


def find_acting(scheme: Scheme, parquet: str, order: Literal["none", "left_right"] = "none") -> pl.LazyFrame:
    """One row an event and acting rule: `subject_id, recorded_on, event_id, rule, points` (before caps).

    In file order if `order` is "left_right", which takes half as long again.
    """
    rows = [(kind, rule.number, rule.points or 0) for rule in scheme.rules for kind in rule.types]
    table = pl.LazyFrame(rows, schema={"type": pl.String, "rule": pl.UInt8, "points": pl.Int32}, orient="row")
    holds, points = pl.lit(True), pl.col("points")
    for rule in scheme.rules:
        is_rule = pl.col("rule") == rule.number
        if rule.when:
            holds = pl.when(is_rule).then(pl.sql_expr(rule.when)).otherwise(holds)
        if rule.formula:
            value = pl.sql_expr(rule.formula).round(0, mode="half_away_from_zero").cast(pl.Int32)
            points = pl.when(is_rule).then(value).otherwise(points)
    acting = pl.scan_parquet(parquet).join(table, on="type", maintain_order=order).filter(holds)
    return acting.select("subject_id", "recorded_on", "event_id", "rule", points=points)


def valid_on(scheme: Scheme) -> tuple[pl.Expr, pl.Expr]:
    """Whether an entry will lapse, and on which day; all validities are equally long."""
    rules = [rule for rule in scheme.rules if rule.valid_months]
    (months,) = {rule.valid_months for rule in rules}
    if any(rule.cap is not None for rule in rules):
        raise ValueError("the peers are written for schemes in which no capped rule lapses")
    return pl.col("rule").is_in([rule.number for rule in rules]), pl.col("recorded_on").dt.offset_by(f"{months}mo")


def find_steps(scheme: Scheme, parquet: str) -> pl.DataFrame:
    """All entries and lapses: `subject_id, rule, points, year, kind` (before caps; a lapse has its entry's points).

    Rows are by subject and, inside a subject, in order of time. As all validities are equally long, the lapses of a
    file in order of recording come in order too: two ordered tables are merged.
    """
    is_lapsing, day = valid_on(scheme)
    acting = find_acting(scheme, parquet, order="left_right").collect(engine="streaming").lazy()

    def at(day: pl.Expr, kind: int) -> pl.Expr:
        # day | lapse before event | event id | rule, in one whole number
        return ((day.cast(pl.Int32).cast(pl.Int64) * 2 + kind) * 2**30 + pl.col("event_id")) * 2**5 + pl.col("rule")

    year = pl.col("recorded_on").dt.year().cast(pl.Int16)
    kind = is_lapsing.cast(pl.UInt8) * EVENT
    events = acting.select("subject_id", "rule", "points", year=year, kind=kind, at=at(pl.col("recorded_on"), 1))
    lapses = acting.filter(is_lapsing, day <= AS_OF).select(
        "subject_id", "rule", "points", year=pl.lit(None, pl.Int16), kind=pl.lit(LAPSE, pl.UInt8), at=at(day, 0)
    )
    merged = events.merge_sorted(lapses, key="at").drop("at").collect(engine="streaming")
    return merged.sort("subject_id", maintain_order=True)


def write_standings(scheme: Scheme, scored: pl.LazyFrame, parquet: str, out: str) -> None:
    """Write (subject_id, score, tier) for `scored` (subject_id, score) and for the subjects no rule acted on."""
    scored = scored.select("subject_id", score=pl.col("score").cast(pl.Int64))
    others = pl.scan_parquet(parquet).select("subject_id").join(scored, on="subject_id", how="anti").unique()
    everyone = pl.concat([scored, others.with_columns(score=pl.lit(scheme.start, pl.Int64))])
    names = pl.lit(None, pl.String)
    for name, lower in scheme.tiers:
        names = pl.when(pl.col("score") >= lower).then(pl.lit(name)).otherwise(names)
    everyone.with_columns(tier=names).sink_parquet(out, compression="zstd", engine="streaming")


def run(settle: Callable[[str, str], None]) -> None:
    """`python PEER.py LEDGER OUT`: settle, and print the seconds without the imports."""
    began = time.perf_counter()
    settle(sys.argv[1], sys.argv[2])
    print(json.dumps({"seconds": round(time.perf_counter() - began, 3)}))
