"""The result of a model: documented arrays, and the questions that can be put to it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

import numpy as np
import polars as pl

from scslab.ground.problems import Problem
from scslab.study.design.columns import Booleans, Floats
from scslab.study.models.covariance import DESIGN_BASED, NAMES, Scores, find_covariance
from scslab.study.models.options import NamedPaperOptions
from scslab.study.models.prepared import Sample
from scslab.study.models.response import warn

if TYPE_CHECKING:
    from scslab.study.models.brant import BrantTest
    from scslab.study.models.margins import Margins
    from scslab.study.models.predict import Predictions
    from scslab.study.models.wald import WaldTest
    from scslab.study.reporting.table import PaperTable


@dataclass(frozen=True, slots=True)
class ModelResult:
    """A fitted model. Made by `ordered_logit` and its family, `binary_logit` and `linear_model`.

    Parameters come in this order: coefficients, then cut points. P(Y ≤ j) = F(cut_j − x'b), as in R's polr and clm
    and in Stata.

    Attributes:
        kind: `ordered`, `binary` or `linear`.
        link: `logit`, `probit`, `cloglog` or `identity`.
        formula: as given.
        response: name of the response.
        levels: its categories in order; () for linear models.
        names: names of the parameters `(p,)`.
        parameters: estimates `(p,)`; ±inf where the data are separated.
        covariance: of the parameters `(p, p)`; NaN for those that are refused.
        se_name: which standard errors these are, one of `covariance.NAMES`.
        n_coefficients: how many of the parameters are coefficients.
        degrees_of_freedom: of the reference t distribution; inf for the normal.
        log_likelihood: of the rows with their weights (sampling weights have mean 1: a pseudo-likelihood).
        null_log_likelihood: of the model without covariates.
        is_refused: parameters whose standard error is refused, because they have no finite estimate `(p,)`.
        n_rows: rows used.
        n_observations: the same, or the sum of frequencies.
        n_missing: rows left out because a value is missing.
        warnings: what the user should know.
        n_steps: Newton steps.
        sample: the rows, for further questions.
        scores: the scores, for further questions.
    """

    kind: str
    link: str
    formula: str
    response: str
    levels: tuple[Any, ...]
    names: tuple[str, ...]
    parameters: Floats
    covariance: Floats
    se_name: str
    n_coefficients: int
    degrees_of_freedom: float
    log_likelihood: float
    null_log_likelihood: float
    is_refused: Booleans
    n_rows: int
    n_observations: float
    n_missing: int
    warnings: tuple[Problem, ...]
    n_steps: int
    sample: Sample = field(repr=False)
    scores: Scores = field(repr=False)

    @property
    def coefficients(self) -> Floats:
        """Estimates without the cut points `(k,)`."""
        return self.parameters[: self.n_coefficients]

    @property
    def thresholds(self) -> Floats:
        """Cut points `(m − 1,)`, rising; () for binary and linear models."""
        return self.parameters[self.n_coefficients :]

    @property
    def standard_errors(self) -> Floats:
        """Standard errors of all parameters `(p,)`; NaN where refused."""
        return np.sqrt(np.diag(self.covariance))

    @property
    def p_values(self) -> Floats:
        """Two-sided p values against 0 `(p,)`, from t with `degrees_of_freedom` (inf: normal)."""
        from scipy.stats import norm, t

        with np.errstate(invalid="ignore"):
            size = np.abs(self.parameters / self.standard_errors)
        found = 2 * (norm.sf(size) if np.isinf(self.degrees_of_freedom) else t.sf(size, self.degrees_of_freedom))
        return np.where(self.is_refused, np.nan, found)

    def intervals(self, level: float = 0.95) -> Floats:
        """Confidence intervals of all parameters `(p, 2)`."""
        half = find_quantile(level, self.degrees_of_freedom) * self.standard_errors
        return np.column_stack([self.parameters - half, self.parameters + half])

    @property
    def pseudo_r_squared(self) -> float:
        """McFadden's 1 − logL/logL₀; for linear models R²."""
        if self.kind == "linear":
            return 1 - float(np.exp(2 * (self.null_log_likelihood - self.log_likelihood) / self.n_observations))
        return max(0.0, 1 - self.log_likelihood / self.null_log_likelihood)

    @property
    def aic(self) -> float:
        """Akaike's criterion, 2p − 2 logL; of a pseudo-likelihood it is a guide only."""
        n_more = 1 if self.kind == "linear" else 0
        return 2 * (self.parameters.size + n_more) - 2 * self.log_likelihood

    def table(self, level: float = 0.95) -> pl.DataFrame:
        """One row for each parameter: `term, role, estimate, se, statistic, p, low, high, stars`."""
        bounds, stated = self.intervals(level), self.standard_errors
        with np.errstate(invalid="ignore"):
            ratio = np.where(self.is_refused, np.nan, self.parameters / stated)
        p = self.p_values
        roles = ["coefficient"] * self.n_coefficients + ["threshold"] * self.thresholds.size
        return pl.DataFrame(
            {
                "term": list(self.names),
                "role": roles,
                "estimate": self.parameters,
                "se": stated,
                "statistic": ratio,
                "p": p,
                "low": bounds[:, 0],
                "high": bounds[:, 1],
                "stars": [mark_stars(x) for x in p],
            }
        )

    def summary(self, level: float = 0.95) -> str:
        """The model as text: what was fitted, on what, the parameters, and every warning."""
        from scslab.study.models.summary import write_summary

        return write_summary(self, level)

    def with_standard_errors(self, name: str, progress: Callable[[str, float], None] | None = None) -> ModelResult:
        """The same model with other standard errors, one of `covariance.NAMES`.

        Raises:
            ProblemsError: an unknown name, or one that the design cannot serve (Q412).
        """
        tell = progress or (lambda step, share: None)
        told = [w for w in self.warnings if w.code != "Q427"]

        def tell_failed(n_failed: int, n_replicates: int) -> None:
            message = f"{n_failed:,} of {n_replicates:,} replicates have no finite estimate and are left out"
            told.append(
                warn("Q427", message, "standard errors are then too small; a category or a stratum is too thin")
            )

        found = find_covariance(
            name, self.sample, self.scores, lambda share: tell("replicates", share), tell_failed
        ).copy()
        found[self.is_refused, :] = np.nan
        found[:, self.is_refused] = np.nan
        free = count_freedom(name, self.kind, self.sample)
        return replace(self, covariance=found, se_name=name, degrees_of_freedom=free, warnings=tuple(told))

    def margins(self, variables: Sequence[str] | None = None, level: float = 0.95) -> Margins:
        """Average marginal effects on each category's probability, see `margins.find_margins`."""
        from scslab.study.models.margins import find_margins

        return find_margins(self, variables, level)

    def predict(self, data: Any = None, level: float = 0.95) -> Predictions:
        """Probabilities of each category with intervals, see `predict.find_predictions`."""
        from scslab.study.models.predict import find_predictions

        return find_predictions(self, data, level)

    def brant(self, *, is_design_based: bool | None = None) -> BrantTest:
        """Test of proportional odds, see `brant.find_brant`."""
        from scslab.study.models.brant import find_brant

        return find_brant(self, is_design_based=is_design_based)

    def wald(self, names: Sequence[str]) -> WaldTest:
        """Joint test that some parameters are 0, see `wald.find_wald`."""
        from scslab.study.models.wald import find_wald

        return find_wald(self, names)

    def vif(self) -> pl.DataFrame:
        """Variance inflation factor and tolerance of each covariate: `term, vif, tolerance`."""
        from scslab.study.models.collinearity import find_inflation

        first = 1 if self.sample.encoding.has_constant else 0
        names = self.sample.encoding.names[first:]
        found = find_inflation(self.sample.x[first:], self.sample.weights)
        return pl.DataFrame({"term": list(names), "vif": found, "tolerance": 1 / found})

    def to_paper(self, **options: Unpack[NamedPaperOptions]) -> PaperTable:
        """The model as a table for a paper; options as in `reporting.model_table.tabulate_models`."""
        from scslab.study.reporting.model_table import tabulate_models

        return tabulate_models([self], **options)

    def to_latex(self, **options: Unpack[NamedPaperOptions]) -> str:
        """LaTeX with `booktabs`; options as in `to_paper`."""
        return self.to_paper(**options).to_latex()

    def to_html(self, **options: Unpack[NamedPaperOptions]) -> str:
        """HTML by great_tables; options as in `to_paper`."""
        return self.to_paper(**options).to_html()

    def to_docx(self, path: Path | str, **options: Unpack[NamedPaperOptions]) -> None:
        """Writes a Word document; options as in `to_paper`."""
        self.to_paper(**options).to_docx(path)

    def __str__(self) -> str:
        return self.summary()


def count_freedom(name: str, kind: str, sample: Sample) -> float:
    """Degrees of freedom of the reference t distribution: the design's, a linear model's own, or inf (normal)."""
    if name in DESIGN_BASED:
        return sample.design.degrees_of_freedom
    if kind != "linear":
        return float("inf")
    if name == "cluster":
        return float(np.unique(sample.design.stages[0].cluster[sample.rows]).size - 1)
    return sample.n - sample.x.shape[0]


def find_quantile(level: float, degrees_of_freedom: float) -> float:
    """Quantile of a two-sided interval: 1.96 for 0.95 and the normal."""
    from scipy.stats import norm, t

    tail = (1 + level) / 2
    return float(norm.ppf(tail) if np.isinf(degrees_of_freedom) else t.ppf(tail, degrees_of_freedom))


def mark_stars(p: float) -> str:
    """Stars of a p value: `***` below 0.001, `**` below 0.01, `*` below 0.05, `+` below 0.1.

    Example:
        >>> [mark_stars(p) for p in (0.0001, 0.02, 0.07, 0.5, float("nan"))]
        ['***', '*', '+', '', '']
    """
    for limit, stars in ((0.001, "***"), (0.01, "**"), (0.05, "*"), (0.1, "+")):
        if p < limit:
            return stars
    return ""


__all__ = ["NAMES", "ModelResult", "count_freedom", "find_quantile", "mark_stars"]
