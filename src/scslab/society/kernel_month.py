"""The kernel of a month: agents learn, join, leave, act and are observed; whole numbers only.

Agents are handled in blocks of 1,024, always at multiples of 1,024, so that the order of events does not depend on
partitions. Every draw is keyed by (seed, agent, month, stream): the first word of an event type's stream says how many
events there are; event j of it draws four more words at month + (j + 1) 2^16, its objection at 2^24 beyond.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from scslab.engine.jit import inline, kernel
from scslab.society.agents import AWARE, BLOCK, COMMERCIAL, HAS_LEFT, TAKES_PART
from scslab.society.mechanics.behaviour import MONTHS_REMEMBERED
from scslab.society.plan import (
    M_AWARE,
    M_DAYS,
    M_ENROLS,
    M_HEARS,
    M_IS_OPEN,
    M_MONTH,
    M_RECORDS,
    M_UTILITY,
    R_ALTERNATIVE,
    R_AWARENESS,
    R_FALSE,
    R_JOIN,
    R_LEAVE,
    S_ALTERNATIVE,
    S_CONSIDERS,
    S_FALSE,
    S_JOIN_ALTERNATIVE,
    S_LEAVE,
    S_LEAVE_LOSS,
    S_LOGIT_ZERO,
    S_RATE_ZERO,
    Tables,
)
from scslab.society.randomness.kernel_philox import draw_for, fill_first
from scslab.society.randomness.thresholds import MOST_EVENTS

OBSERVED, FALSE, OBJECTS, UPHELD = 1, 2, 4, 8
"""Bits of an event's status: it came to the ledger; it never happened; it is challenged; with success."""
N_AWARE, N_IN, N_JOINED, N_LEFT, SUM_ACCEPTANCE, COUNTS_WIDTH = range(6)
"""What is counted of a month; acceptance is summed in units of 2^-16."""
EVENT, OBJECTION = 16, 24
"""Where a counter's month carries the number of the event, and the mark of its objection."""


class Events(NamedTuple):
    """Room for events.

    Attributes:
        agent, kind: who did what; `kind` counts in `Plan.conduct`.
        day: of the month, from 0.
        status: bits `OBSERVED`, `FALSE`, `OBJECTS`, `UPHELD`.
        delay, filing, outcome: days from the deed to the record, on to the filing, on to the outcome.
        word: uniform, for attributes.
    """

    agent: Any
    kind: Any
    day: Any
    status: Any
    delay: Any
    filing: Any
    outcome: Any
    word: Any


@inline
def look_up(table: Any, index: Any) -> Any:
    """The threshold at an index, which is held within the table."""
    return table[min(max(index, 0), table.size - 1)]


@inline
def count_days(table: Any, word: Any) -> Any:
    """How many thresholds do not lie above a word, by bisection."""
    low, high = 0, table.size
    while low < high:
        middle = (low + high) // 2
        if table[middle] <= word:
            low = middle + 1
        else:
            high = middle
    return low


@kernel
def mark_commercial(tables: Tables, seed: Any, first: Any, code: Any, flags: Any) -> None:
    """Before the first month: who uses a commercial scheme."""
    zero = tables.scalars[S_LOGIT_ZERO] + tables.scalars[S_ALTERNATIVE]
    stream = tables.streams[R_ALTERNATIVE]
    for i in range(code.size):
        word, _, _, _ = draw_for(seed, np.uint64(first) + np.uint64(i), np.uint32(0), stream)
        if word < look_up(tables.logistic, zero + tables.alternative[code[i]]):
            flags[i] |= COMMERCIAL


