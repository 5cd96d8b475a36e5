"""A simulation: residents live under a scheme month by month, and the engine settles what is recorded of them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scslab.engine.stepper import (
    Standing,
    Stepper,
    build_step_standings,
    collect_step_entries,
    open_stepper,
    step,
)
from scslab.ground.version import VERSION
from scslab.ledger.columns import EVENT_ID, SUBJECT_ID, TYPE
from scslab.scheme.model import Participation, Scheme
from scslab.society.agents import NEAR_LOWER, TAKES_PART, Agents, make_agents
from scslab.society.kernel_month import N_AWARE, N_IN, N_JOINED, N_LEFT, SUM_ACCEPTANCE
from scslab.society.mechanics.behaviour import Sign
from scslab.society.mechanics.parameter import choose_values
from scslab.society.mechanics.table import MECHANICS
from scslab.society.month import begin, live
from scslab.society.plan import Plan, make_plan
from scslab.society.population.population import make_population
from scslab.society.population.profile import Profile
from scslab.society.randomness.seeds import seed_of_replicate
from scslab.society.records import make_records
from scslab.society.vocabulary import list_conduct

Tell = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class Setting:
    """What is simulated.

    Attributes:
        residents: how many, 100 or more.
        years: how long, 1 to 100.
        seed, replicate: the luck; the population is the same in all replicates of a seed.
        first: the first day, the first of a month.
        values: parameters in place of the shipped ones, by name.
        rates: events a year by type, in place of the priors.
    """

    scheme: Scheme
    profile: Profile
    residents: int
    years: int
    seed: int = 1
    replicate: int = 0
    first: date = date(2020, 1, 1)
    values: Mapping[str, float] = field(default_factory=dict[str, float])
    rates: Mapping[str, float] = field(default_factory=dict[str, float])
    threads: int = 2
    partitions: int = 0


@dataclass(frozen=True, slots=True)
class Simulated:
    """What came of it.

    Attributes:
        months: one row a month: `month` (its last day), residents who are `aware`, `taking_part`, who `joined` and
            `left`; `acceptance` (mean probability to join if asked), `events`, `recorded`, `false_entries`.
        tiers: `month, tier, residents`: participants by published tier; `tier` null where there is none.
        true, recorded, causes: see `records.Records`; recorded up to the last day.
        under_way: recorded events that would have come after the last day.
        standings, entries: what the engine settled.
        agents: who they are and where they stand at the end.
        manifest: what a reader needs to repeat it.
    """

    setting: Setting
    plan: Plan
    months: pl.DataFrame
    tiers: pl.DataFrame
    true: pl.DataFrame
    recorded: pl.DataFrame
    causes: pl.DataFrame
    under_way: int
    standings: pl.DataFrame
    entries: pl.DataFrame
    agents: Agents
    manifest: dict[str, Any]


def list_months(first: date, years: int) -> list[tuple[date, date]]:
    """First and last day of each month.

    Example:
        >>> list_months(date(2020, 1, 1), 1)[1]
        (datetime.date(2020, 2, 1), datetime.date(2020, 2, 29))
    """
    starts = [
        date(first.year + (first.month - 1 + k) // 12, (first.month - 1 + k) % 12 + 1, 1) for k in range(12 * years + 1)
    ]
    return [(one, two - timedelta(days=1)) for one, two in pairwise(starts)]


def simulate(setting: Setting, *, tell: Tell = lambda step, share: None) -> Simulated:
    """Let residents live under a scheme.

    Neither `threads` nor `partitions` shows in the result. What the engine settles month by month is what `settle`
    makes of the recorded ledger.

    Raises:
        ProblemsError: unknown parameters or rates, or a scheme that cannot be settled.
        ValueError: fewer than 100 residents, fewer than 1 or more than 100 years, a first day within a month.

    Example:
        >>> from scslab.scheme.catalogue import find_scheme
        >>> from scslab.society.population.profile import read_profile
        >>> run = simulate(Setting(find_scheme("rongcheng"), read_profile("rongcheng"), residents=500, years=1))
        >>> run.months["taking_part"].to_list()[-1]
        500
    """
    s = setting
    if not 1 <= s.years <= 100 or s.first.day != 1:
        raise ValueError(f"{s.years} years from {s.first}: between 1 and 100 years, from the first of a month")
    values = choose_values(MECHANICS, s.values)
    conduct = list_conduct(s.scheme, values, s.rates)
    population = make_population(s.profile, s.residents, s.seed)
    plan = make_plan(values, conduct, population.traits.means, len(s.scheme.tiers))
    agents, seed = make_agents(population), seed_of_replicate(s.seed, s.replicate)
    begin(plan, agents, seed)
    stepper = open_stepper(s.scheme, s.residents, threads=s.threads)
    run = _Run(s, plan, agents, stepper, seed)
    months = list_months(s.first, s.years)
    for k, (first, last) in enumerate(months):
        run.live_month(k, first, last)
        tell("living", (k + 1) / len(months))
    return run.finish(months[-1][1])


@dataclass(slots=True)
class _Run:
    """A simulation under way."""

    setting: Setting
    plan: Plan
    agents: Agents
    stepper: Stepper
    seed: int
    aware: float = 0.0
    taking_part: float = 0.0
    next_id: int = 1
    waiting: pl.DataFrame | None = None
    true: list[pl.DataFrame] = field(default_factory=list[pl.DataFrame])
    recorded: list[pl.DataFrame] = field(default_factory=list[pl.DataFrame])
    causes: list[pl.DataFrame] = field(default_factory=list[pl.DataFrame])
    lines: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    tiers: list[pl.DataFrame] = field(default_factory=list[pl.DataFrame])

    def live_month(self, k: int, first: date, last: date) -> None:
        """One month: residents live, what is due is recorded and settled, standings act on the next month."""
        s, scheme = self.setting, self.setting.scheme
        force = scheme.in_force
        is_open = (force.since is None or force.since <= last) and (force.until is None or first <= force.until)
        numbers = self.plan.set_month(
            k, (last - first).days + 1, self.aware, self.taking_part, is_open=is_open,
            enrols=is_open and scheme.participation is not Participation.OPT_IN, records=is_open,
            hears=scheme.objection is not None,
        )  # fmt: skip
        partitions = s.partitions or s.threads
        lived = live(self.plan, self.agents, numbers, self.seed, partitions=partitions, threads=s.threads)
        records = make_records(scheme, self.plan, lived.events, first, self.next_id)
        self.next_id = records.next_id
        pending = (
            records.recorded if self.waiting is None else pl.concat([self.waiting, records.recorded], how="diagonal")
        )
        is_due = pl.col("recorded_on") <= last
        due, self.waiting = pending.filter(is_due).sort(EVENT_ID), pending.filter(~is_due)
        standing = step(self.stepper, due, last)
        self._feed_back(standing, due, last)
        self.true.append(records.true)
        self.recorded.append(due)
        self.causes.append(records.causes)
        n, counts = s.residents, lived.counts
        self.aware, self.taking_part = int(counts[N_AWARE]) / n, int(counts[N_IN]) / n
        self.lines.append(
            {
                "month": last, "aware": int(counts[N_AWARE]), "taking_part": int(counts[N_IN]),
                "joined": int(counts[N_JOINED]), "left": int(counts[N_LEFT]),
                "acceptance": int(counts[SUM_ACCEPTANCE]) / 65536 / n, "events": records.true.height,
                "recorded": due.height, "false_entries": int((records.causes["kind"] == "false").sum()),
            }
        )  # fmt: skip

    def _feed_back(self, standing: Standing, due: pl.DataFrame, last: date) -> None:
        """Tier, nearness to the edge, and recent losses: what residents go by in the next month."""
        agents, scheme = self.agents, self.setting.scheme
        agents.tier[:] = standing.tier
        losing = [each.name for each in self.plan.conduct if each.sign is Sign.NEGATIVE]
        agents.since[due.filter(pl.col(TYPE).is_in(losing))[SUBJECT_ID].to_numpy()] = 0
        if scheme.tiers:
            agents.near[:] = _find_near(scheme, standing, self.plan, last)
        is_in = (agents.flags & TAKES_PART) > 0
        found = np.bincount(agents.tier[is_in].astype(np.int64) + 1, minlength=len(scheme.tiers) + 1)
        names = [None, *(tier.id for tier in scheme.tiers)]
        self.tiers.append(
            pl.DataFrame(
                {"month": [last] * len(names), "tier": names, "residents": found.tolist()},
                schema_overrides={"tier": pl.String},
            )
        )

    def finish(self, last: date) -> Simulated:
        """The tables, and the manifest."""
        months = pl.DataFrame(self.lines)
        recorded = pl.concat(self.recorded, how="diagonal")
        causes = pl.concat(self.causes)
        causes = causes.filter(pl.col(EVENT_ID).is_in(recorded[EVENT_ID].implode())).sort(EVENT_ID)
        s = self.setting
        manifest = {
            "scheme": s.scheme.id, "scheme_digest": s.scheme.digest, "profile": s.profile.id, "residents": s.residents,
            "years": s.years, "first": s.first.isoformat(), "last": last.isoformat(), "seed": s.seed,
            "replicate": s.replicate, "values": dict(self.plan.values),
            "rates": {each.name: each.rate for each in self.plan.conduct}, "tables_digest": self.plan.digest,
            "state_digest": self.agents.digest(), "ledger_digest": digest_frame(recorded), "version": VERSION,
        }  # fmt: skip
        return Simulated(
            s, self.plan, months, pl.concat(self.tiers), pl.concat(self.true), recorded, causes,
            0 if self.waiting is None else self.waiting.height, build_step_standings(self.stepper),
            collect_step_entries(self.stepper), self.agents, manifest,
        )  # fmt: skip


def _find_near(scheme: Scheme, standing: Standing, plan: Plan, day: date) -> NDArray[np.uint8]:
    """Whether a score stands just above the lower end of its tier, and there is a tier below."""
    scale = 10**scheme.score.decimals
    lowers = [tier.lower_on(day) for tier in scheme.tiers]
    lower = np.array([0 if each is None else int(each * scale) for each in lowers], np.int64)
    start = abs(float(scheme.score.start.on(day) or 0)) or 100.0
    within = plan.values["behaviour.near_points"] * start * scale
    above = standing.score - lower[np.maximum(standing.tier, 0)]
    return np.where((standing.tier > 0) & (above >= 0) & (above < within), NEAR_LOWER, 0).astype(np.uint8)


def digest_frame(table: pl.DataFrame) -> str:
    """SHA-256 over the columns of a table, independent of how it is chunked or written."""
    found = hashlib.sha256()
    for name in table.columns:
        column = table[name].rechunk()
        hashed = column.to_physical() if column.dtype != pl.String else column
        found.update(f"{name}:{column.dtype}".encode())
        if column.dtype == pl.String:
            found.update("\x1f".join("\x00" if each is None else each for each in hashed.to_list()).encode())
        else:
            found.update(hashed.is_null().to_numpy().tobytes())
            found.update(hashed.fill_null(0).to_numpy().tobytes())
    return found.hexdigest()
