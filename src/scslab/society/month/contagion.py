"""Who learns of a scheme because enough others know of it (`mechanics.threshold`)."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np

from scslab.ground.problems import Problem, ProblemsError
from scslab.society.mechanics.parameter import Values
from scslab.society.month.agents import AWARE, Agents
from scslab.society.month.kernel_keyed import draw_keyed
from scslab.society.randomness.streams import STREAMS
from scslab.society.randomness.thresholds import threshold

_FULL = 1 << 32


def learn_from_others(values: Values, agents: Agents, share_aware: float, seed: int, *, start: int = 0) -> None:
    """Marks those whose threshold is reached, before a month is lived; the same for any partitions.

    Args:
        values: parameters.
        agents: changed in place.
        share_aware: at the end of the month before.
        seed: of the replicate.
        start: the number of the first of these agents.

    Example:
        >>> from scslab.society.mechanics.parameter import choose_values
        >>> from scslab.society.mechanics.table import MECHANICS
        >>> from scslab.society.month.agents import make_agents
        >>> from scslab.society.population.population import make_population
        >>> from scslab.society.population.profile import read_profile
        >>> agents = make_agents(make_population(read_profile("survey-2018"), 10_000, seed=1))
        >>> values = choose_values(MECHANICS, {"threshold.weight": 1.0})
        >>> learn_from_others(values, agents, 0.25, seed=3)
        >>> abs(int((agents.flags & AWARE).sum()) - 5000) < 200
        True
    """
    if values["threshold.weight"] <= 0:
        return
    who = np.flatnonzero((agents.flags & AWARE) == 0)
    words = np.empty((4, who.size), np.uint32)
    draw_keyed(np.uint64(seed), who + start, 0, STREAMS["threshold"], words)
    share = share_of_reached(values, share_aware)
    follows = words[1] < np.uint64(threshold(values["threshold.weight"]))
    agents.flags[who[follows & (words[0] < np.uint64(round(share * _FULL)))]] |= AWARE


def check_parts(values: Values) -> None:
    """Whether a population can be lived part by part, where nobody knows how many know until all parts have lived.

    Raises:
        ProblemsError: residents learn by thresholds (Y204).
    """
    if values.get("threshold.weight", 0.0) > 0:
        text = "`threshold.weight` is above 0, and thresholds need the whole population at a time"
        raise ProblemsError([Problem("Y204", text, help="live fewer residents, or set it to 0")])


def share_of_reached(values: Values, share_aware: float) -> float:
    """Which share of residents has a threshold that is not above this share; nobody's is reached by nobody.

    Example:
        >>> values = {"threshold.mean": 0.25, "threshold.spread": 0.1}
        >>> share_of_reached(values, 0.25), share_of_reached(values, 0.0)
        (0.5, 0.0)
    """
    if share_aware <= 0:
        return 0.0
    return NormalDist(values["threshold.mean"], values["threshold.spread"]).cdf(share_aware)
