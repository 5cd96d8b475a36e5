"""People: what schemes ask of their subjects beyond what they do, drawn once for each resident.

    P(a truth) = 1 / (1 + exp(-(a + b x)))      a number = median exp(b x + s e)

with x the trait named below and e a standard normal of the resident. Years of schooling follow from education (none 3,
low 8, medium 12, high 16), marriage from age (`married` is the share among those of 31 to 50; of younger ones half as
many, of older ones a tenth more). Nothing of this is in the survey that the population comes from: all numbers are
priors, made so that schemes which read such attributes can run.
"""

from __future__ import annotations

from scslab.ground.text import Text
from scslab.society.mechanics.parameter import Mechanic, Parameter

PEOPLE = Mechanic(
    "people",
    Text("What is known of people", "个人属性"),
    "P(a truth) = 1 / (1 + exp(-(a + b x)));  a number = median exp(b x + s e)",
    (
        Parameter("people.verified", 0.85, "share", (0.6, 0.97), "prior", "identity verified", 1e-4, 1 - 1e-4),
        Parameter("people.verified_skill", 0.8, "log odds", (0.2, 1.2), "prior", "one sd of digital skill", -3, 3),
        Parameter("people.contacts", 8.0, "persons", (3.0, 20.0), "prior", "verified contacts, median", 0.1, 1000),
        Parameter("people.contacts_skill", 0.5, "log", (0.1, 0.9), "prior", "one sd of digital skill", -3, 3),
        Parameter("people.contacts_spread", 0.6, "log", (0.3, 1.0), "prior", "s of contacts", 0, 3),
        Parameter("people.assets", 25_000.0, "yuan", (8_000.0, 80_000.0), "prior", "median", 1, 1e9),
        Parameter("people.assets_means", 0.9, "log", (0.5, 1.3), "prior", "one sd of means", -3, 3),
        Parameter("people.assets_spread", 0.8, "log", (0.4, 1.2), "prior", "s of assets", 0, 3),
        Parameter("people.years_resident", 9.0, "years", (4.0, 20.0), "prior", "in the city, median", 0.1, 90),
        Parameter("people.years_spread", 0.9, "log", (0.5, 1.3), "prior", "s of years in the city", 0, 3),
        Parameter("people.married", 0.8, "share", (0.7, 0.9), "prior", "of those of 31 to 50", 0, 1),
        Parameter("people.takes_part", 0.5, "share", (0.2, 0.8), "prior", "opts for a voluntary part", 1e-4, 1 - 1e-4),
        Parameter("people.takes_part_trust", 0.5, "log odds", (0.0, 1.0), "prior", "one sd of trust", -3, 3),
    ),
)
