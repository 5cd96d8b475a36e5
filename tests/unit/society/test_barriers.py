"""Barriers: at the shipped values those of the interviews; moved by the normal curve; each by its own term alone."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray

from scslab.scheme.catalogue import find_scheme
from scslab.society.experiment.interventions import INTERVENTIONS, change_values, find_intervention
from scslab.society.mechanics.barriers import read_barriers
from scslab.society.mechanics.parameter import choose_values
from scslab.society.mechanics.table import MECHANICS
from scslab.society.month.agents import AWARE, COMMERCIAL
from scslab.society.outcomes import measure, tabulate_barriers
from scslab.society.outcomes.barriers import measure_barriers, name_barriers
from scslab.society.outcomes.measures import list_measures
from scslab.society.population.profile import read_profile
from scslab.society.setting import Reform, Setting
from scslab.society.simulation import Simulated, simulate

SETTING = Setting(find_scheme("qianjiang"), read_profile("hangzhou"), 20_000, 1)
BARRIERS = read_barriers()
Names = NDArray[np.bool_]


@pytest.fixture(scope="module")
def shipped() -> Simulated:
    return simulate(SETTING)


def change(run: Simulated, given: Mapping[str, float]) -> Simulated:
    """The same residents at the end of the same run, by other parameters."""
    return replace(run, plan=replace(run.plan, values=choose_values(MECHANICS, given)))


def list_moved(before: Names, after: Names) -> set[str]:
    return {each.id for each, one, two in zip(BARRIERS, before, after, strict=True) if (one != two).any()}


def test_at_the_shipped_values_residents_name_them_as_the_interviewees_did(shipped: Simulated) -> None:
    shares = name_barriers(shipped).mean(axis=1)
    for barrier, share in zip(BARRIERS, shares, strict=True):
        if barrier.term == "awareness":
            continue
        # Traits come in seven levels, and an average of them is not quite normal: beside luck .005 is allowed.
        error = math.sqrt(barrier.share * (1 - barrier.share) / 20_000)
        assert share == pytest.approx(barrier.share, abs=4 * error + 0.005), barrier.id


def test_it_stays_so_under_another_scheme_and_with_another_response(shipped: Simulated) -> None:
    # Rongcheng takes points by nearly all of its rules, Qianjiang by three of eight: by construction it does not show.
    other = simulate(Setting(find_scheme("rongcheng"), read_profile("rongcheng"), 10_000, 1))
    found = name_barriers(other).mean(axis=1)
    assert {b.id: x for b, x in zip(BARRIERS, found, strict=True)}["fear-of-deduction"] == pytest.approx(
        28 / 39, abs=0.02
    )
    # All are enrolled there: that it is not mandatory cannot be named.
    assert found[-1] == 0
    for response in (0.0, 0.6, 1.9):
        named = name_barriers(change(shipped, {"barriers.response": response})).mean(axis=1)
        for barrier, share in zip(BARRIERS, named, strict=True):
            if barrier.term != "awareness":
                assert share == pytest.approx(barrier.share, abs=0.02), (barrier.id, response)


def test_what_a_term_moves_by_hand(shipped: Simulated) -> None:
    # The burden from 1 to .25: the term of cost falls by .5 x .75 = .375, the latent by 1.25 x .375 = .46875. So
    # Phi(1.42608 - .46875) = .8308 name registration in place of 36 / 39, Phi(1.13492 - .46875) = .7473 in place of
    # 34 / 39. Benefits from .5 to .9: .914 x .4 x 1.25 = .457, Phi(.82312 - .457) = .6429 in place of 31 / 39. Fear
    # from .6 to 1.2 with 3 of 8 rules: 1.25 x .6 x .375 = .28125, Phi(.57618 + .28125) = .8044 in place of 28 / 39.
    given = {"joining.burden": 0.25, "joining.benefits": 0.9, "joining.fear": 1.2}
    found = dict(zip((b.id for b in BARRIERS), name_barriers(change(shipped, given)).mean(axis=1), strict=True))
    by_hand = {
        "registration": 0.8308, "time-and-energy": 0.7473, "limited-benefits": 0.6429, "fear-of-deduction": 0.8044,
    }  # fmt: skip
    assert {name: found[name] for name in by_hand} == pytest.approx(by_hand, abs=0.012)


def test_a_weight_of_a_trait_moves_those_who_have_much_of_it_most(shipped: Simulated) -> None:
    # Half the weight of privacy, .4 to .2: the latent of a resident falls by 1.25 x .2 (2 + x), for x the concern.
    before, after = name_barriers(shipped), name_barriers(change(shipped, {"joining.privacy": 0.2}))
    k = [b.id for b in BARRIERS].index("privacy")
    level = shipped.agents.code.astype(np.int64) // 7**3 % 7
    falls = [before[k][level == x].mean() - after[k][level == x].mean() for x in (0, 3, 6)]
    # By hand for the middle level, where x = 0: s = sqrt(1 - .25) = .866; Phi(.6542 / .866) = .7750, and
    # Phi((.6542 - .5) / .866) = .5707 after it.
    assert falls[1] == pytest.approx(0.7750 - 0.5707, abs=0.03)
    assert falls[0] < falls[1]
    assert falls[2] > 0.05


def test_each_intervention_moves_its_barriers_and_no_others(shipped: Simulated) -> None:
    before, values = name_barriers(shipped), choose_values(MECHANICS)
    cost, use = {"registration", "time-and-energy"}, {"doubtful-usefulness", "limited-benefits"}
    expected = {
        "easier-registration": (cost | {"digital-literacy"}, -1), "better-benefits": (use, -1),
        "transparent-rules": ({"fear-of-deduction", "privacy"}, -1), "data-minimisation": ({"privacy"}, -1),
        "harsher-sanctions": ({"fear-of-deduction"}, 1), "milder-sanctions": ({"fear-of-deduction"}, -1),
        "appeal-before-effect": ({"fear-of-deduction"}, -1), "repair": ({"fear-of-deduction"}, -1),
        "error-rate-halved": (set[str](), 0),
    }  # fmt: skip
    # A campaign acts through who knows, enrolment through the scheme: see the other tests.
    assert set(INTERVENTIONS) - set(expected) == {"campaign", "mandatory-enrolment", "shorter-validity"}
    for name, (moved, direction) in expected.items():
        after = name_barriers(change(shipped, change_values(values, (find_intervention(name),))))
        assert list_moved(before, after) == moved, name
        for barrier, one, two in zip(BARRIERS, before, after, strict=True):
            if barrier.id in moved:
                assert (two.mean() - one.mean()) * direction > 0.01, (name, barrier.id)


def test_a_campaign_lowers_little_awareness_alone(shipped: Simulated) -> None:
    loud = simulate(replace(SETTING, values={"awareness.p": 0.3}))
    assert list_moved(name_barriers(shipped), name_barriers(loud)) == {"little-awareness"}
    for run in (shipped, loud):
        knows = (run.agents.flags & AWARE) > 0
        names_it = name_barriers(run)[0]
        assert names_it[~knows].all()
        assert names_it[knows].mean() < 0.11  # a tenth of those who know; who know have more digital skill
    everybody = replace(shipped, agents=replace(shipped.agents, flags=shipped.agents.flags | AWARE))
    assert name_barriers(everybody)[0].mean() == pytest.approx(0.1, abs=0.012)
    # As in the interviews where a sixth know: 1 - (1 - .1) / 6 = .85, and 33 of 39 are .846.
    sixth = np.arange(20_000) % 6 == 0
    flags = (shipped.agents.flags & ~np.uint8(AWARE)) | np.where(sixth, np.uint8(AWARE), np.uint8(0))
    known = replace(shipped, agents=replace(shipped.agents, flags=flags))
    assert name_barriers(known)[0].mean() == pytest.approx(33 / 39, abs=0.015)


def test_alternatives_are_named_by_those_who_have_them(shipped: Simulated) -> None:
    k = [b.id for b in BARRIERS].index("alternatives")
    uses = (shipped.agents.flags & COMMERCIAL) > 0
    names_it = name_barriers(shipped)[k]
    # A is 1 or 0, with .8 in the mean; s = sqrt(1 - .16 x .375^2) = .9887. The latent's threshold is .73632: by hand
    # Phi((-.73632 + .375 x .2) / .9887) = .2518 of users, Phi((-.73632 - .375 x .8) / .9887) = .1473 of others.
    assert names_it[uses].mean() == pytest.approx(0.2518, abs=0.02)
    assert names_it[~uses].mean() == pytest.approx(0.1473, abs=0.02)


def test_reforms_count_from_what_is_in_force_at_the_end() -> None:
    small = replace(SETTING, residents=3000)
    plain = name_barriers(simulate(small))
    reformed = simulate(replace(small, reforms=(Reform(_month(small, 9), {"joining.burden": 0.25}),)))
    always = simulate(replace(small, values={"joining.burden": 0.25}))
    assert list_moved(plain, name_barriers(reformed)) == {"registration", "time-and-energy"}
    assert (name_barriers(reformed)[1:3] == name_barriers(always)[1:3]).all()
    # A scheme that takes no points by any rule succeeds: nobody need fear it as before.
    mild = simulate(replace(small, reforms=(Reform(_month(small, 9), scheme=find_scheme("osmanthus")),)))
    fear = [b.id for b in BARRIERS].index("fear-of-deduction")
    assert name_barriers(mild)[fear].mean() < plain[fear].mean() - 0.05


def _month(setting: Setting, number: int):
    return (
        setting.first.replace(month=number)
        if setting.first.month <= number
        else setting.first.replace(year=setting.first.year + 1, month=number)
    )


def test_barriers_are_measures_of_an_experiment(shipped: Simulated) -> None:
    found = measure_barriers(shipped)
    table = tabulate_barriers(shipped)
    assert found == {f"barrier:{name}": share for name, share in table.select("barrier", "share").iter_rows()}
    told = measure(shipped).filter(pl.col("measure").str.starts_with("barrier:"))
    assert dict(told.select("measure", "value").iter_rows()) == found
    assert told["month"].unique().to_list() == [shipped.months["month"][-1]]
    assert set(found) <= set(list_measures(SETTING.scheme, SETTING.profile))
    business = Setting(find_scheme("tax-credit-2014"), read_profile("businesses"), 300, 1)
    assert measure_barriers(simulate(business)) == {}
    assert not [n for n in list_measures(business.scheme, business.profile) if n.startswith("barrier:")]
