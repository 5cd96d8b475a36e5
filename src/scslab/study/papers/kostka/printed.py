"""What the printed tables say about the sample: who was asked what, and how many gave which answer."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

from scslab.study.design.columns import Floats, Integers

N = 2209
"""Respondents."""
USERS_EITHER = 1549
"""Users of Sesame or Tencent Credit: the only base that the percentages of fairness and compared scores allow."""
USERS_ANY = 1670
"""Users of some system: 1,639 of a commercial one (Table 2) and 31 of a pilot only; 2,209 less 176 less 363."""

MEASURES: dict[str, tuple[str, tuple[int, ...], int]] = {
    "Approval of social credit systems": ("approval", (1, 2, 3, 4, 5), N),
    "Age": ("age_group", (1, 2, 3), N),
    "Income group (net monthly income in Chinese yuan)": ("income", (1, 2, 3, 99), N),
    "Gender": ("gender", (0, 1), N),
    "Level of education": ("education", (1, 2, 3, 4), 2128),
    "Location": ("location", (1, 0), N),
    "Region": ("region", (1, 2, 3), 2201),
    "Time on smartphone": ("smartphone_time", (1, 2, 3, 4, 5, 6, 97), N),
    "Online post frequency": ("post_frequency", (1, 2, 3, 4, 5, 6), N),
    "CCP member": ("party_member", (0, 1, 99), N),
    "Government confidence": ("government_confidence", (1, 2, 3, 4), N),
    "Sesame credit reported score": ("sesame_score", (1, 2, 3, 4, 5, 6, 98, 99), 1309),
    "Tencent credit reported score": ("tencent_score", (1, 2, 3, 4, 5, 6, 7, 8, 9, 98, 99), 680),
    "Score compared with other family members' and friends' scores": (
        "compared", (1, 2, 3, 4, 5, 98, 99), USERS_EITHER,
    ),
    "Government pilot score compared to other people": ("compared_pilot", (1, 2, 3, 98, 99), 160),
    "Transparency of weights": ("transparency", (1, 2, 3), USERS_EITHER),
    "Receive information on SCS": ("information", (1, 0), USERS_ANY),
    "Methods of joining a SCS": ("joining", (1, 0), USERS_ANY),
    "Perceived fairness of SCS score": ("fairness", (1, 2, 3, 4, 98), USERS_EITHER),
    "Disadvantages of low Sesame or Tencent Score": ("disadvantage", (1, 0, 99), USERS_EITHER),
    "SCS improves accountability": ("accountability", (1, 2, 3, 4, 5), N),
    "SCS helps to abide by regulations": ("regulations", (1, 2, 3, 4, 98), N),
    "SCS improves quality of life": ("quality_of_life", (1, 2, 3, 4, 5), N),
}  # fmt: skip
"""Blocks of Table A2: the variable, its codes in the printed order, and how many were asked. The bases are those under
which the printed percentages exist (`scslab study audit studies/kostka_2019`); where several do, the one that fits the
questionnaire."""

REPAIRS: dict[tuple[str, str], float] = {
    ("Age", "14-30"): 62.43,
    ("SCS improves quality of life", "Neither agree nor disagree"): 26.44,
}
"""Printed percentages that cannot stand beside their neighbours, with the repair that the auditor proposes."""


def read_rows(folder: Path, name: str) -> list[dict[str, str]]:
    """The lines of a printed table."""
    with (folder / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def read_margins(folder: Path) -> dict[str, tuple[Integers, Floats]]:
    """For each variable of Table A2: counts of its codes that sum to the base, and weighted shares that sum to 1."""
    rows = read_rows(folder, "tableA2_marginals.csv")
    found: dict[str, tuple[Integers, Floats]] = {}
    for measure, (name, codes, base) in MEASURES.items():
        block = [row for row in rows if row["measure"] == measure]
        if len(block) != len(codes):
            raise ValueError(f"`{measure}` has {len(block)} lines and {len(codes)} codes")
        percents = np.array(
            [REPAIRS.get((measure, row["item"]), float(row["unweighted_percent"])) for row in block], dtype=np.float64
        )
        weighted = np.array([float(row["weighted_percent"]) for row in block], dtype=np.float64)
        found[name] = (round_to(percents / percents.sum() * base, base), weighted / weighted.sum())
    return found


def round_to(exact: Floats, total: int) -> Integers:
    """Whole numbers with a given sum, by the largest remainders.

    Example:
        >>> round_to(np.array([1.4, 1.3, 1.3]), 4).tolist()
        [2, 1, 1]
    """
    whole = np.floor(exact).astype(np.int64)
    left = total - int(whole.sum())
    whole[np.argsort(whole - exact, kind="stable")[:left]] += 1
    return whole
