"""Leaving: a participant of an opt-in scheme may leave; fatigue makes it likelier after a loss.

    h = 1 - exp(-r exp(f L - g x_trust) / 12)

L is 1 for those who lost points within the last three months. Who left does not come back. Priors.
"""

from __future__ import annotations

from scslab.ground.text import Text
from scslab.society.mechanics.parameter import Mechanic, Parameter

LEAVING = Mechanic(
    "leaving",
    Text("Leaving", "退出"),
    "h = 1 - exp(-r exp(f L - g x_trust) / 12)",
    (
        Parameter("leaving.rate", 0.05, "per year", (0.01, 0.2), "prior", "r: at average trust, without a loss", 0, 12),
        Parameter("leaving.loss", 0.5, "log hazard", (0.0, 1.0), "prior", "f: lost points within three months", -3, 3),
        Parameter("leaving.trust", 0.3, "log hazard", (0.0, 0.6), "prior", "g: one sd of trust", -3, 3),
    ),
)
