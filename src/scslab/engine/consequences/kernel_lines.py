"""Kernels that draw standings over time where no walk over days is needed, and that tidy any such lines."""

from __future__ import annotations

from scslab.engine.calendar import NEVER
from scslab.engine.consequences.layout import D_BY_SCORE, D_DAY, D_SCORE, D_SUBJECT, D_TIER
from scslab.engine.jit import inline, kernel
from scslab.engine.layout import Array, Int


@inline
def put(lines: Array, at: Int, subject: Int, day: Int, score: Int) -> None:
    """Write the standing of a subject from a day on; its tier is written later."""
    lines[at, D_SUBJECT] = subject
    lines[at, D_DAY] = day
    lines[at, D_SCORE] = score


@kernel
def draw(
    account: Array, start: Array, path_at: Array, path_day: Array, path_score: Array, told: Array, idle_day: Int,
    in_force_from: Int, lines: Array,
) -> Int:  # fmt: skip
    """Write the lines of subjects of whom only the score changes, by subject and day; returns how many.

    The first five are those of a `Feed`; `told` is the last publication before each account begins, and `idle_day` the
    day of those without an account. `lines` has room for two more than there are days for each subject.
    """
    n = 0
    for s in range(account.size):
        # What was published before an account began is the standing of somebody of whom nothing is known.
        if told[s] >= in_force_from:
            put(lines, n, s, told[s], start[s])
            n += 1
        low, high = path_at[s], path_at[s + 1]
        # What changes on the first day of an account stands at the end of that day.
        if low == high or path_day[low] != account[s]:
            put(lines, n, s, account[s] if account[s] < NEVER else idle_day, start[s])
            n += 1
        for k in range(low, high):
            put(lines, n, s, path_day[k], path_score[k])
            n += 1
    return n


@kernel
def tidy(lines: Array, n_subjects: Int, account: Array, out: Array) -> Int:
    """Write the last line of each subject and day, from the beginning of its account on; returns how many.

    `lines` are by subject and day; those of subjects from `n_subjects` on are left out.
    """
    n = 0
    for i in range(lines.shape[0]):
        subject = lines[i, D_SUBJECT]
        if subject >= n_subjects:
            continue
        day = max(lines[i, D_DAY], account[subject])
        if n and out[n - 1, D_SUBJECT] == subject and out[n - 1, D_DAY] == day:
            n -= 1
        put(out, n, subject, day, lines[i, D_SCORE])
        out[n, D_TIER] = lines[i, D_TIER]
        out[n, D_BY_SCORE] = lines[i, D_BY_SCORE]
        n += 1
    return n
