"""Small runs for the pages of a society."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scslab.society.experiment.build import build_experiment
from scslab.society.experiment.results import Effects
from scslab.society.experiment.run import run_experiment
from scslab.society.simulation import Simulated, simulate
from unit.society.settings import BUSY, OBJECTED


def live_contested(**given: float) -> Simulated:
    """300 residents under a scheme with everything that a report tells of, for two years."""
    return simulate(replace(OBJECTED, values={**BUSY, **given}))


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
