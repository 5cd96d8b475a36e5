"""What weights cost: Kish's design effect, the effective number of respondents, and a margin of error."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from scslab.study.weighting.margins import FloatArray

NORMAL_QUANTILE = 1.96
"""The margin of error is for 95 percent; published ones use this rounded quantile."""


class SampleKind(StrEnum):
    """How respondents came in."""

    PROBABILITY = "probability"
    OPT_IN = "opt-in"


@dataclass(frozen=True, slots=True)
class Efficiency:
    """What a set of weights costs in precision.

    Attributes:
        n: respondents with a weight above zero.
        design_effect: Kish's n Σw² ÷ (Σw)², from 1.
        effective_n: (Σw)² ÷ Σw², at most n.
        margin_of_error: 1.96 √(¼ ÷ effective n): half the 95 percent interval of a share of one half; 0 to 1.
        sample: how respondents came in.
        smallest, largest: the weights' range, in means.
    """

    n: int
    design_effect: float
    effective_n: float
    margin_of_error: float
    sample: SampleKind
    smallest: float
    largest: float

    @property
    def assumption(self) -> str:
        """What the margin of error assumes, in a sentence."""
        if self.sample is SampleKind.OPT_IN:
            return (
                "A model statement, not a sampling error: respondents chose to take part, and the figure holds only "
                "if, within the weighting cells, they answer as those do who did not."
            )
        return (
            "Assumes that weights are unrelated to the answers (Kish) and that respondents were drawn independently: "
            "strata and clusters are not in it; use the design-based tables for them."
        )


def measure_efficiency(weights: FloatArray, sample: SampleKind = SampleKind.OPT_IN) -> Efficiency:
    """Kish's design effect, effective n and margin of error of weights.

    Args:
        weights: from zero up; `(n,)`.
        sample: how respondents came in; decides how the margin of error is labelled.

    Source: `kish1965`.

    Example:
        >>> found = measure_efficiency(np.array([1.0, 1.0, 2.0]))
        >>> found.design_effect, round(found.effective_n, 4), round(found.margin_of_error, 4)
        (1.125, 2.6667, 0.6001)
    """
    w = weights[weights > 0]
    if len(w) == 0:
        raise ValueError("no weight is above zero")
    w = w / w.mean()
    squares = float((w**2).sum())
    effective = len(w) ** 2 / squares
    error = NORMAL_QUANTILE * float(np.sqrt(0.25 / effective))
    return Efficiency(len(w), squares / len(w), effective, error, sample, float(w.min()), float(w.max()))
