"""The reference model of a society: learning by word of mouth, joining, events by tier, a clamped score, its tier.

    python benchmarks/society.py [--mesa PYTHON] [--residents 1000000] [--rounds 5] [--full]

Contestants, one thread each, 12 months, the same number of agents: Mesa 3, NumPy vectorised over all agents, and
scslab's kernels (`society.month.live`), which also emit every event with its date, its recording and its delay; scores
are kept by a loop over these events. In the warm-up awareness, participation and events must agree within 2 points,
else nothing is counted. Making the agents is counted for nobody.

`--full` runs `scslab simulate rongcheng` instead, with 1 million residents for 10 years on 2 threads: all mechanics,
every month settled by the engine, all tables written. It has no peer; bounds are 4 minutes and 6 GB.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

for name in ("POLARS_MAX_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ.setdefault(name, "1")  # before NumPy

import numpy as np  # noqa: E402
from measure import run_once  # noqa: E402

HERE = Path(__file__).parent
MONTHS = 12
FULL_RESIDENTS, FULL_YEARS, FULL_MINUTES, FULL_GIGABYTES = 1_000_000, 10, 4, 6
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


class Watch:
    """Wall time and processor time from its making on; on a machine that others use too, only the latter is fair."""

    def __init__(self) -> None:
        self.began = time.perf_counter(), time.process_time()

    def stop(self) -> Told:
        return {"seconds": time.perf_counter() - self.began[0], "cpu": time.process_time() - self.began[1]}


def run_numpy(n: int, seed: int) -> Told:
    draw = np.random.default_rng(seed)
    trust = draw.normal(size=n).astype(np.float32)
    aware, joined = np.zeros(n, bool), np.zeros(n, bool)
    score, tier = np.full(n, 1000, np.int32), np.full(n, 2, np.int8)
    share_aware = share_in = 0.0
    events = 0
    began = Watch()
    for _ in range(MONTHS):
        aware |= draw.random(n, np.float32) < -np.expm1(-(0.36 + 4.56 * share_aware) / 12)
        accepts = 1 / (1 + np.exp(-(-0.5 + 0.5 * trust + 0.3 * share_in)))
        joined |= aware & (draw.random(n, np.float32) < 0.08) & (draw.random(n, np.float32) < accepts)
        losses, gains = draw.poisson(RATE[tier]), draw.poisson(0.04, n)
        events += int(losses.sum() + gains.sum())
        score = np.where(joined, np.clip(score - 20 * losses + 5 * gains, 0, 1300), score)
        tier = np.searchsorted([600, 850, 1030], score, side="right").astype(np.int8)
        share_aware, share_in = aware.mean(), joined.mean()
    return {**began.stop(), "aware": float(share_aware), "in": float(share_in), "events": events / n}


def make_society(n: int):
    from scslab.scheme.reader import read_scheme
    from scslab.society.conduct.vocabulary import list_conduct
    from scslab.society.mechanics.parameter import choose_values
    from scslab.society.mechanics.table import MECHANICS
    from scslab.society.month.agents import make_agents
    from scslab.society.month.live import begin
    from scslab.society.month.plan import make_plan
    from scslab.society.population.population import make_population
    from scslab.society.population.profile import read_profile

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
    plan.tables.standing[2] = np.round(np.log(RATE[[2, 2, 0, 1, 2, 3]] / RATE[2]) * 256)
    plan.tables.base[0] += round(np.log(RATE[2] / 0.1) * 256)
    begin(plan, agents, 1)
    return plan, agents


def make_scorer():
    """The clamped score and its tier, event by event; the same loop that anybody would write beside `live`."""
    from scslab.engine.jit import kernel
    from scslab.society.month.agents import TAKES_PART

    @kernel
    def keep_score(who: Any, kind: Any, flags: Any, score: Any, tier: Any) -> None:
        for e in range(who.size):
            a = who[e]
            if flags[a] & TAKES_PART:
                points = score[a] + (5 if kind[e] else -20)
                score[a] = min(max(points, 0), 1300)
                tier[a] = (score[a] >= 600) + (score[a] >= 850) + (score[a] >= 1030)

    return keep_score


def run_scslab(n: int, seed: int) -> Told:
    from scslab.society.month.kernel_month import N_AWARE, N_IN
    from scslab.society.month.live import Workroom, live

    keep_score, workroom = make_scorer(), Workroom()
    plan, agents = make_society(n)
    score = np.full(n, 1000, np.int32)
    agents.tier[:] = 2
    share_aware = share_in = 0.0
    events = 0
    began = Watch()
    for m in range(MONTHS):
        numbers = plan.set_month(m, 30, share_aware, share_in, is_open=True, enrols=False, records=True, hears=False)
        lived = live(plan, agents, numbers, seed, workroom=workroom)
        found = lived.events
        keep_score(found.agent, found.kind, agents.flags, score, agents.tier)
        events += found.agent.size
        share_aware, share_in = lived.counts[N_AWARE] / n, lived.counts[N_IN] / n
    return {**began.stop(), "aware": float(share_aware), "in": float(share_in), "events": events / n}


def run_mesa(python: str, n: int) -> Told:
    command = [python, str(HERE / "peers/society_mesa.py"), str(n), str(MONTHS)]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def run_full(residents: int, years: int) -> None:
    """A whole process, imports included: wall and processor time, and peak memory."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "run"
        command = [sys.executable, "-c", "from scslab.cli.main import main; main()", "simulate", "rongcheng"]
        options = ["--residents", str(residents), "--years", str(years), "--threads", "2", "--out", str(out)]
        threads = dict.fromkeys(("POLARS_MAX_THREADS", "OMP_NUM_THREADS", "NUMBA_NUM_THREADS"), "2")
        run = run_once([*command, *options, "--no-report", "--quiet"], threads)
        size = sum(path.stat().st_size for path in out.rglob("*") if path.is_file())
    print(
        f"rongcheng, {residents:,} residents, {years} years: {run.wall / 60:.2f} min (processor {run.cpu / 60:.2f}), "
        f"peak {run.peak / 1e9:.2f} GB, {size / 1e9:.2f} GB written; bounds {FULL_MINUTES} min, {FULL_GIGABYTES} GB"
    )


