"""Settle a ledger larger than memory: part by part, each a range of subject ids, into one run folder.

Only one part is in memory at a time. The tables of a run are in the order of subject ids, so those of the parts, one
after the other, are those of a settlement at once.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, fields
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from scslab.engine.calendar import day_of
from scslab.engine.classify import Classified, start_packing
from scslab.engine.compile import Compiled
from scslab.engine.consequences.stage import start_trace
from scslab.engine.frames import REASONS
from scslab.engine.intake import Intake
from scslab.engine.passes.parts import Part
from scslab.engine.prepare import Fresh, prepare
from scslab.engine.progress import Progress
from scslab.engine.runs import write_entries, write_table
from scslab.engine.selection import select_events
from scslab.engine.settlement import Counts, Settlement
from scslab.engine.settling import Settling
from scslab.engine.window import Window
from scslab.ledger.columns import EVENT_ID, SUBJECT_ID, TARGET
from scslab.ledger.set_aside import empty_set_aside

TABLES = ("standings", "unposted", "memberships", "measures")
"""The tables that each part writes by itself; entries go into one file as they come."""


@dataclass(slots=True)
class Passes:
    """The passes over the parts of a ledger.

    Attributes:
        people: the table of subjects.
        are_ids_ascending: whether event ids are numbers that ascend from row to row.
        folder: gets the tables of each part.
        outcome: the counts of the parts that are done.
    """

    compiled: Compiled
    parts: Sequence[Part]
    people: pl.DataFrame | None
    window: Window
    columns: Sequence[str]
    are_ids_ascending: bool
    folder: Path
    file: str
    threads: int
    is_itemised: bool
    progress: Progress
    seconds: dict[str, float] = field(default_factory=dict[str, float])
    outcome: list[Counts] = field(default_factory=list[Counts])

    def settle(self, partial: Path) -> None:
        """Settle all parts and write their tables into an open run folder."""
        if self.is_itemised:
            write_entries(self._iterate_entries(), partial / "entries.parquet")
        else:
            for _ in self._iterate_entries():
                pass
        self.progress("writing", 0.0)
        self._join(partial)

    def _iterate_entries(self) -> Iterator[pl.DataFrame]:
        """The entries of all parts, by ascending subject; at least one (possibly empty) table."""
        for number, part in enumerate(self.parts):
            yield from self._settle_part(number, part)
            part.remove()

    def _settle_part(self, number: int, part: Part) -> Iterator[pl.DataFrame]:
        step, n_parts = f"Settling, pass {number + 1} of {len(self.parts)}", len(self.parts)
        self.progress(step, number / n_parts)
        run = self._begin(part, lambda _, share: self.progress(step, (number + share) / n_parts))
        yield from run.iterate_entries()
        settlement = run.finish(pl.DataFrame(), with_unposted=self.is_itemised)
        for name, seconds in run.seconds.items():
            self.seconds[name] = self.seconds.get(name, 0.0) + seconds
        self.outcome.append(settlement.counts)
        self._write_part(settlement, number)

    def _write_part(self, settlement: Settlement, number: int) -> None:
        for name in self._list_tables():
            write_table(getattr(settlement, name), self.folder / f"{name}-{number:04}.parquet")

    def _list_tables(self) -> tuple[str, ...]:
        return TABLES if self.compiled.scheme.objection is None else (*TABLES, "objections")

    def _begin(self, part: Part, progress: Progress) -> Settling:
        began = time.perf_counter()
        people = None if self.people is None else self.people.filter(is_within(part))
        events, classified = self._read(part, people)
        read = time.perf_counter()
        prepared = prepare(
            self.compiled,
            events,
            threads=self.threads,
            # A replacement stands at the end, whatever the id of what it replaces.
            are_ids_ascending=self.are_ids_ascending and not part.corrections,
            classified=classified,
        )
        seconds = {"read": read - began, "group": time.perf_counter() - read}
        as_of = day_of(self.window.as_of)
        trace = start_trace(self.compiled, is_itemised=self.is_itemised)
        fresh = Fresh(prepared, self.window, self.threads, self.is_itemised, trace=trace)
        return Settling(self.compiled, take_nothing(people, as_of), prepared, fresh, as_of, None, progress, seconds)

    def _read(self, part: Part, people: pl.DataFrame | None) -> tuple[pl.DataFrame, Classified]:
        """The columns that entries repeat of the events that are settled, and the events packed into words."""
        packer = start_packing(self.compiled, part.size - part.out.count())
        needed = {EVENT_ID, SUBJECT_ID, TARGET}
        columns = [name for name in self.columns if self.is_itemised or name in needed]
        pieces: list[pl.DataFrame] = []
        base = 0
        for _, events in part.iterate(lambda frame: select_events(self.compiled, frame, people, columns=self.columns)):
            packer.add(events, base)
            base += events.height
            pieces.append(events.select(columns))
        return pl.concat(pieces), packer.finish()

    def _join(self, partial: Path) -> None:
        """Make one table of those of the parts."""
        for name in self._list_tables():
            pieces = [self.folder / f"{name}-{number:04}.parquet" for number in range(len(self.parts))]
            table = pl.scan_parquet(pieces, glob=False, hive_partitioning=False)
            target = partial / f"{name}.parquet"
            table.sink_parquet(target, compression="zstd", compression_level=1, statistics=True, maintain_order=True)
            for piece in pieces:
                piece.unlink()

    def count(self) -> dict[str, Any]:
        """What became of the settled events: the fields of `Counts` that a run knows."""
        return add_counts(self.compiled, self.outcome)


def add_counts(compiled: Compiled, counts: Sequence[Counts]) -> dict[str, Any]:
    """The sums of what became of the events in several parts."""
    total: dict[str, Any] = {}
    orders: Mapping[str, list[str]] = {
        "events_unposted": list(REASONS.values()),
        "undecided": [rule.id for rule in compiled.scheme.rules],
    }
    for each in fields(Counts):
        values = [getattr(count, each.name) for count in counts]
        if each.name in orders:
            sums = {name: sum(value.get(name, 0) for value in values) for name in orders[each.name]}
            total[each.name] = {name: number for name, number in sums.items() if number}
        else:
            total[each.name] = sum(values)
    return total


def is_within(part: Part) -> pl.Expr:
    """Whether a subject belongs to the part."""
    found = pl.lit(True)
    if part.lower is not None:
        found = found & (pl.col(SUBJECT_ID) >= part.lower)
    if part.upper is not None:
        found = found & (pl.col(SUBJECT_ID) < part.upper)
    return found


def take_nothing(people: pl.DataFrame | None, as_of: date) -> Intake:
    """An intake without rows: what parts take in is counted for the whole ledger elsewhere."""
    no_digest: Future[str] = Future()
    no_digest.set_result("")
    return Intake(
        selected=pl.DataFrame(),
        classified=None,
        taken=None,
        as_of=as_of,
        are_ids_ascending=False,
        set_aside=empty_set_aside(),
        notes=(),
        subjects=people,
        rows_in=0,
        rows_used=0,
        events_made=0,
        duplicates=0,
        name="",
        mapping_name="",
        digest=no_digest,
    )
