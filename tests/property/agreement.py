"""The engine's settlement in the form of the reference interpreter's answer, so that `==` compares them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import polars as pl

import scslab as scs
from property.ledgers import Row, as_row_table, as_subject_table
from reference.interpreter import Person
from reference.ledger_rules import UNUSABLE
from scslab.engine.settlement import Settlement
from scslab.scheme.model import Scheme, ScoreKind

NAMED_CODES = {"L011", "L012", "L014", "L020", "L021", "L030", "L031", "L032", "L033"}
"""Codes that docs/settling.md names; all others stand for a row that is malformed in itself."""

ENTRY_COLUMNS = (
    *("subject_id", "seq", "posted_on", "kind", "event_id", "type", "rule", "nominal", "granted", "effective"),
    *("score_before", "score_after", "lapses_on", "occurrence", "capped_by", "source", "target", "repair"),
)
OPTIONAL = {"target", "repair"}
"""Columns that stand only in runs of schemes with an objection or a repair."""
STANDING_COLUMNS = (
    *("score", "tier", "tier_by_score", "held_until", "start", "published_on", "published_score", "published_tier"),
    *("events", "entries", "last_posted_on"),
)
TABLES: dict[str, tuple[str, ...]] = {
    "memberships": (
        *("subject_id", "list", "kind", "opened_on", "closed_on", "opened_by", "opened_event"),
        *("closed_by", "closed_event", "term_ends_on"),
    ),
    "measures": ("subject_id", "measure", "kind", "domain", "starts_on", "ends_on", "reason"),
    "objections": ("subject_id", "target", "filed_on", "filed_event", "outcome", "decided_on", "decided_event"),
    "publications": ("subject_id", "published_on", "score", "tier"),
    "contributions": (
        *("subject_id", "published_on", "dimension", "indicator", "value", "scaled", "contribution", "change"),
    ),
}
POINTS = {"nominal", "granted", "effective", "score_before", "score_after", "score", "start", "published_score"}

Answer = dict[str, Any]
People = dict[str, Person]


def settle_with_engine(scheme: Scheme, rows: list[Row], people: People | None, **query: Any) -> Settlement:
    subjects = None if people is None else as_subject_table(people, scheme)
    return scs.settle(scheme, as_row_table(rows, scheme), subjects=subjects, **query)


def plain(name: str, value: Any) -> Any:
    """Points as Decimal, all else as it is."""
    return Decimal(value) if name in POINTS and value is not None else value


def entries_of(table: pl.DataFrame) -> list[Row]:
    columns = [name for name in ENTRY_COLUMNS if name not in OPTIONAL or name in table.columns]
    blank = dict.fromkeys(OPTIONAL)
    found = [blank | {name: plain(name, row[name]) for name in columns} for row in table.to_dicts()]
    return sorted(found, key=lambda row: (row["subject_id"], row["seq"]))


def standings_of(table: pl.DataFrame) -> dict[str, Row]:
    return {row["subject_id"]: {name: plain(name, row[name]) for name in STANDING_COLUMNS} for row in table.to_dicts()}


def unposted_of(table: pl.DataFrame) -> list[Row]:
    return in_order(table.select("subject_id", "event_id", "type", "posted_on", "reason").to_dicts())


def in_order(rows: list[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: (row["subject_id"], row["posted_on"], row["event_id"]))


def set_aside_of(table: pl.DataFrame) -> set[tuple[int, str]]:
    return {(row, code if code in NAMED_CODES else UNUSABLE) for row, code in table.select("row", "code").iter_rows()}


def table_of(name: str, table: pl.DataFrame | list[Row] | None) -> list[Row]:
    """A table of intervals, objections or publications: the agreed columns, in an order of their own."""
    rows = [] if table is None else table.to_dicts() if isinstance(table, pl.DataFrame) else table
    found = [{column: plain(column, row[column]) for column in TABLES[name]} for row in rows]
    # What is not there sorts first.
    return sorted(found, key=lambda row: [(value is not None, str(value)) for value in row.values()])


def answer_of(settlement: Settlement) -> Answer:
    """What the engine says, column by column."""
    answer = {
        "set_aside": set_aside_of(settlement.set_aside),
        "entries": entries_of(settlement.entries),
        "standings": standings_of(settlement.standings),
        "unposted": unposted_of(settlement.unposted),
        "undecided": {rule: count for rule, count in settlement.counts.undecided.items() if count},
    }
    return answer | {name: table_of(name, getattr(settlement, name, None)) for name in TABLES}


def expected_answer(reference: Answer) -> Answer:
    """What the reference says, in the same order."""
    entries = sorted(reference["entries"], key=lambda row: (row["subject_id"], row["seq"]))
    answer = {
        "set_aside": reference["set_aside"],
        "entries": [{name: entry[name] for name in ENTRY_COLUMNS} for entry in entries],
        "standings": reference["standings"],
        "unposted": in_order(reference["unposted"]),
        "undecided": reference["undecided"],
    }
    return answer | {name: table_of(name, reference[name]) for name in TABLES}


def without_score(scheme: Scheme, answer: Answer) -> Answer:
    """The answer without what a scheme that only lists says about a score it does not have."""
    if scheme.score.kind != ScoreKind.NONE:
        return answer
    counts = ("events", "entries", "last_posted_on")
    standings = {s: {name: row[name] for name in counts} for s, row in answer["standings"].items()}
    return answer | {"standings": standings}


def assert_equal(found: Answer, expected: Answer) -> None:
    """Compares part by part, so that a failure names the part and shows little else."""
    for part in expected:
        assert found[part] == expected[part], part
