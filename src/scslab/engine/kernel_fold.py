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
    are_bounds_dated: bool
    floor: int
    ceiling: int


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
    """By subject: where its events and its remembered entries begin, how many there are, and its state."""

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
def find_step(days: Array, low: Int, high: Int, day: Int) -> Int:
    """The last of the steps `low..high` whose day is not after `day`; -1 where there is none."""
    found = NOTHING
    for k in range(low, high):
        if days[k] <= day:
            found = k
    return found


@inline
def clamp(score: Int, granted: Int, day: Int, caps: Caps) -> Int:
    """The score after a change, held within the bounds in force on the day: the floor first, the ceiling last."""
    if not caps.are_bounds_dated:
        return min(caps.ceiling, max(caps.floor, score + granted))
    after = score + granted
    floor = find_step(caps.bound_day, caps.bound_offset[0], caps.bound_offset[1], day)
    if floor >= 0:
        after = max(after, caps.bound_value[floor])
    ceiling = find_step(caps.bound_day, caps.bound_offset[1], caps.bound_offset[2], day)
    if ceiling >= 0:
        after = min(after, caps.bound_value[ceiling])
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


@inline
def recall(
    rules: Rules, caps: Caps, span: Span, past: Memory, low: Int, high: Int, memory: Memory, used: Array,
    scratch: tuple[Array, ...],
) -> Int:  # fmt: skip
    """Take up the remembered entries of a subject as if they had just been posted; returns how many lapses wait."""
    period, recent, _, until = scratch
    this_year = span.month[max(0, span.after)] // 12
    tail = 0
    for k in range(low, high):
        rule, day, n = past.rule[k], past.day[k], k - low
        memory.rule[n] = rule
        memory.day[n] = day
        memory.granted[n] = past.granted[k]
        memory.effective[n] = past.effective[k]
        memory.lapse[n] = past.lapse[k]
        memory.row[n] = past.row[k]
        if past.lapse[k] >= 0:
            enqueue(memory, n, 0, tail)
            tail += 1
        # Under yearly restarts entries of an earlier year fill no cap.
        is_filling = not span.is_yearly or span.month[day] // 12 == this_year
        for j in range(rules.caps_offset[rule], rules.caps_offset[rule + 1]):
            c = rules.caps[j]
            turn_period(c, day, caps, span, period, used)
            if is_filling and past.granted[k] > 0:
                used[c, 0] += past.granted[k]
            elif is_filling:
                used[c, 1] -= past.granted[k]
        for c in range(caps.period.shape[0]):  # what was not counted must not be taken out of a rolling window
            if caps.period[c, 0] >= MONTHS and not is_filling:
                period[c] = n + 1
        if rules.repeat[rule, 0] >= 0:
            recent[rule] += 1
        hold_tier(rules, rule, day, span, until)
    return tail


@inline
def turn_period(c: Int, day: Int, caps: Caps, span: Span, period: Array, used: Array) -> None:
    """Empty a calendar cap when the day lies in a new month, quarter or year."""
    kind = caps.period[c, 0]
    if kind <= YEAR:
        unit = span.month[day] // (1 if kind == MONTH else 3 if kind == QUARTER else 12)
        if period[c] != unit:
            period[c] = unit
            used[c, 0] = 0
            used[c, 1] = 0


@inline
def hold_tier(rules: Rules, rule: Int, day: Int, span: Span, until: Array) -> None:
    """Note how long a rule holds its tier, where it holds one."""
    tier = rules.limit_tier[rule]
    if tier >= 0:
        ends = NEVER
        if rules.limit[rule, 0] >= 0:
            ends = add_period(day, rules.limit[rule], span)
        until[tier] = max(until[tier], ends)


@inline
def find_hold(until: Array, day: Int) -> Int:
    """The lowest tier that is held on the day; -1 where none is."""
    for t in range(until.size):
        if until[t] > day:
            return t
    return NOTHING


