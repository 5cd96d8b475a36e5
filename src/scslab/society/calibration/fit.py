"""The fit: least squares of targets and priors together, and the normal posterior around the best point.

With residuals (predicted - observed) / error of the targets and u of the priors, the minimum of the sum of squares is
the most probable point, and (J'J + 1)^-1 the posterior covariance there, J the derivatives of the targets' residuals by
u (Gauss-Newton, or Laplace's approximation). On the scale of u every prior has variance 1, so that 1 - C_kk is the
share of the prior variance that the targets removed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares

from scslab.society.calibration.model import Model

Floats = NDArray[np.float64]
STEP = 1e-4
"""Of the derivatives, in prior standard deviations: the twin is smooth, and its rounding is 1e-16."""
EDGE = 1e-9
MOST_ROUNDS = 1000
"""So often draws beyond the bounds are drawn anew; what is then still out lies at the bound."""


@dataclass(frozen=True, slots=True)
class Fit:
    """A fit.

    Attributes:
        u: deviations of the free parameters from the middle of their priors, in prior standard deviations.
        jacobian: derivatives of the fitted targets' residuals by u, shape (fitted, slots).
        covariance: of u given the targets, shape (slots, slots).
        used: which targets were fitted, by their number in the model.
        predicted: what all targets should show.
        cost: half the sum of squares.
        modes: how many of the starts ended somewhere else, and at what cost at best; 0: one best point was found.
    """

    u: Floats
    jacobian: Floats
    covariance: Floats
    used: tuple[int, ...]
    predicted: Floats
    cost: float
    modes: int = 0

    @property
    def removed(self) -> Floats:
        """The share of the prior variance that the targets removed, by slot, 0 to 1."""
        return 1 - np.diag(self.covariance)


def fit_model(model: Model, *, used: Sequence[int] | None = None, starts: Sequence[Floats] | None = None) -> Fit:
    """Fits a model to its targets.

    Args:
        model: what is fitted to what.
        used: which targets; None: those with the role `fit`.
        starts: where to start from, the best end is kept; None: from the middle of the priors.
    """
    chosen = tuple(model.fitted if used is None else used)
    index = list(chosen)
    observed, errors = model.observed[index], model.errors[index]
    lows, highs = np.array([slot.prior.limits() for slot in model.slots]).T

    def residuals(u: Floats) -> Floats:
        return np.concatenate([(model.predict(u)[index] - observed) / errors, u])

    begin = [np.zeros(len(model.slots))] if starts is None else starts
    ends: list[Any] = [
        least_squares(
            residuals, np.clip(start, lows + EDGE, highs - EDGE), bounds=(lows, highs), diff_step=STEP, xtol=1e-7,
            ftol=1e-8, gtol=1e-6,
        )
        for start in begin
    ]  # fmt: skip
    best = min(ends, key=lambda end: end.cost)
    modes = sum(bool(np.abs(end.x - best.x).max() > 0.1) for end in ends)
    u: Floats = best.x
    jacobian: Floats = np.asarray(best.jac)[: len(index)]
    covariance = invert(jacobian)
    return Fit(u, jacobian, covariance, chosen, model.predict(u), float(best.cost), modes)


def invert(jacobian: Floats) -> Floats:
    """The posterior covariance on the scale of the priors, (J'J + 1)^-1.

    Example:
        >>> invert(np.array([[3.0, 0.0]])).tolist()  # by hand: 1 / (9 + 1)
        [[0.1, 0.0], [0.0, 1.0]]
    """
    return np.asarray(np.linalg.inv(jacobian.T @ jacobian + np.eye(jacobian.shape[1])), np.float64)


def draw_deviations(model: Model, fit: Fit, n: int, seed: int) -> Floats:
    """Draws of u from the posterior, shape (n, slots).

    A draw beyond what makes sense is drawn anew, so that the normal is cut off there and nothing heaps up at the edge.
    """
    generator = np.random.Generator(np.random.Philox(seed))
    factor = np.linalg.cholesky(fit.covariance + 1e-12 * np.eye(fit.u.size))
    lows, highs = np.array([slot.prior.limits() for slot in model.slots]).T
    found = np.empty((n, fit.u.size))
    again = np.arange(n)
    for _ in range(MOST_ROUNDS):
        found[again] = fit.u + generator.normal(size=(again.size, fit.u.size)) @ factor.T
        again = again[((found[again] < lows) | (found[again] > highs)).any(axis=1)]
        if not again.size:
            break
    return np.clip(found, lows, highs)
