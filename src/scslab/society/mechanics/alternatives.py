"""Alternatives: who uses a commercial scheme beside the local one; 80 % in the survey of 2018 (kostka2019, figure 2).

    P(commercial) = 1 / (1 + exp(-(a + g x)))

x is digital skill; it is drawn once for each resident. Among those of average skill the share is
`alternatives.share`. Where a simulation settles a commercial scheme beside (`society.beside`), it sees its users'
conduct with chance `alternatives.seen`, on the day, whether or not they take part in the local scheme; a local index
that reads the commercial score then reads this one.
"""

from __future__ import annotations

from scslab.ground.text import Text
from scslab.society.mechanics.parameter import Mechanic, Parameter

ALTERNATIVES = Mechanic(
    "alternatives",
    Text("Commercial schemes", "商业信用产品"),
    "P(commercial) = 1 / (1 + exp(-(a + g x)))",
    (
        Parameter("alternatives.share", 0.80, "share", (0.75, 0.85), "kostka2019", "at average skill", 1e-4, 1 - 1e-4),
        Parameter("alternatives.skill", 0.4, "log odds", (0.0, 0.8), "prior", "one sd of digital skill", -3, 3),
        Parameter("alternatives.seen", 0.95, "share", (0.8, 1.0), "prior", "of conduct on its platform", 0, 1),
    ),
)
