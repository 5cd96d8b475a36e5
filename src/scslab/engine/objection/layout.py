"""How objections and repairs reach the kernels: acts, in the order of the day, and what they do to remembered entries.

Who may object is decided before anything is folded (`challenges`), because it does not depend on any score: an event
has posted an entry if a rule took it. What is left to the kernels are acts: a filing takes back, a rejection gives
again, a repair restores.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from scslab.engine.layout import Array

# An act. By subject they stand in the order of the day.
(
    A_DAY,
    A_PHASE,
    A_ACTION,
    A_TARGET,  # the row of the event that it is about; of a repair its number
    A_ROW,  # the row of the filing, outcome or repair event
    A_GROUP,  # the target's number where the walk over lists must decide whether the act counts; -1: it counts
    A_NUMBER,  # the number of the filing or outcome among all of them
    A_IS_LATE,  # a filing after its time
    ACT_WIDTH,
) = range(9)

OUTCOMES, REPAIRS, EVENTS, FILINGS = 2, 3, 4, 5
"""Phases of a day (see docs/settling.md)."""

FILED, REJECTED, UPHELD, FILED_PLAINLY, RESTORES, USED, EXPIRES_REJECTED, EXPIRES_UPHELD = range(8)
"""Actions. FILED_PLAINLY: without suspension. USED: a repair worked so in an earlier step. The last two are for acts
that the walk decides."""

UNDECIDED, DONE, WITHOUT_TARGET, TOO_LATE, MADE_BEFORE, NOT_OPEN = range(6)
"""Whether an act counted."""

# What became of a remembered entry, beside its row in `layout.Room.memory`.
(
    T_STAGE,
    T_HAS_ENTRY,  # an entry of kind `objection` stands against it
    T_TAKEN,  # the effective points of that entry
    T_REPAIRED,  # the effective points of all repairs of it
    T_RESTORED,  # which repairs have restored it, as bits
    T_IS_OVER,  # it has lapsed
    TALE_WIDTH,
) = range(7)
NO_OBJECTION, IS_SUSPENDED, IS_DEAD = range(3)
"""Stages."""

# A repair of points. TIMES -1: as often as one likes.
R_SHARE, R_OF, R_AFTER_KIND, R_AFTER_LENGTH, R_TIMES, R_PER_KIND, R_PER_LENGTH, RESTORE_WIDTH = range(8)
"""The share is R_SHARE / R_OF."""
MAX_RESTORES = 62


class Story(NamedTuple):
    """What objections and repairs do in a fold.

    Attributes:
        at, acts: the acts of subject s are `acts[at[s]:at[s + 1]]`.
        suspends: whether a filing takes back what its target posted.
        within_kind, within_length: how long an objection may be filed; kind -1: for ever.
        restores: repairs of points, one row each; `restored` says which rules they are about (restores, rules).
        past: tales of the remembered entries of a state.
        tales: room for the tales of one subject.
        uses: by repair of points, how often it worked.
        used_on: the last days on which each worked, shape (restores, times), used in turn.
        did: by act, whether it posted anything.
        out_target, out_repair: columns of entries: the row of the event acted upon and the repair, -1: none; None
            where entries are not wanted.
        kept: gets the tales of the entries that must be remembered.
    """

    at: Array
    acts: Array
    suspends: bool
    within_kind: int
    within_length: int
    restores: Array
    restored: Array
    past: Array
    tales: Array
    uses: Array
    used_on: Array
    did: Array
    out_target: Any
    out_repair: Any
    kept: Any
