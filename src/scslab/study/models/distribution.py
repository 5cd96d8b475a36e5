"""The distributions behind the links: F, its density and the density's slope, over arrays."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from scslab.study.design.columns import Floats

Curve = Callable[[Floats], Floats]


@dataclass(frozen=True, slots=True)
class Distribution:
    """A distribution function with two derivatives, each from array to array."""

    cdf: Curve
    pdf: Curve
    slope: Curve


def _logistic(x: Floats) -> Floats:
    from scipy.special import expit

    return expit(x)


def _normal(x: Floats) -> Floats:
    from scipy.special import ndtr

    return ndtr(x)


def _logistic_pdf(x: Floats) -> Floats:
    p = _logistic(x)
    return p * _logistic(-x)


def _logistic_slope(x: Floats) -> Floats:
    return _logistic_pdf(x) * (1 - 2 * _logistic(x))


def _normal_pdf(x: Floats) -> Floats:
    return np.exp(-0.5 * x * x) / np.sqrt(2 * np.pi)


def _extreme(x: Floats) -> Floats:
    return -np.expm1(-np.exp(np.minimum(x, 300.0)))


def _extreme_pdf(x: Floats) -> Floats:
    e = np.exp(np.minimum(x, 300.0))
    return e * np.exp(-e)


def _extreme_slope(x: Floats) -> Floats:
    return _extreme_pdf(x) * (1 - np.exp(np.minimum(x, 300.0)))


DISTRIBUTIONS = {
    "logit": Distribution(_logistic, _logistic_pdf, _logistic_slope),
    "probit": Distribution(_normal, _normal_pdf, lambda x: -x * _normal_pdf(x)),
    "cloglog": Distribution(_extreme, _extreme_pdf, _extreme_slope),
}
"""By link."""
