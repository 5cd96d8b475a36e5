"""A city as the twin sees it: who lives there, under which scheme, since when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from scslab.ground.dates import add_months
from scslab.scheme.catalogue import find_scheme
from scslab.scheme.model import Participation, Scheme
from scslab.society.calibration.cells import Cells, make_cells
from scslab.society.calibration.targets import TargetPlace
from scslab.society.calibration.twin import Course, Stage, compute_lost_lately, run_twin
from scslab.society.conduct.vocabulary import compute_share_taking, list_conduct
from scslab.society.mechanics.approval import compute_approval, read_model
from scslab.society.mechanics.parameter import Values, choose_values
from scslab.society.mechanics.table import MECHANICS
from scslab.society.population.fit import fit_cells
from scslab.society.population.profile import Profile, read_profile
from scslab.society.setting import Reform, Setting

_CONDUCT = ("behaviour.", "observation.")
"""Parameters on which conduct depends; fits leave them alone, so that conduct is worked out once."""


@dataclass(frozen=True, slots=True)
class City:
    """A city.

    Attributes:
        scheme: None where there is none: only who lives there is known.
        first: the first day of the month in which the scheme began.
        share_taking: the share of the kinds of conduct that cost points.
        approval: the share who approve by the survey's model, NaN where the profile lacks its dimensions.
    """

    id: str
    profile: Profile
    scheme: Scheme | None
    first: date
    cells: Cells
    share_taking: float
    approval: float
    _lost: dict[tuple[float, ...], float] = field(default_factory=dict[tuple[float, ...], float], repr=False)

    @property
    def is_opt_in(self) -> bool:
        """Whether one has to join."""
        return self.scheme is not None and self.scheme.participation is Participation.OPT_IN

    def list_days(self, months: int) -> list[date]:
        """The last days of the first so many months."""
        return [add_months(self.first, k + 1) - timedelta(days=1) for k in range(months)]

    def find_lost(self, values: Values) -> float:
        """The share of participants who lost points lately; see `compute_lost_lately`."""
        if self.scheme is None:
            return 0.0
        key = tuple(value for name, value in values.items() if name.startswith(_CONDUCT))
        if key not in self._lost:
            self._lost[key] = compute_lost_lately(values, list_conduct(self.scheme, values), self.cells)
        return self._lost[key]


def make_city(
    profile: Profile, scheme: Scheme | None, first: date | None = None, *, name: str = "",
    participation: Participation | None = None,
) -> City:  # fmt: skip
    """A city.

    Args:
        profile: who lives there.
        scheme: under which scheme, if any.
        first: since when; None: since the scheme is in force, else 2020.
        name: what to call it; "": as the profile.
        participation: as it is there; None: as the scheme says.
    """
    if scheme is not None:
        force = scheme.in_force if first is None else replace(scheme.in_force, since=first)
        scheme = replace(scheme, participation=participation or scheme.participation, in_force=force)
    conduct = () if scheme is None else list_conduct(scheme, choose_values(MECHANICS))
    begins = first or (scheme.in_force.since if scheme else None) or date(2020, 1, 1)
    return City(
        name or profile.id, profile, scheme, begins.replace(day=1), make_cells(profile), compute_share_taking(conduct),
        _approve(profile),
    )  # fmt: skip


def open_city(place: TargetPlace) -> City:
    """The city of a place of a target file."""
    scheme = find_scheme(place.scheme) if place.scheme else None
    profile = read_profile(place.profile)
    return make_city(profile, scheme, place.since, name=place.id, participation=place.participation)


def _approve(profile: Profile) -> float:
    try:
        answers = compute_approval(profile, read_model(1))
    except ValueError:
        return float("nan")
    return float((fit_cells(profile.shape, profile.margins).ravel() @ answers)[3:].sum())


def run_city(city: City, values: Values, months: int, reforms: Sequence[Reform] = ()) -> Course:
    """The twin of a city for so many months from its first day on.

    Args:
        city: the city.
        values: all parameters, as `choose_values` gives them.
        months: how long.
        reforms: what changes on the way, in the order of time; those before the first day hold from the start.

    Example:
        >>> from scslab.scheme.catalogue import find_scheme
        >>> city = make_city(read_profile("hangzhou"), find_scheme("hangzhou-qianjiang"))
        >>> values = choose_values(MECHANICS, {"awareness.p": 0.2})
        >>> course = run_city(city, values, 24, [Reform(date(2019, 11, 1), {"awareness.p": 1.0})])
        >>> bool(course.aware[12] - course.aware[11] > 2 * (course.aware[11] - course.aware[10]))
        True
    """
    if not reforms:
        enrols = city.scheme is not None and not city.is_opt_in
        stage = Stage(0, values, city.share_taking, city.find_lost(values), enrols)
        return run_twin(city.cells, [stage], _list_open(city, city.scheme, months))
    return _run_reformed(city, values, months, reforms)


def _run_reformed(city: City, values: Values, months: int, reforms: Sequence[Reform]) -> Course:
    stages: dict[int, Stage] = {}
    opens = _list_open(city, city.scheme, months)
    now, rates, scheme = dict(values), dict[str, float](), city.scheme
    for reform in (Reform(city.first), *reforms):
        now, rates, scheme = now | dict(reform.values), rates | dict(reform.rates), reform.scheme or scheme
        at = max(0, (reform.since.year - city.first.year) * 12 + reform.since.month - city.first.month)
        if at < months:
            conduct = () if scheme is None else list_conduct(scheme, now, rates)
            enrols = scheme is not None and scheme.participation is not Participation.OPT_IN
            lost = compute_lost_lately(now, conduct, city.cells)
            stages[at] = Stage(at, dict(now), compute_share_taking(conduct), lost, enrols)
            opens[at:] = _list_open(city, scheme, months)[at:]
    return run_twin(city.cells, list(stages.values()), opens)


def run_setting(setting: Setting) -> Course:
    """The twin of what `simulate` would simulate: the same people, scheme, values, rates and reforms, without luck.

    Example:
        >>> from scslab.scheme.catalogue import find_scheme
        >>> scheme, profile = find_scheme("hangzhou-qianjiang"), read_profile("hangzhou")
        >>> setting = Setting(scheme, profile, 1000, 2, first=date(2019, 1, 1))
        >>> run_setting(setting).aware.shape
        (24,)
    """
    scheme, conduct = setting.scheme, list_conduct(setting.scheme, choose_values(MECHANICS))
    city = City(
        setting.profile.id, setting.profile, scheme, setting.first, make_cells(setting.profile),
        compute_share_taking(conduct), float("nan"),
    )  # fmt: skip
    reforms = (Reform(setting.first, {}, setting.rates), *setting.reforms)
    return run_city(city, choose_values(MECHANICS, setting.values), 12 * setting.years, reforms)


def _list_open(city: City, scheme: Scheme | None, months: int) -> list[bool]:
    if scheme is None:
        return [False] * months
    force = scheme.in_force
    return [
        (force.since is None or force.since <= end) and (force.until is None or end.replace(day=1) <= force.until)
        for end in city.list_days(months)
    ]
