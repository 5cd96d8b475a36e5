"""The run folder of a simulation, and the one of an experiment."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from scslab.ground.problems import Place, Problem, ProblemsError
from scslab.society.outcomes import compare_groups, tabulate_barriers
from scslab.society.simulation import Simulated

MARKER = "simulation.json"
"""The file by which a complete simulation is known; it holds the manifest."""
EXPERIMENT_MARKER = "experiment.json"
"""The same of an experiment."""
SCHEME_FILE = "scheme.yaml"


def list_tables(run: Simulated) -> dict[str, pl.DataFrame]:
    """The tables of a simulation by file name, without the suffix.

    `ledger` is the recorded ledger: `scslab settle SCHEME ledger.parquet --as-of LAST` gives `standings` and `entries`.
    Under a scheme that was succeeded the same holds of the ledger before, and of `standings-SCHEME` and
    `entries-SCHEME`; of a commercial scheme beside there are `ledger-SCHEME`, `standings-SCHEME` and `users-SCHEME`.
    """
    earlier = {
        f"{name}-{scheme}": table
        for scheme, tables in run.earlier.items()
        for name, table in zip(("standings", "entries"), tables, strict=True)
    }
    return {
        "ledger": run.recorded,
        "true": run.true,
        "causes": run.causes,
        "months": run.months,
        "tiers": run.tiers,
        "moves": run.moves,
        **({"days": run.days} if run.days.height else {}),
        "standings": run.standings,
        "entries": run.entries,
        "groups": compare_groups(run),
        "barriers": tabulate_barriers(run),
        **earlier,
        **({} if run.subjects is None else {"subjects": run.subjects}),
        **({} if run.links is None else {"links": run.links}),
        **_list_beside(run),
    }


def _list_beside(run: Simulated) -> dict[str, pl.DataFrame]:
    if run.beside is None:
        return {}
    name, found = run.beside.scheme.id, run.beside
    return {f"ledger-{name}": found.ledger, f"standings-{name}": found.standings, f"users-{name}": found.users}


def write_tables(run: Simulated, folder: Path, *, only: Collection[str] | None = None) -> None:
    """Write all tables, the scheme's file and the manifest into an existing folder.

    Args:
        run: the simulation.
        folder: where.
        only: the names of the tables that are wanted; None: all.

    Raises:
        OSError: a file cannot be written.
    """
    for name, table in list_tables(run).items():
        if table.width and (only is None or name in only):
            table.write_parquet(folder / f"{name}.parquet", compression="zstd")
    (folder / SCHEME_FILE).write_text(run.setting.scheme.text, encoding="utf-8")
    write_manifest(run.manifest, folder / MARKER)


def write_manifest(manifest: dict[str, Any], path: Path) -> None:
    """Write a manifest as JSON."""
    path.write_text(json.dumps(manifest, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


@dataclass(frozen=True, slots=True)
class SocietyFolder:
    """The folder of a simulation or of an experiment, opened: its tables are read as they are asked for.

    Attributes:
        manifest: what `simulation.json` or `experiment.json` says.
        is_experiment: which of the two it is.
    """

    folder: Path
    manifest: dict[str, Any]
    is_experiment: bool

    def list(self) -> tuple[str, ...]:
        """The names of the tables."""
        return tuple(sorted(path.stem for path in self.folder.glob("*.parquet")))

    def read(self, table: str) -> pl.DataFrame:
        """A table by name."""
        return pl.read_parquet(self.folder / f"{table}.parquet")

    def scan(self, table: str) -> pl.LazyFrame:
        """A table by name, read as far as it is asked for."""
        return pl.scan_parquet(self.folder / f"{table}.parquet")

    def open_scenario(self, name: str) -> SocietyFolder:
        """What an experiment keeps of a scenario's first replicate.

        Raises:
            ProblemsError: nothing is kept of it (Y330).
        """
        return open_society(self.folder / "scenarios" / name)


def open_society(folder: str | Path) -> SocietyFolder:
    """Open what `scslab simulate` wrote.

    Raises:
        ProblemsError: the folder is no complete run of it (Y330).
    """
    folder = Path(folder)
    for marker in (MARKER, EXPERIMENT_MARKER):
        try:
            manifest = json.loads((folder / marker).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            continue
        return SocietyFolder(folder, manifest, marker == EXPERIMENT_MARKER)
    text = f"neither {MARKER} nor {EXPERIMENT_MARKER} stands there"
    raise ProblemsError([Problem("Y330", text, Place(str(folder)), "open what `scslab simulate` wrote")])
