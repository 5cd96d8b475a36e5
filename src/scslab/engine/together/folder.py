"""Runs of several schemes on disk: a run folder for each, and `together.json` beside them."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from scslab.engine.runs import open_run_folder, write_rest, write_table
from scslab.engine.settlement import Settlement
from scslab.engine.together.reads import Read
from scslab.engine.together.settle import Together

TOGETHER_FILE = "together.json"
"""What says that a folder holds runs of several schemes."""
LINKS_FILE = "links.json"
"""What came of the links in the run of a single scheme."""
LINK_PROBLEMS = "links-problems.csv"
"""The rows of the table of links that were left out; beside `problems.csv`, which is of the ledger."""


def write_together(
    together: Together,
    folder: Path | str,
    *,
    is_replacing: bool = False,
    tell: Callable[[str], None] = lambda _: None,
    finish: Callable[[Settlement, Path], None] = lambda _s, _p: None,
) -> None:
    """Write a run folder for each scheme into one folder, and `together.json`.

    Args:
        together: what was settled.
        folder: the folder; it appears when all is complete.
        is_replacing: whether a complete folder of that name may be replaced.
        tell: is told what became of an earlier, interrupted run.
        finish: is called with each settlement and its run folder, for instance to write a report.

    Raises:
        ProblemsError: the name is taken (R030, R031).
    """
    with open_run_folder(Path(folder), is_replacing=is_replacing, tell=tell, marker=TOGETHER_FILE) as partial:
        for name, settlement in together.settlements.items():
            (partial / name).mkdir()
            _write(settlement, partial / name, finish)
        together.set_aside.write_csv(partial / "problems.csv")
        if together.links.set_aside.height:
            together.links.set_aside.write_csv(partial / LINK_PROBLEMS)
        content = json.dumps(describe_together(together), indent=2, ensure_ascii=False, default=str)
        (partial / TOGETHER_FILE).write_text(content + "\n", encoding="utf-8")


def write_only(
    together: Together,
    folder: Path | str,
    *,
    is_replacing: bool = False,
    tell: Callable[[str], None] = lambda _: None,
    finish: Callable[[Settlement, Path], None] = lambda _s, _p: None,
) -> None:
    """Write the run of a single scheme, such as one along whose links events spread; as `write_together` else."""
    (settlement,) = together.settlements.values()
    with open_run_folder(Path(folder), is_replacing=is_replacing, tell=tell) as partial:
        _write(settlement, partial, finish)
        if together.links.set_aside.height:
            together.links.set_aside.write_csv(partial / LINK_PROBLEMS)
        content = json.dumps(describe_together(together), indent=2, ensure_ascii=False, default=str)
        (partial / LINKS_FILE).write_text(content + "\n", encoding="utf-8")


def _write(settlement: Settlement, run: Path, finish: Callable[[Settlement, Path], None]) -> None:
    write_table(settlement.entries, run / "entries.parquet")
    write_rest(settlement, run)
    finish(settlement, run)


def describe_together(together: Together) -> dict[str, Any]:
    """What `together.json` holds: order, what is read, where rows went, what spread."""
    return {
        "schemes": list(together.settlements),
        "given": list(together.schemes.given),
        "as_of": str(together.as_of),
        "known_at": str(together.known_at) if together.known_at else None,
        "rows": {"in": together.rows_in, "used": together.rows_used, "set_aside": together.rows_set_aside},
        "is_read_once": together.is_read_once,
        "reads": [describe_read(read) for read in together.schemes.reads],
        "left_to_successors": together.left,
        "links": {"rows": together.links.rows_in, "used": together.links.frame.height},
        "spread": {name: asdict(count) for name, count in together.spread.items()},
        "runs": {name: describe_run(settlement) for name, settlement in together.settlements.items()},
        "notes": [str(note) for note in together.notes],
    }


def describe_read(read: Read) -> dict[str, Any]:
    """One thing that a scheme reads, in words of scheme files."""
    return {
        "reader": read.reader,
        "reads": read.what,
        "in": f"{read.part} {read.item}",
        "delay": str(read.delay) if read.delay else None,
    }


def describe_run(settlement: Settlement) -> dict[str, Any]:
    """One scheme of several in short: its date, its subjects, and where its rows and events went."""
    tiers = settlement.standings.group_by("tier").len().sort("tier").to_dicts()
    return {
        "as_of": str(settlement.as_of),
        "subjects": settlement.standings.height,
        "tiers": {str(row["tier"]): row["len"] for row in tiers},
        "counts": asdict(settlement.counts),
    }
