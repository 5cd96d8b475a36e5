"""What the per-event peers share: the fold around a rules engine, in the Python one would write. Exact semantics.

The engine says which rules act on an event (`decide`) and computes the formula (`compute`); caps, lapses and bounds are
no business of a rules engine and stand here. It is also the plainest reading of the benchmark's semantics, and what the
answers of the other peers are compared with.
"""

from __future__ import annotations

import json
import math
import sys
import time
from collections import deque
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

sys.path.insert(0, str(Path(__file__).parents[1]))
from rules import AS_OF, add_months, read_scheme

Event = dict[str, Any]

# Comparing NULL is an error in both engines, so NULL is asked for first. `permit` differs in its syntax.
CONDITIONS = {
    "money": "amount != null and amount >= 1000",
    "money-large": "amount != null and amount >= 20000",
    "rescue": "severity >= 2",
    "tax-evasion": "amount != null and amount >= 10000",
    "tax-evasion-small": "amount != null and amount < 10000",
    "loan-default": "amount != null and amount > 500 and severity >= 2",
    "breach": "severity >= 2 or (amount != null and amount >= 10000)",
    "speeding": "severity >= 2",
    "permit": "severity >= 2 and severity <= 4",
    "waste": "amount != null and amount > 200 and hours <= 10",
}
READS = ("type", "amount", "severity", "hours")


def half_away(value: Any) -> int:
    """Round to a whole number, halves away from zero."""
    number = float(value)
    return int(math.copysign(math.floor(abs(number) + 0.5), number))


def settle_with(
    decide: Callable[[Event], Iterable[int]], compute: dict[int, Callable[[Event], float]], parquet: str, out: str
) -> None:
    """Settle the file; `decide` gives the numbers of the rules that act on an event, in order."""
    scheme = read_scheme()
    rules = [(rule.points, rule.cap, rule.valid_months, compute.get(rule.number)) for rule in scheme.rules]
    lapse_days: dict[tuple[date, int], date] = {}
    scores: dict[int, int] = {}
    pending: dict[int, deque[tuple[date, int]]] = {}
    used: dict[tuple[int, int, int], int] = {}
    floor, ceiling, start = scheme.floor, scheme.ceiling, scheme.start
    if len({rule.valid_months for rule in scheme.rules if rule.valid_months}) > 1:
        raise ValueError("one queue in the order of posting needs one length of validity")

    def lapse(subject: int, until: date) -> None:
        queue = pending[subject]
        while queue and queue[0][0] <= until:
            scores[subject] = min(ceiling, max(floor, scores[subject] - queue.popleft()[1]))

    for event in pl.read_parquet(parquet).sort("recorded_on", "event_id").iter_rows(named=True):
        subject, day = event["subject_id"], event["recorded_on"]
        if subject not in scores:
            scores[subject] = start
        elif subject in pending:
            lapse(subject, day)
        for number in decide(event):
            points, cap, valid, formula = rules[number]
            if formula is not None:
                points = half_away(formula(event))
            if cap is not None:
                key = (subject, number, day.year)
                spent = used.get(key, 0)
                points = min(points, cap - spent) if points >= 0 else max(points, spent - cap)
                used[key] = spent + abs(points)
            before = scores[subject]
            after = min(ceiling, max(floor, before + points))
            scores[subject] = after
            if valid is not None and after != before:
                if (day, valid) not in lapse_days:
                    lapse_days[day, valid] = add_months(day, valid)
                pending.setdefault(subject, deque()).append((lapse_days[day, valid], after - before))
    for subject in pending:
        lapse(subject, AS_OF)
    tiers = [next(name for name, lower in reversed(scheme.tiers) if lower <= score) for score in scores.values()]
    columns = {"subject_id": list(scores), "score": list(scores.values()), "tier": tiers}
    pl.DataFrame(columns, schema={"subject_id": pl.Int64, "score": pl.Int64, "tier": pl.String}).write_parquet(out)


def run(settle: Callable[[str, str], Any]) -> None:
    """`python PEER.py LEDGER OUT`: settle, and print the seconds without the imports."""
    began = time.perf_counter()
    settle(sys.argv[1], sys.argv[2])
    print(json.dumps({"seconds": round(time.perf_counter() - began, 3)}))
