"""Repair, discretion and thresholds: rates against their equations, and what must never happen."""

from __future__ import annotations

import math
from datetime import date

import numpy as np
import pytest

from scslab.engine.calendar import day_number
from scslab.engine.standing import Standing
from scslab.ground.problems import ProblemsError
from scslab.scheme.catalogue import find_scheme
from scslab.scheme.reader import read_scheme
from scslab.society.conduct.discretion import find_let_pass, let_pass
from scslab.society.conduct.repairs import REPAIRS, make_repairs, repair
from scslab.society.conduct.vocabulary import list_conduct
from scslab.society.conduct.ways import WayKind, list_derived, list_ways
from scslab.society.mechanics.parameter import choose_values
from scslab.society.mechanics.table import MECHANICS
from scslab.society.month.agents import AWARE, TAKES_PART, make_agents
from scslab.society.month.contagion import check_parts, share_of_reached
from scslab.society.month.kernel_events import FALSE, OBJECTS, OBSERVED, Events
from scslab.society.population.population import make_population
from scslab.society.population.profile import read_profile

N = 50_000
FIRST = date(2023, 3, 1)
WAITING = """
scheme: waiting
title: {en: Who was fined can do service after half a year}
operator: {kind: government, name: {en: City}}
subjects: {kind: resident}
events: {fine.paid: {}, help.given: {}, service.done: {}}
score: {start: 100}
rules:
  - {id: fine, on: fine.paid, points: -5}
  - {id: help, on: help.given, points: 1}
repair: [{id: service, on: service.done, restores: {rule: fine, share: 0.5, after: 6 months}}]
"""


def prepare(scheme, **given: float):
    population = make_population(read_profile("survey-2018"), N, seed=5)
    agents = make_agents(population)
    agents.flags[:] |= TAKES_PART | AWARE
    values = choose_values(MECHANICS, {"repair.conscience": 0.0, "repair.means": 0.0, **given})
    conduct = list_conduct(scheme, values)
    return agents, make_repairs(scheme, values, conduct, population.traits.means), conduct


def list_members(scheme, share_of: dict[str, float], since: date) -> Standing:
    listed = np.full((len(scheme.lists), N), -1, np.int32)
    for name, share in share_of.items():
        number = [each.id for each in scheme.lists].index(name)
        listed[number, : int(N * share)] = day_number(since)
    return Standing(np.full(N, -1, np.int8), np.zeros(N, np.int64), listed)


def test_ways_by_reading() -> None:
    # Read from judgment-defaulters/scheme.yaml: four ways off either list, one repair, one extension.
    scheme = find_scheme("judgment-defaulters")
    ways = list_ways(scheme)
    own = [way for way in ways if way.list == 1]
    assert {way.name for way in own if way.kind is WayKind.LEAVES} == {
        "court.obligation_met", "court.settlement_performed", "court.creditor_asks_removal", "court.enforcement_ended",
    }  # fmt: skip
    assert [way.name for way in own if way.kind is WayKind.REPAIRS] == ["court.active_performance"]
    assert {way.name for way in own if way.kind is WayKind.EXTENDS} == {"court.term_extended"}
    assert "court.default_listed" not in list_derived(scheme)
    assert {each.name for each in list_conduct(scheme, choose_values(MECHANICS))} == {"court.default_listed"}


def test_who_is_listed_acts_at_the_rate_that_is_given() -> None:
    scheme = find_scheme("judgment-defaulters")
    agents, repairs, conduct = prepare(scheme, **{"repair.acts": 0.2, "repair.extended": 0.05})
    standing = list_members(scheme, {"ground-1": 0.5}, date(2023, 1, 10))
    done = repair(repairs, agents, standing, 3, FIRST, 31, seed=9)
    # All of them listed on ground 1, and for nobody is there an extension of that list: 25,000 x .2, within 5 sd.
    assert abs(done.agent.size - 5000) < 5 * math.sqrt(25_000 * 0.2 * 0.8)
    assert done.agent.max() < N // 2
    assert (done.status == OBSERVED | REPAIRS).all()
    assert done.kind.min() == len(conduct)
    assert np.bincount(done.kind - len(conduct)).min() > 1100  # four ways, each as likely
    again = repair(repairs, agents, standing, 3, FIRST, 31, seed=9)
    assert all((one == two).all() for one, two in zip(done, again, strict=True))


def test_means_and_conscience_decide_who_acts() -> None:
    scheme = find_scheme("samr-serious-violations")
    agents, repairs, _ = prepare(scheme, **{"repair.acts": 0.3, "repair.means": 0.8, "repair.conscience": 0.0})
    standing = list_members(scheme, {"serious-violations": 1.0}, date(2021, 3, 1))
    done = repair(repairs, agents, standing, 0, FIRST, 31, seed=2)
    level = agents.code.astype(np.int64) // 7**4 % 7
    acted = np.zeros(N, np.bool_)
    acted[done.agent] = True
    shares = [acted[level == k].mean() for k in range(7)]
    assert shares == sorted(shares)
    assert shares[6] > 2 * shares[0]


