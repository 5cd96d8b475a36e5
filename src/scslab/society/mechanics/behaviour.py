"""Behaviour: how often a resident does what the scheme scores.

    lambda_k = lambda0_k exp(b_k x + m(tier) + d(distance) + l(listed)) (1 - s exp(-t / tau))   for negative events
    lambda_k = lambda0_k exp(b_k x + c(taking part))                                    for positive events

a month, Poisson, by event type k. x is conscientiousness; t the months since the resident last lost points, after which
deterrence wears off: systems of demerit points cut accidents by 15 to 20 %, gone in under 18 months
(castillomanzano2012). Those who stand just above a lower tier are more careful (distance), and so are those on a
blacklist (listed). `reward` may be negative: then points crowd out what was done freely. All of this moves only those
who know of the scheme: where enrolment is automatic most take part without knowing, and act as if there were none.

Rates nobody published are priors: a type that costs n points happens `rare` (5 / n) times a year, so that grave
conduct is rarer than petty; one that brings up to 5 points `common` times a year, one that brings n `common` (5 / n).
What the inspectorates of two shipped datasets recorded (Chicago's of restaurants, the American one of nursing homes)
is taken from there (`behaviour_rates.csv`, `behaviour_attributes.csv`): recorded events a subject and year, divided by
the share that `observation` lets the agency see. What an index counts happens so often that the average resident
stands at `index_middle` of its scale. An experiment may give each type its own rate.
"""

from __future__ import annotations

import csv
import math
from enum import IntEnum
from functools import cache
from pathlib import Path

from scslab.ground.text import Text
from scslab.society.mechanics.parameter import Mechanic, Parameter, Values

FOLDER = Path(__file__).parent
BEHAVIOUR = Mechanic(
    "behaviour",
    Text("Behaviour", "行为"),
    "lambda_k = lambda0_k exp(b_k x + m(tier) + d(distance) + l(listed)) (1 - s exp(-t / tau))",
    (
        Parameter("behaviour.rare", 0.10, "per year", (0.01, 0.5), "prior", "an event that costs 5 points", 0, 12),
        Parameter("behaviour.common", 0.50, "per year", (0.1, 2.0), "prior", "an event that brings points", 0, 12),
        Parameter("behaviour.regular", 6.0, "per year", (3.0, 12.0), "prior", "what an index counts as usual", 0, 24),
        Parameter("behaviour.lapse_share", 0.05, "", (0.02, 0.2), "prior", "done badly, per done well", 0, 1),
        Parameter("behaviour.index_middle", 0.35, "share", (0.15, 0.6), "prior", "of a scale: the average", 0.01, 1),
        Parameter("behaviour.conscience_negative", -0.6, "log rate", (-0.9, -0.3), "prior", "for one sd", -3, 3),
        Parameter("behaviour.conscience_positive", 0.3, "log rate", (0.1, 0.5), "prior", "for one sd", -3, 3),
        Parameter("behaviour.deterrence", 0.25, "share", (0.10, 0.40), "castillomanzano2012", "s: at once", 0, 0.99),
        Parameter("behaviour.deterrence_months", 7.5, "months", (6.0, 9.0), "castillomanzano2012", "tau", 0.1, 120),
        Parameter("behaviour.tier", -0.05, "log rate", (-0.15, 0.05), "prior", "m: each tier above the lowest", -1, 1),
        Parameter("behaviour.distance", -0.20, "log rate", (-0.4, 0.0), "prior", "d: just above a lower tier", -2, 2),
        Parameter("behaviour.listed", -0.20, "log rate", (-0.5, 0.1), "prior", "l: on a blacklist", -2, 2),
        Parameter("behaviour.near_points", 0.02, "share", (0.01, 0.05), "prior", "of the start: just above", 0, 1),
        Parameter("behaviour.reward", 0.20, "log rate", (-0.2, 0.5), "prior", "c: on good conduct", -3, 3),
    ),
)  # fmt: skip


class Sign(IntEnum):
    """What an event type does to a score."""

    NEUTRAL = 0
    POSITIVE = 1
    NEGATIVE = 2


@cache
def read_recorded_rates() -> dict[tuple[str, str], float]:
    """Recorded events a subject and year, by scheme and type, of schemes that a shipped dataset belongs to.

    Example:
        >>> read_recorded_rates()["food-safety", "inspection.failed"]
        0.1325
    """
    with (FOLDER / "behaviour_rates.csv").open(encoding="utf-8", newline="") as stream:
        return {(row["scheme"], row["type"]): float(row["recorded_per_year"]) for row in csv.DictReader(stream)}


@cache
def read_recorded_shares() -> dict[tuple[str, str, str], tuple[tuple[str, float], ...]]:
    """How often an attribute has each value, by scheme, type and attribute, as `read_recorded_rates`."""
    found: dict[tuple[str, str, str], list[tuple[str, float]]] = {}
    with (FOLDER / "behaviour_attributes.csv").open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            key = row["scheme"], row["type"], row["attribute"]
            found.setdefault(key, []).append((row["value"], float(row["share"])))
    return {key: tuple(values) for key, values in found.items()}


MONTHS_REMEMBERED = 36
"""Beyond this many months a loss deters no more: at tau = 7.5, exp(-4.8) = .8 % of it is left."""


def compute_deterrence(values: Values, months: int) -> float:
    """The log of (1 - s exp(-t / tau)), `months` after a loss.

    Example:
        >>> values = {"behaviour.deterrence": 0.25, "behaviour.deterrence_months": 7.5}
        >>> round(math.exp(compute_deterrence(values, 0)), 4), round(math.exp(compute_deterrence(values, 18)), 4)
        (0.75, 0.9773)
    """
    s, tau = values["behaviour.deterrence"], values["behaviour.deterrence_months"]
    return math.log1p(-s * math.exp(-months / tau))


def guess_rate(values: Values, sign: Sign, points: float) -> float:
    """The prior of a type's rate a year at average traits, from what it is worth.

    Args:
        values: parameters.
        sign: what it does to a score.
        points: the points of the dearest rule that listens to it, without their sign; 0: not known.
    """
    scale = min(5.0, 5.0 / max(points, 1.0)) if points else 1.0
    if sign is Sign.NEGATIVE:
        return values["behaviour.rare"] * scale
    return values["behaviour.common"] * min(1.0, scale)
