"""Machine code for ordered models: log-likelihood, gradient, Hessian and scores, streamed over blocks of rows.

The covariates come as `(k, n)`: each column lies in one piece, so that the loops over a block of rows are vector
instructions. Nothing of the size n × k is made. A row's answer is a *kind*: an interval between two cut points, given
by two tables `lower` and `upper` (−1 and q stand for minus and plus infinity; q is the number of cut points). There are
as many kinds as categories, and a few more where a separated bound was taken to its limit.

With u = θ_upper − η and l = θ_lower − η, a row's log-probability is log(F(u) − F(l)). For the logit it is written as
log F(u) + log(1 − F(l)) + log(1 − exp(−d)), d = u − l, which loses no digits and whose second derivative in η is
−(f(u) + f(l)): concave everywhere. The last term depends on the kind only.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from scslab.engine.jit import compile_, inline

BLOCK = 128
"""Rows at a time: a block of 12 columns and its work space stay in the first-level cache."""
LINKS = {"logit": 0, "probit": 1, "cloglog": 2}
"""Links and their numbers in the kernels. Log-log is cloglog of the reversed answer."""
N_WORK = 7
"""Rows of work space besides one for each cut point and each covariate. (Kernels say 7 and 128: constants unroll.)"""

_OPTIONS: Any = {"cache": True, "nogil": True, "error_model": "numpy", "_nrt": False}
# Sums over a block may be taken in any order: that is what makes them vector instructions.
_summing: Any = compile_(fastmath={"reassoc", "contract", "nsz"}, **_OPTIONS)
_SQRT_HALF = math.sqrt(0.5)
_DENSITY = 1.0 / math.sqrt(2.0 * math.pi)


@inline
def _logit(u: float, l: float, has_u: bool, has_l: bool, row: Any, r: int, c: float, g: float, ed: float) -> float:  # noqa: E741
    """Write derivatives of one row's log-probability to `row[0:5, r]`; returns it. c, g, ed: see `constants_of`."""
    above, below = 0.0, 0.0  # 1 − F(u) and F(l)
    fu, fl, product = 0.0, 0.0, 1.0
    if has_u:
        x = math.exp(-min(max(u, -700.0), 700.0))
        above = x / (1.0 + x)
        fu = above / (1.0 + x)
        product = 1.0 + x
        if has_l:
            y = x * ed
            below = 1.0 / (1.0 + y)
            fl = below * (y * below)
            product *= 1.0 + 1.0 / y
    elif has_l:
        y = math.exp(min(max(l, -700.0), 700.0))
        below = y / (1.0 + y)
        fl = below / (1.0 + y)
        product = 1.0 + y
    h = g * (1.0 + g)
    row[0, r] = above + g if has_u else 0.0
    row[1, r] = -below - g if has_l else 0.0
    row[2, r] = fu + h if has_u else 0.0
    row[3, r] = fl + h if has_l else 0.0
    row[4, r] = -h if has_u and has_l else 0.0
    return c - math.log(product)


@inline
def _probit(u: float, l: float, has_u: bool, has_l: bool, row: Any, r: int) -> float:  # noqa: E741
    """The same for the normal distribution; differences are taken in the tail where both values are small."""
    fu = _DENSITY * math.exp(-0.5 * u * u) if has_u else 0.0
    fl = _DENSITY * math.exp(-0.5 * l * l) if has_l else 0.0
    if has_l and (not has_u or u + l > 0.0):
        p = 0.5 * math.erfc(l * _SQRT_HALF)
        if has_u:
            p -= 0.5 * math.erfc(u * _SQRT_HALF)
    else:
        p = 0.5 * math.erfc(-u * _SQRT_HALF) if has_u else 1.0
        if has_l:
            p -= 0.5 * math.erfc(-l * _SQRT_HALF)
    p = max(p, 1e-300)
    a, b = fu / p, fl / p
    row[0, r] = a
    row[1, r] = -b
    row[2, r] = a * (a + u) if has_u else 0.0
    row[3, r] = b * (b - l) if has_l else 0.0
    row[4, r] = -a * b
    return math.log(p)


