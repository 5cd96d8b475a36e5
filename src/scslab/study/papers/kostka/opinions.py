"""Synthetic answers on benefits, data users and managers, whose printed shares are of figures, Table 5 and the text."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from scslab.study.papers.kostka.covariates import Columns, deal, draw
from scslab.study.papers.kostka.printed import USERS_EITHER, N, read_rows, round_to

ADVANTAGES = ("credit", "loan_rate", "savings_rate", "visa", "sharing", "check_in", "dating")
"""The lines of Table 5, in order."""
N_ADVANTAGED = 1369
"""88.38 percent of 1,549 users."""
RESPONSIBLE = {"central": 77, "provincial": 48, "municipal": 42, "state_owned": 24, "foreign": 13, "private": 8}
"""Figure 6, in percent."""
MANAGERS = {
    "central": (1, 59),
    "local": (2, 9),
    "joint": (3, 17),
    "private": (4, 1.4),
    "none": (5, 1),
    "unknown": (98, 12.6),
}
"""Figure 5 in percent, with codes. Private companies are printed as "less than 2"; what is left is "I don't know"."""


def add_opinions(columns: Columns, latent: dict[str, np.ndarray], folder: Path, seed: int) -> None:
    """Adds the variables that Table A2 does not list."""
    everyone = np.ones(N, dtype=np.bool_)
    either = (columns["use_sesame"] + columns["use_tencent"]) > 0
    got = deal(latent["advantage"], either, (0, 1), np.array([USERS_EITHER - N_ADVANTAGED, N_ADVANTAGED]))
    columns["advantage_any"] = got
    for name, row in zip(ADVANTAGES, read_rows(folder, "table5_advantages_by_location.csv"), strict=True):
        found = np.where(either, 0.0, np.nan)
        for place, column in ((0, "rural_percent"), (1, "urban_percent")):
            base = either & (columns["location"] == place)
            pool = np.flatnonzero(base & (got == 1))
            count = round(float(row[column]) / 100 * int(base.sum()))
            chosen = draw(seed, f"advantage {name} {place}").choice(pool, min(count, pool.size), replace=False)
            found[chosen] = 1
        columns[f"advantage_{name}"] = found
    # Whoever has a benefit has one of those that Table 5 lists: a rest with none has the likeliest one.
    listed = np.nansum([columns[f"advantage_{name}"] for name in ADVANTAGES], axis=0)
    columns["advantage_other"] = np.where(either, ((got == 1) & (listed == 0)).astype(np.float64), np.nan)
    refused = np.where(columns["disadvantage"] == 1, 1.0, 0.0)
    columns["credit_difficulty"] = np.where(either, 0.0, np.nan)
    for place, share in ((0, 0.05), (1, 0.02)):
        base = either & (columns["location"] == place)
        pool = np.flatnonzero(base & (refused == 1))
        chosen = draw(seed, f"difficulty {place}").choice(pool, round(share * int(base.sum())), replace=False)
        columns["credit_difficulty"][chosen] = 1
    for name, percent in RESPONSIBLE.items():
        score = 0.4 * latent["government_confidence"] + draw(seed, f"responsible {name}").standard_normal(N)
        counts = round_to(np.array([1 - percent / 100, percent / 100]) * N, N)
        columns[f"responsible_{name}"] = deal(score, everyone, (0, 1), counts)
    percents = np.array([percent for _, percent in MANAGERS.values()])
    counts = round_to(percents / 100 * N, N)
    codes = [code for code, _ in MANAGERS.values()]
    columns["manager"] = deal(draw(seed, "manager").standard_normal(N), everyone, codes, counts)
    columns["mistrust"] = deal(
        draw(seed, "mistrust").standard_normal(N), everyone, (0, 1), round_to(np.array([0.24, 0.76]) * N, N)
    )
    _add_pilot_places(columns, seed)


def _add_pilot_places(columns: Columns, seed: int) -> None:
    """43 percent live where a local pilot runs; 11 percent of them know that they are part of one (Figure 2)."""
    pilot = columns["use_pilot"] == 1
    n_places = round(0.43 * N)
    n_aware = round(0.11 * n_places)
    found = np.zeros(N)
    found[draw(seed, "aware").choice(np.flatnonzero(pilot), n_aware, replace=False)] = 1
    found[draw(seed, "places").choice(np.flatnonzero(~pilot), n_places - n_aware, replace=False)] = 1
    columns["pilot_locality"] = found
