"""Run the kernel of an index scheme: blocks of subjects on one or more threads, handed over in order."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from scslab.engine.calendar import day_number
from scslab.engine.classify import choose_slots
from scslab.engine.index.compile import SETTLED_BIT, CompiledIndex, build_expiry
from scslab.engine.index.kernel_index import publish
from scslab.engine.index.layout import (
    INDICATOR_WIDTH,
    LANES,
    METER_WIDTH,
    SUM,
    Bench,
    Days,
    Plan,
    Published,
    Record,
)
from scslab.engine.index.scores import OtherScores
from scslab.engine.kernel_group import DAY_SHIFT
from scslab.engine.needs import needs_walk
from scslab.ground.dates import EARLIEST, Calendar, add_months, last_publication
from scslab.ground.problems import Problem, ProblemsError

ROWS_PER_BLOCK = 1 << 20
"""Publications in one block, where contributions are not wanted."""
ITEMS_PER_BLOCK = 1 << 20
"""Contributions in one block: enough to keep threads busy, few enough for several blocks to be under way."""

Days64 = NDArray[np.int64]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Block:
    """The publications of the subjects `low..high`, and the share of all subjects that is done with them."""

    low: int
    high: int
    columns: Published
    share: float


def list_publication_days(unit: Calendar, since: int, until: int) -> Days64:
    """The last days of months, quarters or years from one day number to another.

    Example:
        >>> from scslab.engine.calendar import day_of
        >>> days = list_publication_days(Calendar.QUARTER, day_number(date(2023, 12, 31)), day_number(date(2024, 4, 1)))
        >>> [str(day_of(int(day))) for day in days]
        ['2023-12-31', '2024-03-31']
    """
    months = {Calendar.MONTH: 1, Calendar.QUARTER: 3, Calendar.YEAR: 12}[unit]
    found: list[int] = []
    day = last_publication(EARLIEST + timedelta(until), unit)
    while day >= EARLIEST and (number := (day - EARLIEST).days) >= since:
        found.append(number)
        if day.year == EARLIEST.year and day.month <= months:
            break
        # The first day of the next month moves by whole months without losing a day.
        day = add_months(day + timedelta(1), -months) - timedelta(1)
    return np.array(found[::-1], np.int64)


def build_days(compiled: CompiledIndex, as_of: date, *, only_last: bool = False) -> Days:
    """The publication days of a scheme up to `as_of`; `only_last`: whether others are wanted for themselves."""
    since, until = compiled.listening.in_force_from, compiled.listening.in_force_until
    unit, today = compiled.scheme.score.published, day_number(as_of)
    days = np.empty(0, np.int64) if unit is None else list_publication_days(unit, since, min(until, today))
    # What lists did depends on all publications.
    only_last = only_last and not needs_walk(compiled.scheme)
    return Days(days[-1:] if only_last else days, unit is None, since, until, today, only_last)


def find_published(days: Days) -> int:
    """The last publication day of a run, the same for all subjects; -1 where there is none."""
    if days.is_daily:
        return days.as_of if days.in_force_from <= days.as_of <= days.in_force_until else -1
    return int(days.days[-1]) if days.days.size else -1


def build_plan(compiled: CompiledIndex, days: Days) -> Plan:
    """The scheme as its kernel reads it, for these publication days."""
    slots, _ = choose_slots(compiled.listening)
    meters = np.zeros((len(compiled.meters), METER_WIDTH), np.int64)
    for m, meter in enumerate(compiled.meters):
        meters[m] = meter.kind, slots[meter.listeners[0]] if meter.kind == SUM else -1, meter.window
    offset, heard, bits = _list_listening(compiled)
    indicators = np.zeros((len(compiled.indicators), INDICATOR_WIDTH), np.int64)
    points: list[tuple[float, float]] = []
    for i, ((_, indicator), reading) in enumerate(zip(compiled.indicators, compiled.readings, strict=True)):
        first = len(points)
        points += [(float(value), float(scaled)) for value, scaled in indicator.scale]
        columns = reading.meter, reading.whole, reading.window, reading.column
        indicators[i] = reading.kind, *columns, first, len(points)
    flat = np.array(points, np.float64).reshape(-1, 2)
    sizes = [len(dimension.indicators) for dimension in compiled.scheme.dimensions]
    expiry = build_expiry(compiled.windows, days.as_of)
    return Plan(
        meters=meters,
        listen_offset=offset,
        listen_meter=heard,
        listen_bits=bits,
        indicators=indicators,
        when_none=np.array([reading.when_none for reading in compiled.readings], np.float64),
        point_value=flat[:, 0].copy(),
        point_scaled=flat[:, 1].copy(),
        dimension_first=np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
        epoch_day=compiled.epoch_day,
        weight=compiled.weight,
        low=compiled.low,
        width=compiled.width,
        expiry=expiry,
        place=_find_places(days, expiry),
        decimals=float(10**compiled.scheme.score.decimals),
    )


def _find_places(days: Days, expiry: NDArray[np.int32]) -> NDArray[np.int32]:
    """How many publication days lie before each day, and before the day on which its events have left each window."""
    if days.is_daily:
        return np.empty((len(expiry) + 1, 0), np.int32)
    days_and_one = expiry.shape[1] + 1
    every = np.searchsorted(days.days, np.arange(days_and_one)).astype(np.int32)
    left = [np.append(every[row], np.int32(days.days.size)) for row in expiry]
    return np.stack([*left, every])


def _list_listening(compiled: CompiledIndex) -> tuple[Days64, Days64, NDArray[np.uint64]]:
    """The meters that listen to each type, with the bits that they ask for."""
    listening = compiled.listening
    offset, heard, bits = [0], list[int](), list[int]()
    for t in range(len(listening.types)):
        low, high = listening.type_rules_offset[t], listening.type_rules_offset[t + 1]
        place = {int(rule): k for k, rule in enumerate(listening.type_rules[low:high])}
        for m, meter in enumerate(compiled.meters):
            if all(listener in place for listener in meter.listeners):
                heard.append(m)
                bits.append(sum(1 << place[listener] for listener in meter.listeners))
        offset.append(len(heard))
    return np.array(offset, np.int64), np.array(heard, np.int64), np.array(bits, np.uint64)


def mark_settled(words: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """The words with the bit that keeps an event of no indicator in its subject's record."""
    return words | SETTLED_BIT


