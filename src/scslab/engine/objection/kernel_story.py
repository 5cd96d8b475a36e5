"""The steps of objection and repair inside the fold, as small functions. Each is a sentence of docs/settling.md."""

from __future__ import annotations

import numpy as np

from scslab.engine.calendar import MONTH, MONTHS, QUARTER, YEAR
from scslab.engine.jit import inline
from scslab.engine.kernel_steps import add_period, hold_tier, subtract_period
from scslab.engine.layout import (
    E_DAY,
    E_EFFECTIVE,
    E_ROW,
    E_RULE,
    HELD_TIER,
    NOTHING,
    OBJECTION,
    REJECTION,
    REPAIR,
    UPHOLDING,
    Array,
    Int,
)
from scslab.engine.objection.layout import (
    A_ACTION,
    A_DAY,
    A_PHASE,
    A_TARGET,
    EVENTS,
    FILED,
    IS_DEAD,
    IS_SUSPENDED,
    NO_OBJECTION,
    R_AFTER_KIND,
    R_AFTER_LENGTH,
    R_OF,
    R_PER_KIND,
    R_PER_LENGTH,
    R_SHARE,
    R_TIMES,
    REJECTED,
    RESTORES,
    T_HAS_ENTRY,
    T_IS_OVER,
    T_REPAIRED,
    T_RESTORED,
    T_STAGE,
    T_TAKEN,
    TALE_WIDTH,
    UPHELD,
    USED,
    Story,
)


@inline
def begin_tale(tales: Array, n: Int) -> None:
    """An entry to which nothing has happened yet."""
    for column in range(TALE_WIDTH):
        tales[n, column] = 0


@inline
def is_due(acts: Array, a: Int, end: Int, day: Int, is_event: bool) -> bool:
    """Whether the next act comes before the next event, which is on `day` (without one: the last day of the run)."""
    if a >= end or acts[a, A_DAY] > day:
        return False
    return acts[a, A_DAY] < day or acts[a, A_PHASE] < EVENTS or not is_event


@inline
def is_taken_back(tales: Array, k: Int) -> bool:
    """Whether an `objection` entry stands against an entry, not yet decided."""
    return tales[k, T_STAGE] == IS_SUSPENDED and tales[k, T_HAS_ENTRY] != 0


@inline
def find_live(memory: Array, tales: Array, k: Int, since: Int) -> Int:
    """The live points of an entry; those before `since` ended with a restart."""
    if k < since or tales[k, T_IS_OVER] or tales[k, T_STAGE] == IS_DEAD or is_taken_back(tales, k):
        return np.int64(0)
    return memory[k, E_EFFECTIVE] + tales[k, T_REPAIRED]


