"""The 14 barriers of the interview study, as latent parts of the utility (likostka2022, table 1).

Of 44 interviewees 39 did not take part; they named each barrier so and so often. A resident who does not take part
names barrier b where

    l s_b + sqrt(1 - l^2) e > Phi^-1(1 - n_b / 39)

with s_b the trait behind the utility's term (standardised, so that a low trust raises the barriers of trust), e a
standard normal of the resident, and l the loading. Among average residents the shares are those of the interviews,
which were no random sample: with a design effect of `design_effect` the standard error of a share p is
sqrt(design_effect p (1 - p) / 39). Which barrier belongs to which term is read from `study/interviews/constructs.yaml`.
"""

from __future__ import annotations

import csv
import math
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

from scslab.ground.text import Text
from scslab.scheme.problem_list import Problems
from scslab.scheme.yaml_tree import YamlList, YamlMap, YamlText, read_yaml
from scslab.society.mechanics.parameter import Mechanic, Parameter

FILE = Path(__file__).parent / "barriers_li_kostka_2022.csv"
NOT_TAKING_PART = 39
"""Interviewees who took no part; barriers were counted among them."""
TRAITS = {
    "digital-skill": ("digital-skill", -1),
    "cost": ("digital-skill", -1),
    "trust": ("trust", -1),
    "privacy-concern": ("privacy-concern", 1),
    "fear-of-deduction": ("conscientiousness", -1),
    "usefulness": ("means", 1),
    "alternatives": ("digital-skill", 1),
    "awareness": ("digital-skill", -1),
    "mandate": ("conscientiousness", -1),
}
"""The trait behind each term, and the direction in which it raises the barrier. Our reading."""
BARRIERS = Mechanic(
    "barriers",
    Text("Barriers to taking part", "参与障碍"),
    "l s_b + sqrt(1 - l^2) e > Phi^-1(1 - n_b / 39)",
    (
        Parameter("barriers.loading", 0.5, "", (0.2, 0.8), "prior", "l: how far a trait decides", -0.99, 0.99),
        Parameter("barriers.design_effect", 2.0, "", (1.0, 4.0), "prior", "interviews are no random sample", 1, 20),
    ),
)


@dataclass(frozen=True, slots=True)
class Barrier:
    """A barrier.

    Attributes:
        interviewees: how many of the 39 named it.
        term: the term of the utility behind it; `awareness` and `mandate` act before the utility.
    """

    id: str
    factor: str
    term: str
    interviewees: int

    @property
    def share(self) -> float:
        """The share of the 39 who named it."""
        return self.interviewees / NOT_TAKING_PART

    def compute_error(self, design_effect: float) -> float:
        """The standard error of the share."""
        return math.sqrt(design_effect * self.share * (1 - self.share) / NOT_TAKING_PART)


@cache
def read_barriers() -> tuple[Barrier, ...]:
    """The 14 barriers in the order of the table.

    Example:
        >>> first = read_barriers()[0]
        >>> first.id, first.interviewees, first.term
        ('little-awareness', 33, 'awareness')
    """
    # Read as data: `files("scslab")` imports no pillar, and pillars must not import each other.
    text = files("scslab").joinpath("study/interviews/constructs.yaml").read_bytes()
    problems = Problems("Y")
    root = read_yaml(text, "constructs.yaml", problems)
    problems.raise_errors()
    known: dict[str, tuple[str, str]] = {}
    listed = root.get("barriers") if isinstance(root, YamlMap) else None
    for item in listed.items if isinstance(listed, YamlList) else ():
        if isinstance(item, YamlMap):
            texts = {k.text: v.text for k, v in item.pairs if isinstance(v, YamlText)}
            known[texts["factor"]] = texts["id"], texts["utility"]
    with FILE.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    return tuple(
        Barrier(known[r["factor"]][0], r["factor"], known[r["factor"]][1], int(r["interviewees"])) for r in rows
    )
