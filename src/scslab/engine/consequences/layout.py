"""How the tables of the walk over days are laid out: what the kernels of this folder read and write."""

from __future__ import annotations

from typing import NamedTuple

from scslab.engine.layout import Array

NO_SCORE = -(1 << 62)
"""Where there is no score: before the first publication of an index, and in a scheme that only lists."""
UNBOUNDED = 1 << 62

# A list. Kind -1: it has no term.
TERM_KIND, TERM_LENGTH, RENEWS, LIST_WIDTH = range(4)

# A state condition.
STATE_KIND, STATE_A, STATE_B, STATE_C, STATE_IS_OWN, STATE_WIDTH = range(6)
IS_SCORE, IS_TIER, IS_COUNT, IS_LIST, IS_NOT_LIST = range(5)
"""Kinds of state conditions. A, B, C: low and high score; the tiers as bits; counter, least and most; the first of
its lists and their end in `refs`. A condition on lists is of its own where one of them is.
"""

# A list that a condition names: its number among those of the scheme, or among those of others that it reads.
REF_NUMBER, REF_IS_OWN, REF_WIDTH = range(3)

# A rule that holds a tier (kind -1: for ever): its grade and its limit (tier -1: it has none).
GRADE_TIER, GRADE_KIND, GRADE_LENGTH, LIMIT_TIER, LIMIT_KIND, LIMIT_LENGTH, HOLDER_WIDTH = range(7)
YEAR_END = 6
"""The period that ends with the year of the posting date; beside the kinds of `calendar`."""

# An extension; a repair of a list; a counter.
BY_KIND, BY_LENGTH, MOST_KIND, MOST_LENGTH, EXTENSION_WIDTH = range(5)
(
    REPAIR_LIST, REPAIR_SHORTENS, REPAIR_BY_KIND, REPAIR_BY_LENGTH, AFTER_KIND, AFTER_LENGTH, TIMES, PER_KIND,
    PER_LENGTH, REPAIR_WIDTH,
) = range(10)  # fmt: skip
WITHIN_KIND, WITHIN_LENGTH, COUNTER_WIDTH = range(3)

# A hold of a tier that is live or may become so again.
H_TIER, H_ENDS, H_ROW, H_IS_GRADE, H_STATE, HOLD_WIDTH = range(6)
LIVE, SUSPENDED = range(2)

# A membership.
(
    M_SUBJECT, M_LIST, M_OPENED, M_CLOSED, M_OPENED_BY, M_OPENED_ROW, M_CLOSED_BY, M_CLOSED_ROW, M_TERM_ENDS, M_SINCE,
    M_TARGET, M_IS_SUSPENDED, MEMBER_WIDTH,
) = range(13)  # fmt: skip
"""`M_SINCE`: when it first opened (before an objection); `M_TARGET`: the row of the event that opened it;
`M_IS_SUSPENDED`: an objection closed it, and may fail."""

REASONS = (
    "event", "term", "score", "tier", "count", "list", "not_list", "repair", "objection", "upheld", "rejected",
)  # fmt: skip
"""Why a membership opens or closes."""
(
    BY_EVENT, BY_TERM, BY_SCORE, BY_TIER, BY_COUNT, BY_LIST, BY_NOT_LIST, BY_REPAIR, BY_OBJECTION, BY_UPHELD,
    BY_REJECTED,
) = range(11)  # fmt: skip

# A day on which the standing changed, until the next one.
D_SUBJECT, D_DAY, D_SCORE, D_TIER, D_BY_SCORE, LINE_WIDTH = range(6)

# An interval of a measure.
I_SUBJECT, I_MEASURE, I_STARTS, I_ENDS, I_SCORE, I_TIER, INTERVAL_WIDTH = range(7)

# A measure: which sources it reads (-1: none), and its days.
Q_LOW, Q_HIGH, Q_HAS_SCORE, Q_TIERS, Q_ON, Q_OFF, Q_SINCE, Q_UNTIL, MEASURE_WIDTH = range(9)


