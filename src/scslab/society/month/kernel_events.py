"""The kernel of conduct: who does what, what of it is observed, what is held against residents wrongly, what they do.

First the candidates: agents whose word lies below the highest threshold that anybody can have for a kind of conduct.
Only for them the threshold of their own is looked up. Details of events (four more words each) are drawn together.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from scslab.engine.jit import inline
from scslab.society.month.agents import AWARE, TAKES_PART
from scslab.society.month.plan import (
    M_DAYS,
    M_HEARS,
    M_MONTH,
    M_RECORDS,
    R_FALSE,
    S_LOGIT_ZERO,
    S_RATE_ZERO,
    Tables,
)
from scslab.society.randomness.kernel_find import Marks, find_below
from scslab.society.randomness.kernel_philox import draw_for, fill_block, fill_listed, is_below
from scslab.society.randomness.thresholds import MOST_EVENTS

OBSERVED, FALSE, OBJECTS, UPHELD = 1, 2, 4, 8
"""Bits of an event's status: it came to the ledger; it never happened; it is challenged; with success."""
EVENT, OBJECTION = 16, 24
"""Where a counter's month carries the number of the event, and the mark of its objection."""
GUIDE = 24
"""A guide is looked up by the bits of a word from this one up: where among the thresholds to begin."""
NEGATIVE = 2
"""`behaviour.Sign.NEGATIVE`."""


