"""Claim: the fold itself is within 1.5 times of a C loop written by hand, on the same arrays.

    python benchmarks/fold.py LEDGER [--rounds N]

Reads the ledger once, classifies and groups it with the engine, then times two things in turn, on one core: the
engine's fold without entries, and fold_c.c, compiled here with `cc -O3 -march=native`. Both read the same words, in
the same order; scores, numbers of entries and counts by rule must be equal. Prints one line of JSON.
"""

from __future__ import annotations

import argparse
import ctypes
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import polars as pl
from bench import Bench, Claim, Line
from measure import run_once
from rules import AS_OF, SCHEME, read_scheme

from scslab.engine.calendar import build_day_tables, day_number
from scslab.engine.compile import Compiled, compile_scheme
from scslab.engine.fold import fold_subjects, start_subjects
from scslab.engine.layout import ACTING, BEGIN, N_ENTRIES, SCORE
from scslab.engine.prepare import Prepared, find_window, prepare
from scslab.engine.selection import select_events
from scslab.scheme.catalogue import find_scheme

SOURCE = Path(__file__).with_name("fold_c.c")


class CScheme(ctypes.Structure):
    """`Scheme` of fold_c.c."""

    _fields_ = [
        *((name, ctypes.c_void_p) for name in ("type_rules_offset", "type_rules", "points", "cap", "slot")),
        *((name, ctypes.c_void_p) for name in ("valid_months", "month", "first")),
        *((name, ctypes.c_int64) for name in ("start", "floor", "ceiling", "as_of")),
    ]


class CEvents(ctypes.Structure):
    """`Events` of fold_c.c."""

    _fields_ = [
        *((name, ctypes.c_void_p) for name in ("begin", "acting", "words", "rows", "values")),
        ("n_rows", ctypes.c_int64),
    ]


def compile_c(folder: str) -> ctypes.CDLL:
    """The C loop as a library."""
    compiler = shutil.which("gcc") or shutil.which("cc")
    if compiler is None:
        raise SystemExit("the fold is compared with C: a C compiler is needed (gcc or cc)")
    target = Path(folder) / "fold_c.so"
    flags = ["-O3", "-march=native", "-shared", "-fPIC", "-Wall", "-Werror"]
    subprocess.run([compiler, *flags, str(SOURCE), "-o", str(target), "-lm"], check=True)
    return ctypes.CDLL(str(target))


