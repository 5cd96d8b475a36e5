"""The mean-field twin against agents: what a calibration pays for one course of a city.

    python benchmarks/twin.py [--residents 100000] [--rounds 5]

Contestants, 60 months of learning, joining and leaving in Hangzhou, one thread each: the twin (343 trait cells),
scslab's own kernels with so many agents, and NumPy vectorised over the same number of agents. Before anything is timed,
awareness and participation of both agent runs must lie within .006 of the twin in every month; making the agents is
counted for nobody.
"""

from __future__ import annotations

import argparse
import math
import os
import statistics
import time

for name in ("POLARS_MAX_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ.setdefault(name, "1")  # before NumPy

import numpy as np  # noqa: E402

from scslab.society.calibration.cells import TRAITS, make_cells  # noqa: E402
from scslab.society.calibration.twin import Stage, run_twin  # noqa: E402
from scslab.society.mechanics.joining import compute_common_utility  # noqa: E402
from scslab.society.mechanics.parameter import choose_values  # noqa: E402
from scslab.society.mechanics.table import MECHANICS  # noqa: E402
from scslab.society.month.agents import make_agents  # noqa: E402
from scslab.society.month.kernel_month import N_AWARE, N_IN  # noqa: E402
from scslab.society.month.live import begin, live  # noqa: E402
from scslab.society.month.plan import make_plan  # noqa: E402
from scslab.society.population.population import make_population  # noqa: E402
from scslab.society.population.profile import read_profile  # noqa: E402
from scslab.society.population.traits import NAMES, get_levels  # noqa: E402

MONTHS, SEED = 60, 3
PROFILE = read_profile("hangzhou")
VALUES = choose_values(MECHANICS, {"awareness.p": 0.1, "joining.b0": 0.3})


def run_agents(population, agents) -> tuple[float, np.ndarray]:
    plan = make_plan(VALUES, (), population.traits.means, 5)
    began = time.perf_counter()
    begin(plan, agents, SEED)
    aware = inside = 0.0
    out = np.empty((MONTHS, 2))
    for k in range(MONTHS):
        month = plan.set_month(k, 30, aware, inside, is_open=True, enrols=False, records=False, hears=False)
        counts = live(plan, agents, month, SEED).counts
        out[k] = aware, inside = counts[N_AWARE] / agents.n, counts[N_IN] / agents.n
    return time.perf_counter() - began, out


def run_numpy(population, agents) -> tuple[float, np.ndarray]:
    skill, trust, privacy = (
        population.traits.means[NAMES.index(trait)][get_levels(agents.code, trait)] for trait in TRAITS
    )
    v, n, draw = VALUES, agents.n, np.random.default_rng(SEED)
    began = time.perf_counter()
    odds = math.log(v["alternatives.share"] / (1 - v["alternatives.share"])) + v["alternatives.skill"] * skill
    commercial = draw.random(n) < 1 / (1 + np.exp(-odds))
    own = v["joining.digital_skill"] * skill + v["joining.trust"] * trust - v["joining.privacy"] * privacy
    own -= v["joining.alternatives"] * commercial
    learning = np.exp(v["awareness.skill"] * skill)
    goes = -np.expm1(-v["leaving.rate"] / 12 * np.exp(-v["leaving.trust"] * trust))
    aware, inside, left = np.zeros(n, bool), np.zeros(n, bool), np.zeros(n, bool)
    out = np.empty((MONTHS, 2))
    knows = takes = 0.0
    for k in range(MONTHS):
        aware |= draw.random(n) < -np.expm1(-(v["awareness.p"] + v["awareness.q"] * knows) / 12 * learning)
        accepts = 1 / (1 + np.exp(-(compute_common_utility(v, takes, 0.0) + own)))
        leaves = inside & (draw.random(n) < goes)
        joins = aware & ~inside & ~left & (draw.random(n) < v["joining.considers"]) & (draw.random(n) < accepts)
        inside = (inside & ~leaves) | joins
        left |= leaves
        out[k] = knows, takes = aware.mean(), inside.mean()
    return time.perf_counter() - began, out


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--residents", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    population = make_population(PROFILE, arguments.residents, SEED)
    cells = make_cells(PROFILE)

    def twin() -> tuple[float, np.ndarray]:
        began = time.perf_counter()
        course = run_twin(cells, [Stage(0, VALUES)], [True] * MONTHS)
        return time.perf_counter() - began, np.stack([course.aware, course.taking_part], axis=1)

    contestants = {
        "twin, 343 cells": twin,
        "scslab agents": lambda: run_agents(population, make_agents(population)),
        "NumPy, vectorised": lambda: run_numpy(population, make_agents(population)),
    }
    warm = {name: run()[1] for name, run in contestants.items()}
    for name, found in warm.items():
        off = np.abs(found - warm["twin, 343 cells"]).max()
        print(f"{name:<20} within {off:.4f} of the twin")
        if off > 0.006:
            raise SystemExit(f"{name} gives another society: nothing is timed")
    seconds: dict[str, list[float]] = {name: [] for name in contestants}
    for _ in range(arguments.rounds):
        for name, run in contestants.items():
            seconds[name].append(run()[0])
    base = statistics.median(seconds["twin, 343 cells"])
    print(f"\n{MONTHS} months, {arguments.residents:,} agents, medians of {arguments.rounds}")
    for name, each in seconds.items():
        middle = statistics.median(each)
        print(f"{name:<20} {1000 * middle:>10.2f} ms   {middle / base:>8.0f} x")


if __name__ == "__main__":
    main()
