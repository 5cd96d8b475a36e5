"""Approval as the survey's printed coefficients would have it of these residents, with their uncertainty."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scslab.society.mechanics.approval import ANSWERS, compute_approval, draw_coefficients, read_model
from scslab.society.simulation import Simulated

DRAWS = 400
BAND = (0.05, 0.95)
"""The quantiles of the band: nine tenths of the draws."""


def compute_approval_shares(run: Simulated) -> pl.DataFrame | None:
    """The expected share of each answer among the residents: `answer, share`.

    None where the profile has not the survey's dimensions.
    """
    try:
        by_cell = compute_approval(run.setting.profile, read_model(1))
    except ValueError:
        return None
    return pl.DataFrame({"answer": list(ANSWERS), "share": _share_cells(run) @ by_cell})


def estimate_approval(run: Simulated, *, draws: int = DRAWS) -> pl.DataFrame | None:
    """The expected shares with their uncertainty; None where the profile has not the survey's dimensions.

    Args:
        run: the simulation; only who lives there matters, not what happened.
        draws: how often coefficients are drawn from their printed standard errors.

    Returns:
        `answer, share, low, high`, and last a row `approve` that sums the two upper answers; the band holds nine
        tenths of the draws. Covariances of the coefficients were not printed and are taken as none, so the band is
        rough (see `mechanics.approval`); it is too wide where cuts and coefficients move together.
    """
    found = compute_approval_shares(run)
    if found is None:
        return None
    cells, model, profile = _share_cells(run), read_model(1), run.setting.profile
    drawn = [cells @ compute_approval(profile, draw_coefficients(model, k)) for k in range(draws)]
    low, high = np.quantile(np.array([_add_approval(each) for each in drawn]), BAND, axis=0)
    share = _add_approval(found["share"].to_numpy())
    return pl.DataFrame({"answer": [*ANSWERS, "approve"], "share": share, "low": low, "high": high})


def _share_cells(run: Simulated) -> NDArray[np.float64]:
    """The share of residents in each cell."""
    return np.bincount(run.agents.cell, minlength=int(np.prod(run.setting.profile.shape))) / run.agents.n


def _add_approval(shares: NDArray[np.float64]) -> NDArray[np.float64]:
    """The shares of the answers, and the sum of the last two."""
    return np.append(shares, shares[-2:].sum())
