"""Units of work on several processes: results do not depend on how many there are, and nothing outlives Ctrl-C.

Processes are started anew (`python -m … worker`), never forked: the threads of Polars and Numba do not survive a fork.
They do not import the caller's own script either, so that a script needs no `if __name__ == "__main__"`.
"""

from __future__ import annotations

import os
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import Any

from scslab.ground.problems import Problem, ProblemsError
from scslab.society.experiment.worker import find_function, receive, send

Message = tuple[int, str, Any]


def count_workers() -> int:
    """How many processes there are to be unless the user says so: one for each core."""
    return max(1, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)


def map_units(
    function: str,
    units: Sequence[Any],
    *,
    workers: int = 1,
    tell: Callable[[int, float], None] = lambda unit, share: None,
) -> Iterator[tuple[int, Any]]:
    """Call a function for each unit.

    Args:
        function: as `module:name`; it takes the unit and a `tell(step, share)`.
        units: what can be pickled.
        workers: how many processes; 1 works in this one.
        tell: is told the number of a unit and how far it is.

    Yields:
        The number of a unit and what came of it, as they are done.

    Raises:
        ProblemsError: those of the function; a worker that was killed (Y320).
        RuntimeError: an error within a worker, with its traceback.

    Example:
        >>> sorted(map_units("scslab.society.experiment.workers:add_up", [[1, 2], [3]], workers=1))
        [(0, 3), (1, 3)]
    """
    if workers <= 1 or len(units) <= 1:
        for number, unit in enumerate(units):
            yield number, find_function(function)(unit, _tell_of(number, tell))
        return
    yield from _map_processes(function, units, min(workers, len(units)), tell)


def add_up(unit: Sequence[float], tell: Callable[[str, float], None]) -> float:
    """The sum of a unit: for the example, and for tests of the workers themselves."""
    tell("living", 1.0)
    return sum(unit)


def _tell_of(number: int, tell: Callable[[int, float], None]) -> Callable[[str, float], None]:
    return lambda step, share: tell(number, share)


def _map_processes(
    function: str, units: Sequence[Any], workers: int, tell: Callable[[int, float], None]
) -> Iterator[tuple[int, Any]]:
    waiting: queue.SimpleQueue[tuple[int, Any]] = queue.SimpleQueue()
    for item in enumerate(units):
        waiting.put(item)
    answers: queue.SimpleQueue[Message] = queue.SimpleQueue()
    processes = [_start_process(workers) for _ in range(workers)]
    servants = [
        threading.Thread(target=_serve, args=(process, function, waiting, answers), daemon=True)
        for process in processes
    ]
    try:
        for servant in servants:
            servant.start()
        done = 0
        while done < len(units):
            number, kind, content = answers.get()
            if kind == "told":
                tell(number, content)
            elif kind == "done":
                done += 1
                yield number, content
            else:
                _fail(kind, content)
    finally:
        for process in processes:
            process.kill()
        for process, servant in zip(processes, servants, strict=True):
            servant.join()
            _close(process)


def _start_process(workers: int) -> subprocess.Popen[bytes]:
    threads = str(max(1, count_workers() // workers))
    environment = {**os.environ, "POLARS_MAX_THREADS": threads, "NUMBA_NUM_THREADS": threads}
    # A session of its own: Ctrl-C comes to the parent alone, which then ends the workers.
    return subprocess.Popen(
        [sys.executable, "-m", "scslab.society.experiment.worker"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        env=environment, start_new_session=True,
    )  # fmt: skip


def _close(process: subprocess.Popen[bytes]) -> None:
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            # A message that was being written when the process ended goes nowhere.
            with suppress(OSError):
                stream.close()
    process.wait()


def _serve(
    process: subprocess.Popen[bytes], function: str, waiting: queue.SimpleQueue[tuple[int, Any]],
    answers: queue.SimpleQueue[Message],
) -> None:  # fmt: skip
    """Give a process one unit after the other, and pass on what it says."""
    coming, going = process.stdout, process.stdin
    if coming is None or going is None:
        raise AssertionError("workers have pipes")
    while True:
        try:
            number, unit = waiting.get_nowait()
        except queue.Empty:
            return
        try:
            send(going, (function, unit))
            kind = "told"
            while kind == "told":
                kind, content = receive(coming)
                answers.put((number, kind, content))
        except (OSError, EOFError):
            answers.put((number, "died", process.wait()))
            return


def _fail(kind: str, content: Any) -> None:
    if kind == "problems":
        raise ProblemsError(content)
    if kind == "died":
        text = f"a worker process ended in the middle of its work (code {content})"
        hint = "perhaps memory was short: run again with fewer --workers; what is finished is kept"
        raise ProblemsError([Problem("Y320", text, help=hint)])
    raise RuntimeError(f"a worker failed:\n{content}")
