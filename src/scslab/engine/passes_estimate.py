"""Whether a ledger fits into memory, at a glance: before anything of it is read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl

from scslab.ledger.datasets import MAPPING_FILE
from scslab.ledger.formats import HEAD_BYTES, SUFFIXES, Format

BASE = 750_000_000
"""Bytes that the program takes whatever the ledger: libraries, kernels, buffers of readers and writers."""
PER_EVENT_AT_ONCE = 400
"""Bytes for each event of a ledger that is settled at once, in the worst case."""
EVENTS_PER_ROW = 4
"""How many events a row makes under a mapping, as long as nothing is known."""


def estimate_events(events: Any, *, has_mapping: bool) -> int | None:
    """About how many events a ledger has, at a glance; None: it cannot be known before it is read.

    Names of datasets, and files that are not there, count as empty: they are small, or told later.
    """
    if isinstance(events, pl.LazyFrame):
        return None
    if not isinstance(events, str | Path):
        rows = len(events)
    else:
        path = Path(events)
        kind = SUFFIXES.get(path.suffix.lower())
        if kind is None or not path.is_file():
            return 0
        rows = _count_parquet(path) if kind is Format.PARQUET else _guess_lines(path)
        has_mapping |= any((path.parent / name).is_file() for name in (MAPPING_FILE, f"{path.stem}.{MAPPING_FILE}"))
    return rows * EVENTS_PER_ROW if has_mapping else rows


def _count_parquet(path: Path) -> int:
    try:
        return int(pl.scan_parquet(path, glob=False, hive_partitioning=False).select(pl.len()).collect().item())
    except (pl.exceptions.PolarsError, OSError):
        return 0  # what is wrong with the file is told when it is read


def _guess_lines(path: Path) -> int:
    with path.open("rb") as stream:
        head = stream.read(HEAD_BYTES)
    return int(path.stat().st_size / len(head) * (head.count(b"\n") + 1)) if head else 0


def fits_at_once(n_events: int | None, memory: int) -> bool:
    """Whether a ledger can be settled at once within a budget in bytes, whatever is wrong with its rows."""
    return n_events is not None and BASE + n_events * PER_EVENT_AT_ONCE <= memory
