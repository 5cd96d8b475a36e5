"""The run folder of a simulation, and the one of an experiment."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from scslab.engine.runs import write_entries, write_table
from scslab.ground.problems import Place, Problem, ProblemsError
from scslab.scheme.model import Scheme
from scslab.society.outcomes import compare_groups, tabulate_barriers
from scslab.society.simulation import Simulated

MARKER = "simulation.json"
"""The file by which a complete simulation is known; it holds the manifest."""
EXPERIMENT_MARKER = "experiment.json"
"""The same of an experiment."""
SCHEME_FILE = "scheme.yaml"


def list_tables(run: Simulated) -> dict[str, pl.DataFrame]:
    """The tables of a simulation by file name, without the suffix.

    `ledger` is the recorded ledger: settled (`tell_settling`) it gives `standings` and `entries`. Of a scheme that was
    succeeded there are `standings-SCHEME` and `entries-SCHEME`, of the ledger before; of a commercial scheme beside
    `ledger-SCHEME`, `standings-SCHEME`, `users-SCHEME`, and `scores-SCHEME` where the local scheme reads its scores.
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
    tables = {"ledger": found.ledger, "standings": found.standings, "users": found.users}
    tables |= {} if found.published is None else {"scores": found.published}
    return {f"{kind}-{name}": table for kind, table in tables.items()}


def tell_settling(run: Simulated, folder: Path | str = "") -> str:
    """The command that settles the recorded ledger of a run folder to the standings and entries that stand in it.

    Not where the scheme of the end succeeded another: what it carried over is in no ledger.
    """
    at = Path(folder)
    words = ["scslab settle", str(at / SCHEME_FILE), str(at / "ledger.parquet"), f"--as-of {run.manifest['last']}"]
    words += [] if run.subjects is None else [f"--subjects {at / 'subjects.parquet'}"]
    words += [] if run.links is None else [f"--links {at / 'links.parquet'}"]
    if run.beside is not None and run.beside.published is not None:
        name = run.beside.scheme.id
        words.append(f"--scores {name}={at / f'scores-{name}.parquet'}")
    return " ".join(words)


def list_schemes(run: Simulated) -> dict[str, Scheme]:
    """The schemes of a run by file name: that of the end, those that it succeeded, and one beside."""
    every = (run.setting.scheme, *(reform.scheme for reform in run.setting.reforms if reform.scheme is not None))
    found = {SCHEME_FILE: run.scheme}
    found |= {f"scheme-{scheme.id}.yaml": scheme for scheme in every if scheme.id in run.earlier}
    return found | ({} if run.beside is None else {f"scheme-{run.beside.scheme.id}.yaml": run.beside.scheme})


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
        if not table.width or not (only is None or name in only):
            continue
        if name.startswith("entries"):  # byte for byte as `scslab settle` writes them
            write_entries(iter([table]), folder / f"{name}.parquet")
        else:
            write_table(table, folder / f"{name}.parquet")
    for name, scheme in list_schemes(run).items():
        (folder / name).write_text(scheme.text, encoding="utf-8")
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
