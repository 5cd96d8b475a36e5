"""Schemes and ledgers with objections and repairs: written as users write them, and settled as users settle."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl

import scslab as scs
from scslab.engine.settlement import Settlement
from scslab.scheme.model import Scheme
from scslab.scheme.reader import read_scheme

HEAD = """
scheme: law
title: Law
operator: {kind: research, name: Tests}
subjects: {kind: resident}
events: {bad: {amount: number}, deed: {}, notice: {}}
"""
POINTS = """
score: {start: 100}
rules: [{id: bad, on: bad, points: -30}]
"""
SUSPENDING = "objection: {suspends: true}\n"
HALF = "repair: [{id: half, on: deed, restores: {rule: bad, share: 0.5}, title: A good deed}]\n"
Row = tuple[str, ...]
"""Event id, type, day, and perhaps the target and the subject."""


def law(text: str, *, head: str = HEAD) -> Scheme:
    return read_scheme((head + text).encode())


def ledger(*rows: Row) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "event_id": [row[0] for row in rows],
            "subject_id": [row[4] if len(row) > 4 else "S" for row in rows],
            "type": [row[1] for row in rows],
            "occurred_on": [date.fromisoformat(row[2]) for row in rows],
            "target": [(row[3] or None) if len(row) > 3 else None for row in rows],
        },
        schema_overrides={"target": pl.String},
    )


def settle(scheme: Scheme, as_of: str, *rows: Row, **more: Any) -> Settlement:
    return scs.settle(scheme, ledger(*rows), as_of=date.fromisoformat(as_of), **more)


def points(settlement: Settlement) -> list[tuple[str, Any]]:
    """The kind and the effective points of each entry."""
    return settlement.entries.select(pl.col("kind").cast(pl.String), "effective").rows()


def told(settlement: Settlement) -> list[tuple[str, str, str | None]]:
    """Target, outcome and day of the outcome of each objection."""
    assert settlement.objections is not None
    rows = settlement.objections.to_dicts()
    return [(row["target"], row["outcome"], row["decided_on"] and str(row["decided_on"])) for row in rows]


def unposted(settlement: Settlement) -> dict[str, str]:
    return dict(settlement.unposted.select("event_id", pl.col("reason").cast(pl.String)).rows())
