"""A month: bit for bit the plain reading, the same for any partitions and threads, and right where it can be solved."""

from __future__ import annotations

import math

import numpy as np
import pytest

from scslab.scheme.catalogue import find_scheme
from scslab.society.conduct.vocabulary import list_conduct
from scslab.society.mechanics.behaviour import Sign
from scslab.society.mechanics.parameter import choose_values
from scslab.society.mechanics.table import MECHANICS
from scslab.society.month.agents import AWARE, LISTED, NEAR_LOWER, TAKES_PART, Agents, make_agents
from scslab.society.month.kernel_events import FALSE, OBJECTS
from scslab.society.month.kernel_month import N_AWARE, N_IN, N_LEFT, SUM_ACCEPTANCE
from scslab.society.month.live import Lived, begin, cut_partitions, live
from scslab.society.month.plan import Plan, make_plan
from scslab.society.population.population import make_population
from scslab.society.population.profile import read_profile
from unit.society import plain_month

SEED = 20180201


def make(n: int, scheme: str = "rongcheng", **given: float) -> tuple[Plan, Agents]:
    found = find_scheme(scheme)
    values = choose_values(MECHANICS, {name.replace("__", "."): value for name, value in given.items()})
    population = make_population(read_profile("survey-2018"), n, SEED)
    plan = make_plan(values, list_conduct(found, values), population.traits.means, len(found.tiers))
    agents = make_agents(population)
    begin(plan, agents, SEED)
    return plan, agents


def run(plan: Plan, agents: Agents, months: int, *, enrols: bool = False, **how: int) -> list[Lived]:
    """Months in a row, with feedback of how many know and take part, and standings that a formula makes up."""
    aware = taking = 0.0
    lives: list[Lived] = []
    for m in range(months):
        numbers = plan.set_month(m, 30, aware, taking, is_open=True, enrols=enrols, records=True, hears=True)
        lives.append(live(plan, agents, numbers, SEED, **how))
        aware, taking = (lives[-1].counts[[N_AWARE, N_IN]] / agents.n).tolist()
        place = np.arange(agents.n)
        agents.tier[:] = (place * 7 + m) % 7 - 1
        agents.near[:] = (place + m) % 2
        agents.since[(place * 31 + m) % 17 == 0] = 0
    return lives


def test_kernel_equals_the_plain_reading() -> None:
    given = {"behaviour__rare": 4.0, "behaviour__common": 9.0, "awareness__p": 4.0, "joining__considers": 0.7,
             "leaving__rate": 2.0, "observation__false_rate": 3.0, "objection__true": 0.4,
             "fatigue__effort": 0.9, "fatigue__leaving": 1.2, "fatigue__months": 1.5}  # fmt: skip
    plan, agents = make(1100, **given)
    _, plain = make(1100, **given)
    plain.flags[:] &= 0
    plain_month.begin(plan, plain, SEED)
    assert (plain.flags == agents.flags).all()
    aware = taking = 0.0
    for m in range(3):
        # In the last month all are enrolled, so that some take part and do not know of it.
        numbers = plan.set_month(m, 31, aware, taking, is_open=True, enrols=m == 2, records=True, hears=True)
        lived = live(plan, agents, numbers, SEED, partitions=2)
        events, counts = plain_month.live(plan, plain, numbers, SEED)
        assert lived.counts.tolist() == counts
        assert list(zip(*(column.tolist() for column in lived.events), strict=True)) == events
        assert len(events) > 1000
        assert agents.digest() == plain.digest()
        assert 100 < counts[N_AWARE] < 1000
        aware, taking = counts[0] / 1100, counts[1] / 1100
        for each in (agents, plain):
            each.tier[:] = np.arange(1100) % 7 - 1
            each.near[:] = np.arange(1100) % 2
            each.since[::9] = 0


def test_partitions_and_threads_do_not_show() -> None:
    found = set()
    for partitions, threads in ((1, 1), (7, 1), (64, 1), (7, 2), (64, 2)):
        plan, agents = make(100_000)
        lives = run(plan, agents, 4, partitions=partitions, threads=threads)
        events = [column.tobytes() for each in lives for column in each.events]
        found.add((agents.digest(), hash(tuple(events)), tuple(int(x) for each in lives for x in each.counts)))
    assert len(found) == 1


