"""No peer, but a floor: Polars reads the columns that settling needs, and writes a table as long as the standings.

Nothing is decided, grouped or added up between. Whoever reads and writes with Polars, as scslab does, cannot settle in
less time than this.
"""

from __future__ import annotations

import sys

import polars as pl

COLUMNS = ("event_id", "subject_id", "type", "occurred_on", "recorded_on", "amount", "severity", "hours")
EVENTS_PER_SUBJECT = 10


def copy(parquet: str, out: str) -> None:
    """Read all rows, and write one in ten of them with the columns that the peers write."""
    query = pl.scan_parquet(parquet).select(COLUMNS)
    kept = list[pl.DataFrame]()
    for batch in query.collect_batches(maintain_order=True, engine="streaming"):
        kept.append(batch.head(batch.height // EVENTS_PER_SUBJECT).select("subject_id", score="severity", tier="type"))
    pl.concat(kept).lazy().sink_parquet(out, compression="zstd", engine="streaming")


if __name__ == "__main__":
    copy(*sys.argv[1:3])
