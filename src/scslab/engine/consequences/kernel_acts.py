"""What objections do in the walk over days: to the memberships and holds of their targets."""

from __future__ import annotations

import numpy as np

from scslab.engine.consequences.kernel_walk_steps import close_member, open_member
from scslab.engine.consequences.layout import (
    BY_EVENT,
    BY_OBJECTION,
    BY_REJECTED,
    BY_UPHELD,
    H_ENDS,
    H_ROW,
    H_STATE,
    LIVE,
    M_IS_SUSPENDED,
    M_LIST,
    M_OPENED_BY,
    M_SINCE,
    M_TARGET,
    M_TERM_ENDS,
    SUSPENDED,
    Plan,
    WalkRoom,
)
from scslab.engine.jit import inline
from scslab.engine.layout import NOTHING, Array, Int
from scslab.engine.objection.layout import (
    A_ACTION,
    A_DAY,
    A_GROUP,
    A_IS_LATE,
    A_NUMBER,
    A_PHASE,
    A_ROW,
    A_TARGET,
    DONE,
    EXPIRES_REJECTED,
    EXPIRES_UPHELD,
    FILED,
    FILED_PLAINLY,
    FILINGS,
    MADE_BEFORE,
    NOT_OPEN,
    REJECTED,
    TOO_LATE,
    UPHELD,
    WITHOUT_TARGET,
)

CH_STATE, CH_DAY, CHALLENGE_WIDTH = range(3)
"""Of a target that the walk decides about: 0 where nobody objected, the number of the open filing + 1, or -1 where it
is decided; and the day of the filing."""


@inline
def forget_challenges(acts: Array, low: Int, high: Int, challenges: Array) -> None:
    """Begin a subject: nobody has objected yet."""
    for a in range(low, high):
        if acts[a, A_GROUP] >= 0:
            challenges[acts[a, A_GROUP], CH_STATE] = 0


@inline
def has_opened(members: Array, low: Int, n: Int, target: Int) -> bool:
    """Whether an event has opened a membership."""
    for m in range(low, n):
        if members[m, M_TARGET] == target and members[m, M_OPENED_BY] == BY_EVENT:
            return True
    return False


@inline
def consider(acts: Array, a: Int, members: Array, low: Int, n: Int, challenges: Array, codes: Array) -> Int:
    """What an act comes to: FILED, REJECTED, UPHELD, or -1 where it does nothing. Notes whether it counts."""
    action, group = acts[a, A_ACTION], acts[a, A_GROUP]
    if group < 0:
        codes[a] = DONE
        return action
    state, nothing = challenges[group, CH_STATE], np.int64(NOTHING)
    if action == FILED or action == FILED_PLAINLY:
        if not has_opened(members, low, n, acts[a, A_TARGET]):
            codes[a] = WITHOUT_TARGET
        elif acts[a, A_IS_LATE]:
            codes[a] = TOO_LATE
        elif state != 0:
            codes[a] = MADE_BEFORE
        else:
            codes[a] = DONE
            challenges[group, CH_STATE] = acts[a, A_NUMBER] + 1
            challenges[group, CH_DAY] = acts[a, A_DAY]
            return action if action == FILED else nothing
        return nothing
    if action == EXPIRES_REJECTED or action == EXPIRES_UPHELD:
        if state != acts[a, A_NUMBER] + 1:
            return nothing
        codes[a] = DONE
        challenges[group, CH_STATE] = -1
        return np.int64(REJECTED if action == EXPIRES_REJECTED else UPHELD)
    # An outcome stands twice in its day; it is heard the second time where the filing is of this very day.
    is_of_today = state == 0 or challenges[group, CH_DAY] == acts[a, A_DAY]
    if is_of_today != (acts[a, A_PHASE] == FILINGS):
        return nothing
    codes[a] = DONE if state > 0 else NOT_OPEN
    if state <= 0:
        return nothing
    challenges[group, CH_STATE] = -1
    return action


@inline
def act(
    plan: Plan, room: WalkRoom, members: Array, s: Int, low: Int, n: Int, holds: Array, n_holds: Int, acts: Array,
    a: Int, challenges: Array, codes: Array,
) -> Int:  # fmt: skip
    """What a filing or an outcome does to the memberships and holds of its target; returns how many memberships."""
    action = consider(acts, a, members, low, n, challenges, codes)
    if action < 0:
        return n
    target, day, row = acts[a, A_TARGET], acts[a, A_DAY], acts[a, A_ROW]
    for h in range(n_holds):
        if holds[h, H_ROW] == target:
            holds[h, H_STATE] = SUSPENDED if action == FILED else LIVE
            if action == UPHELD:
                holds[h, H_ENDS] = day  # it is dropped before anybody looks again
                holds[h, H_STATE] = SUSPENDED
    for m in range(low, n):
        if members[m, M_TARGET] != target:
            continue
        which = members[m, M_LIST]
        if action == FILED:
            if room.open[which] == m:
                close_member(room, members, which, day, np.int64(BY_OBJECTION), row)
                members[m, M_IS_SUSPENDED] = 1
        elif action == UPHELD:
            members[m, M_IS_SUSPENDED] = 0
            if room.open[which] == m:
                close_member(room, members, which, day, np.int64(BY_UPHELD), row)
        elif members[m, M_IS_SUSPENDED]:
            members[m, M_IS_SUSPENDED] = 0
            ends = members[m, M_TERM_ENDS]
            if room.open[which] < 0 and (ends < 0 or ends > day):
                new = n
                n = open_member(plan, room, members, n, s, which, day, np.int64(BY_REJECTED), row)
                members[new, M_TERM_ENDS] = ends
                members[new, M_SINCE] = members[m, M_SINCE]
    return n
