"""Kernels that decide which rules act on an event, and why none does."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from scslab.engine.jit import inline, kernel
from scslab.engine.kernel_condition import evaluate
from scslab.engine.kernel_group import (
    ACTS,
    DAY_SHIFT,
    NO_CONDITION,
    NO_POINTS,
    NO_RULE,
    NOT_IN_FORCE,
    ONE,
    TYPE_SHIFT,
    UNDECIDED,
    UNDER_AGE,
)
from scslab.engine.layout import Array, Int


class Matching(NamedTuple):
    """The arrays of a compiled scheme that decide which rules act (see `compile.Compiled`)."""

    type_rules_offset: Array
    type_rules: Array
    rule_condition: Array
    rule_formula: Array
    rule_slot: Array
    rule_since: Array
    steps: Array
    step_offset: Array
    constants: Array
    n_conditions: int
    quick_mask: Array
    quick_from: Array
    in_force_from: int
    in_force_until: int
    largest: float


@inline
def decide(
    matching: Matching, kind: Int, day: Int, is_under_age: bool, columns: Array, i: Int, stack: Array, values: Array,
    place: Int, undecided: Array,
) -> tuple[Any, Int]:  # fmt: skip
    """The rules of its type that act on event `i`, as bits, and why none does.

    Writes the values of formulas to `values[slot, place]`, and adds to `undecided`.
    """
    begin = matching.type_rules_offset[kind]
    end = matching.type_rules_offset[kind + 1]
    mask = np.uint64(0)
    reason = NO_CONDITION
    if day < matching.in_force_from or day > matching.in_force_until:
        reason = NOT_IN_FORCE
    elif is_under_age:
        reason = UNDER_AGE
    elif begin == end:
        reason = NO_RULE
    elif day >= matching.quick_from[kind]:  # all rules of the type act, always
        mask = matching.quick_mask[kind]
        reason = ACTS
    else:
        is_any_in_force = False
        for k in range(begin, end):
            rule = matching.type_rules[k]
            if day < matching.rule_since[rule]:
                continue
            is_any_in_force = True
            condition = matching.rule_condition[rule]
            if condition >= 0:
                low, high = matching.step_offset[condition], matching.step_offset[condition + 1]
                value = evaluate(matching.steps, low, high, matching.constants, columns, i, stack)
                if np.isnan(value):
                    undecided[rule] += 1
                    reason = UNDECIDED
                    continue
                if value != 1.0:
                    continue
            formula = matching.rule_formula[rule]
            if formula >= 0:
                formula += matching.n_conditions
                low, high = matching.step_offset[formula], matching.step_offset[formula + 1]
                value = evaluate(matching.steps, low, high, matching.constants, columns, i, stack)
                if not (abs(value) <= matching.largest):  # also when it is NaN, which stands for NULL
                    undecided[rule] += 1
                    reason = UNDECIDED
                    continue
                values[matching.rule_slot[rule], place] = value
            mask |= ONE << np.uint64(k - begin)
        if mask:
            reason = ACTS
        elif not is_any_in_force:
            reason = NO_POINTS
    return mask, reason


@kernel
def classify(
    matching: Matching, types: Array, days: Array, columns: Array, under_age: Array, base: Int, stack: Array,
    words: Array, reasons: Array, values: Array, undecided: Array, counts: Array,
) -> bool:  # fmt: skip
    """Decide for each row which rules act, and why none does.

    Reads one slice: `types` (m,), `days` (m,), the addresses of the `columns` of the programs, `under_age` (m,) or
    empty; `stack` is scratch.
    Writes `words`, `reasons` and `values` (slots, n) from `base` on, adds to `undecided` (rules,) and `counts`
    (types, reasons).
    Returns whether the days never fall.
    """
    is_sorted = True
    last = days[0] if days.size else 0
    has_age = under_age.size > 0
    for i in range(days.size):
        day = days[i]
        if day < last:
            is_sorted = False
        last = day
        kind = types[i]
        mask, reason = decide(
            matching, kind, day, has_age and under_age[i], columns, i, stack, values, base + i, undecided
        )
        words[base + i] = (np.uint64(day) << DAY_SHIFT) | (np.uint64(kind) << TYPE_SHIFT) | mask
        reasons[base + i] = reason
        counts[kind, reason] += 1
    return is_sorted
