"""Caps and feasibility; the expected numbers are derived by hand in the comments."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scslab.ground.problems import ProblemsError
from scslab.study.weighting.caps import Cap, CapRule, check_cap, rake_and_trim, trim
from scslab.study.weighting.feasibility import find_smallest_cap, find_unmet
from scslab.study.weighting.margins import CodedMargin, Margin, code_margins
from scslab.study.weighting.weigh import Method, WeightingPlan, weight_sample


def coded(name: str, codes: list[int], totals: list[float]) -> CodedMargin:
    return CodedMargin(name, tuple("abcdef"[: len(totals)]), np.array(codes), np.array(totals, np.float64))


def test_smallest_cap_of_one_margin() -> None:
    """Category a has 1 of 5 respondents and must weigh 3 of 5: its one respondent needs 3."""
    found = find_smallest_cap(np.ones(5), [coded("m", [0, 1, 1, 1, 1], [3, 2])])
    assert found.cap == pytest.approx(3)
    assert found.categories == (("m", "a"),)


def test_smallest_cap_of_two_margins_that_lean_on_each_other() -> None:
    """Three respondents: (a,a), (a,b), (b,b); wanted are 1.5 for each category of both margins.

    (b,b) alone makes up b of the first margin: 1.5. Then b of the second has 1.5 already, so (a,b) is 0 and (a,a) is
    1.5. Alone, no category needs more than 1.5 (a of the second and b of the first).
    """
    first, second = coded("x", [0, 0, 1], [1.5, 1.5]), coded("y", [0, 1, 1], [1.5, 1.5])
    assert find_smallest_cap(np.ones(3), [first, second]).cap == pytest.approx(1.5)


def test_smallest_cap_that_no_single_category_explains() -> None:
    """Six respondents: 2 (a,a), 1 (a,b), 1 (b,a), 2 (b,b); wanted: x a 3, b 3; y a 4, b 2.

    With p, q, r, s the sums: p+q=3, r+s=3, p+r=4, q+s=2, so p = 1+s, q = 2-s, r = 3-s. The cap c must allow
    p <= 2c, q <= c, r <= c, s <= 2c. r <= c and p <= 2c: 3-s <= c and 1+s <= 2c; adding: 4 <= 3c, c = 4/3, at
    s = 5/3, where q = 1/3. The category y a alone has 3 respondents for 4: 4/3, so it is the one to blame.
    """
    x, y = coded("x", [0, 0, 0, 1, 1, 1], [3, 3]), coded("y", [0, 0, 1, 0, 1, 1], [4, 2])
    found = find_smallest_cap(np.ones(6), [x, y])
    assert found.cap == pytest.approx(4 / 3)
    assert found.categories == (("y", "a"),)


def test_margins_that_contradict_each_other_are_named() -> None:
    """x and y say the same of everybody, but x wants 3 : 1 and y wants 2 : 2."""
    x, y = coded("x", [0, 0, 1, 1], [3, 1]), coded("y", [0, 0, 1, 1], [2, 2])
    assert find_unmet([x, y])
    frame = pl.DataFrame({"x": ["a", "a", "b", "b"], "y": ["a", "a", "b", "b"]})
    plan = WeightingPlan((Margin.of("x", {"a": 3, "b": 1}), Margin.of("y", {"a": 2, "b": 2})))
    with pytest.raises(ProblemsError, match="Q322 no weights can meet the targets of "):
        weight_sample(frame, plan)


def test_the_told_cap_works_when_it_is_typed_in() -> None:
    generator = np.random.default_rng(5)
    x = coded("x", list(generator.choice(3, 200, p=[0.7, 0.25, 0.05])), [80, 80, 40])
    y = coded("y", list(generator.choice(2, 200, p=[0.8, 0.2])), [90, 110])
    base = generator.uniform(0.5, 2, 200)
    with pytest.raises(ProblemsError) as raised:
        rake_and_trim(base, [x, y], Cap(CapRule.RAKE_AND_TRIM, 1.5))
    smallest = float(raised.value.problems[0].help.split()[-1])
    check_cap(base, [x, y], Cap(CapRule.RAKE_AND_TRIM, smallest))
    with pytest.raises(ProblemsError):
        check_cap(base, [x, y], Cap(CapRule.RAKE_AND_TRIM, smallest * 0.999))
    fitted = rake_and_trim(base, [x, y], Cap(CapRule.RAKE_AND_TRIM, smallest * 1.02))
    assert fitted.is_converged
    assert fitted.weights.max() <= smallest * 1.02 * (1 + 1e-8)
    assert max(x.error(fitted.weights), y.error(fitted.weights)) < 1e-10


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000))
def test_a_feasible_cap_is_met_and_an_infeasible_one_told(seed: int) -> None:
    generator = np.random.default_rng(seed)
    x, y = generator.integers(0, 3, 40), generator.integers(0, 2, 40)
    if len(np.unique(x)) < 3 or len(np.unique(y)) < 2:
        return
    margins = [coded("x", list(x), list(40 * generator.dirichlet([3, 3, 3]))), coded("y", list(y), [18, 22])]
    at = float(generator.uniform(1.05, 3))
    smallest = find_smallest_cap(np.ones(40), margins).cap
    cap = Cap(CapRule.RAKE_AND_TRIM, at)
    if smallest > at * 1.000001:
        with pytest.raises(ProblemsError, match="Q321"):
            rake_and_trim(np.ones(40), margins, cap)
    elif smallest < at * 0.98:
        fitted = rake_and_trim(np.ones(40), margins, cap)
        assert fitted.weights.max() <= at * (1 + 1e-8)
        assert max(margin.error(fitted.weights) for margin in margins) < 1e-9


def test_trimming_keeps_the_sum_and_the_limits() -> None:
    """By hand: 10 is cut to 4, its 6 go to the other three in equal parts."""
    assert trim(np.array([1.0, 2.0, 1.0, 10.0]), 4.0).tolist() == [3.0, 4.0, 3.0, 4.0]
    with pytest.raises(ProblemsError, match="Q320"):
        trim(np.array([1.0, 3.0]), 1.5)


def test_trimming_moves_margins_and_says_so() -> None:
    frame = pl.DataFrame({"x": ["a"] + ["b"] * 9})
    cap = Cap(CapRule.TRIM, 2.0)
    weights = weight_sample(frame, WeightingPlan((Margin.of("x", {"a": 40, "b": 60}),), cap=cap))
    # a's one weight of 4 becomes 2, its share 20 percent.
    assert weights.to_frame()["weighted_percent"].round(9).to_list() == [20.0, 80.0]
    assert [note.code for note in weights.notes] == ["Q325"]
    assert "off its target by up to 20.0 percentage points" in weights.notes[0].message


def test_bounded_calibration_names_the_smallest_bound() -> None:
    """a is 1 of 10 and must be 40 percent: its factor is 4, whatever the distance."""
    frame = pl.DataFrame({"x": ["a"] + ["b"] * 9})
    margins = (Margin.of("x", {"a": 40, "b": 60}),)
    plan = WeightingPlan(margins, Method.CALIBRATION, cap=Cap(CapRule.BOUNDED, 3.0, 0.3))
    with pytest.raises(ProblemsError, match=r"Q321 no factors from 0\.3 up to 3 give `a` of `x` its target"):
        weight_sample(frame, plan)
    with pytest.raises(ProblemsError, match="the smallest possible cap is 4"):
        weight_sample(frame, plan)


def test_everything_wrong_with_the_data_is_told_at_once() -> None:
    frame = pl.DataFrame({"sex": ["f", None, "m", "d"], "age": ["y", "y", "o", "o"]})
    margins = [Margin.of("sex", {"f": 1, "m": 1, "x": 1}), Margin.of("aeg", {"y": 1})]
    with pytest.raises(ProblemsError) as raised:
        code_margins(frame, margins, 4.0)
    assert [problem.code for problem in raised.value.problems] == ["Q310", "Q311", "Q312", "Q313"]
    assert raised.value.problems[0].help == "did you mean `age`?"


@pytest.mark.parametrize("bad", [0.0, -1.0, float("nan"), None])
def test_bad_base_weights(bad: float | None) -> None:
    frame = pl.DataFrame({"x": ["a", "b"], "w": [1.0, bad]})
    with pytest.raises(ProblemsError, match="Q315 1 respondent has a base weight"):
        weight_sample(frame, WeightingPlan((Margin.of("x", {"a": 1, "b": 1}),), base="w"))


def test_kish_by_hand() -> None:
    """Weights 1, 1, 2, 4 (in means of 2: .5 .5 1 2): n Σw² / (Σw)² = 4 × 22 / 64 = 1.375; effective n 64 / 22."""
    frame = pl.DataFrame({"x": ["a", "a", "b", "c"]})
    weights = weight_sample(frame, WeightingPlan((Margin.of("x", {"a": 2, "b": 2, "c": 4}),)))
    found = weights.efficiency
    assert found.design_effect == pytest.approx(1.375)
    assert found.effective_n == pytest.approx(64 / 22)
    assert found.margin_of_error == pytest.approx(1.96 * (0.25 / (64 / 22)) ** 0.5)
    assert found.assumption.startswith("A model statement")


def test_the_papers_margin_of_error() -> None:
    """Without weights, 2,209 respondents give 1.96 √(.25 / 2209) = 2.085 percentage points."""
    frame = pl.DataFrame({"x": ["a"] * 1104 + ["b"] * 1105})
    weights = weight_sample(frame, WeightingPlan((Margin.of("x", {"a": 1104, "b": 1105}),)))
    assert weights.efficiency.margin_of_error == pytest.approx(0.020851, abs=5e-7)
