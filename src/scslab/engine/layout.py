"""How the tables that kernels work on are laid out: one row of whole numbers a rule, cap, subject or remembered entry.

Rows instead of one array a field: a kernel finds all that it needs of a subject or rule side by side in memory, and is
compiled twice as fast.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from numpy.typing import NDArray

Array = NDArray[Any]
"""A column or table; kernels are compiled for the types they are given."""
Int = Any
"""A whole number of any width."""

# A rule. `*_KIND` and `*_LENGTH` are a period as `calendar.encode_period` gives it; kind -1 where the rule has none.
(
    FIRST_STEP,  # its dated points: `steps[FIRST_STEP:END_STEP]`
    END_STEP,
    FIRST_FACTOR,  # its repeat factors
    END_FACTOR,
    SLOT,  # the column of its formula's values; -1 where its points are plain
    REPEAT_KIND,
    REPEAT_LENGTH,
    VALID_KIND,
    VALID_LENGTH,
    HELD_TIER,  # the tier that it holds a subject down to; -1: none
    HOLD_KIND,  # -1: for ever
    HOLD_LENGTH,
    FIRST_CAP,  # its caps, in the order in which they act: `rule_caps[FIRST_CAP:END_CAP]`
    END_CAP,
    IS_REMEMBERED,  # whether its entries may matter to later ones
    CONSTANT,  # its points where they never change; else `VARYING`
    IS_SIMPLE,  # whether its entries neither lapse nor are remembered, nor hold a tier
    RULE_WIDTH,
) = range(18)
VARYING = -(1 << 62)
"""No number of points."""

# A cap.
CAP_KIND, CAP_LENGTH, FIRST_LIMIT, END_LIMIT, CAP_WIDTH = range(5)

# A subject: its events and remembered entries in this run, and its state.
(
    BEGIN,  # its acting events: `words[BEGIN:BEGIN + ACTING]`
    ACTING,
    MEMORY_BEGIN,
    MEMORY_END,
    IS_FRESH,  # whether it has no state yet
    SCORE,
    START,
    N_ENTRIES,
    LAST_POSTED,
    PUBLISHED,  # its score at the last publication
    PUBLISHED_HOLD,  # the tier it was held at then; -1: none
    HOLD,  # the tier it is held at; -1: none
    HELD_UNTIL,
    CARRIED_YEAR,  # under yearly restarts, the year (from 1900) whose start was carried over; -1: none
    SUBJECT_WIDTH,
) = range(15)

# A remembered entry.
E_RULE, E_DAY, E_GRANTED, E_EFFECTIVE, E_LAPSE, E_ROW, ENTRY_WIDTH = range(7)

# Counts by rule.
ENTRIES, CUT_BY_CAP, CAPPED_TO_NOTHING, CUT_BY_FLOOR, CUT_BY_CEILING, STATS_WIDTH = range(6)

EVENT, LAPSE, RESTART, OBJECTION, REJECTION, UPHOLDING, REPAIR = range(7)
"""Kinds of entries."""
NOTHING = -1
"""Where an index, a row or a day is missing."""
PLAIN = (1 << 63) - 1
"""`i & PLAIN` is `i`, and tells the compiler that it is not negative: then it does not count it from the end."""


class Rules(NamedTuple):
    """What each rule posts.

    Attributes:
        table: one row a rule.
        type_rules_offset, type_rules: the rules that listen to each type, in file order.
        step_day, step_at: since when points are in force, and where in `nominal` they stand, one number for each
            factor.
        factors: repeat factors, as doubles for formulas.
        scale: 10^decimals.
    """

    table: Array
    type_rules_offset: Array
    type_rules: Array
    step_day: Array
    step_at: Array
    nominal: Array
    factors: Array
    rule_caps: Array
    scale: float


class Caps(NamedTuple):
    """Caps: one row a cap, their dated limits, and whether a rule fills a cap (caps, rules)."""

    table: Array
    limit_day: Array
    limit: Array
    is_member: Array


class Bounds(NamedTuple):
    """Floor and ceiling; where they are dated, their steps (`offset[0]`: floor, `offset[1]`: ceiling)."""

    are_dated: bool
    floor: int
    ceiling: int
    offset: Array
    day: Array
    value: Array


class Span(NamedTuple):
    """The days of a run: from which it goes on, the last publication, and the standing's date; and the calendar.

    `start` is the start score by year from 1900.
    """

    after: int
    published: int
    as_of: int
    is_yearly: bool
    month: Array
    first: Array
    start: Array


class Room(NamedTuple):
    """Room to work in while one subject is folded.

    Attributes:
        memory: its remembered entries; `queue` orders those that will lapse.
        used: points that fill each cap, by sign, shape (caps, 2).
        period: by cap, the calendar period that `used` counts, or where a rolling window begins in `memory`.
        recent, window: by rule, how many entries lie in its repeat window, and where that begins in `memory`.
        until: by tier, the day on which its last hold ends.
    """

    memory: Array
    queue: Array
    used: Array
    period: Array
    recent: Array
    window: Array
    until: Array


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
