"""Decide which rules act on which events: one pass that packs each event into a word."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from threading import Lock

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scslab.engine.calendar import NEVER
from scslab.engine.compile import Compiled
from scslab.engine.consequences.clauses import SIGNAL
from scslab.engine.kernel_decide import Matching, classify
from scslab.engine.kernel_group import N_REASONS
from scslab.engine.programs import Programs, build_programs
from scslab.engine.threads import run_threads

LARGEST_POINTS = 1e12
"""A formula beyond this many points is not decided: it would not fit exactly in a double."""
ROWS_PER_SLICE = 1 << 20


@dataclass(frozen=True, slots=True)
class Classified:
    """Events as words, with what became of those that post nothing.

    Attributes:
        words: one word a row (see `kernel_group`).
        reasons: why a row posts nothing (0: it posts).
        values: formula values, shape (slots, rows).
        undecided: how many events each rule could not decide.
        counts: rows by type and reason.
        is_sorted: whether days never fall from row to row.
        heard, heard_bits: rows that lists, counts or repairs listen to, ascending, and the clauses that do.
    """

    words: NDArray[np.uint64]
    reasons: NDArray[np.uint8]
    values: NDArray[np.float64]
    undecided: NDArray[np.int64]
    counts: NDArray[np.int64]
    is_sorted: bool
    heard: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    heard_bits: NDArray[np.uint64] = field(default_factory=lambda: np.empty(0, np.uint64))


def choose_slots(compiled: Compiled) -> tuple[NDArray[np.int64], int]:
    """A column of values for each formula rule, shared by rules that never meet on one event; and how many columns."""
    slot = np.full(compiled.n_rules, -1, np.int64)
    offset = compiled.type_rules_offset
    listening = [compiled.type_rules[offset[t] : offset[t + 1]] for t in range(len(compiled.types))]
    for rule in np.flatnonzero(compiled.rule_formula >= 0):
        taken = {int(slot[other]) for rules in listening if rule in rules for other in rules}
        slot[rule] = next(k for k in range(compiled.n_rules) if k not in taken)
    return slot, int(slot.max(initial=-1)) + 1


def _find_quick(compiled: Compiled) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """By type: the bits of all its rules, and the day from which all act on every event (conditional: `NEVER`)."""
    offset = compiled.type_rules_offset
    mask = np.array([(1 << int(n)) - 1 for n in np.diff(offset)], np.uint64)
    since = np.full(len(compiled.types), NEVER, np.int64)
    for t in range(len(compiled.types)):
        rules = compiled.type_rules[offset[t] : offset[t + 1]]
        if rules.size and (compiled.rule_condition[rules] < 0).all() and (compiled.rule_formula[rules] < 0).all():
            since[t] = compiled.rule_since[rules].max()
    return mask, since


@dataclass(slots=True)
class Packer:
    """Packs a ledger into words, some rows at a time, in any order and on any thread.

    Attributes:
        found: of each part its first row, first and last day, and whether its days never fall.
    """

    compiled: Compiled
    matching: Matching
    programs: Programs
    words: NDArray[np.uint64]
    reasons: NDArray[np.uint8]
    values: NDArray[np.float64]
    undecided: NDArray[np.int64]
    counts: NDArray[np.int64]
    found: list[tuple[int, int, int, bool]] = field(default_factory=list[tuple[int, int, int, bool]])
    signals: list[tuple[int, NDArray[np.int64], NDArray[np.uint64]]] = field(
        default_factory=list[tuple[int, NDArray[np.int64], NDArray[np.uint64]]]
    )
    lock: Lock = field(default_factory=Lock)

    def add(self, part: pl.DataFrame, base: int) -> None:
        """Pack the columns of `selection.build_selection`; `base` is the number of the part's first row."""
        if not part.height:
            return
        days = part["@day"].to_numpy()
        undecided, counts = np.zeros_like(self.undecided), np.zeros_like(self.counts)
        columns = read_columns(part, len(self.programs.columns))
        is_sorted = classify(
            self.matching,
            part["@type"].to_numpy(),
            days,
            columns.addresses,
            part["@under_age"].to_numpy() if "@under_age" in part.columns else np.empty(0, np.bool_),
            base,
            np.empty(self.programs.depth, np.float64),
            self.words,
            self.reasons,
            self.values,
            undecided,
            counts,
        )
        with self.lock:
            self.undecided += undecided
            self.counts += counts
            self.found.append((base, int(days[0]), int(days[-1]), bool(is_sorted)))
            if SIGNAL in part.columns:
                bits = part[SIGNAL].to_numpy()
                at = np.flatnonzero(bits)
                self.signals.append((base, at + base, bits[at]))

    def finish(self) -> Classified:
        """The words of all parts."""
        parts = sorted(self.found)
        follows = all(before[2] <= after[1] for before, after in pairwise(parts))
        is_sorted = follows and all(part[3] for part in parts)
        heard = sorted(self.signals, key=lambda piece: piece[0])
        return Classified(
            self.words,
            self.reasons,
            self.values,
            self.undecided,
            self.counts,
            is_sorted,
            np.concatenate([np.empty(0, np.int64), *(rows for _, rows, _ in heard)]),
            np.concatenate([np.empty(0, np.uint64), *(bits for _, _, bits in heard)]),
        )


def build_matching(compiled: Compiled, programs: Programs) -> Matching:
    """What decides which rules act, as the kernels read it."""
    return Matching(
        compiled.type_rules_offset,
        compiled.type_rules,
        compiled.rule_condition,
        compiled.rule_formula,
        choose_slots(compiled)[0],
        compiled.rule_since,
        programs.steps,
        programs.offset,
        programs.constants,
        len(compiled.conditions),
        *_find_quick(compiled),
        compiled.in_force_from,
        compiled.in_force_until,
        LARGEST_POINTS,
    )


def start_packing(compiled: Compiled, n: int) -> Packer:
    """A packer for `n` rows."""
    _, slots = choose_slots(compiled)
    programs = build_programs((*compiled.conditions, *compiled.formulas))
    matching = build_matching(compiled, programs)
    return Packer(
        compiled,
        matching,
        programs,
        np.empty(n, np.uint64),
        np.empty(n, np.uint8),
        np.empty((slots, n), np.float64),
        np.zeros(max(1, compiled.n_rules), np.int64),
        np.zeros((len(compiled.types) + 2, N_REASONS), np.int64),
    )


def pack(compiled: Compiled, table: pl.DataFrame, *, threads: int) -> Classified:
    """Pack a table with the columns of `selection.build_selection`."""
    packer = start_packing(compiled, table.height)
    slices = range(0, table.height, ROWS_PER_SLICE)
    run_threads([lambda base=b: packer.add(table.slice(base, ROWS_PER_SLICE), base) for b in slices], threads)
    return packer.finish()


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of the programs for some rows: the arrays, and their addresses for the kernels."""

    arrays: list[NDArray[np.float64]]
    addresses: NDArray[np.uint64]


def read_columns(part: pl.DataFrame, n: int) -> Columns:
    """The `n` columns of the programs in a table of `selection.build_selection`; they stay where they are."""
    arrays = [np.ascontiguousarray(part[f"@column{k}"].to_numpy(), np.float64) for k in range(n)]
    return Columns(arrays, np.array([array.ctypes.data for array in arrays], np.uint64))
