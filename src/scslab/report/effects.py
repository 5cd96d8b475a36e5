"""What moved the scores: points by rule and by source of the events, and what caps and bounds cut."""

from __future__ import annotations

import polars as pl

from scslab.engine.settlement import Settlement


def sum_by_rule(settlement: Settlement) -> pl.DataFrame:
    """Points by rule, the rule that moved most first.

    Returns:
        One row a rule, zeros where it never acted: `rule, entries, subjects, gained, lost, lapsed, moved`.
        `gained` and `lost` (≤ 0) are effective points of entries for events, `lapsed` the sum of the lapses that took
        them back or gave them back, `moved` = gained − lost.
    """
    rules = pl.DataFrame({"rule": [rule.id for rule in settlement.scheme.rules]}, schema={"rule": pl.String})
    return _sum_by(settlement, "rule", rules)


def sum_by_source(settlement: Settlement) -> pl.DataFrame | None:
    """Points by the source that the ledger names for the event; None where the ledger names none.

    Returns:
        Columns as in `sum_by_rule`, with `source` (null: not named) in the place of `rule`.
    """
    if "source" not in settlement.entries.columns or not settlement.entries["source"].is_not_null().any():
        return None
    return _sum_by(settlement, "source", None)


def _sum_by(settlement: Settlement, key: str, wanted: pl.DataFrame | None) -> pl.DataFrame:
    entries = settlement.entries
    effective = pl.col("effective")
    is_event = pl.col("kind") == "event"
    # Entries are sorted by subject, also inside a group: where the run number changes, a new subject begins.
    acted = pl.col("subject").filter(is_event)
    sums = (
        entries.lazy()
        .with_columns(subject=pl.lit(entries["subject_id"].rle_id()))
        .filter(pl.col("kind").is_in(["event", "lapse"]))
        .group_by(pl.col(key).cast(pl.String))
        .agg(
            entries=is_event.sum().cast(pl.Int64),
            subjects=((acted.diff() != 0).sum() + (acted.len() > 0)).cast(pl.Int64),
            gained=effective.filter(is_event & (effective > 0)).sum(),
            lost=effective.filter(is_event & (effective < 0)).sum(),
            lapsed=effective.filter(~is_event).sum(),
        )
        .collect()
    )
    if wanted is not None:
        sums = wanted.join(sums, on=key, how="left", maintain_order="left").with_columns(pl.exclude(key).fill_null(0))
    return sums.with_columns(moved=pl.col("gained") - pl.col("lost")).sort(
        ["moved", "entries", key], descending=[True, True, False], maintain_order=True
    )


def sum_cuts(settlement: Settlement) -> pl.DataFrame:
    """Where a cap or a bound made entries smaller, the largest cut first.

    Returns:
        One row a rule and limit: `rule, limit, is_bound, entries, to_nothing, points`. `limit` is `rule` (the rule's
        own cap), the id of a group cap, `floor` or `ceiling`; `is_bound` tells the last two from group caps of the same
        name. `points` (> 0) were withheld: |nominal − granted| by caps, |granted − effective| by bounds. Bounds count
        lapses too, under the rule whose entry lapsed. `to_nothing` counts entries left with no points at all.
    """
    texts = pl.col("rule", "kind", "capped_by").cast(pl.String)
    changed = settlement.entries.lazy().select(texts, "nominal", "granted", "effective")
    caps = changed.filter(pl.col("capped_by").is_not_null()).select(
        "rule",
        limit=pl.col("capped_by"),
        is_bound=pl.lit(False),
        points=(pl.col("nominal") - pl.col("granted")).abs(),
        is_nothing=pl.col("granted") == 0,
    )
    bounds = changed.filter(
        pl.col("kind").is_in(["event", "lapse"]) & (pl.col("granted") != pl.col("effective"))
    ).select(
        "rule",
        limit=pl.when(pl.col("effective") > pl.col("granted")).then(pl.lit("floor")).otherwise(pl.lit("ceiling")),
        is_bound=pl.lit(True),
        points=(pl.col("granted") - pl.col("effective")).abs(),
        is_nothing=pl.col("effective") == 0,
    )
    return (
        pl.concat([caps, bounds], how="vertical")
        .group_by("rule", "limit", "is_bound")
        .agg(
            entries=pl.len().cast(pl.Int64),
            to_nothing=pl.col("is_nothing").sum().cast(pl.Int64),
            points=pl.col("points").sum(),
        )
        .sort(["points", "rule", "limit", "is_bound"], descending=[True, False, False, False])
        .collect()
    )


def count_cuts(settlement: Settlement) -> tuple[int, int]:
    """Entries that a cap or a bound made smaller, and those of them left with no points; each entry counts once."""
    is_cut = pl.col("capped_by").is_not_null() | (
        pl.col("kind").is_in(["event", "lapse"]) & (pl.col("granted") != pl.col("effective"))
    )
    is_nothing = is_cut & (pl.col("effective") == 0)
    counted = settlement.entries.lazy().select(cut=is_cut.sum(), nothing=is_nothing.sum()).collect().row(0)
    return int(counted[0]), int(counted[1])
