"""Spearman's rank correlation and the comparison with a yardstick."""

import dataclasses

import numpy as np
import polars as pl
import pytest

from scslab.engine.settlement import Settlement
from scslab.ground.text import Text
from scslab.report.correlation import compare_with_yardstick, compute_spearman
from scslab.scheme.conditions import Column, Expression, ValueType
from scslab.scheme.model import Yardstick


def test_agrees_with_a_published_example() -> None:
    # IQ and hours of television a week of ten people, the worked example of the article "Spearman's rank correlation
    # coefficient" of the English Wikipedia: rho = -29/165 = -0.175757575...
    iq = [106, 100, 86, 101, 99, 103, 97, 113, 112, 110]
    hours = [7, 27, 2, 50, 28, 29, 20, 12, 6, 17]
    assert compute_spearman(iq, hours) == pytest.approx(-29 / 165, abs=1e-12)


def test_ties_share_the_average_of_their_ranks() -> None:
    # By hand: ranks of x are 1, 2.5, 2.5, 4, of y 1, 3, 2, 4. Less the mean 2.5: (-1.5, 0, 0, 1.5) and
    # (-1.5, .5, -.5, 1.5). Sum of products 4.5, sums of squares 4.5 and 5: rho = 4.5 / sqrt(22.5).
    assert compute_spearman([1, 2, 2, 3], [1, 5, 4, 9]) == pytest.approx(4.5 / 22.5**0.5, abs=1e-12)


def test_equal_and_opposite_orders() -> None:
    # By definition 1 and -1, exactly.
    assert compute_spearman([3, 1, 2], [30, 10, 20]) == 1.0
    assert compute_spearman([3, 1, 2], [10, 30, 20]) == -1.0


@pytest.mark.parametrize(("x", "y"), [([], []), ([1], [2]), ([1, 1, 1], [1, 2, 3])])
def test_is_undefined_without_variation(x: list[float], y: list[float]) -> None:
    # With one pair, or one side constant, the spread of the ranks is 0 and the ratio does not exist.
    assert compute_spearman(x, y) is None


def test_refuses_lists_of_unequal_length() -> None:
    with pytest.raises(ValueError, match="equal length"):
        compute_spearman([1, 2], [1])


def test_leaves_out_subjects_without_a_value(tiny: Settlement) -> None:
    # D has no stars. Scores 100, 70, 105 have ranks 2, 1, 3; stars 5, 1, 3 have ranks 3, 1, 2: the squared differences
    # sum to 2, so rho = 1 - 6 * 2 / (3 * 8) = 0.5.
    found = compare_with_yardstick(tiny)
    assert found is not None
    assert (found.subjects, found.left_out, found.outside) == (3, 1, 0)
    assert found.rho == pytest.approx(0.5, abs=1e-12)
    # One subject a level, so each quantile is its score; levels in the order of the stars.
    assert [(level.label, level.subjects, level.quantiles[2]) for level in found.levels] == [
        ("1", 1, 70.0),
        ("3", 1, 105.0),
        ("5", 1, 100.0),
    ]


def test_compares_only_where_the_condition_is_true(tiny: Settlement) -> None:
    # is_known is true for A and B only (C is null): scores 100, 70 and stars 5, 1 have the same order.
    subjects = pl.DataFrame(
        {"subject_id": ["A", "B", "C", "D"], "stars": [5, 1, 3, None], "is_known": [True, True, None, False]}
    )
    condition = Expression("subject.is_known", Column("subject", "is_known", ValueType.BOOLEAN))
    scheme = dataclasses.replace(tiny.scheme, yardstick=Yardstick("stars", Text("Stars"), when=condition))
    found = compare_with_yardstick(dataclasses.replace(tiny, scheme=scheme, subjects=subjects))
    assert found is not None
    assert (found.subjects, found.left_out, found.outside, found.rho) == (2, 0, 2, 1.0)


def test_groups_a_yardstick_of_many_values() -> None:
    # 100 subjects with yardstick 0 to 99: cut at the fifths, 20 subjects each (percentiles 19.8, 39.6, 59.4, 79.2).
    from scslab.report.correlation import _describe_levels

    values = np.arange(100, dtype=np.float64)
    levels = _describe_levels(values, values)
    assert [(level.label, level.subjects) for level in levels] == [
        ("0 – 19", 20),
        ("20 – 39", 20),
        ("40 – 59", 20),
        ("60 – 79", 20),
        ("80 – 99", 20),
    ]


@pytest.mark.parametrize("subjects", [None, pl.DataFrame({"subject_id": ["A"], "stars": ["five"]})])
def test_tells_where_the_yardstick_is_missing(tiny: Settlement, subjects: pl.DataFrame | None) -> None:
    assert compare_with_yardstick(dataclasses.replace(tiny, subjects=subjects)) is None
