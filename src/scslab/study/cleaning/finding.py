"""What a check found: who is flagged, why, and the figures behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl


@dataclass(frozen=True, slots=True)
class Found:
    """What one check found.

    Attributes:
        check: the check, as `CHECKS` names it.
        about: what was looked for, in a sentence.
        is_flagged: `(n,)` booleans.
        reasons: `(n,)` texts, null where nobody is flagged.
        figures: figures behind the flags, by column name; `(n,)` each.
    """

    check: str
    about: str
    is_flagged: pl.Series
    reasons: pl.Series
    figures: Mapping[str, pl.Series] = field(default_factory=dict[str, pl.Series])

    @property
    def count(self) -> int:
        """How many respondents are flagged."""
        return int(self.is_flagged.sum())


def join_reasons(parts: list[tuple[pl.Expr, pl.Expr]], frame: pl.DataFrame) -> tuple[pl.Series, pl.Series]:
    """Flags and reasons of several conditions: reasons of one respondent are joined with `; `.

    Args:
        parts: (condition, reason) pairs over the columns of `frame`; a condition that is null does not flag.
        frame: the respondents.

    Example:
        >>> parts = [(pl.col("a") > 1, pl.lit("a is high")), (pl.col("a") > 2, pl.format("a is {}", "a"))]
        >>> flags, reasons = join_reasons(parts, pl.DataFrame({"a": [1, 2, 3]}))
        >>> flags.to_list(), reasons.to_list()
        ([False, True, True], [None, 'a is high', 'a is high; a is 3'])
    """
    if not parts:
        return pl.Series("flag", [False] * frame.height, dtype=pl.Boolean), pl.Series(
            "reason", [None] * frame.height, dtype=pl.String
        )
    flags = [condition.fill_null(value=False) for condition, _ in parts]
    texts = [pl.when(flag).then(reason.cast(pl.String)) for flag, (_, reason) in zip(flags, parts, strict=True)]
    found = frame.select(
        pl.any_horizontal(flags).alias("flag"),
        pl.concat_str(texts, separator="; ", ignore_nulls=True).alias("reason"),
    ).select("flag", pl.when(pl.col("flag")).then(pl.col("reason")).alias("reason"))
    return found["flag"], found["reason"]
