"""Worked cases against the engine: settle the events of a case and say where the standing differs from the expected."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl

from scslab.engine.case_tables import find_differences
from scslab.engine.settle import settle
from scslab.engine.settlement import Settlement
from scslab.engine.together.settle import settle_together
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
        settlement = _settle(scheme, case)
    except ProblemsError as error:
        return [_differs(case, case.place, f"it cannot be settled: {problem.message}") for problem in error.problems]
    return [
        *_compare_standing(settlement, case),
        *_compare_measures(settlement, case),
        *_compare_entries(settlement, case),
        *_compare_outcomes(settlement, case),
        *_compare_lists(settlement, case),
        *_compare_tables(settlement, case),
    ]


def _settle(scheme: Scheme, case: Case) -> Settlement:
    """The scheme alone, or together with the schemes of the case and along its links."""
    schemes = (scheme, *case.schemes)
    as_of, known_at = case.as_of, case.known_at
    events, subjects, links = build_events(schemes, case.events), build_subjects(schemes, case), build_links(case)
    if not case.schemes and not scheme.spread:
        return settle(scheme, events, as_of=as_of, known_at=known_at, subjects=subjects, threads=1)
    if not case.schemes:  # Without the scheme before it nothing is carried over.
        schemes = (replace(scheme, succession=None),)
    together = settle_together(
        schemes, events, as_of=as_of, known_at=known_at, subjects=subjects, links=links, threads=1
    )
    return together.settlements[scheme.id]


def build_links(case: Case) -> pl.DataFrame:
    """The table of links of a case."""
    rows = [
        (link.source or SUBJECT, link.relation, link.target or SUBJECT, link.since, link.until) for link in case.links
    ]
    schema: dict[str, pl.DataType] = {name: pl.String() for name in ("subject_id", "relation", "other_id")}
    return pl.DataFrame(rows, schema=schema | {"since": pl.Date(), "until": pl.Date()}, orient="row")


def build_events(schemes: tuple[Scheme, ...], events: tuple[CaseEvent, ...]) -> pl.DataFrame:
    """The ledger of a case: one row an event, one column for each attribute that a scheme declares."""
    types = [event for scheme in reversed(schemes) for event in scheme.events.values()]
    known = {name: each.type for event in types for name, each in event.attributes.items()}
    columns: dict[str, list[Any]] = {
        "event_id": [event.id for event in events],
        "subject_id": [event.subject or SUBJECT for event in events],
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


def build_subjects(schemes: tuple[Scheme, ...], case: Case) -> pl.DataFrame:
    """The table of subjects of a case: its own, and the others."""
    schema: dict[str, pl.DataType] = {"subject_id": pl.String(), "born_on": pl.Date()}
    for scheme in reversed(schemes):
        schema |= {name: _DTYPES[attribute.type] for name, attribute in scheme.subjects.attributes.items()}
    known: dict[str, Mapping[str, Value]] = {SUBJECT: case.subject, **case.others}
    rows = [
        {"subject_id": subject} | {name: values.get(name) for name in schema if name != "subject_id"}
        for subject, values in known.items()
    ]
    return pl.DataFrame(rows, schema=schema)


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
    rows = settlement.measures.filter(pl.col("subject_id") == SUBJECT)
    if "ends_on" in rows.columns:
        rows = rows.filter(pl.col("ends_on").is_null())
    found = set(rows["measure"].to_list())
    expected = set(case.expect.measures)
    return [
        *(_differs(case, case.expect.place, f"the measure `{m}` is missing") for m in sorted(expected - found)),
        *(_differs(case, case.expect.place, f"the measure `{m}` is not expected") for m in sorted(found - expected)),
    ]


def _compare_lists(settlement: Settlement, case: Case) -> list[Problem]:
    """The lists that the subject is on, from the memberships that are open."""
    expect = case.expect
    if expect.lists is None and not expect.not_lists:
        return []
    if not settlement.memberships.width:
        return [_differs(case, expect.place, "the scheme has no lists")]
    rows = settlement.memberships.filter((pl.col("subject_id") == SUBJECT) & pl.col("closed_on").is_null())
    found = set(rows["list"].cast(pl.String).to_list())
    expected = found if expect.lists is None else set(expect.lists)
    surplus = (found - expected) | (found & set(expect.not_lists))
    return [
        *(
            _differs(case, expect.place, f"the subject is not on the list `{each}`")
            for each in sorted(expected - found)
        ),
        *(_differs(case, expect.place, f"the subject is on the list `{x}`") for x in sorted(surplus)),
    ]


def _compare_tables(settlement: Settlement, case: Case) -> list[Problem]:
    return [
        _differs(case, case.expect.place if row is None else row.place, message)
        for row, message in find_differences(settlement, SUBJECT, case.expect)
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