def test_a_part_of_a_population_lives_as_it_does_within_the_whole() -> None:
    plan, agents = make(5000)
    _, part = make(5000)
    part = Agents(*(getattr(part, name)[2048:] for name in part.__dataclass_fields__))
    numbers = plan.set_month(0, 30, 0.3, 0.1, is_open=True, enrols=False, records=True, hears=True)
    whole = live(plan, agents, numbers, SEED).events
    alone = live(plan, part, numbers, SEED, first=2048).events
    assert (agents.flags[2048:] == part.flags).all()
    after = whole.agent >= 2048
    assert alone.agent.size > 100
    assert ((whole.agent[after] - 2048) == alone.agent).all()
    assert all((one[after] == other).all() for one, other in zip(whole[1:], alone[1:], strict=True))


def test_room_for_events_does_not_show() -> None:
    # High rates: a month needs more room than there is at once, so that the kernel stops and goes on.
    plan, agents = make(3000, behaviour__rare=12.0, behaviour__common=12.0)
    lived = run(plan, agents, 1, enrols=True)[0]
    order = np.lexsort((lived.events.agent, lived.events.agent // 1024))
    assert lived.events.agent.size > 3000
    assert (np.diff(lived.events.agent[order].astype(int)) >= 0).all()


def test_nine_bytes_an_agent() -> None:
    assert make(100)[1].bytes_each == 9


def test_who_has_taken_part_for_long_tries_less_and_leaves_sooner() -> None:
    # By hand: once F = 1, those who still take part do good exp(-e) times as often, e = .7: 0.4966. Leaving at .6 a
    # year and l = .7 has a monthly hazard of 1 - exp(-.6 x 2.0138 / 12) = .0958, against .0488 for who has just joined.
    given = {"behaviour__common": 6.0, "fatigue__effort": 0.7, "fatigue__leaving": 0.7, "fatigue__months": 1.0}
    given |= {"leaving__rate": 0.6, "leaving__trust": 0.0, "leaving__loss": 0.0}
    deeds, left = [], []
    for stay in (0, 60):
        plan, agents = make(200_000, **given)
        agents.flags[:], agents.stay[:] = AWARE | TAKES_PART, stay
        numbers = plan.set_month(0, 30, 1, 1, is_open=True, enrols=False, records=True, hears=False)
        lived = live(plan, agents, numbers, SEED)
        good = [k for k, each in enumerate(plan.conduct) if each.sign is Sign.POSITIVE]
        stays = (agents.flags & TAKES_PART) > 0
        is_good = np.isin(lived.events.kind, good) & stays[lived.events.agent]
        deeds.append(is_good.sum() / stays.sum())
        left.append(int(lived.counts[N_LEFT]) / agents.n)
    assert deeds[0] * agents.n > 5000
    assert deeds[1] / deeds[0] == pytest.approx(0.4966, abs=0.02)
    assert left == pytest.approx([0.0488, 0.0958], abs=0.003)


def test_who_does_not_know_of_the_scheme_acts_as_if_there_were_none() -> None:
    # All are enrolled, nobody learns, and half know: deterrence, tiers, nearness, lists, rewards and fatigue move only
    # those. By hand for who knows: good deeds exp(.5 - .7) = .8187 times as often, bad ones, just after a loss, near an
    # edge, on a list and in the lowest tier, exp(-.2 - .2) (1 - .25) = .5027 times as often.
    given = {"behaviour__common": 9.0, "behaviour__rare": 6.0, "behaviour__reward": 0.5, "fatigue__effort": 0.7}
    given |= {"fatigue__months": 1.0, "awareness__p": 0.0, "awareness__q": 0.0, "observation__negative": 0.9}
    plan, agents = make(200_000, **given)
    knows = np.arange(agents.n) % 2 == 0
    agents.flags[:] = TAKES_PART
    agents.flags[knows] |= AWARE
    agents.stay[:], agents.tier[:], agents.near[:], agents.since[:] = 60, 0, NEAR_LOWER | LISTED, 0
    numbers = plan.set_month(0, 30, 0.5, 1, is_open=True, enrols=True, records=True, hears=True)
    events = live(plan, agents, numbers, SEED).events
    _, plain = make(200_000, **given)
    outside = plan.set_month(0, 30, 0.5, 1, is_open=True, enrols=False, records=True, hears=True)
    alone = live(plan, plain, outside, SEED).events  # the same people where there is no scheme
    signs = np.array([each.sign for each in plan.conduct])[events.kind]
    knowing, is_false = knows[events.agent], (events.status & FALSE) > 0
    assert signs[~is_false & ~knowing].size > 20_000
    others = ~knows[alone.agent]
    for name in ("agent", "kind", "day", "word"):
        here, there = getattr(events, name), getattr(alone, name)
        assert (here[~is_false & ~knowing] == there[others]).all(), name
    for sign, factor in ((Sign.POSITIVE, 0.8187), (Sign.NEGATIVE, 0.5027)):
        is_kind = (signs == sign) & ~is_false
        found = (is_kind & knowing).sum() / (is_kind & ~knowing).sum()
        assert found == pytest.approx(factor, abs=0.03)
    # Of what is held against who knows much is challenged; of what is held against the others nothing.
    assert ((events.status & OBJECTS) > 0)[knowing].sum() > 100
    assert ((events.status & OBJECTS) > 0)[~knowing].sum() == 0
    assert (is_false & ~knowing).sum() > 30


def test_awareness_follows_the_bass_curve() -> None:
    # Without traits, the share that knows follows A' = A + (1 - A) h(A), h = 1 - exp(-(p + q A) / 12), iterated by hand
    # in floating point; 200,000 agents scatter by at most .0011 (one standard error), the curve by less.
    plan, agents = make(200_000, awareness__skill=0.0)
    lives = run(plan, agents, 120)
    share, worst = 0.0, 0.0
    for lived in lives:
        share += (1 - share) * -math.expm1(-(0.03 + 0.38 * share) / 12)
        worst = max(worst, abs(lived.counts[N_AWARE] / agents.n - share))
    assert share > 0.5
    assert worst < 0.008  # feedback carries early scatter on; five standard errors of the unfed share


def test_events_come_at_their_rates() -> None:
    # Conscientiousness alone moves rates here; E exp(b z) over the seven equally likely conditional means is computed
    # from the levels themselves. Type `traffic.ticket`: .1 a year at the mean.
    plan, agents = make(400_000, behaviour__rare=1.2, behaviour__tier=0.0, behaviour__distance=0.0)
    numbers = plan.set_month(0, 30, 0, 0, is_open=False, enrols=False, records=False, hears=False)
    lived = live(plan, agents, numbers, SEED)
    kind = next(k for k, each in enumerate(plan.conduct) if each.name == "traffic.ticket")
    means = make_population(read_profile("survey-2018"), 1000, SEED).traits.means[0]
    level = agents.code % 7
    expected = 0.1 * np.exp(-0.6 * means[level]).sum()
    found = int((lived.events.kind == kind).sum())
    assert abs(found - expected) < 4 * math.sqrt(expected) + 0.002 * expected


def test_acceptance_is_the_mean_of_the_logistic() -> None:
    plan, agents = make(50_000)
    lived = run(plan, agents, 1)[0]
    population = make_population(read_profile("survey-2018"), 50_000, SEED)
    z = [population.traits.means[k][agents.code // 7**k % 7] for k in range(5)]
    v = plan.values
    utility = -0.5 + 0.914 * 0.5 - 0.6 * plan.share_taking - 0.5
    utility = utility + 0.337 * z[1] + 0.5 * z[2] - 0.4 * z[3] - v["joining.alternatives"] * (agents.flags // 8 % 2)
    assert lived.counts[SUM_ACCEPTANCE] / 65536 / agents.n == pytest.approx(
        float((1 / (1 + np.exp(-utility))).mean()), abs=0.001
    )


def test_a_higher_rate_keeps_every_event() -> None:
    # Common random numbers: raising one rate adds events of that type and leaves all others alone.
    plan, agents = make(20_000)
    more, other = make(20_000, behaviour__rare=0.2)
    low, high = run(plan, agents, 1)[0].events, run(more, other, 1)[0].events
    one = set(zip(low.agent.tolist(), low.kind.tolist(), low.day.tolist(), strict=True))
    two = set(zip(high.agent.tolist(), high.kind.tolist(), high.day.tolist(), strict=True))
    assert one < two


def test_partitions_begin_at_blocks() -> None:
    assert cut_partitions(100, 64) == [(0, 100)]
    assert all(low % 1024 == 0 for low, _ in cut_partitions(1_000_000, 7))
    assert sum(high - low for low, high in cut_partitions(1_000_000, 7)) == 1_000_000
