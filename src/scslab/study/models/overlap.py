"""Overlap: a proof that the answers are not separated, and a start near the maximum, both from a sample of many rows.

By Stiemke's lemma (`stiemke1915`) no direction gains (see `separation`) if and only if positive multiples of what the
rows ask of it add up to zero. At a maximum the rows' scores by their bounds are such multiples, so that a sample with a
maximum proves that it has no such direction, and then all rows have none. A computed maximum leaves a small sum; the
multiples are corrected by weighted least squares until it is zero, and must stay positive.
"""

from __future__ import annotations

import numpy as np

from scslab.study.design.columns import Booleans, Floats
from scslab.study.models.distribution import DISTRIBUTIONS
from scslab.study.models.newton import Rows, count_categories, maximise, step_once

SAMPLE = 4_000
"""Rows of the sample whose maximum is sought."""
GROWTH = 6
"""Between that sample and all rows, each sample is about so many times as large as the one before."""
FEWEST = 5
"""A sample with a category of less weight says too little."""


def find_near(rows: Rows, start: Floats, is_free: Booleans) -> Floats | None:
    """Parameters `(p,)` near the maximum of many rows; None for few rows, or where a sample does not prove overlap."""
    if rows.n < 2 * SAMPLE:
        return None
    sample = rows.take(rows.n // SAMPLE)
    if count_categories(sample).min() < FEWEST:
        return None
    fit = maximise(sample, start, is_free)
    if not fit.is_converged or not proves_overlap(sample, fit.parameters, is_free):
        return None
    near, ratio = fit.parameters, rows.n / SAMPLE
    n_levels = max(1, round(np.log(ratio) / np.log(GROWTH)))
    for level in range(n_levels - 1, 0, -1):
        near = step_once(rows.take(round(ratio ** (level / n_levels))), near, is_free)
    return near


def proves_overlap(rows: Rows, parameters: Floats, is_free: Booleans) -> bool:
    """Whether the scores at some parameters prove that every direction loses something somewhere.

    Example:
        The answers 0, 1, 0, 1 over 1, 2, 3, 4 cross. Without the third they do not:

        >>> x, codes, free = np.array([[1.0, 2, 3, 4]]), np.array([0, 1, 0, 1]), np.ones(2, bool)
        >>> rows = Rows("logit", x, codes, np.ones(4), np.array([-1, 0]), np.array([0, 1]), 1)
        >>> proves_overlap(rows, maximise(rows, np.zeros(2)).parameters, free)
        True
        >>> rows = Rows("logit", x, codes, np.array([1.0, 1, 0, 1]), np.array([-1, 0]), np.array([0, 1]), 1)
        >>> proves_overlap(rows, np.array([15.0, 10.0]), free)
        False
    """
    q, index = rows.q, parameters[rows.q :] @ rows.x
    cuts = np.concatenate([parameters[:q], [np.inf, -np.inf]])  # [q] above all, [-1] below all
    low, high = rows.lower[rows.codes], rows.upper[rows.codes]
    over, under = _find_multiples(rows, cuts[high] - index, cuts[low] - index)
    # What a row asks is e_high − x for its upper bound and x − e_low for its lower one. No array of those is made.
    ends = np.arange(q)[:, None]
    of_cut = (high == ends) * over + (low == ends) * under
    gram, both = np.zeros((rows.p, rows.p)), over + under
    gram[np.arange(q), np.arange(q)] = of_cut.sum(axis=1)
    gram[q:, :q] = -rows.x @ of_cut.T
    gram[:q, q:] = gram[q:, :q].T
    gram[q:, q:] = (rows.x * both) @ rows.x.T
    left = np.concatenate([((high == ends) * over - (low == ends) * under).sum(axis=1), rows.x @ (under - over)])
    inner, left = gram[np.ix_(is_free, is_free)], left[is_free]
    if not (np.diag(inner) > 0).all():
        return False
    scale = np.sqrt(np.diag(inner))
    inner = inner / scale / scale[:, None]
    if np.linalg.eigvalsh(inner)[0] < 1e-9:
        return False
    shift = np.zeros(rows.p)
    shift[is_free] = np.linalg.solve(inner, left / scale) / scale
    moved, ahead = shift[q:] @ rows.x, np.concatenate([shift[:q], [0.0, 0.0]])
    # The corrected multiples are over · (1 − this) and under · (1 + that).
    change = np.where(over > 0, ahead[high] - moved, 0.0), np.where(under > 0, ahead[low] - moved, 0.0)
    return bool(max(np.abs(change[0]).max(), np.abs(change[1]).max()) < 0.5)


def _find_multiples(rows: Rows, u: Floats, l: Floats) -> tuple[Floats, Floats]:  # noqa: E741
    """Size of each row's scores by its upper and its lower bound `(n,)`; 0 where it has none, or says next to nothing.

    Any may be left out: what the others prove holds with it.
    """
    curve = DISTRIBUTIONS[rows.link]
    with np.errstate(all="ignore"):
        chance = curve.cdf(u) - curve.cdf(l)
        found = [np.where(np.isfinite(end), rows.weights * curve.pdf(end) / chance, 0.0) for end in (u, l)]
    over, under = (np.where(np.isfinite(each) & (each > 1e-9), each, 0.0) for each in found)
    return over, under
