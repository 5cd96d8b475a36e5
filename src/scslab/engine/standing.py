"""What is published of subjects that are numbers: as arrays, for a program that makes the events itself."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

NOBODY = -1
"""Where a subject has no score or no tier."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What is published of every subject, by number.

    Attributes:
        tier: the number of the tier in the scheme, `(n,)`; -1: none.
        score: the score in smallest units (points times 10^decimals), `(n,)`; the start where nothing was posted.
        listed_since: by list of the scheme and subject the day number on which the membership that is open began,
            `(lists, n)`; -1: not on it.
    """

    tier: NDArray[np.int8]
    score: NDArray[np.int64]
    listed_since: NDArray[np.int32] = field(default_factory=lambda: np.empty((0, 0), np.int32))
