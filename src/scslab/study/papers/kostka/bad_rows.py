"""Rows that cleaning must find, put among the synthetic respondents, and what quality checks look at."""

from __future__ import annotations

import numpy as np
import polars as pl

from scslab.study.papers.kostka.covariates import Columns, draw
from scslab.study.papers.kostka.printed import N

GRID = tuple(f"battery_{i}" for i in range(1, 9))
"""A battery that the paper does not have: it lists too few items with one scale to show straight lines."""
BAD = {"speeder": 24, "straight-line": 20, "duplicate": 16, "inconsistent": 12, "quality": 18}
"""How many rows of each kind are added; the kinds do not overlap."""
USUAL_SECONDS = 780.0


def add_quality_columns(columns: Columns, seed: int) -> Columns:
    """The 2,209 rows with a duration, the battery and an attention item, all of them sound."""
    generator = draw(seed, "quality")
    found = dict(columns)
    found["seconds"] = np.maximum(
        np.round(USUAL_SECONDS * np.exp(0.3 * generator.standard_normal(N))), 0.48 * USUAL_SECONDS
    )
    answers = np.clip(np.round(3.6 + generator.standard_normal((N, len(GRID)))), 1, 5)
    is_flat = (answers == answers[:, :1]).all(axis=1)
    answers[is_flat, -1] = np.where(answers[is_flat, 0] < 5, answers[is_flat, 0] + 1, 4)
    found |= {name: answers[:, i] for i, name in enumerate(GRID)}
    found["attention"] = np.full(N, 2.0)
    return found


def add_bad_rows(good: pl.DataFrame, seed: int) -> pl.DataFrame:
    """The rows with bad ones among them, in an order by chance; `planted` says which is which, "" for a good one."""
    parts = [good.with_columns(planted=pl.lit(""))]
    for kind, count in BAD.items():
        generator = draw(seed, f"bad {kind}")
        rows = good[generator.choice(good.height, count, replace=False).tolist()]
        # All but duplicates get answers that nobody else has, so that one check alone flags them.
        if kind != "duplicate":
            fresh = generator.integers(1, 6, (count, len(GRID)))
            fresh[:, 0], fresh[:, 1] = 1, 5
            rows = rows.with_columns(pl.Series(name, fresh[:, i].astype(float)) for i, name in enumerate(GRID))
        match kind:
            case "speeder":
                fast = np.round(generator.uniform(60, 0.3 * USUAL_SECONDS, count))
                rows = rows.with_columns(pl.Series("seconds", fast))
            case "straight-line":
                flat = generator.integers(1, 6, count).astype(float)
                rows = rows.with_columns(pl.Series(name, flat) for name in GRID)
            case "inconsistent":
                rows = rows.with_columns(
                    use_none=pl.lit(1.0), use_sesame=pl.lit(1.0), use_dont_know=pl.lit(0.0), sesame_score=pl.lit(4.0)
                )
            case "quality":
                wrong = generator.choice([1.0, 3.0, 4.0, 5.0], count)
                rows = rows.with_columns(pl.Series("attention", wrong))
            case _:
                pass
        parts.append(rows.with_columns(planted=pl.lit(kind)))
    whole = pl.concat(parts)
    # Duplicates keep the place after their originals: the first of two is the one that stays.
    place = draw(seed, "order").random(whole.height)
    is_copy = (whole["planted"] == "duplicate").to_numpy()
    place[is_copy] += 1.0
    return whole[np.argsort(place, kind="stable").tolist()].with_columns(
        id=pl.Series([f"S{i:04d}" for i in range(1, whole.height + 1)])
    )
