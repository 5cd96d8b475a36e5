"""Agents at the fitted values: how far a simulation of so many residents lies from the twin."""

from __future__ import annotations

import numpy as np
import polars as pl

from scslab.society.calibration.city import City, run_city
from scslab.society.calibration.twin import MEASURES
from scslab.society.mechanics.parameter import Values
from scslab.society.setting import Setting, Tell


def verify_with_agents(
    city: City, values: Values, months: int, residents: int, *, seed: int = 1, tell: Tell | None = None
) -> pl.DataFrame:
    """Simulates a city and sets it beside its twin.

    Args:
        city: with a scheme.
        values: all parameters of the mechanics.
        months: how long; whole years are simulated.
        residents: how many.
        seed: of the simulation.
        tell: hears of the progress.

    Raises:
        ValueError: the city has no scheme.

    Returns:
        A table `city, month, measure, agents, twin`; luck of one run is of the order of 1 / sqrt(residents).
    """
    from scslab.society.simulation import simulate  # the engine, which a fit without agents has no use for

    if city.scheme is None:
        raise ValueError(f"`{city.id}` has no scheme to live under")
    years = -(-months // 12)
    setting = Setting(city.scheme, city.profile, residents, years, seed=seed, first=city.first, values=values)
    run = simulate(setting, tell=tell or (lambda step, share: None))
    twin = run_city(city, values, 12 * years)
    frame = run.months
    found = {
        "aware": frame["aware"].to_numpy() / residents,
        "taking_part": frame["taking_part"].to_numpy() / residents,
        "acceptance": frame["acceptance"].to_numpy(),
    }
    days = frame["month"].to_list()
    return pl.DataFrame(
        {
            "city": [city.id for _ in MEASURES for _ in days],
            "month": days * len(MEASURES),
            "measure": [name for name in MEASURES for _ in days],
            "agents": np.concatenate([found[name] for name in MEASURES]),
            "twin": np.concatenate([getattr(twin, name) for name in MEASURES]),
        }
    )
