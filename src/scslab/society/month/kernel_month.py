"""The kernel of a month: agents learn, join, leave, act and are observed; whole numbers only.

Agents are handled in blocks of 1,024, always at multiples of 1,024, so that the order of events does not depend on
partitions. Every draw is keyed by (seed, agent, month, stream). One word says whether an agent learns, joins, leaves,
or how many events of a kind there are (`fill_block`); event j draws four more words at month + (j + 1) 2^16, its
objection at 2^24 beyond. Where nobody of a block can be concerned, nothing is drawn.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from scslab.engine.jit import inline, kernel
from scslab.society.mechanics.behaviour import MONTHS_REMEMBERED
from scslab.society.mechanics.fatigue import MONTHS_TAKING_PART
from scslab.society.month.agents import AWARE, BLOCK, COMMERCIAL, HAS_LEFT, TAKES_PART
from scslab.society.month.kernel_events import Block, Events, Room, accuse, act, look_up
from scslab.society.month.plan import (
    B_AWARE,
    B_FALSE,
    B_JOIN,
    B_KINDS,
    B_LEAVE,
    M_AWARE,
    M_ENROLS,
    M_MONTH,
    M_UTILITY,
    R_ALTERNATIVE,
    R_AWARENESS,
    R_JOIN,
    R_LEAVE,
    S_ALTERNATIVE,
    S_CONSIDERS,
    S_JOIN_ALTERNATIVE,
    S_LEAVE,
    S_LEAVE_LOSS,
    S_LOGIT_ZERO,
    S_RATE_ZERO,
    Tables,
)
from scslab.society.randomness.kernel_find import find_below
from scslab.society.randomness.kernel_philox import fill_block, is_below
from scslab.society.randomness.thresholds import MOST_EVENTS

N_AWARE, N_IN, N_JOINED, N_LEFT, SUM_ACCEPTANCE, COUNTS_WIDTH = range(6)
"""What is counted of a month; acceptance is summed in units of 2^-16."""


@kernel
def mark_commercial(tables: Tables, seed: Any, first: Any, code: Any, flags: Any, room: Room) -> None:
    """Before the first month: who uses a commercial scheme. `first` is a multiple of 1,024."""
    zero, stream = tables.scalars[S_LOGIT_ZERO] + tables.scalars[S_ALTERNATIVE], tables.streams[R_ALTERNATIVE]
    for at in range(0, code.size, BLOCK):
        fill_block(seed, first + at, 0, stream, room.words)
        for i in range(min(BLOCK, code.size - at)):
            uses = look_up(tables.logistic, zero + tables.alternative[code[at + i]])
            if is_below(room.upper[i], uses, seed, first + at + i, 0, stream):
                flags[at + i] |= COMMERCIAL


@kernel
def tell_acceptance(tables: Tables, month: Any, out: Any) -> None:
    """The probability to join if asked, in units of 2^-16, by trait code, `uint32`.

    In the upper half of the bits stands that of users of a commercial scheme.
    """
    zero = tables.scalars[S_LOGIT_ZERO] + month[M_UTILITY]
    for code in range(tables.join.size):
        utility = zero + tables.join[code]
        other = look_up(tables.logistic, utility + tables.scalars[S_JOIN_ALTERNATIVE])
        out[code] = (look_up(tables.logistic, utility) >> 16) | (other >> 16 << 16)


@inline
def learn(tables: Tables, month: Any, seed: Any, bound: Any, block: Block, room: Room) -> None:
    """Who learns of the scheme."""
    known = np.uint8(AWARE)
    for i in range(block.flags.size):
        known &= block.flags[i]
    if known:
        return
    m, stream = month[M_MONTH], tables.streams[R_AWARENESS]
    fill_block(seed, block.first, m, stream, room.words)
    mask, value = np.uint8(AWARE), np.uint8(0)
    n = find_below(room.upper, bound, block.flags, mask, value, room.marks, room.found)
    base = tables.scalars[S_RATE_ZERO] + month[M_AWARE]
    for c in range(n):
        i = room.found[c]
        learns = look_up(tables.hazard, base + tables.aware[block.code[i]])
        if is_below(room.upper[i], learns, seed, block.first + i, m, stream):
            block.flags[i] |= AWARE


@inline
def leave(tables: Tables, month: Any, seed: Any, bound: Any, block: Block, room: Room) -> Any:
    """Which participants leave; returns how many."""
    m, stream = month[M_MONTH], tables.streams[R_LEAVE]
    fill_block(seed, block.first, m, stream, room.words)
    is_in = np.uint8(TAKES_PART)
    n = find_below(room.upper, bound, block.flags, is_in, is_in, room.marks, room.found)
    base, left = tables.scalars[S_RATE_ZERO] + tables.scalars[S_LEAVE], 0
    for c in range(n):
        i = room.found[c]
        index = base + tables.leave[block.code[i]] + tables.tiring[block.stay[i]]
        if block.since[i] < 3:
            index += tables.scalars[S_LEAVE_LOSS]
        if is_below(room.upper[i], look_up(tables.hazard, index), seed, block.first + i, m, stream):
            block.flags[i] = (block.flags[i] | HAS_LEFT) & ~TAKES_PART
            left += 1
    return left


@inline
def join(tables: Tables, month: Any, seed: Any, bound: Any, block: Block, room: Room) -> Any:
    """Who knows, thinks of joining and accepts, all in one word; returns how many join."""
    m, stream = month[M_MONTH], tables.streams[R_JOIN]
    fill_block(seed, block.first, m, stream, room.words)
    mask, value = np.uint8(AWARE | TAKES_PART | HAS_LEFT), np.uint8(AWARE)
    n = find_below(room.upper, bound, block.flags, mask, value, room.marks, room.found)
    zero, joined = tables.scalars[S_LOGIT_ZERO] + month[M_UTILITY], 0
    for c in range(n):
        i = room.found[c]
        utility = zero + tables.join[block.code[i]]
        if block.flags[i] & COMMERCIAL:
            utility += tables.scalars[S_JOIN_ALTERNATIVE]
        accepts = np.uint64(look_up(tables.logistic, utility))
        joins = (np.uint64(tables.scalars[S_CONSIDERS]) * accepts) >> np.uint64(32)
        if is_below(room.upper[i], joins, seed, block.first + i, m, stream):
            block.flags[i] |= TAKES_PART
            joined += 1
    return joined


@inline
def count(block: Block, acceptance: Any, counts: Any) -> None:
    """Adds who knows, who takes part, and how willing all are."""
    aware, taking, willing = np.uint16(0), np.uint16(0), np.uint32(0)
    for i in range(block.flags.size):
        aware += np.uint16(block.flags[i] & np.uint8(AWARE))
        taking += np.uint16(block.flags[i] & np.uint8(TAKES_PART))
    for i in range(block.flags.size):
        shift = np.uint32((block.flags[i] & np.uint8(COMMERCIAL)) << np.uint8(1))  # 16, or none
        willing += np.uint32((acceptance[block.code[i]] >> shift) & np.uint32(0xFFFF))
    counts[N_AWARE] += aware
    counts[N_IN] += taking // TAKES_PART
    counts[SUM_ACCEPTANCE] += willing


@kernel
def live_month(
    tables: Tables, month: Any, bounds: Any, acceptance: Any, seed: Any, first: Any, low: Any, high: Any, code: Any,
    flags: Any, tier: Any, since: Any, near: Any, stay: Any, room: Room, out: Events, counts: Any,
) -> tuple[Any, Any]:  # fmt: skip
    """One month of the agents `low … high - 1` of these arrays, whose first agent is number `first`.

    Stops before a block for whose events `out` might lack room. Returns where it stopped and how many events it wrote.
    `counts` is added to.
    """
    written = 0
    n_kinds = tables.base.size
    most = BLOCK * (n_kinds * MOST_EVENTS + 1)
    at = low
    while at < high and out.agent.size - written >= most:
        end = min(at + BLOCK, high)
        block = Block(
            first + at, at, code[at:end], flags[at:end], tier[at:end], since[at:end], near[at:end], stay[at:end]
        )
        if bounds[B_AWARE]:
            learn(tables, month, seed, bounds[B_AWARE], block, room)
        if month[M_ENROLS]:
            for i in range(end - at):
                counts[N_JOINED] += 1 - ((block.flags[i] & TAKES_PART) >> 1)
                block.flags[i] |= TAKES_PART
        if bounds[B_LEAVE]:
            counts[N_LEFT] += leave(tables, month, seed, bounds[B_LEAVE], block, room)
        if bounds[B_JOIN]:
            counts[N_JOINED] += join(tables, month, seed, bounds[B_JOIN], block, room)
        count(block, acceptance, counts)
        for kind in range(n_kinds):
            if bounds[B_KINDS + kind]:
                written = act(tables, month, seed, kind, bounds[B_KINDS + kind], block, room, out, written)
        if bounds[B_FALSE]:
            written = accuse(tables, month, seed, bounds[B_FALSE], block, room, out, written)
        for i in range(end - at):
            block.since[i] += block.since[i] < MONTHS_REMEMBERED
        for i in range(end - at):
            is_in = (block.flags[i] & np.uint8(TAKES_PART)) >> np.uint8(1)
            block.stay[i] += is_in & np.uint8(block.stay[i] < MONTHS_TAKING_PART)
        at = end
    return at, written
