"""The run folder of a simulation."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl

from scslab.society.outcomes import compare_groups, tabulate_barriers
from scslab.society.simulation import Simulated

MARKER = "simulation.json"
"""The file by which a complete simulation is known; it holds the manifest."""


def list_tables(run: Simulated) -> dict[str, pl.DataFrame]:
    """The tables of a simulation by file name, without the suffix.

    `ledger` is the recorded ledger: `scslab settle SCHEME ledger.parquet --as-of LAST` gives `standings` and `entries`.
    """
    return {
        "ledger": run.recorded,
        "true": run.true,
        "causes": run.causes,
        "months": run.months,
        "tiers": run.tiers,
        "standings": run.standings,
        "entries": run.entries,
        "groups": compare_groups(run),
        "barriers": tabulate_barriers(run),
    }


def write_tables(run: Simulated, folder: Path) -> None:
    """Write all tables and the manifest into an existing folder.

    Raises:
        OSError: a file cannot be written.
    """
    for name, table in list_tables(run).items():
        if table.width:
            table.write_parquet(folder / f"{name}.parquet", compression="zstd")
    (folder / MARKER).write_text(json.dumps(run.manifest, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
