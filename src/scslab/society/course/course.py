"""The course of a simulation: residents live month by month, and the engine settles what is recorded of them.

A course can be left and taken up again: what it holds beside the engine's own state is arrays and tables, and the
engine's state follows from the ledger so far (`docs/settling.md`: any split of a ledger settles to the same). So a
course that was saved, or that branches off from another, settles its ledger once and goes on.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import numpy as np
import polars as pl

from scslab.engine.carried import Carried
from scslab.engine.stepper import (
    Standing,
    Stepper,
    open_stepper,
    step,
)
from scslab.engine.together.succession import carry_over
from scslab.society.conduct.vocabulary import list_conduct
from scslab.society.course.around import Around, look_around
from scslab.society.course.beside import (
    Beside,
    add_conduct,
    keep_apart,
    live_beside,
    open_beside,
)
from scslab.society.course.readiness import check_can_be_lived
from scslab.society.mechanics.parameter import choose_values
from scslab.society.mechanics.table import MECHANICS
from scslab.society.month.agents import Agents, make_agents
from scslab.society.month.live import Workroom, begin
from scslab.society.month.plan import Plan, make_plan
from scslab.society.population.population import Population, make_population
from scslab.society.randomness.seeds import seed_of_replicate
from scslab.society.setting import Setting, list_months

PIECES = ("true", "recorded", "causes", "tiers", "moves", "days", "beside")
"""The tables that grow by a piece a month."""


@dataclass(slots=True)
class Course:
    """A simulation under way; make one with `open_course`.

    Attributes:
        setting: what was asked for, with its reforms; `now` is what holds in the month to come.
        months: first and last day of each.
        month: how many months have been lived.
        since: the month from which on the scheme in force settles what is recorded.
        aware, taking_part: shares at the end of the last month.
        next_id: the first event id that was not given out.
        waiting: what happened and comes to the ledger in a later month.
        pieces: tables by name (`PIECES`), in pieces; `lines` the rows of the table of months.
        earlier: standings and entries under schemes that were succeeded, by scheme.
        standing: what was published at the end of the last month; None before the first.
        around: what a month needs beside the plan; it follows from the setting of now.
        beside: the commercial scheme that is settled beside; its ledger is the piece `beside`.
        workroom: memory of the kernel.
    """

    setting: Setting
    now: Setting
    population: Population
    plan: Plan
    agents: Agents
    stepper: Stepper
    seed: int
    months: list[tuple[date, date]]
    around: Around
    beside: Beside | None = None
    standing: Standing | None = None
    month: int = 0
    since: int = 0
    aware: float = 0.0
    taking_part: float = 0.0
    next_id: int = 1
    workroom: Workroom = field(default_factory=Workroom)
    waiting: pl.DataFrame | None = None
    pieces: dict[str, list[pl.DataFrame]] = field(default_factory=lambda: {name: [] for name in PIECES})
    lines: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    earlier: dict[str, tuple[pl.DataFrame, pl.DataFrame]] = field(
        default_factory=dict[str, tuple[pl.DataFrame, pl.DataFrame]]
    )

    @property
    def is_over(self) -> bool:
        """Whether the last month has been lived."""
        return self.month == len(self.months)


def open_course(setting: Setting, population: Population | None = None) -> Course:
    """The course of a setting before its first month.

    Args:
        setting: what is simulated.
        population: a part of a larger population to live it, in place of the setting's own.

    Raises:
        ProblemsError: unknown parameters or rates, now or after a reform.
        ValueError: times or a population that make no sense.
    """
    setting.check()
    for scheme in (setting.scheme, *(reform.scheme for reform in setting.reforms if reform.scheme is not None)):
        check_can_be_lived(scheme, setting.profile)
    now, months = setting.at(date.min), list_months(setting.first, setting.years)
    population = population or make_population(now.profile, now.residents, now.seed)
    for reform in setting.reforms:
        plan_for(setting.at(reform.since), population)
    plan = plan_for(now, population)
    agents, seed = make_agents(population), seed_of_replicate(now.seed, now.replicate)
    begin(plan, agents, seed, first=population.start)
    around = look_around(now.scheme, population, plan, agents)
    stepper, beside = _open_stepper(now, around), _open_beside(now, population, plan, agents)
    return Course(setting, now, population, plan, agents, stepper, seed, months, around, beside)


def plan_for(setting: Setting, population: Population) -> Plan:
    """The plan of a setting without reforms.

    Raises:
        ProblemsError: unknown parameters or rates.
    """
    values = choose_values(MECHANICS, setting.values)
    conduct = add_conduct(list_conduct(setting.scheme, values, setting.rates), setting.beside, values)
    plan = make_plan(values, conduct, population.traits.means, len(setting.scheme.tiers))
    return keep_apart(plan, setting.scheme)


def branch_off(course: Course, setting: Setting) -> Course:
    """A course of another setting that shares the history so far; both go on by themselves.

    The settings must agree in everything but their reforms from the month to come on.
    """
    agents = Agents(*(np.copy(getattr(course.agents, name)) for name in Agents.__dataclass_fields__))
    pieces = {name: list(tables) for name, tables in course.pieces.items()}
    other = replace(
        course, setting=setting, agents=agents, pieces=pieces, lines=list(course.lines), earlier=dict(course.earlier),
        workroom=Workroom(),
    )  # fmt: skip
    settle_history(other)
    return other


def settle_history(course: Course) -> None:
    """Gives a course a stepper that stands where the last month ended, from the ledger alone."""
    course.around = look_around(course.now.scheme, course.population, course.plan, course.agents)
    carried = _carry_over(course)
    course.stepper, course.standing = _open_stepper(course.now, course.around, carried), None
    course.beside = _open_beside(course.now, course.population, course.plan, course.agents)
    until, scores = course.months[course.month - 1][1], None
    if course.beside is not None and course.month:
        scores = live_beside(course.beside, gather(course.pieces["beside"]), until, course.now.scheme)
    if course.month > course.since:
        ledger = gather(course.pieces["recorded"][course.since :])
        course.standing = step(course.stepper, ledger, until, scores=scores)


def _open_stepper(now: Setting, around: Around, carried: Carried | None = None) -> Stepper:
    return open_stepper(
        now.scheme, now.residents, threads=now.threads, subjects=around.subjects, links=around.links, carried=carried
    )


def _carry_over(course: Course) -> Carried | None:
    """What residents bring along from the scheme before, if the scheme in force says that it succeeds it."""
    law = course.now.scheme.succession
    if law is None or not course.since or law.scheme not in course.earlier:
        return None
    # The law's own day is that of the real world; here the scheme begins when the reform takes hold.
    law = replace(law, on=course.months[course.since][0])
    return carry_over(course.now.scheme, law, course.earlier[law.scheme][0])


def _open_beside(now: Setting, population: Population, plan: Plan, agents: Agents) -> Beside | None:
    return None if now.beside is None else open_beside(now.beside, population, plan, agents, threads=now.threads)


def gather(pieces: list[pl.DataFrame]) -> pl.DataFrame:
    """The pieces of a table as one."""
    return pl.concat(pieces, how="diagonal_relaxed")
