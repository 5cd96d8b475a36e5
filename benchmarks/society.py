"""The reference model of a society: learning by word of mouth, joining, events by tier, a clamped score, its tier.

    python benchmarks/society.py [--mesa PYTHON] [--residents 1000000] [--rounds 5]

Contestants, one thread each, 12 months: Mesa 3 (fewer agents: its time an agent-step does not fall with size), NumPy
vectorised over all agents, and scslab's own kernels (`society.month.live`), which also emit every event with its
date, its recording and its delay. In the warm-up awareness, participation and events must agree within 2 points, else
nothing is counted. `scslab simulate` is timed too: that settles every event by the engine and is no like-for-like row.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

for name in ("POLARS_MAX_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ.setdefault(name, "1")  # before NumPy

import numpy as np  # noqa: E402

HERE = Path(__file__).parent
MONTHS = 12
MESA_RESIDENTS = 20_000
RATE = np.array([0.10, 0.08, 0.06, 0.04])
SCHEME = """
scheme: reference
title: {en: Reference}
operator: {kind: government, name: {en: City}}
subjects: {kind: resident}
participation: opt-in
in_force: {from: 2020-01-01}
events: {loss: {}, gain: {}}
score: {start: 1000, floor: 0, ceiling: 1300}
tiers: [{id: D, from: 0}, {id: C, from: 600}, {id: B, from: 850}, {id: A, from: 1030}]
rules:
  - {id: loss, on: loss, points: -20}
  - {id: gain, on: gain, points: 5}
