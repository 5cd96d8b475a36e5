"""The next month of a course: reforms take hold, residents live, what is due is settled and acts on them."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scslab.engine.stepper import Standing, set_subjects
from scslab.engine.stepper_tables import build_step_standings, collect_step_entries
from scslab.ledger.columns import EVENT_ID, SUBJECT_ID, TYPE
from scslab.scheme.model import Participation, Scheme
from scslab.society.conduct.discretion import let_pass
from scslab.society.conduct.records import make_records
from scslab.society.conduct.repairs import repair
from scslab.society.course.around import find_listed, look_around, select_subjects
from scslab.society.course.beside import (
    live_beside,
    record_beside,
    select_local,
)
from scslab.society.course.course import Course, gather, plan_for, settle_history
from scslab.society.course.force import is_in_force
from scslab.society.course.settle_month import settle_month
from scslab.society.mechanics.behaviour import Sign
from scslab.society.month.agents import HAS_LEFT, LISTED, NEAR_LOWER, TAKES_PART
from scslab.society.month.contagion import learn_from_others
from scslab.society.month.kernel_month import N_AWARE, N_IN, N_JOINED, N_LEFT, SUM_ACCEPTANCE
from scslab.society.month.live import live
from scslab.society.month.plan import M_DAYS, M_IS_OPEN, Plan
from scslab.society.month.watch import OUTSIDE, count_tiers, describe_scores, list_moves, read_tiers


def number_month(
    scheme: Scheme, plan: Plan, month: int, first: date, last: date, aware: float, taking_part: float
) -> NDArray[np.int64]:
    """The numbers of a month (`Plan.set_month`) under a scheme, with the shares at the end of the month before."""
    is_open = is_in_force(scheme, first, last)
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
    pending = records.recorded if course.waiting is None else gather([course.waiting, records.recorded])
    is_due = pl.col("recorded_on") <= last
    due, course.waiting = pending.filter(is_due).sort(EVENT_ID), pending.filter(~is_due)
    standing, days = settle_month(course, due, first, last, before, scores)
    course.standing = standing
    _feed_back(course, standing, due, last)
    moves, tiers = list_moves(before, read_tiers(course.agents), last), _count_tiers(course, last)
    new = {
        "true": records.true,
        "recorded": due,
        "causes": records.causes,
        "tiers": tiers,
        "moves": moves,
        "days": days,
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
    names, found = count_tiers(course.now.scheme, read_tiers(course.agents))
    return pl.DataFrame(
        {"month": [last] * len(names), "tier": names, "residents": found},
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
