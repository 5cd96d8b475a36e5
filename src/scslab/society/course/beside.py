"""A commercial scheme beside the local one: it has its own users, its own ledger and its own settlement.

Both look at the same residents and at the same conduct: a loan that is repaid late is late for both. The commercial
scheme sees what its users do on its platform; the local one sees what participants do and the agency records. Event ids
are given once over both ledgers. A local index that reads the commercial score gets what was published of its users;
of others `when_none` stands in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scslab.engine.stepper import Stepper, open_stepper, step
from scslab.engine.stepper_tables import build_step_standings, collect_step_settlement
from scslab.ledger.columns import SUBJECT_ID
from scslab.scheme.model import Scheme, ScoreOf
from scslab.society.conduct.attributes import Drawing, make_drawing
from scslab.society.conduct.records import Records, make_records
from scslab.society.conduct.vocabulary import Conduct, list_conduct
from scslab.society.mechanics.behaviour import Sign
from scslab.society.mechanics.parameter import Values
from scslab.society.month.agents import COMMERCIAL, Agents
from scslab.society.month.kernel_events import OBSERVED, Events
from scslab.society.month.plan import Plan
from scslab.society.population.population import Population
from scslab.society.population.subjects import draw_subjects
from scslab.society.randomness.thresholds import digest_tables

_TURN = 0xD1342543DE82EF95
"""Turns the word of an event into another one: whether the platform sees it does not go with its attributes."""


@dataclass(slots=True)
class Beside:
    """A commercial scheme under way.

    Attributes:
        hears: by kind of conduct, whether it is one of the scheme's event types.
        users: the table of its users; nobody joins or leaves it.
        stepper: what was settled so far.
        seen: a threshold: whether it sees what a user does.
    """

    scheme: Scheme
    hears: NDArray[np.bool_]
    drawing: Drawing
    users: pl.DataFrame
    stepper: Stepper
    seen: int


def add_conduct(own: Sequence[Conduct], scheme: Scheme | None, values: Values) -> tuple[Conduct, ...]:
    """The conduct of the local scheme, and behind it what only the commercial one knows."""
    if scheme is None:
        return tuple(own)
    known = {each.name for each in own}
    return (*own, *(each for each in list_conduct(scheme, values) if each.name not in known))


def keep_apart(plan: Plan, scheme: Scheme) -> Plan:
    """The plan with what belongs to the local scheme alone: which entries can be false, how much of it takes points."""
    local = [each for each in plan.conduct if each.name in scheme.events]
    if len(local) == len(plan.conduct):
        return plan
    is_bad = [each.sign is Sign.NEGATIVE and each.name in scheme.events for each in plan.conduct]
    tables = plan.tables._replace(negatives=np.flatnonzero(is_bad).astype(np.int64))
    taking = sum(is_bad) / max(1, len(local))
    return replace(plan, tables=tables, share_taking=taking, digest=digest_tables(*tables))


def open_beside(scheme: Scheme, population: Population, plan: Plan, agents: Agents, *, threads: int) -> Beside:
    """A commercial scheme before its first month."""
    users = np.flatnonzero(agents.flags & COMMERCIAL)
    table = draw_subjects(scheme, population, plan.values, agents.code)[users].sort(SUBJECT_ID)
    own = [each for each in plan.conduct if each.name in scheme.events]
    return Beside(
        scheme,
        np.array([each.name in scheme.events for each in plan.conduct], np.bool_),
        make_drawing(scheme, plan.values, own, population.traits.means, agents.code),
        table,
        open_stepper(scheme, population.n, threads=threads, subjects=table),
        round(plan.values["alternatives.seen"] * (1 << 32)),
    )


def select_local(plan: Plan, scheme: Scheme, events: Events) -> Events:
    """The events of types that the local scheme knows."""
    knows = np.array([each.name in scheme.events for each in plan.conduct], np.bool_)
    return events if knows.all() else _select(events, knows[events.kind])


def _select(events: Events, chosen: NDArray[np.bool_]) -> Events:
    return Events(*(column[chosen] for column in events))


def record_beside(beside: Beside, plan: Plan, agents: Agents, events: Events, first: date, next_id: int) -> Records:
    """What the platform sees of a month: conduct of its users that really happened, on the day."""
    is_user = (agents.flags[events.agent] & COMMERCIAL) > 0
    own = (events.word.astype(np.uint64) * np.uint64(_TURN)) >> np.uint64(32)
    chosen = beside.hears[events.kind] & is_user & (events.status & 2 == 0) & (own < np.uint64(beside.seen))
    mine = _select(events, chosen)
    none = np.zeros(mine.agent.size, np.uint16)
    status = np.full(mine.agent.size, OBSERVED, np.uint8)
    mine = mine._replace(status=status, delay=none, filing=none, outcome=none)
    return make_records(beside.scheme, plan, mine, first, next_id, drawing=beside.drawing)


def live_beside(beside: Beside, batch: pl.DataFrame, until: date, local: Scheme) -> dict[str, pl.DataFrame] | None:
    """Settle what the platform saw up to a day; gives what the local scheme reads of it, None where it reads nothing.

    That is `subject_id, published_on, score` of all users who have a score.
    """
    standing = step(beside.stepper, batch, until)
    if not reads_score(local, beside.scheme.id):
        return None
    users = beside.users[SUBJECT_ID].to_numpy()
    users = users[standing.score[users] > 0]
    table = pl.DataFrame({SUBJECT_ID: users, "score": standing.score[users] / 10**beside.scheme.score.decimals})
    return {beside.scheme.id: table.select(SUBJECT_ID, pl.lit(until).alias("published_on"), "score")}


def read_publications(beside: Beside) -> dict[str, pl.DataFrame]:
    """All that was published so far, as `subject_id, published_on, score` by scheme; nothing where it is no index."""
    settled = collect_step_settlement(beside.stepper)
    if settled is None or settled.publications is None:
        return {}
    table = settled.publications.select(SUBJECT_ID, "published_on", pl.col("score").cast(pl.Float64))
    return {beside.scheme.id: table}


@dataclass(frozen=True, slots=True)
class SettledBeside:
    """What came of a commercial scheme beside: its ledger, and what settling it gives.

    Attributes:
        users: the table of its users, with the attributes that it asks for.
        published: `subject_id, published_on, score`, where the local scheme reads it; else None.
    """

    scheme: Scheme
    ledger: pl.DataFrame
    standings: pl.DataFrame
    users: pl.DataFrame
    published: pl.DataFrame | None = None


def finish_beside(beside: Beside, ledger: pl.DataFrame, local: Scheme) -> SettledBeside:
    """The tables of a commercial scheme at the end."""
    published = read_publications(beside).get(beside.scheme.id) if reads_score(local, beside.scheme.id) else None
    return SettledBeside(beside.scheme, ledger, build_step_standings(beside.stepper), beside.users, published)


def reads_score(scheme: Scheme, other: str) -> bool:
    """Whether an index reads the score of another scheme."""
    every = (indicator.value for dimension in scheme.dimensions for indicator in dimension.indicators)
    return any(isinstance(value, ScoreOf) and value.scheme == other for value in every)
