"""The first run on a machine: the largest kernel is compiled by a second process, beside everything else.

Numba compiles one kernel at a time in a process, and the fold alone takes as long as all others together. Later runs
find the machine code in the `cache_folder` and start no process.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from threading import Lock
from typing import Any

from scslab.engine.cache_folder import IS_COMMAND

_PROGRAM = "from scslab.engine.compiling import compile_fold; compile_fold(is_itemised={}, has_story={})"
_running: dict[Path, subprocess.Popen[bytes]] = {}
_lock = Lock()


def start_compiling(*, is_itemised: bool, has_story: bool) -> None:
    """Begin to compile the fold in another process, in a command of scslab on whose machine no run did so before.

    Args:
        is_itemised: whether entries are wanted.
        has_story: whether the scheme has objections or repairs of points.
    """
    if not os.environ.get(IS_COMMAND):
        return
    path = _choose_file(is_itemised=is_itemised, has_story=has_story)
    # `-P`: nothing is imported from the folder that the user happens to be in.
    command = [sys.executable, "-P", "-c", _PROGRAM.format(is_itemised, has_story)]
    quiet = subprocess.DEVNULL
    with _lock:
        if path in _running or path.exists():
            return
        try:
            _running[path] = subprocess.Popen(command, stdin=quiet, stdout=quiet, stderr=quiet)  # noqa: S603  (ours)
        except OSError:
            return  # then the fold is compiled where it is needed


def await_compiling() -> None:
    """Wait until the process that was started has ended, whether or not it could compile."""
    with _lock:
        for process in _running.values():
            process.wait()


def compile_fold(*, is_itemised: bool, has_story: bool) -> None:
    """Compile the fold, by folding nobody, and leave the machine code in the cache folder.

    The arguments are those of `start_compiling`.
    """
    from scslab.engine.kernel_fold import fold

    fold(*build_nothing(is_itemised=is_itemised, has_story=has_story))


def _choose_file(*, is_itemised: bool, has_story: bool) -> Path:
    """Where the machine code of the fold is kept."""
    from scslab.engine.kernel_fold import fold

    kernel: Any = fold
    return kernel.find_file(*build_nothing(is_itemised=is_itemised, has_story=has_story))


def build_nothing(*, is_itemised: bool, has_story: bool) -> tuple[Any, ...]:
    """Arguments of the fold for a scheme without rules and a run of nobody, of the types that all runs have.

    They are made without reading a scheme: importing what that takes would cost as long as a quarter of compiling.
    """
    import numpy as np

    from scslab.engine.layout import Bounds, Caps, Output, Room, Rules, Span
    from scslab.engine.objection.layout import Story

    ints, rows, doubles = np.empty(0, np.int64), np.empty((0, 0), np.int64), np.empty(0, np.float64)
    small, marks, table = np.empty(0, np.int32), np.empty(0, np.bool_), np.empty((0, 0), np.bool_)
    wide, narrow = (ints, small) if is_itemised else (None, None)
    rules = Rules(rows, ints, ints, ints, ints, ints, doubles, ints, 1.0)
    bounds = Bounds(False, 0, 0, ints, ints, ints)
    span = Span(0, 0, 0, False, ints, ints, ints)
    room = Room(rows, ints, rows, ints, ints, ints, ints)
    kinds = np.empty(0, np.uint8)
    out = Output(small, small, small, kinds, ints, small, ints, ints, ints, ints, small, small, small)
    story = Story(ints, rows, False, 0, 0, rows, table, rows, rows, ints, rows, marks, wide, narrow, rows)
    return (
        rules, Caps(rows, ints, ints, table), bounds, span, rows, ints, 0, 0, np.empty(0, np.uint64), small,
        np.empty((0, 0)), None, room, out if is_itemised else None, None, rows, story if has_story else None,
    )  # fmt: skip
