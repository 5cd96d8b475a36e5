"""What simulated events and subjects carry: medians, shares and bounds against what the tables say."""

from __future__ import annotations

import math

import numpy as np
import polars as pl
import pytest

from scslab.scheme.catalogue import find_scheme
from scslab.society.conduct.attributes import draw_attributes, find_usual, make_drawing
from scslab.society.conduct.vocabulary import list_conduct
from scslab.society.mechanics.behaviour import read_recorded_shares
from scslab.society.mechanics.parameter import choose_values
from scslab.society.mechanics.table import MECHANICS
from scslab.society.population.population import make_population
from scslab.society.population.profile import read_profile
from scslab.society.population.subjects import draw_subjects

N = 40_000
VALUES = choose_values(MECHANICS)
CITY = make_population(read_profile("survey-2018"), N, seed=3)
CODE = CITY.draw_traits(0, CITY.find_cells(0, N))


def draw(name: str, kind: str) -> pl.DataFrame:
    scheme = find_scheme(name)
    conduct = list_conduct(scheme, VALUES)
    drawing = make_drawing(scheme, VALUES, conduct, CITY.traits.means, CODE)
    word = np.random.Generator(np.random.PCG64(1)).integers(0, 1 << 32, N).astype(np.uint32)
    numbers, agents = np.zeros(N, np.uint16), np.arange(N, dtype=np.uint32)
    return draw_attributes(scheme, [kind], numbers, word, agents, drawing)


def test_the_average_resident_stands_where_the_index_is_told() -> None:
    # Sesame: spending counts up to 50,000 a year, purchases up to 10 a year, index_middle = .35: 3.5 purchases of
    # 5,000 each on average.
    scheme = find_scheme("sesame")
    rates = {each.name: each.rate for each in list_conduct(scheme, VALUES)}
    assert rates["purchase.made"] == pytest.approx(3.5)
    amounts = draw("sesame", "purchase.made")["amount"]
    assert float(amounts.mean()) == pytest.approx(5000, rel=0.05)  # pyright: ignore[reportArgumentType]
    usual = find_usual(scheme, VALUES, list_conduct(scheme, VALUES))["purchase.made", "amount"]
    assert float(amounts.median()) == pytest.approx(usual.median, rel=0.03)  # pyright: ignore[reportArgumentType]


def test_who_has_means_spends_more() -> None:
    amounts = draw("sesame", "purchase.made")["amount"].to_numpy()
    level = CODE.astype(np.int64) // 7**4 % 7
    medians = [float(np.median(amounts[level == k])) for k in range(7)]
    assert medians == sorted(medians)
    step = CITY.traits.means[4][6] - CITY.traits.means[4][0]
    assert medians[6] / medians[0] == pytest.approx(math.exp(0.4 * step), rel=0.06)


def test_bounds_hold_and_exceptions_are_rare() -> None:
    hours = draw("hangzhou-qianjiang", "volunteering.done")["hours"]
    assert hours.is_between(0, 24).all()
    assert hours.n_unique() > 100
    cases = draw("judgment-defaulters", "court.default_listed")
    assert set(cases["ground"]) == {1, 2, 3, 4, 5, 6}
    # A condition asks whether there is an exception: mostly there is none (.8).
    assert cases["exception"].null_count() / N == pytest.approx(0.8, abs=0.01)


def test_values_come_as_often_as_in_the_dataset() -> None:
    found = draw("care-homes", "deficiency")["severity"].value_counts(normalize=True)
    drawn = dict(found.rows())
    for value, share in read_recorded_shares()["care-homes", "deficiency", "severity"]:
        assert drawn.get(value, 0.0) == pytest.approx(share, abs=0.008)


def test_subjects_follow_their_parameters() -> None:
    scheme = find_scheme("tencent-credit")
    table = draw_subjects(scheme, CITY, VALUES, CODE)
    # Among those of the middle level of digital skill (its mean is near 0) .85 are verified.
    middle = CODE.astype(np.int64) // 7 % 7 == 3
    assert table["is_verified"].to_numpy()[middle].mean() == pytest.approx(0.85, abs=0.02)
    assert float(table["assets"].median()) == pytest.approx(25_000, rel=0.05)  # pyright: ignore[reportArgumentType]
    again = draw_subjects(scheme, CITY, choose_values(MECHANICS, {"people.verified": 0.5}), CODE)
    assert not (again["is_verified"] & ~table["is_verified"]).any()  # the same luck: a lower share keeps the others


def test_schooling_follows_education() -> None:
    table = draw_subjects(find_scheme("fuzhou-jasmine"), CITY, VALUES, CODE)
    counts = dict(table["years_of_schooling"].value_counts().rows())
    margin = CITY.counts.sum(axis=(0, 1, 2, 4, 5))
    assert [counts[years] for years in (3, 8, 12, 16)] == margin.tolist()
