"""An index scheme over a ledger larger than memory: part by part, each a range of subject ids."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import polars as pl

from scslab.engine.calendar import day_of
from scslab.engine.consequences.others import OtherLists
from scslab.engine.frames import build_no_entries
from scslab.engine.index.compile import CompiledIndex
from scslab.engine.index.folder import write_pieces
from scslab.engine.index.publish import build_days, find_published
from scslab.engine.index.scores import Scores
from scslab.engine.index.settling import IndexSettling, Piece, prepare_index
from scslab.engine.passes.large import Passes, add_counts, is_within, take_nothing
from scslab.engine.passes.parts import Part
from scslab.engine.runs import write_table


@dataclass(slots=True)
class IndexPasses(Passes):
    """The passes over the parts of a ledger under an index scheme."""

    index: CompiledIndex = field(kw_only=True)
    scores: Scores | None = field(kw_only=True)
    others: OtherLists = field(kw_only=True)

    def settle(self, partial: Path) -> None:
        """Settle all parts and write their tables into an open run folder."""
        days = build_days(self.index, day_of(self.window.as_of))
        self.window = replace(self.window, published=find_published(days))
        write_pieces(self._iterate_pieces(), partial, is_itemised=self.is_itemised)
        self.progress("writing", 0.0)
        self._join(partial)
        if self.is_itemised:
            standings = pl.scan_parquet(partial / "standings.parquet", glob=False, hive_partitioning=False)
            ids = standings.select("subject_id").head(0).collect()["subject_id"]
            unposted = pl.scan_parquet(partial / "unposted.parquet", glob=False, hive_partitioning=False)
            events = unposted.select("event_id", "type").head(0).collect()
            write_table(build_no_entries(self.index.plain, events, ids), partial / "entries.parquet")

    def _iterate_pieces(self) -> Iterator[Piece]:
        for number, part in enumerate(self.parts):
            step, n_parts = f"Settling, pass {number + 1} of {len(self.parts)}", len(self.parts)
            self.progress(step, number / n_parts)
            run = self._begin_index(part)
            yield from run.iterate_pieces()
            settlement = run.finish(None, None, with_unposted=self.is_itemised)
            for name, seconds in run.seconds.items():
                self.seconds[name] = self.seconds.get(name, 0.0) + seconds
            self.outcome.append(settlement.counts)
            self._write_part(settlement, number)
            part.remove()

    def _begin_index(self, part: Part) -> IndexSettling:
        began = time.perf_counter()
        people = None if self.people is None else self.people.filter(is_within(part))
        events, classified = self._read(part, people)
        read = time.perf_counter()
        prepared = prepare_index(self.index, events, people, threads=self.threads, classified=classified)
        seconds = {"read": read - began, "group": time.perf_counter() - read}
        as_of = day_of(self.window.as_of)
        days = build_days(self.index, as_of, only_last=not self.is_itemised)
        return IndexSettling(
            self.index, take_nothing(people, as_of), prepared, days, None, self.threads, self.is_itemised,
            self.is_itemised, self.scores, seconds=seconds, others=self.others,
        )  # fmt: skip

    def count(self) -> dict[str, Any]:
        """What became of the settled events: the fields of `Counts` that a run knows."""
        total = add_counts(self.compiled, self.outcome)
        undecided: dict[str, int] = {}
        for _, indicator in self.index.indicators:
            number = sum(counts.undecided.get(indicator.id, 0) for counts in self.outcome)
            if number:
                undecided[indicator.id] = number
        return total | {"undecided": undecided}
