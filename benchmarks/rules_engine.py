"""Claim: at least 100 times as fast as a Python rules engine that sees one event at a time.

The engines run on 1/200 of the ledger's size; their time is their own seconds of work (imports left out) times 200.
Their work is linear in the number of events.
"""

from __future__ import annotations

from bench import Bench, Claim, settle_with_peer, settle_with_scslab
from measure import find_ratio, take_turns

SHARE = 200
ENGINES = {"rule-engine": "rule_engine_events.py", "zen-engine": "zen_events.py"}
BY_HAND = {"zen-engine behind a dict of types": "zen_by_type.py"}


def measure(bench: Bench) -> None:
    ours = settle_with_scslab(bench.ledger(bench.events))
    sample = bench.ledger(bench.events // SHARE)
    peers = {name: settle_with_peer(name, file, sample, SHARE) for name, file in (ENGINES | BY_HAND).items()}
    runs = take_turns([ours, *peers.values()], bench.rounds)
    ratios = {name: find_ratio(peer, ours, runs) for name, peer in peers.items()}
    for name, peer in peers.items():
        bench.add(
            peer, runs[name], ratios[name], "not a plain use of the engine, see README" if name in BY_HAND else ""
        )
    best = min(ratios[name] for name in ENGINES)
    bench.claims.append(Claim("as fast as a per-event Python rules engine", best, 100, True))
