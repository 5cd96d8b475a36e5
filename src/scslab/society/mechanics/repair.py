"""Repair: what residents do to get off a list, to get points back, or to make up for a loss.

    P(acts in a month) = 1 / (1 + exp(-(a + c x + m w)))

for those who are on a blacklist that an event ends (the judgment is met, the city ends the listing) or for whom the
scheme offers a repair, once the time that it asks for has passed; a is `acts`, x conscientiousness, w means. Of several
ways one is taken, each with the same chance. Who lost points also makes up for them: within `window_months` of the loss
a participant does one good deed more with `compensates` chance a month, if the scheme knows good deeds. What prolongs a
listing happens with `extended` chance a month. Who is on a list is told; points are made up for, or asked back, only by
those who know of the scheme. All of it is observed for sure, after `delay_days`. All numbers are priors: the sources
count listings and removals, and not who could have acted and did not.
"""

from __future__ import annotations

from scslab.ground.text import Text
from scslab.society.mechanics.parameter import Mechanic, Parameter

REPAIR = Mechanic(
    "repair",
    Text("Repair", "信用修复"),
    "P(acts in a month) = 1 / (1 + exp(-(a + c x + m w)))",
    (
        Parameter("repair.acts", 0.05, "per month", (0.01, 0.2), "prior", "at average traits", 1e-6, 1 - 1e-6),
        Parameter("repair.conscience", 0.4, "log odds", (0.1, 0.7), "prior", "c: one sd of conscientiousness", -3, 3),
        Parameter("repair.means", 0.4, "log odds", (0.0, 0.8), "prior", "m: one sd of means", -3, 3),
        Parameter("repair.compensates", 0.05, "per month", (0.0, 0.15), "prior", "a good deed after a loss", 0, 1),
        Parameter("repair.window_months", 12, "months", (6, 24), "prior", "how long a loss is made up for", 0, 36),
        Parameter("repair.extended", 0.003, "per month", (0.0, 0.01), "prior", "what prolongs a listing", 0, 1),
        Parameter("repair.delay_days", 15.0, "days", (5.0, 40.0), "prior", "until the repair is recorded", 0, 300),
    ),
)
