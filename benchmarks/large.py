"""Claim: a ledger larger than memory settles in bounded memory: 200 million events under 4 GB.

Slow, and needs 3.5 GB of disk for the ledger, so it runs only with --large, once.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from bench import Bench, Claim, Line, settle_with_scslab
from measure import run_once

EVENTS = 200_000_000


def measure(bench: Bench) -> None:
    ledger = bench.ledger(EVENTS)
    ours = settle_with_scslab(ledger)
    with tempfile.TemporaryDirectory(dir=ledger.parent) as folder:
        # As on a machine with so much to spare: else it would take two fifths of what is free here.
        run = run_once([*ours.command(Path(folder) / "run"), "--memory", "3GB"])
    bench.lines.append(Line(f"scslab, {EVENTS:,} events", run.wall, run.cpu, run.peak, None, "one run"))
    bench.claims.append(Claim("peak memory for 200 million events", run.peak / 1e9, 4, False, "GB"))
