"""Discretion: what the agency has seen and lets pass, and whom (murthy2013 names it among what makes people stay away).

    P(lets pass | a loss was observed) = 1 / (1 + exp(-(a + sum of b_g over the groups that the resident is in)))

a is `let_pass` among those who are in none of the groups. What is let pass is not recorded, for ever. Groups: rural
residents, those of the lowest income, and micro firms, where the profile has them. With b < 0 a group is let off less
often: a bias of the hand, beside that of the eye (`observation.bias`). False entries are not let pass. All numbers are
priors, the biases 0 unless an experiment says otherwise: no source at hand measures them.
"""

from __future__ import annotations

from scslab.ground.text import Text
from scslab.society.mechanics.parameter import Mechanic, Parameter

DISCRETION = Mechanic(
    "discretion",
    Text("Discretion of the agency", "机关自由裁量"),
    "P(lets pass | a loss was observed) = 1 / (1 + exp(-(a + sum b_g)))",
    (
        Parameter("discretion.let_pass", 0.05, "share", (0.001, 0.2), "prior", "in no group", 1e-6, 1 - 1e-6),
        Parameter("discretion.rural", 0.0, "log odds", (-1.0, 0.5), "prior", "b: rural residents", -5, 5),
        Parameter("discretion.poor", 0.0, "log odds", (-1.0, 0.5), "prior", "b: the lowest income", -5, 5),
        Parameter("discretion.micro", 0.0, "log odds", (-1.0, 0.5), "prior", "b: micro firms", -5, 5),
    ),
)
GROUPS = {
    "discretion.rural": ("location", "rural"),
    "discretion.poor": ("income", "below-1000"),
    "discretion.micro": ("size", "micro"),
}
"""By parameter, the dimension and the category of the group."""
