"""Calibration: weights near the base weights whose weighted totals of given variables are the wanted ones."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

import numpy as np

from scslab.study.weighting.margins import CodedMargin, FloatArray
from scslab.study.weighting.raking import Fitted

TOLERANCE = 1e-12
MAX_STEPS = 200


class Distance(StrEnum):
    """How far a calibrated weight is from its base weight; each gives another factor g(u) of u = x'λ."""

    LINEAR = "linear"
    RAKING = "raking"
    LOGIT = "logit"


def dummies_of(margins: Sequence[CodedMargin]) -> tuple[FloatArray, FloatArray]:
    """Indicator columns of margins, and their totals: `(n, k)` and `(k,)`; columns that say nothing new are left in."""
    blocks = [np.eye(len(margin.categories))[margin.codes] for margin in margins]
    return np.hstack(blocks), np.concatenate([margin.totals for margin in margins])


def calibrate(
    base: FloatArray,
    auxiliary: FloatArray,
    totals: FloatArray,
    *,
    distance: Distance = Distance.LINEAR,
    bounds: tuple[float, float] = (-np.inf, np.inf),
    tolerance: float = TOLERANCE,
    max_steps: int = MAX_STEPS,
) -> Fitted:
    """Calibrated weights base × g(x'λ), with λ such that the weighted totals are the wanted ones.

    - linear: g(u) = 1 + u, cut off at the bounds (truncated linear; without bounds the regression estimator).
    - raking: g(u) = exp(u), cut off at the bounds (without bounds the same as `rake`).
    - logit: g(u) = (L(U-1) + U(1-L)e^{Au}) / (U-1 + (1-L)e^{Au}) with A = (U-L)/((1-L)(U-1)); always between L and U.

    λ maximises a concave function; Newton's method with step halving finds it.

    Args:
        base: base weights above zero; `(n,)`.
        auxiliary: the variables; `(n, k)`; may have columns that depend on each other.
        totals: their wanted weighted totals; `(k,)`.
        distance: which g.
        bounds: L < 1 < U of g; `logit` needs both finite.
        tolerance: largest difference from a total, relative to 1 + |total|.
        max_steps: the most Newton steps.

    Source: `deville1992`.

    Example:
        >>> x = np.array([[1.0, 1.0], [1.0, 2.0], [1.0, 3.0], [1.0, 4.0]])
        >>> calibrate(np.ones(4), x, np.array([4.0, 11.0])).weights.round(3).tolist()
        [0.7, 0.9, 1.1, 1.3]
        >>> bounded = calibrate(np.ones(4), x, np.array([4.0, 11.0]), distance=Distance.LOGIT, bounds=(0.5, 1.25))
        >>> bool(bounded.weights.max() < 1.25), bounded.is_converged
        (True, True)
    """
    low, high = bounds
    if distance is Distance.LOGIT and not (np.isfinite(low) and np.isfinite(high)):
        raise ValueError("the logit distance needs two finite bounds")
    if not low < 1 < high:
        raise ValueError("bounds must lie on both sides of 1")
    # Columns of one size, so that one tolerance and one conditioning serve all of them.
    scale = np.maximum(np.sqrt((auxiliary**2 * base[:, None]).sum(axis=0) / base.sum()), 1e-300)
    x, wanted = auxiliary / scale, totals / scale
    multipliers = np.zeros(x.shape[1])
    u = np.zeros(len(base))
    steps = 0
    factor, slope, value = _evaluate(u, distance, low, high)
    goal = float(wanted @ multipliers - base @ value)
    while steps < max_steps:
        steps += 1
        miss = wanted - x.T @ (base * factor)
        if _relative(miss * scale, totals) <= tolerance:
            break
        hessian = x.T @ (x * (base * slope)[:, None])
        # Flat where all weights of a category stand at a bound: a little ridge keeps the step finite.
        ridge = 1e-12 * max(float(np.trace(hessian)) / len(wanted), 1e-12 * float(base.sum()))
        direction = np.linalg.lstsq(hessian + ridge * np.eye(len(wanted)), miss, rcond=1e-13)[0]
        length = 1.0
        move = x @ direction
        while length > 1e-10:
            trial = _evaluate(u + length * move, distance, low, high)
            new_multipliers = multipliers + length * direction
            new_goal = float(wanted @ new_multipliers - base @ trial[2])
            new_miss = wanted - x.T @ (base * trial[0])
            # Near the end the goal no longer changes in its last digit, but the miss still does.
            if np.isfinite(new_goal) and (new_goal > goal or np.linalg.norm(new_miss) < np.linalg.norm(miss)):
                break
            length /= 2
        else:
            break
        multipliers, u, goal = new_multipliers, u + length * move, new_goal
        factor, slope, value = trial
    error = _relative(totals - auxiliary.T @ (base * factor), totals)
    return Fitted(base * factor, steps, error, error <= max(tolerance, 1e-9))


def _relative(miss: FloatArray, totals: FloatArray) -> float:
    return float(np.max(np.abs(miss) / (1 + np.abs(totals))))


def _evaluate(u: FloatArray, distance: Distance, low: float, high: float) -> tuple[FloatArray, FloatArray, FloatArray]:
    """The factor g(u), its slope, and its integral; `(n,)` each."""
    if distance is Distance.LOGIT:
        a = (high - low) / ((1 - low) * (high - 1))
        b, c = high - 1, 1 - low
        # log(b + c e^{au}) without overflow.
        log_sum = np.logaddexp(np.log(b), np.log(c) + a * u)
        share = np.exp(np.log(c) + a * u - log_sum)
        return low + (high - low) * share, (high - low) * a * share * (1 - share), low * u + (high - low) / a * log_sum
    if distance is Distance.RAKING:
        bottom = np.log(low) if low > 0 else -np.inf
        top = np.log(high)
        inside = np.clip(u, bottom, top)
        factor = np.exp(np.minimum(inside, 700))
        # Beyond a bound the integral goes on as a straight line.
        beyond = np.where(u == inside, 0.0, factor * np.where(u == inside, 0.0, u - inside))
        return factor, np.where(u == inside, factor, 0.0), factor + beyond
    raw = 1 + u
    factor = np.clip(raw, low, high)
    beyond = np.where(raw == factor, 0.0, factor * (raw - factor))
    return factor, (raw == factor).astype(np.float64), factor**2 / 2 + beyond
