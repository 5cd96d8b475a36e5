"""Succession: what subjects bring along from the scheme that a scheme succeeds."""

from __future__ import annotations

import itertools
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

from scslab.scheme.model import Carry, Scheme, Succession


def carried(scheme: Scheme, law: Succession, standing: dict[str, Any]) -> Decimal | None:
    """The start that a standing under the earlier scheme becomes; None: the scheme's own start."""
    match law.carry:
        case Carry.START:
            return None
        case Carry.TIERS:
            value = law.tiers.get(standing["tier"] or "")
        case Carry.POINTS:
            value = standing["score"]
        case Carry.SCALE:
            value = None if standing["score"] is None else on_scale(law.scale, standing["score"])
    return None if value is None else rounded(Fraction(value), scheme.score.decimals)


def on_scale(points: Any, value: Decimal) -> Fraction:
    """Linear between the points, flat outside; exact."""
    if value <= points[0][0]:
        return Fraction(points[0][1])
    for (x0, y0), (x1, y1) in itertools.pairwise(points):
        if value <= x1:
            return Fraction(y0) + Fraction(y1 - y0) * Fraction(value - x0) / Fraction(x1 - x0)
    return Fraction(points[-1][1])


def rounded(value: Fraction, decimals: int) -> Decimal:
    """Half away from zero."""
    scaled = abs(value) * 10**decimals
    whole = int(scaled) + (scaled - int(scaled) >= Fraction(1, 2))
    return (
        (Decimal(whole) if value >= 0 else -Decimal(whole))
        .scaleb(-decimals)
        .quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    )
