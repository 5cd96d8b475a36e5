"""The 14 barriers of the interview study, as latent parts of the utility of joining (likostka2022, table 1).

Of 44 interviewees 39 did not take part; n_b of them named barrier b. Each barrier belongs to a term of the utility, as
`study/interviews/constructs.yaml` has it, and the term with its sign turned, so that more is worse, is T_b:

    cost               b_c C + b_d (z - x_digital)        fear-of-deduction  b_f F
    digital-skill      b_d (z - x_digital)                usefulness         - b_m M
    privacy-concern    b_v (z + x_privacy)                alternatives       b_a A
    trust              b_t (z - x_trust)                  awareness, mandate act before the utility: 0

A resident names the barrier where

    k (T_b - T0_b) + l p + s e > Phi^-1(1 - n_b / 39)

T_b is the resident's term by the parameters in force, T0_b that of the average resident by the shipped ones, and k the
response: so many standard deviations of the latent for one log odds of the utility. A trait in the term loads on the
latent by k times its weight: .42 for digital skill, .5 for privacy, .63 for trust as shipped, as items in
questionnaires load on their factor; parameters move the latent by the same k. (On the scale of the whole decision one
log odds is 1 / 1.7 standard deviations: the band of the response begins there.) Traits are centred, and what an average
concern costs is part of b0; what can be named counts from none at all, which lies z standard deviations off. Where all
residents share a term, p is the trait that we think makes people feel it, with loading l. e is a standard normal of the
resident, and s makes the latent's variance 1 at the shipped values. So at the shipped values average residents name
barriers as the interviewees did *by construction*; whatever moves a term moves its barriers, by the normal curve.

Two barriers are not of the utility. Little awareness is named by all who do not know of the scheme, and by a share
`known` of those who do; 33 of 39 is what that gives where a sixth know. That participation is not mandatory is named
under opt-in schemes alone: where all are enrolled nobody can name it. The interviews were no random sample: with a
design effect the standard error of a share p is sqrt(design_effect p (1 - p) / 39).
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
from scslab.society.mechanics.parameter import Mechanic, Parameter, Values

FILE = Path(__file__).parent / "barriers_li_kostka_2022.csv"
NOT_TAKING_PART = 39
"""Interviewees who took no part; barriers were counted among them."""
CARRIERS = {
    "cost": "digital-skill",
    "digital-skill": "digital-skill",
    "privacy-concern": "privacy-concern",
    "trust": "trust",
    "alternatives": "commercial",
}
"""What a term depends on beside the parameters: a trait, or whether the resident uses a commercial scheme (0 or 1)."""
PROXIES = {
    "fear-of-deduction": ("conscientiousness", -1),
    "usefulness": ("means", 1),
    "awareness": ("digital-skill", -1),
    "mandate": ("conscientiousness", -1),
}
"""For terms that all residents share: the trait that makes them feel it, and in which direction. Our reading."""
BARRIERS = Mechanic(
    "barriers",
    Text("Barriers to taking part", "参与障碍"),
    "k (T_b - T0_b) + l p + s e > Phi^-1(1 - n_b / 39)",
    (
        Parameter("barriers.response", 1.25, "sd per log odds", (0.6, 1.8), "prior", "k: latent by term", 0, 1.9),
        Parameter("barriers.loading", 0.5, "", (0.2, 0.8), "prior", "l: of a trait on a shared term", -0.99, 0.99),
        Parameter("barriers.zero", 2.0, "sd", (1.0, 3.0), "prior", "z: from the average to no concern", 0, 6),
        Parameter(
            "barriers.known", 0.1, "share", (0.02, 0.3), "prior", "who know it and say they know little", 1e-4, 1 - 1e-4
        ),
        Parameter("barriers.design_effect", 2.0, "", (1.0, 4.0), "prior", "interviews are no random sample", 1, 20),
    ),
)


@dataclass(frozen=True, slots=True)
class Term:
    """A term of the utility with its sign turned: `common + weight x`, in log odds; more is worse.

    Attributes:
        common: what all residents share.
        weight: of the carrier x (`CARRIERS`); 0 where there is none.
    """

    common: float
    weight: float = 0.0


def split_term(values: Values, term: str, share_taking: float) -> Term:
    """The term behind a barrier.

    Args:
        values: parameters.
        term: as `Barrier.term`.
        share_taking: the share of the scheme's rules that take points, 0 to 1.

    Example:
        >>> from scslab.society.mechanics.parameter import choose_values
        >>> from scslab.society.mechanics.table import MECHANICS
        >>> split_term(choose_values(MECHANICS), "privacy-concern", 0.5)
        Term(common=0.8, weight=0.4)
    """
    v, zero = values, values["barriers.zero"]
    skill, trust, privacy = (v[f"joining.{name}"] for name in ("digital_skill", "trust", "privacy"))
    return {
        "cost": Term(v["joining.cost"] * v["joining.burden"] + skill * zero, -skill),
        "digital-skill": Term(skill * zero, -skill),
        "privacy-concern": Term(privacy * zero, privacy),
        "trust": Term(trust * zero, -trust),
        "fear-of-deduction": Term(v["joining.fear"] * share_taking),
        "usefulness": Term(-v["joining.usefulness"] * v["joining.benefits"]),
        "alternatives": Term(0.0, v["joining.alternatives"]),
    }.get(term, Term(0.0))


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
