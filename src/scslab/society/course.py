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
from numpy.typing import NDArray

from scslab.engine.carried import Carried
from scslab.engine.stepper import (
    Standing,
    Stepper,
    build_step_standings,
    collect_step_entries,
    open_stepper,
    set_subjects,
    step,
)
from scslab.engine.together.succession import carry_over
from scslab.ledger.columns import EVENT_ID, SUBJECT_ID, TYPE
from scslab.scheme.model import Participation, Scheme
from scslab.society.agents import HAS_LEFT, LISTED, NEAR_LOWER, TAKES_PART, Agents, make_agents
from scslab.society.around import Around, find_listed, look_around, select_subjects
from scslab.society.beside import (
    Beside,
    add_conduct,
    keep_apart,
    live_beside,
    open_beside,
    record_beside,
    select_local,
)
from scslab.society.contagion import learn_from_others
from scslab.society.discretion import let_pass
from scslab.society.kernel_month import N_AWARE, N_IN, N_JOINED, N_LEFT, SUM_ACCEPTANCE
from scslab.society.mechanics.behaviour import Sign
from scslab.society.mechanics.parameter import choose_values
from scslab.society.mechanics.table import MECHANICS
from scslab.society.month import Workroom, begin, live
from scslab.society.plan import M_DAYS, M_IS_OPEN, Plan, make_plan
from scslab.society.population.population import Population, make_population
from scslab.society.randomness.seeds import seed_of_replicate
from scslab.society.readiness import check_can_be_lived
from scslab.society.records import make_records
from scslab.society.repairs import repair
from scslab.society.setting import Setting, list_months
from scslab.society.vocabulary import list_conduct
from scslab.society.watch import OUTSIDE, describe_scores, list_moves, read_tiers

PIECES = ("true", "recorded", "causes", "tiers", "moves", "beside")
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
        scores = live_beside(course.beside, _gather(course.pieces["beside"]), until, course.now.scheme)
    if course.month > course.since:
        ledger = _gather(course.pieces["recorded"][course.since :])
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


def _gather(pieces: list[pl.DataFrame]) -> pl.DataFrame:
    return pl.concat(pieces, how="diagonal_relaxed")


def number_month(
    scheme: Scheme, plan: Plan, month: int, first: date, last: date, aware: float, taking_part: float
) -> NDArray[np.int64]:
    """The numbers of a month (`Plan.set_month`) under a scheme, with the shares at the end of the month before."""
    force = scheme.in_force
    is_open = (force.since is None or force.since <= last) and (force.until is None or first <= force.until)
    return plan.set_month(
        month, (last - first).days + 1, aware, taking_part, is_open=is_open,
        enrols=is_open and scheme.participation is not Participation.OPT_IN, records=is_open,
        hears=scheme.objection is not None,
    )  # fmt: skip


def live_next_month(course: Course) -> None:
    """One month: reforms take hold, residents live, what is due is recorded and settled, and acts on the next month."""
    first, last = course.months[course.month]
    _reform(course, first)
    now, scheme = course.now, course.now.scheme
    numbers = number_month(scheme, course.plan, course.month, first, last, course.aware, course.taking_part)
    before = read_tiers(course.agents) if course.month else np.full(now.residents, OUTSIDE, np.int8)
    learn_from_others(course.plan.values, course.agents, course.aware, course.seed, start=course.population.start)
    lived = live(
        course.plan, course.agents, numbers, course.seed, partitions=now.partitions or now.threads, threads=now.threads,
        first=course.population.start, workroom=course.workroom,
    )  # fmt: skip
    around = course.around
    repairs = (
        repair(
            around.repairs,
            course.agents,
            course.standing,
            course.month,
            first,
            numbers[M_DAYS],
            course.seed,
            start=course.population.start,
        )
        if numbers[M_IS_OPEN]
        else None
    )
    events = let_pass(around.let_pass, course.plan.conduct, course.agents.cell, lived.events)
    records = make_records(
        scheme,
        course.plan,
        select_local(course.plan, scheme, events),
        first,
        course.next_id,
        drawing=around.drawing,
        names=around.repairs.names,
        repairs=repairs,
    )
    course.next_id = records.next_id
    seen, scores = pl.DataFrame(), None
    if course.beside is not None:
        found = record_beside(course.beside, course.plan, course.agents, lived.events, first, course.next_id)
        course.next_id, seen = found.next_id, found.recorded
        scores = live_beside(course.beside, seen, last, scheme)
    pending = records.recorded if course.waiting is None else _gather([course.waiting, records.recorded])
    is_due = pl.col("recorded_on") <= last
    due, course.waiting = pending.filter(is_due).sort(EVENT_ID), pending.filter(~is_due)
    standing = course.standing = step(course.stepper, due, last, scores=scores)
    _feed_back(course, standing, due, last)
    moves, tiers = list_moves(before, read_tiers(course.agents), last), _count_tiers(course, last)
    new = {
        "true": records.true,
        "recorded": due,
        "causes": records.causes,
        "tiers": tiers,
        "moves": moves,
        "beside": seen,
    }
    for name, table in new.items():
        course.pieces[name].append(table)
    n, counts = now.residents, lived.counts
    course.aware, course.taking_part = int(counts[N_AWARE]) / n, int(counts[N_IN]) / n
    course.lines.append(
        {
            "month": last, "aware": int(counts[N_AWARE]), "taking_part": int(counts[N_IN]),
            "joined": int(counts[N_JOINED]), "left": int(counts[N_LEFT]),
            "acceptance": int(counts[SUM_ACCEPTANCE]) / 65536 / n, "events": records.true.height,
            "recorded": due.height, "false_entries": int((records.causes["kind"] == "false").sum()),
            **describe_scores(scheme, course.agents, standing),
        }
    )  # fmt: skip
    course.month += 1


