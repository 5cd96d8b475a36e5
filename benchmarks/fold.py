"""Claim: the fold itself is within 1.5 times of a C loop written by hand, on the same arrays.

    python benchmarks/fold.py LEDGER [--rounds N]

Takes the ledger in as the engine does, into buckets of events by subject; then settles bucket after bucket, as the
engine does, with two folds in turn on one core: the engine's kernel without entries, and fold_c.c, compiled here with
`cc -O3 -march=native`. Both read the same arrays of a bucket; scores, numbers of entries and counts by rule must be
equal. What is timed is the fold alone, by processor time. Prints one line of JSON.
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
from typing import Any

import numpy as np
from bench import Bench, Claim, Line
from measure import run_once
from rules import AS_OF, SCHEME, read_scheme

from scslab.engine.calendar import build_day_tables, day_number
from scslab.engine.compile import Compiled
from scslab.engine.kernel_bucket import group_chain
from scslab.engine.kernel_fold import fold
from scslab.engine.kernel_take import Chains
from scslab.engine.layout import ACTING, BEGIN, N_ENTRIES, SCORE
from scslab.engine.machine_code import fix
from scslab.engine.settle import begin
from scslab.engine.straight_room import Desk, open_desk
from scslab.scheme.catalogue import find_scheme

Shared = tuple[Any, ...]
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
    """The C loop with the scheme's arrays and room for a bucket."""

    def __init__(self, library: ctypes.CDLL, compiled: Compiled, desk: Desk) -> None:
        scheme, n_rules = read_scheme(), compiled.n_rules
        slots = iter(range(n_rules))
        tables = build_day_tables()
        # The order of the C struct. Kept as an attribute, so that the arrays live as long as the pointers.
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
            )
        ]
        pointers = [array.ctypes.data for array in self.arrays]
        self.scheme = CScheme(*pointers, scheme.start, scheme.floor, scheme.ceiling, day_number(AS_OF))
        self.desk, n = desk, desk.keys.size
        self.score, self.entries, self.last = np.empty(n, np.int64), np.empty(n, np.int32), np.empty(n, np.int32)
        self.room = np.empty((2, desk.scratch.words.size), np.int32)
        self.used, self.used_in = np.zeros(n_rules, np.int64), np.full(n_rules, -1, np.int64)
        self.run_c = library.fold_subjects
        self.run_c.restype = None

    def run(self, n: int, counts: np.ndarray) -> float:
        """Fold the bucket on the desk; returns the seconds."""
        scratch, subjects = self.desk.scratch, self.desk.subjects[:n]
        begin, acting = subjects[:, BEGIN].copy(), subjects[:, ACTING].astype(np.int32)
        inputs = (begin, acting, scratch.words, scratch.rows, scratch.values)
        events = CEvents(*(array.ctypes.data for array in inputs), scratch.values.shape[1])
        outputs = (self.score, self.entries, self.last, *self.room, self.used, self.used_in, counts)
        pointers = [ctypes.c_void_p(array.ctypes.data) for array in outputs]
        arguments = ctypes.byref(self.scheme), ctypes.byref(events), ctypes.c_int64(n), *pointers
        self.used_in[:] = -1
        began = time.thread_time()
        self.run_c(*arguments)
        return time.thread_time() - began


def fold_bucket(desk: Desk, shared: Shared, n: int, counts: np.ndarray) -> float:
    """Fold the bucket on the desk with the engine's kernel; returns the seconds."""
    memory = desk.make_room(int(desk.posts[:n].max(initial=0)))
    rules, caps, bounds, span, order, words, rows, values = shared
    began = time.thread_time()
    fold(
        rules, caps, bounds, span, desk.subjects, order, 0, n, words, rows, values, None, memory, None, None, counts,
        None,
    )  # fmt: skip
    return time.thread_time() - began


def fold_all(chains: Chains, desk: Desk, by_hand: CFold) -> tuple[float, float, int]:
    """Seconds of the engine and of C over all buckets, and how many entries there are; raises if they disagree."""
    engine = c = 0.0
    entries = 0
    room = desk.scratch.order, desk.scratch.words, desk.scratch.rows, desk.scratch.values
    shared = tuple(map(fix, (desk.rules, desk.caps, desk.bounds, desk.span, *room)))  # as the engine does
    counts = desk.start_counting(), desk.start_counting()
    for bucket in range(chains.head.size):
        n, _ = group_chain(
            chains, bucket, desk.scratch, desk.blank, desk.keys, desk.events, desk.posts, desk.subjects, 0, None
        )
        # By turns first, as what is read first is less in the cache.
        if bucket % 2:
            c += by_hand.run(n, counts[1])
        engine += fold_bucket(desk, shared, n, counts[0])
        if not bucket % 2:
            c += by_hand.run(n, counts[1])
        mine = desk.subjects[:n]
        same = (
            np.array_equal(mine[:, SCORE], by_hand.score[:n]),
            np.array_equal(mine[:, N_ENTRIES], by_hand.entries[:n]),
        )
        if not all(same):
            raise SystemExit("the C loop and the engine disagree")
        entries += int(by_hand.entries[:n].sum())
    if not np.array_equal(*counts):
        raise SystemExit("the C loop and the engine count otherwise")
    return engine, c, entries


def compare(ledger: Path, rounds: int) -> dict[str, float]:
    """Medians in seconds, on one core each; raises if the two do not agree."""
    run = begin(find_scheme(SCHEME), ledger, as_of=AS_OF, is_itemised=False, threads=1)
    if run.intake.taken is None:
        raise SystemExit("the ledger is not taken into buckets")
    chains = run.intake.taken.chains
    desk = open_desk(run.compiled, run.fresh.window, chains, 1, is_itemised=False)
    with tempfile.TemporaryDirectory() as folder:
        by_hand = CFold(compile_c(folder), run.compiled, desk)
        fold_all(chains, desk, by_hand)  # warms up, and compiles
        found = [fold_all(chains, desk, by_hand) for _ in range(rounds)]
    return {
        "engine": statistics.median(engine for engine, _, _ in found),
        "c": statistics.median(c for _, c, _ in found),
        "entries": found[0][2],
        "ratio": statistics.median(engine / c for engine, c, _ in found),
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
