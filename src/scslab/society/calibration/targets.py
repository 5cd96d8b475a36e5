"""Targets: what was observed, where, when, how surely, and whether a fit may use it or has to predict it."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from pathlib import Path

from scslab.ground.problems import NOWHERE, Place
from scslab.ground.text import Text
from scslab.scheme.model import Participation

SHIPPED = Path(__file__).parent / "targets.yaml"
"""Hangzhou, Xiamen, Suzhou, Rongcheng and the survey of 2018."""
PILOTS = "pilots"
"""In place of a place: the mean over the opt-in places that are fitted together."""


class Observable(StrEnum):
    """What can be observed; all are shares, 0 to 1."""

    TAKING_PART = "taking_part"
    AWARE = "aware"
    AWARE_OF_PILOT = "aware_of_pilot"
    ACCEPTANCE = "acceptance"
    COMMERCIAL = "commercial"
    APPROVAL = "approval"


OBSERVABLES = {
    Observable.TAKING_PART: Text("take part", "参与"),
    Observable.AWARE: Text("know of the scheme", "知晓该方案"),
    Observable.AWARE_OF_PILOT: Text("say that they are in a government pilot", "称身处政府试点"),
    Observable.ACCEPTANCE: Text("would join if asked", "愿意加入"),
    Observable.COMMERCIAL: Text("use a commercial scheme", "使用商业信用产品"),
    Observable.APPROVAL: Text("approve, somewhat or strongly", "支持（部分或强烈）"),
}
"""What each is called."""
TIMELESS = (Observable.COMMERCIAL, Observable.APPROVAL)
"""Observables that do not change in a course: they need no date."""


class Role(StrEnum):
    """What a target is for."""

    FIT = "fit"
    HELD_OUT = "held-out"


@dataclass(frozen=True, slots=True)
class Target:
    """An observed number.

    Attributes:
        place: the id of a place, or `PILOTS`.
        day: when, or None.
        year: the year where no day is known: the mean of its months is compared; 0: `day` or `months` says when.
        months: months since the launch, where that is what is known.
        value: the observed share, 0 to 1.
        error: its standard deviation: the tolerance, or that of a share among `n` with a design effect.
        exposed: the share of those asked who live where there is a scheme.
    """

    id: str
    place: str
    observable: Observable
    value: float
    error: float
    role: Role
    source: str
    day: date | None = None
    year: int = 0
    months: int | None = None
    exposed: float = 1.0
    note: Text = field(default_factory=Text)
    stands: Place = NOWHERE

    def list_months(self, first: date) -> list[int]:
        """The months, from 0 at the launch in the month `first`, whose ends are averaged; empty: before the launch.

        Example:
            >>> from dataclasses import replace
            >>> one = Target("a", "b", Observable.AWARE, 0.1, 0.01, Role.FIT, "", year=2018)
            >>> one.list_months(date(2018, 11, 1))
            [0, 1]
            >>> replace(one, year=0, day=date(2019, 1, 31)).list_months(date(2018, 11, 1))
            [2]
        """
        if self.months is not None:
            return [max(0, self.months - 1)]
        if self.day is not None:
            found = [_count_months(first, self.day.year, self.day.month)]
        else:
            found = [_count_months(first, self.year, month) for month in range(1, 13)]
        return [each for each in found if each >= 0]


def _count_months(first: date, year: int, month: int) -> int:
    return (year - first.year) * 12 + month - first.month


def compute_error(value: float, n: int, design_effect: float) -> float:
    """The standard deviation of a share among n persons who are no simple random sample.

    A share of 0 or 1 takes that of (n' p + 1) / (n' + 2), n' = n / design effect, for it is not sure either.

    Example:
        >>> round(compute_error(5 / 44, 44, 2.0), 4)
        0.0677
    """
    effective = n / design_effect
    p = value if 0 < value < 1 else (effective * value + 1) / (effective + 2)
    return math.sqrt(p * (1 - p) / effective)


@dataclass(frozen=True, slots=True)
class TargetPlace:
    """Where targets were observed.

    Attributes:
        scheme: the scheme of the place; "": none, only who lives there is known.
        since: when it began there; None: as the scheme says.
        participation: as it is there; None: as the scheme says.
    """

    id: str
    profile: str
    scheme: str = ""
    since: date | None = None
    participation: Participation | None = None
    note: Text = field(default_factory=Text)
    stands: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class Targets:
    """A file of targets.

    Attributes:
        places: those that the file describes, and shipped ones that it names.
    """

    id: str
    title: Text
    places: dict[str, TargetPlace]
    observed: tuple[Target, ...]
    digest: str = ""
