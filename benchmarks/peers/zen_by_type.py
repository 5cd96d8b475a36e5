"""Peer: zen-engine again, with most of the work taken off it. Exact semantics.

The rules of an event are found by its type in a Python dict; the engine only evaluates the compiled conditions of rules
that have one. This is a hand-made engine that borrows an evaluator: it is the fastest per-event form we know, and is
shown beside the plain use of a rules engine, not instead of it.
"""

from __future__ import annotations

import zen
from per_event import CONDITIONS, Event, run, settle_with
from rules import read_scheme


def settle(parquet: str, out: str) -> None:
    by_type: dict[str, list] = {}
    compute = {}
    for rule in read_scheme().rules:
        condition = None
        if rule.id in CONDITIONS:
            text = CONDITIONS[rule.id]
            reads = tuple(name for name in ("amount", "severity", "hours") if name in text)
            condition = (zen.compile_expression(text).evaluate, reads)
        for kind in rule.types:
            by_type.setdefault(kind, []).append((rule.number, condition))
        if rule.formula:
            expression = zen.compile_expression(rule.formula)
            compute[rule.number] = lambda event, expression=expression: expression.evaluate({"hours": event["hours"]})

    def decide(event: Event) -> list[int]:
        acting = []
        for number, condition in by_type.get(event["type"], ()):
            if condition is None or condition[0]({name: event[name] for name in condition[1]}):
                acting.append(number)
        return acting

    settle_with(decide, compute, parquet, out)


if __name__ == "__main__":
    run(settle)
