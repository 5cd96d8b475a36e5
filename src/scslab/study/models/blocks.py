"""Blocks of covariates side by side: the same answer explained by more and more, and what each block adds."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

import numpy as np
import polars as pl

from scslab.ground.problems import Problem, ProblemsError
from scslab.study.design.declare import declare_design
from scslab.study.models.fit import fit_model
from scslab.study.models.formula import read_formula
from scslab.study.models.labels import take_answers
from scslab.study.models.options import ModelOptions, PaperOptions
from scslab.study.models.response import warn
from scslab.study.models.result import ModelResult

if TYPE_CHECKING:
    from scslab.study.reporting.table import PaperTable


@dataclass(frozen=True, slots=True)
class Blocks:
    """Models of one answer, in order.

    Attributes:
        names: of the blocks.
        results: a model for each.
        warnings: what the user should know when comparing them, such as different rows (Q426).
    """

    names: tuple[str, ...]
    results: tuple[ModelResult, ...]
    warnings: tuple[Problem, ...]

    def table(self) -> pl.DataFrame:
        """Parameters side by side: `term, role`, and for each block `NAME, NAME se, NAME p, NAME stars`."""
        order = [(role, name) for role in ("coefficient", "threshold") for r in self.results for name in _list(r, role)]
        table = pl.DataFrame({"term": [n for _, n in order], "role": [r for r, _ in order]}).unique(maintain_order=True)
        for name, result in zip(self.names, self.results, strict=True):
            mine = result.table().select(
                "term",
                "role",
                pl.col("estimate").alias(name),
                pl.col("se").alias(f"{name} se"),
                pl.col("p").alias(f"{name} p"),
                pl.col("stars").alias(f"{name} stars"),
            )
            table = table.join(mine, on=["term", "role"], how="left", maintain_order="left")
        return table

    def to_paper(self, **options: Unpack[PaperOptions]) -> PaperTable:
        """The models as a table for a paper; options as in `reporting.model_table.tabulate_models`."""
        from scslab.study.reporting.model_table import tabulate_models

        return tabulate_models(self.results, self.names, **options)

    def to_latex(self, **options: Unpack[PaperOptions]) -> str:
        """LaTeX with `booktabs`; options as in `to_paper`."""
        return self.to_paper(**options).to_latex()

    def to_html(self, **options: Unpack[PaperOptions]) -> str:
        """HTML by great_tables; options as in `to_paper`."""
        return self.to_paper(**options).to_html()

    def to_docx(self, path: Path | str, **options: Unpack[PaperOptions]) -> None:
        """Writes a Word document; options as in `to_paper`."""
        self.to_paper(**options).to_docx(path)

    def compare(self) -> pl.DataFrame:
        """What each block adds to the one before, where that one is nested in it: one row for each block.

        Columns `block, rows, observations, log_likelihood, parameters, aic, r_squared, statistic, df, p, test`. The
        test is of likelihoods (`LR`) where the model is one of independent rows, and Wald's on the added parameters
        with the result's own covariance where weights or a design come in; none where rows differ or nothing is nested.
        """
        rows: list[dict[str, Any]] = []
        for i, (name, result) in enumerate(zip(self.names, self.results, strict=True)):
            test = _test(self.results[i - 1], result) if i else {}
            rows.append(
                {
                    "block": name,
                    "rows": result.n_rows,
                    "observations": result.n_observations,
                    "log_likelihood": result.log_likelihood,
                    "parameters": result.parameters.size,
                    "aic": result.aic,
                    "r_squared": result.pseudo_r_squared,
                    "statistic": test.get("statistic"),
                    "df": test.get("df"),
                    "p": test.get("p"),
                    "test": test.get("test"),
                }
            )
        kinds = {"statistic": pl.Float64, "df": pl.Int64, "p": pl.Float64, "test": pl.String}
        return pl.DataFrame(rows, schema_overrides=kinds)


def _list(result: ModelResult, role: str) -> tuple[str, ...]:
    k = result.n_coefficients
    return result.names[:k] if role == "coefficient" else result.names[k:]


def _test(before: ModelResult, after: ModelResult) -> dict[str, Any]:
    added = [name for name in after.names if name not in before.names]
    is_nested = set(before.names) < set(after.names) and np.array_equal(before.sample.rows, after.sample.rows)
    if not is_nested or any(after.is_refused[after.names.index(name)] for name in added):
        return {}
    if after.se_name == "observed" and after.sample.weight_kind != "sampling" and after.kind != "linear":
        from scipy.stats import chi2

        statistic = 2 * (after.log_likelihood - before.log_likelihood)
        return {"statistic": statistic, "df": len(added), "p": float(chi2.sf(statistic, len(added))), "test": "LR"}
    test = after.wald(added)
    return {"statistic": test.statistic, "df": test.df, "p": test.p_value, "test": "Wald"}


def fit_blocks(
    model: str,
    blocks: Mapping[str, str] | Sequence[str],
    data: Any,
    *,
    is_same_rows: bool = False,
    progress: Callable[[str, float], None] | None = None,
    **options: Unpack[ModelOptions],
) -> Blocks:
    """Fit a model for each block of covariates.

    Args:
        model: one of `fit.MODELS`.
        blocks: a formula for each block, by name; a list gets the names (1), (2), …
        data: the table.
        is_same_rows: use only rows that are complete in every formula, so that the models can be compared.
        progress: is told which block is being fitted.
        options: as in `ordered_logit`.

    Raises:
        ProblemsError: no block (Q411), or what the models raise.

    Example:
        >>> import polars as pl
        >>> data = pl.DataFrame(
        ...     {"y": [1, 2, 3, 1, 2, 3, 3, 1], "a": [0, 1, 1, 0, 1, 0, 1, 1], "b": [1.0, 2, 3, 2, 1, 2, 4, 2]}
        ... )
        >>> blocks = fit_blocks("ordered_logit", ["y ~ a", "y ~ a + b"], data)
        >>> blocks.compare()["test"].to_list()
        [None, 'LR']
    """
    named = dict(blocks) if isinstance(blocks, Mapping) else {f"({i})": text for i, text in enumerate(blocks, 1)}
    if not named:
        raise ProblemsError([Problem("Q411", "there is no block of covariates to fit")])
    if is_same_rows:
        options = _restrict(named, take_answers(data), options)
    results: list[ModelResult] = []
    for i, text in enumerate(named.values()):
        results.append(fit_model(model, text, data, **options))
        if progress:
            progress("fitting", (i + 1) / len(named))
    counts = {result.n_rows for result in results}
    warnings: list[Problem] = []
    if any(not np.array_equal(results[0].sample.rows, result.sample.rows) for result in results):
        low, high = min(counts), max(counts)
        message = f"the blocks use different rows ({low:,} to {high:,}): their likelihoods cannot be compared"
        helps = "is_same_rows=True keeps the rows that are complete in all of them"
        warnings.append(warn("Q426", message, helps))
    return Blocks(tuple(named), tuple(results), tuple(warnings))


def _restrict(named: Mapping[str, str], frame: pl.DataFrame, options: ModelOptions) -> ModelOptions:
    """Options whose design is the domain of the rows that are complete in every formula."""
    problems: list[Problem] = []
    formulas = [read_formula(text, frame.columns, problems) for text in named.values()]
    if problems:
        raise ProblemsError(problems)
    columns = {c for formula in formulas if formula for c in formula.columns}
    complete = np.ones(frame.height, np.bool_)
    for name in columns:
        series = frame[name]
        lacks = series.is_null() | series.is_nan().fill_null(True) if series.dtype.is_float() else series.is_null()
        complete &= ~lacks.to_numpy()
    options = options.copy()
    weights = options.pop("weights", None)
    if options.get("weight_kind") == "frequency" and weights is not None:
        values = frame[weights] if isinstance(weights, str) else pl.Series(weights)
        options["weights"] = np.where(complete, values.cast(pl.Float64).fill_null(0.0).to_numpy(), 0.0)
        return options
    design, clusters = options.pop("design", None), options.pop("clusters", None)
    options["design"] = (design or declare_design(frame, weights=weights, clusters=clusters)).subset(complete)
    return options