@inline
def grant(
    rules: Rules, caps: Caps, span: Span, rule: Int, day: Int, nominal: Int, n: Int, memory: Memory, used: Array,
        period: Array
) -> tuple[Int, Int]:  # fmt: skip
    """The points that the caps of a rule leave, its own first, and the cap that cut them last (-1: none)."""
    size = abs(nominal)
    sign = 0 if nominal > 0 else 1
    capped_by = NOTHING
    for j in range(rules.caps_offset[rule], rules.caps_offset[rule + 1]):
        c = rules.caps[j]
        turn_period(c, day, caps, span, period, used)
        if caps.period[c, 0] >= MONTHS:
            since = subtract_period(day, caps.period[c], span)
            period[c] = expire(memory, c, period[c], n, since, caps, used)
        limit = find_step(caps.day, caps.offset[c], caps.offset[c + 1], day)
        if limit >= 0:
            room = max(0, caps.value[limit] - used[c, sign])
            if size > room:
                size = room
                capped_by = c
    for j in range(rules.caps_offset[rule], rules.caps_offset[rule + 1]):
        used[rules.caps[j], sign] += size
    return (size if sign == 0 else -size), capped_by


@inline
def count_repeats(
    rules: Rules, rule: Int, day: Int, span: Span, n: Int, memory: Memory, scratch: tuple[Array, ...]
) -> Int:
    """How many earlier entries of a rule lie in its repeat window."""
    recent, window = scratch[1], scratch[2]
    since = subtract_period(day, rules.repeat[rule], span)
    while window[rule] < n and memory.day[window[rule]] <= since:
        if memory.rule[window[rule]] == rule:
            recent[rule] -= 1
        window[rule] += 1
    return recent[rule]


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


