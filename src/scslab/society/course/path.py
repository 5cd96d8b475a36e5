"""The path of a society: how many know and take part at the end of each month, found part by part, exactly.

What residents do in a month depends on all others through two shares alone, and these on months before. So a population
too large for memory need not be held: the path is guessed, every part lives through all months along the guess, and the
sums over all parts are the next guess. Each time at least one month more is exact; where the numbers that a month is
lived by (`Plan.set_month`, in steps of 1/256) do not change any more, the guess is the path, as if all had lived at
once. (Thresholds of awareness act without steps: there the shares themselves must not change any more.) A guess from
one part is off by luck only, so that two or three rounds are enough.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from scslab.scheme.model import Scheme
from scslab.society.course.course import plan_for
from scslab.society.course.next_month import number_month
from scslab.society.month.agents import BLOCK, make_agents
from scslab.society.month.contagion import learn_from_others
from scslab.society.month.kernel_events import FALSE, OBSERVED
from scslab.society.month.kernel_month import COUNTS_WIDTH, N_AWARE, N_IN
from scslab.society.month.live import Workroom, begin, live
from scslab.society.month.plan import Plan
from scslab.society.population.population import Population
from scslab.society.setting import Setting, list_months

N_EVENTS, N_OBSERVED, N_FALSE, SUMS_WIDTH = range(COUNTS_WIDTH, COUNTS_WIDTH + 4)
"""What is counted beside `kernel_month.N_…`: events that happened, true ones that were observed, false entries."""
Sums = NDArray[np.int64]
"""Whole numbers by month, shape (months, SUMS_WIDTH)."""
Shares = NDArray[np.float64]
"""By month, who knows and who takes part at the end of the month before, shape (months, 2)."""
Heard = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Calendar:
    """What each month of a setting is lived by, reforms included.

    Attributes:
        months: first and last day of each.
        schemes, plans: of each month; one object where nothing changed.
    """

    months: tuple[tuple[date, date], ...]
    schemes: tuple[Scheme, ...]
    plans: tuple[Plan, ...]

    def number(self, k: int, shares: Shares) -> NDArray[np.int64]:
        """The numbers of month k (`Plan.set_month`)."""
        aware, taking_part = shares[k].tolist()
        return number_month(self.schemes[k], self.plans[k], k, *self.months[k], aware, taking_part)

    def agree(self, one: Shares, other: Shares) -> bool:
        """Whether residents live the same along both: shares act in steps, but for thresholds."""
        return all(
            (self.number(k, one) == self.number(k, other)).all()
            and (plan.values["threshold.weight"] == 0 or one[k, 0] == other[k, 0])
            for k, plan in enumerate(self.plans)
        )


def make_calendar(setting: Setting, population: Population) -> Calendar:
    """The calendar of a setting.

    Raises:
        ProblemsError: unknown parameters or rates, now or after a reform.
    """
    months = tuple(list_months(setting.first, setting.years))
    edges = [date.min, *(reform.since for reform in setting.reforms)]
    settings = [setting.at(edge) for edge in edges]
    plans = [plan_for(each, population) for each in settings]
    at = [max(k for k, edge in enumerate(edges) if edge <= first) for first, _ in months]
    return Calendar(months, tuple(settings[k].scheme for k in at), tuple(plans[k] for k in at))


def find_shares(sums: Sums, residents: int) -> Shares:
    """The shares that each month is lived by.

    Example:
        >>> find_shares(np.full((3, SUMS_WIDTH), 50), 100)[:, 0].tolist()
        [0.0, 0.5, 0.5]
    """
    return np.vstack([np.zeros(2), sums[:-1, [N_AWARE, N_IN]] / residents])


def cut_parts(residents: int, size: int) -> list[tuple[int, int]]:
    """Start and length of parts of about `size` residents, which begin at multiples of a block.

    Example:
        >>> cut_parts(5000, 2000)
        [(0, 2048), (2048, 2048), (4096, 904)]
    """
    step = max(1, -(-size // BLOCK)) * BLOCK
    return [(start, min(step, residents - start)) for start in range(0, residents, step)]


def live_through(calendar: Calendar, population: Population, seed: int, shares: Shares | None) -> Sums:
    """All months of a population, or of a part of one, without a settlement: nobody has a tier or remembers a loss.

    Args:
        calendar: what the months are lived by.
        population: who lives.
        seed: of the replicate.
        shares: of all residents; None: these are all, and go by their own.
    """
    agents, workroom = make_agents(population), Workroom()
    begin(calendar.plans[0], agents, seed, first=population.start)
    sums = np.zeros((len(calendar.months), SUMS_WIDTH), np.int64)
    for k, plan in enumerate(calendar.plans):
        now = find_shares(sums, population.n) if shares is None else shares
        learn_from_others(plan.values, agents, float(now[k, 0]), seed, start=population.start)
        lived = live(plan, agents, calendar.number(k, now), seed, first=population.start, workroom=workroom)
        status = np.bincount(lived.events.status & np.uint8(OBSERVED | FALSE), minlength=4)
        sums[k, :COUNTS_WIDTH] = lived.counts
        sums[k, COUNTS_WIDTH:] = status[0] + status[OBSERVED], status[OBSERVED], status[OBSERVED | FALSE]
    return sums


def sweep(
    calendar: Calendar, population: Population, parts: Sequence[tuple[int, int]], seed: int, shares: Shares, *,
    threads: int = 1, hear: Heard = lambda share: None,
) -> Sums:  # fmt: skip
    """The sums over all parts, each of which lives through all months; memory holds `threads` parts at a time."""

    def live_part(part: tuple[int, int]) -> Sums:
        return live_through(calendar, population.take_part(*part), seed, shares)

    total = np.zeros((len(calendar.months), SUMS_WIDTH), np.int64)
    with ThreadPoolExecutor(threads) as pool:
        for k, sums in enumerate(pool.map(live_part, parts)):
            total += sums
            hear((k + 1) / len(parts))
    return total


def find_path(
    calendar: Calendar, population: Population, parts: Sequence[tuple[int, int]], seed: int, *, threads: int = 1,
    hear: Heard = lambda share: None,
) -> tuple[Sums, int]:  # fmt: skip
    """The path of all residents without a settlement, and how many rounds it took; what they do is left out.

    Example:
        >>> from scslab.scheme.catalogue import find_scheme
        >>> from scslab.society.population.population import make_population
        >>> from scslab.society.population.profile import read_profile
        >>> setting = Setting(find_scheme("hangzhou-qianjiang"), read_profile("hangzhou"), residents=5000, years=1)
        >>> city = make_population(setting.profile, 5000, seed=1)
        >>> calendar = make_calendar(setting, city)
        >>> path, rounds = find_path(calendar, city, cut_parts(5000, 1024), seed=1)
        >>> bool((path[:, :2] == live_through(calendar, city, 1, None)[:, :2]).all())
        True
    """
    idle = replace(calendar, plans=_without_conduct(calendar.plans))
    guess = live_through(idle, population.take_part(*parts[0]), seed, None)
    shares, rounds = find_shares(guess, parts[0][1]), 0
    while True:
        rounds += 1
        path = sweep(idle, population, parts, seed, shares, threads=threads, hear=hear)
        again = find_shares(path, population.n)
        if idle.agree(again, shares):
            return path, rounds
        shares = again


def _without_conduct(plans: Sequence[Plan]) -> tuple[Plan, ...]:
    """The same plans for residents who do nothing and are accused of nothing: that does not show in the path."""
    idle: dict[int, Plan] = {}
    for plan in plans:
        t = plan.tables
        tables = t._replace(base=t.base[:0], sign=t.sign[:0], stream=t.stream[:0], negatives=t.negatives[:0])
        idle.setdefault(id(plan), replace(plan, conduct=(), tables=tables))
    return tuple(idle[id(plan)] for plan in plans)
