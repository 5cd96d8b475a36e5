"""Succession: the starts that subjects of an earlier scheme bring along."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any

import polars as pl

from scslab.engine.carried import Carried
from scslab.engine.frames import get_points_type
from scslab.scheme.model import Carry, Scheme, Succession


def carry_over(scheme: Scheme, law: Succession, earlier: pl.DataFrame) -> Carried:
    """What everybody who has a standing under the earlier scheme starts with.

    Args:
        scheme: the later scheme.
        law: how it succeeds the earlier one.
        earlier: the standings under the earlier scheme, settled up to the day before.
    """
    kept = "tier" if law.carry is Carry.TIERS else "score"
    standings = earlier.select("subject_id", pl.col(kept).alias("had"))
    dtype = get_points_type(scheme)
    if law.carry is Carry.START:
        return Carried(law.scheme, law.on, standings.select("subject_id", pl.lit(None, dtype).alias("start")))
    had = standings["had"].cast(pl.String) if law.carry is Carry.TIERS else standings["had"]
    values = had.drop_nulls().unique()
    starts = [_carry_one(law, value, scheme.score.decimals) for value in values]
    known = pl.DataFrame({"had": values, "start": pl.Series(starts, dtype=pl.Decimal(38, scheme.score.decimals))})
    table = standings.with_columns(had).join(known, on="had", how="left", maintain_order="left")
    return Carried(law.scheme, law.on, table.select("subject_id", pl.col("start").cast(dtype)))


def _carry_one(law: Succession, had: Any, decimals: int) -> Decimal | None:
    match law.carry:
        case Carry.TIERS:
            value = law.tiers.get(str(had))
            return None if value is None else round_points(Fraction(value), decimals)
        case Carry.SCALE:
            return round_points(find_on_scale(law.scale, Fraction(had)), decimals)
        case _:
            return round_points(Fraction(had), decimals)


def find_on_scale(scale: tuple[tuple[Decimal, Decimal], ...], value: Fraction) -> Fraction:
    """The point of a scale: linear between its points, flat outside, exact.

    Example:
        >>> find_on_scale(((Decimal(0), Decimal(0)), (Decimal(3), Decimal(1))), Fraction(2))
        Fraction(2, 3)
    """
    if value <= Fraction(scale[0][0]):
        return Fraction(scale[0][1])
    for (x0, y0), (x1, y1) in pairwise(scale):
        if value <= Fraction(x1):
            return Fraction(y0) + (Fraction(y1) - Fraction(y0)) * (value - Fraction(x0)) / (Fraction(x1) - Fraction(x0))
    return Fraction(scale[-1][1])


def round_points(value: Fraction, decimals: int) -> Decimal:
    """A number with so many decimals, rounded half away from zero.

    Example:
        >>> round_points(Fraction(-5, 2), 0), round_points(Fraction(1, 3), 2)
        (Decimal('-3'), Decimal('0.33'))
    """
    units = abs(value) * 10**decimals
    whole = int(units) + (units - int(units) >= Fraction(1, 2))
    return Decimal(whole if value >= 0 else -whole).scaleb(-decimals)
