"""Priors as curves: the 90 % band of a parameter becomes a normal on a scale of its own.

On that scale u has mean 0 and standard deviation 1 before any target is seen, so that all parameters are treated alike:
x lies at u = (g(x) - centre) / spread, with g the plain scale, the logarithm or the log odds.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from scslab.ground.problems import Problem, ProblemsError, did_you_mean
from scslab.society.mechanics.parameter import Parameter
from scslab.society.mechanics.table import PARAMETERS

SIDE = NormalDist().inv_cdf(0.95)
"""A band of 90 % reaches so many standard deviations to either side."""
_FAR = 6.0
"""No parameter moves further from the middle of its prior, in standard deviations."""

RECOGNISES = Parameter(
    "survey.recognises", 0.5, "share", (0.2, 0.9), "prior",
    "of those who know the scheme: say in a survey that they are in a government pilot", 1e-4, 1 - 1e-4,
)  # fmt: skip
"""No mechanic, but how a survey sees awareness: to know an app is not yet to know that it is the government's pilot."""
MEASUREMENT = {RECOGNISES.name: RECOGNISES}
"""Parameters of how things are observed; simulations have no use for them."""


class Scale(StrEnum):
    """The scale on which a prior is normal."""

    PLAIN = "plain"
    LOG = "log"
    LOGIT = "logit"


@dataclass(frozen=True, slots=True)
class Prior:
    """A parameter's prior.

    Attributes:
        centre, spread: mean and standard deviation on the scale.
    """

    parameter: Parameter
    scale: Scale
    centre: float
    spread: float

    @property
    def name(self) -> str:
        """The name of the parameter."""
        return self.parameter.name

    def to_value(self, u: float) -> float:
        """The parameter at u standard deviations from the middle, held within what makes sense."""
        x = self.centre + self.spread * u
        if self.scale is Scale.LOG:
            x = math.exp(x)
        elif self.scale is Scale.LOGIT:
            x = 1 / (1 + math.exp(-x))
        return min(max(x, self.parameter.least), self.parameter.most)

    def to_deviation(self, value: float) -> float:
        """The inverse of `to_value`."""
        return (_transform(self.scale, value) - self.centre) / self.spread

    def limits(self) -> tuple[float, float]:
        """Beyond these deviations a value makes no sense, or lies six standard deviations out."""
        found: list[float] = []
        for bound, far in ((self.parameter.least, -_FAR), (self.parameter.most, _FAR)):
            is_reached = math.isfinite(bound) and self.scale is Scale.PLAIN
            u = (bound - self.centre) / self.spread if is_reached else far
            found.append(max(u, far) if far < 0 else min(u, far))
        return found[0], found[1]


def _transform(scale: Scale, value: float) -> float:
    if scale is Scale.PLAIN:
        return value
    return math.log(value) if scale is Scale.LOG else math.log(value / (1 - value))


def make_prior(parameter: Parameter) -> Prior:
    """The prior of a parameter.

    Shares whose band lies strictly between 0 and 1 are logit-normal. Other parameters are normal, or log-normal where
    they cannot be negative and the shipped value lies nearer to the middle of the band on that scale.

    Raises:
        ValueError: the band has no width, so that there is nothing to fit.

    Example:
        >>> prior = make_prior(PARAMETERS["awareness.p"])
        >>> prior.name, prior.scale.value, [round(prior.to_value(u), 3) for u in (-SIDE, SIDE)]
        ('awareness.p', 'log', [0.005, 0.1])
    """
    low, high = parameter.prior
    if low >= high:
        raise ValueError(f"`{parameter.name}` has no band")
    if parameter.least >= 0 and parameter.most <= 1 and low > 0 and high < 1:
        return _on_scale(parameter, Scale.LOGIT)
    plain = _on_scale(parameter, Scale.PLAIN)
    if parameter.least >= 0 and low > 0 and parameter.value > 0:
        log = _on_scale(parameter, Scale.LOG)
        if abs(log.to_deviation(parameter.value)) < abs(plain.to_deviation(parameter.value)):
            return log
    return plain


def _on_scale(parameter: Parameter, scale: Scale) -> Prior:
    low, high = (_transform(scale, x) for x in parameter.prior)
    return Prior(parameter, scale, (low + high) / 2, (high - low) / 2 / SIDE)


def list_parameters() -> dict[str, Parameter]:
    """All parameters that could be fitted: those of the mechanics with a band, and those of measurement."""
    found = {name: p for name, p in PARAMETERS.items() if p.prior[0] < p.prior[1]}
    return found | MEASUREMENT


ADOPTION = ("awareness", "joining", "alternatives.share", "alternatives.skill", "leaving")
"""The mechanics and parameters on which the twin depends."""


def choose_priors(names: tuple[str, ...] = ()) -> tuple[Prior, ...]:
    """The priors of these parameters, or of all on which adoption depends and of measurement.

    Args:
        names: parameters, or mechanics (`joining`: all of its parameters).

    Raises:
        ProblemsError: an unknown name (Y421).
    """
    known = list_parameters()
    problems: list[Problem] = []
    chosen: dict[str, None] = {}
    for name in names or (*ADOPTION, "survey"):
        found = [each for each in known if each == name or each.startswith(f"{name}.")]
        chosen |= dict.fromkeys(found)
        if not found:
            words = [*known, *ADOPTION]
            problems.append(Problem("Y421", f"no parameter `{name}` to fit", help=did_you_mean(name, words)))
    if problems:
        raise ProblemsError(problems)
    return tuple(make_prior(known[name]) for name in chosen)


def draw_priors(n: int, seed: int) -> list[dict[str, float]]:
    """Values of all parameters of the mechanics as their priors have them, independent of each other, `n` times.

    What is off as shipped (its value is 0) is left out, and so are measurements and parameters without a band.

    Example:
        >>> draws = draw_priors(400, seed=1)
        >>> inside = sum(0.005 <= draw["awareness.p"] <= 0.1 for draw in draws) / len(draws)
        >>> 0.86 < inside < 0.94, "fatigue.effort" in draws[0]
        (True, False)
    """
    known = [p for name, p in list_parameters().items() if name not in MEASUREMENT and p.value != 0]
    u = np.random.Generator(np.random.Philox(key=seed)).normal(size=(n, len(known)))
    columns = {p.name: [make_prior(p).to_value(x) for x in u[:, k].tolist()] for k, p in enumerate(known)}
    return [{name: column[k] for name, column in columns.items()} for k in range(n)]


def quantiles_of(prior: Prior, shares: NDArray[np.float64]) -> NDArray[np.float64]:
    """The prior's quantiles, 0 to 1, within the parameter's bounds; shape as `shares`.

    Example:
        >>> quantiles_of(make_prior(RECOGNISES), np.array([0.05, 0.95])).round(3).tolist()
        [0.2, 0.9]
    """
    below, above = ndtr(prior.limits())
    x = prior.centre + prior.spread * ndtri(below + np.clip(shares, 1e-12, 1 - 1e-12) * (above - below))
    if prior.scale is Scale.LOG:
        x = np.exp(x)
    elif prior.scale is Scale.LOGIT:
        x = 1 / (1 + np.exp(-x))
    return np.clip(x, prior.parameter.least, prior.parameter.most)
