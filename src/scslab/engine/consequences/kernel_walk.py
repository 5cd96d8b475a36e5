"""The kernel that walks over the days of each subject: tiers, lists, and the acts of objections on them.

It reads like "The order of a day" in docs/settling.md. Only days on which something can change are visited: events,
changes of the score, ends of terms and holds, the days on which events leave windows, dated bounds, and changes of
other schemes' lists.
"""

from __future__ import annotations

import numpy as np

from scslab.engine.calendar import LAST_DAY, NEVER
from scslab.engine.consequences.kernel_acts import act, forget_challenges
from scslab.engine.consequences.kernel_walk_steps import (
    apply_holds,
    close_member,
    count_signal,
    end_holds,
    end_terms,
    expire_counts,
    extend,
    find_exit,
    find_publication_before,
    find_tier,
    forget_suspended,
    hold_tiers,
    holds_state,
    is_in_force,
    open_member,
    repair,
    write_line,
)
from scslab.engine.consequences.layout import (
    BY_COUNT,
    BY_EVENT,
    BY_LIST,
    BY_NOT_LIST,
    BY_SCORE,
    BY_TIER,
    D_BY_SCORE,
    D_SCORE,
    D_TIER,
    H_ENDS,
    H_IS_GRADE,
    H_STATE,
    IS_COUNT,
    IS_LIST,
    IS_SCORE,
    IS_TIER,
    LIVE,
    M_TERM_ENDS,
    RENEWS,
    STATE_KIND,
    TERM_KIND,
    TERM_LENGTH,
    WITHIN_KIND,
    WITHIN_LENGTH,
    Feed,
    Plan,
    WalkOutput,
    WalkRoom,
)
from scslab.engine.jit import inline, kernel
from scslab.engine.kernel_steps import add_period
from scslab.engine.layout import NOTHING, Array, Int
from scslab.engine.objection.layout import A_DAY, A_PHASE, OUTCOMES


@inline
def listen(
    plan: Plan, room: WalkRoom, members: Array, s: Int, low: Int, n: Int, day: Int, bits: Int, row: Int, at: Int,
    did: Array,
) -> Int:  # fmt: skip
    """What an ordinary event does to the lists, in file order; returns how many memberships there are."""
    may_enter = is_in_force(plan, day)
    for which in range(plan.lists.shape[0]):
        is_leaving = (plan.leaves[which] & bits) != 0
        is_entering = may_enter and (plan.enters[which] & bits) != 0
        m = room.open[which]
        if m >= 0 and is_leaving:
            close_member(room, members, which, day, np.int64(BY_EVENT), row)
            did[at] = True
        elif m >= 0 and is_entering and plan.lists[which, RENEWS]:
            kind, length = plan.lists[which, TERM_KIND], plan.lists[which, TERM_LENGTH]
            if kind >= 0:
                members[m, M_TERM_ENDS] = add_period(day, kind, length, plan.month, plan.first)
                did[at] = True
        elif m >= 0 and may_enter:
            if extend(plan, room, members, which, bits):
                did[at] = True
        elif m < 0 and (is_entering or is_leaving):
            if plan.may_be_suspended:
                forget_suspended(members, low, n, which)
            if not is_entering:
                continue
            n = open_member(plan, room, members, n, s, which, day, np.int64(BY_EVENT), row)
            did[at] = True
    return n


@inline
def name_state(plan: Plan, which: Int) -> Int:
    """The reason that a state condition gives."""
    kind = plan.states[which, STATE_KIND]
    if kind == IS_SCORE:
        return np.int64(BY_SCORE)
    if kind == IS_TIER:
        return np.int64(BY_TIER)
    if kind == IS_COUNT:
        return np.int64(BY_COUNT)
    return np.int64(BY_LIST if kind == IS_LIST else BY_NOT_LIST)


@inline
def find_state(
    plan: Plan, feed: Feed, room: WalkRoom, s: Int, first: Int, end: Int, day: Int, score: Int, tier: Int
) -> Int:
    """The first of the state conditions `first..end` that holds; -1: none."""
    for which in range(first, end):
        if holds_state(plan, feed, room, s, which, day, score, tier, False):
            return which
    return NOTHING


