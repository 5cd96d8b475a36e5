"""Peer: Polars streaming without the bounds, and so without order: score = start + what still counts.

Leaves out: floor and ceiling, and with them everything that depends on the order of events, as duckdb_totals.py does.
"""

from __future__ import annotations

from polars_frames import find_acting, pl, read_scheme, run, valid_on, write_standings
from rules import AS_OF


def settle(parquet: str, out: str) -> None:
    scheme = read_scheme()
    caps = {rule.number: rule.cap for rule in scheme.rules if rule.cap is not None}
    acting = find_acting(scheme, parquet)
    is_lapsing, day = valid_on(scheme)
    is_capped = pl.col("rule").is_in(list(caps))
    free = acting.filter(~is_capped, ~is_lapsing | (day > AS_OF))
    cap = pl.col("rule").replace_strict(caps, return_dtype=pl.Int32)
    capped = (
        acting.filter(is_capped)
        .group_by("subject_id", "rule", pl.col("recorded_on").dt.year())
        .agg(pl.col("points").sum())
        .select("subject_id", points=pl.min_horizontal("points", cap))
    )
    totals = pl.concat([free.select("subject_id", "points"), capped]).group_by("subject_id")
    scored = totals.agg(score=scheme.start + pl.col("points").sum())
    write_standings(scheme, scored, parquet, out)


if __name__ == "__main__":
    run(settle)
