"""Whether a ledger fits into memory, at a glance: before anything of it is read."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl

from scslab.ledger.columns import EVENT_ID, SUBJECT_ID
from scslab.ledger.datasets import MAPPING_FILE
from scslab.ledger.formats import HEAD_BYTES, SUFFIXES, Format

BASE = 850_000_000
"""Bytes that the program takes whatever the ledger: libraries, kernels, buffers of readers and writers."""
PER_EVENT = 200
"""Bytes for each event of a ledger that is settled at once, whatever is wrong with its rows; ids are numbers."""
PER_TEXT_EVENT = 400
"""The same where ids are texts."""
EVENTS_PER_ROW = 4
"""How many events a row makes under a mapping, as long as nothing is known."""


def estimate_need(events: Any, *, has_mapping: bool) -> int | None:
    """About how many bytes of memory a ledger needs that is settled at once; None: it cannot be known at a glance.

    Names of datasets, and files that are not there, count as empty: they are small, or told later.
    """
    if isinstance(events, pl.LazyFrame):
        return None
    if isinstance(events, pl.DataFrame):
        return BASE + events.height * _choose_width(events.schema)
    if not isinstance(events, str | Path):
        return BASE + len(events) * PER_TEXT_EVENT
    path = Path(events)
    kind = SUFFIXES.get(path.suffix.lower())
    if kind is None or not path.is_file():
        return BASE
    need = _look_at_parquet(path) if kind is Format.PARQUET else _guess_lines(path) * PER_TEXT_EVENT
    beside = (path.parent / name for name in (MAPPING_FILE, f"{path.stem}.{MAPPING_FILE}"))
    return BASE + need * (EVENTS_PER_ROW if has_mapping or any(name.is_file() for name in beside) else 1)


def _look_at_parquet(path: Path) -> int:
    try:
        frame = pl.scan_parquet(path, glob=False, hive_partitioning=False)
        return int(frame.select(pl.len()).collect().item()) * _choose_width(frame.collect_schema())
    except (pl.exceptions.PolarsError, OSError):
        return 0  # what is wrong with the file is told when it is read


def _choose_width(schema: Mapping[str, pl.DataType]) -> int:
    ids = [schema[name] for name in (EVENT_ID, SUBJECT_ID) if name in schema]
    return PER_EVENT if ids and all(dtype.is_numeric() for dtype in ids) else PER_TEXT_EVENT


def _guess_lines(path: Path) -> int:
    with path.open("rb") as stream:
        head = stream.read(HEAD_BYTES)
    return int(path.stat().st_size / len(head) * (head.count(b"\n") + 1)) if head else 0
