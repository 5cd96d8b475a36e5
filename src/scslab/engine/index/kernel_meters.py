"""Kernels of index schemes: the publication days of a subject, and what its meters hold on each of them.

An event is added to a meter at the publication at which it enters its window, and taken away at the one at which it
has left it; the running sum over the publications is what the meter holds.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from scslab.engine.index.kernel_fetch import prefetch
from scslab.engine.index.layout import (
    COUNT,
    LARGEST_SUM,
    LARGEST_VALUE,
    LATEST,
    M_KIND,
    M_SLOT,
    M_WINDOW,
    SUM,
    UNITS_PER_ONE,
    Bench,
    Days,
    Plan,
    Record,
)
from scslab.engine.jit import inline
from scslab.engine.kernel_group import DAY_SHIFT, TYPE_MASK, TYPE_SHIFT
from scslab.engine.kernel_steps import round_half_away
from scslab.engine.layout import Array, Int

FAR_AHEAD, NEAR_AHEAD = 8, 4
"""How many subjects ahead events are asked for, and what they add to sums."""


@inline
def find_days(plan: Plan, days: Days, record: Record, s: Int, out: Array) -> tuple[Int, Int]:
    """Write the publication days of a subject that are worked out to `out`.

    Those that are known already are left out but for the last: changes are told against it.
    Returns how many there are, and how many of `days.days` come before them.
    """
    n = record.events[s]
    begin = record.begin[s]
    after = record.after[s]
    m, skipped = 0, 0
    if days.is_daily:
        last = np.int64(-1)
        for j in range(begin, begin + n):
            day = np.int64(record.words[j] >> DAY_SHIFT)
            if day != last and days.in_force_from <= day and day <= days.in_force_until:
                out[m] = day
                m += 1
                last = day
        if last != days.as_of and days.in_force_from <= days.as_of and days.as_of <= days.in_force_until:
            out[m] = days.as_of
            m += 1
        known = m - 1 if days.only_last else np.searchsorted(out[:m], after, side="right") - 1
        if known > 0:
            m -= known
            for p in range(m):
                out[p] = out[p + known]
    else:
        size = days.days.size
        if n == 0:
            skipped = max(0, size - 1)
        else:
            first = min(np.int64(record.words[begin] >> DAY_SHIFT), days.as_of + 1)
            skipped = np.int64(plan.place[plan.place.shape[0] - 1, first])
        while skipped + 1 < size and days.days[skipped + 1] <= after:
            skipped += 1
        m = size - skipped
        for p in range(m):
            out[p] = days.days[skipped + p]
    return m, skipped


@inline
def fetch_ahead(record: Record, s: Int, high: Int) -> None:
    """Ask for what the next subjects need: it stands all over memory, and takes as long to come as a subject takes."""
    far, near = s + FAR_AHEAD, s + NEAR_AHEAD
    if far < high:
        prefetch(record.words, record.begin[far])
        prefetch(record.rows, record.begin[far])
    if near < high and record.values.shape[0]:
        begin = record.begin[near]
        for j in range(begin, begin + record.events[near]):
            for slot in range(record.values.shape[0]):
                prefetch(record.values[slot], record.rows[j])


@inline
def find_place(plan: Plan, days: Days, bench: Bench, m: Int, skipped: Int, w: Int, day: Int) -> Int:
    """The first of `m` publications on or after the day on which an event of `day` has left window `w`.

    Beyond the windows, of the day itself.
    """
    if days.is_daily:
        wanted = np.int64(plan.expiry[w, day]) if w < plan.expiry.shape[0] else day
        return np.searchsorted(bench.days[:m], wanted)
    return max(0, np.int64(plan.place[w, day]) - skipped)


@inline
def read_units(record: Record, bench: Bench, begin: Int, n: Int) -> Any:
    """Write what the events of a subject add to sums to `bench.units`; returns how much that is at most."""
    most = 0.0
    # All at once, so that the processor waits for several places in memory at a time.
    for slot in range(record.values.shape[0]):
        for j in range(n):
            added = record.values[slot, record.rows[begin + j]]
            # Where no sum listens to the event, anything may stand here.
            is_value = abs(added) <= LARGEST_VALUE
            units = round_half_away(added * float(UNITS_PER_ONE)) if is_value else 0
            bench.units[slot, j] = units
            most += abs(float(units))
    return most


@inline
def find_too_large(
    plan: Plan, days: Days, record: Record, bench: Bench, begin: Int, n: Int, m: Int, skipped: Int
) -> Int:
    """The first meter whose sum grows too large, as events enter one by one and leave at publications; -1: none."""
    windows = plan.expiry.shape[0]
    for k in range(plan.meters.shape[0]):
        if plan.meters[k, M_KIND] != SUM:
            continue
        slot, w = plan.meters[k, M_SLOT], plan.meters[k, M_WINDOW]
        total, tail = np.int64(0), 0
        left = np.int64(-1)
        for j in range(n):
            day = np.int64(record.words[begin + j] >> DAY_SHIFT)
            at = m if day > days.as_of else find_place(plan, days, bench, m, skipped, windows, day)
            if at >= m:
                break
            if at > left:
                # Those that had left at the publication before do not meet this one.
                while w >= 0 and tail < j:
                    gone = np.int64(record.words[begin + tail] >> DAY_SHIFT)
                    if find_place(plan, days, bench, m, skipped, w, gone) >= at:
                        break
                    if is_heard_by(plan, record.words[begin + tail], k):
                        total -= bench.units[slot, tail]
                    tail += 1
                left = at
            if is_heard_by(plan, record.words[begin + j], k):
                total += bench.units[slot, j]
                if abs(total) > LARGEST_SUM:
                    return k
    return -1


@inline
def is_heard_by(plan: Plan, word: Any, meter: Int) -> bool:
    """Whether an event counts for a meter."""
    kind = np.int64((word >> TYPE_SHIFT) & TYPE_MASK)
    for k in range(plan.listen_offset[kind], plan.listen_offset[kind + 1]):
        if plan.listen_meter[k] == meter:
            return word & plan.listen_bits[k] == plan.listen_bits[k]
    return False


@inline
def fill_meters(
    plan: Plan, days: Days, record: Record, bench: Bench, begin: Int, n: Int, m: Int, skipped: Int, room: Int
) -> None:
    """Write what each meter holds at each publication to `bench.total`."""
    windows = plan.expiry.shape[0]
    for k in range(plan.meters.shape[0]):
        nothing = np.int64(-1) if plan.meters[k, M_KIND] == LATEST else np.int64(0)
        row = bench.total[k]
        for p in range(room):
            row[p] = nothing
        bench.is_heard[k] = False
    for j in range(n):
        word = record.words[begin + j]
        day = np.int64(word >> DAY_SHIFT)
        if day > days.as_of:
            break
        at = find_place(plan, days, bench, m, skipped, windows, day)
        kind = np.int64((word >> TYPE_SHIFT) & TYPE_MASK)
        for k in range(plan.listen_offset[kind], plan.listen_offset[kind + 1]):
            bits = plan.listen_bits[k]
            if word & bits != bits:
                continue
            meter = plan.listen_meter[k]
            bench.is_heard[meter] = True
            keeps = plan.meters[meter, M_KIND]
            if keeps == LATEST:
                bench.total[meter, at] = day
                continue
            added = np.int64(1) if keeps == COUNT else bench.units[plan.meters[meter, M_SLOT], j]
            bench.total[meter, at] += added
            w = plan.meters[meter, M_WINDOW]
            if w >= 0:
                bench.total[meter, find_place(plan, days, bench, m, skipped, w, day)] -= added
    for k in range(plan.meters.shape[0]):
        if not bench.is_heard[k]:
            continue
        row = bench.total[k]
        now = row[0]
        if plan.meters[k, M_KIND] == LATEST:
            for p in range(1, m):
                now = max(now, row[p])
                row[p] = now
        else:
            for p in range(1, m):
                now += row[p]
                row[p] = now
