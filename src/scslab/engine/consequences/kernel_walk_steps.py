"""The steps of the walk over days, as small functions. Each is a sentence of docs/settling.md."""

from __future__ import annotations

from typing import Any

import numpy as np

from scslab.engine.calendar import LAST_DAY, MONTH, MONTHS, NEVER, QUARTER, YEAR
from scslab.engine.consequences.layout import (
    AFTER_KIND,
    AFTER_LENGTH,
    BY_KIND,
    BY_LENGTH,
    BY_REPAIR,
    BY_TERM,
    D_BY_SCORE,
    D_DAY,
    D_SCORE,
    D_SUBJECT,
    D_TIER,
    GRADE_KIND,
    GRADE_LENGTH,
    GRADE_TIER,
    H_ENDS,
    H_IS_GRADE,
    H_ROW,
    H_STATE,
    H_TIER,
    IS_COUNT,
    IS_LIST,
    IS_SCORE,
    IS_TIER,
    LIMIT_KIND,
    LIMIT_LENGTH,
    LIMIT_TIER,
    LIVE,
    M_CLOSED,
    M_CLOSED_BY,
    M_CLOSED_ROW,
    M_IS_SUSPENDED,
    M_LIST,
    M_OPENED,
    M_OPENED_BY,
    M_OPENED_ROW,
    M_SINCE,
    M_SUBJECT,
    M_TARGET,
    M_TERM_ENDS,
    MOST_KIND,
    MOST_LENGTH,
    NO_SCORE,
    PER_KIND,
    PER_LENGTH,
    REF_IS_OWN,
    REF_NUMBER,
    REPAIR_BY_KIND,
    REPAIR_BY_LENGTH,
    REPAIR_LIST,
    REPAIR_SHORTENS,
    STATE_A,
    STATE_B,
    STATE_C,
    STATE_KIND,
    TERM_KIND,
    TERM_LENGTH,
    TIMES,
    WITHIN_KIND,
    WITHIN_LENGTH,
    YEAR_END,
    Feed,
    Plan,
    WalkRoom,
)
from scslab.engine.jit import inline
from scslab.engine.kernel_steps import add_period, find_step, subtract_period
from scslab.engine.layout import NOTHING, Array, Int


