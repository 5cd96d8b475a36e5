"""Run folders: the tables of a settlement on disk, written beside the good name and renamed when complete."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
from polars.io.plugins import register_io_source

from scslab.engine.settlement import Counts, Settlement
from scslab.engine.statement import Statement, build_statement
from scslab.ground.problems import Place, Problem, ProblemsError, Severity
from scslab.scheme.model import Scheme
from scslab.scheme.reader import read_scheme

RUN_FILE = "run.json"
SCHEME_FILE = "scheme.yaml"
TABLES = ("standings", "entries", "unposted", "measures", "memberships")
"""The tables of a run, each one Parquet file; `problems.csv` holds the rows that were set aside."""
OPTIONAL_TABLES = ("objections", "publications", "contributions")
"""The tables that only some schemes have: those with objection, and indices."""
PARTIAL = ".partial"


@contextmanager
def open_run_folder(
    folder: Path, *, is_replacing: bool, tell: Callable[[str], None], marker: str = RUN_FILE
) -> Generator[Path]:
    """A temporary folder beside `folder`, renamed to it when the block ends well and removed when it does not.

    Args:
        folder: where the run shall stand.
        is_replacing: whether a complete run of that name may be replaced. Nothing else is ever replaced.
        tell: is told what became of an earlier, interrupted run.
        marker: the file by which a complete run is known.

    Raises:
        ProblemsError: the name is taken by a run (R030) or by something else (R031).
    """
    folder = folder.absolute()
    if folder.exists():
        is_empty = folder.is_dir() and not any(folder.iterdir())
        if not is_empty and not (folder / marker).is_file():
            text = "something that is not a scslab run stands here: it is left alone"
            raise ProblemsError([Problem("R031", text, Place(str(folder)), "choose another --out")])
        if not is_empty and not is_replacing:
            text = "a complete run stands here already"
            raise ProblemsError([Problem("R030", text, Place(str(folder)), "add --replace, or choose another --out")])
    folder.parent.mkdir(parents=True, exist_ok=True)
    for stale in folder.parent.glob(f".{folder.name}.*{PARTIAL}"):
        if not _is_running(stale):
            shutil.rmtree(stale, ignore_errors=True)
            tell(f"An earlier run was interrupted: unfinished {stale.name} is removed, this run starts clean.")
    partial = folder.parent / f".{folder.name}.{os.getpid()}{PARTIAL}"
    try:
        partial.mkdir()  # within: a kill may come right behind it
        yield partial
        _swap(partial, folder)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise


def _is_running(partial: Path) -> bool:
    """Whether the process that named the folder still runs."""
    number = partial.name.removesuffix(PARTIAL).rpartition(".")[2]
    if not number.isdigit() or int(number) == os.getpid():
        return False
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _swap(partial: Path, folder: Path) -> None:
    """Rename into place; an old run is moved away first and removed last, so that one complete run always exists."""
    old = folder.parent / f"{partial.name}.old"
    if folder.exists():
        folder.rename(old)
    partial.rename(folder)
    shutil.rmtree(old, ignore_errors=True)


def write_entries(pieces: Iterator[pl.DataFrame], path: Path) -> int:
    """Write entries to Parquet as they come, in bounded memory; returns how many."""
    first = next(pieces, None)
    if first is None:
        return 0
    written = 0

    def give(
        columns: list[str] | None, predicate: pl.Expr | None, rows: int | None, size: int | None
    ) -> Iterator[pl.DataFrame]:
        nonlocal written
        piece: pl.DataFrame | None = first
        while piece is not None:
            written += piece.height
            if piece.height:
                yield piece
            piece = next(pieces, None)

    source = register_io_source(give, schema=first.schema)
    source.sink_parquet(path, compression="zstd", compression_level=1, statistics=True, maintain_order=True)
    return written


def write_table(table: pl.DataFrame, path: Path) -> None:
    """Write a table to Parquet."""
    table.write_parquet(path, compression="zstd", compression_level=1, statistics=True)


def write_run(settlement: Settlement, folder: Path, *, is_replacing: bool = False) -> None:
    """Write a settlement as a run folder (without the report).

    Raises:
        ProblemsError: the name is taken (R030, R031).
    """
    with open_run_folder(folder, is_replacing=is_replacing, tell=lambda _: None) as partial:
        write_table(settlement.entries, partial / "entries.parquet")
        write_rest(settlement, partial)


def write_rest(settlement: Settlement, partial: Path) -> None:
    """Write everything but the entries into an open run folder."""
    for name in ("standings", "unposted", "memberships", "measures"):
        write_table(getattr(settlement, name), partial / f"{name}.parquet")
    for name in OPTIONAL_TABLES:
        table = getattr(settlement, name)
        if table is not None:
            write_table(table, partial / f"{name}.parquet")
    settlement.set_aside.write_csv(partial / "problems.csv")
    write_description(settlement, partial)


def write_description(settlement: Settlement, partial: Path) -> None:
    """Write `run.json` and the scheme as it was into an open run folder."""
    (partial / SCHEME_FILE).write_text(settlement.provenance.get("scheme_text", ""), encoding="utf-8")
    (partial / RUN_FILE).write_text(_describe(settlement), encoding="utf-8")


def _describe(settlement: Settlement) -> str:
    content = {
        "scheme": settlement.scheme.id,
        "as_of": str(settlement.as_of),
        "known_at": str(settlement.known_at) if settlement.known_at else None,
        "published_on": str(settlement.published_on) if settlement.published_on else None,
        "counts": asdict(settlement.counts),
        "notes": [asdict(note) for note in settlement.notes],
        **{key: value for key, value in settlement.provenance.items() if key != "scheme_text"},
    }
    return json.dumps(content, indent=2, ensure_ascii=False, default=str) + "\n"


@dataclass(frozen=True, slots=True)
class Run:
    """A run folder, opened: its tables are read only as far as they are asked for.

    Attributes:
        scheme: the scheme as it was at the time of the run.
        description: the content of `run.json`.
    """

    folder: Path
    scheme: Scheme
    description: dict[str, Any]

    def scan(self, table: str) -> pl.LazyFrame:
        """A table of the run: `standings`, `entries`, `unposted`, `measures`, or one of `OPTIONAL_TABLES` it has."""
        return pl.scan_parquet(self.folder / f"{table}.parquet")

    def has(self, table: str) -> bool:
        """Whether the run has a table."""
        return (self.folder / f"{table}.parquet").is_file()

    def statement(self, subject_id: str | int) -> Statement:
        """The itemised statement of one subject.

        Raises:
            ProblemsError: no subject has this id (R020).
        """
        as_of = date.fromisoformat(self.description["as_of"])
        tables = [self.scan(name) for name in ("standings", "entries", "unposted", "measures")]
        of_index = [self.scan(name) if self.has(name) else None for name in ("publications", "contributions")]
        listed = self.scan("memberships") if self.has("memberships") else None
        objected = self.scan("objections") if self.has("objections") else None
        return build_statement(
            self.scheme, as_of, subject_id, *tables, *of_index, memberships=listed, objections=objected
        )


def open_run(folder: Path) -> Run:
    """Open a run folder.

    Raises:
        ProblemsError: the folder is not a complete run (R032, R033), or its copy of the scheme does not read.
    """
    needed = [RUN_FILE, SCHEME_FILE, "standings.parquet", "problems.csv"]
    missing = [name for name in needed if not (folder / name).is_file()]
    if missing:
        help_line = "a run folder is what `scslab settle … --out FOLDER` writes"
        text = f"not a run folder: {', '.join(missing)} missing"
        raise ProblemsError([Problem("R032", text, Place(str(folder)), help_line)])
    if not (folder / "entries.parquet").is_file():
        text = "the run was written with --standings-only and has no entries to explain"
        raise ProblemsError([Problem("R033", text, Place(str(folder)), "settle again without --standings-only")])
    return read_run(folder)


def read_run(folder: Path) -> Run:
    """A run folder that is known to be complete; it may have no entries (`--standings-only`)."""
    description = json.loads((folder / RUN_FILE).read_text(encoding="utf-8"))
    return Run(folder, read_scheme(folder / SCHEME_FILE), description)


def read_counts(description: dict[str, Any]) -> Counts:
    """The counts of a run."""
    return Counts(**description["counts"])


def read_notes(description: dict[str, Any]) -> tuple[Problem, ...]:
    """The notes of a run."""
    return tuple(
        Problem(n["code"], n["message"], Place(**n["place"]), n["help"], Severity(n["severity"]))
        for n in description["notes"]
    )
