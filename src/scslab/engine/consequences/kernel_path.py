"""Kernels that read the path of a score off its entries, and move days by a period."""

from __future__ import annotations

from scslab.engine.jit import kernel
from scslab.engine.kernel_steps import add_period
from scslab.engine.layout import Array, Int


@kernel
def trace(subject: Array, day: Array, before: Array, after: Array, out_subject: Array, out_day: Array,
          out_score: Array) -> Int:  # fmt: skip
    """Write the days on which the score at the end of the day changes; returns how many.

    The entries stand by subject and in order; all of a subject are here.
    """
    n = 0
    last = before[0] if before.size else 0
    for i in range(subject.size):
        if i > 0 and subject[i] != subject[i - 1]:
            last = before[i]
        if i + 1 < subject.size and subject[i + 1] == subject[i] and day[i + 1] == day[i]:
            continue
        if after[i] != last:
            last = after[i]
            out_subject[n] = subject[i]
            out_day[n] = day[i]
            out_score[n] = last
            n += 1
    return n


@kernel
def shift_days(days: Array, kind: Int, length: Int, month: Array, first: Array) -> None:
    """Move days by a period, in place; what is not a day stays as it is."""
    for i in range(days.size):
        if 0 <= days[i] < month.size:
            days[i] = add_period(days[i], kind, length, month, first)
