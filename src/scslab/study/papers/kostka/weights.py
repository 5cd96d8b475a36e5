"""Weights of the synthetic file: raked so that the printed weighted margins come out."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl

from scslab.study.design.columns import Floats, Integers
from scslab.study.papers.kostka.covariates import Columns
from scslab.study.papers.kostka.printed import MEASURES, N
from scslab.study.weighting.margins import Margin, code_margins
from scslab.study.weighting.raking import rake

USED = {"use_tencent": 30.60, "use_sesame": 58.0, "use_pilot": 7.40, "use_other": 7.79, "use_none": 16.47}
"""Weighted percent of all respondents: Table A2, and for Sesame Credit Figure 2, since Table A2's 33.64 cannot be."""
ASIDE = ("approval",)
"""Variables that the weights leave alone: approval is placed afterwards."""
FEW = 170
"""A variable asked of fewer has its weighted margin left as it falls: raking on it would drive weights apart."""


def find_weights(columns: Columns, margins: Mapping[str, tuple[Integers, Floats]]) -> Floats:
    """Weights with mean 1, `(n,)`, from raking on all margins of Table A2 that `FEW` or more answered.

    Who was not asked, or did not answer, keeps the share that the other margins give.
    """
    wanted: list[tuple[str, tuple[str, ...], tuple[float, ...]]] = []
    for name, codes, base in MEASURES.values():
        if name not in ASIDE and base > FEW:
            wanted.append((name, tuple(f"{code}" for code in codes), tuple(margins[name][1])))
    wanted += [(name, ("1", "0"), (share / 100, 1 - share / 100)) for name, share in USED.items()]
    texts: dict[str, list[str]] = {}
    for name, _, _ in wanted:
        source = columns["age"] if name == "age_group" else columns[name]
        values = np.digitize(source, [30.5, 50.5]) + 1.0 if name == "age_group" else source
        texts[name] = ["none" if np.isnan(v) else f"{int(v)}" for v in values]
    frame = pl.DataFrame(texts)
    whole = [each for each in wanted if "none" not in texts[each[0]]]
    weights = np.ones(N)
    for group in (whole, wanted):
        made: list[Margin] = []
        for name, codes, shares in group:
            is_none = np.array(texts[name]) == "none"
            left = float(weights[is_none].sum() / weights.sum())
            targets = {code: share * (1 - left) for code, share in zip(codes, shares, strict=True) if share > 0}
            made.append(Margin.of(name, targets | ({"none": left} if left > 0 else {})))
        weights = rake(np.ones(N), code_margins(frame, made, float(N))).weights
    return weights * N / weights.sum()
