"""Observation: what of conduct comes to the ledger, when, and what comes there wrongly.

    P(observed) = 1 / (1 + exp(-(a_sign + bias x)))     delay ~ geometric, mean d days
    false entries: Poisson, `false_rate` a year for each participant

x is the resident's means: with a negative bias the agency looks away from those who have them and sees the poor more
often. What is not observed is missed for ever. A false entry names a negative event type that never happened. True and
recorded ledgers are kept apart, so that error is measured and not assumed. All numbers are priors.
"""

from __future__ import annotations

import math

from scslab.ground.text import Text
from scslab.society.mechanics.parameter import Mechanic, Parameter

OBSERVATION = Mechanic(
    "observation",
    Text("Observation and recording", "观察与记录"),
    "P(observed) = 1 / (1 + exp(-(a_sign + bias x)))",
    (
        Parameter("observation.negative", 0.6, "share", (0.3, 0.9), "prior", "negative events seen", 1e-4, 1 - 1e-4),
        Parameter("observation.positive", 0.8, "share", (0.4, 0.95), "prior", "positive events seen", 1e-4, 1 - 1e-4),
        Parameter("observation.bias", -0.15, "log odds", (-0.4, 0.0), "prior", "one sd of means", -3, 3),
        Parameter("observation.delay_days", 20.0, "days", (5.0, 60.0), "prior", "mean delay", 0, 300),
        Parameter("observation.false_rate", 0.01, "per year", (0.001, 0.05), "prior", "false negative entries", 0, 12),
    ),
)  # fmt: skip


def to_log_odds(share: float) -> float:
    """The log odds of a share strictly between 0 and 1.

    Example:
        >>> to_log_odds(0.5)
        0.0
    """
    return math.log(share / (1 - share))
