"""The parameters of a result in the form that probabilities are computed from: cut points, slopes, their covariance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scslab.ground.problems import Problem, ProblemsError
from scslab.study.design.columns import Floats
from scslab.study.models.result import ModelResult

FAR_OUT = 40.0
"""Stands for infinity in the index: F(±40) is 0 or 1 to the last digit."""


@dataclass(frozen=True, slots=True)
class Raw:
    """Cut points `(q,)`, slopes `(k,)` and covariance `(q+k, q+k)`, cut points first; no constant among the slopes."""

    theta: Floats
    beta: Floats
    covariance: Floats


def take_raw(result: ModelResult, question: str) -> Raw:
    """The raw parameters of an ordered or binary model.

    An indicator without a finite estimate is put far out, with no variance: what is asked of the model then is its
    limit.

    Raises:
        ProblemsError: a cut point or a number has no finite estimate, or the odds are not proportional (Q416).
    """
    if result.link.endswith("partial"):
        raise ProblemsError([Problem("Q416", f"{question}: not for models with effects that differ by cut point")])
    parameters, covariance = result.parameters.copy(), result.covariance.copy()
    covariance[result.is_refused, :] = 0.0
    covariance[:, result.is_refused] = 0.0
    first = 1 if result.sample.encoding.has_constant else 0
    for i in np.flatnonzero(result.is_refused):
        column = None if i >= result.n_coefficients else result.sample.x[i]
        if column is None or not np.isinf(parameters[i]) or not ((column == 0) | (column == 1)).all():
            message = (
                f"{question}: `{result.names[i]}` has no finite estimate, and what follows from it is not determined"
            )
            raise ProblemsError(
                [Problem("Q416", message, help="leave the separated covariate out, or join categories")]
            )
        parameters[i] = np.sign(parameters[i]) * FAR_OUT
    if result.kind == "ordered":
        k = result.n_coefficients
        order = np.concatenate([np.arange(k, parameters.size), np.arange(k)])
        return Raw(parameters[k:], parameters[:k], covariance[np.ix_(order, order)])
    if first:
        sign = np.concatenate([[-1.0], np.ones(parameters.size - 1)])
        return Raw(-parameters[:1], parameters[1:], sign[:, None] * covariance * sign)
    padded = np.zeros((parameters.size + 1,) * 2)
    padded[1:, 1:] = covariance
    return Raw(np.zeros(1), parameters, padded)