def publish_subjects(
    compiled: CompiledIndex,
    days: Days,
    record: Record,
    others: OtherScores,
    make: Callable[[Block], T],
    *,
    threads: int,
    is_itemised: bool,
    last: tuple[Days64, Days64],
) -> Iterator[tuple[Block, T]]:
    """Publish all subjects, handing over their publications in order, block by block.

    Args:
        compiled: the scheme.
        days: the publication days.
        record: the record of all subjects.
        others: their scores under other schemes.
        make: what to make of each block, on the thread that published it.
        threads: how many threads may work at a time; the result does not depend on it.
        is_itemised: whether contributions are wanted.
        last: gets day and score of each subject's last publication.

    Raises:
        ProblemsError: the sum of an indicator is too large (R070).
    """
    plan, needed, indicators = build_plan(compiled, days), count_publications(days, record), len(compiled.indicators)
    edges = _cut(needed, max(1, ITEMS_PER_BLOCK // max(1, indicators)) if is_itemised else ROWS_PER_BLOCK)
    # Of what is known already the last publication is worked out again.
    # One that is published at once writes down all days of a subject, also where only the last is wanted.
    most = record.events if days.is_daily else needed
    widest = max(int(needed.max(initial=0)), int(most.max(initial=0)) + 1) + 1

    def run(low: int, high: int) -> tuple[Block, T]:
        rows = int(needed[low:high].sum())
        out = _make_room(rows, (rows if is_itemised else 0, indicators), last)
        mine = others.read(record, low, high)
        bench = _make_bench(compiled, mine, widest, is_itemised=is_itemised)
        written = publish(plan, days, mine, low, high, is_itemised, bench, out)
        if written < 0:
            _refuse_sum(compiled, -1 - written)
        part = slice(0, written)
        trimmed = out._replace(**{name: getattr(out, name)[part] for name in _BY_ROW})
        block = Block(low, high, trimmed, high / max(1, needed.size))
        return block, make(block)

    blocks = iter(pairwise(edges))
    with ThreadPoolExecutor(threads) as pool:
        # A few blocks are under way at a time, so that publications do not pile up before they are taken.
        waiting: deque[Future[tuple[Block, T]]] = deque()
        for block in blocks:
            waiting.append(pool.submit(run, *block))
            if len(waiting) > threads:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def make_empty_block(compiled: CompiledIndex, last: tuple[Days64, Days64]) -> Block:
    """A block without subjects."""
    return Block(0, 0, _make_room(0, (0, len(compiled.indicators)), last), 1.0)


def _make_room(rows: int, items: tuple[int, int], last: tuple[Days64, Days64]) -> Published:
    """Room for so many publications, and for the contributions (`items`: publications, indicators)."""
    return Published(
        subject=np.empty(rows, np.uint32),
        day=np.empty(rows, np.int32),
        score=np.empty(rows, np.int64),
        value=np.empty(items, np.float64),
        scaled=np.empty(items, np.float64),
        contribution=np.empty(items, np.float64),
        change=np.empty(items, np.float64),
        last_day=last[0],
        last_score=last[1],
    )


_BY_ROW = ("subject", "day", "score", "value", "scaled", "contribution", "change")


def count_publications(days: Days, record: Record) -> Days64:
    """At most how many publications each subject has."""
    if days.only_last:
        return np.ones(record.events.size, np.int64)
    if days.is_daily:
        return record.events.astype(np.int64) + 1
    is_idle = record.events == 0
    first = np.zeros(record.events.size, np.int64)
    first[~is_idle] = (record.words[record.begin[~is_idle]] >> DAY_SHIFT).astype(np.int64)
    # What is known already is not given again.
    begin = np.searchsorted(days.days, np.maximum(first, record.after + 1))
    begin[is_idle] = np.maximum(0, days.days.size - 1)
    return days.days.size - begin


def _cut(needed: Days64, rows: int) -> list[int]:
    """Edges of blocks of neighbours with about so many publications each."""
    if needed.size == 0:
        return [0]
    cumulative = np.cumsum(needed + 1)
    steps = np.arange(rows, int(cumulative[-1]), rows)
    return sorted({0, *(np.searchsorted(cumulative, steps) + 1).tolist(), needed.size})


def _make_bench(compiled: CompiledIndex, record: Record, widest: int, *, is_itemised: bool) -> Bench:
    most, indicators = int(record.events.max(initial=0)), len(compiled.indicators)
    room = (widest // LANES + 1) * LANES
    return Bench(
        days=np.zeros(room, np.int64),
        units=np.empty((record.values.shape[0], most), np.int64),
        total=np.empty((len(compiled.meters), room), np.int64),
        is_heard=np.empty(len(compiled.meters), np.bool_),
        value=np.zeros((indicators, room), np.float64),
        scaled=np.zeros((indicators, room), np.float64),
        contribution=np.zeros((indicators, room if is_itemised else 0), np.float64),
        mean=np.empty(room, np.float64),
        exact=np.empty(room, np.float64),
        bound=np.empty(compiled.epoch_day.size + 1, np.int64),
    )


def _refuse_sum(compiled: CompiledIndex, meter: int) -> None:
    names = [i.id for (_, i), r in zip(compiled.indicators, compiled.readings, strict=True) if r.meter == meter]
    text = f"the sum of the indicator `{', '.join(names)}` grows beyond 8 000 000 000 000 for some subject"
    raise ProblemsError([Problem("R070", text, compiled.scheme.place, "sum a coarser unit")])
