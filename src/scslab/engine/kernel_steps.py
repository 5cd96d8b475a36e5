"""The steps of settling, as small functions that the fold is made of. Each is a sentence of docs/settling.md."""

from __future__ import annotations

from typing import Any

import numpy as np

from scslab.engine.calendar import LAST_DAY, MONTH, MONTHS, NEVER, QUARTER, YEAR
from scslab.engine.jit import inline
from scslab.engine.layout import (
    CAP_KIND,
    CAP_LENGTH,
    E_DAY,
    E_EFFECTIVE,
    E_GRANTED,
    E_LAPSE,
    E_ROW,
    E_RULE,
    END_CAP,
    END_LIMIT,
    FIRST_CAP,
    FIRST_LIMIT,
    HELD_TIER,
    HOLD_KIND,
    HOLD_LENGTH,
    NOTHING,
    PLAIN,
    REPEAT_KIND,
    REPEAT_LENGTH,
    Array,
    Bounds,
    Int,
)


@inline
def add_period(day: Int, kind: Int, length: Int, month: Array, first: Array) -> Int:
    """The day this long after `day`, as `ground.dates.Period.after`."""
    if kind != MONTHS:
        return min(LAST_DAY, day + length)
    here = month[day]
    later = here + length
    if later >= first.size - 1:
        return LAST_DAY
    return min(first[later] + day - first[here], first[later + 1] - 1)


@inline
def subtract_period(day: Int, kind: Int, length: Int, month: Array, first: Array) -> Int:
    """The day this long before `day`, as `ground.dates.Period.before`."""
    if kind != MONTHS:
        return max(0, day - length)
    here = month[day]
    earlier = here - length
    if earlier < 0:
        return 0
    return min(first[earlier] + day - first[here], first[earlier + 1] - 1)


@inline
def find_step(days: Array, low: Int, high: Int, day: Int) -> Int:
    """The last of the steps `low..high` whose day is not after `day`; -1 where there is none."""
    found = NOTHING
    for k in range(low, high):
        if days[k] <= day:
            found = k
    return found


@inline
def clamp(score: Int, day: Int, bounds: Bounds) -> Int:
    """A score held within the bounds in force on the day: the floor first, the ceiling last."""
    if not bounds.are_dated:
        return min(bounds.ceiling, max(bounds.floor, score))
    floor = find_step(bounds.day, bounds.offset[0], bounds.offset[1], day)
    if floor >= 0:
        score = max(score, bounds.value[floor])
    ceiling = find_step(bounds.day, bounds.offset[1], bounds.offset[2], day)
    if ceiling >= 0:
        score = min(score, bounds.value[ceiling])
    return score


@inline
def round_half_away(x: Any) -> Int:
    """The nearest whole number, halves away from zero."""
    whole = np.floor(abs(x))
    if abs(x) - whole >= 0.5:
        whole += 1.0
    return np.int64(whole) if x >= 0 else -np.int64(whole)


@inline
def remember(memory: Array, n: Int, rule: Int, day: Int, granted: Int, effective: Int, lapse: Int, row: Int) -> None:
    """Write an entry to the memory of its subject."""
    memory[n, E_RULE] = rule
    memory[n, E_DAY] = day
    memory[n, E_GRANTED] = granted
    memory[n, E_EFFECTIVE] = effective
    memory[n, E_LAPSE] = lapse
    memory[n, E_ROW] = row


@inline
def enqueue(memory: Array, queue: Array, n: Int, head: Int, tail: Int) -> None:
    """Put a remembered entry into the queue of lapses, which is ordered by lapse day, then by posting."""
    at = tail
    while at > head and memory[queue[at - 1], E_LAPSE] > memory[n, E_LAPSE]:
        queue[at] = queue[at - 1]
        at -= 1
    queue[at] = n


@inline
def turn_period(cap: Array, c: Int, month: Int, period: Array, used: Array) -> None:
    """Empty a calendar cap when a month lies in a new month, quarter or year."""
    kind = cap[c, CAP_KIND]
    if kind <= YEAR:
        # Divided by constants: a division by what is not known beforehand takes as long as an entry.
        unit = np.uint64(month)
        if kind == YEAR:
            unit = unit // np.uint64(12)
        elif kind == QUARTER:
            unit = unit // np.uint64(3)
        unit = np.int64(unit)
        if period[c] != unit:
            period[c] = unit
            used[c, 0] = 0
            used[c, 1] = 0


@inline
def expire(memory: Array, c: Int, n: Int, since: Int, is_member: Array, period: Array, used: Array) -> None:
    """Take the entries that left a rolling window out of what fills the cap."""
    at = period[c]
    while at < n and memory[at, E_DAY] <= since:
        if is_member[c, memory[at, E_RULE]]:
            granted = memory[at, E_GRANTED]
            if granted > 0:
                used[c, 0] -= granted
            else:
                used[c, 1] += granted
        at += 1
    period[c] = at


