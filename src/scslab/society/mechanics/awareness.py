"""Awareness: who does not know of the scheme may learn of it each month, from campaigns or by word of mouth (bass1969).

    h = 1 - exp(-(p + q A) exp(g x) / 12)

with A the share of residents who know already (at the end of the month before) and x the resident's digital skill in
standard deviations. Without traits (g = 0) this is the model of Bass in hazard form. Meta-analytic means of products
are p = .03 and q = .38 a year (sultan1990). An identifiability study found that targets inform p of a city well, q
weakly.
"""

from __future__ import annotations

import math

from scslab.ground.text import Text
from scslab.society.mechanics.parameter import Mechanic, Parameter, Values

AWARENESS = Mechanic(
    "awareness",
    Text("Learning of the scheme", "知晓"),
    "h = 1 - exp(-(p + q A) exp(g x) / 12)",
    (
        Parameter("awareness.p", 0.03, "per year", (0.005, 0.10), "sultan1990", "campaigns and media", 0, 50),
        Parameter("awareness.q", 0.38, "per year", (0.10, 0.70), "sultan1990", "word of mouth", 0, 50),
        Parameter("awareness.skill", 0.30, "", (0.0, 0.6), "prior", "log hazard for one sd of digital skill", -3, 3),
    ),
)


def compute_log_hazard(values: Values, share_aware: float) -> float:
    """The log of the monthly hazard at average digital skill; minus infinity where nobody can learn.

    Example:
        >>> values = {"awareness.p": 0.03, "awareness.q": 0.38}
        >>> round(math.exp(compute_log_hazard(values, 0.5)) * 12, 6)
        0.22
    """
    hazard = (values["awareness.p"] + values["awareness.q"] * share_aware) / 12
    return math.log(hazard) if hazard > 0 else -math.inf
