"""Peer: Polars alone, bounded: neighbouring steps are composed pair by pair until one a subject is left.

A step is a clamp-shift x -> min(high, max(low, x + shift)); two of them make one. Halving needs far less work than the
doubling that would give every entry's score, and the standings need no more.

Leaves out: a lapse takes back what was granted, not what the bounds let through (that is known only in
order). README.md says how many scores that changes.
"""

from __future__ import annotations

from polars_frames import LAPSE, Scheme, find_steps, pl, read_scheme, run, write_standings


def cut_by_caps(scheme: Scheme, steps: pl.DataFrame) -> pl.LazyFrame:
    """Points cut by the yearly caps: min(running total, cap) less the same one entry before.

    A capped rule's running total in a subject and year is its running total over the whole table, less what that was at
    the start of the subject and year. All points of a capped rule have one sign.
    """
    # A lapse has no year: it takes the year of the entry before it, so that it does not cut a year in two.
    year = pl.col("year").forward_fill()
    is_new = ((pl.col("subject_id") != pl.col("subject_id").shift(1)) | (year != year.shift(1))).fill_null(True)
    granted = pl.col("points")
    for rule in scheme.rules:
        if rule.cap is None:
            continue
        is_rule = pl.col("rule") == rule.number
        points = pl.when(is_rule).then(pl.col("points").cast(pl.Int64)).otherwise(0)
        running = points.cum_sum()
        total = running - pl.when("is_new").then(running - points).otherwise(None).forward_fill()
        cut = pl.min_horizontal(total, rule.cap) - pl.min_horizontal(total - points, rule.cap)
        granted = pl.when(is_rule).then(cut.cast(pl.Int32)).otherwise(granted)
    return steps.lazy().with_columns(is_new=is_new).select("subject_id", "kind", points=granted)


def settle(parquet: str, out: str) -> None:
    scheme = read_scheme()
    frame = cut_by_caps(scheme, find_steps(scheme, parquet)).collect(engine="streaming")
    subject = pl.col("subject_id")
    frame = frame.lazy().select(
        subject,
        shift=pl.when(pl.col("kind") == LAPSE).then(-pl.col("points")).otherwise("points"),
        low=pl.lit(scheme.floor, dtype=pl.Int32),
        high=pl.lit(scheme.ceiling, dtype=pl.Int32),
        nth=pl.int_range(pl.len(), dtype=pl.Int32),
    )
    # nth counts from 0 inside a subject: the row number less the row number at its start.
    is_first = (subject != subject.shift(1)).fill_null(True)
    nth = pl.col("nth") - pl.when(is_first).then(pl.col("nth")).otherwise(None).forward_fill()
    frame = frame.with_columns(nth=nth).collect()
    is_mate = (subject == subject.shift(-1)).fill_null(False)
    later = {name: pl.col(name).shift(-1) for name in ("shift", "low", "high")}
    while frame["nth"].max() > 0:
        # x -> clamp(clamp(x + a, low, high) + b, low', high'): both bounds move by b and are clamped.
        frame = (
            frame.lazy()
            .with_columns(
                shift=pl.when(is_mate).then(pl.col("shift") + later["shift"]).otherwise("shift"),
                low=pl.when(is_mate)
                .then((pl.col("low") + later["shift"]).clip(later["low"], later["high"]))
                .otherwise("low"),
                high=pl.when(is_mate)
                .then((pl.col("high") + later["shift"]).clip(later["low"], later["high"]))
                .otherwise("high"),
            )
            .filter(pl.col("nth") % 2 == 0)
            .with_columns(nth=pl.col("nth") // 2)
            .collect()
        )
    score = (scheme.start + pl.col("shift")).clip(pl.col("low"), pl.col("high"))
    write_standings(scheme, frame.lazy().select("subject_id", score=score), parquet, out)


if __name__ == "__main__":
    run(settle)
