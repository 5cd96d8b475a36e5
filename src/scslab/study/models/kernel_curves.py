"""Exponential and logarithm that a compiler turns into vector instructions, as calls into a library never are.

Both are right to the last digit or the one before it (a test compares them with the library's).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from scslab.engine.jit import compile_

# Products may be fused into sums. Sums must keep their order: that is what rounds and reduces an argument exactly.
exact_inline: Any = compile_(
    fastmath={"contract", "nsz"},
    forceinline=True,
    no_cpython_wrapper=True,
    no_cfunc_wrapper=True,
    nogil=True,
    error_model="numpy",
    _nrt=False,
)

_LOG2_E = 1.0 / math.log(2.0)
_LN2_HIGH, _LN2_LOW = 6.93147180369123816490e-01, 1.90821492927058770002e-10  # the first has zeros at its end
_ROUNDER = 6755399441055744.0  # 1.5 × 2^52: a double of this size has no digits after the point
_ROUNDER_BITS = int(np.float64(_ROUNDER).view(np.int64))
_ROOT_HALF_BITS = int(np.float64(math.sqrt(0.5)).view(np.int64))


@exact_inline
def exponential(x: float) -> float:
    """e^x for −700 ≤ x ≤ 700: 2^m e^r with |r| ≤ ln(2)/2, and e^r by its series."""
    shifted = x * _LOG2_E + _ROUNDER
    m = shifted - _ROUNDER
    r = (x - m * _LN2_HIGH) - m * _LN2_LOW
    p = 1.0 / 6227020800.0
    p = p * r + 1.0 / 479001600.0
    p = p * r + 1.0 / 39916800.0
    p = p * r + 1.0 / 3628800.0
    p = p * r + 1.0 / 362880.0
    p = p * r + 1.0 / 40320.0
    p = p * r + 1.0 / 5040.0
    p = p * r + 1.0 / 720.0
    p = p * r + 1.0 / 120.0
    p = p * r + 1.0 / 24.0
    p = p * r + 1.0 / 6.0
    p = p * r + 0.5
    p = p * r + 1.0
    p = p * r + 1.0
    # The last digits of `shifted` are m; moved to the place of the exponent they are 2^m.
    return p * np.int64((np.float64(shifted).view(np.int64) + 1023) << 52).view(np.float64)


@exact_inline
def logarithm(x: float) -> float:
    """Natural logarithm for 1 ≤ x < ∞, as in Sun's fdlibm: of 2^m (1 + f), by a series in f/(2 + f)."""
    bits = np.float64(x).view(np.int64)
    exponent = (bits - _ROOT_HALF_BITS) >> 52
    f = np.int64(bits - (exponent << 52)).view(np.float64) - 1.0
    m = np.int64(exponent + _ROUNDER_BITS).view(np.float64) - _ROUNDER
    s = f / (2.0 + f)
    z = s * s
    p = 1.479819860511658591e-01
    p = p * z + 1.531383769920937332e-01
    p = p * z + 1.818357216161805012e-01
    p = p * z + 2.222219843214978396e-01
    p = p * z + 2.857142874366239149e-01
    p = p * z + 3.999999999940941908e-01
    p = p * z + 6.666666666666735130e-01
    half = 0.5 * f * f
    return m * _LN2_HIGH - ((half - (s * (half + z * p) + m * _LN2_LOW)) - f)
