"""The mean-field twin: the society with shares of cells in place of residents, without luck.

Where an agent learns with probability h, the share h of the twin's cell learns. Everything that residents feed back on
each other (how many know, how many take part) is an average already, so that the twin is what a society of agents tends
to as it grows. It knows who learns, joins, stays and leaves. What it leaves out: the course of a resident's own score.
Where leaving depends on a loss, the share who lost points lately is that of steady conduct without deterrence.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scslab.ground.problems import Problem, ProblemsError
from scslab.society.calibration.cells import TRAITS, Cells
from scslab.society.calibration.kernel_twin import (
    OUT_ACCEPTANCE,
    OUT_AWARE,
    OUT_IN,
    OUT_JOINED,
    OUT_LEFT,
    OUT_WIDTH,
    STATES,
    UNAWARE_OUT,
    step_cells,
)
from scslab.society.conduct.vocabulary import Conduct
from scslab.society.mechanics.awareness import compute_log_hazard
from scslab.society.mechanics.behaviour import Sign
from scslab.society.mechanics.joining import TRAIT_TERMS, compute_common_utility
from scslab.society.mechanics.observation import to_log_odds
from scslab.society.mechanics.parameter import Values
from scslab.society.month.contagion import share_of_reached

Floats = NDArray[np.float64]
MEASURES = ("aware", "taking_part", "acceptance")
"""What a course is read by; all are shares of residents, 0 to 1."""
LOSS_MONTHS = 3
"""For so many months a loss makes leaving likelier; see `mechanics.leaving`."""


@dataclass(frozen=True, slots=True)
class Stage:
    """What holds from a month on.

    Attributes:
        first: the month, from 0.
        values: parameters.
        share_taking: the share of the kinds of conduct that cost points.
        lost_lately: the share of participants who lost points within three months.
        enrols: whether all residents are enrolled, whatever they think.
    """

    first: int
    values: Values
    share_taking: float = 0.0
    lost_lately: float = 0.0
    enrols: bool = False


@dataclass(frozen=True, slots=True)
class Course:
    """What became of a society: shares of residents at the end of each month, shape (months,).

    Attributes:
        aware: know of the scheme.
        taking_part: take part.
        acceptance: the mean probability to join if asked.
        joined, left: within the month.
        commercial: the share who use a commercial scheme; it stays.
    """

    aware: Floats
    taking_part: Floats
    acceptance: Floats
    joined: Floats
    left: Floats
    commercial: float

    def to_frame(self, days: Sequence[date]) -> pl.DataFrame:
        """As a table `month, measure, value`, where `days` are the last days of the months."""
        found = {name: getattr(self, name) for name in MEASURES}
        return pl.DataFrame(
            {
                "month": [day for _ in found for day in days],
                "measure": [name for name in found for _ in days],
                "value": np.concatenate(list(found.values())),
            }
        )


def run_twin(cells: Cells, stages: Sequence[Stage], is_open: Sequence[bool]) -> Course:
    """Lets the twin live.

    Args:
        cells: the population.
        stages: what holds when, by month; the first begins at month 0.
        is_open: by month, whether one can join; its length is the number of months.

    Raises:
        ValueError: no stage begins at month 0.
        ProblemsError: fatigue makes people leave (Y422): that needs to know how long each has taken part.

    Example:
        >>> from scslab.society.calibration.cells import make_cells
        >>> from scslab.society.mechanics.parameter import choose_values
        >>> from scslab.society.mechanics.table import MECHANICS
        >>> from scslab.society.population.profile import read_profile
        >>> cells = make_cells(read_profile("hangzhou"))
        >>> course = run_twin(cells, [Stage(0, choose_values(MECHANICS))], [True] * 60)
        >>> course.taking_part.shape, bool(course.taking_part[-1] < course.aware[-1])
        ((60,), True)
    """
    if not stages or stages[0].first:
        raise ValueError("the first stage begins at month 0")
    if any(stage.values["fatigue.leaving"] for stage in stages):
        text = "`fatigue.leaving` is not 0: the twin does not know how long residents have taken part"
        raise ProblemsError(
            [Problem("Y422", text, help="set it to 0 here, and look at its effect with `scslab simulate`")]
        )
    skill = cells.traits[TRAITS.index("digital-skill")]
    trust = cells.traits[TRAITS.index("trust")]
    # Cells twice: those without a commercial scheme first; and twice again where some follow thresholds.
    uses = _share_commercial(stages[0].values, skill)
    share = np.concatenate([cells.share * (1 - uses), cells.share * uses])
    weight = stages[0].values["threshold.weight"]
    times = 4 if weight > 0 else 2
    follows = np.repeat([0.0, 1.0], share.size) if weight > 0 else np.zeros(share.size)
    share = np.concatenate([share * (1 - weight), share * weight]) if weight > 0 else share
    state = np.zeros((STATES, share.size))
    state[UNAWARE_OUT] = share
    months = np.empty((len(is_open), OUT_WIDTH))
    aware = inside = reached = 0.0
    starts = {stage.first: stage for stage in stages}
    stage, learning, join, leave = stages[0], share, share, share
    for k, opens in enumerate(is_open):
        if k in starts:
            stage = starts[k]
            v = stage.values
            learning = np.tile(np.exp(v["awareness.skill"] * skill), times)
            join = np.tile(_compute_join(v, cells.traits), times // 2)
            leave = np.tile(_compute_leave(v, trust, stage.lost_lately), times)
        v = stage.values
        hazard = math.exp(compute_log_hazard(v, aware))
        utility = compute_common_utility(v, inside, stage.share_taking)
        out = months[k]
        reached, before = (share_of_reached(v, aware), reached) if weight > 0 else (0.0, 0.0)
        pressed = math.log((1 - before) / max(1 - reached, 1e-300)) if reached > before else 0.0
        step_cells(
            state, share, learning, hazard, follows, pressed, join, utility, leave, v["joining.considers"], opens,
            opens and stage.enrols, out,
        )  # fmt: skip
        aware, inside = float(out[OUT_AWARE]), float(out[OUT_IN])
    columns = [months[:, k] for k in (OUT_AWARE, OUT_IN, OUT_ACCEPTANCE, OUT_JOINED, OUT_LEFT)]
    return Course(*columns, commercial=float(cells.share @ uses))


def _share_commercial(values: Values, skill: Floats) -> Floats:
    return 1 / (1 + np.exp(-(to_log_odds(values["alternatives.share"]) + values["alternatives.skill"] * skill)))


def _compute_join(values: Values, traits: Floats) -> Floats:
    """What traits and a commercial scheme add to the utility, shape (2 x 343,)."""
    own = np.zeros(traits.shape[1])
    for trait, (name, sign) in TRAIT_TERMS.items():
        own += sign * values[name] * traits[TRAITS.index(trait)]
    return np.concatenate([own, own - values["joining.alternatives"]])


def _compute_leave(values: Values, trust: Floats, lost_lately: float) -> Floats:
    """The chance to leave in a month, shape (343,)."""
    rate = values["leaving.rate"] / 12 * np.exp(-values["leaving.trust"] * trust)
    return -(1 - lost_lately) * np.expm1(-rate) - lost_lately * np.expm1(-rate * math.exp(values["leaving.loss"]))


def compute_lost_lately(values: Values, conduct: Sequence[Conduct], cells: Cells) -> float:
    """The share of participants who lost points within three months, under steady conduct without deterrence.

    Example:
        >>> from scslab.society.calibration.cells import make_cells
        >>> from scslab.society.mechanics.parameter import choose_values
        >>> from scslab.society.mechanics.table import MECHANICS
        >>> from scslab.society.population.profile import read_profile
        >>> cells = make_cells(read_profile("hangzhou"))
        >>> values = choose_values(MECHANICS, {"observation.false_rate": 0.4})
        >>> round(compute_lost_lately(values, [], cells), 4)  # false entries need something to name
        0.0
    """
    costly = [each.rate / 12 for each in conduct if each.sign is Sign.NEGATIVE]
    if not costly:
        return 0.0
    shares, conscience = cells.conscience
    moved = np.exp(values["behaviour.conscience_negative"] * conscience)
    odds = to_log_odds(values["observation.negative"]) + values["observation.bias"] * cells.means[1]
    seen = float(cells.means[0] @ (1 / (1 + np.exp(-odds))))
    seen *= 1 - values["discretion.let_pass"]
    rate = sum(costly) * seen * moved + values["observation.false_rate"] / 12
    return float(shares @ -np.expm1(-LOSS_MONTHS * rate))