class Plan(NamedTuple):
    """What a scheme says about tiers and lists, as arrays.

    Attributes:
        lists: one row a list; `enters` and `leaves` the clauses (bits) by which an event opens or closes it.
        states: one row a state condition; of list l the ways in are `enter_at[l]:enter_at[l + 1]`, the ways out
            `leave_at[l]:leave_at[l + 1]`, and tier t requires `require_at[t]:require_at[t + 1]`.
        extensions, extends: one row an extension, and its clause; those of list l are `extend_at[l]:extend_at[l + 1]`.
        repairs, repairs_on: repairs of lists in file order, and their clauses.
        counters, counts_on: the windows of counts, and their clauses.
        holders: one row a rule.
        tier_offset, tier_day, tier_value: dated lower bounds of tiers.
        fixed: days on which the same score may mean something else, for everybody.
        start: start score by year from 1900, read where `is_yearly`.
        is_index: score and tier change on publication days only.
        reads_own: whether a tier requires something of a list of this scheme.
        may_be_suspended: whether objections suspend holds.
        published, unit: the last publication, and how often there is one (see `calendar`; -1: at once).
    """

    lists: Array
    enters: Array
    leaves: Array
    states: Array
    refs: Array
    enter_at: Array
    leave_at: Array
    require_at: Array
    extensions: Array
    extends: Array
    extend_at: Array
    repairs: Array
    repairs_on: Array
    counters: Array
    counts_on: Array
    holders: Array
    tier_offset: Array
    tier_day: Array
    tier_value: Array
    fixed: Array
    start: Array
    is_yearly: bool
    is_index: bool
    reads_own: bool
    may_be_suspended: bool
    in_force_from: int
    in_force_until: int
    published: int
    unit: int
    as_of: int
    month: Array
    first: Array


class Feed(NamedTuple):
    """What happened to the subjects. Row ranges of subject s are `x_at[s]:x_at[s + 1]`.

    Attributes:
        account: the day on which each account begins; `NEVER`: it has none; more than that: it has none, but something
            is published of it on the day `account - NEVER - 1`.
        start: the score before the first change.
        path_at, path_day, path_score: days on which the score at the end of the day changes (of an index: is
            published).
        signal_at, signal_day, signal_bits: events that clauses listen to, in order.
        hold_at, hold_day, hold_rule, hold_row: entries that hold a tier, in order.
        act_at, acts: acts on objections, in order (see `objection.layout`).
        other_at, other_since, other_until: memberships of lists of other schemes, by source: shape (sources, n + 1)
            for `other_at`.
    """

    account: Array
    start: Array
    path_at: Array
    path_day: Array
    path_score: Array
    signal_at: Array
    signal_day: Array
    signal_bits: Array
    signal_row: Array
    hold_at: Array
    hold_day: Array
    hold_rule: Array
    hold_row: Array
    act_at: Array
    acts: Array
    other_at: Array
    other_since: Array
    other_until: Array


class WalkRoom(NamedTuple):
    """Room to work in while one subject is walked.

    Attributes:
        open: by list, the membership that is open (-1: none); `was_open` at the end of the day before.
        head, number: by counter, the earliest signal that may be in its window, and how many are.
        other: by source, the first membership that is not over.
        holds: holds that may be live.
        uses: by repair, how often it worked.
        used_on: the last days on which each repair worked, shape (repairs, times), used in turn.
    """

    open: Array
    was_open: Array
    head: Array
    number: Array
    other: Array
    holds: Array
    uses: Array
    used_on: Array


class WalkOutput(NamedTuple):
    """What the walk writes.

    Attributes:
        members, lines: memberships, and the standing over time.
        held_until: by subject, how long limits hold.
        did: by signal, whether it changed a list.
        act_codes: by act, what it came to (see `objection.layout`).
        challenges: room, by target that the walk decides about.
    """

    members: Array
    lines: Array
    held_until: Array
    did: Array
    act_codes: Array
    challenges: Array
