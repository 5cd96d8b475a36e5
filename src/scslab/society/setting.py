"""What is simulated: who, under which scheme, for how long, and what is reformed on the way."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise

from scslab.scheme.model import Scheme
from scslab.society.population.profile import Profile

Tell = Callable[[str, float], None]
"""Is told what is being done, and which share of it is."""


class Settles(StrEnum):
    """How often the engine settles what was recorded."""

    MONTHLY = "monthly"
    DAILY = "daily"


@dataclass(frozen=True, slots=True)
class Reform:
    """What changes in the middle of a run.

    Attributes:
        since: the day from which it holds, the first of a month.
        values: parameters from then on, by name; those that are not named stay.
        rates: events a year by type from then on; those that are not named stay.
        scheme: the scheme from then on; None: it stays. With the id of the scheme before, it is that scheme amended,
            and the whole ledger is settled under it, what was recorded before as well. With another id it succeeds the
            scheme before: it settles what is recorded from then on, and residents bring along what its `succeeds` says;
            without that they start anew.
    """

    since: date
    values: Mapping[str, float] = field(default_factory=dict[str, float])
    rates: Mapping[str, float] = field(default_factory=dict[str, float])
    scheme: Scheme | None = None


@dataclass(frozen=True, slots=True)
class Setting:
    """What is simulated.

    Attributes:
        residents: how many, 100 or more.
        years: how long, 1 to 100.
        seed, replicate: the luck; the population is the same in all replicates of a seed.
        first: the first day, the first of a month.
        values: parameters in place of the shipped ones, by name.
        rates: events a year by type, in place of the priors.
        threads, partitions: how the work is split; neither shows in the result.
        reforms: what changes on the way, in the order of time.
        beside: a commercial scheme that is settled beside, for those who use one; None: none is settled.
        settles: how often the engine settles; months end the same either way, day by day there is a table of days.
    """

    scheme: Scheme
    profile: Profile
    residents: int
    years: int
    seed: int = 1
    replicate: int = 0
    first: date = date(2020, 1, 1)
    values: Mapping[str, float] = field(default_factory=dict[str, float])
    rates: Mapping[str, float] = field(default_factory=dict[str, float])
    threads: int = 2
    partitions: int = 0
    reforms: tuple[Reform, ...] = ()
    beside: Scheme | None = None
    settles: Settles = Settles.MONTHLY

    def check(self) -> None:
        """Whether times make sense.

        Raises:
            ValueError: fewer than 1 or more than 100 years, a first day within a month, reforms within a month, out of
                order or outside of the run.
        """
        if not 1 <= self.years <= 100 or self.first.day != 1:
            raise ValueError(
                f"years: {self.years}, from {self.first}: between 1 and 100 years, from the first of a month"
            )
        last = list_months(self.first, self.years)[-1][1]
        days = [reform.since for reform in self.reforms]
        if days != sorted(set(days)) or any(day.day != 1 or not self.first <= day <= last for day in days):
            text = ", ".join(map(str, days))
            raise ValueError(
                f"reforms from {text}: each from the first of a month of the run, in the order of time, once"
            )

    def at(self, day: date) -> Setting:
        """The setting as reforms up to a day left it, without reforms."""
        now = replace(self, reforms=())
        for reform in self.reforms:
            if reform.since <= day:
                now = replace(
                    now, values={**now.values, **reform.values}, rates={**now.rates, **reform.rates},
                    scheme=reform.scheme or now.scheme,
                )  # fmt: skip
        return now


def list_months(first: date, years: int) -> list[tuple[date, date]]:
    """First and last day of each month.

    Example:
        >>> list_months(date(2020, 1, 1), 1)[1]
        (datetime.date(2020, 2, 1), datetime.date(2020, 2, 29))
    """
    starts = [
        date(first.year + (first.month - 1 + k) // 12, (first.month - 1 + k) % 12 + 1, 1) for k in range(12 * years + 1)
    ]
    return [(one, two - timedelta(days=1)) for one, two in pairwise(starts)]
