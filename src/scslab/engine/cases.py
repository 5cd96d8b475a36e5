"""Worked cases against the engine: settle the events of a case and say where the standing differs from the expected."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl

from scslab.engine.settle import settle
from scslab.engine.settlement import Settlement
from scslab.ground.problems import Place, Problem, ProblemsError
from scslab.scheme.case_model import Case, CaseEvent, Expected, Value
from scslab.scheme.model import AttributeType, Scheme

DIFFERS = "C100"
"""The code of a standing that is not what its case expects."""
SUBJECT = "case"
"""The id of the one subject that a case is about."""

_DTYPES: dict[AttributeType, pl.DataType] = {
    AttributeType.INTEGER: pl.Int64(),
    AttributeType.NUMBER: pl.Float64(),
    AttributeType.TEXT: pl.String(),
    AttributeType.BOOLEAN: pl.Boolean(),
    AttributeType.DATE: pl.Date(),
}


def run_case(scheme: Scheme, case: Case) -> list[Problem]:
    """Settle a case and compare.

    Args:
        scheme: the scheme that the case was read with.
        case: one of `scslab.scheme.cases.read_cases`.

    Returns:
        One problem (C100) for each value that differs, and for each row that was set aside without the case saying so;
        none where the scheme does what the case expects.
    """
    try:
        settlement = settle(
            scheme,
            build_events(scheme, case.events),
            as_of=case.as_of,
            known_at=case.known_at,
            subjects=_build_subject(scheme, case.subject),
            threads=1,
        )
    except ProblemsError as error:
        return [_differs(case, case.place, f"it cannot be settled: {problem.message}") for problem in error.problems]
    return [
        *_compare_standing(settlement, case),
        *_compare_measures(settlement, case),
        *_compare_entries(settlement, case),
        *_compare_outcomes(settlement, case),
    ]


def build_events(scheme: Scheme, events: tuple[CaseEvent, ...]) -> pl.DataFrame:
    """The ledger of a case: one row an event, one column for each attribute that the scheme declares."""
    known = {name: each.type for event in scheme.events.values() for name, each in event.attributes.items()}
    columns: dict[str, list[Any]] = {
        "event_id": [event.id for event in events],
        "subject_id": [SUBJECT] * len(events),
        "type": [event.type for event in events],
        "occurred_on": [event.occurred_on for event in events],
        "recorded_on": [event.recorded_on for event in events],
    }
    schema: dict[str, pl.DataType] = {name: pl.String() for name in ("event_id", "subject_id", "type")}
    schema |= {"occurred_on": pl.Date(), "recorded_on": pl.Date()}
    for name in (*known, "target", "new_type"):
        columns[name] = [event.attributes.get(name) for event in events]
        schema[name] = _DTYPES[known[name]] if name in known else pl.String()
    return pl.DataFrame(columns, schema=schema)


def _build_subject(scheme: Scheme, subject: Mapping[str, Value]) -> pl.DataFrame:
    schema: dict[str, pl.DataType] = {"subject_id": pl.String(), "born_on": pl.Date()}
    schema |= {name: _DTYPES[attribute.type] for name, attribute in scheme.subjects.attributes.items()}
    row = {"subject_id": SUBJECT} | {name: subject.get(name) for name in schema if name != "subject_id"}
    return pl.DataFrame([row], schema=schema)


def _differs(case: Case, place: Place, message: str) -> Problem:
    return Problem(DIFFERS, f"in the case `{case.name}`, {message}", place)


def _say(value: object) -> str:
    return "none" if value is None else f"`{value}`"


def _plain(value: Any) -> Expected:
    """A value of a frame as a case writes it: numbers exact."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return value if isinstance(value, str | date) else None
    return Decimal(value)


def _compare_standing(settlement: Settlement, case: Case) -> list[Problem]:
    rows = settlement.standings.filter(pl.col("subject_id") == SUBJECT).rows(named=True)
    if not rows:
        return [_differs(case, case.expect.place, "the subject has no standing")] if case.expect.standing else []
    return [
        _differs(case, case.expect.place, f"{name} is {_say(_plain(rows[0][name]))}, expected {_say(expected)}")
        for name, expected in case.expect.standing.items()
        if _plain(rows[0][name]) != expected
    ]


def _compare_measures(settlement: Settlement, case: Case) -> list[Problem]:
    if case.expect.measures is None:
        return []
    found = set(settlement.measures.filter(pl.col("subject_id") == SUBJECT)["measure"].to_list())
    expected = set(case.expect.measures)
    return [
        *(_differs(case, case.expect.place, f"the measure `{m}` is missing") for m in sorted(expected - found)),
        *(_differs(case, case.expect.place, f"the measure `{m}` is not expected") for m in sorted(found - expected)),
    ]


def _compare_entries(settlement: Settlement, case: Case) -> list[Problem]:
    expected = case.expect.entries
    if expected is None:
        return []
    rows = settlement.entries.filter(pl.col("subject_id") == SUBJECT).sort("seq").rows(named=True)
    found: list[Problem] = []
    if len(rows) != len(expected):
        found.append(_differs(case, case.expect.place, f"there are {len(rows)} entries, expected {len(expected)}"))
    for number, (row, entry) in enumerate(zip(rows, expected, strict=False), start=1):
        found += [
            _differs(
                case, entry.place, f"{name} of entry {number} is {_say(_plain(row[name]))}, expected {_say(value)}"
            )
            for name, value in entry.values.items()
            if _plain(row[name]) != value
        ]
    return found


def _compare_outcomes(settlement: Settlement, case: Case) -> list[Problem]:
    """Events that posted nothing, and rows that were set aside; a row set aside must be expected."""
    place = case.expect.place
    reasons = dict(settlement.unposted.select("event_id", "reason").rows())
    found = [
        _differs(case, place, f"`{event}` is unposted for {_say(reasons.get(event))}, expected `{reason}`")
        for event, reason in case.expect.unposted.items()
        if reasons.get(event) != reason
    ]
    aside = set(settlement.set_aside.select("event_id", "code").rows())
    expected = set(case.expect.set_aside.items())
    found += [
        _differs(case, place, f"`{event}` is not set aside under {code}") for event, code in sorted(expected - aside)
    ]
    return found + [
        _differs(case, place, f"`{event}` is set aside under {code}, which is not expected")
        for event, code in sorted(aside - expected, key=str)
    ]
