"""Small runs for the pages of a society."""

from __future__ import annotations

import pytest

from scslab.scheme.reader import read_scheme
from scslab.society.experiment.build import build_experiment
from scslab.society.experiment.results import Effects
from scslab.society.experiment.run import run_experiment
from scslab.society.population.profile import read_profile
from scslab.society.simulation import Setting, Simulated, simulate

CONTESTED = """
scheme: contested
title: {en: "Contested <b>score</b>", zh: 有争议的分数}
operator: {kind: government, name: {en: City}}
subjects: {kind: resident}
in_force: {from: 2020-01-01}
events: {fine.paid: {title: {en: Fine, zh: 罚款}}, help.given: {hours: {type: integer, min: 1, max: 8}}}
score: {start: 100, floor: 0}
tiers: [{id: B, from: 0}, {id: A, from: 100, title: {en: Good, zh: 良好}}]
rules:
  - {id: fine, on: fine.paid, points: -5, valid: 12 months, title: {en: A fine, zh: 一次罚款}}
  - {id: help, on: help.given, points: 1 * hours, cap: {points: 20, per: year}}
lists:
  - {id: black, kind: blacklist, title: {en: Blacklist, zh: 黑名单一号}, enter: [{score: {below: 90}}],
     leave: [{score: {from: 95}}]}
measures:
  - {id: no-loan, kind: restriction, domain: finance, when: {list: black}, title: {en: No loans, zh: 不予贷款}}
objection: {within: 60 days, suspends: true}
"""
BUSY = {"objection.false": 0.9, "objection.true": 0.3, "observation.false_rate": 0.5, "behaviour.rare": 2.0}


def live_contested(**given: float) -> Simulated:
    """300 residents under a scheme with everything that a report tells of, for two years."""
    scheme = read_scheme(CONTESTED.encode())
    return simulate(Setting(scheme, read_profile("survey-2018"), 300, 2, values={**BUSY, **given}))


def compare_three() -> Effects:
    """Two interventions against a baseline, three times."""
    names = ["campaign", "error-rate-halved"]
    return run_experiment(build_experiment("hangzhou-qianjiang", names, residents=400, years=2, replicates=3))


@pytest.fixture(scope="session")
def contested() -> Simulated:
    return live_contested()


@pytest.fixture(scope="session")
def compared() -> Effects:
    return compare_three()
