"""Proofs of overlap against linear programmes, and fits that begin with a sample against fits that do not."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from scslab.study.models.fit import binary_logit, ordered_logit
from scslab.study.models.newton import Rows, count_categories, guess_start, maximise
from scslab.study.models.overlap import find_near, proves_overlap
from scslab.study.models.separation import find_separation


def _make_rows(n: int, *, link: str = "logit", seed: int = 5, k: int = 3, q: int = 3) -> Rows:
    draw = np.random.default_rng(seed)
    x = draw.normal(size=(k, n))
    x[0] = x[0] > 0.8
    y = np.digitize(np.linspace(0.8, -0.4, k) @ x + draw.logistic(size=n), np.linspace(-2.0, 1.5, q))
    return Rows(link, x, y.astype(np.int64), draw.uniform(0.5, 2, n), np.arange(q + 1) - 1, np.arange(q + 1), q)


@pytest.mark.parametrize("link", ["logit", "probit", "cloglog"])
def test_a_proof_agrees_with_the_linear_programme(link: str) -> None:
    draw = np.random.default_rng(12)
    n_proved, n_separated = 0, 0
    for _ in range(120):
        n, k = int(draw.integers(5, 16)), int(draw.integers(1, 4))
        x, y = draw.integers(-2, 3, (k, n)).astype(float), draw.integers(0, 3, n)
        y[:3] = [0, 1, 2]
        centred = x - x.mean(axis=1, keepdims=True)
        if np.linalg.matrix_rank(centred) < k:
            continue
        rows = Rows(link, x, y, draw.uniform(0.5, 2, n), np.arange(3) - 1, np.arange(3), 2)
        fit = maximise(rows, guess_start(rows, count_categories(rows)))
        is_proved = proves_overlap(rows, fit.parameters, np.ones(rows.p, np.bool_))
        is_separated = find_separation(rows) is not None
        assert is_proved != is_separated
        n_proved, n_separated = n_proved + is_proved, n_separated + is_separated
    assert n_proved > 20
    assert n_separated > 10


def test_parameters_away_from_the_maximum_prove_nothing() -> None:
    rows = _make_rows(400)
    free = np.ones(rows.p, np.bool_)
    best = maximise(rows, guess_start(rows, count_categories(rows))).parameters
    assert proves_overlap(rows, best, free)
    assert not proves_overlap(rows, best + np.array([0, 0, 0, 6.0, 0, 0]), free)


@pytest.mark.parametrize("link", ["logit", "probit", "cloglog"])
def test_a_start_from_a_sample_leads_to_the_same_maximum(link: str) -> None:
    rows = _make_rows(60_000, link=link)
    start, free = guess_start(rows, count_categories(rows)), np.ones(rows.p, np.bool_)
    near = find_near(rows, start, free)
    assert near is not None
    plain, fast = maximise(rows, start), maximise(rows, near)
    assert fast.n_steps < plain.n_steps
    np.testing.assert_allclose(fast.parameters, plain.parameters, rtol=1e-10, atol=1e-11)
    np.testing.assert_allclose(fast.invert(), plain.invert(), rtol=2e-7)
    assert fast.log_likelihood == pytest.approx(plain.log_likelihood, rel=1e-13)


def test_a_sample_that_misleads_costs_steps_only() -> None:
    rows = _make_rows(40_000)
    x = rows.x.copy()
    is_sampled = (np.arange(rows.n) // 16) % 10 == 0  # runs of 16 rows, one of ten
    x[:, is_sampled] *= -3.0
    rows = replace(rows, x=x)
    start, free = guess_start(rows, count_categories(rows)), np.ones(rows.p, np.bool_)
    near = find_near(rows, start, free)
    assert near is not None
    assert np.sign(near[3]) == -1
    plain, fast = maximise(rows, start), maximise(rows, near)
    assert plain.parameters[3] > 0
    np.testing.assert_allclose(fast.parameters, plain.parameters, rtol=1e-10, atol=1e-11)


def test_samples_that_say_too_little_are_left_to_the_linear_programme() -> None:
    rows = _make_rows(40_000)
    start, free = guess_start(rows, count_categories(rows)), np.ones(rows.p, np.bool_)
    assert find_near(rows.take(8), start, free) is None  # few rows
    rare = rows.x.copy()
    rare[1] = 0.0
    rare[1, [100, 20_000]] = 1.0  # in no row of the sample
    assert find_near(replace(rows, x=rare), start, free) is None
    codes = np.minimum(rows.codes, 2)
    codes[[100, 20_000]] = 3  # an answer that the sample has not
    assert find_near(replace(rows, codes=codes), start, free) is None


def test_many_rows_in_the_order_of_the_answers() -> None:
    rows = _make_rows(50_000)
    frame = pl.DataFrame({"y": rows.codes, "a": rows.x[0], "b": rows.x[1], "w": rows.weights})
    result, ordered = (ordered_logit("y ~ a + b", each, weights="w") for each in (frame, frame.sort("y")))
    np.testing.assert_allclose(result.parameters, ordered.parameters, rtol=1e-9)
    np.testing.assert_allclose(result.standard_errors, ordered.standard_errors, rtol=1e-6)


def test_many_rows_without_a_constant() -> None:
    rows = _make_rows(30_000)
    frame = pl.DataFrame({"y": rows.codes > 1, "a": rows.x[0] > 0, "b": rows.x[1]})
    whole, parts = binary_logit("y ~ a + b", frame), binary_logit("y ~ 0 + a + b", frame)
    assert parts.names == ("a[False]", "a[True]", "b")
    # The same model: an indicator for each group against a constant and a difference.
    np.testing.assert_allclose(parts.coefficients[0], whole.coefficients[0], rtol=1e-9)
    np.testing.assert_allclose(parts.coefficients[1], whole.coefficients[:2].sum(), rtol=1e-8)
    np.testing.assert_allclose(parts.standard_errors[2], whole.standard_errors[2], rtol=1e-6)


def test_brant_of_many_rows_is_that_of_the_same_rows_counted() -> None:
    # By hand: 12,000 rows of two covariates with few values are 60 like rows or fewer with frequencies, and those are
    # too few for a sample.
    draw = np.random.default_rng(8)
    a, b = draw.integers(0, 5, 12_000).astype(float), draw.integers(0, 3, 12_000).astype(float)
    y = np.digitize(0.4 * a - 0.2 * b + draw.logistic(size=12_000), [-1.0, 0.5, 1.5])
    frame = pl.DataFrame({"y": y, "a": a, "b": b})
    counted = frame.group_by("y", "a", "b", maintain_order=True).len("n")
    test = ordered_logit("y ~ a + b", frame).brant()
    same = ordered_logit("y ~ a + b", counted, weights="n", weight_kind="frequency").brant()
    assert test.overall.statistic == pytest.approx(same.overall.statistic, rel=1e-8)
    np.testing.assert_allclose(test.slopes, same.slopes, rtol=1e-9)
