"""What the targets can say: about which parameters, thanks to which targets, and which targets contradict."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scslab.society.calibration.fit import Fit, draw_deviations, fit_model, invert
from scslab.society.calibration.model import Model
from scslab.society.calibration.priors import SIDE
from scslab.society.calibration.targets import Role

Floats = NDArray[np.float64]
IDENTIFIED, PARTLY = 0.75, 0.10
"""A parameter is identified where this share of its prior variance is removed, partly so from the second number on."""
GIVES_WAY = 0.2
"""Two targets pull against each other where each fits this many errors better once the other is left out."""
MISSES = 0.5
"""And each lies this many errors off as long as both are there."""


def judge(removed: float) -> str:
    """Whether a parameter is `identified`, `partly`, or remains `prior`.

    Example:
        >>> judge(0.9), judge(0.3), judge(0.01)
        ('identified', 'partly', 'prior')
    """
    return "identified" if removed >= IDENTIFIED else "partly" if removed >= PARTLY else "prior"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What the fits without one target each say.

    Attributes:
        removed: the share of the prior variance that is removed without the target, shape (fitted, slots).
        predicted: what all targets should show without it, shape (fitted, targets).
        errors: the standard deviation of the left-out target's own prediction, shape (fitted,).
    """

    removed: Floats
    predicted: Floats
    errors: Floats


def leave_out(model: Model, fit: Fit) -> LeftOut:
    """Fits the model once more without each fitted target."""
    removed, predicted, errors = [], [], []
    for k, target in enumerate(fit.used):
        rest = [each for each in fit.used if each != target]
        without = invert(np.delete(fit.jacobian, k, axis=0))
        removed.append(1 - np.diag(without))
        again = fit_model(model, used=rest, starts=[fit.u]) if rest else None
        predicted.append(fit.predicted if again is None else again.predicted)
        slope = fit.jacobian[k] * model.targets[target].error
        errors.append(float(np.sqrt(slope @ without @ slope)))
    return LeftOut(np.array(removed), np.array(predicted), np.array(errors))


def tabulate_identifiability(model: Model, fit: Fit, left: LeftOut) -> pl.DataFrame:
    """One row a free parameter: what was known before, what is known now, and thanks to which targets.

    Columns: `parameter, name, city, prior_low, prior_middle, prior_high, low, value, high` (bands of 90 %), `removed`
    (the share of the prior variance, on the prior's scale), `deviation` (of the value, in standard deviations of the
    prior: beyond 1.6 targets and prior disagree), `judgement` (`identified`, `partly`, `prior`),
    `informed_by` (targets without which at least a tenth of what was removed, and .01, would be lost; the strongest
    first), `unit`, `source`.
    """
    spread = np.sqrt(np.diag(fit.covariance))
    rows: list[dict[str, object]] = []
    for k, slot in enumerate(model.slots):
        prior, u, removed = slot.prior, fit.u[k], float(fit.removed[k])
        lost = removed - left.removed[:, k]
        order = [j for j in np.argsort(-lost, kind="stable") if lost[j] >= max(0.01, 0.1 * removed)]
        rows.append(
            {
                "parameter": slot.label, "name": prior.name, "city": slot.city,
                "prior_low": prior.to_value(-SIDE), "prior_middle": prior.to_value(0.0),
                "prior_high": prior.to_value(SIDE),
                "low": prior.to_value(u - SIDE * spread[k]), "value": prior.to_value(u),
                "high": prior.to_value(u + SIDE * spread[k]), "removed": removed, "deviation": float(u),
                "judgement": judge(removed),
                "informed_by": ", ".join(model.targets[fit.used[j]].id for j in order),
                "unit": prior.parameter.unit, "source": prior.parameter.source,
            }
        )  # fmt: skip
    return pl.DataFrame(rows)


def tabulate_information(model: Model, fit: Fit, left: LeftOut) -> pl.DataFrame:
    """Which target informs which parameter: `target, parameter, lost`, the share of variance that it alone removes.

    What two targets say alike counts for neither: then both have 0, and the parameter is known all the same.
    """
    lost = fit.removed - left.removed
    return pl.DataFrame(
        {
            "target": [model.targets[j].id for j in fit.used for _ in model.slots],
            "parameter": [slot.label for _ in fit.used for slot in model.slots],
            "lost": lost.ravel(),
        }
    )


