"""Checkpoints: a course is saved on the way, so that a run that was killed goes on where it was.

A folder holds one file `checkpoint.json`, replaced at one stroke, which names all others: the tables of the months
since the checkpoint before (written once and never again), and the arrays of the last one. Nothing is run that is read
from it: arrays and tables only. A checkpoint of another setting or of other code is not used.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from scslab.society.course.course import PIECES, Course, open_course, plan_for, settle_history
from scslab.society.course.provenance import digest_setting
from scslab.society.month.agents import Agents
from scslab.society.setting import Setting

FILE = "checkpoint.json"


@dataclass(frozen=True, slots=True)
class Checkpoints:
    """Where and how often a course is saved.

    Attributes:
        folder: the folder; it is made if it is not there.
        every: after how many months.
        say: is told, in a sentence, what became of an earlier run.
    """

    folder: Path
    every: int = 12
    say: Callable[[str], None] = lambda text: None

    def remove(self) -> None:
        """Takes the folder away; to be called when the results are safe."""
        shutil.rmtree(self.folder, ignore_errors=True)


def save_course(checkpoints: Checkpoints, course: Course) -> None:
    """Save a course as it stands after its last month.

    Raises:
        OSError: the folder cannot be written.
    """
    folder = checkpoints.folder
    folder.mkdir(parents=True, exist_ok=True)
    key = digest_setting(course.setting)
    old = _read_index(folder)
    parts = old["parts"] if old is not None and old["key"] == key else []
    saved = parts[-1]["month"] if parts else 0
    if saved >= course.month:
        parts, saved = [], 0
    files: dict[str, str] = {}
    for name in PIECES:
        table = pl.concat(course.pieces[name][saved:], how="diagonal_relaxed")
        _write(folder, f"{name}-{course.month}.arrow", table, files)
    part = {"month": course.month, "files": files, "heights": _list_heights(course, saved)}
    state: dict[str, str] = {}
    if course.waiting is not None:
        _write(folder, f"waiting-{course.month}.arrow", course.waiting, state)
    for scheme, (standings, entries) in course.earlier.items():
        _write(folder, f"standings-{scheme}-{course.month}.arrow", standings, state)
        _write(folder, f"entries-{scheme}-{course.month}.arrow", entries, state)
    arrays = {name: getattr(course.agents, name) for name in Agents.__dataclass_fields__}
    path = folder / f"agents-{course.month}.npz"
    np.savez(path, **arrays)
    state[path.name] = _digest(path)
    index = {
        "key": key, "month": course.month, "since": course.since, "aware": course.aware,
        "taking_part": course.taking_part, "next_id": course.next_id, "parts": [*parts, part], "state": state,
        "earlier": list(course.earlier), "lines": [{**line, "month": str(line["month"])} for line in course.lines],
    }  # fmt: skip
    partial = folder / f"{FILE}.new"
    with partial.open("w", encoding="utf-8") as stream:
        json.dump(index, stream)
        stream.flush()
        os.fsync(stream.fileno())
    partial.replace(folder / FILE)
    _remove_others(folder, index)


def load_course(checkpoints: Checkpoints, setting: Setting) -> Course | None:
    """The course that is saved, ready to go on; None where there is none that could be used, and `say` is told why."""
    index = _read_index(checkpoints.folder)
    if index is None:
        return None
    if index["key"] != digest_setting(setting):
        checkpoints.say("A checkpoint stands there of another run, or of other code: this run starts at the beginning.")
        return None
    try:
        files = {**index["state"], **{k: v for part in index["parts"] for k, v in part["files"].items()}}
        damaged = [name for name, digest in files.items() if _digest(checkpoints.folder / name) != digest]
    except OSError as error:
        damaged = [str(error)]
    if damaged:
        checkpoints.say(f"The checkpoint is damaged ({damaged[0]}): this run starts at the beginning.")
        return None
    course = open_course(setting)
    _restore(course, index, checkpoints.folder)
    last = course.months[course.month - 1][1]
    checkpoints.say(f"An earlier run was interrupted: this one goes on after {last} ({course.month} months are there).")
    return course


def _restore(course: Course, index: dict[str, Any], folder: Path) -> None:
    course.month, course.since, course.next_id = index["month"], index["since"], index["next_id"]
    course.aware, course.taking_part = index["aware"], index["taking_part"]
    course.lines = [{**line, "month": date.fromisoformat(line["month"])} for line in index["lines"]]
    for part in index["parts"]:
        for name in PIECES:
            table, at = _read(folder, f"{name}-{part['month']}.arrow"), 0
            for height in part["heights"][name]:
                course.pieces[name].append(table.slice(at, height))
                at += height
    if f"waiting-{course.month}.arrow" in index["state"]:
        course.waiting = _read(folder, f"waiting-{course.month}.arrow")
    for scheme in index["earlier"]:
        tables = (_read(folder, f"{name}-{scheme}-{course.month}.arrow") for name in ("standings", "entries"))
        course.earlier[scheme] = next(tables), next(tables)
    with np.load(folder / f"agents-{course.month}.npz", allow_pickle=False) as arrays:
        course.agents = Agents(**{name: arrays[name] for name in Agents.__dataclass_fields__})
    course.now = course.setting.at(course.months[course.month - 1][0])
    course.plan = plan_for(course.now, course.population)
    settle_history(course)


def _list_heights(course: Course, saved: int) -> dict[str, list[int]]:
    return {name: [table.height for table in course.pieces[name][saved:]] for name in PIECES}


def _read_index(folder: Path) -> dict[str, Any] | None:
    try:
        found = json.loads((folder / FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) and "key" in found else None


def _write(folder: Path, name: str, table: pl.DataFrame, files: dict[str, str]) -> None:
    path = folder / name
    table.write_ipc(path, compression="zstd")
    files[name] = _digest(path)


def _read(folder: Path, name: str) -> pl.DataFrame:
    return pl.read_ipc((folder / name).read_bytes())


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _remove_others(folder: Path, index: dict[str, Any]) -> None:
    """Files of earlier checkpoints that the last one does not name."""
    named = {FILE, *index["state"], *(name for part in index["parts"] for name in part["files"])}
    for path in folder.iterdir():
        if path.name not in named:
            path.unlink(missing_ok=True)
