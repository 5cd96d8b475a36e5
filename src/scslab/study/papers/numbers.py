"""Printed means, deviations, variance inflation and models beside those of the data."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from scslab.ground.problems import Place, Problem, ProblemsError, did_you_mean
from scslab.study.data.answers import Answers
from scslab.study.design.columns import Booleans, Floats
from scslab.study.design.design import Design
from scslab.study.models.blocks import Blocks
from scslab.study.models.collinearity import find_inflation
from scslab.study.papers.beside import Beside, read_printed
from scslab.study.papers.plan import PrintedTable

N_DRAWS = 200
"""Bootstrap samples for the standard errors of variance inflation, which have no simple formula."""


def compare_moments(table: PrintedTable, answers: Answers, design: Design) -> list[Beside]:
    """Weighted means and standard deviations; the deviation's error is linearised: s has the influence of s² ÷ 2s."""
    found: list[Beside] = []
    frame = answers.without_missing()
    for row in read_printed(table.path, ("variable", "mean", "std_dev")):
        name = table.moments.get(row["variable"], "")
        if not name:
            note = "the file has no such variable"
            found += [
                Beside(table.id, (row["variable"],), column, float(row[column]), row[column], math.nan, note=note)
                for column in ("mean", "std_dev")
            ]
            continue
        y = frame[name].cast(float).fill_null(math.nan).to_numpy().astype(np.float64)
        inside = np.isfinite(y) & design.is_active
        domain, values = design.subset(inside), np.where(inside, y, 0.0)
        w = domain.weights
        total = float(w.sum())
        mean = float(w @ values / total)
        square = float(w @ (values - mean) ** 2 / total)
        deviation, n = math.sqrt(square), int(inside.sum())
        mean_error = math.sqrt(float(domain.variance(w * (values - mean) / total)[0, 0]))
        spread = w * np.where(inside, (values - mean) ** 2 - square, 0.0) / total / (2 * deviation or 1.0)
        deviation_error = math.sqrt(float(domain.variance(spread)[0, 0]))
        label = (row["variable"],)
        found.append(Beside(table.id, label, "mean", float(row["mean"]), row["mean"], mean, mean_error, n))
        found.append(
            Beside(table.id, label, "std_dev", float(row["std_dev"]), row["std_dev"], deviation, deviation_error, n)
        )
    return found


def compare_inflation(table: PrintedTable, answers: Answers, seed: int = 0) -> list[Beside]:
    """Variance inflation of all listed variables together, on complete rows; errors from the bootstrap."""
    rows = read_printed(table.path, ("variable", "tolerance", "vif"))
    names = [table.inflation[row["variable"]] for row in rows]
    x = answers.without_missing().select(names).drop_nulls().cast(dict.fromkeys(names, float)).to_numpy().T
    weights = np.ones(x.shape[1])
    vif = find_inflation(x, weights)
    generator = np.random.default_rng([seed, 0x766966])
    draws = np.array([_inflate(x[:, generator.integers(0, x.shape[1], x.shape[1])]) for _ in range(N_DRAWS)])
    found: list[Beside] = []
    for i, row in enumerate(rows):
        for column, value, drawn in (("tolerance", 1 / vif[i], 1 / draws[:, i]), ("vif", vif[i], draws[:, i])):
            error = float(drawn.std(ddof=1))
            label = (row["variable"],)
            found.append(
                Beside(table.id, label, column, float(row[column]), row[column], float(value), error, x.shape[1])
            )
    return found


def _inflate(x: Floats) -> Floats:
    return np.diag(np.linalg.inv(np.corrcoef(x))).astype(np.float64)


def compare_models(table: PrintedTable, blocks: Blocks) -> list[Beside]:
    """Coefficients, standard errors and observations of the printed models beside the fitted ones.

    Raises:
        ProblemsError: Q121 and Q122 for terms that the study file or the models do not have.
    """
    problems: list[Problem] = []
    found: list[Beside] = []
    for number, row in enumerate(read_printed(table.path, ("model", "term", "coefficient", "standard_error")), 2):
        place = Place(str(table.path), number)
        if row["model"] not in blocks.names:
            problems.append(Problem("Q121", f"the study has no model `{row['model']}`", place))
            continue
        result = blocks.results[blocks.names.index(row["model"])]
        key = (row["model"], row["term"])
        if row["term"] == "Observations":
            text = row["coefficient"]
            found.append(
                Beside(table.id, key, "observations", float(text), text, float(result.n_rows), n=result.n_rows)
            )
            continue
        name = table.parameters.get(row["term"], "")
        if name not in result.names:
            hint = did_you_mean(name or row["term"], result.names)
            problems.append(Problem("Q122", f"the model has no parameter `{name or row['term']}`", place, hint))
            continue
        i = result.names.index(name)
        value, error = float(result.parameters[i]), float(result.standard_errors[i])
        note = "separated: no finite estimate" if result.is_refused[i] else ""
        n = result.n_rows
        found.append(
            Beside(table.id, key, "coefficient", float(row["coefficient"]), row["coefficient"],
                   math.nan if note else value, error, n, note)
        )  # fmt: skip
        found.append(
            Beside(table.id, key, "standard_error", float(row["standard_error"]), row["standard_error"],
                   math.nan if note else error, math.nan, n, note)
        )  # fmt: skip
    if problems:
        raise ProblemsError(problems)
    return found


def summarise_distances(rows: Sequence[Beside]) -> dict[str, float]:
    """How near the reproduced numbers are: `compared, same, within_1, within_2, median, largest` of |distance|."""
    sizes = np.array([abs(row.distance) for row in rows])
    known: Booleans = np.isfinite(sizes)
    return {
        "compared": len(rows),
        "same": sum(row.is_same for row in rows),
        "with_error": int(known.sum()),
        "within_1": int((sizes[known] <= 1).sum()),
        "within_2": int((sizes[known] <= 2).sum()),
        "median": float(np.median(sizes[known])) if known.any() else math.nan,
        "largest": float(sizes[known].max()) if known.any() else math.nan,
    }
