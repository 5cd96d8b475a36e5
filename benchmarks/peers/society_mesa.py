"""The reference model of a society in Mesa 3: one object an agent. Prints its seconds and what came out."""

from __future__ import annotations

import json
import math
import sys
import time

import mesa

RATE = (0.10, 0.08, 0.06, 0.04)
"""Losses a month by tier."""


class Resident(mesa.Agent):
    def __init__(self, model: City) -> None:
        super().__init__(model)
        self.trust = model.random.gauss(0, 1)
        self.aware = self.joined = False
        self.score, self.tier = 1000, 2

    def step(self) -> None:
        model, draw = self.model, self.model.random.random
        if not self.aware and draw() < model.hazard:
            self.aware = True
        if self.aware and not self.joined and draw() < 0.08:
            self.joined = draw() < 1 / (1 + math.exp(-(-0.5 + 0.5 * self.trust + 0.3 * model.share_in)))
        losses, product, limit = 0, draw(), math.exp(-RATE[self.tier])
        while product > limit:
            losses += 1
            product *= draw()
        gains, product = 0, draw()
        while product > model.no_gain:
            gains += 1
            product *= draw()
        model.events += losses + gains
        if self.joined:
            self.score = min(1300, max(0, self.score - 20 * losses + 5 * gains))
            self.tier = 0 if self.score < 600 else 1 if self.score < 850 else 2 if self.score < 1030 else 3


class City(mesa.Model):
    def __init__(self, n: int, seed: int) -> None:
        super().__init__(seed=seed)
        self.share_aware = self.share_in = 0.0
        self.events, self.n, self.no_gain = 0, n, math.exp(-0.04)
        Resident.create_agents(self, n)

    def step(self) -> None:
        self.hazard = -math.expm1(-(0.36 + 4.56 * self.share_aware) / 12)
        self.agents.do("step")
        self.share_aware = sum(a.aware for a in self.agents) / self.n
        self.share_in = sum(a.joined for a in self.agents) / self.n


def main() -> None:
    n, months = int(sys.argv[1]), int(sys.argv[2])
    City(100, 0).step()
    city = City(n, 1)
    began, cpu = time.perf_counter(), time.process_time()
    for _ in range(months):
        city.step()
    told = {"seconds": time.perf_counter() - began, "cpu": time.process_time() - cpu}
    print(json.dumps({**told, "aware": city.share_aware, "in": city.share_in, "events": city.events / n}))


if __name__ == "__main__":
    main()
