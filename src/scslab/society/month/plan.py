"""A plan: mechanics, population and scheme as whole-number tables, so that the kernel adds, compares and looks up.

Logits and log rates are in units of 1/256. What depends on traits is summed up beforehand for each of the 16,807 trait
codes; what changes from month to month (how many know, how many take part) is one number a month.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from scslab.society.conduct.vocabulary import Conduct, compute_share_taking
from scslab.society.mechanics.awareness import compute_log_hazard
from scslab.society.mechanics.behaviour import MONTHS_REMEMBERED, Sign, compute_deterrence
from scslab.society.mechanics.fatigue import MONTHS_TAKING_PART, compute_fatigue
from scslab.society.mechanics.joining import TRAIT_TERMS, compute_common_utility
from scslab.society.mechanics.observation import to_log_odds
from scslab.society.mechanics.parameter import Values
from scslab.society.population.kernel_traits import LEVELS, N_TRAITS
from scslab.society.population.traits import NAMES
from scslab.society.randomness.streams import STREAMS
from scslab.society.randomness.thresholds import (
    LOG_RATES,
    LOGITS,
    UNITS,
    build_geometric,
    build_guide,
    build_logistic,
    build_poisson,
    digest_tables,
    threshold,
)

SMALLEST = -(1 << 14)
"""Far below every table: never."""


class Tables(NamedTuple):
    """What the kernel reads.

    Attributes:
        logistic, poisson: see `thresholds`; `hazard` is the first column of `poisson`, side by side in memory.
            No threshold of theirs is 2^32; 32 bits keep them in the processor's nearest cache.
        aware, join, leave, alternative: by trait code, what traits add; `uint16` codes index them.
        conduct: by sign and trait code.
        standing: by sign: what it adds to take no part (nothing), to take part without a tier, in the lowest tier, ….
        past: by sign, the bits of `near`, and months since a loss.
        tired, tiring: what months of taking part add: to conduct by sign, and to leaving.
        base, sign, stream: by kind of conduct.
        observed: by sign and trait code.
        objects: by truth (0: true, 1: false entry) and trait code; `upheld` thresholds alike.
        negatives: the kinds of conduct that a false entry may name.
        delay, filing, outcome: thresholds of days; filing and outcome take at least one day. Each has a guide.
        scalars: see `S_…`.
        streams: numbers of the streams, see `R_…`.
    """

    logistic: NDArray[np.uint32]
    poisson: NDArray[np.uint32]
    hazard: NDArray[np.uint32]
    aware: NDArray[np.int16]
    join: NDArray[np.int16]
    leave: NDArray[np.int16]
    alternative: NDArray[np.int16]
    conduct: NDArray[np.int16]
    standing: NDArray[np.int16]
    past: NDArray[np.int16]
    tired: NDArray[np.int16]
    tiring: NDArray[np.int16]
    base: NDArray[np.int64]
    sign: NDArray[np.int64]
    stream: NDArray[np.uint32]
    observed: NDArray[np.int16]
    objects: NDArray[np.int16]
    upheld: NDArray[np.int64]
    negatives: NDArray[np.int64]
    delay: NDArray[np.int64]
    delay_guide: NDArray[np.uint16]
    filing: NDArray[np.int64]
    filing_guide: NDArray[np.uint16]
    outcome: NDArray[np.int64]
    outcome_guide: NDArray[np.uint16]
    scalars: NDArray[np.int64]
    streams: NDArray[np.uint32]


# Tables.scalars: the zero of each scale's index, and numbers that all residents share.
S_LOGIT_ZERO, S_RATE_ZERO, S_CONSIDERS, S_ALTERNATIVE, S_LEAVE, S_LEAVE_LOSS, S_JOIN_ALTERNATIVE, S_FALSE = range(8)
# Tables.streams.
R_AWARENESS, R_JOIN, R_LEAVE, R_FALSE, R_ALTERNATIVE = range(5)
# The numbers of one month: index of the month, its days, log hazard of awareness, common utility, whether joining
# is open, whether all are enrolled, whether entries are recorded at all, whether objections can be made.
M_MONTH, M_DAYS, M_AWARE, M_UTILITY, M_IS_OPEN, M_ENROLS, M_RECORDS, M_HEARS, MONTH_WIDTH = range(9)
# The highest thresholds of a month, see `find_bounds`; 0: nobody can be concerned. Then one for each kind of conduct.
B_AWARE, B_JOIN, B_LEAVE, B_FALSE, B_KINDS = range(5)


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan.

    Attributes:
        values: the parameters behind it.
        conduct: what residents do.
        share_taking: the share of the kinds of conduct that cost points.
        digest: SHA-256 of all tables, for the manifest.
    """

    values: Values
    conduct: tuple[Conduct, ...]
    tables: Tables
    share_taking: float
    digest: str

    def set_month(
        self, month: int, days: int, share_aware: float, share_in: float, *, is_open: bool, enrols: bool,
        records: bool, hears: bool,
    ) -> NDArray[np.int64]:  # fmt: skip
        """The numbers of a month, shape (MONTH_WIDTH,); shares are those at the end of the month before."""
        hazard = compute_log_hazard(self.values, share_aware)
        utility = compute_common_utility(self.values, share_in, self.share_taking)
        aware = SMALLEST if math.isinf(hazard) else to_units(hazard)
        return np.array([month, days, aware, to_units(utility), is_open, enrols, records, hears], np.int64)


