"""Whole processes in turn: wall time, processor time and peak memory as the operating system counts them."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Run:
    """One finished process: seconds of wall and processor time, peak resident memory in bytes, what it printed.

    `work` is the seconds that the process itself reports for its work without imports, where it reports any.
    """

    wall: float
    cpu: float
    peak: int
    output: str

    @property
    def work(self) -> float:
        return float(json.loads(self.output.strip().splitlines()[-1])["seconds"])


@dataclass(frozen=True, slots=True)
class Contestant:
    """Something to measure: `command` makes the command line for a fresh output path.

    `scale`: what to multiply its own seconds of work by, where it runs on a sample; 0: the whole, by wall time.
    """

    name: str
    command: Callable[[Path], list[str]]
    scale: float = 0.0
    environment: Mapping[str, str] = field(default_factory=dict)

    def seconds(self, run: Run) -> float:
        """Its time on the whole ledger."""
        return run.work * self.scale if self.scale else run.wall


def run_once(command: list[str], environment: Mapping[str, str] | None = None) -> Run:
    """Run a command to its end.

    Raises:
        SystemExit: it failed; its output is shown.
    """
    with tempfile.TemporaryFile("w+") as output:
        began = time.perf_counter()
        process = subprocess.Popen(
            command, stdout=output, stderr=subprocess.STDOUT, env={**os.environ, **(environment or {})}
        )
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        text = output.read()
    if process.returncode != 0:
        raise SystemExit(f"{' '.join(command)}\nfailed with status {process.returncode}:\n{text}")
    kilo = 1 if sys.platform == "darwin" else 1024
    return Run(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * kilo, text)


def take_turns(
    contestants: list[Contestant], rounds: int, *, check: Callable[[dict[str, Path]], None] | None = None
) -> dict[str, list[Run]]:
    """Run all contestants once to warm up, then `rounds` times in turn (A B C A B C …); returns the counted runs.

    `check` is given the warm-up's output paths.
    """
    runs: dict[str, list[Run]] = {contestant.name: [] for contestant in contestants}
    with tempfile.TemporaryDirectory() as folder:
        for number in range(rounds + 1):
            outputs = {}
            for contestant in contestants:
                outputs[contestant.name] = out = Path(folder) / f"{contestant.name}-{number}"
                run = run_once(contestant.command(out), contestant.environment)
                print(
                    f"  {'warm-up' if number == 0 else f'round {number}'}: {contestant.name} {run.wall:.2f} s",
                    flush=True,
                )
                if number:
                    runs[contestant.name].append(run)
            if number == 0 and check:
                check(outputs)
            for out in outputs.values():
                subprocess.run(["rm", "-rf", str(out)], check=True)
    return runs


def find_ratio(contestant: Contestant, other: Contestant, runs: dict[str, list[Run]]) -> float:
    """How many times as long `contestant` takes as `other`: the median over the rounds of the ratio in one round."""
    pairs = zip(runs[contestant.name], runs[other.name], strict=True)
    return statistics.median(contestant.seconds(a) / other.seconds(b) for a, b in pairs)