@inline
def find_end(day: Int, kind: Int, length: Int, month: Array, first: Array) -> Int:
    """When a hold of this length ends: the first day on which it does not hold."""
    if kind == YEAR_END:
        return min(LAST_DAY + 1, first[(month[day] // 12 + 1) * 12])
    if kind < 0:
        return NEVER
    return add_period(day, kind, length, month, first)


@inline
def find_exit(day: Int, kind: Int, length: Int, month: Array, first: Array) -> Int:
    """The first day whose window no longer holds an event of `day`."""
    late = add_period(day, kind, length, month, first)
    if subtract_period(late, kind, length, month, first) < day:
        late += 1
    return late


@inline
def find_publication_before(day: Int, unit: Int, month: Array, first: Array) -> Int:
    """The last publication before a day: the end of the month, quarter or year before; -1: there is none."""
    per = 1 if unit == MONTH else 3 if unit == QUARTER else 12
    return first[month[day] // per * per] - 1


@inline
def open_member(
    plan: Plan, room: WalkRoom, members: Array, n: Int, s: Int, which: Int, day: Int, by: Int, row: Int
) -> Int:
    """Open a membership; returns how many there are now."""
    ends = NOTHING
    if plan.lists[which, TERM_KIND] >= 0:
        ends = add_period(day, plan.lists[which, TERM_KIND], plan.lists[which, TERM_LENGTH], plan.month, plan.first)
    members[n, M_SUBJECT] = s
    members[n, M_LIST] = which
    members[n, M_OPENED] = day
    members[n, M_CLOSED] = NOTHING
    members[n, M_OPENED_BY] = by
    members[n, M_OPENED_ROW] = row
    members[n, M_CLOSED_BY] = NOTHING
    members[n, M_CLOSED_ROW] = NOTHING
    members[n, M_TERM_ENDS] = ends
    members[n, M_SINCE] = day
    members[n, M_TARGET] = row
    members[n, M_IS_SUSPENDED] = 0
    room.open[which] = n
    return n + 1


@inline
def close_member(room: WalkRoom, members: Array, which: Int, day: Int, by: Int, row: Int) -> None:
    """Close the open membership of a list."""
    m = room.open[which]
    members[m, M_CLOSED] = day
    members[m, M_CLOSED_BY] = by
    members[m, M_CLOSED_ROW] = row
    room.open[which] = NOTHING


@inline
def forget_suspended(members: Array, low: Int, n: Int, which: Int) -> None:
    """A membership of a list that an objection suspended is not opened again, whatever the outcome."""
    for m in range(low, n):
        if members[m, M_LIST] == which:
            members[m, M_IS_SUSPENDED] = 0


@inline
def end_terms(plan: Plan, room: WalkRoom, members: Array, day: Int) -> bool:
    """Close memberships whose term ends on the day."""
    is_changed = False
    for which in range(plan.lists.shape[0]):
        m = room.open[which]
        if m >= 0 and members[m, M_TERM_ENDS] == day:
            close_member(room, members, which, day, np.int64(BY_TERM), np.int64(NOTHING))
            is_changed = True
    return is_changed


@inline
def extend(plan: Plan, room: WalkRoom, members: Array, which: Int, bits: Int) -> bool:
    """Move the end of the running term, as the extensions that listen to an event say."""
    m = room.open[which]
    is_done = False
    if members[m, M_TERM_ENDS] < 0:
        return False
    for x in range(plan.extend_at[which], plan.extend_at[which + 1]):
        if (plan.extends[x] & bits) == 0:
            continue
        ends = members[m, M_TERM_ENDS]
        by = plan.extensions[x, BY_KIND], plan.extensions[x, BY_LENGTH]
        most = plan.extensions[x, MOST_KIND], plan.extensions[x, MOST_LENGTH]
        later = add_period(ends, by[0], by[1], plan.month, plan.first)
        if most[0] >= 0:
            later = min(later, add_period(members[m, M_SINCE], most[0], most[1], plan.month, plan.first))
        if later > ends:
            members[m, M_TERM_ENDS] = later
            is_done = True
    return is_done


@inline
def may_repair(plan: Plan, room: WalkRoom, r: Int, day: Int) -> bool:
    """Whether a repair has not worked as often as it may in the period."""
    times = plan.repairs[r, TIMES]
    if times < 0 or room.uses[r] < times:
        return True
    before = room.used_on[r, room.uses[r] % times]  # so many uses ago
    if plan.is_yearly and plan.month[before] // 12 != plan.month[day] // 12:
        return True
    kind = plan.repairs[r, PER_KIND]
    if kind <= YEAR:
        per = 1 if kind == MONTH else 3 if kind == QUARTER else 12
        return plan.month[before] // per != plan.month[day] // per
    if kind >= MONTHS:
        return before <= subtract_period(day, kind, plan.repairs[r, PER_LENGTH], plan.month, plan.first)
    return False


@inline
def repair(plan: Plan, room: WalkRoom, members: Array, r: Int, day: Int, row: Int) -> bool:
    """Shorten or remove the open membership that a repair is about; whether it did."""
    which = plan.repairs[r, REPAIR_LIST]
    m = room.open[which]
    if m < 0 or not may_repair(plan, room, r, day):
        return False
    if plan.repairs[r, AFTER_KIND] >= 0:
        wait = plan.repairs[r, AFTER_KIND], plan.repairs[r, AFTER_LENGTH]
        if add_period(members[m, M_SINCE], wait[0], wait[1], plan.month, plan.first) > day:
            return False
    if plan.repairs[r, REPAIR_SHORTENS]:
        ends = members[m, M_TERM_ENDS]
        if ends < 0:
            return False
        by = plan.repairs[r, REPAIR_BY_KIND], plan.repairs[r, REPAIR_BY_LENGTH]
        members[m, M_TERM_ENDS] = max(day, subtract_period(ends, by[0], by[1], plan.month, plan.first))
        if members[m, M_TERM_ENDS] == day:
            close_member(room, members, which, day, np.int64(BY_REPAIR), row)
    else:
        close_member(room, members, which, day, np.int64(BY_REPAIR), row)
    if plan.repairs[r, TIMES] >= 0:
        room.used_on[r, room.uses[r] % plan.repairs[r, TIMES]] = day
    room.uses[r] += 1
    return True


@inline
def add_hold(holds: Array, n: Int, tier: Int, ends: Int, row: Int, is_grade: Int, may_be_suspended: bool) -> Int:
    """Note a grade or limit; those that can never matter again beside it are dropped. Returns how many there are."""
    if not may_be_suspended:
        kept = 0
        for h in range(n):
            is_under = holds[h, H_IS_GRADE] == is_grade and holds[h, H_ENDS] <= ends
            if is_under and (is_grade or holds[h, H_TIER] >= tier):
                continue
            for column in range(holds.shape[1]):
                holds[kept, column] = holds[h, column]
            kept += 1
        n = kept
    holds[n, H_TIER] = tier
    holds[n, H_ENDS] = ends
    holds[n, H_ROW] = row
    holds[n, H_IS_GRADE] = is_grade
    holds[n, H_STATE] = LIVE
    return n + 1


@inline
def hold_tiers(plan: Plan, holds: Array, n: Int, rule: Int, day: Int, row: Int) -> Int:
    """Note what a rule holds the tier at; returns how many holds there are."""
    of = plan.holders
    if of[rule, GRADE_TIER] >= 0:
        ends = find_end(day, of[rule, GRADE_KIND], of[rule, GRADE_LENGTH], plan.month, plan.first)
        n = add_hold(holds, n, of[rule, GRADE_TIER], ends, row, np.int64(1), plan.may_be_suspended)
    if of[rule, LIMIT_TIER] >= 0:
        ends = find_end(day, of[rule, LIMIT_KIND], of[rule, LIMIT_LENGTH], plan.month, plan.first)
        n = add_hold(holds, n, of[rule, LIMIT_TIER], ends, row, np.int64(0), plan.may_be_suspended)
    return n


@inline
def end_holds(holds: Array, n: Int, day: Int) -> Int:
    """Drop the holds that ended; returns how many are left."""
    kept = 0
    for h in range(n):
        if holds[h, H_ENDS] > day:
            if kept < h:
                for column in range(holds.shape[1]):
                    holds[kept, column] = holds[h, column]
            kept += 1
    return kept


@inline
def is_listed(plan: Plan, feed: Feed, room: WalkRoom, s: Int, state: Int, day: Int, as_before: bool) -> Any:
    """Whether a subject is on one of the lists of a state condition.

    `as_before`: own lists are read as the day before left them.
    """
    for at in range(plan.states[state, STATE_A], plan.states[state, STATE_B]):
        which = plan.refs[at, REF_NUMBER]
        if not plan.refs[at, REF_IS_OWN]:
            k = room.other[which]
            is_on = k < feed.other_at[which, s + 1] and feed.other_since[k] <= day < feed.other_until[k]
        elif as_before:
            is_on = room.was_open[which] != 0
        else:
            is_on = room.open[which] >= 0
        if is_on:
            return True
    return False


@inline
def holds_state(
    plan: Plan, feed: Feed, room: WalkRoom, s: Int, which: Int, day: Int, score: Int, tier: Int, as_before: bool
) -> bool:
    """Whether a state condition holds."""
    kind, a, b, c = (
        plan.states[which, STATE_KIND], plan.states[which, STATE_A], plan.states[which, STATE_B],
        plan.states[which, STATE_C],
    )  # fmt: skip
    if kind == IS_SCORE:
        return score != NO_SCORE and a <= score < b
    if kind == IS_TIER:
        return tier >= 0 and (a >> tier) & 1 == 1
    if kind == IS_COUNT:
        n = room.number[a]
        return n >= b and (c < 0 or n <= c)
    found = is_listed(plan, feed, room, s, which, day, as_before)
    return found if kind == IS_LIST else not found


@inline
def find_tier(plan: Plan, feed: Feed, room: WalkRoom, s: Int, day: Int, score: Int) -> Int:
    """The highest tier that the score reaches on the day and whose requirements hold; -1: none."""
    if score == NO_SCORE:
        return NOTHING
    for back in range(plan.require_at.size - 1):
        t = plan.require_at.size - 2 - back
        step = find_step(plan.tier_day, plan.tier_offset[t], plan.tier_offset[t + 1], day)
        if step < 0 or plan.tier_value[step] > score:
            continue
        is_met = True
        for which in range(plan.require_at[t], plan.require_at[t + 1]):
            if not holds_state(plan, feed, room, s, which, day, score, np.int64(NOTHING), True):
                is_met = False
                break
        if is_met:
            return t
    return NOTHING


@inline
def apply_holds(holds: Array, n: Int, tier: Int) -> Int:
    """The tier under the latest live grade and all live limits."""
    for back in range(n):
        h = n - 1 - back
        if holds[h, H_IS_GRADE] and holds[h, H_STATE] == LIVE:
            tier = holds[h, H_TIER]
            break
    for h in range(n):
        if not holds[h, H_IS_GRADE] and holds[h, H_STATE] == LIVE:
            tier = min(tier, holds[h, H_TIER])
    return tier


@inline
def count_signal(plan: Plan, room: WalkRoom, bits: Int) -> None:
    """Count an event in the windows that listen to it."""
    for c in range(plan.counters.shape[0]):
        if (plan.counts_on[c] & bits) != 0:
            room.number[c] += 1


@inline
def expire_counts(plan: Plan, feed: Feed, room: WalkRoom, done: Int, day: Int) -> None:
    """Take what left its window out of the counts; `done` is the first signal that is still to come."""
    for c in range(plan.counters.shape[0]):
        kind = plan.counters[c, WITHIN_KIND]
        if kind < 0:
            continue
        since = subtract_period(day, kind, plan.counters[c, WITHIN_LENGTH], plan.month, plan.first)
        at = room.head[c]
        while at < done:
            is_counted = (plan.counts_on[c] & feed.signal_bits[at]) != 0 and is_in_force(plan, feed.signal_day[at])
            if is_counted and feed.signal_day[at] > since:
                break
            if is_counted:
                room.number[c] -= 1
            at += 1
        room.head[c] = at


@inline
def is_in_force(plan: Plan, day: Int) -> bool:
    """Whether the scheme is in force on the day."""
    return plan.in_force_from <= day <= plan.in_force_until


@inline
def write_line(lines: Array, n: Int, s: Int, day: Int, score: Int, tier: Int, by_score: Int) -> None:
    """Write what the standing is from a day on."""
    lines[n, D_SUBJECT] = s
    lines[n, D_DAY] = day
    lines[n, D_SCORE] = score
    lines[n, D_TIER] = tier
    lines[n, D_BY_SCORE] = by_score
