"""The table of measures: what follows from where subjects stand on a day."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scslab.engine.frames import build_enum
from scslab.scheme.model import Measure, Scheme


def build_measures(scheme: Scheme, standings: pl.DataFrame, as_of: date | None = None) -> pl.DataFrame:
    """The measures that follow from the published standing alone, one row a subject and measure.

    This is what a run without entries can say: nobody looked at the days before, so `starts_on` is null.

    Args:
        scheme: a scheme without measures that follow from lists.
        standings: as in `Settlement`.
        as_of: the day on which the measures must be in force; None: whatever their dates are.
    """
    parts: list[pl.DataFrame] = []
    score, tier = pl.col("published_score"), pl.col("published_tier")
    texts = standings.select("subject_id", score, tier, score=score.cast(pl.String), tier=tier.cast(pl.String))
    for number, measure in enumerate(scheme.measures):
        when = measure.when
        is_over = as_of is not None and not (measure.since or as_of) <= as_of <= (measure.until or as_of)
        if when.lists or when.not_lists or is_over:
            continue
        condition = pl.lit(True)
        if when.tiers:
            condition = condition & tier.cast(pl.String).is_in(list(when.tiers))
        if when.score and when.score.since is not None:
            condition = condition & (score.cast(pl.Decimal(20, 6)) >= pl.lit(when.score.since, pl.Decimal(20, 6)))
        if when.score and when.score.below is not None:
            condition = condition & (score.cast(pl.Decimal(20, 6)) < pl.lit(when.score.below, pl.Decimal(20, 6)))
        found = texts.filter(condition)
        parts.append(
            found.select("subject_id").with_columns(
                *name_measures(scheme, np.full(found.height, number)),
                *(pl.lit(None, pl.Date).alias(column) for column in ("starts_on", "ends_on")),
                found.with_columns(describe_reason(measure).alias("reason"))["reason"],
            )
        )
    if parts:
        return pl.concat(parts).sort("subject_id", maintain_order=True)
    return build_no_measures(scheme, standings["subject_id"])


def build_no_measures(scheme: Scheme, subject_ids: pl.Series) -> pl.DataFrame:
    """The table of measures without rows."""
    nothing = np.empty(0, np.int64)
    return pl.DataFrame({"subject_id": subject_ids.head(0)}).with_columns(
        *name_measures(scheme, nothing),
        pl.Series("starts_on", [], pl.Date),
        pl.Series("ends_on", [], pl.Date),
        pl.Series("reason", [], pl.String),
    )


def name_measures(scheme: Scheme, number: NDArray[Any]) -> list[pl.Series]:
    """The columns `measure, kind, domain` of measures by their number."""
    columns = {
        "measure": [m.id for m in scheme.measures],
        "kind": [m.kind.value for m in scheme.measures],
        "domain": [m.domain.value for m in scheme.measures],
    }
    return [build_enum(number, names).alias(column) for column, names in columns.items()]


def describe_reason(measure: Measure) -> pl.Expr:
    """Why a measure applies, in words, from the columns `tier` and `score` as texts."""
    when = measure.when
    parts: list[pl.Expr] = []
    if when.tiers:
        parts.append(pl.format("tier {}", pl.col("tier")))
    if when.score:
        parts.append(pl.format("score {}", pl.col("score")))
    if when.lists:
        parts.append(pl.lit(f"list {' or '.join(map(str, when.lists))}"))
    if when.not_lists:
        parts.append(pl.lit(f"not on list {' or '.join(map(str, when.not_lists))}"))
    return pl.concat_str(parts, separator=", ")
