"""Every worked case of the catalogue, through the engine and through the reference interpreter.

The expected numbers were worked out by hand from each scheme; `why` in `cases.yaml` gives the arithmetic. The two
programs share nothing but the model of a scheme, so that a case that passes here was computed three times.
"""

from collections.abc import Mapping
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pytest

from reference.interpreter import interpret
from reference.together import interpret_together
from scslab.engine.cases import SUBJECT, run_case
from scslab.engine.together.order import order_schemes
from scslab.engine.together.reads import Good, find_reads
from scslab.scheme.case_model import Case, Expectation, Value
from scslab.scheme.cases import read_cases
from scslab.scheme.model import Scheme, Status
from scslab.scheme.reader import read_scheme

CATALOGUE = Path(__file__).parents[2] / "src" / "scslab" / "catalogue"
SCHEMES: dict[str, tuple[Scheme, tuple[Case, ...]]] = {}
for folder in sorted(path.parent for path in CATALOGUE.glob("*/scheme.yaml")):
    read = read_scheme(folder / "scheme.yaml")
    cases = folder / "cases.yaml"
    SCHEMES[folder.name] = (read, read_cases(cases, read) if cases.is_file() else ())


EVERY_CASE = [
    pytest.param(scheme, case, id=f"{name}: {case.name}") for name, (scheme, cases) in SCHEMES.items() for case in cases
]


def list_in_force(result: dict[str, Any]) -> set[str]:
    """The measures that still apply on the day of the standing."""
    return {row["measure"] for row in of_table(result, "measures") if row["ends_on"] is None}


def interpret_case(scheme: Scheme, case: Case) -> dict[str, Any]:
    rows = [
        {
            "event_id": event.id,
            "subject_id": event.subject or SUBJECT,
            "type": event.type,
            "occurred_on": event.occurred_on,
            "recorded_on": event.recorded_on,
            **event.attributes,
        }
        for event in case.events
    ]
    links = [
        {
            "subject_id": link.source or SUBJECT,
            "relation": link.relation,
            "other_id": link.target or SUBJECT,
            "since": link.since,
            "until": link.until,
        }
        for link in case.links
    ]
    subjects = {name: person_of(values) for name, values in {SUBJECT: case.subject, **case.others}.items()}
    query: dict[str, Any] = {"as_of": case.as_of, "known_at": case.known_at, "subjects": subjects}
    if not case.schemes and not scheme.spread and all(read.good in ALONE for read in find_reads(scheme)):
        return interpret(scheme, rows, **query)
    return interpret_together(find_schemes(scheme, case), rows, links=links, **query)[scheme.id]


ALONE = (Good.STANDING, Good.SCORE)
"""What a scheme may read of another and still settle alone: nothing is carried, and `when_none` stands for a score."""


def find_schemes(scheme: Scheme, case: Case) -> tuple[Scheme, ...]:
    """The schemes of a case in the order of their reading: those it names, and those whose lists or tiers they read."""
    if not case.schemes and all(read.good is Good.STANDING for read in find_reads(scheme)):
        return (replace(scheme, succession=None),)  # Without the scheme before it nothing is carried.
    return tuple(order_schemes((*case.schemes, scheme)).schemes.values())


def person_of(values: Mapping[str, Value]) -> dict[str, Any]:
    attributes = {name: value for name, value in values.items() if name != "born_on"}
    return {"born_on": values.get("born_on"), "attributes": attributes}


def of_table(result: dict[str, Any], name: str) -> list[dict[str, Any]]:
    rows = [row for row in result[name] if row["subject_id"] == SUBJECT]
    keys = {"memberships": ("opened_on", "closed_on"), "objections": ("filed_on", "filed_event")}.get(name, ())
    return sorted(rows, key=lambda row: [(row[key] is None, row[key]) for key in keys])


@pytest.mark.parametrize(("scheme", "case"), EVERY_CASE)
def test_the_engine_agrees_with_the_case(scheme: Scheme, case: Case) -> None:
    assert [str(problem) for problem in run_case(scheme, case)] == []


@pytest.mark.parametrize(("scheme", "case"), EVERY_CASE)
def test_the_reference_interpreter_agrees_with_the_case(scheme: Scheme, case: Case) -> None:
    result, expect = interpret_case(scheme, case), case.expect
    standing = result["standings"][SUBJECT]
    assert {name: standing[name] for name in expect.standing} == expect.standing
    if expect.measures is not None:
        assert list_in_force(result) == set(expect.measures)
    if expect.entries is not None:
        entries = of_table(result, "entries")
        assert len(entries) == len(expect.entries)
        for found, entry in zip(entries, expect.entries, strict=True):
            assert {name: found[name] for name in entry.values} == entry.values
    check_lists(result, expect)
    reasons = {event["event_id"]: event["reason"] for event in result["unposted"]}
    assert {event: reasons.get(event) for event in expect.unposted} == expect.unposted
    assert {case.events[row - 1].id for row, _ in result["set_aside"]} == set(expect.set_aside)


