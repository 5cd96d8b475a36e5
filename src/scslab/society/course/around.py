"""What a month needs beside the plan: how attributes are drawn, what repair is, the subjects and their links."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scslab.engine.standing import Standing
from scslab.ledger.columns import SUBJECT_ID
from scslab.scheme.model import ListKind, Scheme
from scslab.society.conduct.attributes import Drawing, make_drawing
from scslab.society.conduct.discretion import find_let_pass
from scslab.society.conduct.repairs import Repairs, make_repairs
from scslab.society.month.agents import HAS_LEFT, TAKES_PART, Agents
from scslab.society.month.plan import Plan
from scslab.society.population.population import Population
from scslab.society.population.relations import draw_links
from scslab.society.population.subjects import draw_subjects, needs_table


@dataclass(frozen=True, slots=True)
class Around:
    """What follows from who the residents are and from the scheme; nothing of it changes from month to month.

    Attributes:
        subjects: the table of all residents with the attributes that the scheme asks for; None: it asks for none.
        links: links between residents along which something spreads; None: nothing does.
        blacklists: by list of the scheme, whether it is one.
        let_pass: by cell, whether an observed loss is let pass, as a threshold.
    """

    drawing: Drawing
    repairs: Repairs
    subjects: pl.DataFrame | None
    links: pl.DataFrame | None
    blacklists: NDArray[np.bool_]
    let_pass: NDArray[np.int64]


def look_around(scheme: Scheme, population: Population, plan: Plan, agents: Agents) -> Around:
    """What a month of this scheme needs."""
    means = population.traits.means
    subjects = draw_subjects(scheme, population, plan.values, agents.code) if needs_table(scheme) else None
    return Around(
        make_drawing(scheme, plan.values, plan.conduct, means, agents.code),
        make_repairs(scheme, plan.values, plan.conduct, means),
        subjects,
        draw_links(scheme, population),
        np.array([each.kind is ListKind.BLACKLIST for each in scheme.lists], np.bool_),
        find_let_pass(plan.values, population.profile),
    )


def select_subjects(around: Around, agents: Agents) -> pl.DataFrame | None:
    """The subjects who take part or once did: those who have a standing."""
    if around.subjects is None:
        return None
    who = np.flatnonzero((agents.flags & (TAKES_PART | HAS_LEFT)) > 0)
    return around.subjects[who].sort(SUBJECT_ID)


def find_listed(around: Around, standing: Standing) -> NDArray[np.bool_]:
    """Who is on a blacklist, `(n,)`."""
    since = standing.listed_since
    if not since.shape[0]:
        return np.zeros(standing.tier.size, np.bool_)
    return np.asarray((since[around.blacklists] >= 0).any(axis=0))
