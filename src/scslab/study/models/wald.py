"""Wald tests of several parameters at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from scslab.ground.problems import Problem, ProblemsError, did_you_mean
from scslab.study.design.columns import Floats
from scslab.study.models.result import ModelResult


@dataclass(frozen=True, slots=True)
class WaldTest:
    """A Wald test.

    Attributes:
        statistic: χ², the quadratic form.
        df: parameters tested (the rank of their covariance).
        p_value: from χ², or from F where the design leaves few degrees of freedom.
        f_statistic: Korn and Graubard's adjusted F (`korn1990`): χ² (d − df + 1)/(d df); NaN where not design-based.
        residual_df: d − df + 1, for d the design's degrees of freedom; inf where not design-based.
        note: why there is no p value, or "".
    """

    statistic: float
    df: int
    p_value: float
    f_statistic: float = float("nan")
    residual_df: float = float("inf")
    note: str = ""


def find_wald(result: ModelResult, names: Sequence[str]) -> WaldTest:
    """Test that the named parameters are all 0. A term's name stands for all its parameters.

    Raises:
        ProblemsError: an unknown name (Q401), or one whose standard error is refused (Q416).
    """
    chosen: list[int] = []
    for name in names:
        found = [i for i, known in enumerate(result.names) if known == name or known.startswith(f"{name}[")]
        if not found:
            raise ProblemsError([Problem("Q401", f"the model has no `{name}`", help=did_you_mean(name, result.names))])
        chosen += found
    if refused := [result.names[i] for i in chosen if result.is_refused[i]]:
        raise ProblemsError([Problem("Q416", f"`{refused[0]}` has no finite estimate: no test of it")])
    block = result.covariance[np.ix_(chosen, chosen)]
    return weigh_against_zero(result.parameters[chosen], block, result.degrees_of_freedom)


def weigh_against_zero(values: Floats, covariance: Floats, degrees_of_freedom: float = float("inf")) -> WaldTest:
    """Test that values `(r,)` with a covariance `(r, r)` are all 0.

    Example:
        >>> round(weigh_against_zero(np.array([1.96]), np.eye(1)).p_value, 3)
        0.05
    """
    from scipy.stats import chi2, f

    rank = int(np.linalg.matrix_rank(covariance, hermitian=True))
    statistic = float(values @ np.linalg.pinv(covariance, hermitian=True) @ values)
    if np.isinf(degrees_of_freedom):
        return WaldTest(statistic, rank, float(chi2.sf(statistic, rank)))
    left = degrees_of_freedom - rank + 1
    if left < 1:
        note = f"{rank} parameters cannot be tested with {degrees_of_freedom:g} degrees of freedom of the design"
        return WaldTest(statistic, rank, float("nan"), float("nan"), left, note)
    ratio = statistic * left / (degrees_of_freedom * rank)
    return WaldTest(statistic, rank, float(f.sf(ratio, rank, left)), ratio, left)