def run_a_second(run: Callable[[], Told]) -> Told:
    """The mean of as many runs as fill a second: after a minute of Mesa one short run mostly waits for the caches."""
    told = [run()]
    while sum(each["seconds"] for each in told) < 1:
        told.append(run())
    return {**told[0], **{key: statistics.fmean(each[key] for each in told) for key in ("seconds", "cpu")}}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--mesa", default=str(HERE.parent / ".venv-bench/bin/python"), help="a Python that has Mesa 3")
    parser.add_argument("--residents", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--full", action="store_true", help="the whole simulation instead of the reference model")
    arguments = parser.parse_args()
    if arguments.full:
        run_full(FULL_RESIDENTS, FULL_YEARS)
        return
    n = arguments.residents
    contestants = {
        "Mesa 3": lambda: run_mesa(arguments.mesa, n),
        "NumPy, vectorised": lambda: run_numpy(n, 1),
        "scslab": lambda: run_scslab(n, 1),
    }
    run_scslab(2048, 1)  # compiles
    first = {name: run() for name, run in contestants.items()}  # warm-up, and the same answer
    for name in ("Mesa 3", "scslab"):
        for key in ("aware", "in", "events"):
            if abs(first[name][key] - first["NumPy, vectorised"][key]) > 0.02 * max(1.0, first[name][key]):
                sys.exit(f"{name} does not agree on {key}: {first}")
    runs: dict[str, list[Told]] = {name: [] for name in contestants}
    for _ in range(arguments.rounds):
        for name, run in contestants.items():
            runs[name].append(run_a_second(run))
    print(f"{n:,} agents, {MONTHS} months, one thread, medians of {arguments.rounds} rounds")
    print(f"{'':20}{'M agent-steps/s':>16}{'ns a step':>11}{'scslab is':>11}{'processor ns':>14}{'scslab is':>11}")
    for name, told in runs.items():
        columns: list[float] = []
        for clock in ("seconds", "cpu"):
            pairs = zip(told, runs["scslab"], strict=True)
            columns += [
                statistics.median(each[clock] for each in told) / n / MONTHS * 1e9,
                statistics.median(theirs[clock] / ours[clock] for theirs, ours in pairs),
            ]
        print(f"{name:20}{1e3 / columns[0]:>16.2f}{columns[0]:>11.1f}{columns[1]:>10.1f}x", end="")
        print(f"{columns[2]:>14.1f}{columns[3]:>10.1f}x")
    print(f"state of an agent: {make_society(1000)[1].bytes_each} bytes, and 4 for its score")


if __name__ == "__main__":
    main()
