"""What a simulation tells of people: barriers, approval, groups, error, and one resident's life."""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scslab.ledger.columns import EVENT_ID, SUBJECT_ID
from scslab.society.agents import AWARE, TAKES_PART
from scslab.society.mechanics.approval import ANSWERS, compute_approval, read_model
from scslab.society.mechanics.barriers import NOT_TAKING_PART, TRAITS, read_barriers
from scslab.society.population.population import make_population
from scslab.society.population.traits import NAMES, UNIT, Traits, get_levels
from scslab.society.randomness.kernel_philox import fill_words
from scslab.society.randomness.seeds import seed_of_replicate
from scslab.society.randomness.streams import STREAMS
from scslab.society.simulation import Simulated

_BIN = np.uint32(22)


def _get_traits(run: Simulated) -> Traits:
    return make_population(run.setting.profile, run.setting.residents, run.setting.seed).traits


def tabulate_barriers(run: Simulated) -> pl.DataFrame:
    """How many of those who do not take part name each barrier: `barrier, factor, named, share, interviews, error`.

    `interviews` is the share among the 39 interviewees, `error` its standard error with the design effect. Where all
    take part, all are asked; `asked` says how many were.
    """
    seed = seed_of_replicate(run.setting.seed, run.setting.replicate)
    agents, values = run.agents, run.plan.values
    traits, loading = _get_traits(run), values["barriers.loading"]
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


def compute_approval_shares(run: Simulated) -> pl.DataFrame | None:
    """The expected share of each answer among the residents; None where the profile has not the survey's dimensions."""
    try:
        by_cell = compute_approval(run.setting.profile, read_model(1))
    except ValueError:
        return None
    counts = np.bincount(run.agents.cell, minlength=by_cell.shape[0])
    shares = counts @ by_cell / run.agents.n
    return pl.DataFrame({"answer": list(ANSWERS), "share": shares})


def compare_groups(run: Simulated) -> pl.DataFrame:
    """By category of each dimension: `residents`, `taking_part` and `aware` (shares), mean `score`, `false_rate`.

    The mean score is that of participants with a standing; `false_rate` is false entries a participant.
    """
    profile, agents = run.setting.profile, run.agents
    score = np.full(agents.n, np.nan)
    if run.standings.height:
        ids = run.standings[SUBJECT_ID].cast(pl.Int64).to_numpy()
        score[ids] = run.standings["score"].cast(pl.Float64).to_numpy()
    wrong = run.causes.filter(pl.col("kind") == "false")[EVENT_ID]
    false = run.recorded.filter(pl.col(EVENT_ID).is_in(wrong.implode()))[SUBJECT_ID].to_numpy()
    false_of = np.bincount(false, minlength=agents.n)
    is_in, knows = (agents.flags & TAKES_PART) > 0, (agents.flags & AWARE) > 0
    places = np.unravel_index(agents.cell, profile.shape)
    rows: list[dict[str, object]] = []
    for (dimension, categories), place in zip(profile.dimensions.items(), places, strict=True):
        for k, category in enumerate(categories):
            here = place == k
            if here.any():
                rows.append(_describe_group(dimension, category, here, is_in, knows, score, false_of))
    return pl.DataFrame(rows)


def _describe_group(
    dimension: str, category: str, here: NDArray[np.bool_], is_in: NDArray[np.bool_], knows: NDArray[np.bool_],
    score: NDArray[np.float64], false_of: NDArray[np.int64],
) -> dict[str, object]:  # fmt: skip
    mine = here & is_in
    scored = score[mine & ~np.isnan(score)]
    return {
        "dimension": dimension, "category": category, "residents": int(here.sum()),
        "aware": float(knows[here].mean()), "taking_part": float(is_in[here].mean()),
        "score": float(scored.mean()) if scored.size else None,
        "false_rate": float(false_of[mine].mean()) if mine.any() else None,
    }  # fmt: skip


def tell_life(run: Simulated, resident: int | None = None) -> pl.DataFrame:
    """One resident's life: `day, what, detail`, in order; by default of the one with the most recorded events.

    Args:
        run: the simulation.
        resident: which one.
    """
    if resident is None:
        if not run.recorded.height:
            return pl.DataFrame(schema={"day": pl.Date, "what": pl.String, "detail": pl.String})
        counts = run.recorded[SUBJECT_ID].value_counts(sort=True).sort("count", SUBJECT_ID, descending=[True, False])
        resident = int(counts[SUBJECT_ID][0])
    mine = pl.col(SUBJECT_ID) == resident
    happened = run.true.filter(mine).select("occurred_on", EVENT_ID, "type")
    seen = run.recorded.filter(mine).join(run.causes, on=EVENT_ID, how="left").select(
        pl.col("recorded_on").alias("day"), pl.format("recorded ({})", pl.col("kind").cast(pl.String)).alias("what"),
        pl.col("type").cast(pl.String).alias("detail"),
    )  # fmt: skip
    did = happened.select(
        pl.col("occurred_on").alias("day"),
        pl.lit("happened").alias("what"),
        pl.col("type").cast(pl.String).alias("detail"),
    )
    parts = [did, seen]
    if run.entries.height:
        parts.append(
            run.entries.filter(mine).select(
                pl.col("posted_on").alias("day"), pl.lit("points").alias("what"),
                pl.format("{} to {}", pl.col("effective"), pl.col("score_after")).alias("detail"),
            )
        )  # fmt: skip
    return pl.concat(parts).sort("day", maintain_order=True)
