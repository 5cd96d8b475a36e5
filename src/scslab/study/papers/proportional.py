"""Brant's test of a study's models; where the lowest categories are too thin for it, they are joined first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl

from scslab.ground.problems import ProblemsError
from scslab.study.design.design import Design
from scslab.study.models.blocks import Blocks
from scslab.study.models.fit import fit_model
from scslab.study.models.wald import WaldTest
from scslab.study.papers.plan import ModelsPlan

LEAST_CATEGORIES = 3
"""With fewer there is nothing to be proportional."""


@dataclass(frozen=True, slots=True)
class Proportional:
    """Brant's test of a model.

    Attributes:
        block: the model.
        test: of all its coefficients at once; None where the answers are separated at some cut however much is joined.
        n_joined: how many of the lowest categories were joined; 1 for none.
    """

    block: str
    test: WaldTest | None
    n_joined: int


def check_proportional(
    blocks: Blocks, plan: ModelsPlan, frame: pl.DataFrame, design: Design
) -> tuple[Proportional, ...]:
    """Brant's test of each ordered logit among the models.

    Args:
        blocks: the models.
        plan: their formulas.
        frame: the data that they were fitted to.
        design: of the rows.
    """
    found: list[Proportional] = []
    for name, result, block in zip(blocks.names, blocks.results, plan.blocks, strict=True):
        if result.kind != "ordered" or result.link != "logit":
            continue
        levels = list(result.levels)
        made = Proportional(name, None, 1)
        for n_joined in range(1, len(levels) - LEAST_CATEGORIES + 2):
            try:
                joined = result
                if n_joined > 1:
                    dtype = frame.schema[plan.response]
                    low = pl.col(plan.response).is_in(pl.Series(levels[:n_joined], dtype=dtype).implode())
                    top = pl.lit(levels[n_joined - 1], dtype=dtype)
                    column = pl.when(low).then(top).otherwise(pl.col(plan.response)).alias(plan.response)
                    options: dict[str, Any] = {"design": design, "se": plan.standard_errors or None}
                    joined = fit_model(plan.model, block.formula, frame.with_columns(column), **options)
                made = Proportional(name, joined.brant().overall, n_joined)
                break
            except ProblemsError:
                continue
        found.append(made)
    return tuple(found)
