"""A month of discretion: of the losses that were observed, some are let pass (`mechanics.discretion`)."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from scslab.society.conduct.vocabulary import Conduct
from scslab.society.mechanics.behaviour import Sign
from scslab.society.mechanics.discretion import GROUPS
from scslab.society.mechanics.observation import to_log_odds
from scslab.society.mechanics.parameter import Values
from scslab.society.month.kernel_events import FALSE, OBJECTS, OBSERVED, UPHELD, Events
from scslab.society.population.profile import Profile
from scslab.society.randomness.thresholds import threshold

_TURN = 0x9FB21C651E98DF25
"""Turns the word of an event into another one: who is let off does not go with attributes."""


def find_let_pass(values: Values, profile: Profile) -> NDArray[np.int64]:
    """By cell the threshold below which a word lets pass, shape (cells,).

    Example:
        >>> from scslab.society.mechanics.parameter import choose_values
        >>> from scslab.society.mechanics.table import MECHANICS
        >>> from scslab.society.population.profile import read_profile
        >>> values = choose_values(MECHANICS, {"discretion.rural": -1.0})
        >>> limits = find_let_pass(values, read_profile("survey-2018"))
        >>> [round(int(limits[k]) / 2**32, 4) for k in (0, 1)]
        [0.019, 0.05]
    """
    logit = np.full(profile.shape, to_log_odds(values["discretion.let_pass"]))
    for name, (dimension, category) in GROUPS.items():
        if category in profile.dimensions.get(dimension, ()):
            axis = list(profile.dimensions).index(dimension)
            here = tuple(
                profile.dimensions[dimension].index(category) if k == axis else slice(None) for k in range(logit.ndim)
            )
            logit[here] += values[name]
    return np.array([threshold(1 / (1 + math.exp(-x))) for x in logit.ravel().tolist()], np.int64)


def let_pass(limits: NDArray[np.int64], conduct: Sequence[Conduct], cell: NDArray[np.uint16], events: Events) -> Events:
    """The events of a month, where what is let pass is not observed and so cannot be objected to.

    Args:
        limits: from `find_let_pass`.
        conduct: what the kinds of events are.
        cell: the cell of each agent.
        events: of a month; left as they were.
    """
    is_bad = np.array([each.sign is Sign.NEGATIVE for each in conduct], np.bool_)
    if not events.agent.size or not is_bad.any():
        return events
    at = np.flatnonzero(is_bad[events.kind] & ((events.status & (OBSERVED | FALSE)) == OBSERVED))
    word = (events.word[at].astype(np.uint64) * np.uint64(_TURN)) >> np.uint64(32)
    passed = at[word.astype(np.int64) < limits[cell[events.agent[at]]]]
    status = events.status.copy()
    status[passed] &= np.uint8(0xFF ^ (OBSERVED | OBJECTS | UPHELD))
    return events._replace(status=status)
