"""Schemes and ledgers for the tests of what follows: written as users write them, and settled as users settle."""

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
subjects: {kind: resident, attributes: {income: {type: number}}}
events: {bad: {amount: number}, good: {}, quiet: {}, pardon: {}}
"""
POINTS = """
score: {start: 100}
tiers: [{id: D, from: 0}, {id: C, from: 60}, {id: A, from: 100}]
rules:
  - {id: bad, on: bad, points: -30}
  - {id: good, on: good, points: 10}
"""
Row = tuple[str, str, str] | tuple[str, str, str, float]


def law(text: str, *, head: str = HEAD) -> Scheme:
    """A scheme from the text that follows the vocabulary."""
    return read_scheme((head + text).encode())


def ledger(*rows: Row) -> pl.DataFrame:
    """Events E1, E2, … from `(subject, type, day)` and perhaps an amount."""
    return pl.DataFrame(
        {
            "event_id": [f"E{k}" for k in range(1, len(rows) + 1)],
            "subject_id": [row[0] for row in rows],
            "type": [row[1] for row in rows],
            "occurred_on": [date.fromisoformat(row[2]) for row in rows],
            "amount": [row[3] if len(row) > 3 else None for row in rows],
        },
        schema_overrides={"amount": pl.Float64, "event_id": pl.String, "subject_id": pl.String, "type": pl.String},
    )


def settle(scheme: Scheme, as_of: str, *rows: Row, **more: Any) -> Settlement:
    """The settlement of some rows."""
    return scs.settle(scheme, ledger(*rows), as_of=date.fromisoformat(as_of), **more)


def spans(settlement: Settlement, list_: str | None = None) -> list[tuple[str, str | None, str, str | None]]:
    """Memberships as (opened on, closed on, by, by), of one list or all."""
    rows = settlement.memberships.to_dicts()
    return [
        (str(r["opened_on"]), str(r["closed_on"]) if r["closed_on"] else None, r["opened_by"], r["closed_by"])
        for r in rows
        if list_ in (None, r["list"])
    ]


def terms(settlement: Settlement, measure: str | None = None) -> list[tuple[str, str, str | None]]:
    """Measures as (measure, starts on, ends on)."""
    return [
        (r["measure"], str(r["starts_on"]), str(r["ends_on"]) if r["ends_on"] else None)
        for r in settlement.measures.to_dicts()
        if measure in (None, r["measure"])
    ]
