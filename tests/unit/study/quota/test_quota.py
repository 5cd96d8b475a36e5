"""The five-step quota; the printed integers are those of Table A1 of kostka2019."""

from __future__ import annotations

import csv
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scslab.ground.problems import ProblemsError
from scslab.study.quota.plan import QuotaInput, plan_quota
from scslab.study.quota.printed import compare_printed, try_conventions
from scslab.study.quota.reader import read_quota
from scslab.study.quota.rounding import ROUNDINGS, Carry, Rounding

STUDY = Path(__file__).parents[4] / "studies" / "kostka_2019"
PRINTED = """\
228,212,336,73,123,140
200,183,290,63,106,121
300,267,423,92,155,176
287,239,379,83,139,158
500,205,325,71,119,135
485,155,246,54,90,102
"""
"""Table A1 as printed: normalised, reduced, renormalised, the three regions."""


def test_all_36_printed_integers_come_out() -> None:
    quota = plan_quota(read_quota(STUDY).given)
    computed = list(zip(*(step.whole for step in quota.columns()), strict=True))
    assert computed == [tuple(map(int, row)) for row in csv.reader(PRINTED.splitlines())]


def test_the_file_holds_the_printed_numbers() -> None:
    printed = read_quota(STUDY).printed
    assert list(zip(*printed.values(), strict=True)) == [
        tuple(map(int, row)) for row in csv.reader(PRINTED.splitlines())
    ]


def test_which_conventions_reproduce_the_table() -> None:
    """Only exact steps do, with regions divided by their sum of 101; 228 × .9327 = 212.66 would be 213."""
    section = read_quota(STUDY)
    trials = try_conventions(section.given, section.printed)
    full = {(t.rounding, t.carry, t.regions_sum_to) for t in trials if not t.differences}
    assert full == {(Rounding.NEAREST, Carry.EXACT, "sum"), (Rounding.HALF_EVEN, Carry.EXACT, "sum")}
    rounded = next(t for t in trials if (t.rounding, t.carry) == (Rounding.NEAREST, Carry.ROUNDED))
    first = next(d for d in rounded.differences if d.column == "reduced")
    assert (first.cell, first.printed, first.computed) == (("14-25", "male"), 212, 213)


def test_largest_remainder_keeps_the_total() -> None:
    """Rounded each on its own, step 3 sums to 1,999."""
    from dataclasses import replace

    given = read_quota(STUDY).given
    assert plan_quota(given).steps[2].total == 1999
    kept = plan_quota(replace(given, rounding=Rounding.LARGEST_REMAINDER))
    assert [step.total for step in kept.steps[::2]] == [2000, 2000]
    assert kept.interviews == 2000


def test_a_wrong_printed_number_is_found() -> None:
    section = read_quota(STUDY)
    printed = dict(section.printed) | {"E": (73, 63, 92, 83, 71, 55)}
    (difference,) = compare_printed(plan_quota(section.given), printed)
    assert (difference.column, difference.cell, difference.computed) == ("E", ("40-65", "female"), 54)
    assert difference.exact == pytest.approx(53.556, abs=5e-4)


@given(st.lists(st.fractions(0, 1000), min_size=1, max_size=12))
def test_roundings(values: list[Fraction]) -> None:
    for rounding, function in ROUNDINGS.items():
        whole = function(values)
        assert all(abs(a - b) < 1 for a, b in zip(whole, values, strict=True))
        if rounding is Rounding.UP:
            assert all(a >= b for a, b in zip(whole, values, strict=True))
        if rounding is Rounding.LARGEST_REMAINDER:
            assert abs(sum(whole) - sum(values)) <= Fraction(1, 2)


def test_cells_for_the_field() -> None:
    cells = plan_quota(read_quota(STUDY).given).list_cells()
    assert cells.shape == (18, 4)
    assert cells.row(0) == ("14-25", "male", "E", 73)
    assert cells["interviews"].sum() == 2000


GOOD = """
quota:
  total: 100
  by: {sex: [f, m]}
  population:
    - {cell: [f], count: 51}
    - {cell: [m], count: 49, online_percent: 50}
  regions: {N: 1, S: 3}
"""


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("cell: [f]", "cell: [ff]", "<memory>:6:14: Q302 `sex` has no category `ff`"),
        ("cell: [f]", "cell: [m]", "<memory>:7:14: Q303 the cell `m` stands twice"),
        ("cell: [f]", "cell: [f, m]", "<memory>:6:14: Q301 a cell names one category for each dimension"),
        ("    - {cell: [f], count: 51}\n", "", "<memory>:6:5: Q304 the cell `f` is missing from the population"),
        ("online_percent: 50", "online_percent: 150", "<memory>:7:46: Q016 150 is not between 0 and 100"),
        ("total: 100", "totle: 100", "<memory>:3:3: Q005 unknown key `totle`\n  help: did you mean `total`?"),
        ("count: 51", "count: fifty", "<memory>:6:26: Q009 `fifty` is not a number"),
        ("by: {sex: [f, m]}", "by: {sex: {f: 1, m: 1}}", "Q305 the population must be given in one way"),
        ("{N: 1, S: 3}", "{N: 0, S: 0}", "Q306 the regions' weights sum to nothing"),
        ("by: {sex", "by: {region", "Q308 a dimension cannot be called `region`"),
        ("{N: 1, S: 3}", "{reduced: 1, S: 3}", "Q308 a region cannot be called `reduced`"),
        ("quota:", "qouta:", "Q019 the study file has no section `quota`\n  help: there is `qouta`"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(old: str, new: str, said: str) -> None:
    assert old in GOOD
    with pytest.raises(ProblemsError) as raised:
        read_quota(GOOD.replace(old, new))
    assert said in str(raised.value)


def test_penetration_reduces_and_renormalises() -> None:
    """By hand: 51 and 24.5 of 75.5 are 67.55 and 32.45 of 100; a quarter of them in N."""
    quota = plan_quota(read_quota(GOOD).given)
    assert quota.steps[2].whole == (68, 32)
    assert [step.whole for step in quota.regions] == [(17, 8), (51, 24)]


def test_input_is_not_mutated_by_trying_conventions() -> None:
    one = Fraction(1)
    given = QuotaInput(("s",), (("a",), ("b",)), (one, one), (one, one), {"N": Fraction(2)}, 10)
    try_conventions(given, {"normalised": (5, 5)})
    assert given.regions == {"N": Fraction(2)}
