"""From buckets of events to standings and entries, where events come in order: less memory, fewer passes.

While a table is read, each event goes into the bucket of its subject (`taking`); then a bucket at a time is grouped
(`kernel_bucket`) and folded. The answer is that of `scslab.engine.prepare.Fresh`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from threading import Lock, local

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scslab.engine.compile import Compiled
from scslab.engine.compiling import await_compiling
from scslab.engine.fold import Block, count_room
from scslab.engine.fold_tables import allocate_output
from scslab.engine.frames import build_entries, build_enum, tell_reasons
from scslab.engine.frames_standings import build_standings
from scslab.engine.kernel_bucket import gather_idle, group_chain
from scslab.engine.kernel_fold import fold
from scslab.engine.kernel_group import RULES_MASK, TYPE_MASK, TYPE_SHIFT
from scslab.engine.layout import ACTING, Output
from scslab.engine.machine_code import fix
from scslab.engine.progress import Progress, ignore_progress
from scslab.engine.straight_room import Desk, open_desk
from scslab.engine.taking import Taken
from scslab.engine.threads import run_ahead
from scslab.engine.window import Window
from scslab.ledger.columns import EVENT_ID, SUBJECT_ID, TYPE, build_type_enum

BUCKETS_PER_TASK, BUCKETS_WITH_ENTRIES = 16, 4
"""Buckets that a thread settles at a time: enough tasks to keep all threads busy to the end."""


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of subjects.

    Attributes:
        standings: by ascending id.
        stats: counts by rule, shape (rules, 5).
        unposted: the events that posted nothing, where entries are wanted.
    """

    standings: pl.DataFrame
    stats: NDArray[np.int64]
    unposted: pl.DataFrame | None = None


