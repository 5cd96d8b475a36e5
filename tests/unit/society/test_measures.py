"""The names of measures that an experiment may ask for are those that runs give."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scslab.scheme.catalogue import find_scheme
from scslab.society.outcomes.measures import list_measures, measure
from scslab.society.population.profile import read_profile
from scslab.society.setting import Setting
from scslab.society.simulation import simulate
from unit.society.settings import HANGZHOU, OBJECTED, RONGCHENG

RUNS = {
    "points and tiers": replace(RONGCHENG, residents=500, years=1),
    "an index": replace(HANGZHOU, residents=500, years=1),
    "lists": replace(OBJECTED, years=1),
    "businesses": Setting(find_scheme("food-safety"), read_profile("businesses"), 500, 1),
}


@pytest.mark.parametrize("name", RUNS)
def test_every_measure_of_a_run_is_listed(name: str) -> None:
    run = simulate(RUNS[name])
    given = set(measure(run)["measure"])
    listed = list_measures(run.scheme, run.setting.profile)
    assert len(set(listed)) == len(listed)
    assert given - set(listed) == set()
    # And no kind of measure is listed that no run gives: what is missing lacks participants or spells.
    assert {each.partition(":")[0] for each in listed} - {each.partition(":")[0] for each in given} <= {
        "mean_score", "sd_score", "gini", "between", "lowest_between", "tier",
    }  # fmt: skip