def to_units(value: float) -> int:
    """A logit or log rate in units of 1/256, rounded half up; far beyond every scale it stays there.

    Example:
        >>> to_units(0.5), to_units(-1e9) == SMALLEST
        (128, True)
    """
    return max(SMALLEST, min(-SMALLEST - 1, math.floor(value * UNITS + 0.5)))


def _by_code(means: NDArray[np.float64], weights: dict[str, float], constant: float = 0.0) -> NDArray[np.int16]:
    """A linear form in the traits, for each trait code."""
    code = np.arange(LEVELS**N_TRAITS)
    total = np.full(code.size, constant)
    for trait, weight in weights.items():
        k = NAMES.index(trait)
        total += weight * means[k][code // LEVELS**k % LEVELS]
    return np.clip(np.floor(total * UNITS + 0.5), SMALLEST, -SMALLEST - 1).astype(np.int16)


def _log(rate: float) -> float:
    return math.log(rate) if rate > 0 else -1e6


def make_plan(values: Values, conduct: Sequence[Conduct], means: NDArray[np.float64], n_tiers: int) -> Plan:
    """The tables of a society.

    Args:
        values: parameters, from `choose_values`.
        conduct: from `list_conduct`.
        means: what trait levels stand for, shape (5, 7), from `Traits.means`.
        n_tiers: how many tiers the scheme has.
    """
    v, nothing = values, np.zeros(LEVELS**N_TRAITS, np.int16)
    months = [compute_deterrence(v, t) for t in range(MONTHS_REMEMBERED)] + [0.0]
    standing = np.zeros((3, n_tiers + 2), np.int16)
    standing[Sign.POSITIVE, 1:] = to_units(v["behaviour.reward"])
    standing[Sign.NEGATIVE, 2:] = [to_units(v["behaviour.tier"] * t) for t in range(n_tiers)]
    past = np.zeros((3, 4, MONTHS_REMEMBERED + 1), np.int16)
    nearness = [d + x for x in (0.0, v["behaviour.listed"]) for d in (0.0, v["behaviour.distance"])]
    past[Sign.NEGATIVE] = [[to_units(month) + to_units(near) for month in months] for near in nearness]
    fatigue = [compute_fatigue(v, t) for t in range(MONTHS_TAKING_PART + 1)]
    tired = np.zeros((3, MONTHS_TAKING_PART + 1), np.int16)
    tired[Sign.POSITIVE] = [to_units(-v["fatigue.effort"] * share) for share in fatigue]
    tiring = np.array([to_units(v["fatigue.leaving"] * share) for share in fatigue], np.int16)
    scalars = np.zeros(8, np.int64)
    scalars[S_LOGIT_ZERO], scalars[S_RATE_ZERO] = to_units(-LOGITS.low), to_units(-LOG_RATES.low)
    scalars[S_CONSIDERS] = threshold(v["joining.considers"])
    scalars[S_ALTERNATIVE] = to_units(to_log_odds(v["alternatives.share"]))
    scalars[S_LEAVE], scalars[S_LEAVE_LOSS] = to_units(_log(v["leaving.rate"] / 12)), to_units(v["leaving.loss"])
    scalars[S_JOIN_ALTERNATIVE] = to_units(-v["joining.alternatives"])
    scalars[S_FALSE] = to_units(_log(v["observation.false_rate"] / 12))
    poisson = build_poisson().astype(np.uint32)
    delay, filing, outcome = (
        build_geometric(v[name], least)
        for name, least in (("observation.delay_days", 0), ("objection.filing_days", 1), ("objection.outcome_days", 1))
    )
    seen = {Sign.NEUTRAL: ("positive", 0.0), Sign.POSITIVE: ("positive", 0.0), Sign.NEGATIVE: ("negative", 1.0)}
    tables = Tables(
        logistic=build_logistic().astype(np.uint32),
        poisson=poisson,
        hazard=poisson[:, 0].copy(),
        aware=_by_code(means, {"digital-skill": v["awareness.skill"]}),
        join=_by_code(means, {trait: sign * v[name] for trait, (name, sign) in TRAIT_TERMS.items()}),
        leave=_by_code(means, {"trust": -v["leaving.trust"]}),
        alternative=_by_code(means, {"digital-skill": v["alternatives.skill"]}),
        conduct=np.stack([
            nothing,
            _by_code(means, {"conscientiousness": v["behaviour.conscience_positive"]}),
            _by_code(means, {"conscientiousness": v["behaviour.conscience_negative"]}),
        ]),
        standing=standing,
        past=past,
        tired=tired,
        tiring=tiring,
        base=np.array([to_units(_log(each.rate / 12)) for each in conduct], np.int64),
        sign=np.array([each.sign for each in conduct], np.int64),
        stream=np.array([each.stream for each in conduct], np.uint32),
        observed=np.stack([
            _by_code(means, {"means": v["observation.bias"] * part}, to_log_odds(v[f"observation.{name}"]))
            for name, part in seen.values()
        ]),
        objects=np.stack([
            _by_code(means, {"digital-skill": v["objection.skill"]}, to_log_odds(v[f"objection.{truth}"]))
            for truth in ("true", "false")
        ]),
        upheld=np.array([threshold(v[f"objection.upheld_{truth}"]) for truth in ("true", "false")], np.int64),
        negatives=np.array([k for k, each in enumerate(conduct) if each.sign is Sign.NEGATIVE], np.int64),
        delay=delay, delay_guide=build_guide(delay),
        filing=filing, filing_guide=build_guide(filing),
        outcome=outcome, outcome_guide=build_guide(outcome),
        scalars=scalars,
        streams=np.array([STREAMS[n] for n in ("awareness", "join", "leave", "false-entry", "alternative")], np.uint32),
    )  # fmt: skip
    return Plan(values, tuple(conduct), tables, compute_share_taking(conduct), digest_tables(*tables))


def find_bounds(tables: Tables, month: NDArray[np.int64]) -> NDArray[np.int64]:
    """The highest threshold that anybody can have in a month, shape (B_KINDS + kinds,).

    A word that does not lie below it needs no look at the agent; where it is 0, none is drawn.
    """
    t, s = tables, tables.scalars

    def bound(index: int) -> int:
        return int(t.hazard[min(max(int(s[S_RATE_ZERO]) + index, 0), t.hazard.size - 1)])

    def most(table: NDArray[np.int16]) -> int:
        return int(table.max())

    aware = bound(int(month[M_AWARE]) + most(t.aware))
    open_to_choice = bool(month[M_IS_OPEN]) and not month[M_ENROLS]
    utility = int(s[S_LOGIT_ZERO] + month[M_UTILITY]) + most(t.join) + max(0, int(s[S_JOIN_ALTERNATIVE]))
    accepts = int(t.logistic[min(max(utility, 0), t.logistic.size - 1)])
    joins = int(s[S_CONSIDERS]) * accepts >> 32 if open_to_choice else 0
    leaves = (
        0 if month[M_ENROLS] else bound(int(s[S_LEAVE]) + most(t.leave) + most(t.tiring) + max(0, int(s[S_LEAVE_LOSS])))
    )
    wrong = bound(int(s[S_FALSE])) if month[M_RECORDS] and t.negatives.size else 0
    moved = [
        most(t.conduct[sign]) + most(t.standing[sign]) + most(t.past[sign]) + most(t.tired[sign]) for sign in range(3)
    ]
    kinds = [bound(int(base) + moved[sign]) for base, sign in zip(t.base, t.sign, strict=True)]
    return np.array([aware, joins, leaves, wrong, *kinds], np.int64)
