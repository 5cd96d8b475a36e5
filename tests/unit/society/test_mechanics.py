"""Mechanics: the table is complete, every parameter is founded, and printed numbers come out."""

from __future__ import annotations

import math
import re
from pathlib import Path

import numpy as np
import pytest

import scslab.society.mechanics as package
from scslab.ground.problems import ProblemsError
from scslab.society.mechanics.approval import TERMS, compute_approval, draw_coefficients, read_model
from scslab.society.mechanics.awareness import compute_log_hazard
from scslab.society.mechanics.barriers import CARRIERS, PROXIES, read_barriers, split_term
from scslab.society.mechanics.behaviour import Sign, compute_deterrence, guess_rate
from scslab.society.mechanics.joining import TRAIT_TERMS, compute_common_utility
from scslab.society.mechanics.observation import to_log_odds
from scslab.society.mechanics.parameter import choose_values
from scslab.society.mechanics.table import MECHANICS
from scslab.society.population.fit import fit_cells
from scslab.society.population.profile import read_profile
from scslab.society.population.traits import NAMES

FOLDER = Path(package.__file__).parent
KEYS = set(re.findall(r"@\w+\{(\w+),", (FOLDER.parents[3] / "docs/references.bib").read_text(encoding="utf-8")))
VALUES = choose_values(MECHANICS)


def test_each_mechanic_is_one_file_and_one_line_in_the_table() -> None:
    files = {path.stem for path in FOLDER.glob("*.py")} - {"__init__", "parameter", "table"}
    assert files == set(MECHANICS)


def test_every_parameter_is_founded() -> None:
    for name, mechanic in MECHANICS.items():
        assert mechanic.title.zh
        assert mechanic.equation
        for p in mechanic.parameters:
            assert p.name.startswith(f"{name}.")
            assert p.source == "prior" or p.source in KEYS, p.source
            assert p.least <= p.prior[0] <= p.value <= p.prior[1] <= p.most
            assert p.about


def test_unknown_and_impossible_values_are_told_together() -> None:
    with pytest.raises(ProblemsError) as caught:
        choose_values(MECHANICS, {"joining.trsut": 1.0, "observation.negative": 1.5})
    assert [p.code for p in caught.value.problems] == ["Y201", "Y202"]
    assert "did you mean `joining.trust`" in str(caught.value)
    assert choose_values(MECHANICS, {"joining.trust": 0.7})["joining.trust"] == 0.7


def test_awareness_by_hand() -> None:
    # (.03 + .38 x .25) / 12 = .0104167; its log is -4.5643.
    assert compute_log_hazard(VALUES, 0.25) == pytest.approx(-4.5643, abs=1e-4)
    assert compute_log_hazard({"awareness.p": 0.0, "awareness.q": 0.4}, 0.0) == -math.inf


def test_utility_by_hand() -> None:
    # -.5 + .914 x .5 + .3 x .4 - .6 x .25 - .5 = -.573
    assert compute_common_utility(VALUES, 0.4, 0.25) == pytest.approx(-0.573)


def test_deterrence_wears_off() -> None:
    # 1 - .25 exp(-7.5 / 7.5) = .90803; with tau 7.5, under a tenth is left after 18 months (exp(-2.4) = .0907).
    assert math.exp(compute_deterrence({**VALUES}, 8)) == pytest.approx(1 - 0.25 * math.exp(-8 / 7.5))
    assert 1 - math.exp(compute_deterrence(VALUES, 18)) < 0.1 * 0.25
    assert guess_rate(VALUES, Sign.NEGATIVE, 50) == pytest.approx(0.01)
    assert guess_rate(VALUES, Sign.POSITIVE, 50) == pytest.approx(0.05)
    assert guess_rate(VALUES, Sign.POSITIVE, 2) == 0.5


def test_log_odds() -> None:
    assert to_log_odds(0.8) == pytest.approx(math.log(4))


def test_barriers_are_those_of_the_interviews() -> None:
    barriers = read_barriers()
    assert len(barriers) == 14
    assert [b.interviewees for b in barriers] == [33, 36, 34, 6, 29, 17, 7, 22, 28, 6, 14, 31, 9, 31]  # as printed
    assert {b.term for b in barriers} == set(CARRIERS) | set(PROXIES)
    assert {*CARRIERS.values(), *(trait for trait, _ in PROXIES.values())} <= {*NAMES, "commercial"}
    # 29 of 39 with a design effect of 2: sqrt(2 x .74359 x .25641 / 39) = .098882
    assert next(b for b in barriers if b.id == "privacy").compute_error(2.0) == pytest.approx(0.098882, abs=1e-6)