def check_lists(result: dict[str, Any], expect: Expectation) -> None:
    memberships = of_table(result, "memberships")
    on_lists = {row["list"] for row in memberships if row["closed_on"] is None}
    if expect.lists is not None:
        assert on_lists == set(expect.lists)
    assert not on_lists & set(expect.not_lists)
    for name in {"memberships", "objections"} & set(expect.tables):
        found = of_table(result, name)
        assert len(found) == len(expect.tables[name])
        for row, expected in zip(found, expect.tables[name], strict=True):
            assert {column: row[column] for column in expected.values} == expected.values
    for name, keys in PUBLISHED.items():
        found = {tuple(row[key] for key in keys): row for row in of_table(result, name)}
        for expected in expect.tables.get(name, ()):
            row = found[tuple(expected.values[key] for key in keys)]
            assert {column: as_written(row[column], value) for column, value in expected.values.items()} == (
                expected.values
            )


PUBLISHED = {"publications": ("published_on",), "contributions": ("published_on", "dimension", "indicator")}
"""What finds a row of the tables of an index."""


def as_written(found: Any, expected: Any) -> Any:
    """A number of an index to as many decimals as the case writes; anything else as it is."""
    if not isinstance(expected, Decimal) or found is None:
        return found
    return Decimal(found).quantize(expected, ROUND_HALF_UP)


@pytest.mark.parametrize("name", SCHEMES)
def test_a_scheme_has_cases_enough(name: str) -> None:
    """Each with its arithmetic; every rule acts, every tier, list and measure is reached in one of them."""
    scheme, cases = SCHEMES[name]
    assert len(cases) >= (0 if scheme.status is Status.STUB else 4)
    assert [case.name for case in cases if not case.why] == []
    results = [interpret_case(scheme, case) for case in cases]
    acted = {entry["rule"] for result in results for entry in of_table(result, "entries")}
    reached = {result["standings"][SUBJECT]["tier"] for result in results}
    in_force = {measure for result in results for measure in list_in_force(result)}
    listed = {row["list"] for result in results for row in of_table(result, "memberships")}
    assert {rule.id for rule in scheme.rules} - acted == set()
    assert {each.id for each in scheme.lists} - listed == set()
    assert {tier.id for tier in scheme.tiers} - reached == set()
    assert {measure.id for measure in scheme.measures} - in_force == set()


def find_case(name: str, case_name: str) -> tuple[Scheme, Case]:
    scheme, cases = SCHEMES[name]
    return scheme, next(case for case in cases if case.name == case_name)


def test_a_wrong_expectation_is_told() -> None:
    """A clean pass gives 95, not 94, and grade A, not B; its one entry is worth 20, not 21."""
    scheme, case = find_case("food-safety", "a clean pass earns the green face")
    assert case.expect.entries is not None
    (entry,) = case.expect.entries
    wrong = replace(
        case.expect,
        standing={"score": Decimal(94), "tier": "B", "held_until": None},
        measures=("display-face", "more-inspections"),
        entries=(replace(entry, values={"effective": Decimal(21)}), entry),
        unposted={"e1": "under age"},
        set_aside={"e1": "L011"},
    )
    problems = run_case(scheme, replace(case, expect=wrong))
    told = [problem.message.removeprefix("in the case `a clean pass earns the green face`, ") for problem in problems]
    assert told == [
        "score is `95`, expected `94`",
        "tier is `A`, expected `B`",
        "the measure `more-inspections` is missing",
        "the measure `fewer-inspections` is not expected",
        "the measure `green-face` is not expected",
        "there are 1 entries, expected 2",
        "effective of entry 1 is `20`, expected `21`",
        "`e1` is unposted for none, expected `under age`",
        "`e1` is not set aside under L011",
    ]
    assert {problem.code for problem in problems} == {"C100"}
    assert {problem.place.line for problem in problems} == {case.expect.place.line, entry.place.line}


def test_a_row_set_aside_must_be_expected() -> None:
    """Fifty is the most an official may take (RC-C10), so that a case with sixty says nothing about the rule."""
    scheme, case = find_case("rongcheng", "no official can take more than the range")
    (problem,) = run_case(scheme, replace(case, expect=replace(case.expect, set_aside={})))
    assert problem.message.endswith("`e1` is set aside under L009, which is not expected")