@kernel
def live_month(
    tables: Tables, month: Any, seed: Any, first: Any, low: Any, high: Any, cell_code: Any, flags: Any, tier: Any,
    since: Any, near: Any, words: Any, effects: Any, out: Events, counts: Any,
) -> tuple[Any, Any]:  # fmt: skip
    """One month of the agents `low … high - 1` of these arrays, whose first agent is number `first`.

    Stops before a block for whose events `out` might lack room. Returns where it stopped and how many events it wrote.
    `words` (block,) and `effects` (3, block) are room for a block; `counts` is added to.
    """
    written = 0
    n_kinds = tables.base.size
    most = BLOCK * (n_kinds * MOST_EVENTS + 1)
    m = month[M_MONTH]
    now = np.uint32(m)
    logit, rate = tables.scalars[S_LOGIT_ZERO], tables.scalars[S_RATE_ZERO]
    top = tables.hazard.size - 1
    enrols, is_open, utility_now = month[M_ENROLS], month[M_IS_OPEN], logit + month[M_UTILITY]
    considers = tables.scalars[S_CONSIDERS]
    false_rate = tables.hazard[min(max(rate + tables.scalars[S_FALSE], 0), top)]
    n_aware, n_in, n_joined, n_left, acceptance = np.int64(0), np.int64(0), np.int64(0), np.int64(0), np.int64(0)
    for i in range(BLOCK):
        effects[0, i] = 0  # neutral conduct depends on nothing
    at = low
    while at < high and out.agent.size - written >= most:
        n = min(np.int64(BLOCK), high - at)
        agent = np.int64(first + at)
        # Who learns of the scheme.
        fill_first(seed, agent, n, now, tables.streams[R_AWARENESS], words)
        for i in range(n):
            a = at + i
            if not flags[a] & AWARE:
                index = rate + month[M_AWARE] + tables.aware[cell_code[a]]
                if words[i] < tables.hazard[min(max(index, 0), top)]:
                    flags[a] |= AWARE
            n_aware += flags[a] & AWARE
        # Who joins, who leaves, who would accept.
        if is_open and not enrols:
            fill_first(seed, agent, n, now, tables.streams[R_JOIN], words)
        for i in range(n):
            a = at + i
            utility = utility_now + tables.join[cell_code[a]]
            if flags[a] & COMMERCIAL:
                utility += tables.scalars[S_JOIN_ALTERNATIVE]
            accepts = look_up(tables.logistic, utility)
            acceptance += accepts >> 16
            if flags[a] & TAKES_PART:
                if not enrols:
                    index = rate + tables.scalars[S_LEAVE] + tables.leave[cell_code[a]]
                    if since[a] < 3:
                        index += tables.scalars[S_LEAVE_LOSS]
                    word, _, _, _ = draw_for(seed, np.uint64(agent + i), now, tables.streams[R_LEAVE])
                    if word < tables.hazard[min(max(index, 0), top)]:
                        flags[a] = (flags[a] | HAS_LEFT) & ~TAKES_PART
                        n_left += 1
            elif enrols:
                flags[a] |= TAKES_PART
                n_joined += 1
            elif is_open and words[i] < considers and flags[a] & AWARE and not flags[a] & HAS_LEFT:
                _, word, _, _ = draw_for(seed, np.uint64(agent + i), now, tables.streams[R_JOIN])
                if word < accepts:
                    flags[a] |= TAKES_PART
                    n_joined += 1
            is_in = flags[a] & TAKES_PART
            n_in += is_in >> 1
            # What moves their conduct this month, by sign: once for all kinds.
            good = np.int64(tables.conduct[1, cell_code[a]])
            bad = np.int64(tables.conduct[2, cell_code[a]])
            bad += tables.deterrence[2, since[a]] + tables.near[2, near[a]]
            if is_in:
                good += tables.taking_part[1]
                bad += tables.tier[2, tier[a] + 1] + tables.taking_part[2]
            effects[1, i] = good
            effects[2, i] = bad
        # What they do.
        for k in range(n_kinds):
            sign, stream = tables.sign[k], tables.stream[k]
            base = rate + tables.base[k]
            fill_first(seed, agent, n, now, stream, words)
            for i in range(n):
                row = min(max(base + effects[sign, i], 0), top)
                if words[i] >= tables.hazard[row]:
                    continue
                a = at + i
                is_in = flags[a] & TAKES_PART
                j = 0
                while j < MOST_EVENTS and words[i] < tables.poisson[row, j]:
                    counter = np.uint32(m + ((j + 1) << EVENT))
                    day, seen, late, word = draw_for(seed, np.uint64(agent + i), counter, stream)
                    out.agent[written] = agent + i
                    out.kind[written] = k
                    out.day[written] = (np.int64(day) * month[M_DAYS]) >> 32
                    out.word[written] = word
                    status = 0
                    if is_in and month[M_RECORDS]:
                        if seen < look_up(tables.logistic, logit + tables.observed[sign, cell_code[a]]):
                            status = OBSERVED
                    out.status[written] = status
                    out.delay[written] = count_days(tables.delay, late)
                    out.filing[written] = 0
                    out.outcome[written] = 0
                    if status and sign == 2 and month[M_HEARS]:
                        counter += np.uint32(1 << OBJECTION)
                        challenge(tables, seed, agent + i, counter, stream, cell_code[a], 0, out, written)
                    written += 1
                    j += 1
        # What is held against them wrongly.
        if false_rate > 0 and month[M_RECORDS] and tables.negatives.size > 0:
            fill_first(seed, agent, n, now, tables.streams[R_FALSE], words)
            for i in range(n):
                a = at + i
                if words[i] < false_rate and flags[a] & TAKES_PART:
                    counter = np.uint32(m + (1 << EVENT))
                    which, day, late, word = draw_for(seed, np.uint64(agent + i), counter, tables.streams[R_FALSE])
                    out.agent[written] = agent + i
                    out.kind[written] = tables.negatives[(np.int64(which) * tables.negatives.size) >> 32]
                    out.day[written] = (np.int64(day) * month[M_DAYS]) >> 32
                    out.word[written] = word
                    out.status[written] = OBSERVED | FALSE
                    out.delay[written] = count_days(tables.delay, late)
                    out.filing[written] = 0
                    out.outcome[written] = 0
                    if month[M_HEARS]:
                        counter += np.uint32(1 << OBJECTION)
                        stream = tables.streams[R_FALSE]
                        challenge(tables, seed, agent + i, counter, stream, cell_code[a], 1, out, written)
                    written += 1
        for i in range(n):
            if since[at + i] < MONTHS_REMEMBERED:
                since[at + i] += 1
        at += n
    counts[N_AWARE] += n_aware
    counts[N_IN] += n_in
    counts[N_JOINED] += n_joined
    counts[N_LEFT] += n_left
    counts[SUM_ACCEPTANCE] += acceptance
    return at, written


@inline
def challenge(
    tables: Tables, seed: Any, agent: Any, counter: Any, stream: Any, code: Any, truth: Any, out: Events, at: Any
) -> None:
    """Whether an observed loss is challenged, when, and with what outcome (`truth`: 0 true, 1 false)."""
    wish, filed, decided, held = draw_for(seed, np.uint64(agent), counter, stream)
    if wish < look_up(tables.logistic, tables.scalars[S_LOGIT_ZERO] + tables.objects[truth, code]):
        out.status[at] |= OBJECTS
        if held < tables.upheld[truth]:
            out.status[at] |= UPHELD
        out.filing[at] = count_days(tables.filing, filed) + 1
        out.outcome[at] = count_days(tables.outcome, decided) + 1