def test_terms_behind_barriers_are_those_of_the_utility() -> None:
    # By hand, z = 2: .5 x 1 + .337 x 2 = 1.174; -.914 x .5 = -.457; .6 x .25 = .15; .4 x 2 = .8; .5 x 2 = 1.
    found = {b.term: split_term(VALUES, b.term, 0.25) for b in read_barriers()}
    common = {"cost": 1.174, "digital-skill": 0.674, "usefulness": -0.457, "fear-of-deduction": 0.15}
    common |= {"privacy-concern": 0.8, "trust": 1.0, "alternatives": 0.0, "awareness": 0.0, "mandate": 0.0}
    assert {term: each.common for term, each in found.items()} == pytest.approx(common)
    # What a trait adds is what it takes from the utility: the carriers' weights are those of joining, turned.
    for term, trait in CARRIERS.items():
        if trait in TRAIT_TERMS:
            name, sign = TRAIT_TERMS[trait]
            assert found[term].weight == -sign * VALUES[name]
    assert found["alternatives"].weight == VALUES["joining.alternatives"]
    assert all(found[term].weight == 0 for term in PROXIES)
    # And the common terms are those of the utility, but for b0, social influence and the zero of traits.
    shared = compute_common_utility(VALUES, 0.0, 0.25) - VALUES["joining.b0"]
    skill = VALUES["joining.digital_skill"] * VALUES["barriers.zero"]
    assert -shared == pytest.approx(sum(found[t].common for t in ("cost", "usefulness", "fear-of-deduction")) - skill)


def test_weights_of_the_utility_keep_their_signs() -> None:
    for name in ("usefulness", "digital_skill", "social", "trust", "privacy", "fear", "cost", "alternatives"):
        with pytest.raises(ProblemsError, match="must lie between 0 and 6"):
            choose_values(MECHANICS, {f"joining.{name}": -0.01})


def test_approval_of_one_resident_by_hand() -> None:
    # Model 1: a man of 22, 1,000 to 4,000 yuan, high education, urban, West:
    # .0147 x 22 + .194 + .582 + 1.386 + .326 = 2.8114; P(5) = 1 - 1 / (1 + exp(-(2.523 - 2.8114))) = .57160.
    profile = read_profile("survey-2018")
    wanted = ("14-30", "male", "west", "high", "1000-4000", "urban")
    at = [categories.index(c) for categories, c in zip(profile.dimensions.values(), wanted, strict=True)]
    cell = int(np.ravel_multi_index(at, profile.shape))
    answers = compute_approval(profile, read_model(1))
    assert answers[cell, 4] == pytest.approx(0.57160, abs=1e-5)
    assert np.abs(answers.sum(axis=1) - 1).max() < 1e-12


def test_approval_of_the_surveyed_population() -> None:
    # The model was fitted to those who told an income. The survey found 80 % approval, 49 % strong (weighted).
    profile = read_profile("survey-2018")
    shares = fit_cells(profile.shape, profile.margins).ravel()
    found = shares @ compute_approval(profile, read_model(1))
    assert found[3:].sum() == pytest.approx(0.80, abs=0.03)
    assert found[4] == pytest.approx(0.489, abs=0.03)


def test_every_printed_term_of_model_1_is_used() -> None:
    used = {t for effects in TERMS.values() for terms in effects.values() for t in terms}
    assert used | {f"Constant cut{j}" for j in range(1, 5)} == set(read_model(1))
    assert all(read_model(n) for n in range(1, 8))


def test_drawn_coefficients_scatter_as_printed() -> None:
    model = read_model(1)
    drawn = np.array([draw_coefficients(model, seed)["Urban or Rural"].value for seed in range(2000)])
    assert drawn.mean() == pytest.approx(0.326, abs=4 * 0.134 / math.sqrt(2000))
    assert drawn.std() == pytest.approx(0.134, rel=0.07)


def test_approval_needs_the_survey_s_dimensions() -> None:
    with pytest.raises(ValueError, match="approval needs"):
        compute_approval(read_profile("businesses"), read_model(1))
