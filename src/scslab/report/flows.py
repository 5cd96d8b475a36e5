"""Flows between tiers: where the subjects of each tier were a year later."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from scslab.engine.settlement import Settlement
from scslab.report.over_time import MANY_ENTRIES, History

MAXIMUM_YEARS = 12
MAXIMUM_YEARS_OF_MANY = 2
HALF_A_YEAR_DAYS = 183


@dataclass(frozen=True, slots=True)
class Flow:
    """A cross-table of tiers on two days.

    Attributes:
        since, until: ends of the days compared.
        counts: subjects, shape (k, k) for k tiers and, if anyone is there, below all tiers (last);
            row: tier on `since`, column: tier on `until`, lowest first.
        tiers: ids of the tiers, lowest first; None for below all tiers.
    """

    since: date
    until: date
    counts: npt.NDArray[np.int64]
    tiers: tuple[str | None, ...]

    @property
    def total(self) -> int:
        """All subjects."""
        return int(self.counts.sum())

    @property
    def stayed(self) -> int:
        """Subjects in the same tier on both days."""
        return int(np.trace(self.counts))

    @property
    def rose(self) -> int:
        """Subjects in a higher tier than before."""
        return int(
            sum(self.counts[a, b] for a, b in np.ndindex(self.counts.shape) if self._height(b) > self._height(a))
        )

    @property
    def fell(self) -> int:
        """Subjects in a lower tier than before."""
        return self.total - self.stayed - self.rose

    def _height(self, place: int) -> int:
        return -1 if self.tiers[place] is None else place


def count_flow(history: History, since: date, until: date) -> Flow:
    """Count the subjects of each tier on `since` by their tier on `until`."""
    size = len(history.tiers) + 1
    before, after = (codes.astype(np.int64) % size for codes in (history.tiers_on(since), history.tiers_on(until)))
    counts = np.bincount(before * size + after, minlength=size * size).reshape(size, size).astype(np.int64)
    counts[history.start_tier_on(since), history.start_tier_on(until)] += history.without_entries
    if not counts[-1].any() and not counts[:, -1].any():
        return Flow(since, until, counts[:-1, :-1], history.tiers)
    return Flow(since, until, counts, (*history.tiers, None))


def count_yearly_flows(history: History, settlement: Settlement) -> tuple[Flow, ...]:
    """Flows from the end of a year to the end of the next (or to the day of the standings), oldest first.

    A last year of which less than half has passed is left out, unless there is no other.
    """
    if history.first_day is None or not history.tiers:
        return ()
    as_of = settlement.as_of
    years = range(history.first_day.year, as_of.year + 1)
    if len(years) > 1 and (as_of - date(as_of.year, 1, 1)).days < HALF_A_YEAR_DAYS:
        years = years[:-1]
    years = years[-(MAXIMUM_YEARS if settlement.entries.height <= MANY_ENTRIES else MAXIMUM_YEARS_OF_MANY) :]
    return tuple(count_flow(history, date(max(year - 1, 1), 12, 31), min(date(year, 12, 31), as_of)) for year in years)