class Events(NamedTuple):
    """Room for events.

    Attributes:
        agent, kind: who did what: the place among the agents that lived; `kind` counts in `Plan.conduct`.
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


class Room(NamedTuple):
    """Room for the work on one block.

    Attributes:
        words, upper: half a word for each agent; the same memory as `uint32` and as `uint16`.
        marks, found: a mark for each agent, and the places of candidates.
        places, months, details: of the events of a kind: whose, at which counter, four words each.
    """

    words: Any
    upper: Any
    marks: Marks
    found: Any
    places: Any
    months: Any
    details: Any


class Block(NamedTuple):
    """The agents of one block: the number of the first, its place in the arrays, and their state, as views."""

    first: Any
    at: Any
    code: Any
    flags: Any
    tier: Any
    since: Any
    near: Any
    stay: Any


@inline
def look_up(table: Any, index: Any) -> Any:
    """The threshold at an index, which is held within the table."""
    return table[min(max(index, 0), table.size - 1)]


@inline
def count_days(table: Any, guide: Any, word: Any) -> Any:
    """How many thresholds do not lie above a word."""
    days = np.int64(guide[word >> GUIDE])
    while table[days] <= word:
        days += 1
    return days


@inline
def list_deeds(tables: Tables, month: Any, seed: Any, kind: Any, bound: Any, block: Block, room: Room) -> Any:
    """The events of a kind, one after the other: whose they are and their counters; how many there are."""
    stream, sign, m = tables.stream[kind], tables.sign[kind], month[M_MONTH]
    fill_block(seed, block.first, m, stream, room.words)
    none = np.uint8(0)
    candidates = find_below(room.upper, bound, block.flags, none, none, room.marks, room.found)
    conduct, standing, past = tables.conduct[sign], tables.standing[sign], tables.past[sign]
    tired = tables.tired[sign]
    base, top = tables.scalars[S_RATE_ZERO] + tables.base[kind], tables.hazard.size - 1
    first = np.uint32(m + (1 << EVENT))
    n = np.uint64(0)
    for c in range(candidates):
        i = room.found[c]
        upper, agent = room.upper[i], block.first + i
        # 0: takes no part, or does not know of it; 1: takes part, without a tier; and so on. Who does not know of the
        # scheme goes by nothing that it does. Computed, as a branch would be guessed wrong.
        knows = block.flags[i] & AWARE
        is_in = knows & (block.flags[i] >> 1)
        stands = is_in * (block.tier[i] + 2)
        moved = np.int64(conduct[block.code[i]]) + standing[np.uint64(stands)]
        moved += np.int64(knows) * past[block.near[i], block.since[i]] + tired[np.uint64(is_in * block.stay[i])]
        row = np.uint64(min(max(base + moved, 0), top))
        room.places[n] = i
        room.months[n] = first
        n += np.uint64(is_below(upper, tables.poisson[row, 0], seed, agent, m, stream))
        j = 1
        while j < MOST_EVENTS and is_below(upper, tables.poisson[row, j], seed, agent, m, stream):
            room.places[n] = i
            room.months[n] = first + np.uint32(j << EVENT)
            n += np.uint64(1)
            j += 1
    return np.int64(n)


@inline
def act(
    tables: Tables, month: Any, seed: Any, kind: Any, bound: Any, block: Block, room: Room, out: Events, at: Any
) -> Any:
    """What the agents of a block do of one kind, into `out` from `at` on. Returns the place behind the last event."""
    stream, sign = tables.stream[kind], tables.sign[kind]
    n = list_deeds(tables, month, seed, kind, bound, block, room)
    fill_listed(seed, block.first, stream, room.places, room.months, n, room.details)
    agents, kinds, day, words = (
        out.agent[at : at + n],
        out.kind[at : at + n],
        out.day[at : at + n],
        out.word[at : at + n],
    )
    when, word, days = room.details[0], room.details[3], np.uint64(month[M_DAYS])
    for e in range(n):
        agents[e] = np.uint32(block.at) + np.uint32(room.places[e])
        kinds[e] = kind
        day[e] = (np.uint64(when[e]) * days) >> np.uint64(32)
        words[e] = word[e]
    status, delay, filing, outcome = (
        out.status[at : at + n], out.delay[at : at + n], out.filing[at : at + n], out.outcome[at : at + n]
    )  # fmt: skip
    for e in range(n):
        status[e] = 0
        delay[e] = 0
        filing[e] = 0
        outcome[e] = 0
    if not month[M_RECORDS]:
        return at + n
    seen, late, observed = room.details[1], room.details[2], tables.observed[sign]
    hears = sign == NEGATIVE and month[M_HEARS]
    for e in range(n):
        i = room.places[e]
        if block.flags[i] & TAKES_PART:
            if seen[e] < look_up(tables.logistic, tables.scalars[S_LOGIT_ZERO] + observed[block.code[i]]):
                status[e] = OBSERVED
                delay[e] = count_days(tables.delay, tables.delay_guide, late[e])
                if hears and block.flags[i] & AWARE:
                    counter = np.uint32(room.months[e] + (1 << OBJECTION))
                    challenge(tables, seed, block.first + i, counter, stream, block.code[i], 0, out, at + e)
    return at + n


@inline
def accuse(tables: Tables, month: Any, seed: Any, bound: Any, block: Block, room: Room, out: Events, at: Any) -> Any:
    """What is held against the participants of a block wrongly, into `out` from `at` on; as `act`."""
    stream = tables.streams[R_FALSE]
    fill_block(seed, block.first, month[M_MONTH], stream, room.words)
    is_in = np.uint8(TAKES_PART)
    candidates = find_below(room.upper, bound, block.flags, is_in, is_in, room.marks, room.found)
    counter = np.uint32(month[M_MONTH] + (1 << EVENT))
    n = 0
    for c in range(candidates):
        i = np.int64(room.found[c])
        if not is_below(room.upper[i], bound, seed, block.first + i, month[M_MONTH], stream):
            continue
        to = at + n
        n += 1
        which, day, late, word = draw_for(seed, np.uint64(block.first + i), counter, stream)
        out.agent[to] = block.at + i
        out.kind[to] = tables.negatives[(np.int64(which) * tables.negatives.size) >> 32]
        out.day[to] = (np.int64(day) * month[M_DAYS]) >> 32
        out.word[to] = word
        out.status[to] = OBSERVED | FALSE
        out.delay[to] = count_days(tables.delay, tables.delay_guide, late)
        out.filing[to] = 0
        out.outcome[to] = 0
        if month[M_HEARS] and block.flags[i] & AWARE:
            mark = np.uint32(1 << OBJECTION)
            challenge(tables, seed, block.first + i, np.uint32(counter + mark), stream, block.code[i], 1, out, to)
    return at + n


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
        out.filing[at] = count_days(tables.filing, tables.filing_guide, filed) + 1
        out.outcome[at] = count_days(tables.outcome, tables.outcome_guide, decided) + 1
