"""The 14 barriers to taking part, among simulated residents: latent parts of the utility (`mechanics.barriers`)."""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scslab.scheme.model import Participation
from scslab.society.conduct.vocabulary import compute_share_taking, list_conduct
from scslab.society.mechanics.barriers import CARRIERS, NOT_TAKING_PART, PROXIES, Barrier, read_barriers, split_term
from scslab.society.mechanics.parameter import Values, choose_values
from scslab.society.mechanics.table import MECHANICS
from scslab.society.month.agents import AWARE, COMMERCIAL, TAKES_PART, Agents
from scslab.society.population.population import make_population
from scslab.society.population.profile import ProfileKind
from scslab.society.population.traits import NAMES, UNIT, get_levels
from scslab.society.randomness.kernel_philox import fill_words
from scslab.society.randomness.seeds import seed_of_replicate
from scslab.society.randomness.streams import STREAMS
from scslab.society.simulation import Simulated

_BIN = np.uint32(22)
Floats = NDArray[np.float64]


def name_barriers(run: Simulated) -> NDArray[np.bool_]:
    """Who names which barrier at the end of a run, if asked, shape (14, residents).

    The parameters are those in force at the end. What each resident adds by luck is the same in all scenarios of an
    experiment: where the term behind a barrier does not move, the same residents name it.
    """
    values, agents = run.plan.values, run.agents
    traits = make_population(run.setting.profile, run.setting.residents, run.setting.seed).traits
    # The interviewees' scheme is the one at hand: at the shipped values it is feared as theirs, whatever it takes.
    before = choose_values(MECHANICS, {name: x for name, x in values.items() if name.startswith("barriers.")})
    taking = compute_share_taking(list_conduct(run.setting.scheme, before))
    seed = seed_of_replicate(run.setting.seed, run.setting.replicate)
    words = np.empty((4, agents.n), np.uint32)
    found = np.empty((len(read_barriers()), agents.n), np.bool_)
    for k, barrier in enumerate(read_barriers()):
        if k % 4 == 0:
            fill_words(np.uint64(seed), 0, k // 4, STREAMS["barriers"], words)
        own = traits.bins[words[k % 4] >> _BIN] / UNIT
        latent = _compute_latent(barrier, values, run.plan.share_taking, before, taking, agents, traits.means, own)
        if barrier.term == "awareness":
            is_known = (agents.flags & AWARE) > 0
            found[k] = ~is_known | (latent > NormalDist().inv_cdf(1 - values["barriers.known"]))
        else:
            found[k] = latent > NormalDist().inv_cdf(1 - barrier.share)
            if barrier.term == "mandate" and run.scheme.participation is not Participation.OPT_IN:
                found[k] = False
    return found


def _compute_latent(
    barrier: Barrier, values: Values, taking: float, before: Values, taking_before: float, agents: Agents,
    means: Floats, own: Floats,
) -> Floats:  # fmt: skip
    """The latent of a barrier, shape (residents,): mean 0 and variance 1 at the values before."""
    term = barrier.term
    now, then = split_term(values, term, taking), split_term(before, term, taking_before)
    response = values["barriers.response"]
    shift, moved, spread = now.common - then.common, np.zeros(agents.n), 0.0
    if term in CARRIERS:
        carrier, mean = CARRIERS[term], 0.0
        if carrier == "commercial":
            x = ((agents.flags & COMMERCIAL) > 0).astype(np.float64)
            mean = before["alternatives.share"]
            spread = mean * (1 - mean)
        else:
            levels = means[NAMES.index(carrier)]
            x, spread = levels[get_levels(agents.code, carrier)], float((levels**2).mean())
        moved, spread = now.weight * x - then.weight * mean, spread * (response * then.weight) ** 2
    latent = response * (moved + shift)
    if term in PROXIES:
        trait, sign = PROXIES[term]
        levels, loading = means[NAMES.index(trait)], values["barriers.loading"]
        latent = latent + loading * sign * levels[get_levels(agents.code, trait)]
        spread += loading**2 * float((levels**2).mean())
    return latent + math.sqrt(max(0.0, 1 - spread)) * own


def tabulate_barriers(run: Simulated) -> pl.DataFrame:
    """How many of those who do not take part name each barrier: `barrier, factor, asked, named, share, …`.

    `interviews` is the share among the 39 interviewees, `error` its standard error with the design effect. Where all
    take part, all are asked; `asked` says how many were.
    """
    stays_out = (run.agents.flags & TAKES_PART) == 0
    who = stays_out if stays_out.any() else np.ones(run.agents.n, np.bool_)
    asked, effect = int(who.sum()), run.plan.values["barriers.design_effect"]
    rows: list[dict[str, object]] = []
    for barrier, names_it in zip(read_barriers(), name_barriers(run), strict=True):
        named = int((names_it & who).sum())
        rows.append(
            {
                "barrier": barrier.id, "factor": barrier.factor, "asked": asked, "named": named,
                "share": named / asked, "interviews": barrier.interviewees / NOT_TAKING_PART,
                "error": barrier.compute_error(effect),
            }
        )  # fmt: skip
    return pl.DataFrame(rows)


def measure_barriers(run: Simulated) -> dict[str, float | None]:
    """The share who name each barrier, by `barrier:ID`; nothing where businesses are scored, who were not asked."""
    if run.setting.profile.kind is not ProfileKind.RESIDENT:
        return {}
    return {f"barrier:{name}": share for name, share in tabulate_barriers(run).select("barrier", "share").iter_rows()}
