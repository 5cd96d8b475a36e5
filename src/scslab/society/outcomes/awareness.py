"""When a resident learned of the scheme: drawn again, since a run keeps no such month for anybody."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np
import polars as pl

from scslab.society.mechanics.awareness import compute_log_hazard
from scslab.society.month.agents import BLOCK
from scslab.society.month.plan import R_AWARENESS, S_RATE_ZERO, make_plan, to_units
from scslab.society.population.population import make_population
from scslab.society.population.profile import Profile
from scslab.society.randomness.kernel_philox import draw_rest, fill_block
from scslab.society.randomness.seeds import seed_of_replicate


def find_month_of_learning(
    profile: Profile, manifest: Mapping[str, Any], months: pl.DataFrame, resident: int
) -> date | None:
    """The last day of the month in which a resident learned of the scheme; None if that has not come.

    The draws of the kernel are made once more for this resident: they depend on nothing but the seed, the traits and
    the share who knew in the month before. Of a run whose parameters changed on the way nothing can be said so: None.

    Args:
        profile: who lives there.
        manifest: of the run.
        months: of the run.
        resident: which one.
    """
    if manifest.get("reforms"):
        return None
    n = int(manifest["residents"])
    population = make_population(profile, n, int(manifest["seed"]))
    values = manifest["values"]
    tables = make_plan(values, (), population.traits.means, 1).tables
    code = population.draw_traits(resident, population.find_cells(resident, 1))[0]
    seed = np.uint64(seed_of_replicate(int(manifest["seed"]), int(manifest["replicate"])))
    words, known, stream = np.empty(BLOCK // 2, np.uint32), 0, tables.streams[R_AWARENESS]
    block = resident - resident % BLOCK
    for k, (day, aware) in enumerate(months.select("month", "aware").iter_rows()):
        hazard = compute_log_hazard(values, known / n)
        if not math.isinf(hazard):
            fill_block(seed, block, k, stream, words)
            upper = int(words.view(np.uint16)[resident - block])
            word = upper << 16 | int(draw_rest(seed, resident, k, stream))
            index = int(tables.scalars[S_RATE_ZERO]) + to_units(hazard) + int(tables.aware[code])
            if word < int(tables.hazard[min(max(index, 0), tables.hazard.size - 1)]):
                return day
        known = aware
    return None
