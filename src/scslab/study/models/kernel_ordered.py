"""Machine code for ordered models: log-likelihood, gradient, Hessian and scores, streamed over blocks of rows.

The covariates come as `(k, n)`: each column lies in one piece, so that the loops over a block of rows are vector
instructions. Nothing of the size n × k is made. A row's answer is a *kind*: an interval between two cut points, given
by two tables `lower` and `upper` (−1 and q stand for minus and plus infinity; q is the number of cut points). There are
as many kinds as categories, and a few more where a separated bound was taken to its limit.

The work space of a block has the rows that `kernel_links` names, one for each cut point (what its derivative has in
common with the index's), and two for each covariate (its values, and those times the second derivative).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from scslab.engine.jit import compile_
from scslab.study.models.kernel_links import BLOCK, SUMMING, derive_by_row, derive_logit, summing_inline

_N_WORK = 9
_kernel: Any = compile_(cache=True, **SUMMING)


def make_work(q: int, k: int) -> Any:
    """Work space of the kernels for q cut points and k covariates."""
    return np.zeros((_N_WORK + q + 2 * k, BLOCK))


@summing_inline
def _derive(link: int, x: Any, codes: Any, weights: Any, table: Any, beta: Any, q: int, first: int, work: Any) -> float:
    """Derivatives of the rows of a block from `first` on, see `kernel_links`; returns its weighted log-probabilities.

    The places of the last block that have no row get a weight of 0. The block's covariates are copied: loops over them
    have bounds and places that the compiler knows.
    """
    size = min(256, codes.size - first)
    for r in range(256):
        work[5, r] = 0.0
    for j in range(beta.size):
        column = 9 + q + j
        for r in range(size):
            work[column, r] = x[j, first + r]
        for r in range(size, 256):
            work[column, r] = 0.0
        slope = beta[j]
        for r in range(256):
            work[5, r] += slope * work[column, r]
    for r in range(size):
        kind = codes[first + r]
        work[6, r] = weights[first + r]
        for j in range(5):
            work[j, r] = table[kind, j]
        work[7, r] = table[kind, 5]
        work[8, r] = table[kind, 6]
    for r in range(size, 256):
        work[6, r] = 0.0
        for j in range(5):
            work[j, r] = table[0, j]
        work[7, r] = work[8, r] = -1.0
    return derive_logit(work) if link == 0 else derive_by_row(link, work)


@summing_inline
def _add_cuts(q: int, work: Any, gradient: Any, out: Any) -> None:
    """Weight the derivatives of a block, and add what concerns the cut points alone.

    Leaves the index's first derivative in `work[5]`, minus its second in `work[6]`, and those that it has in common
    with each cut point in `work[9:9 + q]`. The index is η = x'b; u and l fall with it.
    """
    for r in range(256):
        w = work[6, r]
        for j in range(5):
            work[j, r] *= w
        work[5, r] = -work[0, r] - work[1, r]
        work[6, r] = work[2, r] + work[3, r] + 2.0 * work[4, r]
    for c in range(q):
        slope, own, mixed, number = 0.0, 0.0, 0.0, float(c)
        for r in range(256):
            is_u = 1.0 if work[7, r] == number else 0.0
            is_l = 1.0 if work[8, r] == number else 0.0
            second = is_u * work[2, r] + is_l * work[3, r]
            slope += is_u * work[0, r] + is_l * work[1, r]
            own += second
            mixed += is_u * work[4, r]
            work[9 + c, r] = -second - (is_u + is_l) * work[4, r]
        gradient[c] += slope
        out[c, c] += own
        if c > 0:  # a kind with both bounds lies between neighbours
            out[c, c - 1] += mixed


@summing_inline
def _multiply(a: int, b: int, work: Any, out: Any, i: int, j: int) -> None:
    """Add the products of rows a and a + 1 of the work space with b and b + 1 to a square of `out` at (i, j).

    Four sums at a time take each number from the cache once for two of them.
    """
    s, t, u, v = 0.0, 0.0, 0.0, 0.0
    for r in range(256):
        s += work[a, r] * work[b, r]
        t += work[a, r] * work[b + 1, r]
        u += work[a + 1, r] * work[b, r]
        v += work[a + 1, r] * work[b + 1, r]
    out[i, j] += s
    out[i, j + 1] += t
    out[i + 1, j] += u
    out[i + 1, j + 1] += v


@summing_inline
def _multiply_one(a: int, b: int, work: Any) -> float:
    s = 0.0
    for r in range(256):
        s += work[a, r] * work[b, r]
    return s


@summing_inline
def _add_slopes(q: int, k: int, work: Any, gradient: Any, out: Any) -> None:
    """Add what concerns the slopes: to the gradient, and to the lower triangle of `out` (and next to its diagonal)."""
    x, y = 9 + q, 9 + q + k  # covariates, and covariates times the index's second derivative
    for j in range(k):
        slope = 0.0
        for r in range(256):
            value = work[x + j, r]
            slope += work[5, r] * value
            work[y + j, r] = work[6, r] * value
        gradient[q + j] += slope
    for j in range(0, k - 1, 2):
        for c in range(0, q - 1, 2):
            _multiply(x + j, 9 + c, work, out, q + j, c)
        if q % 2 == 1:
            out[q + j, q - 1] += _multiply_one(x + j, 8 + q, work)
            out[q + j + 1, q - 1] += _multiply_one(x + j + 1, 8 + q, work)
        for i in range(0, j + 1, 2):
            _multiply(y + j, x + i, work, out, q + j, q + i)
    if k % 2 == 1:
        for c in range(q):
            out[q + k - 1, c] += _multiply_one(x + k - 1, 9 + c, work)
        for i in range(k):
            out[q + k - 1, q + i] += _multiply_one(y + k - 1, x + i, work)


@_kernel
def evaluate(
    link: int,
    is_squares: bool,
    x: Any,
    codes: Any,
    weights: Any,
    table: Any,
    beta: Any,
    gradient: Any,
    out: Any,
    work: Any,
) -> float:
    """Weighted log-likelihood; adds its gradient `(q+k,)`, and the lower triangle of minus its Hessian or of Σ w s s'.

    Args:
        link: a number of `LINKS`.
        is_squares: whether `out` gets Σ w s s' of the unweighted scores s, and not minus the Hessian. The weights are
            then what each row's square counts: w² for a robust variance, w for frequencies.
        x: covariates `(k, n)`.
        codes: kind of each row `(n,)`.
        weights: `(n,)`; rows of weight 0 are left out.
        table: see `tabulate_kinds`.
        beta: slopes `(k,)`.
        gradient: cut points first, then slopes.
        out: `(q+k, q+k)`; what stands above its diagonal has no meaning.
        work: see `make_work`.
    """
    k = beta.size
    q, total = gradient.size - k, 0.0
    for first in range(0, codes.size, 256):
        total += _derive(link, x, codes, weights, table, beta, q, first, work)
        if is_squares:
            for r in range(256):
                work[2, r] = work[0, r] * work[0, r]
                work[3, r] = work[1, r] * work[1, r]
                work[4, r] = work[0, r] * work[1, r]
        _add_cuts(q, work, gradient, out)
        _add_slopes(q, k, work, gradient, out)
    return total


@_kernel
def add_totals(
    link: int, x: Any, codes: Any, weights: Any, groups: Any, table: Any, beta: Any, out: Any, work: Any
) -> None:
    """Add weighted scores of all rows to the totals of their groups, `out` `(g, q+k)`; `groups` are codes `(n,)`."""
    k = beta.size
    q = out.shape[1] - k
    for first in range(0, codes.size, 256):
        _derive(link, x, codes, weights, table, beta, q, first, work)
        for r in range(min(256, codes.size - first)):
            w = work[6, r]
            if w == 0.0:
                continue
            group, high, low = groups[first + r], int(work[7, r]), int(work[8, r])
            gu, gl = w * work[0, r], w * work[1, r]
            if high >= 0:
                out[group, high] += gu
            if low >= 0:
                out[group, low] += gl
            slope = -gu - gl
            for j in range(k):
                out[group, q + j] += slope * work[9 + q + j, r]
