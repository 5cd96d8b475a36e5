"""Populations: margins exact to a resident, the same residents in any partition, traits without bias."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from scslab.ground.problems import ProblemsError
from scslab.society.population.fit import Margin, count_cells, fit_cells, round_to_total, sum_over
from scslab.society.population.households import make_households
from scslab.society.population.population import make_population
from scslab.society.population.profile import list_profiles, read_profile
from scslab.society.population.traits import CORRELATIONS, NAMES, get_levels

SURVEY = read_profile("survey-2018")


@pytest.mark.parametrize("n", [100, 101, 997, 2209, 10_000, 700_000, 1_400_000_000])
def test_every_margin_is_exact(n: int) -> None:
    city = make_population(SURVEY, n, seed=9)
    assert city.counts.sum() == n
    assert city.counts.min() >= 0
    for margin in SURVEY.margins:
        assert (sum_over(city.counts, margin.axes) == round_to_total(margin.shares, n)).all()


def test_margin_by_hand() -> None:
    # Table A2, regions 19.68, 35.21 and 45.12 of 100.01, for 1,000 residents: 196.78, 352.06, 451.15.
    city = make_population(SURVEY, 1000, seed=9)
    assert city.counts.sum(axis=(0, 1, 3, 4, 5)).tolist() == [197, 352, 451]


def test_fit_with_overlapping_margins_keeps_their_odds() -> None:
    # A 2 x 2 x 2 table with three two-way margins: fitting keeps them all, and no three-way interaction arises.
    generator = np.random.Generator(np.random.PCG64(2))
    table = generator.uniform(1, 5, (2, 2, 2))
    margins = [Margin(axes, np.asarray(sum_over(table, axes), float)) for axes in ((0, 1), (0, 2), (1, 2))]
    cells = fit_cells((2, 2, 2), margins)
    for margin in margins:
        assert np.abs(sum_over(cells, margin.axes) - margin.shares / table.sum()).max() < 1e-11
    odds = cells[0, 0] * cells[1, 1] / (cells[0, 1] * cells[1, 0])
    assert odds[0] == pytest.approx(odds[1], rel=1e-8)
    counts = count_cells(cells, margins, 12_345)
    assert counts.sum() == 12_345
    assert (sum_over(counts, (0, 1)) == round_to_total(margins[0].shares, 12_345)).all()


def test_contradicting_margins_are_told() -> None:
    margins = [Margin((0, 1), np.array([[1.0, 0.0], [0.0, 1.0]])), Margin((0,), np.array([1.0, 3.0]))]
    with pytest.raises(ValueError, match="contradict"):
        fit_cells((2, 2), margins, rounds=200)


def test_cells_do_not_depend_on_partitions_and_fill_the_counts() -> None:
    city = make_population(SURVEY, 5000, seed=77)
    cells = city.find_cells(0, 5000)
    assert (np.bincount(cells, minlength=city.counts.size) == city.counts.ravel()).all()
    parts = [city.find_cells(first, min(700, 5000 - first)) for first in range(0, 5000, 700)]
    assert (np.concatenate(parts) == cells).all()
    codes = city.draw_traits(0, cells)
    assert (city.draw_traits(1234, cells[1234:1300]) == codes[1234:1300]).all()


def test_traits_have_mean_0_and_their_correlations() -> None:
    n = 200_000
    city = make_population(SURVEY, n, seed=5)
    cells = city.find_cells(0, n)
    codes = city.draw_traits(0, cells)
    z = np.stack([city.traits.means[k][get_levels(codes, name)] for k, name in enumerate(NAMES)])
    # Conditional means carry no bias: means lie within 4 standard errors of 0. Midpoints would not be defined.
    assert np.abs(z.mean(axis=1)).max() < 4 / np.sqrt(n)
    # Seven equally likely levels keep sum(phi differences^2) * 7 = 0.9344 of a standard normal's variance (by hand with
    # R: q <- qnorm((0:7)/7); sum(diff(-dnorm(q))^2) * 7); shifts move it a little.
    assert np.abs(z.var(axis=1) - 0.9344).max() < 0.03
    found = np.corrcoef(z)
    for (one, other), value in CORRELATIONS.items():
        at = NAMES.index(one), NAMES.index(other)
        # Coarsening shrinks a correlation by about 0.93, and shifts add their own: the sign and size remain.
        assert found[at] == pytest.approx(value * 0.93, abs=0.12)


def test_level_means_are_those_of_a_large_sample() -> None:
    # The means of levels come from formulas; here they are met by drawing the unrounded mixture with NumPy.
    generator = np.random.Generator(np.random.PCG64(3))
    city = make_population(SURVEY, 1000, seed=5)
    shares = city.counts.ravel() / 1000
    traits = make_population(SURVEY, 10_000_000, seed=5).traits
    k = NAMES.index("digital-skill")
    shift = traits.shifts[:, k] / 2**16
    cell = generator.choice(shares.size, 400_000, p=shares)
    sd = np.sqrt(((traits.factor[k] / 4096) ** 2).sum())
    z = shift[cell] + sd * generator.normal(size=cell.size)
    level = np.searchsorted(traits.edges / 2**16, z, side="right")
    means = [z[level == j].mean() for j in range(7)]
    assert np.abs(np.array(means) - traits.means[k]).max() < 0.02


def test_households_are_whole() -> None:
    homes = make_households(10_007, (25, 30, 21, 13, 7, 4), seed=8)
    sizes = np.bincount(homes.find(0, 10_007))
    assert sizes.size == homes.count
    assert sizes.sum() == 10_007
    assert sizes.min() >= 1
    share = np.bincount(sizes)[1:] / homes.count
    assert np.abs(share - np.array([25, 30, 21, 13, 7, 4]) / 100).max() < 0.003
    assert (homes.find(5000, 100) == homes.find(0, 10_007)[5000:5100]).all()


def test_shipped_profiles_are_sound() -> None:
    for name in list_profiles():
        profile = read_profile(name)
        assert profile.id == name
        assert make_population(profile, 1000, seed=1).counts.sum() == 1000
        assert profile.about.en
        assert profile.about.zh
    # Reported participation: li_kostka_2022/participation_rates.csv.
    assert read_profile("hangzhou").participation == {2021: 15.0, 2022: 39.0}
    assert read_profile("hangzhou").scheme == "hangzhou-qianjiang"
    assert make_population(read_profile("xiamen"), 1000, seed=1).counts.sum(axis=(0, 1, 3, 4, 5)).tolist() == [
        0,
        0,
        1000,
    ]


def test_bad_profiles_are_told_with_places(tmp_path: Path) -> None:
    with pytest.raises(ProblemsError, match="did you mean `hangzhou`"):
        read_profile("hangzho")
    file = tmp_path / "city.yaml"
    file.write_text(
        "profile: city\ntitle: {en: City}\nsource: assumed\ndimensions: {age: [a, b], sex: [f, m]}\nmargins:\n"
        "  - {over: [agee], shares: [1, 2]}\n  - {over: [age, sex], shares: [1, 2, 3]}\nonly: {sex: x}\n"
    )
    with pytest.raises(ProblemsError) as caught:
        read_profile(file)
    told = [(p.code, p.place.line) for p in caught.value.problems]
    assert sorted(told) == [("Y102", 6), ("Y102", 8), ("Y103", 7)]


def test_too_few_residents() -> None:
    with pytest.raises(ValueError, match="at least 100"):
        make_population(SURVEY, 99, seed=1)


def test_table_of_residents() -> None:
    table = make_population(SURVEY, 1000, seed=1).describe(10, 5)
    assert table["resident"].to_list() == [10, 11, 12, 13, 14]
    assert table["gender"].cast(str).is_in(["female", "male"]).all()
    assert set(NAMES) < set(table.columns)
