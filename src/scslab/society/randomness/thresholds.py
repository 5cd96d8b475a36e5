"""Probabilities as whole numbers, so that kernels compare words and never call `exp`.

A word is uniform on 0 … 2^32 - 1, and an event of probability p happens where `word < round(p 2^32)`. `np.exp` gives
other last bits on other processors; a table that was rounded to 32 bits all but never does, and its digest stands in
the manifest, so that a difference would be seen. Draws are monotone: a higher probability keeps every event.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

ONE = 1 << 32
"""The threshold of certainty: every word lies below it."""
UNITS = 256
"""Steps of a table for each unit of a logit or a log rate: an argument is off by at most 1/512."""

Table = NDArray[np.int64]


def threshold(probability: float) -> int:
    """A probability, 0 to 1, as a threshold for 32-bit words.

    Raises:
        ValueError: it is not a probability.

    Example:
        >>> threshold(0.5) == 2**31, threshold(0), threshold(1) == 2**32
        (True, 0, True)
    """
    if not 0 <= probability <= 1:
        raise ValueError(f"{probability} is not a probability")
    return math.floor(probability * ONE + 0.5)


@dataclass(frozen=True, slots=True)
class Scale:
    """The arguments of a table: `low, low + 1/UNITS, …, high`; those outside take the nearest end."""

    low: float
    high: float

    @property
    def size(self) -> int:
        """How many arguments there are."""
        return round((self.high - self.low) * UNITS) + 1

    def list_arguments(self) -> list[float]:
        """All arguments, ascending."""
        return [self.low + k / UNITS for k in range(self.size)]


LOGITS = Scale(-12.0, 12.0)
LOG_RATES = Scale(-16.0, 2.0)
MOST_EVENTS = 8
"""No agent has more events of one type in one month: at the highest rate (7.4) one in three would, at 1 one in a
million."""


@cache
def build_logistic() -> Table:
    """1 / (1 + exp(-x)) for each argument of `LOGITS`, shape (n,)."""
    return np.array([threshold(1 / (1 + math.exp(-x))) for x in LOGITS.list_arguments()], np.int64)


@cache
def build_poisson() -> Table:
    """P(N >= 1), …, P(N >= MOST_EVENTS) of a Poisson count, for each log rate of `LOG_RATES`, shape (n, MOST_EVENTS).

    The number of thresholds above a word is the count. The first column is 1 - exp(-rate), a hazard over one month. The
    first row is 0: a rate of e^-16 a month or less never comes true, so that a rate of 0 can be said.
    """
    table = np.empty((LOG_RATES.size, MOST_EVENTS), np.int64)
    for k, log_rate in enumerate(LOG_RATES.list_arguments()):
        rate = math.exp(log_rate)
        terms = [math.exp(j * log_rate - rate - math.lgamma(j + 1)) for j in range(MOST_EVENTS + 60)]
        # Summed from the far end: small terms first, nothing is lost to cancellation.
        tails = np.cumsum(terms[::-1])[::-1]
        table[k] = [threshold(min(1.0, float(tail))) for tail in tails[1 : MOST_EVENTS + 1]]
        table[k, 0] = threshold(-math.expm1(-rate))
    table[0] = 0
    return table


def build_geometric(mean: float, least: int, most: int = 365) -> Table:
    """Whole days, `least` or more, with this mean: P(days <= least), P(days <= least + 1), …, the last one certain.

    The number of thresholds not above a word, plus `least`, is the number of days.

    Example:
        >>> int(build_geometric(1.0, 0)[0]) == threshold(0.5)
        True
    """
    over = max(0.0, mean - least)
    ratio = over / (1 + over)
    return np.array([*(threshold(1 - ratio ** (k + 1)) for k in range(most - least)), ONE], np.int64)


def build_guide(table: Table) -> NDArray[np.uint16]:
    """Where to begin to look among ascending thresholds, by the upper 8 bits of a word, shape (256,).

    Example:
        >>> build_guide(np.array([1 << 31, ONE]))[[0, 127, 128, 255]].tolist()
        [0, 0, 1, 1]
    """
    return np.searchsorted(table, np.arange(256, dtype=np.int64) << 24, side="right").astype(np.uint16)


def digest_tables(*tables: NDArray[np.generic]) -> str:
    """SHA-256 over the tables, for the manifest of a run."""
    digest = hashlib.sha256()
    for table in tables:
        digest.update(f"{table.dtype.str}{table.shape}".encode())
        digest.update(np.ascontiguousarray(table).tobytes())
    return digest.hexdigest()
