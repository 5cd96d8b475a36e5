"""Machine code for links: log-probabilities of a block of rows and their derivatives.

With u = θ_upper − η and l = θ_lower − η, a row's log-probability is log(F(u) − F(l)). For the logit it is written as
log F(u) + log(1 − F(l)) + log(1 − exp(−d)), d = u − l, which loses no digits and whose second derivative in η is
−(f(u) + f(l)): concave everywhere. The last term depends on the kind only.

Each function finds in the work space of a block, by row r, the columns of `tabulate_kinds` in `work[0:5, r]`, the index
η in `work[5]`, weights in `work[6]`, and the numbers of the upper and the lower cut point in `work[7]` and `work[8]`
(−1 for none). It leaves the unweighted derivatives by u, by l, and minus the second ones (uu, ll, ul) in `work[0:5]`,
and returns the weighted sum of the log-probabilities.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from scslab.engine.jit import compile_, inline
from scslab.study.models.kernel_curves import exponential, logarithm

LINKS = {"logit": 0, "probit": 1, "cloglog": 2}
"""Links and their numbers in the kernels. Log-log is cloglog of the reversed answer."""
BLOCK = 256
"""Rows at a time: a block of 12 columns and its work space stay in the nearest caches. (Kernels say 256.)"""
SUMMING: Any = {"fastmath": {"reassoc", "contract", "nsz"}, "nogil": True, "error_model": "numpy", "_nrt": False}
"""Sums over a block may be taken in any order: that is what makes them vector instructions."""
summing_inline: Any = compile_(forceinline=True, no_cpython_wrapper=True, no_cfunc_wrapper=True, **SUMMING)
_SQRT_HALF = math.sqrt(0.5)
_DENSITY = 1.0 / math.sqrt(2.0 * math.pi)


def tabulate_kinds(link: int, lower: Any, upper: Any, theta: Any) -> Any:
    """What the rows of a kind share `(kinds, 7)`: five constants of the link, and the upper and the lower cut (or −1).

    Logit: the cut point that e^(η − cut) is computed for, −, e^d, log(1 − e^−d) and 1/(e^d − 1). Others: θ_upper and
    θ_lower, or 0.
    """
    q = theta.size
    has_u, has_l = upper < q, lower >= 0
    found = np.zeros((lower.size, 7))
    found[has_u, 0], found[has_l, 1] = theta[upper[has_u]], theta[lower[has_l]]
    found[:, 5], found[:, 6] = np.where(has_u, upper, -1), lower
    if link == LINKS["logit"]:
        d = found[:, 0] - found[:, 1]
        found[~has_u, 0] = found[~has_u, 1]
        found[:, 2] = 1.0
        between = has_u & has_l
        d = d[between]
        found[between, 2] = np.exp(np.minimum(d, 700.0))
        found[between, 3] = np.log(-np.expm1(-d))
        found[between, 4] = 1 / np.expm1(d)
    return found


@summing_inline
def derive_logit(work: Any) -> float:
    """Without branches, so that eight rows at a time are computed."""
    total = 0.0
    for r in range(256):
        e = exponential(min(max(work[5, r] - work[0, r], -700.0), 700.0))
        has_u = 1.0 if work[7, r] >= 0.0 else 0.0
        has_l = 1.0 if work[8, r] >= 0.0 else 0.0
        g = work[4, r]
        h = g * (1.0 + g)
        x, y = has_u * e, work[2, r] * e  # e^−u and e^−l
        inverse = 1.0 / (1.0 + x)
        above, below = x * inverse, has_l / (1.0 + y)  # 1 − F(u) and F(l)
        fu, fl = above * inverse, below * (y * below)
        total += work[6, r] * (work[3, r] - logarithm((1.0 + x) * (1.0 + has_l / y)))
        work[0, r] = above + has_u * g
        work[1, r] = -below - has_l * g
        work[2, r] = fu + has_u * h
        work[3, r] = fl + has_l * h
        work[4, r] = -h
    return total


@inline
def _probit(u: float, l: float, has_u: bool, has_l: bool, work: Any, r: int) -> float:  # noqa: E741
    """One row of the normal distribution; differences are taken in the tail where both values are small."""
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
    work[0, r] = a
    work[1, r] = -b
    work[2, r] = a * (a + u) if has_u else 0.0
    work[3, r] = b * (b - l) if has_l else 0.0
    work[4, r] = -a * b
    return math.log(p)


@inline
def _cloglog(u: float, l: float, has_u: bool, has_l: bool, work: Any, r: int) -> float:  # noqa: E741
    """One row of F(x) = 1 − exp(−exp(x)): P = exp(−e^l) (1 − exp(−(e^u − e^l)))."""
    eu = math.exp(min(u, 300.0)) if has_u else 0.0
    el = math.exp(min(l, 300.0)) if has_l else 0.0
    if not has_u:
        work[0, r] = work[2, r] = work[4, r] = 0.0
        work[1, r] = -el
        work[3, r] = el
        return -el
    d = max(eu - el, 1e-300)
    a = eu / math.expm1(d) if d < 700.0 else 0.0
    b = el / -math.expm1(-d)
    work[0, r] = a
    work[1, r] = -b
    work[2, r] = a * a - a * (1.0 - eu)
    work[3, r] = b * b + b * (1.0 - el)
    work[4, r] = -a * b
    return -el + math.log(-math.expm1(-d))


@inline
def derive_by_row(link: int, work: Any) -> float:
    """Probit and cloglog, row by row."""
    total = 0.0
    for r in range(256):
        w = work[6, r]
        if w == 0.0:
            for j in range(5):
                work[j, r] = 0.0
            continue
        has_u, has_l = work[7, r] >= 0.0, work[8, r] >= 0.0
        u = work[0, r] - work[5, r] if has_u else 0.0
        l = work[1, r] - work[5, r] if has_l else 0.0  # noqa: E741
        if link == 1:
            total += w * _probit(u, l, has_u, has_l, work, r)
        else:
            total += w * _cloglog(u, l, has_u, has_l, work, r)
    return total