@inline
def grant(
    table: Array, rule_caps: Array, cap: Array, limit_day: Array, limit: Array, is_member: Array, month: Array,
    first: Array, rule: Int, day: Int, nominal: Int, n: Int, memory: Array, period: Array, used: Array,
) -> tuple[Int, Int]:  # fmt: skip
    """The points that the caps of a rule leave, its own first, and the cap that cut them last (-1: none)."""
    size = abs(nominal)
    sign = 0 if nominal > 0 else 1
    capped_by = NOTHING
    for j in range(table[rule, FIRST_CAP] & PLAIN, table[rule, END_CAP]):
        c = rule_caps[j] & PLAIN
        turn_period(cap, c, month[day], period, used)
        if cap[c, CAP_KIND] >= MONTHS:
            since = subtract_period(day, cap[c, CAP_KIND], cap[c, CAP_LENGTH], month, first)
            expire(memory, c, n, since, is_member, period, used)
        step = find_step(limit_day, cap[c, FIRST_LIMIT], cap[c, END_LIMIT], day)
        if step >= 0:
            room = max(0, limit[step] - used[c, sign])
            if size > room:
                size = room
                capped_by = c
    for j in range(table[rule, FIRST_CAP] & PLAIN, table[rule, END_CAP]):
        used[rule_caps[j] & PLAIN, sign] += size
    return (size if sign == 0 else -size), capped_by


@inline
def count_repeats(
    table: Array, rule: Int, day: Int, month: Array, first: Array, n: Int, memory: Array, recent: Array, window: Array
) -> Int:
    """How many earlier entries of a rule lie in its repeat window."""
    since = subtract_period(day, table[rule, REPEAT_KIND], table[rule, REPEAT_LENGTH], month, first)
    while window[rule] < n and memory[window[rule], E_DAY] <= since:
        if memory[window[rule], E_RULE] == rule:
            recent[rule] -= 1
        window[rule] += 1
    return recent[rule]


@inline
def hold_tier(table: Array, rule: Int, day: Int, month: Array, first: Array, until: Array) -> None:
    """Note how long a rule holds its tier, where it holds one."""
    tier = table[rule, HELD_TIER]
    if tier >= 0:
        ends = NEVER
        if table[rule, HOLD_KIND] >= 0:
            ends = add_period(day, table[rule, HOLD_KIND], table[rule, HOLD_LENGTH], month, first)
        until[tier] = max(until[tier], ends)


@inline
def find_hold(until: Array, day: Int) -> Int:
    """The lowest tier that is held on the day; -1 where none is."""
    for t in range(until.size):
        if until[t] > day:
            return t
    return NOTHING


@inline
def recall(
    past: Array, low: Int, high: Int, table: Array, rule_caps: Array, cap: Array, month: Array, first: Array,
    this_year: Int, memory: Array, queue: Array, period: Array, used: Array, recent: Array, until: Array,
) -> Int:  # fmt: skip
    """Take up the remembered entries of a state as if they had just been posted; returns how many lapses wait.

    `this_year` is the year (from 1900) whose entries alone fill caps, under yearly restarts; else -1.
    """
    tail = 0
    for k in range(low, high):
        n = k - low
        rule, day, granted = past[k, E_RULE], past[k, E_DAY], past[k, E_GRANTED]
        remember(memory, n, rule, day, granted, past[k, E_EFFECTIVE], past[k, E_LAPSE], past[k, E_ROW])
        if past[k, E_LAPSE] >= 0:
            enqueue(memory, queue, n, 0, tail)
            tail += 1
        is_filling = this_year < 0 or month[day] // 12 == this_year
        for j in range(table[rule, FIRST_CAP], table[rule, END_CAP]):
            c = rule_caps[j]
            turn_period(cap, c, month[day], period, used)
            if is_filling and granted > 0:
                used[c, 0] += granted
            elif is_filling:
                used[c, 1] -= granted
        for c in range(cap.shape[0]):  # what was not counted must not be taken out of a rolling window
            if cap[c, CAP_KIND] >= MONTHS and not is_filling:
                period[c] = n + 1
        if table[rule, REPEAT_KIND] >= 0:
            recent[rule] += 1
        hold_tier(table, rule, day, month, first, until)
    return tail


@inline
def matters_later(
    memory: Array, k: Int, table: Array, rule_caps: Array, cap: Array, month: Array, first: Array, as_of: Int
) -> bool:
    """Whether a remembered entry can still act on a day after `as_of`."""
    rule, day = memory[k, E_RULE], memory[k, E_DAY]
    if memory[k, E_LAPSE] >= 0:
        return True
    kind = table[rule, REPEAT_KIND]
    if kind >= 0 and day > subtract_period(as_of, kind, table[rule, REPEAT_LENGTH], month, first):
        return True
    if table[rule, HELD_TIER] >= 0:
        kind = table[rule, HOLD_KIND]
        if kind < 0 or add_period(day, kind, table[rule, HOLD_LENGTH], month, first) > as_of:
            return True
    for j in range(table[rule, FIRST_CAP], table[rule, END_CAP]):
        c = rule_caps[j]
        kind = cap[c, CAP_KIND]
        if kind <= YEAR:
            per = 1 if kind == MONTH else 3 if kind == QUARTER else 12
            if month[day] // per == month[as_of] // per:
                return True
        elif kind >= MONTHS:
            if day > subtract_period(as_of, kind, cap[c, CAP_LENGTH], month, first):
                return True
        else:
            return True
    return False
