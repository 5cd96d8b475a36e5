"""Objection: who challenges an entry, and what comes of it.

    P(objects | false entry) = 1 / (1 + exp(-(a_f + g x)))     P(objects | true entry) = 1 / (1 + exp(-(a_t + g x)))
    P(upheld | false) and P(upheld | true) are given; an outcome takes `outcome_days` days

x is digital skill: who masters forms objects more often. Who does not know of the scheme does not object: the shares
are of those who do. Objections are filed under schemes that have an `objection` part, in time or not, as `filing_days`
says. What filing does is the scheme's: with `objection: {suspends: true}` an appeal comes before the effect (see
`experiment.amendments`). All numbers are priors.
"""

from __future__ import annotations

from scslab.ground.text import Text
from scslab.society.mechanics.parameter import Mechanic, Parameter

OBJECTION = Mechanic(
    "objection",
    Text("Objection", "异议"),
    "P(objects) = 1 / (1 + exp(-(a + g x)))",
    (
        Parameter("objection.false", 0.30, "share", (0.1, 0.6), "prior", "of false entries challenged", 1e-4, 1 - 1e-4),
        Parameter("objection.true", 0.03, "share", (0.005, 0.1), "prior", "of true entries challenged", 1e-4, 1 - 1e-4),
        Parameter("objection.skill", 0.3, "log odds", (0.0, 0.6), "prior", "g: one sd of digital skill", -3, 3),
        Parameter("objection.upheld_false", 0.6, "share", (0.3, 0.9), "prior", "false entries taken back", 0, 1),
        Parameter("objection.upheld_true", 0.1, "share", (0.0, 0.3), "prior", "true entries taken back", 0, 1),
        Parameter("objection.filing_days", 20.0, "days", (5.0, 60.0), "prior", "from record to filing", 1, 300),
        Parameter("objection.outcome_days", 30.0, "days", (10.0, 60.0), "prior", "from filing to outcome", 1, 300),
    ),
)
