"""Synthetic approval: drawn from the printed ordered logits, then moved between respondents until the tables fit.

Each printed model says that its score equations are zero at the printed coefficients. A respondent's answer adds to
them what only depends on that answer, so that all seven models and Tables 2 and 3 are linear in who has which answer.
Swapping answers between respondents keeps the margin of approval and can bring all of them near together.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from scslab.study.design.columns import Booleans, Floats, Integers
from scslab.study.papers.kostka.covariates import Columns, draw
from scslab.study.papers.kostka.kernel_swaps import swap_answers
from scslab.study.papers.kostka.printed import N, read_rows

TERMS: dict[str, tuple[str, float | None]] = {
    "Age": ("age", None), "Income Group = 2 (1000-4000)": ("income", 2),
    "Income Group = 3 (more than 4000)": ("income", 3), "Gender": ("gender", None),
    "Education = 2 (Low)": ("education", 2), "Education = 3 (Medium)": ("education", 3),
    "Education = 4 (High)": ("education", 4), "Urban or Rural": ("location", None),
    "Region = 2 (Central)": ("region", 2), "Region = 3 (East)": ("region", 3),
    "Time on smartphone": ("smartphone_time", None), "Online post frequency": ("post_frequency", None),
    "CCP member": ("party_member", None),
    "Confidence in government": ("government_confidence", None), "Sesame score": ("sesame_score", None),
    "Perceived score relative to friends": ("compared", None), "Transparency of weights": ("transparency", None),
    "Receive information on SCS": ("information", None), "Method of joining": ("joining", None),
    "Fairness of score": ("fairness", None), "Received advantages": ("advantage_any", None),
    "Received disadvantages": ("disadvantage", None), "Improves accountability": ("accountability", None),
    "Abiding by regulations": ("regulations", None), "Improves quality of life": ("quality_of_life", None),
}  # fmt: skip
"""The printed terms: the variable, and for a level of a factor its code."""
N_TRIES = 4_000_000
PROPER_ERROR = 5.0
"""A model whose printed education coefficients are beyond this has no finite estimate for the reference level."""


@dataclass(frozen=True, slots=True)
class Printed:
    """A printed model: covariates `(k, n)` of all respondents, complete rows, parameters (coefficients, cuts)."""

    x: Floats
    is_complete: Booleans
    parameters: Floats
    errors: Floats
    is_separated: bool


def read_models(columns: Columns, folder: Path) -> tuple[Printed, ...]:
    """The seven models of Table 4."""
    rows = read_rows(folder, "table4_ordered_logit.csv")
    found: list[Printed] = []
    for model in dict.fromkeys(row["model"] for row in rows):
        mine = [row for row in rows if row["model"] == model and row["term"] != "Observations"]
        x: list[Floats] = []
        is_complete = np.ones(N, dtype=np.bool_)
        for row in mine:
            if row["term"] in TERMS:
                name, level = TERMS[row["term"]]
                column = columns[name]
                known = np.isfinite(column) & (column < 90)
                is_complete &= known
                x.append(np.where(known, column if level is None else column == level, 0.0))
        parameters = np.array([float(row["coefficient"]) for row in mine])
        errors = np.array([float(row["standard_error"]) for row in mine])
        is_separated = bool((np.abs(parameters[4:7]) > PROPER_ERROR).all())
        found.append(Printed(np.array(x), is_complete, parameters, errors, is_separated))
    return tuple(found)


def chances_of(model: Printed) -> Floats:
    """Chances of the five answers under a printed model, `(n, 5)`."""
    above = _above(model)
    return -np.diff(np.column_stack([np.ones(N), above, np.zeros(N)]), axis=1)


def _above(model: Printed) -> Floats:
    k = model.x.shape[0]
    index = model.parameters[:k] @ model.x
    return 1 / (1 + np.exp(model.parameters[k:] - index[:, None]))


def gains_of(model: Printed, weights: Floats) -> Floats:
    """What each answer moves the estimates, in standard errors, to first order: `(n, 5, p)`.

    The score of answer j is x (1 − F(u) − F(l)) for the coefficients and ∓f / P for the cuts; the inverse of the
    expected information at the printed parameters turns scores into changes of the estimates.
    """
    k = model.x.shape[0]
    p = k + 4
    above, chances = _above(model), np.maximum(chances_of(model), 1e-300)
    density = above * (1 - above)
    scores = np.zeros((N, 5, p))
    padded = np.column_stack([np.ones(N), above, np.zeros(N)])
    for j in range(5):
        slope = padded[:, j] + padded[:, j + 1] - 1
        scores[:, j, :k] = -(slope[:, None] * model.x.T)
        if j < 4:
            scores[:, j, k + j] = density[:, j] / chances[:, j]
        if j > 0:
            scores[:, j, k + j - 1] = -density[:, j - 1] / chances[:, j]
    w = np.where(model.is_complete, weights, 0.0)
    w = w / w[model.is_complete].mean()
    free = np.ones(p, dtype=np.bool_)
    if model.is_separated:
        # Without a finite reference level: its rows say nothing, and Education = 2 becomes the reference.
        w = np.where(model.x[4:7].sum(axis=0) > 0, w, 0.0)
        free[4] = False
    information = np.einsum("nj,njp,njq,n->pq", chances, scores[:, :, free], scores[:, :, free], w, optimize=True)
    moved = np.einsum("njp,pq,n->njq", scores[:, :, free], np.linalg.inv(information), w, optimize=True)
    errors = np.sqrt(np.diag(np.linalg.inv(information)))
    return moved / errors


def share_gains(columns: Columns, weights: Floats, folder: Path, first: Printed) -> tuple[Floats, Floats]:
    """What each answer adds to the shares of Tables 2 and 3 and Figure 4, in standard errors `(n, 5, t)`, and targets.

    Those without schooling also get the answers that Model 1 expects of them: with score equations alone, this small
    reference level could be made of extremes, and its standard errors would be far from the printed ones.
    """
    found: list[Floats] = []
    wanted: list[float] = []

    def add(who: Booleans, answers: tuple[int, ...], share: float, base: Booleans) -> None:
        total = float(weights[base].sum())
        error = max(np.sqrt(max(share * (1 - share), 0.004) / int(base.sum())), 1e-4)
        gain = np.zeros((N, 5))
        for answer in answers:
            gain[:, answer - 1] = np.where(who, weights, 0.0) / total / error
        found.append(gain)
        wanted.append(share / error)

    groups = list_groups(columns)
    for row in read_rows(folder, "table2_approval_by_group.csv"):
        if row["code"] != "5":
            who = groups[row["group"]]
            add(who, (int(row["code"]),), float(row["percent_weighted"]) / 100, who)
    levels = list_levels(columns)
    for row in read_rows(folder, "table3_doubters.csv"):
        share = float(row["doubters_percent"]) / 100
        who = levels[row["variable"], row["level"]]
        # A share of the doubters who answered, as a sum that must vanish: doubters are a fifth of all (Table 2).
        known = np.any([each for (name, _), each in levels.items() if name == row["variable"]], axis=0)
        error = np.sqrt(max(share * (1 - share), 0.004) / (0.2 * N))
        gain = np.zeros((N, 5))
        gain[:, :3] = (np.where(known, weights, 0.0) * (who - share) / (0.2 * weights.sum()) / error)[:, None]
        found.append(gain)
        wanted.append(0.0)
    for key, percent in (("Urban", 82), ("Rural", 68)):
        who = levels["Location", key]
        add(who, (4, 5), percent / 100, who)
    unschooled = first.is_complete & (columns["education"] == 1)
    expected = (chances_of(first)[unschooled] * weights[unschooled, None]).sum(axis=0) / weights[unschooled].sum()
    for answer, share in enumerate(expected, 1):
        add(unschooled, (answer,), float(share), unschooled)
    old = columns["age"] > 50
    add(old, (5,), 0.56, old)
    return np.stack(found, axis=2), np.array(wanted)


def list_groups(columns: Columns) -> dict[str, Booleans]:
    """The groups of Table 2."""
    sesame, tencent, other = (columns[f"use_{name}"] == 1 for name in ("sesame", "tencent", "other"))
    commercial, pilot = sesame | tencent | other, columns["use_pilot"] == 1
    return {
        "Total": np.ones(N, dtype=np.bool_), "Users of Sesame Credit": sesame, "Users of Tencent Credit": tencent,
        "Users of commercial SCSs": commercial,
        "Users of commercial SCSs without using governmental pilots": commercial & ~pilot,
        "Citizens part of governmental pilot": pilot,
        "Citizens part of governmental pilot without using commercial pilots": pilot & ~commercial,
    }  # fmt: skip


def list_levels(columns: Columns) -> dict[tuple[str, str], Booleans]:
    """The levels of Table 3."""
    age = np.digitize(columns["age"], [30.5, 50.5])
    found = {("Age", name): age == i for i, name in enumerate(("14–30", "31–50", "51–65"))}
    lists = {
        "Income": ("income", ("Less than 1,000", "1,000–4,000", "More than 4,000"), 1),
        "Gender": ("gender", ("Female", "Male"), 0), "Education": ("education", ("No", "Low", "Medium", "High"), 1),
        "Location": ("location", ("Rural", "Urban"), 0), "Region": ("region", ("West", "Central", "East"), 1),
    }  # fmt: skip
    for variable, (name, levels, first) in lists.items():
        found |= {(variable, level): columns[name] == first + i for i, level in enumerate(levels)}
    return found


def place_approval(columns: Columns, weights: Floats, counts: Integers, folder: Path, seed: int) -> Floats:
    """Approval 1 to 5 of each respondent, with exactly the printed counts."""
    models = read_models(columns, folder)
    # The start: each respondent's mean index over the models that he is in, plus logistic noise, cut at the counts.
    index, n_models = np.zeros(N), np.zeros(N)
    for model in models:
        k = model.x.shape[0]
        level = model.parameters[:k] @ model.x - model.parameters[-2]
        index += np.where(model.is_complete, level, 0.0)
        n_models += model.is_complete
    index = np.where(n_models > 0, index / np.maximum(n_models, 1), -0.6)
    noise = draw(seed, "approval").logistic(size=N)
    fixed = np.zeros(N, dtype=np.bool_)
    for model in models:
        if model.is_separated:
            fixed |= model.is_complete & (model.x[4:7].sum(axis=0) == 0)
    order = np.argsort(index + noise + 1e3 * fixed, kind="stable")
    answers = np.empty(N, dtype=np.int64)
    answers[order] = np.repeat(np.arange(5), counts)
    gains = [gains_of(model, weights) for model in models]
    shares, targets = share_gains(columns, weights, folder, models[0])
    every = np.ascontiguousarray(np.concatenate([*gains, shares], axis=2))
    state = every[np.arange(N), answers].sum(axis=0)
    state[-targets.size :] -= targets
    swap_answers(answers, every, state, fixed, N_TRIES, seed, 0.5)
    return (answers + 1).astype(np.float64)
