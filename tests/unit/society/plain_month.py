"""A month of a society, plainly: one agent after the other, in Python, from the tables of a plan."""

from __future__ import annotations

import numpy as np

from scslab.society.month.agents import Agents
from scslab.society.month.plan import Plan
from unit.society import plain_random


def _draw(seed: int, agent: int, counter: int, stream: int) -> list[int]:
    return [int(w[0]) for w in plain_random.words(seed, np.array([agent]), counter, stream)]


_one = plain_random.one_word


def _row(table: np.ndarray, index: int) -> np.ndarray:
    return table[min(max(index, 0), len(table) - 1)]


def _days(table: np.ndarray, word: int) -> int:
    return int((table <= word).sum())


def begin(plan: Plan, agents: Agents, seed: int) -> None:
    t = plan.tables
    for a in range(agents.n):
        index = int(t.scalars[0]) + int(t.scalars[3]) + int(t.alternative[agents.code[a]])
        if _one(seed, a, 0, int(t.streams[4])) < _row(t.logistic, index):
            agents.flags[a] |= 8


def live(plan: Plan, agents: Agents, month: np.ndarray, seed: int) -> tuple[list[tuple], list[int]]:
    """The events in the order (block of 1,024, kind, agent, number; false entries last), and the five counts."""
    t = plan.tables
    logit_zero, rate_zero, considers, _, leave, leave_loss, join_alternative, false = (int(x) for x in t.scalars)
    aware_stream, join_stream, leave_stream, false_stream, _ = (int(x) for x in t.streams)
    m, days, hazard, utility, is_open, enrols, records, hears = (int(x) for x in month)
    counts = [0] * 5
    found: list[tuple] = []

    def challenge(agent: int, counter: int, stream: int, code: int, truth: int) -> tuple[int, int, int]:
        wish, filed, decided, held = _draw(seed, agent, counter + 2**24, stream)
        if wish >= _row(t.logistic, logit_zero + int(t.objects[truth, code])):
            return 0, 0, 0
        bits = 4 + (8 if held < t.upheld[truth] else 0)
        return bits, _days(t.filing, filed) + 1, _days(t.outcome, decided) + 1

    for a in range(agents.n):
        code, flags = int(agents.code[a]), int(agents.flags[a])
        rate = _row(t.poisson, rate_zero + hazard + int(t.aware[code]))
        if not flags & 1 and _one(seed, a, m, aware_stream) < rate[0]:
            flags |= 1
        counts[0] += flags & 1
        accepts = int(
            _row(t.logistic, logit_zero + utility + int(t.join[code]) + (join_alternative if flags & 8 else 0))
        )
        counts[4] += accepts >> 16
        if flags & 2:
            index = (
                rate_zero
                + leave
                + int(t.leave[code])
                + int(t.tiring[agents.stay[a]])
                + (leave_loss if agents.since[a] < 3 else 0)
            )
            if not enrols and _one(seed, a, m, leave_stream) < _row(t.poisson, index)[0]:
                flags = (flags | 4) & ~2
                counts[3] += 1
        else:
            wants = is_open and flags & 5 == 1 and _one(seed, a, m, join_stream) < considers * accepts // 2**32
            if enrols or wants:
                flags |= 2
                counts[2] += 1
        counts[1] += (flags & 2) // 2
        agents.flags[a] = flags
        for k in range(len(plan.conduct)):
            sign, stream = int(t.sign[k]), int(t.stream[k])
            index = rate_zero + int(t.base[k]) + int(t.conduct[sign, code])
            if flags & 1:  # who does not know of the scheme goes by nothing that it does
                index += int(t.past[sign, agents.near[a], agents.since[a]])
                index += int(t.tired[sign, agents.stay[a]]) if flags & 2 else 0
                index += int(t.standing[sign, int(agents.tier[a]) + 2 if flags & 2 else 0])
            word = _one(seed, a, m, stream)
            for j in range(int((_row(t.poisson, index) > word).sum())):
                counter = m + ((j + 1) << 16)
                day, seen, late, extra = _draw(seed, a, counter, stream)
                is_seen = seen < _row(t.logistic, logit_zero + int(t.observed[sign, code]))
                status = 1 if flags & 2 and records and is_seen else 0
                bits = filing = outcome = 0
                if status and sign == 2 and hears and flags & 1:
                    bits, filing, outcome = challenge(a, counter, stream, code, 0)
                event = (
                    a,
                    k,
                    day * days >> 32,
                    status + bits,
                    _days(t.delay, late) if status else 0,
                    filing,
                    outcome,
                    extra,
                )
                found.append(((a // 1024, k, a, j), event))
        word = _one(seed, a, m, false_stream)
        if word < _row(t.poisson, rate_zero + false)[0] and flags & 2 and records and t.negatives.size:
            which, day, late, extra = _draw(seed, a, m + 2**16, false_stream)
            kind = int(t.negatives[which * t.negatives.size >> 32])
            bits = filing = outcome = 0
            if hears and flags & 1:
                bits, filing, outcome = challenge(a, m + 2**16, false_stream, code, 1)
            event = (a, kind, day * days >> 32, 3 + bits, _days(t.delay, late), filing, outcome, extra)
            found.append(((a // 1024, 10**6, a, 0), event))
        if agents.since[a] < 36:
            agents.since[a] += 1
        if flags & 2 and agents.stay[a] < 60:
            agents.stay[a] += 1
    return [event for _, event in sorted(found)], counts
