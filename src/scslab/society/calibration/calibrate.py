"""Calibration from targets to bands: the whole course in one call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from scslab.society.calibration.fit import Fit, fit_model
from scslab.society.calibration.identify import (
    draw_posterior,
    find_tensions,
    leave_out,
    tabulate_identifiability,
    tabulate_information,
    tabulate_targets,
)
from scslab.society.calibration.model import PER_CITY, Model, make_model
from scslab.society.calibration.priors import MEASUREMENT, choose_priors
from scslab.society.calibration.targets import Targets
from scslab.society.calibration.targets_reader import read_targets
from scslab.society.calibration.twin import MEASURES
from scslab.society.calibration.verify import verify_with_agents
from scslab.society.setting import Tell

DRAWS = 400
"""Draws from the posterior behind every band: the ends of a band of 90 % are then off by some 5 % of its width."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """What a calibration found.

    Attributes:
        model, fit: what was fitted to what, and the best point.
        targets: the file of targets.
        parameters: one row a free parameter; see `identify.tabulate_identifiability`.
        information: which target informs which parameter; see `identify.tabulate_information`.
        predictions: one row a target, fitted or held out; see `identify.tabulate_targets`.
        tensions: pairs of targets that pull against each other; see `identify.find_tensions`.
        courses: `city, month, measure, low, middle, high, best`: bands of 90 % and the best point.
        draws: `draw, name, city, value`: parameters as they may be, for other computations to carry on.
        effective: how many independent draws would say as much.
        agents: simulations beside the twin, see `verify.verify_with_agents`; None where there was none.
    """

    model: Model
    fit: Fit
    targets: Targets
    parameters: pl.DataFrame
    information: pl.DataFrame
    predictions: pl.DataFrame
    tensions: pl.DataFrame
    courses: pl.DataFrame
    draws: pl.DataFrame
    effective: float
    agents: pl.DataFrame | None = None

    @property
    def cities(self) -> tuple[str, ...]:
        """The calibrated cities."""
        return tuple(city.id for city in self.model.cities if city.scheme)

    def find_values(self, city: str = "") -> dict[str, float]:
        """The fitted parameters of a city by name, for `Setting.values`; those of measurement are left out.

        Args:
            city: one of `cities`; may be left out where there is one alone.
        """
        values = self.model.find_values(self.fit.u, city or self.cities[0])
        names = {slot.prior.name for slot in self.model.slots} - set(MEASUREMENT)
        return {name: values[name] for name in values if name in names}

    def find_all_values(self, city: str = "") -> dict[str, float]:
        """All parameters of the mechanics, fitted or not."""
        values = self.model.find_values(self.fit.u, city or self.cities[0])
        return {name: value for name, value in values.items() if name not in MEASUREMENT}


def calibrate(
    cities: str | Sequence[str], targets: Targets | Path | str | None = None, *, parameters: Sequence[str] = (),
    values: Mapping[str, float] | None = None, per_city: Sequence[str] = PER_CITY, months: int = 0, residents: int = 0,
    draws: int = DRAWS, seed: int = 1, tell: Tell | None = None,
) -> Calibration:  # fmt: skip
    """Fits the mean-field twin of one city, or of several together, to what was observed.

    Args:
        cities: places of the targets with a scheme.
        targets: from `read_targets`, or a file; None: the shipped ones.
        parameters: which are free, by name or mechanic; none: all on which adoption depends.
        values: others in place of the shipped ones.
        per_city: free parameters of which each city has its own, where there are several cities.
        months: how far the bands reach at least.
        residents: of a simulation at the fitted values for each city; 0: none.
        draws: from the posterior.
        seed: of draws and simulations.
        tell: hears of the progress.

    Raises:
        ProblemsError: the targets have problems, or the cities and parameters are not there (Y4xx).

    Example:
        >>> found = calibrate("hangzhou", parameters=["awareness.p", "joining.b0"], draws=20)
        >>> found.parameters["parameter"].to_list(), found.parameters["judgement"][0]
        (['awareness.p', 'joining.b0'], 'identified')
    """
    hear = tell or (lambda step, share: None)
    names = (cities,) if isinstance(cities, str) else tuple(cities)
    read = targets if isinstance(targets, Targets) else read_targets(targets)
    model = make_model(
        read, names, choose_priors(tuple(parameters)), values=values, per_city=per_city, months=months
    )  # fmt: skip
    hear("fitting", 0.0)
    generator = np.random.Generator(np.random.Philox(seed))
    zero = np.zeros(len(model.slots))
    fit = fit_model(model, starts=[zero, *generator.normal(size=(2, zero.size))])
    hear("leaving out", 0.0)
    left = leave_out(model, fit)
    hear("drawing", 0.0)
    drawn = draw_posterior(model, fit, draws, seed)
    agents = [
        verify_with_agents(
            city, {n: v for n, v in model.find_values(fit.u, city.id).items() if n not in MEASUREMENT}, model.months,
            residents, seed=seed, tell=tell,
        )
        for city in model.cities
        if city.scheme and residents
    ]  # fmt: skip
    return Calibration(
        model, fit, read, tabulate_identifiability(model, fit, left), tabulate_information(model, fit, left),
        tabulate_targets(model, fit, left, drawn.predicted), find_tensions(model, fit, left),
        _band_courses(model, fit, drawn.courses), _tabulate_draws(model, drawn.u), drawn.effective,
        pl.concat(agents) if agents else None,
    )  # fmt: skip


def _band_courses(model: Model, fit: Fit, courses: Mapping[str, np.ndarray]) -> pl.DataFrame:
    frames: list[pl.DataFrame] = []
    best = model.run(fit.u)
    for city in model.cities:
        if city.id not in courses:
            continue
        days = city.list_days(model.months)
        for k, measure in enumerate(MEASURES):
            low, middle, high = np.quantile(courses[city.id][:, :, k], [0.05, 0.5, 0.95], axis=0)
            frames.append(
                pl.DataFrame(
                    {
                        "city": [city.id] * len(days), "month": days, "measure": [measure] * len(days), "low": low,
                        "middle": middle, "high": high, "best": getattr(best[city.id], measure),
                    }
                )
            )  # fmt: skip
    return pl.concat(frames)


def _tabulate_draws(model: Model, u: np.ndarray) -> pl.DataFrame:
    n = len(u)
    return pl.concat(
        [
            pl.DataFrame(
                {
                    "draw": np.arange(n), "name": [slot.prior.name] * n, "city": [slot.city] * n,
                    "value": [slot.prior.to_value(x) for x in u[:, k].tolist()],
                }
            )
            for k, slot in enumerate(model.slots)
        ]
    )  # fmt: skip
