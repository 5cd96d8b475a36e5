"""Brant's test of proportional odds: are the slopes of the binary logits at all cut points the same?

For each cut point c a binary logit of Y > c on the covariates is fitted. Under proportional odds its slopes are the
same for all c. The test is Wald's on their differences, with the joint covariance of all fits (`brant1990`):
Cov(b_c, b_d) = A_c⁻¹ (Σ w x x' π_d (1 − π_c)) A_d⁻¹ for c < d, π_c = P(Y > c). The design-based form has the design's
linearised covariance of the fits' influences instead; p values then come from an adjusted F.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from scslab.ground.problems import Problem, ProblemsError
from scslab.study.design.columns import Floats
from scslab.study.models.covariance import DESIGN_BASED
from scslab.study.models.newton import Rows, count_categories, guess_start, maximise
from scslab.study.models.ordered import name_cuts
from scslab.study.models.overlap import find_near
from scslab.study.models.result import ModelResult
from scslab.study.models.separation import find_separation
from scslab.study.models.wald import WaldTest, weigh_against_zero


@dataclass(frozen=True, slots=True)
class BrantTest:
    """Brant's test.

    Attributes:
        overall: all covariates at once, df (q − 1) k.
        by_covariate: each column of the design matrix, df q − 1.
        by_term: each term of the formula, a factor's columns together.
        slopes: of the binary logits `(q, k)`.
        cuts: their cut points' names `(q,)`.
        is_design_based: whether the covariance is the design's.
    """

    overall: WaldTest
    by_covariate: dict[str, WaldTest]
    by_term: dict[str, WaldTest]
    slopes: Floats
    cuts: tuple[str, ...]
    is_design_based: bool

    def table(self) -> pl.DataFrame:
        """`term, chi2, df, p`, overall first; a small p speaks against proportional odds."""
        rows = {"(all)": self.overall, **self.by_covariate}
        return pl.DataFrame(
            {
                "term": list(rows),
                "chi2": [test.statistic for test in rows.values()],
                "df": [test.df for test in rows.values()],
                "p": [test.p_value for test in rows.values()],
            }
        )


def find_brant(result: ModelResult, *, is_design_based: bool | None = None) -> BrantTest:
    """Brant's test of an ordered logit.

    Args:
        result: an ordered logit with at least three categories.
        is_design_based: whether to use the design's covariance; None: where the result's standard errors are.

    Raises:
        ProblemsError: another model (Q417); a cut point at which the answers are separated (Q418).
    """
    if result.kind != "ordered" or result.link != "logit" or len(result.levels) < 3:
        message = "Brant's test is of ordered logits of three categories or more"
        raise ProblemsError([Problem("Q417", message)])
    by_design = result.se_name in DESIGN_BASED if is_design_based is None else is_design_based
    x, y, w = result.sample.x, np.asarray(result.sample.y), result.sample.weights
    q, k = len(result.levels) - 1, x.shape[0]
    cuts = name_cuts(result.levels)
    full = np.concatenate([np.ones((1, x.shape[1])), x])
    fits = [_fit_cut(result, x, y > c, w, cuts[c]) for c in range(q)]
    above = np.stack([1 / (1 + np.exp(-(b @ full))) for b, _ in fits])
    size = k + 1
    if by_design:
        influence = np.zeros((result.sample.n_rows, q * size))
        for c, (_, inverse) in enumerate(fits):
            errors = w * ((y > c) - above[c])
            influence[result.sample.rows, c * size : (c + 1) * size] = (full * errors).T @ inverse
        covariance, free = result.sample.design.variance(influence), result.sample.design.degrees_of_freedom
    else:
        covariance, free = np.zeros((q * size, q * size)), float("inf")
        for c in range(q):
            for d in range(c, q):
                middle = (full * (w * above[d] * (1 - above[c]))) @ full.T
                block = fits[c][1] @ middle @ fits[d][1]
                covariance[c * size : (c + 1) * size, d * size : (d + 1) * size] = block
                covariance[d * size : (d + 1) * size, c * size : (c + 1) * size] = block.T
    slopes = np.array([b[1:] for b, _ in fits])

    def contrast(columns: list[int]) -> WaldTest:
        rows = np.zeros(((q - 1) * len(columns), q * size))
        for i, (c, j) in enumerate((c, j) for c in range(1, q) for j in columns):
            rows[i, 1 + j], rows[i, c * size + 1 + j] = 1.0, -1.0
        stacked = np.concatenate([b for b, _ in fits])
        return weigh_against_zero(rows @ stacked, rows @ covariance @ rows.T, free)

    encoding = result.sample.encoding
    terms: dict[str, list[int]] = {}
    for j, column in enumerate(encoding.columns):
        label = ":".join(part.column or part.text for part in encoding.formula.terms[column.term])
        terms.setdefault(label, []).append(j)
    return BrantTest(
        overall=contrast(list(range(k))),
        by_covariate={name: contrast([j]) for j, name in enumerate(encoding.names)},
        by_term={label: contrast(columns) for label, columns in terms.items()},
        slopes=slopes,
        cuts=cuts,
        is_design_based=by_design,
    )


def _fit_cut(result: ModelResult, x: Floats, is_above: np.ndarray, w: Floats, cut: str) -> tuple[Floats, Floats]:
    """Constant and slopes `(k+1,)` of one binary logit, and the inverse of its information."""
    rows = Rows("logit", x, is_above.astype(np.int64), w, np.array([-1, 0]), np.array([0, 1]), 1)
    start = guess_start(rows, count_categories(rows))
    near = find_near(rows, start, np.ones(rows.p, np.bool_))
    if near is None and (found := find_separation(rows)) is not None:
        names = ("the constant", *result.sample.encoding.names)
        moving = ", ".join(f"`{name}`" for name, is_out in zip(names, found.is_moving, strict=True) if is_out)
        message = f"Brant's test: at the cut point {cut} the answers are separated by {moving}"
        helps = "join the categories at that end, or test without this covariate"
        raise ProblemsError([Problem("Q418", message, help=helps)])
    fit = maximise(rows, start if near is None else near)
    sign = np.concatenate([[-1.0], np.ones(x.shape[0])])
    return sign * fit.parameters, sign[:, None] * fit.invert() * sign
