"""Thresholds: word of mouth as Granovetter has it (granovetter1978), in place of the contagion of `awareness`.

    a resident knows from the month on in which A >= t_i        t_i ~ Normal(m, s)

with A the share of residents who know already (at the end of the month before) and t_i the resident's own threshold,
drawn once. Campaigns and media (`awareness.p`) go on beside it; word of mouth (`awareness.q`) is then to be set to 0.
Off unless `threshold.weight` is 1: each resident follows the threshold with that chance, drawn once, so that a value in
between mixes both kinds of people. There is no target that could tell the forms apart: this is an alternative to try,
not an estimate.
"""

from __future__ import annotations

from scslab.ground.text import Text
from scslab.society.mechanics.parameter import Mechanic, Parameter

THRESHOLD = Mechanic(
    "threshold",
    Text("Thresholds of awareness", "知晓阈值"),
    "knows where A >= t_i;  t_i ~ Normal(m, s)",
    (
        Parameter("threshold.weight", 0.0, "share", (0.0, 1.0), "prior", "who learns in this way; 0: nobody", 0, 1),
        Parameter("threshold.mean", 0.25, "share", (0.1, 0.4), "granovetter1978", "m; his example", 0, 1),
        Parameter("threshold.spread", 0.12, "share", (0.05, 0.2), "granovetter1978", "s; his example", 1e-3, 1),
    ),
)
