"""Separation: whether the likelihood has a maximum at all, decided by linear programmes before anything is fitted.

A direction (δθ, δβ) in which no row's probability falls, and some row's rises, carries the likelihood up for ever:
there is no finite estimate (`albert1984`, `konis2007`). In an ordered model a row asks two things of a direction: its
upper cut point must not fall behind its index, δθ_upper − x'δβ ≥ 0, and its lower one not overtake it,
x'δβ − δθ_lower ≥ 0.

Few rows decide. A subset of full rank without such a direction proves that all rows have none, and rows that a found
direction hurts join the subset until it stands or falls, so that the programmes stay small for any number of rows.
Where there are many rows, `overlap` tries a cheaper proof first; what it does not prove is decided here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from scslab.study.design.columns import Booleans, Floats, Integers
from scslab.study.models.newton import Rows, count_categories, guess_start, measure

SLACK = 1e-6
"""A gap above this, in units where each covariate has a standard deviation of 1, counts as a gap."""
FIRST_ROWS = 150


@dataclass(frozen=True, slots=True)
class Separation:
    """Why there is no finite maximum, and what is left to fit.

    Attributes:
        direction: how the parameters move, cut points first `(p,)`; only signs matter.
        is_moving: parameters without a finite estimate `(p,)`.
        is_held: parameters to hold while the others are fitted `(p,)`: as many as the directions have dimensions.
        is_complete: whether every row is predicted without error, so that nothing is left to fit.
        n_rows: rows that have a bound at infinity.
        rows: the likelihood at its limit: bounds that moved away are gone.
    """

    direction: Floats
    is_moving: Booleans
    is_held: Booleans
    is_complete: bool
    n_rows: int
    rows: Rows


def find_separation(rows: Rows, is_free: Booleans | None = None) -> Separation | None:
    """The separation of an ordered model's data, or None where a finite maximum exists.

    The covariates must be linearly independent (see `collinearity`). Cut points that are not `is_free` `(p,)` are held:
    those of a binary model without a constant.
    """
    free = np.ones(rows.p, np.bool_) if is_free is None else is_free
    centre, scale = _standardise(rows)
    if not free.all():  # a held cut point cannot make up for the centring
        centre = np.zeros_like(centre)
    chosen = _choose_rows(rows)
    while True:
        matrix = _build_constraints(rows, chosen, centre, scale)
        matrix[:, ~free] = 0.0
        rank = np.linalg.matrix_rank(matrix, tol=1e-7 * max(matrix.shape) ** 0.5)
        if rank < int(free.sum()) and chosen.size < rows.n:
            extra = np.linspace(0, rows.n - 1, min(rows.n, 4 * chosen.size)).astype(np.int64)
            chosen = np.union1d(chosen, extra)
            continue
        direction = _find_direction(matrix)
        if direction is None:
            return None
        direction[~free] = 0.0
        over, under = _find_slack(rows, direction, centre, scale)
        worst = np.minimum(over, under)
        is_hurt = worst < -SLACK
        is_hurt[chosen] = False
        if not is_hurt.any():
            return _describe(rows, direction, over, under, centre, scale, free)
        hurt = np.flatnonzero(is_hurt)
        chosen = np.union1d(chosen, hurt[np.argsort(worst[hurt])[:FIRST_ROWS]])


def _standardise(rows: Rows) -> tuple[Floats, Floats]:
    """Centre and scale of the covariates `(k,)`, from a sample of the rows: any that make the programme well-scaled."""
    some = rows.x[:, :: max(1, rows.n // 10_000)]
    scale = some.std(axis=1)
    largest = np.abs(some).max(axis=1, initial=1.0)
    return some.mean(axis=1), np.where(scale > 1e-12 * largest, scale, 1.0)


def _choose_rows(rows: Rows) -> Integers:
    """Rows to begin with: some evenly spread, and in each category those with the extremes of each covariate."""
    if rows.n <= 2 * FIRST_ROWS:
        return np.flatnonzero(rows.weights > 0)
    every = max(1, rows.n // 20_000)
    places = np.arange(0, rows.n, every)
    places = places[rows.weights[places] > 0]
    picked = [places[:: max(1, places.size // FIRST_ROWS)]]
    codes = rows.codes[places]
    for kind in range(rows.lower.size):
        mine = places[codes == kind]
        if mine.size:
            values = rows.x[:, mine]
            picked += [mine[values.argmin(axis=1)], mine[values.argmax(axis=1)]]
    return np.unique(np.concatenate(picked))


def _build_constraints(rows: Rows, chosen: Integers, centre: Floats, scale: Floats) -> Floats:
    """What the chosen rows ask of a direction: `matrix @ direction >= 0`, in centred and scaled covariates."""
    z = ((rows.x[:, chosen].T - centre) / scale) if chosen.size else np.zeros((0, rows.x.shape[0]))
    low, high = rows.lower[rows.codes[chosen]], rows.upper[rows.codes[chosen]]
    parts: list[Floats] = []
    for cut, sign, has in ((high, 1.0, high < rows.q), (low, -1.0, low >= 0)):
        block = np.zeros((int(has.sum()), rows.p))
        block[np.arange(block.shape[0]), cut[has]] = sign
        block[:, rows.q :] = -sign * z[has]
        parts.append(block)
    return np.concatenate(parts)


def _find_direction(matrix: Floats) -> Floats | None:
    """A direction that all rows allow and as many as can be gain from, or None.

    Each programme maximises the sum of the gains of the rows that have none yet; each adds a dimension.
    """
    from scipy.optimize import linprog

    unique = np.unique(matrix, axis=0)
    is_open, total = np.ones(unique.shape[0], np.bool_), None
    while is_open.any():
        solved = linprog(-unique[is_open].sum(axis=0), A_ub=-unique, b_ub=np.zeros(len(unique)), bounds=(-1, 1))
        if solved.x is None:
            break
        gains = unique @ solved.x
        is_gaining = is_open & (gains > SLACK)
        if not is_gaining.any() or gains.min() < -SLACK:
            break
        total = solved.x if total is None else total + solved.x
        is_open &= ~is_gaining
    return total


def _find_slack(rows: Rows, direction: Floats, centre: Floats, scale: Floats) -> tuple[Floats, Floats]:
    """How much each row gains above and below `(n,)`; infinite where it has no bound, or no weight."""
    slope = direction[rows.q :] / scale
    index = slope @ rows.x - slope @ centre
    padded = np.concatenate([direction[: rows.q], [np.inf, -np.inf]])  # [q] above all, [-1] below all
    over, under = padded[rows.upper][rows.codes] - index, index - padded[rows.lower][rows.codes]
    is_out = rows.weights == 0
    over[is_out], under[is_out] = np.inf, np.inf
    return over, under


def _describe(
    rows: Rows, direction: Floats, over: Floats, under: Floats, centre: Floats, scale: Floats, free: Booleans
) -> Separation:
    low, high = rows.lower[rows.codes].copy(), rows.upper[rows.codes].copy()
    is_moved = ((high < rows.q) & (over > SLACK)) | ((low >= 0) & (under > SLACK))
    high[over > SLACK], low[under > SLACK] = rows.q, -1
    kinds, codes = np.unique(np.stack([low, high]), axis=1, return_inverse=True)
    is_gone = (low < 0) & (high == rows.q)
    limit = replace(
        rows,
        codes=codes.ravel().astype(np.int64),
        lower=kinds[0].copy(),
        upper=kinds[1].copy(),
        weights=np.where(is_gone, 0.0, rows.weights),
    )
    raw = direction.copy()
    raw[rows.q :] /= scale
    raw[: rows.q] += raw[rows.q :] @ centre
    raw[np.abs(raw) * np.concatenate([np.ones(rows.q), scale]) < 1e-7] = 0.0
    flat = _find_flat(limit, guess_start(rows, count_categories(rows)), free)
    is_moving = np.abs(flat).max(axis=1, initial=0.0) > 1e-6
    return Separation(
        direction=raw,
        is_moving=is_moving,
        is_held=_choose_held(flat),
        is_complete=bool((limit.weights == 0).all()),
        n_rows=int((is_moved & (rows.weights > 0)).sum()),
        rows=limit,
    )


def _find_flat(limit: Rows, start: Floats, free: Booleans) -> Floats:
    """A basis `(p, d)` of the directions in which the likelihood at its limit does not change."""
    _, _, information = measure(limit, start)
    information[~free, :] = 0.0
    information[:, ~free] = 0.0
    information[~free, ~free] = 1.0
    scale = np.sqrt(np.diag(information))
    is_none = scale < 1e-12
    scale[is_none] = 1.0
    values, vectors = np.linalg.eigh(information / scale / scale[:, None])
    return (vectors / scale[:, None])[:, values < 1e-9]


def _choose_held(flat: Floats) -> Booleans:
    """As many parameters as there are flat directions, such that holding them leaves none."""
    from scipy.linalg import qr

    held = np.zeros(flat.shape[0], np.bool_)
    if flat.shape[1]:
        found: tuple[Any, Any] = qr(flat.T, pivoting=True, mode="r")  # type: ignore[assignment]
        held[found[1][: flat.shape[1]]] = True
    return held
