"""Peer: the Python package rule-engine, one event at a time. Exact semantics.

Each rule, its event types included, is compiled once, and every rule is asked about every event: that is what
the package is for. Run on a sample (see run.py), because millions of events take minutes.
"""

from __future__ import annotations

import rule_engine
from per_event import CONDITIONS, Event, run, settle_with
from rules import read_scheme


def settle(parquet: str, out: str) -> None:
    matches = []
    compute = {}
    for rule in read_scheme().rules:
        text = " or ".join(f"type == '{kind}'" for kind in rule.types)
        if rule.id in CONDITIONS:
            text = f"({text}) and ({CONDITIONS[rule.id]})"
        matches.append(rule_engine.Rule(text).matches)
        if rule.formula:
            compute[rule.number] = rule_engine.Rule(rule.formula).evaluate

    def decide(event: Event) -> list[int]:
        return [number for number, match in enumerate(matches) if match(event)]

    settle_with(decide, compute, parquet, out)


if __name__ == "__main__":
    run(settle)
