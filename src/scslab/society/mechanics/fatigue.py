"""Fatigue: who has taken part for long tries less, and is likelier to leave.

    F(t) = 1 - exp(-t / tau)
    log rate of positive conduct of participants  - e F(t)        log hazard of leaving  + l F(t)

with t the months since the resident joined or was enrolled. Who takes part without knowing of it tries no less.
Residents who leave after a loss are in `leaving`; this is what the mere length of time does. No target at hand speaks
of it: both weights are 0, and fatigue is off, unless they are set. The mean-field twin of the calibration does not know
how long residents have taken part and refuses a weight on leaving.
"""

from __future__ import annotations

import math

from scslab.ground.text import Text
from scslab.society.mechanics.parameter import Mechanic, Parameter, Values

MONTHS_TAKING_PART = 60
"""After so many months in a scheme fatigue no longer grows."""

FATIGUE = Mechanic(
    "fatigue",
    Text("Fatigue", "倦怠"),
    "F(t) = 1 - exp(-t / tau);  log rate of positive conduct - e F(t);  log hazard of leaving + l F(t)",
    (
        Parameter(
            "fatigue.effort", 0.0, "log rate", (0.0, 0.7), "prior", "e: how much less they try in the end", -3, 3
        ),
        Parameter("fatigue.leaving", 0.0, "log hazard", (0.0, 0.7), "prior", "l: how much likelier they leave", -3, 3),
        Parameter("fatigue.months", 18.0, "months", (6.0, 36.0), "prior", "tau: how fast it sets in", 1, 600),
    ),
)


def compute_fatigue(values: Values, months: int) -> float:
    """F(t): the share of all fatigue that has set in after so many months of taking part, 0 to 1.

    Example:
        >>> compute_fatigue({"fatigue.months": 12.0}, 0), round(compute_fatigue({"fatigue.months": 12.0}, 12), 4)
        (0.0, 0.6321)
    """
    return -math.expm1(-float(months) / values["fatigue.months"])
