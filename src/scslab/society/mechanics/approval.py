"""Approval: the ordered logit that the survey of 2018 printed (kostka2019, table 4), applied to residents.

    P(approval <= j) = 1 / (1 + exp(-(cut_j - b z)))        j = 1 … 4 of five answers

The coefficients are shipped as printed, all seven models with standard errors. Residents have the terms of model 1:
age in years (the middle of the group: 22, 40.5, 58), income, gender (1: man; our reading, the table does not say),
education, location (1: urban) and region. Standard errors of coefficients are known, their covariances are not:
`draw_coefficients` draws them as if independent, which is too wide for sums of positively correlated ones and too
narrow for others.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from scslab.ground.text import Text
from scslab.society.mechanics.parameter import Mechanic, Parameter
from scslab.society.population.profile import Profile

FILE = Path(__file__).parent / "approval_kostka_2019.csv"
ANSWERS = ("strongly disapprove", "somewhat disapprove", "neither", "somewhat approve", "strongly approve")
APPROVAL = Mechanic(
    "approval",
    Text("Approval", "支持程度"),
    "P(approval <= j) = 1 / (1 + exp(-(cut_j - b z)))",
    (
        Parameter(
            "approval.model", 1, "", (1, 1), "kostka2019", "which printed model; 1 needs what residents have", 1, 1
        ),
    ),
)
TERMS: dict[str, dict[str, dict[str, float]]] = {
    "age": {"14-30": {"Age": 22.0}, "31-50": {"Age": 40.5}, "51-65": {"Age": 58.0}},
    "gender": {"female": {}, "male": {"Gender": 1.0}},
    "region": {"west": {}, "central": {"Region = 2 (Central)": 1.0}, "east": {"Region = 3 (East)": 1.0}},
    "education": {
        "none": {},
        "low": {"Education = 2 (Low)": 1.0},
        "medium": {"Education = 3 (Medium)": 1.0},
        "high": {"Education = 4 (High)": 1.0},
    },
    "income": {
        "below-1000": {},
        "1000-4000": {"Income Group = 2 (1000-4000)": 1.0},
        "above-4000": {"Income Group = 3 (more than 4000)": 1.0},
    },
    "location": {"rural": {}, "urban": {"Urban or Rural": 1.0}},
}
"""What a category contributes to each printed term."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A printed coefficient with its standard error."""

    value: float
    error: float


@cache
def read_model(number: int) -> dict[str, Estimate]:
    """The coefficients and cuts of a printed model, 1 to 7.

    Example:
        >>> read_model(1)["Constant cut3"]
        Estimate(value=0.94, error=0.565)
    """
    with FILE.open(encoding="utf-8", newline="") as stream:
        rows = [row for row in csv.DictReader(stream) if row["model"] == str(number) and row["standard_error"]]
    return {row["term"]: Estimate(float(row["coefficient"]), float(row["standard_error"])) for row in rows}


def draw_coefficients(model: dict[str, Estimate], seed: int) -> dict[str, Estimate]:
    """Coefficients as they might have been: normal around the printed ones, each by itself; cuts stay in order."""
    generator = np.random.Generator(np.random.Philox(seed))
    drawn = {term: float(generator.normal(e.value, e.error)) for term, e in model.items()}
    cuts = sorted(drawn[term] for term in model if "cut" in term)
    drawn.update(zip((term for term in model if "cut" in term), cuts, strict=True))
    return {term: Estimate(drawn[term], e.error) for term, e in model.items()}


def compute_approval(profile: Profile, model: dict[str, Estimate]) -> NDArray[np.float64]:
    """Probabilities of the five answers by cell, shape (cells, 5).

    Raises:
        ValueError: the profile lacks a dimension or has categories that the survey did not have.
    """
    for dimension, effects in TERMS.items():
        if set(profile.dimensions.get(dimension, ())) - set(effects) or dimension not in profile.dimensions:
            raise ValueError(f"approval needs the dimension `{dimension}` with the categories of the survey")
    linear = np.zeros(profile.shape)
    for axis, (dimension, categories) in enumerate(profile.dimensions.items()):
        effects = [sum(model[t].value * x for t, x in TERMS.get(dimension, {}).get(c, {}).items()) for c in categories]
        linear += np.expand_dims(np.array(effects), [a for a in range(linear.ndim) if a != axis])
    cuts = np.array([model[f"Constant cut{j}"].value for j in range(1, 5)])
    below = 1 / (1 + np.exp(-(cuts - linear.reshape(-1, 1))))
    padded = np.hstack([np.zeros((below.shape[0], 1)), below, np.ones((below.shape[0], 1))])
    return np.diff(padded, axis=1)