@dataclass(slots=True)
class Straight:
    """A run from the beginning, from events in buckets; the interface is that of `prepare.Fresh`."""

    compiled: Compiled
    taken: Taken
    window: Window
    threads: int
    is_itemised: bool = False
    settled: Settled | None = None
    lock: Lock = field(default_factory=Lock)
    own: local = field(default_factory=local)

    def iterate_entries(self, progress: Progress = ignore_progress) -> Iterator[pl.DataFrame]:
        """Settle the subjects, and give their entries by ascending subject, some subjects at a time; or nothing."""
        buckets, done = self.taken.chains.head.size, 0
        per_task = BUCKETS_WITH_ENTRIES if self.is_itemised else BUCKETS_PER_TASK

        def settle(low: int) -> tuple[Settled, pl.DataFrame | None]:
            nonlocal done
            settled = self._settle(low, min(low + per_task, buckets), per_task)
            with self.lock:
                done += 1
                progress("settling", min(1.0, done * per_task / buckets))
            return settled

        tasks = [lambda low=low: settle(low) for low in range(0, buckets, per_task)]
        parts: list[Settled] = []  # those of later buckets have higher ids
        for part, entries in run_ahead(tasks, self.threads):
            parts.append(part)
            if entries is not None:
                yield entries
        unposted = [part.unposted for part in parts if part.unposted is not None]
        self.settled = Settled(
            pl.concat([part.standings for part in parts]),
            np.sum([part.stats for part in parts], axis=0),
            pl.concat(unposted) if unposted else None,
        )

    def get_settled(self) -> Settled:
        """What became of the subjects.

        Raises:
            RuntimeError: the entries have not been exhausted.
        """
        if self.settled is None:
            raise RuntimeError("exhaust iterate_entries() before reading the outcome")
        return self.settled

    def _settle(self, low: int, high: int, per_task: int) -> tuple[Settled, pl.DataFrame | None]:
        """Settle some buckets."""
        desk: Desk | None = getattr(self.own, "desk", None)
        if desk is None:
            desk = open_desk(self.compiled, self.window, self.taken.chains, per_task, is_itemised=self.is_itemised)
            self.own.desk = desk
        return self._settle_with_entries(desk, low, high) if self.is_itemised else self._settle_plainly(desk, low, high)

    def _settle_plainly(self, desk: Desk, low: int, high: int) -> tuple[Settled, None]:
        """A bucket after the other: all that is worked on stays in the cache."""
        scratch, stats, n = desk.scratch, desk.start_counting(), 0
        # What all buckets share is taken apart once.
        chains, room, blank, posts = fix(self.taken.chains), fix(scratch), fix(desk.blank), fix(desk.posts)
        rules, caps, bounds, span = fix(desk.rules), fix(desk.caps), fix(desk.bounds), fix(desk.span)
        order, words, rows, values = fix(scratch.order), fix(scratch.words), fix(scratch.rows), fix(scratch.values)
        counts = fix(stats)
        for bucket in range(low, high):
            subjects = desk.subjects[n:]
            found, _ = group_chain(
                chains, bucket, room, blank, desk.keys[n:], desk.events[n:], posts, subjects, 0, None
            )
            memory = desk.make_room(int(desk.posts[:found].max(initial=0)))
            await_compiling()  # the kernel above is compiled meanwhile
            fold(
                rules, caps, bounds, span, subjects, order, 0, found, words, rows, values, None, memory, None, None,
                counts, None,
            )  # fmt: skip
            n += found
        return self._tell(desk, np.argsort(desk.keys[:n]), stats, None), None

    def _settle_with_entries(self, desk: Desk, low: int, high: int) -> tuple[Settled, pl.DataFrame]:
        """All buckets of the task at once, so that there are fewer and larger tables."""
        chains, scratch, compiled = self.taken.chains, desk.scratch, self.compiled
        n, end, n_idle, orders = 0, 0, 0, list[NDArray[np.int64]]()
        for bucket in range(low, high):
            before = n
            found, end = group_chain(
                chains, bucket, scratch, desk.blank, desk.keys[n:], desk.events[n:], desk.posts[n:], desk.subjects[n:],
                end, self.taken.with_ids,
            )  # fmt: skip
            n += found
            order = np.argsort(desk.keys[before:n])
            idle = desk.events[before:n] - desk.subjects[before:n, ACTING]
            place = np.empty(found, np.int64)
            place[order] = n_idle + np.cumsum(idle[order]) - idle[order]
            n_idle += int(idle.sum())
            gather_idle(chains, bucket, scratch.owner, place, desk.idle_words, desk.idle_names)
            orders.append(before + order)
        order, subjects, stats = np.concatenate(orders), desk.subjects[:n], desk.start_counting()
        posts, is_yearly = desk.posts[:n].astype(np.int64), desk.span.is_yearly
        room = count_room(subjects, posts, scratch.words, self.window, is_yearly=is_yearly)
        memory, out = desk.make_room(int(posts.max(initial=0))), allocate_output(int(room.sum()))
        await_compiling()
        written, _ = fold(
            desk.rules, desk.caps, desk.bounds, desk.span, subjects, order, 0, n, scratch.words, scratch.rows,
            scratch.values, None, memory, out, None, stats, None,
        )  # fmt: skip
        block = Block(Output(*(column[:written] for column in out)), int(written), 1.0)
        events = self._name_events(scratch.names[:end], scratch.words[:end])
        entries = build_entries(compiled, block, events, pl.Series(SUBJECT_ID, desk.keys[:n][order]))
        return self._tell(desk, order, stats, self._list_idle(desk, order, n_idle)), entries

    def _tell(
        self, desk: Desk, order: NDArray[np.int64], stats: NDArray[np.int64], unposted: pl.DataFrame | None
    ) -> Settled:
        """The standings of a task's subjects, in an order."""
        window = self.window
        standings = build_standings(
            self.compiled, pl.Series(SUBJECT_ID, desk.keys[order]), np.take(desk.subjects, order, axis=0),
            desk.events[order], as_of=window.as_of, published=window.published,
        )  # fmt: skip
        return Settled(standings, stats, unposted)

    def _list_idle(self, desk: Desk, order: NDArray[np.int64], n: int) -> pl.DataFrame:
        """The events of a task that post nothing, by ascending subject, day and id."""
        # Tables take arrays as they are, and the desk's are used again: hence copies.
        words, names = desk.idle_words[:n].copy(), desk.idle_names[:n].copy()
        counts = (desk.events[: order.size] - desk.subjects[: order.size, ACTING])[order]
        who = pl.Series(SUBJECT_ID, np.repeat(desk.keys[order], counts))
        events = self._name_events(names, words).select(who, EVENT_ID, TYPE)
        return tell_reasons(events, words, words & RULES_MASK)

    def _name_events(self, names: NDArray[np.int64], words: NDArray[np.uint64]) -> pl.DataFrame:
        types = list(build_type_enum(self.compiled.scheme).categories)
        codes = ((words >> TYPE_SHIFT) & TYPE_MASK).astype(np.int32)
        return pl.DataFrame({EVENT_ID: names, TYPE: build_enum(codes, types)})
