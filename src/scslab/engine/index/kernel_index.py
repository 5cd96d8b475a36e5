"""The kernel of index schemes: all publications of a subject at once, meter by meter and indicator by indicator.

What indicators make of the meters (`kernel_meters`) are plain loops over the publications of the subject, which the
processor does several at a time, and without a guess at what comes.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from scslab.engine.index.kernel_meters import fetch_ahead, fill_meters, find_days, find_too_large, read_units
from scslab.engine.index.layout import (
    BY_ATTRIBUTE,
    BY_COUNT,
    BY_DAYS,
    BY_SCORE,
    BY_SHARE,
    BY_SUM,
    I_COLUMN,
    I_END,
    I_FIRST,
    I_KIND,
    I_METER,
    I_WHOLE,
    I_WINDOW,
    LANES,
    LARGEST_SUM,
    UNITS_PER_ONE,
    Bench,
    Days,
    Plan,
    Published,
    Record,
)
from scslab.engine.jit import inline, kernel
from scslab.engine.kernel_steps import round_half_away
from scslab.engine.layout import Array, Int


@inline
def find_still(plan: Plan, record: Record, bench: Bench, s: Int, i: Int) -> tuple[bool, Any]:
    """Whether an indicator has one value at all publications of a subject, and which."""
    kind = plan.indicators[i, I_KIND]
    none = plan.when_none[i]
    if kind == BY_ATTRIBUTE:
        value = record.attributes[s, plan.indicators[i, I_COLUMN]]
        return True, none if np.isnan(value) else value
    if kind == BY_SCORE:
        q = plan.indicators[i, I_COLUMN]
        return record.score_begin[q, s] == record.score_end[q, s], none
    meter = plan.indicators[i, I_WHOLE] if kind == BY_SHARE else plan.indicators[i, I_METER]
    return not bench.is_heard[meter], 0.0 if kind == BY_COUNT or kind == BY_SUM else none


@inline
def measure(plan: Plan, record: Record, bench: Bench, s: Int, i: Int, m: Int, room: Int, out: Array) -> None:
    """Write the value of an indicator at each publication to `out`."""
    kind = plan.indicators[i, I_KIND]
    none = plan.when_none[i]
    if kind == BY_SCORE:
        q = plan.indicators[i, I_COLUMN]
        begin, end = record.score_begin[q, s], record.score_end[q, s]
        at = begin
        for p in range(m):
            while at < end and record.score_day[at] <= bench.days[p]:
                at += 1
            out[p] = record.score[at - 1] if at > begin else none
        return
    held = bench.total[plan.indicators[i, I_METER]]
    if kind == BY_COUNT:
        for p in range(room):
            out[p] = float(held[p])
    elif kind == BY_SUM:
        for p in range(room):
            out[p] = float(held[p]) / float(UNITS_PER_ONE)
    elif kind == BY_SHARE:
        whole = bench.total[plan.indicators[i, I_WHOLE]]
        for p in range(room):
            share = float(held[p]) / float(whole[p])
            out[p] = none if whole[p] == 0 else share
    elif kind == BY_DAYS:
        w = plan.indicators[i, I_WINDOW]
        days = bench.days
        if w < 0:
            for p in range(room):
                gap = float(days[p] - held[p])
                out[p] = none if held[p] < 0 else gap
        else:
            expiry = plan.expiry[w]
            for p in range(m):
                latest = held[p]
                is_none = latest < 0 or np.int64(expiry[latest]) <= days[p]
                out[p] = none if is_none else float(days[p] - latest)


@inline
def scale(value: Array, room: Int, low: Int, high: Int, xs: Array, ys: Array, out: Array) -> None:
    """Write values on a scale to `out`: linear between the points `low..high`, flat outside."""
    top = ys[high - 1]
    for p in range(room):
        out[p] = top
    # Downwards, so that the first point above a value decides.
    for back in range(high - 1 - low):
        k = high - 1 - back
        x0, x1, y0, y1 = xs[k - 1], xs[k], ys[k - 1], ys[k]
        for p in range(room):
            between = y0 + (y1 - y0) * ((value[p] - x0) / (x1 - x0))
            out[p] = between if value[p] < x1 else out[p]
    least, bottom = xs[low], ys[low]
    for p in range(room):
        out[p] = bottom if value[p] <= least else out[p]


@inline
def rate(plan: Plan, record: Record, bench: Bench, s: Int, m: Int, room: Int, is_itemised: bool) -> None:
    """Write values, scaled values, contributions and the score before rounding of all publications of a subject."""
    epochs = plan.epoch_day.size
    bench.bound[0] = 0
    for e in range(1, epochs):
        bench.bound[e] = np.searchsorted(bench.days[:m], plan.epoch_day[e])
    bench.bound[epochs] = room
    exact, mean = bench.exact, bench.mean
    for p in range(room):
        exact[p] = 0.0
    for d in range(plan.dimension_first.size - 1):
        begin, end = plan.dimension_first[d], plan.dimension_first[d + 1]
        share = float(end - begin)
        for p in range(room):
            mean[p] = 0.0
        for i in range(begin, end):
            value, scaled = bench.value[i], bench.scaled[i]
            low, high = plan.indicators[i, I_FIRST], plan.indicators[i, I_END]
            is_still, only = find_still(plan, record, bench, s, i)
            if is_still:
                value[0] = only
                scale(value, 1, low, high, plan.point_value, plan.point_scaled, scaled)
                one = scaled[0]
                for p in range(room):
                    value[p] = only
                    scaled[p] = one
            else:
                measure(plan, record, bench, s, i, m, room, value)
                scale(value, room, low, high, plan.point_value, plan.point_scaled, scaled)
            for p in range(room):
                mean[p] += scaled[p]
        for e in range(epochs):
            low, high = bench.bound[e], bench.bound[e + 1]
            weight = plan.weight[e, d]
            part, parts = mean[low:high], exact[low:high]
            for p in range(part.size):
                parts[p] += weight * (part[p] / share)
            if is_itemised:
                whole = plan.width[e] * weight
                for i in range(begin, end):
                    for p in range(low, high):
                        bench.contribution[i, p] = whole * bench.scaled[i, p] / share
    for e in range(epochs):
        part = exact[bench.bound[e] : bench.bound[e + 1]]
        low, width = plan.low[e], plan.width[e]
        for p in range(part.size):
            part[p] = (low + width * part[p]) * plan.decimals


@inline
def give(bench: Bench, s: Int, first: Int, m: Int, written: Int, is_itemised: bool, out: Published) -> None:
    """Write the publications `first..m` of a subject to `out`, from row `written` on."""
    n = m - first
    subject, day, score = (
        out.subject[written : written + n], out.day[written : written + n], out.score[written : written + n],
    )  # fmt: skip
    days, exact = bench.days[first:m], bench.exact[first:m]
    for p in range(n):
        subject[p] = s
        day[p] = days[p]
        score[p] = round_half_away(exact[p])
    if is_itemised:
        for p in range(first, m):
            row = written + p - first
            for i in range(bench.value.shape[0]):
                now = bench.contribution[i, p]
                out.value[row, i] = bench.value[i, p]
                out.scaled[row, i] = bench.scaled[i, p]
                out.contribution[row, i] = now
                # The first that is worked out is the first of all, or known already.
                out.change[row, i] = np.nan if p == 0 else now - bench.contribution[i, p - 1]


@kernel
def publish(
    plan: Plan, days: Days, record: Record, low: Int, high: Int, is_itemised: bool, bench: Bench, out: Published
) -> Int:
    """Publish the subjects `low..high`.

    Returns the number of publications written to `out`, or -1 - m where the sum of meter m is too large.
    """
    written = 0
    for s in range(low, high):
        fetch_ahead(record, s, high)
        m, skipped = find_days(plan, days, record, s, bench.days)
        if m == 0:
            continue
        begin, n = record.begin[s], np.int64(record.events[s])
        # At least one place beyond the last publication takes what comes after it.
        room = (np.int64(m) // LANES + 1) * LANES
        if read_units(record, bench, begin, n) > LARGEST_SUM:
            meter = find_too_large(plan, days, record, bench, begin, n, m, skipped)
            if meter >= 0:
                return -1 - meter
        fill_meters(plan, days, record, bench, begin, n, m, skipped, room)
        rate(plan, record, bench, s, m, room, is_itemised)
        first = 1 if bench.days[0] <= record.after[s] else 0
        give(bench, s, first, m, written, is_itemised, out)
        written += m - first
        out.last_day[s] = bench.days[m - 1]
        out.last_score[s] = round_half_away(bench.exact[m - 1])
    return written
