"""The kernel that settles: folds the acting events of each subject, in order, into entries and a score.

It reads like docs/settling.md. What a scheme says comes in as arrays (`Rules`, `Caps`, `Dates`), so one compiled
kernel serves every
scheme. An entry that may matter later (it lapses, fills a cap, counts as a repetition or holds a tier) is
*remembered* in a list of the
subject; the remembered entries that still matter at the end are the state from which a later run goes on.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from scslab.engine.calendar import LAST_DAY, MONTH, MONTHS, NEVER, QUARTER, YEAR
from scslab.engine.jit import inline, kernel
from scslab.engine.kernel_group import DAY_SHIFT, ONE, RULES_MASK, TYPE_MASK, TYPE_SHIFT, Array, Int

EVENT, LAPSE, RESTART = range(3)
"""Kinds of entries."""
NOTHING = -1
"""Where an index, a row or a day is missing."""
ENTRIES, CUT_BY_CAP, CAPPED_TO_NOTHING, CUT_BY_FLOOR, CUT_BY_CEILING = range(5)
"""Columns of the counts by rule."""


class Rules(NamedTuple):
    """What each rule posts (see `compile.Compiled`)."""

    type_rules_offset: Array
    type_rules: Array
    points_offset: Array
    points_day: Array
    points_at: Array
    nominal: Array
    factors_offset: Array
    factors: Array
    slot: Array
    repeat: Array
    valid: Array
    limit_tier: Array
    limit: Array
    caps_offset: Array
    caps: Array
    is_remembered: Array
    scale: float


class Caps(NamedTuple):
    """Caps and bounds: periods, dated points, and which rules fill which cap."""

    period: Array
    offset: Array
    day: Array
    value: Array
    is_member: Array
    bound_offset: Array
    bound_day: Array
    bound_value: Array


class Span(NamedTuple):
    """The days of a run: from which it goes on, the last publication, and the standing's date; and the calendar."""

    after: int
    published: int
    as_of: int
    is_yearly: bool
    month: Array
    first: Array
    start: Array


class Subjects(NamedTuple):
    """One row a subject: where its events begin, how many act, where its remembered entries begin; and its state so
    far."""

    begin: Array
    acting: Array
    is_fresh: Array
    score: Array
    start: Array
    n_entries: Array
    last_posted: Array
    published: Array
    published_limit: Array
    limit: Array
    held_until: Array
    memory_begin: Array
    memory_end: Array


class Memory(NamedTuple):
    """Remembered entries: of a subject while it is folded, or of all subjects in a state."""

    rule: Array
    day: Array
    granted: Array
    effective: Array
    lapse: Array
    row: Array
    queue: Array


class Output(NamedTuple):
    """Entries, column by column."""

    subject: Array
    seq: Array
    day: Array
    kind: Array
    row: Array
    rule: Array
    nominal: Array
    granted: Array
    effective: Array
    before: Array
    lapse: Array
    occurrence: Array
    capped_by: Array


@inline
def add_period(day: Int, period: Array, span: Span) -> Int:
    """The day this long after `day`, as `ground.dates.Period.after`."""
    if period[0] != MONTHS:
        return min(LAST_DAY, day + period[1])
    month = span.month[day]
    later = month + period[1]
    if later >= span.first.size - 1:
        return LAST_DAY
    return min(span.first[later] + day - span.first[month], span.first[later + 1] - 1)


@inline
def subtract_period(day: Int, period: Array, span: Span) -> Int:
    """The day this long before `day`, as `ground.dates.Period.before`."""
    if period[0] != MONTHS:
        return max(0, day - period[1])
    month = span.month[day]
    earlier = month - period[1]
    if earlier < 0:
        return 0
    return min(span.first[earlier] + day - span.first[month], span.first[earlier + 1] - 1)


@inline
def clamp(score: Int, granted: Int, day: Int, caps: Caps) -> Int:
    """The score after a change, held within the bounds in force on the day: the floor first, the ceiling last."""
    after = score + granted
    found = NOTHING
    for k in range(caps.bound_offset[0], caps.bound_offset[1]):
        if caps.bound_day[k] <= day:
            found = k
    if found >= 0 and after < caps.bound_value[found]:
        after = caps.bound_value[found]
    found = NOTHING
    for k in range(caps.bound_offset[1], caps.bound_offset[2]):
        if caps.bound_day[k] <= day:
            found = k
    if found >= 0 and after > caps.bound_value[found]:
        after = caps.bound_value[found]
    return after


@inline
def enqueue(memory: Memory, index: Int, head: Int, tail: Int) -> None:
    """Put a remembered entry into the queue of lapses, which is ordered by lapse day, then by posting."""
    at = tail
    lapse = memory.lapse[index]
    while at > head and memory.lapse[memory.queue[at - 1]] > lapse:
        memory.queue[at] = memory.queue[at - 1]
        at -= 1
    memory.queue[at] = index


