"""Claim: at least 12 times as fast as OpenFisca-core's closest monthly formulation.

OpenFisca runs on a tenth of the ledger's size, because it keeps every month of every variable of every subject; its
time is its own seconds of work (imports left out) times ten. It is linear in the number of subjects.
"""

from __future__ import annotations

from bench import Bench, Claim, settle_with_peer, settle_with_scslab
from measure import find_ratio, take_turns

SHARE = 10


def measure(bench: Bench) -> None:
    ours = settle_with_scslab(bench.ledger(bench.events))
    name = f"OpenFisca-core, monthly ({bench.events // SHARE:,} events)"
    peer = settle_with_peer(name, "openfisca_monthly.py", bench.ledger(bench.events // SHARE), SHARE)
    runs = take_turns([ours, peer], bench.rounds)
    ratio = find_ratio(peer, ours, runs)
    bench.add(peer, runs[peer.name], ratio)
    bench.claims.append(Claim("as fast as OpenFisca-core's monthly formulation", ratio, 12, True))
