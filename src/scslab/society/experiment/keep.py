"""Finished parts of an experiment, kept on disk until the whole is there."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from scslab.society.course.provenance import digest_frame


@dataclass(frozen=True, slots=True)
class Kept:
    """What came of a unit: rows of `Effects.outcomes` and of `Effects.runs`."""

    outcomes: pl.DataFrame
    runs: list[dict[str, Any]]


def write_kept(folder: Path, key: str, kept: Kept) -> None:
    """Keep a unit; it counts from the moment when its `.json` stands there."""
    folder.mkdir(parents=True, exist_ok=True)
    kept.outcomes.write_parquet(folder / f"{key}.parquet")
    partial = folder / f"{key}.new"
    partial.write_text(json.dumps({"digest": digest_frame(kept.outcomes), "runs": kept.runs}), encoding="utf-8")
    partial.replace(folder / f"{key}.json")


def read_kept(folder: Path, key: str) -> Kept | None:
    """A unit that was kept; None where it is not there, or not whole."""
    try:
        told = json.loads((folder / f"{key}.json").read_text(encoding="utf-8"))
        outcomes = pl.read_parquet(folder / f"{key}.parquet")
    except (OSError, ValueError, pl.exceptions.PolarsError):
        return None
    return Kept(outcomes, told["runs"]) if digest_frame(outcomes) == told["digest"] else None