@inline
def round_half_away(x: Any) -> Int:
    """The nearest whole number, halves away from zero."""
    whole = np.floor(abs(x))
    if abs(x) - whole >= 0.5:
        whole += 1.0
    return np.int64(whole) if x >= 0 else -np.int64(whole)


@inline
def expire(memory: Memory, cap: Int, tail: Int, n: Int, since: Int, caps: Caps, used: Array) -> Int:
    """Take the entries that left a rolling window out of what fills the cap; returns the window's new beginning."""
    while tail < n and memory.day[tail] <= since:
        if caps.is_member[cap, memory.rule[tail]]:
            granted = memory.granted[tail]
            if granted > 0:
                used[cap, 0] -= granted
            else:
                used[cap, 1] += granted
        tail += 1
    return tail


@kernel
def fold(
    rules: Rules,
    caps: Caps,
    span: Span,
    subjects: Subjects,
    order: Array,
    low: Int,
    high: Int,
    words: Array,
    rows: Array,
    values: Array,
    past: Memory,
    memory: Memory,
    used: Array,
    scratch: tuple[Array, ...],
    out: Output,
    is_itemised: bool,
    keep: bool,
    kept: Memory,
    stats: Array,
) -> tuple[Int, Int]:
    """Settle the subjects `order[low:high]`.

    `words` and `rows` hold the acting events, grouped by subject; `values` (slots, n) the values of formulas; `past`
    the remembered entries
    of a state. `memory`, `used` (caps, 2) and `scratch` (3, max(caps, rules, tiers) + 1) are room to work in. Writes
    the new state of
    each subject in place; with `is_itemised` its entries to `out`; with `keep` what must be remembered to `kept`.
    Adds to `stats` (rules, 5).
    Returns how many entries and how many remembered entries were written.
    """
    n_caps = caps.period.shape[0]
    n_rules = rules.valid.shape[0]
    period = scratch[
        0
    ]  # by cap: the calendar period that `used` counts, or the beginning of a rolling window in the list
    recent = scratch[1]  # by rule: how many entries of it lie in its repeat window
    window = scratch[2]  # by rule: where its repeat window begins in the list
    until = scratch[3]  # by tier: the day on which its last limit ends
    n_tiers = until.size
    written = 0
    n_kept = 0
    for position in range(low, high):
        s = order[position]
        at = subjects.begin[s]
        end = at + subjects.acting[s]
        score = subjects.score[s]
        n_entries = subjects.n_entries[s]
        last_posted = subjects.last_posted[s]
        is_published = span.published <= span.after and not subjects.is_fresh[s]
        n = 0
        head = 0
        tail = 0
        new_year = NEVER
        for c in range(n_caps):
            used[c, 0] = 0
            used[c, 1] = 0
            period[c] = 0 if caps.period[c, 0] >= MONTHS else NOTHING
        for r in range(n_rules):
            recent[r] = 0
            window[r] = 0
        for t in range(n_tiers):
            until[t] = NOTHING
        if span.is_yearly and n_entries > 0:
            new_year = span.first[(span.month[span.after] // 12 + 1) * 12]

        # Take up the remembered entries of the state.
        for k in range(subjects.memory_begin[s], subjects.memory_end[s]):
            rule = past.rule[k]
            day = past.day[k]
            memory.rule[n] = rule
            memory.day[n] = day
            memory.granted[n] = past.granted[k]
            memory.effective[n] = past.effective[k]
            memory.lapse[n] = past.lapse[k]
            memory.row[n] = past.row[k]
            if past.lapse[k] >= 0:
                enqueue(memory, n, head, tail)
                tail += 1
            for j in range(rules.caps_offset[rule], rules.caps_offset[rule + 1]):
                c = rules.caps[j]
                kind = caps.period[c, 0]
                if kind <= YEAR:
                    unit = span.month[day] // (1 if kind == MONTH else 3 if kind == QUARTER else 12)
                    if period[c] != unit:
                        period[c] = unit
                        used[c, 0] = 0
                        used[c, 1] = 0
                elif span.is_yearly and span.month[day] // 12 != span.month[span.after] // 12:
                    continue
                if past.granted[k] > 0:
                    used[c, 0] += past.granted[k]
                else:
                    used[c, 1] -= past.granted[k]
            if rules.repeat[rule, 0] >= 0:
                recent[rule] += 1
            if rules.limit_tier[rule] >= 0:
                t = rules.limit_tier[rule]
                ends = add_period(day, rules.limit[rule], span) if rules.limit[rule, 0] >= 0 else NEVER
                until[t] = max(until[t], ends)
            n += 1
        if (
            span.is_yearly
        ):  # entries of an earlier year fill no cap: they were not counted above and must not be taken out
            for c in range(n_caps):
                if caps.period[c, 0] >= MONTHS:
                    while period[c] < n and span.month[memory.day[period[c]]] // 12 != span.month[span.after] // 12:
                        period[c] += 1

        while True:
            is_event = at < end
            target = np.int64(words[at] >> DAY_SHIFT) if is_event else span.as_of
            is_publication = not is_published and (target > span.published or not is_event)
            if is_publication:
                target = span.published

            # Lapses and restarts up to and including the target day.
            while True:
                lapse = memory.lapse[memory.queue[head]] if head < tail else NEVER
                is_restart = new_year <= lapse
                day = new_year if is_restart else lapse
                if day > target:
                    break
                if is_restart:
                    year = span.month[day] // 12
                    granted = span.start[year] - score
                    after = span.start[year]
                    row = NOTHING
                    rule = NOTHING
                    while head < tail:
                        memory.lapse[memory.queue[head]] = NOTHING
                        head += 1
                    for c in range(n_caps):
                        used[c, 0] = 0
                        used[c, 1] = 0
                        period[c] = n if caps.period[c, 0] >= MONTHS else NOTHING
                    new_year = span.first[(year + 1) * 12]
                else:
                    index = memory.queue[head]
                    head += 1
                    memory.lapse[index] = NOTHING
                    granted = -memory.effective[index]
                    after = clamp(score, granted, day, caps)
                    row = memory.row[index]
                    rule = memory.rule[index]
                if is_itemised:
                    out.subject[written] = position
                    out.seq[written] = n_entries + 1
                    out.day[written] = day
                    out.kind[written] = RESTART if is_restart else LAPSE
                    out.row[written] = row
                    out.rule[written] = rule
                    out.nominal[written] = granted
                    out.granted[written] = granted
                    out.effective[written] = after - score
                    out.before[written] = score
                    out.lapse[written] = NOTHING
                    out.occurrence[written] = 0
                    out.capped_by[written] = NOTHING
                    written += 1
                score = after
                n_entries += 1
                last_posted = day

            if is_publication:
                is_published = True
                limit = NOTHING
                for t in range(n_tiers - 1, -1, -1):
                    if until[t] > span.published:
                        limit = t
                is_untouched = span.is_yearly and n_entries == 0
                subjects.published[s] = span.start[span.month[max(0, target)] // 12] if is_untouched else score
                subjects.published_limit[s] = limit
                continue
            if not is_event:
                break

            # The rules that act on the event, in file order.
            word = words[at]
            row = rows[at]
            at += 1
            day = target
            base = rules.type_rules_offset[np.int64((word >> TYPE_SHIFT) & TYPE_MASK)]
            bits = word & RULES_MASK
            while bits:
                rule = rules.type_rules[base]
                base += 1
                is_acting = bits & ONE
                bits >>= ONE
                if not is_acting:
                    continue
                if n_entries == 0 and span.is_yearly:
                    year = span.month[day] // 12
                    score = span.start[year]
                    subjects.start[s] = score
                    new_year = span.first[(year + 1) * 12]

                # Nominal points.
                earlier = 0
                if rules.repeat[rule, 0] >= 0:
                    since = subtract_period(day, rules.repeat[rule], span)
                    while window[rule] < n and memory.day[window[rule]] <= since:
                        if memory.rule[window[rule]] == rule:
                            recent[rule] -= 1
                        window[rule] += 1
                    earlier = recent[rule]
                first_factor = rules.factors_offset[rule]
                factor = min(earlier, rules.factors_offset[rule + 1] - first_factor - 1)
                if rules.slot[rule] >= 0:
                    value = values[rules.slot[rule], row]
                    nominal = round_half_away((value * rules.factors[first_factor + factor]) * rules.scale)
                else:
                    step = rules.points_offset[rule]
                    for k in range(step + 1, rules.points_offset[rule + 1]):
                        if rules.points_day[k] <= day:
                            step = k
                    nominal = rules.nominal[rules.points_at[step] + factor]

                # Granted points: the rule's own cap, then those of its groups.
                size = abs(nominal)
                sign = 0 if nominal > 0 else 1
                capped_by = NOTHING
                for j in range(rules.caps_offset[rule], rules.caps_offset[rule + 1]):
                    c = rules.caps[j]
                    kind = caps.period[c, 0]
                    if kind <= YEAR:
                        unit = span.month[day] // (1 if kind == MONTH else 3 if kind == QUARTER else 12)
                        if period[c] != unit:
                            period[c] = unit
                            used[c, 0] = 0
                            used[c, 1] = 0
                    elif kind >= MONTHS:
                        since = subtract_period(day, caps.period[c], span)
                        period[c] = expire(memory, c, period[c], n, since, caps, used)
                    room = NEVER
                    is_limited = False
                    for k in range(caps.offset[c], caps.offset[c + 1]):
                        if caps.day[k] <= day:
                            room = caps.value[k] - used[c, sign]
                            is_limited = True
                    if is_limited and size > max(room, 0):
                        size = max(room, 0)
                        capped_by = c
                for j in range(rules.caps_offset[rule], rules.caps_offset[rule + 1]):
                    used[rules.caps[j], sign] += size
                granted = size if sign == 0 else -size

                after = clamp(score, granted, day, caps)
                effective = after - score
                stats[rule, ENTRIES] += 1
                if granted != nominal:
                    stats[rule, CUT_BY_CAP] += 1
                    if granted == 0:
                        stats[rule, CAPPED_TO_NOTHING] += 1
                if effective > granted:
                    stats[rule, CUT_BY_FLOOR] += 1
                elif effective < granted:
                    stats[rule, CUT_BY_CEILING] += 1

                lapse = NOTHING
                if rules.valid[rule, 0] >= 0 and effective != 0:
                    lapse = add_period(day, rules.valid[rule], span)
                    if lapse >= new_year:  # the restart comes first and drops it
                        lapse = NOTHING
                if is_itemised:
                    out.subject[written] = position
                    out.seq[written] = n_entries + 1
                    out.day[written] = day
                    out.kind[written] = EVENT
                    out.row[written] = row
                    out.rule[written] = rule
                    out.nominal[written] = nominal
                    out.granted[written] = granted
                    out.effective[written] = effective
                    out.before[written] = score
                    out.lapse[written] = lapse
                    out.occurrence[written] = earlier + 1 if rules.repeat[rule, 0] >= 0 else 0
                    out.capped_by[written] = capped_by
                    written += 1
                score = after
                n_entries += 1
                last_posted = day

                if rules.is_remembered[rule]:
                    memory.rule[n] = rule
                    memory.day[n] = day
                    memory.granted[n] = granted
                    memory.effective[n] = effective
                    memory.lapse[n] = lapse
                    memory.row[n] = row
                    if lapse >= 0:
                        enqueue(memory, n, head, tail)
                        tail += 1
                    n += 1
                if rules.repeat[rule, 0] >= 0:
                    recent[rule] += 1
                if rules.limit_tier[rule] >= 0:
                    t = rules.limit_tier[rule]
                    ends = add_period(day, rules.limit[rule], span) if rules.limit[rule, 0] >= 0 else NEVER
                    until[t] = max(until[t], ends)

        limit = NOTHING
        held_until = NOTHING
        for t in range(n_tiers - 1, -1, -1):
            if until[t] > span.as_of:
                limit = t
                held_until = max(held_until, min(until[t], LAST_DAY))
        if span.is_yearly and n_entries == 0:
            score = span.start[span.month[span.as_of] // 12]
            subjects.start[s] = score
        subjects.score[s] = score
        subjects.n_entries[s] = n_entries
        subjects.last_posted[s] = last_posted
        subjects.limit[s] = limit
        subjects.held_until[s] = held_until

        if keep:
            subjects.memory_begin[s] = n_kept
            for k in range(n):
                if matters_later(rules, caps, span, memory, k):
                    kept.rule[n_kept] = memory.rule[k]
                    kept.day[n_kept] = memory.day[k]
                    kept.granted[n_kept] = memory.granted[k]
                    kept.effective[n_kept] = memory.effective[k]
                    kept.lapse[n_kept] = memory.lapse[k]
                    kept.row[n_kept] = memory.row[k]
                    n_kept += 1
            subjects.memory_end[s] = n_kept
    return written, n_kept


@inline
def matters_later(rules: Rules, caps: Caps, span: Span, memory: Memory, k: Int) -> bool:
    """Whether a remembered entry can still act on a day after `as_of`."""
    rule = memory.rule[k]
    day = memory.day[k]
    if memory.lapse[k] >= 0:
        return True
    if rules.repeat[rule, 0] >= 0 and day > subtract_period(span.as_of, rules.repeat[rule], span):
        return True
    if rules.limit_tier[rule] >= 0 and (
        rules.limit[rule, 0] < 0 or add_period(day, rules.limit[rule], span) > span.as_of
    ):
        return True
    for j in range(rules.caps_offset[rule], rules.caps_offset[rule + 1]):
        c = rules.caps[j]
        kind = caps.period[c, 0]
        if kind <= YEAR:
            per = 1 if kind == MONTH else 3 if kind == QUARTER else 12
            if span.month[day] // per == span.month[span.as_of] // per:
                return True
        elif kind >= MONTHS:
            if day > subtract_period(span.as_of, caps.period[c], span):
                return True
        else:
            return True
    return False
