"""The kernel that decides which objections count and how they end; it reads like "Objection" in docs/settling.md."""

from __future__ import annotations

import numpy as np

from scslab.engine.calendar import NEVER
from scslab.engine.jit import inline, kernel
from scslab.engine.kernel_steps import add_period
from scslab.engine.layout import NOTHING, Array, Int
from scslab.engine.objection.layout import (
    DONE,
    FILED,
    FILINGS,
    MADE_BEFORE,
    NOT_OPEN,
    OUTCOMES,
    TOO_LATE,
    UPHELD,
    WITHOUT_TARGET,
)

OPEN, IS_REJECTED, IS_UPHELD, EXPIRED_REJECTED, EXPIRED_UPHELD = range(5)
"""What became of an objection."""
C_CODE, C_PHASE, C_OUTCOME, C_DECIDED_ON, C_DECIDED_BY, CHALLENGE_WIDTH = range(6)
"""What is told of a filing or outcome. The last three are those of a filing that counts."""


@inline
def find_due(day: Int, kind: Int, length: Int, month: Array, first: Array) -> Int:
    """The day on which an objection filed on `day` expires; one that falls on the very day never comes."""
    if kind < 0:
        return np.int64(NEVER)
    due = np.int64(add_period(day, kind, length, month, first))
    return due if due > day else np.int64(NEVER)


@inline
def close(found: Array, k: Int, outcome: Int, day: Int, by: Int) -> None:
    """Note how an objection ended."""
    found[k, C_OUTCOME] = outcome
    found[k, C_DECIDED_ON] = day
    found[k, C_DECIDED_BY] = by


@inline
def decide_outcomes(action: Array, low: Int, high: Int, day: Int, phase: Int, is_open: Int, found: Array) -> Int:
    """Let the outcomes among `low..high` decide the open objection; returns the one that is open then (-1: none)."""
    for k in range(low, high):
        if action[k] == FILED:
            continue
        found[k, C_PHASE] = phase
        if is_open < 0:
            found[k, C_CODE] = NOT_OPEN
            continue
        found[k, C_CODE] = DONE
        close(found, is_open, IS_UPHELD if action[k] == UPHELD else IS_REJECTED, day, k)
        is_open = np.int64(NOTHING)
    return is_open


@kernel
def decide(
    target: Array, day: Array, action: Array, target_day: Array, within_kind: Int, within_length: Int,
    decide_kind: Int, decide_length: Int, expired: Int, as_of: Int, month: Array, first: Array, found: Array,
) -> None:  # fmt: skip
    """Decide filings and outcomes about targets that have posted entries.

    Args:
        target: the number of the target; filings and outcomes stand by target, day, filings first, and event id.
        day: their days.
        action: FILED, REJECTED or UPHELD.
        target_day: the day of the target.
        within_kind: how long an objection may be filed; -1: for ever.
        within_length: its length.
        decide_kind: how long a decision may take; -1: for ever.
        decide_length: its length.
        expired: how an objection ends that nobody decided.
        as_of: the last day.
        month: months of days.
        first: first days of months.
        found: gets what is told, one row each.
    """
    n = target.size
    k = 0
    while k < n:
        is_open, made = np.int64(NOTHING), np.int64(NOTHING)
        due = np.int64(NEVER)
        this = target[k]
        while k < n and target[k] == this:
            today = day[k]
            end = k
            while end < n and target[end] == this and day[end] == today:
                end += 1
            if is_open >= 0 and due < today:
                close(found, is_open, expired, due, np.int64(NOTHING))
                is_open = np.int64(NOTHING)
            is_known = made >= 0
            if is_known:
                is_open = np.int64(decide_outcomes(action, k, end, today, OUTCOMES, is_open, found))
                if is_open >= 0 and due == today:
                    close(found, is_open, expired, due, np.int64(NOTHING))
                    is_open = np.int64(NOTHING)
            for at in range(k, end):
                if action[at] != FILED:
                    continue
                found[at, C_PHASE] = FILINGS
                if target_day[at] > today:
                    found[at, C_CODE] = WITHOUT_TARGET
                elif within_kind >= 0 and today > add_period(target_day[at], within_kind, within_length, month, first):
                    found[at, C_CODE] = TOO_LATE
                elif made >= 0:
                    found[at, C_CODE] = MADE_BEFORE
                else:
                    found[at, C_CODE] = DONE
                    found[at, C_OUTCOME] = OPEN
                    made = np.int64(at)
                    is_open = made
                    due = find_due(today, decide_kind, decide_length, month, first)
            if not is_known:
                is_open = np.int64(decide_outcomes(action, k, end, today, FILINGS, is_open, found))
            k = end
        if is_open >= 0 and due <= as_of:
            close(found, is_open, expired, due, np.int64(NOTHING))
