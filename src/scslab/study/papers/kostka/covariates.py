"""Synthetic covariates: every printed unweighted margin is met exactly; who has what is drawn with two factors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from scslab.study.design.columns import Booleans, Floats, Integers
from scslab.study.papers.kostka.printed import MEASURES, USERS_EITHER, N

Columns = dict[str, Floats]
"""Variables of the respondents, `(n,)` each; NaN where a question was not put."""

LOADINGS: dict[str, tuple[float, float]] = {
    "age_group": (-0.38, 0.20), "gender": (0.36, -0.16), "education": (0.62, -0.05), "location": (0.46, 0.0),
    "income": (0.54, 0.05), "region": (0.16, 0.0), "smartphone_time": (0.34, 0.05), "post_frequency": (0.50, 0.22),
    "party_member": (0.30, 0.25), "government_confidence": (-0.08, 0.56), "use": (0.5, 0.25),
    "sesame_score": (0.44, 0.32), "tencent_score": (0.3, 0.2), "compared": (0.36, 0.38), "compared_pilot": (0.2, 0.3),
    "transparency": (0.34, 0.42), "information": (-0.06, -0.14), "joining": (0.06, 0.08), "fairness": (0.05, 0.58),
    "advantage": (0.22, 0.22), "disadvantage": (0.10, -0.20), "accountability": (0.0, 0.76),
    "regulations": (0.0, 0.78), "quality_of_life": (0.05, 0.58), "approval": (0.0, 0.6),
}  # fmt: skip
"""Loadings on two invented factors, connectedness and trust in the systems. The paper prints no correlations; these
give variance inflation near that of Table A4."""
RURAL = {"transparency": -0.12, "disadvantage": 0.32}
"""What living in the countryside adds to a score."""


def draw(seed: int, purpose: str) -> np.random.Generator:
    """A generator for one purpose, so that a change of one draw leaves the others alone."""
    return np.random.default_rng([seed, *purpose.encode()])


def draw_latent(seed: int) -> dict[str, Floats]:
    """A standard normal score of each respondent for each variable, correlated through the factors."""
    factors = draw(seed, "factors").standard_normal((2, N))
    found: dict[str, Floats] = {}
    for name, (a, b) in LOADINGS.items():
        own = draw(seed, f"own {name}").standard_normal(N)
        found[name] = a * factors[0] + b * factors[1] + np.sqrt(1 - a**2 - b**2) * own
    return found


def deal(score: Floats, who: Booleans, codes: Sequence[int], counts: Integers) -> Floats:
    """Gives codes in the order of a score, each to exactly so many respondents of `who`; NaN for the others.

    Example:
        >>> who = np.array([True, True, True, False])
        >>> deal(np.array([0.3, -1.0, 2.0, 0.0]), who, (1, 2), np.array([1, 2])).tolist()
        [2.0, 1.0, 2.0, nan]
    """
    found = np.full(score.size, np.nan)
    rows = np.flatnonzero(who)
    found[rows[np.argsort(score[rows], kind="stable")]] = np.repeat(np.asarray(codes, dtype=np.float64), counts)
    return found


def choose(seed: int, purpose: str, who: Booleans, count: int) -> Booleans:
    """So many of `who`, by chance."""
    found = np.zeros(who.size, dtype=np.bool_)
    found[draw(seed, purpose).choice(np.flatnonzero(who), count, replace=False)] = True
    return found


def make_covariates(margins: Mapping[str, tuple[Integers, Floats]], seed: int) -> tuple[Columns, dict[str, Floats]]:
    """All variables but approval and weight, and the latent scores."""
    latent = draw_latent(seed)
    everyone = np.ones(N, dtype=np.bool_)
    columns: Columns = {}
    _add_use(columns, latent, seed)
    either = (columns["use_sesame"] + columns["use_tencent"]) > 0
    anyone = either | (columns["use_other"] > 0) | (columns["use_pilot"] > 0)
    _add_gaps(columns, margins, either, seed)
    groups = {
        "sesame_score": columns["use_sesame"] > 0, "tencent_score": columns["use_tencent"] > 0, "compared": either,
        "compared_pilot": columns["use_pilot"] > 0, "transparency": either, "information": anyone, "joining": anyone,
        "fairness": either, "disadvantage": either,
    }  # fmt: skip
    for name, codes, _ in MEASURES.values():
        if name == "approval":
            continue
        if name in RURAL:  # the text prints these shares for the countryside and for towns
            latent[name] = latent[name] + RURAL[name] * (columns["location"] == 0)
        counts, _ = margins[name]
        valid = [i for i, code in enumerate(codes) if code < 90]
        gaps = columns.get(name, np.full(N, np.nan))
        who = groups.get(name, everyone) & np.isnan(gaps)
        order = sorted(valid, key=lambda i: codes[i])
        dealt = deal(latent[name], who, [codes[i] for i in order], counts[order])
        columns[name] = np.where(np.isnan(gaps) | (gaps < 0), np.where(gaps < 0, np.nan, dealt), gaps)
    _separate(columns, either, seed)
    columns["age"] = _draw_ages(columns.pop("age_group"), seed)
    return columns, latent


def _add_use(columns: Columns, latent: Mapping[str, Floats], seed: int) -> None:
    """Who uses what: the counts of Table 2 and Figure 2 leave one solution for the overlaps."""
    kinds = deal(latent["use"], np.ones(N, dtype=np.bool_), range(7), np.array([363, 176, 31, 90, 240, 869, 440]))
    sesame, tencent = kinds >= 5, (kinds == 4) | (kinds == 6)
    either = sesame | tencent
    columns["use_tencent"] = tencent.astype(np.float64)
    columns["use_sesame"] = sesame.astype(np.float64)
    columns["use_pilot"] = ((kinds == 2) | choose(seed, "pilot", kinds >= 3, 129)).astype(np.float64)
    columns["use_other"] = ((kinds == 3) | choose(seed, "other", either, 76)).astype(np.float64)
    columns["use_dont_know"] = (kinds == 1).astype(np.float64)
    columns["use_none"] = (kinds == 0).astype(np.float64)


def _add_gaps(columns: Columns, margins: Mapping[str, tuple[Integers, Floats]], either: Booleans, seed: int) -> None:
    """Where answers are missing, so that each model of Table 4 has the printed number of complete rows.

    The codes 97 to 99 are declared missing; −1 stands for no answer at all.
    """

    def take(name: str, code: int) -> int:
        codes = next(c for n, c, _ in MEASURES.values() if n == name)
        return int(margins[name][0][codes.index(code)])

    def put(name: str, parts: Sequence[tuple[str, Booleans, int]], code: float) -> Booleans:
        found = np.zeros(N, dtype=np.bool_)
        for label, who, count in parts:
            found |= choose(seed, f"gap {name} {label}", who & ~found, count)
        column = columns.setdefault(name, np.full(N, np.nan))
        column[found] = code
        return found

    # 2,209 − 1,944 = 265 rows without income, education or region, 155 of them users of Sesame or Tencent.
    lost = choose(seed, "lost users", either, 155) | choose(seed, "lost others", ~either, 110)
    income = put("income", [("", lost, take("income", 99))], 99)
    region = put("region", [("", lost & ~income, 8)], -1)
    put("education", [("alone", lost & ~income & ~region, 41), ("too", income, 40)], -1)
    kept = ~lost
    put("smartphone_time", [("lost", lost, 8), ("kept", kept, take("smartphone_time", 97) - 8)], 97)
    put("party_member", [("lost", lost, take("party_member", 99) - 129), ("kept", kept, 129)], 99)
    put("regulations", [("lost", lost, take("regulations", 98) - 118), ("kept", kept, 118)], 98)
    put("disadvantage", [("lost", lost & either, take("disadvantage", 99) - 4), ("kept", kept & either, 4)], 99)
    n_fairness = USERS_EITHER - 155 - 1135
    put(
        "fairness",
        [("kept", kept & either, n_fairness), ("lost", lost & either, take("fairness", 98) - n_fairness)],
        98,
    )
    sesame = columns["use_sesame"] > 0
    # Users of Sesame Credit: 1,309 less those lost less these have Model 4's 1,100 complete rows.
    n_out = 1309 - int((lost & sesame).sum()) - 1100
    out = choose(seed, "no score", kept & sesame, n_out)
    unknown, refused = take("compared", 98), take("compared", 99)
    from_out = min(n_out, unknown)
    no_compared = put("compared", [("out", out, from_out), ("lost", lost & either, unknown - from_out)], 98)
    put("compared", [("lost", lost & either & ~no_compared, refused)], 99)
    no_score = put("sesame_score", [("out", out, take("sesame_score", 98))], 98)
    put("sesame_score", [("lost", lost & sesame & ~no_score, take("sesame_score", 99))], 99)
    tencent = columns["use_tencent"] > 0
    no_tencent = put("tencent_score", [("", tencent, take("tencent_score", 98))], 98)
    put("tencent_score", [("", tencent & ~no_tencent, take("tencent_score", 99))], 99)
    pilot = columns["use_pilot"] > 0
    no_pilot = put("compared_pilot", [("", pilot, take("compared_pilot", 98))], 98)
    put("compared_pilot", [("", pilot & ~no_pilot, take("compared_pilot", 99))], 99)


def _separate(columns: Columns, either: Booleans, seed: int) -> None:
    """Leaves four respondents without schooling among the users, as the printed errors of Models 4 to 6 imply.

    The coefficients near −13 of Model 5 are those of a reference level in which everybody gave the same answer. Two of
    the four are in that model; the other two do not know whether their score is fair, so that Models 4 and 6 alone,
    whose errors are near 1.5, hold all four.
    """
    education, fairness = columns["education"], columns["fairness"]
    complete = np.isin(columns["income"], (1, 2, 3)) & np.isfinite(columns["region"])
    scored = (columns["use_sesame"] > 0) & (columns["sesame_score"] < 90) & (columns["compared"] < 90)
    both = complete & scored & (columns["disadvantage"] < 90) & (education == 4)
    keep = choose(seed, "unschooled 5", both & (fairness < 90), 2) | choose(
        seed, "unschooled 4", both & (fairness > 90), 2
    )
    rows = np.flatnonzero((education == 1) & (either | ~complete))
    education[keep] = 1
    pool = np.flatnonzero(~either & complete & (education == 2))
    education[rows] = 2
    education[draw(seed, "unschooled").permutation(pool)[: len(rows) - int(keep.sum())]] = 1
    # Those of level 4 who lost their schooling are replaced, so that the margin stays as printed.
    education[draw(seed, "schooled").permutation(np.flatnonzero(education == 2))[: int(keep.sum())]] = 4


def _draw_ages(groups: Floats, seed: int) -> Floats:
    """Ages in years inside their groups; slopes are such that mean and deviation come near Table A3."""
    found = np.zeros(N)
    for group, (low, high, slope) in {1: (14, 30, 0.065), 2: (31, 50, -0.028), 3: (51, 65, -0.2)}.items():
        ages = np.arange(low, high + 1)
        chances = np.exp(slope * (ages - low))
        who = groups == group
        found[who] = draw(seed, f"age {group}").choice(ages, int(who.sum()), p=chances / chances.sum())
    return found
