"""Small scheme files and ledgers for the tests of several schemes, written by hand."""

from __future__ import annotations

from typing import Any

import polars as pl

from scslab.scheme.model import Scheme
from scslab.scheme.reader import read_scheme

COURT = """
scheme: court
title: Court
operator: {kind: court, name: Court}
subjects: {kind: resident}
sources: {law: {title: The law, confidence: read}}
events:
  court.default: {domain: finance, amount: number}
  court.satisfied: {}
score: {kind: none}
lists:
  - {id: defaulters, kind: blacklist, public: true, source: law, enter: [{on: court.default}],
     leave: [{on: court.satisfied}, {after: 24 months}]}
"""

RAIL = """
scheme: rail
title: Railway
operator: {kind: company, name: Railway}
subjects: {kind: resident}
sources: {law: {title: The law, confidence: read}}
events:
  ride.smoking: {domain: travel}
  ride.good: {}
score: {start: 100}
tiers: [{id: D, from: 0}, {id: A, from: 80}]
rules:
  - {id: smoking, on: ride.smoking, points: -30, source: law}
  - {id: good, on: ride.good, points: 5, when: "not on_list('defaulters@court')", source: law}
measures:
  - {id: no-first-class, kind: restriction, domain: travel, source: law,
     when: {list: defaulters@court, delay: 1 month}}
  - {id: banned, kind: restriction, domain: travel, when: {tier: [D]}, source: law}
"""

ROWS = [
    ("E1", "S", "court.default", "2020-01-31"),
    ("E2", "S", "ride.good", "2020-02-01"),  # on the list the day before: nothing
    ("E3", "T", "ride.smoking", "2020-02-10"),
    ("E4", "S", "court.satisfied", "2020-03-01"),
    ("E5", "S", "ride.good", "2020-03-01"),  # still on the list on 29 February
    ("E6", "S", "ride.good", "2020-03-02"),
    ("E7", "T", "nowhere", "2020-03-02"),
    ("E8", "U", "ride.good", "2020-03-02"),
]


def parse(text: str, **changed: str) -> Scheme:
    """The scheme of a text in which some words are replaced by others."""
    for old, new in changed.items():
        assert old in text, old
        text = text.replace(old, new)
    return read_scheme(text, "scheme.yaml")


def table(rows: list[tuple[str, str, str, str]] = ROWS, **columns: list[Any]) -> pl.DataFrame:
    """A ledger of `event_id, subject_id, type, occurred_on`, and more columns."""
    frame = pl.DataFrame(rows, schema=["event_id", "subject_id", "type", "occurred_on"], orient="row")
    return frame.with_columns(pl.Series(name, values) for name, values in columns.items())
