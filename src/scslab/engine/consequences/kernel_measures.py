"""The kernel that follows the measures of each subject over time, from what is published of it and its lists."""

from __future__ import annotations

from typing import Any

import numpy as np

from scslab.engine.calendar import LAST_DAY, MONTH, NEVER, QUARTER
from scslab.engine.consequences.layout import (
    D_DAY,
    D_SCORE,
    D_TIER,
    I_ENDS,
    I_MEASURE,
    I_SCORE,
    I_STARTS,
    I_SUBJECT,
    I_TIER,
    NO_SCORE,
    Q_HAS_SCORE,
    Q_HIGH,
    Q_LOW,
    Q_OFF,
    Q_ON,
    Q_SINCE,
    Q_TIERS,
    Q_UNTIL,
)
from scslab.engine.jit import inline, kernel
from scslab.engine.layout import NOTHING, Array, Int


@inline
def sift(keys: Array, low: Int, root: Int, end: Int) -> None:
    """Let a key sink in the heap `keys[low:low + end]`."""
    while 2 * root + 1 < end:
        child = 2 * root + 1
        if child + 1 < end and keys[low + child] < keys[low + child + 1]:
            child += 1
        if keys[low + root] >= keys[low + child]:
            return
        keys[low + root], keys[low + child] = keys[low + child], keys[low + root]
        root = child


@inline
def sort(keys: Array, low: Int, n: Int) -> None:
    """Sort `keys[low:low + n]` in place, whatever they are like in n log n steps."""
    for back in range(n // 2):
        sift(keys, low, n // 2 - 1 - back, n)
    for back in range(n - 1):
        end = n - 1 - back
        keys[low], keys[low + end] = keys[low + end], keys[low]
        sift(keys, low, 0, end)


@inline
def find_publication(day: Int, unit: Int, month: Array, first: Array) -> Int:
    """The first publication on or after a day: the end of its month, quarter or year (`unit` -1: the day itself)."""
    if unit < 0:
        return day
    per = 1 if unit == MONTH else 3 if unit == QUARTER else 12
    following = (month[day] // per + 1) * per
    return LAST_DAY if following >= first.size - 1 else first[following] - 1


@inline
def applies(measures: Array, q: Int, day: Int, is_published: bool, score: Int, tier: Int, on: Array) -> Any:
    """Whether a measure applies on a day."""
    if day < measures[q, Q_SINCE] or day > measures[q, Q_UNTIL]:
        return False
    if measures[q, Q_TIERS] >= 0 and (not is_published or tier < 0 or (measures[q, Q_TIERS] >> tier) & 1 == 0):
        return False
    is_known = is_published and score != NO_SCORE
    if measures[q, Q_HAS_SCORE] and not (is_known and measures[q, Q_LOW] <= score < measures[q, Q_HIGH]):
        return False
    if measures[q, Q_ON] >= 0 and on[measures[q, Q_ON]] <= 0:
        return False
    return measures[q, Q_OFF] < 0 or on[measures[q, Q_OFF]] <= 0


@kernel
def follow(
    measures: Array, account: Array, since: Int, unit: Int, as_of: Int, month: Array, first: Array, line_at: Array,
    lines: Array, key_at: Array, keys: Array, fixed: Array, on: Array, running: Array, low: Int, high: Int,
    out: Array,
) -> tuple[Int, Int]:  # fmt: skip
    """Follow the measures of the subjects `low..high`.

    Args:
        measures: one row a measure.
        account: the day on which each account begins.
        since: the first day on which anything is published.
        unit: how often; -1: at once.
        as_of: the last day.
        month: months of days.
        first: first days of months.
        line_at: `lines[line_at[s]:line_at[s + 1]]` are the standings of subject s over time.
        lines: see `layout`.
        key_at: `keys[key_at[s]:key_at[s + 1]]` are the changes of what lists s is on. They are sorted here.
        keys: day * 2^20 + list * 2 + (0: goes off, 1: comes on), the list as measures number it.
        fixed: days on which measures begin, or have ended, for everybody; ascending.
        on: room, by list.
        running: room, by measure.
        low: the first subject.
        high: the end of the subjects.
        out: gets the intervals; where it is full, the subject is given up.

    Returns:
        The first subject that is not done, and how many intervals were written.
    """
    n = 0
    n_measures = measures.shape[0]
    for s in range(low, high):
        begun = n
        line, last = line_at[s], line_at[s + 1]
        key, key_end = key_at[s], key_at[s + 1]
        sort(keys, key, key_end - key)
        for look in range(on.size):
            on[look] = 0
        for q in range(n_measures):
            running[q] = NOTHING
        score = np.int64(NO_SCORE)
        tier = np.int64(NOTHING)
        is_published = False
        at = 0
        day = np.int64(account[s])
        while day <= as_of:
            while line < last:
                told = find_publication(max(lines[line, D_DAY], since), unit, month, first)
                if told > day:
                    break
                score, tier, is_published = lines[line, D_SCORE], lines[line, D_TIER], True
                line += 1
            while key < key_end and keys[key] >> 20 <= day:
                on[(keys[key] & 0xFFFFF) >> 1] += 1 if keys[key] & 1 else -1
                key += 1
            if n + n_measures > out.shape[0]:
                return s, begun
            for q in range(n_measures):
                holds = applies(measures, q, day, is_published, score, tier, on)
                if holds and running[q] < 0:
                    out[n, I_SUBJECT] = s
                    out[n, I_MEASURE] = q
                    out[n, I_STARTS] = day
                    out[n, I_ENDS] = NOTHING
                    out[n, I_SCORE] = score
                    out[n, I_TIER] = tier
                    running[q] = n
                    n += 1
                elif not holds and running[q] >= 0:
                    out[running[q], I_ENDS] = day
                    running[q] = NOTHING
            following = np.int64(NEVER)
            if line < last:
                following = find_publication(max(lines[line, D_DAY], since), unit, month, first)
            if key < key_end:
                following = min(following, keys[key] >> 20)
            while at < fixed.size and fixed[at] <= day:
                at += 1
            if at < fixed.size:
                following = min(following, fixed[at])
            day = np.int64(following)
    return high, n