@inline
def _cloglog(u: float, l: float, has_u: bool, has_l: bool, row: Any, r: int) -> float:  # noqa: E741
    """The same for F(x) = 1 − exp(−exp(x)): P = exp(−e^l) (1 − exp(−(e^u − e^l)))."""
    eu = math.exp(min(u, 300.0)) if has_u else 0.0
    el = math.exp(min(l, 300.0)) if has_l else 0.0
    if not has_u:
        row[0, r] = row[2, r] = row[4, r] = 0.0
        row[1, r] = -el
        row[3, r] = el
        return -el
    d = max(eu - el, 1e-300)
    a = eu / math.expm1(d) if d < 700.0 else 0.0
    b = el / -math.expm1(-d)
    row[0, r] = a
    row[1, r] = -b
    row[2, r] = a * a - a * (1.0 - eu)
    row[3, r] = b * b + b * (1.0 - el)
    row[4, r] = -a * b
    return -el + math.log(-math.expm1(-d))


@inline
def _derive(
    link: int,
    x: Any,
    codes: Any,
    weights: Any,
    lower: Any,
    upper: Any,
    theta: Any,
    constants: Any,
    beta: Any,
    first: int,
    size: int,
    work: Any,
) -> float:
    """Derivatives of the rows of a block, unweighted, in `work[0:5]`; returns their weighted log-probabilities.

    A row of weight 0 (outside of the domain) gets zeros, and so do the places of the last block that have no row.
    `work[N_WORK + q:]` gets a copy of the covariates: loops over it have bounds and places that the compiler knows.
    """
    q, k = theta.size, beta.size
    for r in range(128):
        work[5, r] = 0.0
    for j in range(k):
        for r in range(size):
            work[7 + q + j, r] = x[j, first + r]
        for r in range(size, 128):
            work[7 + q + j, r] = 0.0
        slope = beta[j]
        for r in range(128):
            work[5, r] += slope * work[7 + q + j, r]
    total = 0.0
    for r in range(size):
        w = weights[first + r]
        if w == 0.0:
            for j in range(5):
                work[j, r] = 0.0
            continue
        kind = codes[first + r]
        low, high = lower[kind], upper[kind]
        has_l, has_u = low >= 0, high < q
        eta = work[5, r]
        u = theta[high] - eta if has_u else 0.0
        l = theta[low] - eta if has_l else 0.0  # noqa: E741
        if link == 0:
            p = _logit(u, l, has_u, has_l, work, r, constants[kind, 0], constants[kind, 1], constants[kind, 2])
        elif link == 1:
            p = _probit(u, l, has_u, has_l, work, r)
        else:
            p = _cloglog(u, l, has_u, has_l, work, r)
        total += w * p
    for j in range(5):
        for r in range(size, 128):
            work[j, r] = 0.0
    return total


@_summing
def _accumulate(k: int, codes: Any, lower: Any, upper: Any, q: int, first: int, size: int, work: Any, out: Any) -> None:
    """Add Σ z z' of a block to the lower triangle of `out` `(q+k, q+k)`.

    `work[2:5]` holds the second derivatives by u, by l and mixed. The row's index is η = x'b, u and l fall with it.
    """
    for c in range(q):
        for r in range(128):
            work[7 + c, r] = 0.0
    for r in range(128):
        work[6, r] = work[2, r] + work[3, r] + 2.0 * work[4, r]
    for r in range(size):
        kind = codes[first + r]
        low, high = lower[kind], upper[kind]
        huu, hll, hul = work[2, r], work[3, r], work[4, r]
        if high < q:
            out[high, high] += huu
            work[7 + high, r] -= huu + hul
            if low >= 0:
                out[high, low] += hul
        if low >= 0:
            out[low, low] += hll
            work[7 + low, r] -= hll + hul
    for j in range(k):
        for c in range(q):
            s = 0.0
            for r in range(128):
                s += work[7 + c, r] * work[7 + q + j, r]
            out[q + j, c] += s
        for r in range(128):
            work[5, r] = work[6, r] * work[7 + q + j, r]
        for i in range(j + 1):
            s = 0.0
            for r in range(128):
                s += work[5, r] * work[7 + q + i, r]
            out[q + j, q + i] += s