@kernel
def fold(
    rules: Rules, caps: Caps, span: Span, subjects: Subjects, order: Array, low: Int, high: Int, words: Array, rows:
        Array,
    values: Array, past: Memory | None, memory: Memory, used: Array, scratch: tuple[Array, ...], out: Output,
        is_itemised: bool,
    kept: Memory | None, stats: Array,
) -> tuple[Int, Int]:  # fmt: skip
    """Settle the subjects `order[low:high]`.

    `words` and `rows` hold the acting events, grouped by subject; `values` (slots, n) the values of formulas; `past`
    the
    remembered entries of a state. `memory`, `used` (caps, 2) and `scratch` (one array by cap, two by rule, one by
    tier) are
    room to work in. Writes the new state of each subject in place; with `is_itemised` its entries to `out`; what must
    be
    remembered to `kept`. Without `past` and `kept` (None) the code for them is not even compiled. Adds to `stats`
    (rules, 5). Returns how many entries and how many remembered entries were written.
    """
    # period: by cap, the calendar period that `used` counts, or where a rolling window begins in the memory
    # recent, window: by rule, how many entries lie in its repeat window, and where that begins in the memory
    # until: by tier, the day on which its last hold ends
    period, recent, window, until = scratch
    n_caps = caps.period.shape[0]
    written = 0
    n_kept = 0
    for position in range(low, high):
        s = order[position]
        at = subjects.begin[s]
        end = at + subjects.acting[s]
        score = subjects.score[s]
        n_entries = np.int64(subjects.n_entries[s])
        last_posted = np.int64(subjects.last_posted[s])
        is_published = span.published <= span.after and not subjects.is_fresh[s]
        n = 0  # remembered entries
        head = 0
        tail = 0
        new_year = NEVER
        bits = np.uint64(0)
        base = 0
        day = np.int64(0)
        row = np.int64(NOTHING)
        waiting = np.int64(NEVER)
        for c in range(n_caps):
            used[c, 0] = 0
            used[c, 1] = 0
            period[c] = 0 if caps.period[c, 0] >= MONTHS else NOTHING
        recent[:] = 0
        window[:] = 0
        until[:] = NOTHING
        if past is not None:
            if span.is_yearly and n_entries > 0:
                new_year = span.first[(span.month[span.after] // 12 + 1) * 12]
            n = subjects.memory_end[s] - subjects.memory_begin[s]
            tail = recall(
                rules, caps, span, past, subjects.memory_begin[s], subjects.memory_end[s], memory, used, scratch
            )

        while True:
            # What comes next: another rule of this event, a restart or a lapse, the publication, or another event.
            occurrence = 0
            capped_by = NOTHING
            lapse = NOTHING
            if not bits:
                is_event = at < end
                day = np.int64(words[at] >> DAY_SHIFT) if is_event else np.int64(span.as_of)
                is_publication = not is_published and (day > span.published or not is_event)
                if is_publication:
                    day = np.int64(span.published)
                waiting = np.int64(memory.lapse[memory.queue[head]]) if head < tail else np.int64(NEVER)
                if min(new_year, waiting) > day:
                    if is_publication:
                        is_published = True
                        if span.is_yearly and n_entries == 0:
                            score = span.start[span.month[max(0, day)] // 12]
                        subjects.published[s] = score
                        subjects.published_limit[s] = find_hold(until, day)
                        continue
                    if not is_event:
                        break
                    bits = words[at] & RULES_MASK
                    base = rules.type_rules_offset[np.int64((words[at] >> TYPE_SHIFT) & TYPE_MASK)]
                    row = np.int64(rows[at])
                    at += 1
            if bits:
                kind = EVENT
                while not bits & ONE:
                    bits >>= ONE
                    base += 1
                bits >>= ONE
                rule = rules.type_rules[base]
                base += 1
                if n_entries == 0 and span.is_yearly:
                    score = span.start[span.month[day] // 12]
                    subjects.start[s] = score
                    new_year = np.int64(span.first[(span.month[day] // 12 + 1) * 12])
                factor = rules.factors_offset[rule]
                if rules.repeat[rule, 0] >= 0:
                    occurrence = count_repeats(rules, rule, day, span, n, memory, scratch) + 1
                    factor = min(factor + occurrence, rules.factors_offset[rule + 1]) - 1
                if rules.slot[rule] >= 0:
                    nominal = round_half_away((values[rules.slot[rule], row] * rules.factors[factor]) * rules.scale)
                else:
                    step = rules.points_offset[rule]
                    if rules.points_offset[rule + 1] - step > 1:
                        step = find_step(rules.points_day, step, rules.points_offset[rule + 1], day)
                    nominal = rules.nominal[rules.points_at[step] + factor - rules.factors_offset[rule]]
                granted = nominal
                if rules.caps_offset[rule] < rules.caps_offset[rule + 1]:
                    granted, capped_by = grant(rules, caps, span, rule, day, nominal, n, memory, used, period)
                after = clamp(score, granted, day, caps)
            elif new_year <= waiting:
                kind = RESTART
                day = new_year
                row = NOTHING
                rule = NOTHING
                after = span.start[span.month[day] // 12]
                granted = after - score
                nominal = granted
                new_year = np.int64(span.first[(span.month[day] // 12 + 1) * 12])
                for k in range(head, tail):
                    memory.lapse[memory.queue[k]] = NOTHING
                head = tail
                for c in range(n_caps):
                    used[c, 0] = 0
                    used[c, 1] = 0
                    period[c] = n if caps.period[c, 0] >= MONTHS else NOTHING
            else:
                kind = LAPSE
                day = waiting
                index = memory.queue[head]
                head += 1
                memory.lapse[index] = NOTHING
                row = memory.row[index]
                rule = np.int64(memory.rule[index])
                granted = -memory.effective[index]
                nominal = granted
                after = clamp(score, granted, day, caps)
            effective = after - score

            if kind == EVENT:
                stats[rule, ENTRIES] += 1
                if granted != nominal:
                    stats[rule, CUT_BY_CAP] += 1
                    stats[rule, CAPPED_TO_NOTHING] += granted == 0
                if effective != granted:
                    stats[rule, CUT_BY_FLOOR if effective > granted else CUT_BY_CEILING] += 1
                if rules.valid[rule, 0] >= 0 and effective != 0:
                    lapse = np.int64(add_period(day, rules.valid[rule], span))
                    if lapse >= new_year:  # the restart comes first and drops it
                        lapse = NOTHING
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
                hold_tier(rules, rule, day, span, until)
            n_entries += 1
            if is_itemised:
                out.subject[written] = position
                out.seq[written] = n_entries
                out.day[written] = day
                out.kind[written] = kind
                out.row[written] = row
                out.rule[written] = rule
                out.nominal[written] = nominal
                out.granted[written] = granted
                out.effective[written] = effective
                out.before[written] = score
                out.lapse[written] = lapse
                out.occurrence[written] = occurrence
                out.capped_by[written] = capped_by
                written += 1
            score = after
            last_posted = day

        if span.is_yearly and n_entries == 0:
            score = span.start[span.month[span.as_of] // 12]
            subjects.start[s] = score
        subjects.score[s] = score
        subjects.n_entries[s] = n_entries
        subjects.last_posted[s] = last_posted
        subjects.limit[s] = find_hold(until, span.as_of)
        held_until = NOTHING
        for t in range(until.size):
            if until[t] > span.as_of:
                held_until = max(held_until, min(until[t], LAST_DAY))
        subjects.held_until[s] = held_until

        if kept is not None:
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
