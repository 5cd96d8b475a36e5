"""The 14 barriers to taking part, among simulated residents."""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np
import polars as pl

from scslab.society.mechanics.barriers import NOT_TAKING_PART, TRAITS, read_barriers
from scslab.society.month.agents import AWARE, TAKES_PART
from scslab.society.population.population import make_population
from scslab.society.population.traits import NAMES, UNIT, get_levels
from scslab.society.randomness.kernel_philox import fill_words
from scslab.society.randomness.seeds import seed_of_replicate
from scslab.society.randomness.streams import STREAMS
from scslab.society.simulation import Simulated

_BIN = np.uint32(22)


def tabulate_barriers(run: Simulated) -> pl.DataFrame:
    """How many of those who do not take part name each barrier: `barrier, factor, named, share, interviews, error`.

    `interviews` is the share among the 39 interviewees, `error` its standard error with the design effect. Where all
    take part, all are asked; `asked` says how many were.
    """
    seed = seed_of_replicate(run.setting.seed, run.setting.replicate)
    agents, values = run.agents, run.plan.values
    traits, loading = (
        make_population(run.setting.profile, run.setting.residents, run.setting.seed).traits,
        values["barriers.loading"],
    )
    stays_out = (agents.flags & TAKES_PART) == 0
    who = stays_out if stays_out.any() else np.ones(agents.n, np.bool_)
    words = np.empty((4, agents.n), np.uint32)
    rows: list[dict[str, object]] = []
    for k, barrier in enumerate(read_barriers()):
        if k % 4 == 0:
            fill_words(np.uint64(seed), 0, k // 4, STREAMS["barriers"], words)
        own = traits.bins[words[k % 4] >> _BIN] / UNIT
        trait, sign = TRAITS[barrier.term]
        means = traits.means[NAMES.index(trait)]
        latent = loading * sign * means[get_levels(agents.code, trait)] + math.sqrt(1 - loading**2) * own
        names_it = latent > NormalDist().inv_cdf(1 - barrier.share)
        if barrier.id == "little-awareness":
            names_it = names_it | ((agents.flags & AWARE) == 0)  # who never heard of it has this barrier for sure
        named = int((names_it & who).sum())
        rows.append(
            {
                "barrier": barrier.id, "factor": barrier.factor, "asked": int(who.sum()), "named": named,
                "share": named / int(who.sum()), "interviews": barrier.interviewees / NOT_TAKING_PART,
                "error": barrier.compute_error(values["barriers.design_effect"]),
            }
        )  # fmt: skip
    return pl.DataFrame(rows)
