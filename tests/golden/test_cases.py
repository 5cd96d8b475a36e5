"""Every worked case of the catalogue, through the engine and through the reference interpreter.

The expected numbers were worked out by hand from each scheme; `why` in `cases.yaml` gives the arithmetic. The two
programs share nothing but the model of a scheme, so that a case that passes here was computed three times.
"""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from reference.interpreter import interpret
from scslab.engine.cases import SUBJECT, run_case
from scslab.scheme.case_model import Case
from scslab.scheme.cases import read_cases
from scslab.scheme.model import Scheme
from scslab.scheme.reader import read_scheme

CATALOGUE = Path(__file__).parents[2] / "src" / "scslab" / "catalogue"
SCHEMES: dict[str, tuple[Scheme, tuple[Case, ...]]] = {}
for folder in sorted(path.parent for path in CATALOGUE.glob("*/scheme.yaml")):
    read = read_scheme(folder / "scheme.yaml")
    SCHEMES[folder.name] = (read, read_cases(folder / "cases.yaml", read))


EVERY_CASE = [
    pytest.param(scheme, case, id=f"{name}: {case.name}") for name, (scheme, cases) in SCHEMES.items() for case in cases
]


def interpret_case(scheme: Scheme, case: Case) -> dict[str, Any]:
    rows = [
        {
            "event_id": event.id,
            "subject_id": SUBJECT,
            "type": event.type,
            "occurred_on": event.occurred_on,
            "recorded_on": event.recorded_on,
            **event.attributes,
        }
        for event in case.events
    ]
    attributes = {name: value for name, value in case.subject.items() if name != "born_on"}
    person = {"born_on": case.subject.get("born_on"), "attributes": attributes}
    return interpret(scheme, rows, as_of=case.as_of, known_at=case.known_at, subjects={SUBJECT: person})


@pytest.mark.parametrize(("scheme", "case"), EVERY_CASE)
def test_the_engine_agrees_with_the_case(scheme: Scheme, case: Case) -> None:
    assert [str(problem) for problem in run_case(scheme, case)] == []


@pytest.mark.parametrize(("scheme", "case"), EVERY_CASE)
def test_the_reference_interpreter_agrees_with_the_case(scheme: Scheme, case: Case) -> None:
    result, expect = interpret_case(scheme, case), case.expect
    standing = result["standings"][SUBJECT]
    assert {name: standing[name] for name in expect.standing} == expect.standing
    if expect.measures is not None:
        assert {measure for _, measure in result["measures"]} == set(expect.measures)
    if expect.entries is not None:
        assert len(result["entries"]) == len(expect.entries)
        for found, entry in zip(result["entries"], expect.entries, strict=True):
            assert {name: found[name] for name in entry.values} == entry.values
    reasons = {event["event_id"]: event["reason"] for event in result["unposted"]}
    assert {event: reasons.get(event) for event in expect.unposted} == expect.unposted
    assert {case.events[row - 1].id for row, _ in result["set_aside"]} == set(expect.set_aside)


@pytest.mark.parametrize("name", SCHEMES)
def test_a_scheme_has_cases_enough(name: str) -> None:
    """At least eight, each with its arithmetic; every rule acts, every tier and measure is reached in one of them."""
    scheme, cases = SCHEMES[name]
    assert len(cases) >= 8
    assert [case.name for case in cases if not case.why] == []
    results = [interpret_case(scheme, case) for case in cases]
    acted = {entry["rule"] for result in results for entry in result["entries"]}
    reached = {result["standings"][SUBJECT]["tier"] for result in results}
    in_force = {measure for result in results for _, measure in result["measures"]}
    assert {rule.id for rule in scheme.rules} - acted == set()
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
