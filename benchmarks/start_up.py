"""Claims: the first run compiles in under 5 seconds; later commands start in under 1 second."""

from __future__ import annotations

import statistics
import tempfile
from pathlib import Path

from bench import SCHEME, Bench, Claim, scslab_command, settle_with_scslab
from measure import Contestant, run_once, take_turns

COMPILED = {"PYTHONDONTWRITEBYTECODE": ""}
"""Python keeps its byte code, as it does where nobody forbids it; an installed program has it from the start."""
TINY = 1_000
"""Events: settling them takes no time worth mentioning."""


def measure(bench: Bench) -> None:
    ledger = bench.ledger(TINY)
    plain = {
        "scslab --help": ["--help"],
        "scslab catalogue": ["catalogue"],
        "scslab check scheme.yaml": ["check", str(SCHEME)],
    }
    starts = [
        Contestant(name, lambda _, words=words: [scslab_command(), *words], environment=COMPILED)
        for name, words in plain.items()
    ]
    tiny = settle_with_scslab(ledger)
    settle = Contestant(f"scslab settle, {TINY:,} events, compiled before", tiny.command, environment=COMPILED)
    runs = take_turns([*starts, settle], bench.rounds)
    for contestant in (*starts, settle):
        bench.add(contestant, runs[contestant.name])
    slowest = max(statistics.median(run.wall for run in runs[c.name]) for c in (*starts, settle))

    first = []
    for number in range(bench.rounds):
        with tempfile.TemporaryDirectory() as cache, tempfile.TemporaryDirectory() as out:
            run = run_once(tiny.command(Path(out) / "run"), COMPILED | {"NUMBA_CACHE_DIR": cache})
            print(f"  round {number + 1}: first run {run.wall:.2f} s", flush=True)
            first.append(run)
    settle_again = statistics.median(run.wall for run in runs[settle.name])
    name = f"scslab settle, {TINY:,} events, first run ever"
    bench.add(Contestant(name, tiny.command), first)
    compiling = statistics.median(run.wall for run in first) - settle_again
    bench.claims += [
        Claim("to compile, at the first run", compiling, 5, False, "s"),
        Claim("to start, later (the slowest of the commands)", slowest, 1, False, "s"),
    ]