class CFold:
    """The C loop with its arrays, ready to run."""

    def __init__(self, library: ctypes.CDLL, compiled: Compiled, prepared: Prepared) -> None:
        scheme, n_rules = read_scheme(), compiled.n_rules
        slots = iter(range(n_rules))
        tables, grouped = build_day_tables(), prepared.grouped
        # The order of the C structs. Kept as an attribute, so that the arrays live as long as the pointers.
        self.arrays = [
            np.ascontiguousarray(array, dtype)
            for array, dtype in (
                (compiled.type_rules_offset, np.int32),
                (compiled.type_rules, np.int32),
                ([rule.points or 0 for rule in scheme.rules], np.int64),
                ([-1 if rule.cap is None else rule.cap for rule in scheme.rules], np.int64),
                ([next(slots) if rule.formula else -1 for rule in scheme.rules], np.int32),
                ([rule.valid_months or 0 for rule in scheme.rules], np.int32),
                (tables.month, np.int32),
                (tables.first, np.int32),
                (grouped.begin, np.int64),
                (grouped.acting, np.int32),
                (grouped.words, np.uint64),
                (grouped.rows, np.int32),
                (prepared.classified.values, np.float64),
            )
        ]
        pointers = [array.ctypes.data for array in self.arrays]
        self.scheme = CScheme(*pointers[:8], scheme.start, scheme.floor, scheme.ceiling, day_number(AS_OF))
        self.events = CEvents(*pointers[8:], prepared.classified.values.shape[1])
        self.n_subjects, self.n_rules = grouped.begin.size, n_rules
        self.longest = int(grouped.entries.max())
        self.run_c = library.fold_subjects
        self.run_c.restype = None

    def run(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Scores, numbers of entries, counts by rule. Allocates its output, as the engine does."""
        score = np.empty(self.n_subjects, np.int64)
        entries, last = np.empty(self.n_subjects, np.int32), np.empty(self.n_subjects, np.int32)
        room = np.empty((2, self.longest), np.int32)
        used, used_in = np.zeros(self.n_rules, np.int64), np.full(self.n_rules, -1, np.int64)
        counts = np.zeros((self.n_rules, 5), np.int64)
        outputs = (score, entries, last, room[0], room[1], used, used_in, counts)
        self.run_c(
            ctypes.byref(self.scheme),
            ctypes.byref(self.events),
            ctypes.c_int64(self.n_subjects),
            *(ctypes.c_void_p(array.ctypes.data) for array in outputs),
        )
        return score, entries, counts


def fold_with_engine(compiled: Compiled, prepared: Prepared, threads: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Scores, numbers of entries, counts by rule, from the engine's kernel."""
    grouped = prepared.grouped
    subjects = start_subjects(compiled, grouped.begin.size)
    subjects[:, BEGIN], subjects[:, ACTING] = grouped.begin, grouped.acting
    blocks = fold_subjects(
        compiled, find_window(compiled, AS_OF), subjects, np.arange(grouped.begin.size),
        grouped.entries.astype(np.int64), grouped, prepared.classified.values, None, threads=threads, keep=False,
        is_itemised=False,
    )  # fmt: skip
    while True:
        try:
            next(blocks)
        except StopIteration as done:
            folded = done.value
            return folded.subjects[:, SCORE], folded.subjects[:, N_ENTRIES], folded.stats


def compare(ledger: Path, rounds: int) -> dict[str, float]:
    """Medians in seconds, on one core each; raises if the two do not agree."""
    compiled = compile_scheme(find_scheme(SCHEME))
    events = pl.scan_parquet(ledger).with_columns(pl.col("type").cast(pl.Enum(compiled.types)))
    selected = select_events(compiled, events, None).collect(engine="streaming")
    prepared = prepare(compiled, selected, threads=2, are_ids_ascending=True)
    with tempfile.TemporaryDirectory() as folder:
        by_hand = CFold(compile_c(folder), compiled, prepared)
        for ours, theirs in zip(fold_with_engine(compiled, prepared, 1), by_hand.run(), strict=True):
            if not np.array_equal(ours, theirs):
                raise SystemExit("the C loop and the engine disagree")
        seconds: dict[str, list[float]] = {"engine": [], "c": []}
        for _ in range(rounds):
            for name, run in (
                ("engine", lambda: fold_with_engine(compiled, prepared, 1)),
                ("c", by_hand.run),
            ):
                began = time.perf_counter()
                run()
                seconds[name].append(time.perf_counter() - began)
    return {name: statistics.median(times) for name, times in seconds.items()} | {
        "entries": int(by_hand.run()[1].sum()),
        "ratio": statistics.median(a / b for a, b in zip(seconds["engine"], seconds["c"], strict=True)),
    }


def measure(bench: Bench) -> None:
    """In a process of its own, so that the runner stays small."""
    command = [sys.executable, __file__, str(bench.ledger(bench.events)), "--rounds", str(bench.rounds)]
    run = run_once(command)
    found = json.loads(run.output.strip().splitlines()[-1])
    bench.lines += [
        Line("the fold alone, scslab, one core", found["engine"], ratio=1.0, note=f"{found['entries']:,} entries"),
        Line(
            "the fold alone, C by hand, one core",
            found["c"],
            ratio=1 / found["ratio"],
            note="same arrays, same answers",
        ),
    ]
    bench.claims.append(Claim("the time of a C loop by hand, for the fold alone", found["ratio"], 1.5, False))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("ledger", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    print(json.dumps(compare(options.ledger, options.rounds)))
