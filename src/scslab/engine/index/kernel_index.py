"""The kernel of index schemes: one walk over the events of each subject, with a window sliding over them.

A window has its own place in the events of the subject (two pointers): at each publication events enter at the head
and leave at the window's tail, and only meters that listen to them are touched. Where nothing enters or leaves and no
value drifts by itself, the last score stands.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from scslab.engine.index.layout import (
    BY_ATTRIBUTE,
    BY_COUNT,
    BY_DAYS,
    BY_SHARE,
    BY_SUM,
    COUNT,
    I_COLUMN,
    I_DIMENSION,
    I_END,
    I_FIRST,
    I_KIND,
    I_METER,
    I_WATCHED,
    I_WHOLE,
    I_WINDOW,
    LARGEST_SUM,
    LARGEST_VALUE,
    LATEST,
    M_KIND,
    M_SLOT,
    NEVER_MOVES,
    UNITS_PER_ONE,
    Bench,
    Days,
    Plan,
    Published,
    Record,
)
from scslab.engine.jit import inline, kernel
from scslab.engine.kernel_group import DAY_SHIFT, TYPE_MASK, TYPE_SHIFT
from scslab.engine.kernel_steps import round_half_away
from scslab.engine.layout import Array, Int


@inline
def find_days(days: Days, record: Record, s: Int, out: Array) -> Int:
    """Write the publication days of a subject to `out`; returns how many there are."""
    n = record.events[s]
    begin = record.begin[s]
    m = 0
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
    else:
        k = 0
        if n == 0:
            k = max(0, days.days.size - 1)
        else:
            k = np.searchsorted(days.days, np.int64(record.words[begin] >> DAY_SHIFT))
        for j in range(k, days.days.size):
            out[m] = days.days[j]
            m += 1
    if days.only_last and m > 1:
        out[0] = out[m - 1]
        m = 1
    return m


@inline
def scale(value: Any, low: Int, high: Int, xs: Array, ys: Array) -> Any:
    """A value on a scale: linear between the points `low..high`, flat outside."""
    if value <= xs[low]:
        return ys[low]
    for k in range(low + 1, high):
        if value < xs[k]:
            return ys[k - 1] + (ys[k] - ys[k - 1]) * ((value - xs[k - 1]) / (xs[k] - xs[k - 1]))
    return ys[high - 1]


@inline
def measure(plan: Plan, record: Record, bench: Bench, s: Int, i: Int, day: Int) -> Any:
    """The value of an indicator on a day."""
    kind = plan.indicators[i, I_KIND]
    meter = plan.indicators[i, I_METER]
    if kind == BY_COUNT:
        return float(bench.total[meter])
    if kind == BY_SUM:
        return float(bench.total[meter]) / float(UNITS_PER_ONE)
    if kind == BY_SHARE:
        whole = bench.total[plan.indicators[i, I_WHOLE]]
        if whole == 0:
            return plan.when_none[i]
        return float(bench.total[meter]) / float(whole)
    if kind == BY_DAYS:
        latest = bench.total[meter]
        window = plan.indicators[i, I_WINDOW]
        if latest < 0 or (window >= 0 and latest <= plan.edge[window, day]):
            return plan.when_none[i]
        return float(day - latest)
    if kind == BY_ATTRIBUTE:
        value = record.attributes[s, plan.indicators[i, I_COLUMN]]
        return plan.when_none[i] if np.isnan(value) else value
    q = plan.indicators[i, I_COLUMN]
    at, end = bench.at[q], record.score_end[q, s]
    while at < end and record.score_day[at] <= day:
        at += 1
    bench.at[q] = at
    return record.score[at - 1] if at > record.score_begin[q, s] else plan.when_none[i]


@inline
def enter(plan: Plan, record: Record, bench: Bench, s: Int, j: Int, p: Int) -> Int:
    """Let event `j` of a subject enter all meters that listen; returns a meter whose sum is too large, else -1."""
    at = record.begin[s] + j
    word = record.words[at]
    windows = plan.edge.shape[0]
    first = np.int64((word >> TYPE_SHIFT) & TYPE_MASK) * (windows + 1)
    failed = -1
    for k in range(plan.listen_offset[first], plan.listen_offset[first + windows + 1]):
        bits = plan.listen_bits[k]
        if word & bits != bits:
            continue
        m = plan.listen_meter[k]
        bench.touched[m] = p
        kind = plan.meters[m, M_KIND]
        if kind == COUNT:
            bench.total[m] += 1
        elif kind == LATEST:
            bench.total[m] = np.int64(word >> DAY_SHIFT)
        else:
            bench.total[m] += bench.units[plan.meters[m, M_SLOT], j]
            if abs(bench.total[m]) > LARGEST_SUM:
                failed = m
    return failed


@inline
def leave(plan: Plan, record: Record, bench: Bench, s: Int, j: Int, window: Int, p: Int) -> None:
    """Let event `j` of a subject leave the meters of a window."""
    word = record.words[record.begin[s] + j]
    first = np.int64((word >> TYPE_SHIFT) & TYPE_MASK) * (plan.edge.shape[0] + 1) + window
    for k in range(plan.listen_offset[first], plan.listen_offset[first + 1]):
        bits = plan.listen_bits[k]
        if word & bits != bits:
            continue
        m = plan.listen_meter[k]
        bench.touched[m] = p
        if plan.meters[m, M_KIND] == COUNT:
            bench.total[m] -= 1
        else:
            bench.total[m] -= bench.units[plan.meters[m, M_SLOT], j]


@kernel
def publish(
    plan: Plan, days: Days, record: Record, low: Int, high: Int, is_itemised: bool, bench: Bench, out: Published
) -> Int:
    """Publish the subjects `low..high`.

    Returns the number of publications written to `out`, or -1 - m where the sum of meter m is too large.
    """
    windows = plan.edge.shape[0]
    dimensions = plan.dimension_first.size - 1
    n_indicators = plan.indicators.shape[0]
    written = 0
    for s in range(low, high):
        m = find_days(days, record, s, bench.days)
        # The last publication that is known already is worked out again: changes are told against it.
        p_first = 0
        while p_first + 1 < m and bench.days[p_first + 1] <= record.after[s]:
            p_first += 1
        for k in range(plan.meters.shape[0]):
            bench.total[k] = -1 if plan.meters[k, M_KIND] == LATEST else 0
            bench.touched[k] = -1
        for w in range(windows):
            bench.tail[w] = 0
        bench.stale[:] = -1
        bench.changed[:] = -1
        for q in range(bench.at.size):
            bench.at[q] = record.score_begin[q, s]
        begin, n = record.begin[s], record.events[s]
        # All at once, so that the processor waits for several places in memory at a time.
        for slot in range(record.values.shape[0]):
            for j in range(n):
                added = record.values[slot, record.rows[begin + j]]
                # Where no sum listens to the event, anything may stand here.
                is_value = abs(added) <= LARGEST_VALUE
                bench.units[slot, j] = round_half_away(added * float(UNITS_PER_ONE)) if is_value else 0
        head, epoch, score, given = 0, 0, np.int64(0), 0
        for p in range(p_first, m):
            day = bench.days[p]
            is_first = p == p_first
            is_moved = is_first
            is_new_epoch = is_first
            while epoch + 1 < plan.epoch_day.size and plan.epoch_day[epoch + 1] <= day:
                epoch += 1
                is_new_epoch = True
            is_changed = is_new_epoch
            while head < n and np.int64(record.words[begin + head] >> DAY_SHIFT) <= day:
                failed = enter(plan, record, bench, s, head, p)
                if failed >= 0:
                    return -1 - failed
                head += 1
                is_moved = True
            for w in range(windows):
                tail, edge = bench.tail[w], plan.edge[w, day]
                while tail < head and np.int64(record.words[begin + tail] >> DAY_SHIFT) <= edge:
                    leave(plan, record, bench, s, tail, w, p)
                    tail += 1
                    is_moved = True
                bench.tail[w] = tail
            # An indicator is looked at when its meter was touched, or when its value drifts by itself.
            for k in range(n_indicators if is_moved else plan.drifting.size):
                i = k if is_moved else plan.drifting[k]
                watched = plan.indicators[i, I_WATCHED]
                if not is_first and (watched == NEVER_MOVES or (watched >= 0 and bench.touched[watched] != p)):
                    continue
                value = measure(plan, record, bench, s, i, day)
                if is_first or value != bench.value[i]:
                    bench.value[i] = value
                    first, end = plan.indicators[i, I_FIRST], plan.indicators[i, I_END]
                    bench.scaled[i] = scale(value, first, end, plan.point_value, plan.point_scaled)
                    bench.changed[i] = p
                    bench.stale[plan.indicators[i, I_DIMENSION]] = p
                    is_changed = True
            if is_changed:
                total = 0.0
                for d in range(dimensions):
                    if is_new_epoch or bench.stale[d] == p:
                        scaled = 0.0
                        for i in range(plan.dimension_first[d], plan.dimension_first[d + 1]):
                            scaled += bench.scaled[i]
                        share = float(plan.dimension_first[d + 1] - plan.dimension_first[d])
                        bench.part[d] = plan.weight[epoch, d] * (scaled / share)
                    total += bench.part[d]
                score = round_half_away((plan.low[epoch] + plan.width[epoch] * total) * plan.decimals)
            is_given = day > record.after[s]
            if is_itemised:
                for d in range(dimensions):
                    share = float(plan.dimension_first[d + 1] - plan.dimension_first[d])
                    whole = plan.width[epoch] * plan.weight[epoch, d]
                    for i in range(plan.dimension_first[d], plan.dimension_first[d + 1]):
                        before = bench.contribution[i]
                        now = before
                        if is_new_epoch or bench.changed[i] == p:
                            now = whole * bench.scaled[i] / share
                        bench.contribution[i] = now
                        if is_given:
                            out.value[written, i] = bench.value[i]
                            out.scaled[written, i] = bench.scaled[i]
                            out.contribution[written, i] = now
                            out.change[written, i] = np.nan if p == 0 else now - before
            if is_given:
                out.day[written] = day
                out.score[written] = score
                written += 1
                given += 1
        out.given[s - low] = given
        if m > 0:
            out.last_day[s] = bench.days[m - 1]
            out.last_score[s] = score
    return written