"""
Told = dict[str, float]


def run_numpy(n: int, seed: int) -> Told:
    draw = np.random.default_rng(seed)
    trust = draw.normal(size=n).astype(np.float32)
    aware, joined = np.zeros(n, bool), np.zeros(n, bool)
    score, tier = np.full(n, 1000, np.int32), np.full(n, 2, np.int8)
    share_aware = share_in = 0.0
    events = 0
    began = time.perf_counter()
    for _ in range(MONTHS):
        aware |= draw.random(n, np.float32) < -np.expm1(-(0.36 + 4.56 * share_aware) / 12)
        accepts = 1 / (1 + np.exp(-(-0.5 + 0.5 * trust + 0.3 * share_in)))
        joined |= aware & (draw.random(n, np.float32) < 0.08) & (draw.random(n, np.float32) < accepts)
        losses, gains = draw.poisson(RATE[tier]), draw.poisson(0.04, n)
        events += int(losses.sum() + gains.sum())
        score = np.where(joined, np.clip(score - 20 * losses + 5 * gains, 0, 1300), score)
        tier = np.searchsorted([600, 850, 1030], score, side="right").astype(np.int8)
        share_aware, share_in = aware.mean(), joined.mean()
    seconds = time.perf_counter() - began
    return {"seconds": seconds, "aware": float(share_aware), "in": float(share_in), "events": events / n}


def make_society(n: int):
    from scslab.scheme.reader import read_scheme
    from scslab.society.agents import make_agents
    from scslab.society.mechanics.parameter import choose_values
    from scslab.society.mechanics.table import MECHANICS
    from scslab.society.month import begin
    from scslab.society.plan import make_plan
    from scslab.society.population.population import make_population
    from scslab.society.population.profile import read_profile
    from scslab.society.vocabulary import list_conduct

    scheme = read_scheme(SCHEME.encode())
    none = (
        "awareness.skill", "joining.digital_skill", "joining.privacy", "joining.fear", "joining.cost",
        "joining.alternatives", "joining.usefulness", "leaving.rate", "behaviour.conscience_negative",
        "behaviour.conscience_positive", "behaviour.deterrence", "behaviour.distance", "behaviour.reward",
        "observation.false_rate",
    )  # fmt: skip
    given = dict.fromkeys(none, 0.0) | {"awareness.p": 0.36, "awareness.q": 4.56, "behaviour.tier": -0.3}
    values = choose_values(MECHANICS, given)
    conduct = list_conduct(scheme, values, {"loss": 1.2, "gain": 0.48})
    population = make_population(read_profile("survey-2018"), n, 1)
    plan, agents = make_plan(values, conduct, population.traits.means, 4), make_agents(population)
    # Who takes no part stands in tier 2 in the reference model; a tier's rate is told as its ratio to that of tier 2.
    plan.tables.tier[2] = np.round(np.log(RATE[[2, 0, 1, 2, 3]] / RATE[2]) * 256)
    plan.tables.base[0] += round(np.log(RATE[2] / 0.1) * 256)
    begin(plan, agents, 1)
    return plan, agents


def run_scslab(n: int, seed: int) -> Told:
    from scslab.society.agents import TAKES_PART
    from scslab.society.kernel_month import N_AWARE, N_IN
    from scslab.society.month import live

    plan, agents = make_society(n)
    score = np.full(n, 1000, np.int32)
    agents.tier[:] = 2
    share_aware = share_in = 0.0
    events = 0
    began = time.perf_counter()
    for m in range(MONTHS):
        numbers = plan.set_month(m, 30, share_aware, share_in, is_open=True, enrols=False, records=True, hears=False)
        lived = live(plan, agents, numbers, seed)
        events += lived.events.agent.size
        who = lived.events.agent
        joined = (agents.flags[who] & TAKES_PART) > 0
        points = np.where(lived.events.kind[joined] == 0, -20, 5)
        np.add.at(score, who[joined], points)
        moved = who[joined]
        score[moved] = np.clip(score[moved], 0, 1300)
        agents.tier[moved] = np.searchsorted([600, 850, 1030], score[moved], side="right")
        share_aware, share_in = lived.counts[N_AWARE] / n, lived.counts[N_IN] / n
    seconds = time.perf_counter() - began
    return {"seconds": seconds, "aware": float(share_aware), "in": float(share_in), "events": events / n}


def run_mesa(python: str, n: int) -> Told:
    command = [python, str(HERE / "peers/society_mesa.py"), str(n), str(MONTHS)]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def run_full(n: int) -> Told:
    from scslab.scheme.reader import read_scheme
    from scslab.society.population.profile import read_profile
    from scslab.society.simulation import Setting, simulate

    setting = Setting(read_scheme(SCHEME.encode()), read_profile("survey-2018"), n, 1, threads=1)
    began = time.perf_counter()
    run = simulate(setting)
    return {"seconds": time.perf_counter() - began, "events": run.true.height / n}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--mesa", default=str(HERE.parent / ".venv-bench/bin/python"))
    parser.add_argument("--residents", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    n = arguments.residents
    contestants = {
        "Mesa 3": (MESA_RESIDENTS, lambda: run_mesa(arguments.mesa, MESA_RESIDENTS)),
        "NumPy, vectorised": (n, lambda: run_numpy(n, 1)),
        "scslab": (n, lambda: run_scslab(n, 1)),
        "scslab simulate, all settled by the engine": (n, lambda: run_full(n)),
    }
    first = {name: run() for name, (_, run) in contestants.items()}  # warm-up, and the same answer
    for name in ("Mesa 3", "scslab"):
        for key in ("aware", "in", "events"):
            if abs(first[name][key] - first["NumPy, vectorised"][key]) > 0.02 * max(1.0, first[name][key]):
                sys.exit(f"{name} does not agree on {key}: {first}")
    steps: dict[str, list[float]] = {name: [] for name in contestants}
    for _ in range(arguments.rounds):
        for name, (size, run) in contestants.items():
            steps[name].append(size * MONTHS / run()["seconds"])
    print(f"{'':44}{'M agent-steps/s':>16}{'scslab is':>12}")
    for name, speeds in steps.items():
        ratio = statistics.median(ours / theirs for ours, theirs in zip(steps["scslab"], speeds, strict=True))
        print(f"{name:44}{statistics.median(speeds) / 1e6:>16.2f}{ratio:>11.1f}x")
    print(f"state of an agent: {make_society(1000)[1].bytes_each} bytes")


if __name__ == "__main__":
    main()