@inline
def share_points(points: Int, part: Int, whole: Int) -> Int:
    """`points` × `part` / `whole`, exactly, rounded half away from zero; `points` is not negative."""
    rest = (points % whole) * part
    return (points // whole) * part + (2 * rest + whole) // (2 * whole)


@inline
def may_restore(story: Story, r: Int, day: Int, month: Array, first: Array, is_yearly: bool) -> bool:
    """Whether a repair has not worked as often as it may in the period."""
    times = story.restores[r, R_TIMES]
    if times < 0 or story.uses[r] < times:
        return True
    before = story.used_on[r, story.uses[r] % times]  # so many uses ago
    if is_yearly and month[before] // 12 != month[day] // 12:
        return True
    kind = story.restores[r, R_PER_KIND]
    if kind <= YEAR:
        per = 1 if kind == MONTH else 3 if kind == QUARTER else 12
        return month[before] // per != month[day] // per
    if kind >= MONTHS:
        return before <= subtract_period(day, kind, story.restores[r, R_PER_LENGTH], month, first)
    return False


@inline
def note_use(story: Story, r: Int, day: Int) -> None:
    """Note that a repair worked."""
    if story.restores[r, R_TIMES] >= 0:
        story.used_on[r, story.uses[r] % story.restores[r, R_TIMES]] = day
    story.uses[r] += 1


@inline
def find_restorable(
    story: Story, r: Int, day: Int, memory: Array, n: Int, since: Int, month: Array, first: Array
) -> Int:
    """The latest entry that a repair can restore; -1: there is none."""
    tales = story.tales
    kind, length = story.restores[r, R_AFTER_KIND], story.restores[r, R_AFTER_LENGTH]
    for back in range(n - since):
        k = n - 1 - back
        if not story.restored[r, memory[k, E_RULE]] or (tales[k, T_RESTORED] >> r) & 1:
            continue
        if find_live(memory, tales, k, since) >= 0:
            continue
        if kind >= 0 and add_period(memory[k, E_DAY], kind, length, month, first) > day:
            continue
        return k
    return NOTHING


@inline
def find_entry(
    story: Story, a: Int, cursor: Int, memory: Array, n: Int, since: Int, month: Array, first: Array, is_yearly: bool
) -> tuple[Int, Int, Int, Int]:
    """The next entry that an act posts about a remembered one, from `cursor` on.

    Returns:
        The remembered entry (-1: the act posts no more), the kind of the new entry, and its nominal and granted points.
    """
    acts, tales = story.acts, story.tales
    action, target, day = acts[a, A_ACTION], acts[a, A_TARGET], acts[a, A_DAY]
    nothing = np.int64(NOTHING)
    zero = np.int64(0)
    if action == USED:
        note_use(story, target, day)
        return nothing, zero, zero, zero
    if action == RESTORES:
        if cursor > 0 or not may_restore(story, target, day, month, first, is_yearly):
            return nothing, zero, zero, zero
        k = np.int64(find_restorable(story, target, day, memory, n, since, month, first))
        if k < 0:
            return nothing, zero, zero, zero
        note_use(story, target, day)
        tales[k, T_RESTORED] |= np.int64(1) << target
        nominal = share_points(-memory[k, E_EFFECTIVE], story.restores[target, R_SHARE], story.restores[target, R_OF])
        return k, np.int64(REPAIR), nominal, min(nominal, -find_live(memory, tales, k, since))
    for k in range(cursor, n):
        if memory[k, E_ROW] != target:
            continue
        if action == FILED:
            live = find_live(memory, tales, k, since)
            tales[k, T_STAGE] = IS_SUSPENDED
            if live != 0:
                tales[k, T_HAS_ENTRY] = 1
                return np.int64(k), np.int64(OBJECTION), -live, -live
        elif action == UPHELD:
            live = find_live(memory, tales, k, since)
            tales[k, T_STAGE] = IS_DEAD
            if not story.suspends and live != 0:
                return np.int64(k), np.int64(UPHOLDING), -live, -live
        elif action == REJECTED and tales[k, T_STAGE] == IS_SUSPENDED:
            is_taken = tales[k, T_HAS_ENTRY] != 0 and not tales[k, T_IS_OVER] and k >= since
            tales[k, T_STAGE] = NO_OBJECTION
            tales[k, T_HAS_ENTRY] = 0
            if is_taken:
                return np.int64(k), np.int64(REJECTION), -tales[k, T_TAKEN], -tales[k, T_TAKEN]
    return nothing, zero, zero, zero


@inline
def renew_holds(table: Array, memory: Array, tales: Array, n: Int, month: Array, first: Array, until: Array) -> None:
    """How long tiers are held by the limits that no objection suspends or has ended."""
    for t in range(until.size):
        until[t] = NOTHING
    if until.size == 0:
        return
    for k in range(n):
        if tales[k, T_STAGE] == NO_OBJECTION and table[memory[k, E_RULE], HELD_TIER] >= 0:
            hold_tier(table, memory[k, E_RULE], memory[k, E_DAY], month, first, until)


@inline
def may_be_acted_upon(story: Story, memory: Array, k: Int, since: Int, as_of: Int, month: Array, first: Array) -> bool:
    """Whether an objection or a repair can still act on a remembered entry after `as_of`."""
    tales = story.tales
    if tales[k, T_STAGE] == IS_SUSPENDED:
        return True
    live = find_live(memory, tales, k, since)
    if live == 0:
        return False
    if story.within_kind >= 0:
        if add_period(memory[k, E_DAY], story.within_kind, story.within_length, month, first) > as_of:
            return True
    if live < 0:
        for r in range(story.restores.shape[0]):
            if story.restored[r, memory[k, E_RULE]] and not (tales[k, T_RESTORED] >> r) & 1:
                return True
    return False


@inline
def find_since(memory: Array, n: Int, this_year: Int, month: Array) -> Int:
    """How many remembered entries of a state ended with a restart."""
    since = np.int64(0)
    while since < n and this_year >= 0 and month[memory[since, E_DAY]] // 12 < this_year:
        since += 1
    return since
