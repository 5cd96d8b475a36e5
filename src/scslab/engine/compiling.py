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

_PROGRAM = "from scslab.engine.compiling import compile_fold; compile_fold(is_itemised={}, has_story={})"
_running: list[subprocess.Popen[bytes]] = []
_lock = Lock()


def start_compiling(*, is_itemised: bool, has_story: bool) -> None:
    """Begin to compile the fold in another process, in a command of scslab on whose machine no run did so before."""
    from scslab.engine.cache_folder import IS_COMMAND

    folder = Path(os.environ["NUMBA_CACHE_DIR"])  # is set by `cache_folder`
    if not os.environ.get(IS_COMMAND) or any(folder.glob("kernel_fold.fold-*.kernel")):
        return
    # `-P`: nothing is imported from the folder that the user happens to be in.
    command = [sys.executable, "-P", "-c", _PROGRAM.format(is_itemised, has_story)]
    quiet = subprocess.DEVNULL
    try:
        _running.append(subprocess.Popen(command, stdin=quiet, stdout=quiet, stderr=quiet))  # noqa: S603  (ours)
    except OSError:
        return  # then the fold is compiled where it is needed


def await_compiling() -> None:
    """Wait until the process that was started has ended, whether or not it could compile."""
    with _lock:
        while _running:
            _running.pop().wait()


def compile_fold(*, is_itemised: bool, has_story: bool) -> None:
    """Compile the fold, by folding nobody, and leave the machine code in the cache folder.

    Args:
        is_itemised: whether entries are wanted.
        has_story: whether the scheme has objections or repairs of points.
    """
    import numpy as np

    from scslab.engine.compile import compile_scheme
    from scslab.engine.fold_tables import (
        allocate_output,
        allocate_room,
        build_bounds,
        build_caps,
        build_rules,
        build_span,
        start_subjects,
    )
    from scslab.engine.kernel_fold import fold
    from scslab.engine.layout import STATS_WIDTH
    from scslab.engine.objection.acts import Acts
    from scslab.engine.objection.story import build_plot
    from scslab.engine.window import Window
    from scslab.scheme.reader import EXAMPLE, read_scheme

    compiled = compile_scheme(read_scheme(EXAMPLE))
    rules, caps = build_rules(compiled, is_kept=False), build_caps(compiled)
    order = np.empty(0, np.int64)
    plot = build_plot(compiled, Acts(), order, 0, order)
    rows = np.empty(0, np.int32)
    fold(
        rules, caps, build_bounds(compiled), build_span(compiled, Window(-1, 0, 0)), start_subjects(compiled, 0),
        order, 0, 0, np.empty(0, np.uint64), rows, np.empty((0, 0), np.float64), None,
        allocate_room(compiled, rules, caps.table.shape[0], 1), allocate_output(0) if is_itemised else None, None,
        np.zeros((rules.table.shape[0], STATS_WIDTH), np.int64),
        plot.open(1, 0, 0, is_itemised=is_itemised) if has_story else None,
    )  # fmt: skip