def test_nobody_acts_before_the_time() -> None:
    # The list of serious violations is left early after 12 months at the soonest: listed on 2 March 2022 nobody acts
    # in March 2023 (366 days after the listing, rounded up from 12 months, lie behind the first of the month).
    scheme = find_scheme("samr-serious-violations")
    agents, repairs, _ = prepare(scheme, **{"repair.acts": 0.9})
    for since, acts in ((date(2022, 3, 2), False), (date(2022, 2, 20), True)):
        standing = list_members(scheme, {"serious-violations": 1.0}, since)
        assert (repair(repairs, agents, standing, 0, FIRST, 31, seed=2).agent.size > 0) == acts
    assert repair(repairs, agents, None, 0, FIRST, 31, seed=2).agent.size == 0


def test_points_come_back_after_the_waiting_time_and_good_deeds_before() -> None:
    scheme = read_scheme(WAITING.encode())
    agents, repairs, conduct = prepare(scheme, **{"repair.acts": 0.5, "repair.compensates": 0.25})
    agents.since[:] = 3
    early = repair(repairs, agents, None, 7, FIRST, 31, seed=1)
    good = [each.name for each in conduct].index("help.given")
    assert set(early.kind) == {good}
    assert abs(early.agent.size - N / 4) < 5 * math.sqrt(N * 0.25 * 0.75)
    agents.since[:] = 6
    later = repair(repairs, agents, None, 7, FIRST, 31, seed=1)
    assert abs((later.kind == len(conduct)).sum() - N / 2) < 5 * math.sqrt(N / 4)
    agents.since[:] = 12
    assert repair(repairs, agents, None, 7, FIRST, 31, seed=1).agent.size == 0
    agents.flags[:] = 0
    agents.since[:] = 6
    assert repair(repairs, agents, None, 7, FIRST, 31, seed=1).agent.size == 0


def test_who_does_not_know_of_the_scheme_makes_up_for_nothing_but_leaves_a_list() -> None:
    agents, repairs, _ = prepare(read_scheme(WAITING.encode()), **{"repair.acts": 0.5, "repair.compensates": 0.25})
    knows = np.arange(N) % 2 == 0
    agents.flags[:], agents.since[:] = np.where(knows, TAKES_PART | AWARE, TAKES_PART), 6
    done = repair(repairs, agents, None, 7, FIRST, 31, seed=1)
    assert done.agent.size > N / 4
    assert knows[done.agent].all()
    scheme = find_scheme("samr-serious-violations")
    firms, ways, _ = prepare(scheme, **{"repair.acts": 0.5})
    standing = list_members(scheme, {"serious-violations": 1.0}, date(2021, 3, 1))
    informed = repair(ways, firms, standing, 0, FIRST, 31, seed=2)
    firms.flags[:] = TAKES_PART
    told = repair(ways, firms, standing, 0, FIRST, 31, seed=2)
    listed = informed.kind >= ways.n_conduct
    assert listed.sum() > 1000
    assert (told.agent == informed.agent[listed]).all()


def make_events(conduct, n: int) -> Events:
    generator = np.random.Generator(np.random.PCG64(3))
    types = (np.uint32, np.uint16, np.uint8, np.uint8, np.uint16, np.uint16, np.uint16, np.uint32)
    zeros = [np.zeros(n, dtype) for dtype in types]
    events = Events(*zeros)
    events.agent[:] = np.arange(n)
    events.kind[:] = generator.integers(0, len(conduct), n)
    events.status[:] = generator.choice([0, OBSERVED, OBSERVED | FALSE, OBSERVED | OBJECTS], n)
    events.word[:] = generator.integers(0, 1 << 32, n)
    return events


def test_what_is_let_pass() -> None:
    profile = read_profile("survey-2018")
    agents, _, conduct = prepare(read_scheme(WAITING.encode()))
    values = choose_values(MECHANICS, {"discretion.let_pass": 0.4, "discretion.rural": -2.0})
    limits = find_let_pass(values, profile)
    events = make_events(conduct, N)
    after = let_pass(limits, conduct, agents.cell, events)
    is_loss = (events.kind == [each.name for each in conduct].index("fine.paid")) & (
        (events.status & (OBSERVED | FALSE)) == OBSERVED
    )
    assert (after.status[~is_loss] == events.status[~is_loss]).all()
    rural = np.unravel_index(agents.cell, profile.shape)[-1] == 0
    passed = is_loss & (after.status == 0)
    # odds .4 / .6 times exp(-2): .0827 of rural residents, .4 of the others.
    for group, share in ((rural, 1 / (1 + 1.5 * math.exp(2))), (~rural, 0.4)):
        n = int((is_loss & group).sum())
        assert abs(passed[group].sum() - n * share) < 5 * math.sqrt(n * share * (1 - share))


@pytest.mark.parametrize(("spread", "low", "high"), [(0.10, 0.0, 0.1), (0.13, 0.95, 1.0)])
def test_a_little_more_spread_tips_the_whole_city(spread: float, low: float, high: float) -> None:
    # Granovetter (1978): thresholds with mean 25 of 100; up to a standard deviation of 12.2 hardly anybody joins, from
    # there on nearly all do.
    values = {"threshold.mean": 0.25, "threshold.spread": spread}
    share = 0.01
    for _ in range(500):
        share = share_of_reached(values, share)
    assert low <= share <= high


def test_thresholds_need_the_whole_population() -> None:
    check_parts({"threshold.weight": 0.0})
    with pytest.raises(ProblemsError, match="Y204"):
        check_parts({"threshold.weight": 0.5})
