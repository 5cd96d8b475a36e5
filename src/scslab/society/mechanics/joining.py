"""Joining: one utility whose terms are those of five literatures.

    U = b0 + b_m M + b_d x_digital + b_s S + b_t x_trust - b_v x_privacy - b_f F - b_c C - b_a A
    acceptance = 1 / (1 + exp(-U))

- technology acceptance (davis1989): usefulness of the benefits M, ease through digital skill x_digital. Standardised
  path coefficients convert with b = 1.81 beta: usefulness to intention .505, ease to intention .186 (king2006);
- UTAUT (venkatesh2003): social influence S, the share of residents who take part; effort, in the cost C;
- privacy calculus (dinev2006): trust in the operator against concern for privacy;
- diffusion (rogers2003): alternatives A, 1 for those who use a commercial scheme;
- rejection of technology (murthy2013): fear of deduction F, the share of rules that take points.

A resident who knows of an opt-in scheme thinks of joining in a month with probability `considers`, and then joins with
the probability of acceptance. Automatic and mandatory schemes enrol regardless; acceptance is told all the same, and
its gap to participation is an outcome. The targets at hand do not inform the weights at all (see `calibration` notes):
they are priors, never estimates.

The signs of the terms are part of what they mean, so that no weight lies below 0. S counts all who take part, those who
were enrolled, too: under a scheme that enrols everybody the mean acceptance rises by b_s S, though nobody was asked.
Acceptance there is what residents would decide if they were asked in a city where all others take part.
"""

from __future__ import annotations

from scslab.ground.text import Text
from scslab.society.mechanics.parameter import Mechanic, Parameter, Values

WEIGHT = "log odds"

JOINING = Mechanic(
    "joining",
    Text("Joining", "加入"),
    "U = b0 + b_m M + b_d x_digital + b_s S + b_t x_trust - b_v x_privacy - b_f F - b_c C - b_a A",
    (
        Parameter("joining.b0", -0.5, WEIGHT, (-2.5, 1.0), "prior", "leaning of the average resident", -12, 12),
        Parameter("joining.usefulness", 0.914, WEIGHT, (0.7, 1.1), "king2006", "1.81 x .505, for M = 1", 0, 6),
        Parameter("joining.digital_skill", 0.337, WEIGHT, (0.2, 0.5), "king2006", "1.81 x .186, for one sd", 0, 6),
        Parameter("joining.social", 0.3, WEIGHT, (0.0, 0.8), "prior", "everybody takes part against nobody", 0, 6),
        Parameter("joining.trust", 0.5, WEIGHT, (0.2, 0.9), "prior", "one sd of trust in the operator", 0, 6),
        Parameter("joining.privacy", 0.4, WEIGHT, (0.1, 0.8), "prior", "one sd of privacy concern", 0, 6),
        Parameter("joining.fear", 0.6, WEIGHT, (0.1, 1.2), "prior", "all rules take points against none", 0, 6),
        Parameter("joining.cost", 0.5, WEIGHT, (0.1, 1.2), "prior", "registering and managing, for C = 1", 0, 6),
        Parameter("joining.alternatives", 0.3, WEIGHT, (0.0, 0.7), "prior", "uses a commercial scheme", 0, 6),
        Parameter("joining.considers", 0.08, "per month", (0.02, 0.25), "prior", "thinks of joining", 0, 1),
        Parameter("joining.benefits", 0.5, "0 to 1", (0.2, 0.8), "prior", "M: how useful the benefits are", 0, 1),
        Parameter("joining.burden", 1.0, "0 to 1", (0.5, 1.0), "prior", "C: how laborious joining is", 0, 1),
    ),
)

TRAIT_TERMS = {
    "digital-skill": ("joining.digital_skill", 1),
    "trust": ("joining.trust", 1),
    "privacy-concern": ("joining.privacy", -1),
}
"""Terms that a trait carries, with their signs."""


def compute_common_utility(values: Values, share_in: float, share_taking: float) -> float:
    """The terms that all residents share: b0, benefits, social influence, fear, cost.

    Args:
        values: parameters.
        share_in: the share of residents who take part, 0 to 1.
        share_taking: the share of the scheme's rules that take points, 0 to 1.

    Example:
        >>> from scslab.society.mechanics.table import MECHANICS
        >>> from scslab.society.mechanics.parameter import choose_values
        >>> round(compute_common_utility(choose_values(MECHANICS), 0.0, 0.5), 4)
        -0.843
    """
    return (
        values["joining.b0"]
        + values["joining.usefulness"] * values["joining.benefits"]
        + values["joining.social"] * share_in
        - values["joining.fear"] * share_taking
        - values["joining.cost"] * values["joining.burden"]
    )