@inline
def find_next(
    plan: Plan, feed: Feed, room: WalkRoom, members: Array, s: Int, holds: Array, n_holds: Int, done: Int, day: Int
) -> Int:
    """The next day after `day` on which a term, a hold, a window or another scheme's list changes something."""
    found = np.int64(NEVER)
    for which in range(plan.lists.shape[0]):
        m = room.open[which]
        if m >= 0 and members[m, M_TERM_ENDS] > day:
            found = min(found, members[m, M_TERM_ENDS])
    for h in range(n_holds):
        if holds[h, H_ENDS] > day:
            found = min(found, holds[h, H_ENDS])
    for c in range(plan.counters.shape[0]):
        at = room.head[c]
        kind, length = plan.counters[c, WITHIN_KIND], plan.counters[c, WITHIN_LENGTH]
        if kind >= 0 and at < done:
            leaves = find_exit(feed.signal_day[at], kind, length, plan.month, plan.first)
            found = min(found, max(day + 1, leaves))
    for source in range(feed.other_at.shape[0]):
        k = room.other[source]
        if k < feed.other_at[source, s + 1]:
            edge = feed.other_since[k] if feed.other_since[k] > day else feed.other_until[k]
            found = min(found, edge)
    return found


@kernel
def walk(plan: Plan, feed: Feed, low: Int, high: Int, room: WalkRoom, out: WalkOutput) -> tuple[Int, Int, Int]:
    """Walk over the days of the subjects `low..high`.

    Writes memberships and lines side by side, from the beginning of their tables. Where one of them is full, the
    subject is given up and the walk ends before it.

    Returns:
        The first subject that is not done, how many memberships and how many lines were written.
    """
    members, lines, holds = out.members, out.lines, room.holds
    # Plain literals would be types of their own, and every step would be compiled twice.
    n = np.int64(0)
    n_lines = np.int64(0)
    nothing = np.int64(NOTHING)
    for s in range(low, high):
        first_member = n
        first_line = n_lines
        is_idle = feed.account[s] >= NEVER
        day = np.int64(feed.account[s])
        if day > NEVER:
            day -= NEVER + 1
        elif is_idle:
            day = np.int64(plan.published if plan.published >= 0 else plan.as_of)
        path, signal, hold, a = feed.path_at[s], feed.signal_at[s], feed.hold_at[s], feed.act_at[s]
        n_holds = np.int64(0)
        fixed = np.int64(0)
        score = np.int64(feed.start[s])
        tier = np.int64(NOTHING)
        by_score = np.int64(NOTHING)
        for which in range(room.open.size):
            room.open[which] = NOTHING
            room.was_open[which] = 0
        for c in range(room.head.size):
            room.head[c] = signal
            room.number[c] = 0
        for source in range(room.other.size):
            room.other[source] = feed.other_at[source, s]
        for r in range(room.uses.size):
            room.uses[r] = 0
        forget_challenges(feed.acts, a, feed.act_at[s + 1], out.challenges)
        is_full = False
        while day <= plan.as_of:
            end = signal
            while end < feed.signal_at[s + 1] and feed.signal_day[end] == day:
                end += 1
            acts_end = a
            while acts_end < feed.act_at[s + 1] and feed.acts[acts_end, A_DAY] == day:
                acts_end += 1
            needed = (end - signal + acts_end - a + 1) * plan.lists.shape[0]  # one a list and event at most
            if n + needed > members.shape[0] or n_lines + 1 >= lines.shape[0]:
                is_full = True
                break
            if n_lines == first_line and plan.unit >= 0 and not is_idle:
                # What was published before the account began is the standing of somebody of whom nothing is known.
                told = find_publication_before(day, plan.unit, plan.month, plan.first)
                if told >= plan.in_force_from:
                    if plan.is_yearly and path == feed.path_at[s]:
                        score = plan.start[plan.month[told] // 12]
                    by_score = find_tier(plan, feed, room, s, told, score)
                    write_line(lines, n_lines, s, told, score, by_score, by_score)
                    n_lines += 1
            is_moved = False
            if plan.reads_own:
                for which in range(room.open.size):
                    room.was_open[which] = room.open[which] >= 0
            for source in range(room.other.size):
                k = room.other[source]
                while k < feed.other_at[source, s + 1] and feed.other_until[k] <= day:
                    k += 1
                room.other[source] = k

            # 1. Ends of terms and holds.
            is_moved |= end_terms(plan, room, members, day)
            n_holds = end_holds(holds, n_holds, day)
            # 2. Outcomes of objections.
            while a < acts_end and feed.acts[a, A_PHASE] == OUTCOMES:
                n = act(
                    plan, room, members, s, first_member, n, holds, n_holds, feed.acts, a, out.challenges,
                    out.act_codes,
                )  # fmt: skip
                is_moved = True
                a += 1
            # 3. Repairs.
            if is_in_force(plan, day):
                for at in range(signal, end):
                    for r in range(plan.repairs.shape[0]):
                        is_heard = (plan.repairs_on[r] & feed.signal_bits[at]) != 0
                        if is_heard and repair(plan, room, members, r, day, feed.signal_row[at]):
                            out.did[at] = True
                            is_moved = True
            # 4. Ordinary events: the rules that hold tiers, then the lists.
            while hold < feed.hold_at[s + 1] and feed.hold_day[hold] == day:
                n_holds = hold_tiers(plan, holds, n_holds, feed.hold_rule[hold], day, feed.hold_row[hold])
                hold += 1
            for at in range(signal, end):
                n = listen(
                    plan, room, members, s, first_member, n, day, feed.signal_bits[at], feed.signal_row[at], at,
                    out.did,
                )  # fmt: skip
                is_moved = True
                if is_in_force(plan, day):
                    count_signal(plan, room, feed.signal_bits[at])
            signal = end
            # 5. Filings of objections, and their outcomes on the same day.
            while a < acts_end:
                n = act(
                    plan, room, members, s, first_member, n, holds, n_holds, feed.acts, a, out.challenges,
                    out.act_codes,
                )  # fmt: skip
                is_moved = True
                a += 1
            # 6. The end of the day.
            is_published = not plan.is_index
            if plan.is_yearly and path == feed.path_at[s]:
                score = plan.start[plan.month[day] // 12]
            while path < feed.path_at[s + 1] and feed.path_day[path] <= day:
                score = feed.path_score[path]
                is_published = True
                path += 1
            expire_counts(plan, feed, room, signal, day)
            if is_published:
                by_score = find_tier(plan, feed, room, s, day, score)
                tier = apply_holds(holds, n_holds, by_score)
            for which in range(plan.lists.shape[0]):
                if is_idle:
                    break
                out_by = find_state(
                    plan, feed, room, s, plan.leave_at[which], plan.leave_at[which + 1], day, score, tier
                )
                if out_by >= 0 and plan.may_be_suspended:
                    forget_suspended(members, first_member, n, which)
                if room.open[which] >= 0:
                    if out_by >= 0:
                        close_member(room, members, which, day, name_state(plan, out_by), nothing)
                        is_moved = True
                elif out_by < 0 and is_in_force(plan, day):
                    in_by = find_state(
                        plan, feed, room, s, plan.enter_at[which], plan.enter_at[which + 1], day, score, tier
                    )
                    if in_by >= 0:
                        if plan.may_be_suspended:
                            forget_suspended(members, first_member, n, which)
                        n = open_member(plan, room, members, n, s, which, day, name_state(plan, in_by), nothing)
                        is_moved = True
            if (
                n_lines == first_line
                or lines[n_lines - 1, D_SCORE] != score
                or lines[n_lines - 1, D_TIER] != tier
                or lines[n_lines - 1, D_BY_SCORE] != by_score
                or (plan.is_index and is_published)
            ):
                write_line(lines, n_lines, s, day, score, tier, by_score)
                n_lines += 1

            if is_idle:
                if day == plan.as_of:
                    break
                day = np.int64(plan.as_of)
                continue
            following = find_next(plan, feed, room, members, s, holds, n_holds, signal, day)
            while fixed < plan.fixed.size and plan.fixed[fixed] <= day:
                fixed += 1
            if fixed < plan.fixed.size:
                following = min(following, plan.fixed[fixed])
            if signal < feed.signal_at[s + 1]:
                following = min(following, feed.signal_day[signal])
            if path < feed.path_at[s + 1]:
                following = min(following, feed.path_day[path])
            if hold < feed.hold_at[s + 1]:
                following = min(following, feed.hold_day[hold])
            if a < feed.act_at[s + 1]:
                following = min(following, feed.acts[a, A_DAY])
            if is_moved and plan.reads_own:
                following = min(following, day + 1)
            day = np.int64(following)
        if is_full:
            return s, first_member, first_line
        held_until = np.int64(NOTHING)
        for h in range(n_holds):
            if not holds[h, H_IS_GRADE] and holds[h, H_STATE] == LIVE and holds[h, H_ENDS] > plan.as_of:
                held_until = max(held_until, min(holds[h, H_ENDS], LAST_DAY))
        out.held_until[s] = held_until
    return high, n, n_lines
