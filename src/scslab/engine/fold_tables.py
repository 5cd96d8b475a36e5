"""What the fold reads and writes, as arrays: the scheme, the state of subjects, room for entries."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from scslab.engine.calendar import MONTHS, NO_DAY, build_day_tables
from scslab.engine.classify import choose_slots
from scslab.engine.compile import Compiled
from scslab.engine.layout import (
    CAP_KIND,
    CAP_LENGTH,
    CAP_WIDTH,
    CARRIED_YEAR,
    CONSTANT,
    END_LIMIT,
    END_STEP,
    ENTRY_WIDTH,
    FIRST_CAP,
    FIRST_FACTOR,
    FIRST_LIMIT,
    FIRST_STEP,
    HELD_TIER,
    HELD_UNTIL,
    HOLD,
    HOLD_KIND,
    HOLD_LENGTH,
    IS_FRESH,
    IS_REMEMBERED,
    IS_SIMPLE,
    LAST_POSTED,
    PUBLISHED,
    PUBLISHED_HOLD,
    REPEAT_KIND,
    REPEAT_LENGTH,
    RULE_WIDTH,
    SCORE,
    SLOT,
    START,
    SUBJECT_WIDTH,
    VALID_KIND,
    VALID_LENGTH,
    VARYING,
    Array,
    Bounds,
    Caps,
    Output,
    Room,
    Rules,
    Span,
)

if TYPE_CHECKING:
    pass
from scslab.engine.window import Window

UNBOUNDED = 1 << 62
"""Beyond every score."""


def build_rules(compiled: Compiled, *, is_kept: bool, has_story: bool = False) -> Rules:
    """The rules as the kernel reads them.

    Args:
        compiled: the scheme.
        is_kept: whether every entry that a later run may need is remembered.
        has_story: whether objections or repairs may act on entries: then all are remembered.
    """
    table = np.zeros((max(1, compiled.n_rules), RULE_WIDTH), np.int64)
    n = slice(0, compiled.n_rules)
    table[n, SLOT], _ = choose_slots(compiled)
    for column, offset in (
        (FIRST_STEP, compiled.points.offset),
        (FIRST_FACTOR, compiled.factors_offset),
        (FIRST_CAP, compiled.rule_caps_offset),
    ):
        table[n, column], table[n, column + 1] = offset[:-1], offset[1:]
    table[n, REPEAT_KIND : REPEAT_LENGTH + 1] = compiled.repeat
    table[n, VALID_KIND : VALID_LENGTH + 1] = compiled.valid
    table[n, HELD_TIER] = compiled.limit_tier
    table[n, HOLD_KIND : HOLD_LENGTH + 1] = compiled.limit
    for r, rule in enumerate(compiled.scheme.rules):
        caps = compiled.rule_caps[compiled.rule_caps_offset[r] : compiled.rule_caps_offset[r + 1]]
        is_rolling = any(compiled.cap_period[c, 0] >= MONTHS for c in caps)
        may_matter = is_kept and (caps.size > 0 or rule.limit_tier is not None)
        may_matter = may_matter or has_story
        table[r, IS_REMEMBERED] = rule.valid is not None or rule.repeat is not None or is_rolling or may_matter
    table[:, CONSTANT] = VARYING
    is_constant = (table[n, SLOT] < 0) & (table[n, REPEAT_KIND] < 0) & (table[n, END_STEP] == table[n, FIRST_STEP] + 1)
    for r in np.flatnonzero(is_constant):
        table[r, CONSTANT] = compiled.nominal[compiled.points.value[table[r, FIRST_STEP]]]
    kinds = table[n, VALID_KIND], table[n, REPEAT_KIND], table[n, HELD_TIER]
    table[n, IS_SIMPLE] = (np.max(kinds, axis=0) < 0) & (table[n, IS_REMEMBERED] == 0)
    return Rules(
        table,
        compiled.type_rules_offset,
        compiled.type_rules,
        compiled.points.day,
        compiled.points.value,
        compiled.nominal,
        compiled.factors,
        compiled.rule_caps,
        float(compiled.scale),
    )


def build_caps(compiled: Compiled) -> Caps:
    """Caps as the kernel reads them."""
    table = np.zeros((compiled.cap_period.shape[0], CAP_WIDTH), np.int64)
    limits = compiled.cap_points
    table[:, CAP_KIND : CAP_LENGTH + 1] = compiled.cap_period
    table[:, FIRST_LIMIT], table[:, END_LIMIT] = limits.offset[:-1], limits.offset[1:]
    member = np.zeros((table.shape[0], max(1, compiled.n_rules)), np.bool_)
    for r in range(compiled.n_rules):
        member[compiled.rule_caps[compiled.rule_caps_offset[r] : compiled.rule_caps_offset[r + 1]], r] = True
    return Caps(table, limits.day, limits.value, member)


def build_bounds(compiled: Compiled) -> Bounds:
    """Floor and ceiling as the kernel reads them."""
    steps = compiled.bounds

    def find_first(which: int, otherwise: int) -> int:
        at = int(steps.offset[which])
        return int(steps.value[at]) if at < steps.offset[which + 1] else otherwise

    are_dated = bool((steps.day > 0).any() or (np.diff(steps.offset) > 1).any())
    return Bounds(are_dated, find_first(0, -UNBOUNDED), find_first(1, UNBOUNDED), steps.offset, steps.day, steps.value)


def build_span(compiled: Compiled, window: Window) -> Span:
    """The days of a run as the kernel reads them."""
    tables = build_day_tables()
    return Span(
        window.after,
        window.published,
        window.as_of,
        compiled.scheme.score.is_yearly_restart,
        tables.month.astype(np.int64),
        tables.first.astype(np.int64),
        compiled.start,
    )


def start_subjects(compiled: Compiled, n: int) -> Array:
    """The state of subjects that have no history, shape (n, SUBJECT_WIDTH)."""
    blank = np.zeros(SUBJECT_WIDTH, np.int64)
    blank[IS_FRESH] = 1
    blank[[SCORE, START, PUBLISHED]] = compiled.start[0]
    blank[[LAST_POSTED, PUBLISHED_HOLD, HOLD, HELD_UNTIL, CARRIED_YEAR]] = NO_DAY
    return np.tile(blank, (n, 1))


def allocate_memory(n: int) -> Array:
    """Room for `n` remembered entries."""
    return np.empty((n, ENTRY_WIDTH), np.int64)


def allocate_output(n: int) -> Output:
    """Room for `n` entries."""
    small, wide = np.int32, np.int64
    types = (small, small, small, np.uint8, wide, small, wide, wide, wide, wide, small, small, small)
    return Output(*(np.empty(n, dtype) for dtype in types))


def allocate_room(compiled: Compiled, rules: Rules, n_caps: int, entries: int) -> Room:
    """Room for a subject of so many entries; what no rule uses gets none, and then costs no clearing."""
    has_repeats = bool((rules.table[:, REPEAT_KIND] >= 0).any()) and compiled.n_rules > 0
    has_holds = bool((rules.table[:, HELD_TIER] >= 0).any()) and compiled.n_rules > 0
    n_repeats = compiled.n_rules if has_repeats else 0

    def ints(n: int) -> NDArray[np.int64]:
        return np.empty(n, np.int64)

    return Room(
        memory=allocate_memory(entries),
        queue=ints(entries),
        used=np.empty((n_caps, 2), np.int64),
        period=ints(n_caps),
        recent=ints(n_repeats),
        window=ints(n_repeats),
        until=ints(len(compiled.scheme.tiers) if has_holds else 0),
    )
