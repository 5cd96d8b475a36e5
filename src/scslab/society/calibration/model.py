"""From parameters to what the targets should show: one vector of deviations in, one prediction for each target out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scslab.ground.problems import Problem, ProblemsError
from scslab.society.calibration.city import City, open_city, run_city
from scslab.society.calibration.priors import MEASUREMENT, RECOGNISES, Prior
from scslab.society.calibration.targets import PILOTS, Observable, Role, Target, Targets
from scslab.society.calibration.twin import Course
from scslab.society.mechanics.parameter import Values, choose_values, find_wrong_value
from scslab.society.mechanics.table import MECHANICS

Floats = NDArray[np.float64]
PER_CITY = ("awareness.p",)
"""Parameters of which each city has its own; all others are shared."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A free parameter: of all cities, or of one."""

    prior: Prior
    city: str = ""

    @property
    def label(self) -> str:
        """As results name it: `joining.b0`, `awareness.p[xiamen]`."""
        return f"{self.prior.name}[{self.city}]" if self.city else self.prior.name


@dataclass(frozen=True, slots=True)
class Model:
    """What is fitted to what.

    Attributes:
        cities: those that are calibrated, and places without a scheme whose targets speak of the same parameters.
        targets: those that concern the cities.
        slots: free parameters.
        values: all parameters, those of measurement included; free ones in the middle of their priors.
        months: how long the twin of each city runs.
    """

    cities: tuple[City, ...]
    targets: tuple[Target, ...]
    slots: tuple[Slot, ...]
    values: Values
    months: int

    @property
    def fitted(self) -> tuple[int, ...]:
        """Which targets the fit may use."""
        return tuple(k for k, target in enumerate(self.targets) if target.role is Role.FIT)

    @property
    def errors(self) -> Floats:
        """Standard deviations of the targets."""
        return np.array([target.error for target in self.targets])

    @property
    def observed(self) -> Floats:
        """What was observed."""
        return np.array([target.value for target in self.targets])

    def find_values(self, u: Floats, city: str = "") -> dict[str, float]:
        """All parameters of a city at the deviations `u`, shape (slots,)."""
        values = dict(self.values)
        for slot, deviation in zip(self.slots, u, strict=True):
            if slot.city in ("", city):
                values[slot.prior.name] = slot.prior.to_value(float(deviation))
        return values

    def run(self, u: Floats) -> dict[str, Course]:
        """The course of each city."""
        return {
            city.id: run_city(city, self.find_values(u, city.id), self.months if city.scheme else 1)
            for city in self.cities
        }

    def predict(self, u: Floats, courses: Mapping[str, Course] | None = None) -> Floats:
        """What each target should show, shape (targets,)."""
        found, values = courses or self.run(u), self.find_values(u)
        return np.array([predict_target(target, self.cities, found, values) for target in self.targets])


def predict_target(target: Target, cities: Sequence[City], courses: Mapping[str, Course], values: Values) -> float:
    """What a target should show.

    Args:
        target: a target of one of the cities, or of the pilots.
        cities: with their courses.
        courses: by city.
        values: parameters of measurement.
    """
    asked = [city for city in cities if city.id == target.place or (target.place == PILOTS and city.is_opt_in)]
    found = [_read_course(target, city, courses[city.id]) for city in asked]
    seen = values[RECOGNISES.name] if target.observable is Observable.AWARE_OF_PILOT else 1.0
    return target.exposed * seen * sum(found) / len(found)


def _read_course(target: Target, city: City, course: Course) -> float:
    if target.observable is Observable.COMMERCIAL:
        return course.commercial
    if target.observable is Observable.APPROVAL:
        return city.approval
    name = "aware" if target.observable is Observable.AWARE_OF_PILOT else target.observable.value
    months = target.list_months(city.first)
    return float(getattr(course, name)[months].mean()) if months else 0.0  # before the launch there is nothing


def make_model(
    targets: Targets, cities: Sequence[str], priors: Sequence[Prior], *, values: Mapping[str, float] | None = None,
    per_city: Sequence[str] = PER_CITY, months: int = 0,
) -> Model:  # fmt: skip
    """What is fitted to what.

    Args:
        targets: from `read_targets`.
        cities: the places to calibrate.
        priors: of the free parameters.
        values: other parameters in place of the shipped ones.
        per_city: free parameters of which each city has its own.
        months: how long the courses are at least; targets may ask for more.

    Raises:
        ProblemsError: a place without a scheme, or that is not in the targets (Y408); no target to fit (Y409);
            an unknown parameter (Y201) or an impossible value (Y202).
    """
    chosen = _choose_places(targets, cities)
    opened = tuple(open_city(targets.places[name]) for name in chosen)
    has_pilots = any(city.is_opt_in for city in opened)
    concerned = tuple(t for t in targets.observed if t.place in chosen or (t.place == PILOTS and has_pilots))
    if not any(target.role is Role.FIT for target in concerned):
        text = f"`{targets.id}` has no target to fit for {', '.join(cities)}"
        raise ProblemsError([Problem("Y409", text, help="targets with `role: fit` are fitted")])
    ends = [max(t.list_months(c.first), default=0) + 1 for t in concerned for c in opened if t.place in (c.id, PILOTS)
            and (t.day or t.year or t.months)]  # fmt: skip
    measured = {name: p.value for name, p in MEASUREMENT.items()}
    given = dict(values or {})
    measured |= {name: given.pop(name) for name in list(given) if name in measured}
    problems = [find_wrong_value(MEASUREMENT, name, value) for name, value in measured.items()]
    if any(problems):
        raise ProblemsError([problem for problem in problems if problem])
    with_scheme = [city.id for city in opened if city.scheme]
    slots = [
        Slot(prior, city)
        for prior in priors
        for city in (with_scheme if prior.name in per_city and len(with_scheme) > 1 else [""])
    ]
    return Model(opened, concerned, tuple(slots), choose_values(MECHANICS, given) | measured, max([months, *ends]))


def _choose_places(targets: Targets, cities: Sequence[str]) -> tuple[str, ...]:
    problems: list[Problem] = []
    for name in cities:
        if name not in targets.places or not targets.places[name].scheme:
            known = [place.id for place in targets.places.values() if place.scheme]
            helps = "known here: " + ", ".join(f"`{each}`" for each in known)
            problems.append(Problem("Y408", f"`{name}` is no place with a scheme among the targets", help=helps))
    if problems:
        raise ProblemsError(problems)
    others = [place.id for place in targets.places.values() if not place.scheme]
    return (*dict.fromkeys(cities), *others)
