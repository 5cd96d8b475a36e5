"""The kernels against derivatives taken by complex steps, and their exponential and logarithm against the library's."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy.special import erfc

from scslab.engine.jit import compile_
from scslab.study.models.kernel_curves import exponential, logarithm
from scslab.study.models.newton import Rows, add_scores, measure


@compile_
def _compute(x: Any, exponentials: Any, logarithms: Any) -> None:
    for i in range(x.size):
        exponentials[i] = exponential(x[i])
        logarithms[i] = logarithm(exponentials[i]) if x[i] >= 0 else 0.0


def test_exponential_and_logarithm() -> None:
    draw = np.random.default_rng(1)
    x = np.concatenate([draw.uniform(-700, 700, 50_000), draw.normal(size=50_000), [0.0, -700.0, 700.0, 1e-300]])
    exponentials, logarithms = np.empty_like(x), np.empty_like(x)
    _compute(x, exponentials, logarithms)
    np.testing.assert_allclose(exponentials, np.exp(x), rtol=4.5e-16)
    up = x >= 0
    np.testing.assert_allclose(logarithms[up], np.log(exponentials[up]), rtol=4.5e-16, atol=1e-300)


def _exceed(link: str, x: np.ndarray) -> np.ndarray:
    """1 − F over complex numbers."""
    if link == "logit":
        return 1 / (1 + np.exp(x))
    return erfc(x / np.sqrt(2)) / 2 if link == "probit" else np.exp(-np.exp(x))


def _log_chances(rows: Rows, parameters: np.ndarray) -> np.ndarray:
    """Each row's log-probability as the model says it, without care for digits `(n,)`."""
    cuts = np.concatenate([parameters[: rows.q], [0.0, 0.0]])  # those at infinity are not looked at
    index = rows.x.T @ parameters[rows.q :]
    u, l = cuts[rows.upper[rows.codes]] - index, cuts[rows.lower[rows.codes]] - index  # noqa: E741
    below = np.where(rows.lower[rows.codes] >= 0, _exceed(rows.link, l), 1.0)
    return np.log(below - np.where(rows.upper[rows.codes] < rows.q, _exceed(rows.link, u), 0.0))


def _score_rows(rows: Rows, parameters: np.ndarray) -> np.ndarray:
    """Unweighted scores `(n, p)`: the imaginary part over a step of 1e-30 is the derivative to the last digit."""
    steps = 1e-30j * np.eye(rows.p)
    return np.stack([_log_chances(rows, parameters + step).imag / 1e-30 for step in steps], axis=1)


def _find_information(rows: Rows, parameters: np.ndarray) -> np.ndarray:
    steps = 1e-5 * np.eye(rows.p)
    low, high = ([rows.weights @ _score_rows(rows, parameters + s * step) for step in steps] for s in (-1, 1))
    return -(np.array(high) - np.array(low)) / 2e-5


@pytest.mark.parametrize("link", ["logit", "probit", "cloglog"])
@pytest.mark.parametrize(("n", "k", "q"), [(1, 1, 1), (255, 0, 3), (256, 1, 2), (257, 2, 1), (600, 3, 4), (40, 4, 3)])
def test_derivatives_and_sums_of_scores(link: str, n: int, k: int, q: int) -> None:
    draw = np.random.default_rng(n)
    weights = draw.uniform(0.2, 3, n) * (draw.random(n) > 0.2)
    # One more kind than answers: a lower bound at infinity that a separation has taken away.
    lower, upper = np.array([*range(-1, q), -1]), np.array([*range(q + 1), q - 1])
    codes = draw.integers(0, q + 2, n)
    rows = Rows(link, draw.normal(size=(k, n)), codes, weights, lower, upper, q)
    parameters = np.concatenate([np.linspace(-1.2, 0.9, q), draw.normal(scale=0.5, size=k)])
    value, gradient, information = measure(rows, parameters)
    scores = _score_rows(rows, parameters)
    assert value == pytest.approx(weights @ _log_chances(rows, parameters), rel=1e-12, abs=1e-12)
    np.testing.assert_allclose(gradient, weights @ scores, rtol=1e-11, atol=1e-11)
    np.testing.assert_allclose(information, _find_information(rows, parameters), rtol=1e-7, atol=1e-6)
    factors = np.where(weights > 0, draw.uniform(0, 2, n), 0.0)
    _, _, squares = measure(rows, parameters, factors=factors)
    np.testing.assert_allclose(squares, (scores.T * factors) @ scores, rtol=1e-10, atol=1e-11)
    groups = draw.integers(0, 3, n)
    totals = add_scores(rows, parameters, groups, 3)
    there = np.stack([(weights * (groups == g)) @ scores for g in range(3)])
    np.testing.assert_allclose(totals, there, rtol=1e-10, atol=1e-11)


def test_answers_that_are_almost_certain_keep_their_digits() -> None:
    # By hand: with η = 50 and cut points at 0 and 1 the top answer has log P = −log(1 + e^(1 − 50)) ≈ −e^−49, the
    # middle one log F(−49) + log(1 − e^−1) up to e^−49, the lowest −50.
    rows = Rows("logit", np.full((1, 3), 50.0), np.arange(3), np.ones(3), np.arange(3) - 1, np.arange(3), 2)
    each = [measure(replace(rows, weights=weights), np.array([0.0, 1.0, 1.0])) for weights in np.eye(3)]
    by_hand = [-50.0, -49 + np.log(1 - np.exp(-1)), 0.0]
    assert [found[0] for found in each] == pytest.approx(by_hand, abs=1e-15, rel=1e-14)
    assert each[2][1][1] == pytest.approx(-np.exp(-49), rel=1e-12)
    assert each[2][2][1, 1] == pytest.approx(np.exp(-49), rel=1e-12)
