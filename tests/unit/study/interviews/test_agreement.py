"""Agreement between coders against published examples; each test says from where."""

import math

import numpy as np
import pytest

from scslab.study.interviews.agreement import (
    Measurement,
    cohen_kappa,
    fleiss_kappa,
    kappa_of_table,
    krippendorff_alpha,
)

# Krippendorff (2011), "Computing Krippendorff's Alpha-Reliability", section D: four observers, twelve units.
A = [1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None]
B = [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3]
C = [None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None]
D = [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None]


@pytest.mark.parametrize(
    ("measurement", "published"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849), ("ratio", 0.797)]
)
def test_alpha_of_krippendorffs_example(measurement, published):
    found = krippendorff_alpha([A, B, C, D], measurement=measurement)
    assert round(found.value, 3) == published
    assert found.low < found.value < found.high
    assert (found.units, found.raters) == (11, 4)


def test_alpha_of_two_observers_and_two_values():
    # Krippendorff (2011), section A: ten units, alpha .095.
    meg = [0, 1, 0, 0, 0, 0, 0, 0, 1, 0]
    owen = [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]
    assert round(krippendorff_alpha([meg, owen], draws=0).value, 3) == 0.095


def slow_alpha(rows, distance):
    """Alpha straight from its definition: mean squared distance within units against that of all pairs."""
    units = [[row[i] for row in rows if row[i] is not None] for i in range(len(rows[0]))]
    units = [unit for unit in units if len(unit) > 1]
    everything = [value for unit in units for value in unit]
    n = len(everything)
    inside = sum(
        distance(a, b, everything) / (len(unit) - 1)
        for unit in units
        for i, a in enumerate(unit)
        for j, b in enumerate(unit)
        if i != j
    )
    across = sum(
        distance(a, b, everything) for i, a in enumerate(everything) for j, b in enumerate(everything) if i != j
    )
    return 1 - (inside / n) / (across / (n * (n - 1)))


DISTANCES = {
    Measurement.NOMINAL: lambda a, b, _: float(a != b),
    Measurement.INTERVAL: lambda a, b, _: (a - b) ** 2,
    Measurement.RATIO: lambda a, b, _: ((a - b) / (a + b)) ** 2 if a + b else 0.0,
    Measurement.ORDINAL: lambda a, b, everything: (
        (sum(min(a, b) <= value <= max(a, b) for value in everything) - (everything.count(a) + everything.count(b)) / 2)
        ** 2
        * (a != b)
    ),
}


@pytest.mark.parametrize("measurement", Measurement)
def test_alpha_agrees_with_its_definition(measurement):
    generator = np.random.default_rng(7)
    for _ in range(20):
        table = generator.integers(1, 5, (3, 15)).tolist()
        rows = [[None if generator.random() < 0.2 else value for value in row] for row in table]
        expected = slow_alpha(rows, DISTANCES[measurement])
        assert krippendorff_alpha(rows, measurement=measurement, draws=0).value == pytest.approx(expected, abs=1e-12)


def test_the_interval_depends_on_the_seed_only():
    first, again, other = (krippendorff_alpha([A, B, C, D], seed=seed) for seed in (1, 1, 2))
    assert (first.low, first.high) == (again.low, again.high)
    assert (first.low, first.high) != (other.low, other.high)


def test_units_of_a_group_are_drawn_together():
    # Ten copies of each unit say nothing new: with groups, the interval is that of the single units.
    rows = [A[:9], D[:9]]
    copies = [[value for value in row for _ in range(10)] for row in rows]
    single = krippendorff_alpha(copies, groups=[i for i in range(9) for _ in range(10)])
    loose = krippendorff_alpha(copies)
    assert single.high - single.low > 2 * (loose.high - loose.low)


def test_alpha_is_not_defined_without_variation():
    found = krippendorff_alpha([[1, 1], [1, 1]])
    assert not found.is_defined
    assert math.isnan(found.low)


def test_alpha_refuses_texts_as_numbers_and_ragged_rows():
    with pytest.raises(ValueError, match="numbers"):
        krippendorff_alpha([["a"], ["b"]], measurement="interval")
    with pytest.raises(ValueError, match="place"):
        krippendorff_alpha([[1], [1, 2]])


def test_kappa_of_cohens_example_with_weights():
    # Cohen (1968), n = 200: kappa .492, weighted .348. By hand: observed .70, expected
    # .6 * .5 + .3 * .3 + .1 * .2 = .41, .29 / .59 = .4915; weighted 1 − .90 / 1.38 = .3478.
    # The R package psych gives the interval .39 to .59.
    table = 200 * np.array([[0.44, 0.07, 0.09], [0.05, 0.20, 0.05], [0.01, 0.03, 0.06]])
    plain = kappa_of_table(table)
    assert round(plain.value, 3) == 0.492
    assert (round(plain.low, 2), round(plain.high, 2)) == (0.39, 0.59)
    weighted = kappa_of_table(table, np.array([[0, 1, 3], [1, 0, 6], [3, 6, 0]], dtype=float))
    assert round(weighted.value, 3) == 0.348


def test_linear_and_quadratic_weights():
    # By hand: 3 units (1,1), (2,3), (3,2) on 1 to 3; linear: disagreement observed (0 + 1 + 1) / 3 = .6667, expected
    # (sum over 3 x 3 margins of |i − j|) / 9 = 8 / 9, kappa 1 − .75 = .25; quadratic: .6667 against 12 / 9: .5.
    first, second = [1, 2, 3], [1, 3, 2]
    assert cohen_kappa(first, second, weights="linear").value == pytest.approx(0.25)
    assert cohen_kappa(first, second, weights="quadratic").value == pytest.approx(0.5)
    with pytest.raises(ValueError, match="cubic"):
        cohen_kappa(first, second, weights="cubic")


def test_fleiss_kappa_of_the_textbook_example():
    # Fourteen raters, ten subjects, five categories: kappa .210 (the worked example of the Wikipedia article).
    counts = [
        [0, 0, 0, 0, 14], [0, 2, 6, 4, 2], [0, 0, 3, 5, 6], [0, 3, 9, 2, 0], [2, 2, 8, 1, 1],
        [7, 7, 0, 0, 0], [3, 2, 6, 3, 0], [2, 5, 3, 2, 2], [6, 5, 2, 1, 0], [0, 2, 2, 3, 7],
    ]  # fmt: skip
    found = fleiss_kappa(counts)
    assert round(found.value, 3) == 0.210
    assert found.low < 0.210 < found.high
    with pytest.raises(ValueError, match="same number"):
        fleiss_kappa([[1, 1], [2, 1]])