@_summing
def evaluate(
    link: int,
    x: Any,
    codes: Any,
    weights: Any,
    lower: Any,
    upper: Any,
    theta: Any,
    constants: Any,
    beta: Any,
    gradient: Any,
    information: Any,
    work: Any,
) -> float:
    """Weighted log-likelihood; adds its gradient `(q+k,)` and the lower triangle of minus its Hessian.

    Args:
        link: a number of `LINKS`.
        x: covariates `(k, n)`.
        codes: kind of each row `(n,)`.
        weights: `(n,)`; rows of weight 0 are left out.
        lower: cut point below each kind, −1 for none.
        upper: cut point above each kind, q for none.
        theta: cut points `(q,)`, rising.
        constants: see `constants_of`.
        beta: slopes `(k,)`.
        gradient: cut points first, then slopes.
        information: `(q+k, q+k)`.
        work: `(N_WORK + q + k, BLOCK)`.
    """
    q, (k, n) = theta.size, x.shape
    total = 0.0
    for first in range(0, n, 128):
        size = min(128, n - first)
        total += _derive(link, x, codes, weights, lower, upper, theta, constants, beta, first, size, work)
        for r in range(size):
            kind, w = codes[first + r], weights[first + r]
            low, high = lower[kind], upper[kind]
            for j in range(5):
                work[j, r] *= w
            if high < q:
                gradient[high] += work[0, r]
            if low >= 0:
                gradient[low] += work[1, r]
        for r in range(128):
            work[6, r] = -work[0, r] - work[1, r]
        for j in range(k):
            s = 0.0
            for r in range(128):
                s += work[6, r] * work[7 + q + j, r]
            gradient[q + j] += s
        _accumulate(k, codes, lower, upper, q, first, size, work, information)
    return total


@_summing
def add_squares(
    link: int,
    x: Any,
    codes: Any,
    weights: Any,
    factors: Any,
    lower: Any,
    upper: Any,
    theta: Any,
    constants: Any,
    beta: Any,
    out: Any,
    work: Any,
) -> None:
    """Add Σ factor s s' of the unweighted scores s of all rows to the lower triangle of `out` `(q+k, q+k)`.

    `factors` `(n,)` are what each row's square counts: w² for a robust variance, w for frequencies. The others are
    those of `evaluate`, `out` its `information`.
    """
    q, (k, n) = theta.size, x.shape
    for first in range(0, n, 128):
        size = min(128, n - first)
        _derive(link, x, codes, weights, lower, upper, theta, constants, beta, first, size, work)
        for r in range(size):
            gu, gl, f = work[0, r], work[1, r], factors[first + r]
            work[2, r] = f * gu * gu
            work[3, r] = f * gl * gl
            work[4, r] = f * gu * gl
        _accumulate(k, codes, lower, upper, q, first, size, work, out)


@_summing
def add_totals(
    link: int,
    x: Any,
    codes: Any,
    weights: Any,
    groups: Any,
    lower: Any,
    upper: Any,
    theta: Any,
    constants: Any,
    beta: Any,
    out: Any,
    work: Any,
) -> None:
    """Add weighted scores of all rows to the totals of their groups, `out` `(g, q+k)`; `groups` are codes `(n,)`."""
    q, (k, n) = theta.size, x.shape
    for first in range(0, n, 128):
        size = min(128, n - first)
        _derive(link, x, codes, weights, lower, upper, theta, constants, beta, first, size, work)
        for r in range(size):
            w = weights[first + r]
            if w == 0.0:
                continue
            kind, group = codes[first + r], groups[first + r]
            low, high = lower[kind], upper[kind]
            gu, gl = w * work[0, r], w * work[1, r]
            if high < q:
                out[group, high] += gu
            if low >= 0:
                out[group, low] += gl
            slope = -gu - gl
            for j in range(k):
                out[group, q + j] += slope * work[7 + q + j, r]


def constants_of(link: int, lower: Any, upper: Any, theta: Any) -> Any:
    """What the logit's rows of a kind share `(kinds, 3)`: log(1 − exp(−d)), 1/(exp(d) − 1), exp(d)."""
    found = np.zeros((lower.size, 3))
    if link != 0:
        return found
    is_between = (lower >= 0) & (upper < theta.size)
    d = theta[upper[is_between]] - theta[lower[is_between]]
    found[is_between, 0] = np.log(-np.expm1(-d))
    found[is_between, 1] = 1 / np.expm1(d)
    found[is_between, 2] = np.exp(np.minimum(d, 700.0))
    return found