def tabulate_targets(model: Model, fit: Fit, left: LeftOut, draws: Floats) -> pl.DataFrame:
    """One row a target: observed, predicted, and whether the prediction holds.

    Columns: `target, place, observable, role, observed, error, predicted, low, high` (the band of 90 % in which the
    observation would lie, by the parameters' posterior and the target's own error), `deviation` ((predicted -
    observed) / error), `is_hit` (observed within the band), `without` (what the fit says without this target),
    `without_deviation` (by the error of both), `source`.

    Args:
        model: what was fitted.
        fit: with which result.
        left: from `leave_out`.
        draws: predictions of all targets for draws from the posterior, shape (draws, targets).
    """
    generator = np.random.Generator(np.random.Philox(len(draws)))
    noisy = draws + generator.normal(size=draws.shape) * model.errors
    low, high = np.quantile(noisy, [0.05, 0.95], axis=0)
    rows: list[dict[str, object]] = []
    for k, target in enumerate(model.targets):
        at = fit.used.index(k) if k in fit.used else None
        without = fit.predicted[k] if at is None else left.predicted[at, k]
        spread = draws[:, k].std() if at is None else left.errors[at]
        rows.append(
            {
                "target": target.id, "place": target.place, "observable": target.observable.value,
                "role": Role.FIT.value if at is not None else Role.HELD_OUT.value, "observed": target.value,
                "error": target.error, "predicted": fit.predicted[k], "low": max(0.0, low[k]),
                "high": min(1.0, high[k]),
                "deviation": (fit.predicted[k] - target.value) / target.error,
                "is_hit": bool(low[k] <= target.value <= high[k]), "without": without,
                "without_deviation": (without - target.value) / float(np.hypot(target.error, spread)),
                "source": target.source,
            }
        )  # fmt: skip
    return pl.DataFrame(rows)


def find_tensions(model: Model, fit: Fit, left: LeftOut) -> pl.DataFrame:
    """Pairs of fitted targets that pull against each other: `first, second, strength`, the strongest first.

    Each lies off, and each fits better once the other is left out; the strength is the smaller of the two gains, in
    errors of the target.
    """
    used = list(fit.used)
    observed, errors = model.observed[used], model.errors[used]
    off = np.abs(fit.predicted[used] - observed) / errors
    gain = off - np.abs(left.predicted[:, used] - observed) / errors  # row: left out; column: what gains
    rows = [
        {
            "first": model.targets[used[i]].id,
            "second": model.targets[used[j]].id,
            "strength": min(gain[i, j], gain[j, i]),
        }
        for i in range(len(used))
        for j in range(i + 1, len(used))
        if min(gain[i, j], gain[j, i]) >= GIVES_WAY and min(off[i], off[j]) >= MISSES
    ]
    schema = {"first": pl.String, "second": pl.String, "strength": pl.Float64}
    return pl.DataFrame(rows, schema=schema).sort("strength", descending=True)


CANDIDATES = 3
"""So many draws from the normal are made for each one that is kept."""


@dataclass(frozen=True, slots=True)
class Draws:
    """Draws from the posterior with what follows from them.

    Attributes:
        u: deviations, shape (n, slots).
        predicted: what all targets should show, shape (n, targets).
        courses: by city with a scheme, shape (n, months, 3), in the order of `twin.MEASURES`.
        effective: as many independent draws would say as much.
    """

    u: Floats
    predicted: Floats
    courses: dict[str, Floats]
    effective: float


def draw_posterior(model: Model, fit: Fit, n: int, seed: int) -> Draws:
    """Draws parameters as they may be, given the targets.

    Candidates come from the normal around the best point. Where the posterior is bent (a slow start with many who join
    fits as well as the reverse) the normal strays from it; candidates are therefore kept with a chance that is their
    true posterior over the normal's (importance resampling).
    """
    candidates = draw_deviations(model, fit, CANDIDATES * n, seed)
    cities = [city.id for city in model.cities if city.scheme]
    predicted = np.empty((len(candidates), len(model.targets)))
    courses = {city: np.empty((len(candidates), model.months, 3)) for city in cities}
    for k, u in enumerate(candidates):
        found = model.run(u)
        predicted[k] = model.predict(u, found)
        for city in cities:
            one = found[city]
            courses[city][k] = np.stack([one.aware, one.taking_part, one.acceptance], axis=1)
    kept, effective = _resample(model, fit, candidates, predicted, n, seed)
    return Draws(candidates[kept], predicted[kept], {city: one[kept] for city, one in courses.items()}, effective)


def _resample(
    model: Model, fit: Fit, candidates: Floats, predicted: Floats, n: int, seed: int
) -> tuple[NDArray[np.int64], float]:
    """Systematic resampling by weight: which candidates, and how many of them count."""
    used = list(fit.used)
    off = (predicted[:, used] - model.observed[used]) / model.errors[used]
    posterior = -0.5 * ((off**2).sum(axis=1) + (candidates**2).sum(axis=1))
    away = candidates - fit.u
    normal = -0.5 * np.einsum("ki,ij,kj->k", away, np.linalg.inv(fit.covariance), away)
    log_weight = posterior - normal
    weight = np.exp(log_weight - log_weight.max())
    weight /= weight.sum()
    offset = np.random.Generator(np.random.Philox(seed + 1)).uniform()
    kept = np.searchsorted(np.cumsum(weight), (np.arange(n) + offset) / n)
    return np.minimum(kept, len(candidates) - 1), float(1 / (weight**2).sum())
