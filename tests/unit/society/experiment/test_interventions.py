"""Interventions: each names parameters that exist, changes something, and leaves conduct alone that it is not about."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from scslab.ground.problems import ProblemsError
from scslab.scheme.catalogue import find_scheme
from scslab.scheme.dated import Dated
from scslab.scheme.model import Participation
from scslab.society.conduct.vocabulary import list_conduct
from scslab.society.experiment.amendments import KINDS, Amendment, amend, multiply_negative
from scslab.society.experiment.build import build_experiment
from scslab.society.experiment.interventions import INTERVENTIONS, change_values, find_intervention
from scslab.society.experiment.model import build_setting
from scslab.society.mechanics.parameter import choose_values
from scslab.society.mechanics.table import MECHANICS

NAMED_BY_THE_ISSUE = {
    "campaign", "easier-registration", "transparent-rules", "appeal-before-effect", "better-benefits",
    "data-minimisation", "mandatory-enrolment", "harsher-sanctions", "milder-sanctions", "repair", "shorter-validity",
    "error-rate-halved",
}  # fmt: skip
BIBLIOGRAPHY = Path(__file__).parents[4] / "docs" / "references.bib"


def test_the_table_has_what_the_issue_names() -> None:
    assert set(INTERVENTIONS) == NAMED_BY_THE_ISSUE


@pytest.mark.parametrize("name", sorted(NAMED_BY_THE_ISSUE))
def test_an_intervention_changes_what_exists_within_its_bounds(name: str) -> None:
    intervention = INTERVENTIONS[name]
    before = choose_values(MECHANICS)
    changed = change_values(before, (intervention,))
    assert {change.name for change in intervention.changes} <= set(before)
    choose_values(MECHANICS, changed)  # impossible values are a problem
    assert all(value != before[key] for key, value in changed.items())
    amended = amend(find_scheme("rongcheng"), intervention.amendments)
    assert changed or amended != find_scheme("rongcheng")
    assert {each.kind for each in intervention.amendments} <= set(KINDS)
    assert intervention.title.zh
    assert intervention.about.zh
    keys = set(re.findall(r"@\w+\{(\w+)", BIBLIOGRAPHY.read_text(encoding="utf-8")))
    assert intervention.source in keys | {"prior"}


def test_changes_add_up_and_stop_at_what_is_possible() -> None:
    harsher = find_intervention("harsher-sanctions")
    values = choose_values(MECHANICS, {"behaviour.deterrence": 0.8})
    # 0.8 × 1.5 = 1.2 is more than all; .99 is the most. Fear: .6 × 1.5 × 1.5.
    changed = change_values(values, (harsher, harsher))
    assert changed["behaviour.deterrence"] == 0.99
    assert changed["joining.fear"] == pytest.approx(1.35)


def test_negative_points_from_a_date() -> None:
    points = Dated(((date(2014, 1, 1), Decimal(-5)), (date(2022, 1, 1), Decimal(-7))))
    found = multiply_negative(points, Decimal("0.5"), Decimal(1), date(2021, 1, 1))
    # Half of 5 is 2.5, half of 7 is 3.5: rounded half away from zero.
    assert [value for _, value in found.steps] == [-5, -3, -4]
    assert [day.year for day, _ in found.steps] == [2014, 2021, 2022]
    assert multiply_negative(Dated.constant(Decimal(-1)), Decimal("0.1"), Decimal(1), None).values() == (-1,)


def test_amended_schemes_say_so_in_their_digest() -> None:
    scheme = find_scheme("rongcheng")
    assert amend(scheme, ()) is scheme
    mandatory = amend(scheme, (Amendment("participation", "mandatory"),))
    assert mandatory.participation is Participation.MANDATORY
    assert mandatory.digest != scheme.digest
    both = {amend(scheme, (Amendment("negative-points", "2"),), since).digest for since in (None, date(2021, 1, 1))}
    assert len(both) == 2
    # An index has no entries: its points cannot be doubled, nor can they lapse.
    index = find_scheme("qianjiang")
    assert amend(index, (Amendment("negative-points", "2"), Amendment("validity", "0.5"))) is index


def test_repair_and_objection_are_added_where_there_are_none() -> None:
    scheme = amend(find_scheme("rongcheng"), (Amendment("repair", "0.5"), Amendment("appeal-first")))
    assert scheme.repairs[0].on in scheme.events
    assert scheme.objection is not None
    assert scheme.objection.suspends
    assert {"objection.filed", "objection.upheld", "objection.rejected"} <= set(scheme.events)
    own = find_scheme("samr-serious-violations")
    assert amend(own, (Amendment("repair", "0.5"),)) is own


def test_dearer_conduct_is_not_made_rarer_by_its_price() -> None:
    # Priors of rates are guessed from points (5 / n): doubled points alone would halve them.
    experiment = build_experiment("rongcheng", ["harsher-sanctions"])
    base, harsher = (build_setting(experiment, each, 0) for each in experiment.scenarios)
    before = {c.name: c.rate for c in list_conduct(base.scheme, choose_values(MECHANICS))}
    after = {
        c.name: c.rate for c in list_conduct(harsher.scheme, choose_values(MECHANICS, harsher.values), harsher.rates)
    }
    assert after == before
    guessed = list_conduct(harsher.scheme, choose_values(MECHANICS))
    assert {c.name: c.rate for c in guessed} != before


def test_an_unknown_intervention_is_told() -> None:
    with pytest.raises(ProblemsError, match="did you mean `campaign`"):
        find_intervention("campain")


def test_a_scenario_may_join_interventions() -> None:
    experiment = build_experiment("rongcheng", ["campaign+error-rate-halved@2016-01-01"])
    reform = build_setting(experiment, experiment.scenarios[1], 3).reforms[0]
    assert reform.since == date(2016, 1, 1)
    assert reform.values == {"awareness.p": pytest.approx(0.09), "observation.false_rate": 0.005}
    assert replace(experiment.base, replicate=3) == build_setting(experiment, experiment.scenarios[0], 3)