def _reform(course: Course, first: date) -> None:
    """What changes on the first day of the month to come."""
    reform = next((each for each in course.setting.reforms if each.since == first), None)
    if reform is None:
        return
    before, course.now = course.now.scheme, course.setting.at(first)
    course.plan = plan_for(course.now, course.population)
    scheme = course.now.scheme
    if scheme.digest == before.digest:
        course.around = look_around(scheme, course.population, course.plan, course.agents)
        return
    if scheme.id != before.id:
        if course.month > course.since:
            # Who took part and never had an event stands at the start, and brings that along.
            set_subjects(course.stepper, _list_participants(course))
            tables = build_step_standings(course.stepper), collect_step_entries(course.stepper)
            course.earlier[before.id] = tables
        course.since = course.month
        course.waiting = None if course.waiting is None else _pass_on(course, scheme)
        # A tier is a number within its scheme; until the new scheme publishes, nobody has one.
        course.agents.tier[:], course.agents.near[:] = -1, 0
    settle_history(course)


def _list_participants(course: Course) -> pl.DataFrame:
    """The table of subjects with those who take part or once did, and with nothing but ids where no more is asked."""
    known = select_subjects(course.around, course.agents)
    if known is not None:
        return known
    return pl.DataFrame({SUBJECT_ID: np.flatnonzero((course.agents.flags & (TAKES_PART | HAS_LEFT)) > 0)})


def _pass_on(course: Course, scheme: Scheme) -> pl.DataFrame | None:
    """What is on its way to the ledger when another scheme takes over, as far as that knows its type.

    Objections to entries of the earlier scheme are void with it.
    """
    if course.waiting is None:
        return None
    waiting = course.waiting.filter(pl.col(TYPE).cast(pl.String).is_in(list(scheme.events)))
    return waiting.filter(pl.col("target").is_null()) if "target" in waiting.columns else waiting


def _feed_back(course: Course, standing: Standing, due: pl.DataFrame, last: date) -> None:
    """Tier, nearness to the edge, and recent losses: what residents go by in the next month."""
    agents, scheme = course.agents, course.now.scheme
    agents.tier[:] = standing.tier
    losing = [each.name for each in course.plan.conduct if each.sign is Sign.NEGATIVE]
    agents.since[due.filter(pl.col(TYPE).is_in(losing))[SUBJECT_ID].to_numpy()] = 0
    agents.near[:] = _find_near(scheme, standing, course.plan, last) if scheme.tiers else 0
    agents.near[find_listed(course.around, standing)] |= LISTED


def _count_tiers(course: Course, last: date) -> pl.DataFrame:
    """`month, tier, residents`: participants by tier."""
    agents, scheme = course.agents, course.now.scheme
    is_in = (agents.flags & TAKES_PART) > 0
    found = np.bincount(agents.tier[is_in].astype(np.int64) + 1, minlength=len(scheme.tiers) + 1)
    names = [None, *(tier.id for tier in scheme.tiers)]
    return pl.DataFrame(
        {"month": [last] * len(names), "tier": names, "residents": found.tolist()},
        schema_overrides={"tier": pl.String},
    )


def _find_near(scheme: Scheme, standing: Standing, plan: Plan, day: date) -> NDArray[np.uint8]:
    """Whether a score stands just above the lower end of its tier, and there is a tier below."""
    scale = 10**scheme.score.decimals
    lowers = [tier.lower_on(day) for tier in scheme.tiers]
    lower = np.array([0 if each is None else int(each * scale) for each in lowers], np.int64)
    start = abs(float(scheme.score.start.on(day) or 0)) or 100.0
    within = plan.values["behaviour.near_points"] * start * scale
    above = standing.score - lower[np.maximum(standing.tier, 0)]
    return np.where((standing.tier > 0) & (above >= 0) & (above < within), NEAR_LOWER, 0).astype(np.uint8)
