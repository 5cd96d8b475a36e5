"""The twin against hand-derived months, the curve of Bass, agents, and residents with unrounded traits."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date
from statistics import NormalDist
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from scslab.scheme.catalogue import find_scheme
from scslab.scheme.model import Participation
from scslab.society.calibration.cells import TRAITS, Cells, make_cells
from scslab.society.calibration.city import run_setting
from scslab.society.calibration.twin import Stage, compute_lost_lately, run_twin
from scslab.society.conduct.vocabulary import list_conduct
from scslab.society.mechanics.parameter import choose_values
from scslab.society.mechanics.table import MECHANICS
from scslab.society.month.agents import make_agents
from scslab.society.month.kernel_month import N_AWARE, N_IN, SUM_ACCEPTANCE
from scslab.society.month.live import begin, live
from scslab.society.month.plan import make_plan
from scslab.society.population.fit import fit_cells
from scslab.society.population.population import make_population
from scslab.society.population.profile import read_profile
from scslab.society.population.traits import NAMES, UNIT, build_traits
from scslab.society.setting import Reform, Setting
from scslab.society.simulation import simulate

PROFILE = read_profile("hangzhou")
CELLS = make_cells(PROFILE)
VALUES = choose_values(MECHANICS)
PLAIN = {
    "awareness.skill": 0.0, "joining.usefulness": 0.0, "joining.digital_skill": 0.0, "joining.social": 0.0,
    "joining.trust": 0.0, "joining.privacy": 0.0, "joining.fear": 0.0, "joining.cost": 0.0,
    "joining.alternatives": 0.0, "joining.b0": 0.0, "leaving.trust": 0.0,
}  # fmt: skip
LIVELY = {"awareness.p": 0.2, "leaving.rate": 0.3, "joining.b0": 0.5}
"""Values under which much happens in three years."""


def values(**given: float) -> dict[str, float]:
    return choose_values(MECHANICS, {**PLAIN, **{name.replace("__", "."): x for name, x in given.items()}})


def test_cells_are_shares_with_the_traits_of_the_population() -> None:
    assert CELLS.share.sum() == pytest.approx(1, abs=1e-12)
    assert CELLS.share.min() > 0
    # Traits are standardised over the population, and levels stand for their conditional means: the mean is 0.
    assert np.abs(CELLS.traits @ CELLS.share).max() < 1e-4
    agents = make_agents(make_population(PROFILE, 400_000, seed=3))
    codes = agents.code.astype(np.int64)
    levels = [codes // 7 ** NAMES.index(trait) % 7 for trait in TRAITS]
    found = np.bincount(levels[0] * 49 + levels[1] * 7 + levels[2], minlength=343) / agents.n
    error = np.sqrt(CELLS.share * (1 - CELLS.share) / agents.n)
    # 343 deviates: beyond 4.5 standard errors one in 430 such tests would fall.
    assert np.abs((found - CELLS.share) / error).max() < 4.5


def test_two_months_by_hand() -> None:
    # Nobody knows: h1 = 1 - exp(-.12 / 12) = .00995017. All utilities are 0, so that half of those who think of it
    # join:
    # .00995017 x .4 x .5 = .00199003. Second month: h2 = 1 - exp(-(.12 + .6 x .00995017) / 12) = .01044260;
    # aware .00995017 + .99004983 x .01044260 = .02028886. One in 1 - exp(-1.2 / 12) = .09516258 of those inside leaves:
    # .00018938; of those aware outside, .02028886 - .00199003 = .01829883, a fifth joins: .00365977. Inside:
    # .00199003 - .00018938 + .00365977 = .00546042.
    v = values(awareness__p=0.12, awareness__q=0.6, joining__considers=0.4, leaving__rate=1.2)
    course = run_twin(CELLS, [Stage(0, v)], [True, True])
    assert course.aware == pytest.approx([0.00995017, 0.02028886], abs=1e-8)
    assert course.taking_part == pytest.approx([0.00199003, 0.00546042], abs=1e-8)
    assert course.acceptance == pytest.approx([0.5, 0.5], abs=1e-12)
    assert course.left == pytest.approx([0, 0.00018938], abs=1e-8)
    assert course.joined == pytest.approx([0.00199003, 0.00365977], abs=1e-8)


def test_thresholds_by_hand_and_by_agents() -> None:
    # Nobody by word of mouth: h = 1 - exp(-.01) = .00995017 in both months. In the second, those whose threshold of
    # N(.25, .12) lies below .00995017 know as well: F = Phi(-2.000415) = .0227277. Left in the dark: exp(-.02) (1 - F);
    # where half of the residents follow thresholds, half of them.
    v = values(awareness__p=0.12, awareness__q=0.0, threshold__weight=0.5)
    course = run_twin(CELLS, [Stage(0, v)], [True, True])
    reached = NormalDist().cdf((1 - math.exp(-0.01) - 0.25) / 0.12)
    assert reached == pytest.approx(0.0227277, abs=1e-6)
    assert course.aware[1] == pytest.approx(1 - math.exp(-0.02) * (1 - 0.5 * reached), abs=1e-9)
    given = {"awareness.p": 0.3, "awareness.q": 0.0, "threshold.weight": 0.6}
    setting = Setting(find_scheme("hangzhou-qianjiang"), PROFILE, 20_000, 2, first=date(2019, 1, 1), values=given)
    months = simulate(setting).months
    assert np.abs(months["aware"].to_numpy() / 20_000 - run_setting(setting).aware).max() < 0.015


@pytest.mark.parametrize(("slower", "within"), [(1, 0.02), (10, 0.002), (100, 0.0002)])
def test_the_curve_of_bass(slower: int, within: float) -> None:
    # bass1969: F(t) = (1 - exp(-(p + q) t)) / (1 + q / p exp(-(p + q) t)). The society moves in steps of a month,
    # behind the curve by an error that falls with the step: rates ten times smaller, one tenth of it.
    p, q = 0.03 / slower, 0.38 / slower
    v = values(awareness__p=p, awareness__q=q)
    months = 240 * slower
    course = run_twin(CELLS, [Stage(0, v)], [True] * months)
    years = np.arange(1, months + 1) / 12
    decay = np.exp(-(p + q) * years)
    assert np.abs(course.aware - (1 - decay) / (1 + q / p * decay)).max() < within


def test_agents_tend_to_the_twin() -> None:
    n, months, seeds = 100_000, 36, 6
    v = choose_values(MECHANICS, LIVELY)
    twin = run_twin(CELLS, [Stage(0, v)], [True] * months)
    runs = np.empty((seeds, months, 3))
    for seed in range(seeds):
        population = make_population(PROFILE, n, seed)
        agents = make_agents(population)
        plan = make_plan(v, (), population.traits.means, 5)
        begin(plan, agents, seed)
        aware = inside = 0.0
        for k in range(months):
            month = plan.set_month(k, 30, aware, inside, is_open=True, enrols=False, records=False, hears=False)
            counts = live(plan, agents, month, seed).counts
            aware, inside = counts[N_AWARE] / n, counts[N_IN] / n
            runs[seed, k] = aware, inside, counts[SUM_ACCEPTANCE] / 65536 / n
    expected = np.stack([twin.aware, twin.taking_part, twin.acceptance], axis=1)
    # One run: luck of early months grows by word of mouth. The mean of six: luck alone, and rounding to 1/256.
    assert np.abs(runs - expected).max() < 0.006
    assert np.abs(runs.mean(axis=0) - expected).max() < 0.002


def test_all_are_enrolled_and_may_leave_after_a_reform() -> None:
    v = values(leaving__rate=1.2)
    stages = [Stage(0, v, enrols=True), Stage(2, v)]
    course = run_twin(CELLS, stages, [False, True, True])
    # Closed in the first month; everybody in the second; in the third 1 - exp(-.1) of them leave.
    assert course.taking_part == pytest.approx([0, 1, math.exp(-0.1)])
    assert course.aware[1] < 0.01


def test_a_reform_acts_from_its_month_on() -> None:
    before, after = values(awareness__p=0.12), values(awareness__p=1.2)
    plain = run_twin(CELLS, [Stage(0, before)], [True] * 24)
    reformed = run_twin(CELLS, [Stage(0, before), Stage(12, after)], [True] * 24)
    assert (reformed.aware[:12] == plain.aware[:12]).all()
    assert (reformed.aware[12:] > plain.aware[12:] + 0.05).all()
    with pytest.raises(ValueError, match="begins at month 0"):
        run_twin(CELLS, [Stage(1, before)], [True])


def live_unrounded(v: dict[str, float], z: NDArray[np.float64], months: int) -> Any:
    """The same society of residents with unrounded traits (3, n), each with probabilities in place of luck."""
    skill, trust, privacy = z
    aware, inside, left = np.zeros((3, skill.size))
    knows = takes = 0.0
    commercial = 1 / (1 + np.exp(-(math.log(v["alternatives.share"] / (1 - v["alternatives.share"]))
                                   + v["alternatives.skill"] * skill)))  # fmt: skip
    own = v["joining.digital_skill"] * skill + v["joining.trust"] * trust - v["joining.privacy"] * privacy
    states = [[np.zeros(skill.size), np.zeros(skill.size), np.zeros(skill.size)] for _ in range(2)]
    out = []
    for _ in range(months):
        h = 1 - np.exp(-(v["awareness.p"] + v["awareness.q"] * knows) / 12 * np.exp(v["awareness.skill"] * skill))
        goes = 1 - np.exp(-v["leaving.rate"] / 12 * np.exp(-v["leaving.trust"] * trust))
        common = (v["joining.b0"] + v["joining.usefulness"] * v["joining.benefits"] + v["joining.social"] * takes
                  - v["joining.cost"] * v["joining.burden"])  # fmt: skip
        knows = takes = 0.0
        for uses, weight in ((0, 1 - commercial), (1, commercial)):
            aware, inside, left = states[uses]
            aware += (1 - aware) * h
            accepts = 1 / (1 + np.exp(-(common + own - uses * v["joining.alternatives"])))
            joins = (aware - inside - left) * v["joining.considers"] * accepts
            left += inside * goes
            inside += joins - inside * goes
            knows += float((weight * aware).mean())
            takes += float((weight * inside).mean())
        out.append((knows, takes))
    return np.array(out)


def test_quantised_traits_bring_no_bias() -> None:
    # Strong effects of traits, where a bias would show; 400,000 residents drawn with NumPy's own generator.
    v = choose_values(MECHANICS, LIVELY | {"joining.trust": 0.9, "joining.privacy": 0.8, "awareness.skill": 0.6})
    generator = np.random.Generator(np.random.PCG64(8))
    shares = fit_cells(PROFILE.shape, PROFILE.margins).ravel()
    traits = build_traits(PROFILE, shares)
    cell = generator.choice(shares.size, 400_000, p=shares)
    normal = traits.factor / 4096 @ generator.normal(size=(5, cell.size))
    z = (traits.shifts[cell].T / UNIT + normal)[[NAMES.index(trait) for trait in TRAITS]]
    truth = live_unrounded(v, z, 36)
    course = run_twin(CELLS, [Stage(0, v)], [True] * 36)
    found = np.stack([course.aware, course.taking_part], axis=1)
    assert np.abs(found - truth).max() < 0.003
    # What a level's median in place of its mean would do: the spread shrinks, and the bias more than doubles.
    medians = [-1.4652, -0.7916, -0.3661, 0.0, 0.3661, 0.7916, 1.4652]  # R: qnorm((1:7 - .5) / 7)
    levels = np.array(np.meshgrid(medians, medians, medians, indexing="ij")).reshape(3, 343)
    wrong: Cells = replace(CELLS, traits=levels)
    course = run_twin(wrong, [Stage(0, v)], [True] * 36)
    biased = np.stack([course.aware, course.taking_part], axis=1)
    assert np.abs(biased - truth).max() > 2 * np.abs(found - truth).max()


def test_who_lost_points_lately_by_hand() -> None:
    conduct = list_conduct(find_scheme("rongcheng"), VALUES)
    v = choose_values(MECHANICS, {"behaviour.conscience_negative": 0.0, "observation.bias": 0.0})
    one = [each for each in conduct if each.name == "traffic.drunk_driving"] or [c for c in conduct if c.sign == 2][:1]
    # One event of so and so many a year, .6 of them seen, .05 of these let pass, and .01 false entries: in 3 months
    # 1 - exp(-(.57 r + .01) / 4).
    expected = 1 - math.exp(-(0.57 * one[0].rate + 0.01) / 4)
    assert compute_lost_lately(v, one, CELLS) == pytest.approx(expected, rel=1e-9)
    assert compute_lost_lately(v, [], CELLS) == 0


def test_the_twin_of_a_setting_follows_its_reforms() -> None:
    # Mandatory enrolment from the second year on: nobody outside is left, and awareness goes on as it did.
    opt_in = find_scheme("hangzhou-qianjiang")
    mandatory = replace(opt_in, participation=Participation.MANDATORY)
    plain = Setting(opt_in, PROFILE, 1000, 2, first=date(2019, 1, 1), values=LIVELY)
    reform = Reform(date(2020, 1, 1), scheme=mandatory)
    one, other = run_setting(plain), run_setting(replace(plain, reforms=(reform,)))
    assert other.aware == pytest.approx(one.aware, abs=1e-12)
    assert (one.taking_part[:12] == other.taking_part[:12]).all()
    assert other.taking_part[12:] == pytest.approx(np.ones(12))
    # A campaign as a reform of values, against agents who live through the same reform.
    campaign = replace(plain, residents=20_000, reforms=(Reform(date(2020, 1, 1), {"awareness.p": 1.5}),))
    months = simulate(campaign).months
    twin = run_setting(campaign)
    assert np.abs(months["aware"].to_numpy() / 20_000 - twin.aware).max() < 0.015
    assert np.abs(months["taking_part"].to_numpy() / 20_000 - twin.taking_part).max() < 0.015
    assert twin.aware[12] - twin.aware[11] > 4 * (twin.aware[11] - twin.aware[10])
