"""Several models side by side, as papers print them: coefficients, errors in parentheses, stars, cut points, notes."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from enum import StrEnum

from scslab.ground.text import Text
from scslab.study.models.result import ModelResult
from scslab.study.models.summary import SE_TITLES, TITLES
from scslab.study.reporting.table import PaperRow, PaperTable, RowStyle


class Stars(StrEnum):
    """From which p value on a coefficient has stars; both are in use, so a table always says which."""

    STRICT = "strict"
    """`***` below 0.001, `**` 0.01, `*` 0.05, `+` 0.1, as in R."""
    WIDE = "wide"
    """`***` below 0.01, `**` 0.05, `*` 0.1, as in many papers made with Stata."""


LIMITS: dict[Stars, tuple[tuple[float, str], ...]] = {
    Stars.STRICT: ((0.001, "***"), (0.01, "**"), (0.05, "*"), (0.1, "+")),
    Stars.WIDE: ((0.01, "***"), (0.05, "**"), (0.1, "*")),
}
"""The limits of each convention, strictest first."""

WORDS: dict[str, Text] = {
    "of": Text("{model} of {response}", "{response}的{model}"),
    "cuts": Text("Cut points", "切点"),
    "rows": Text("Observations", "观测数"),
    "missing": Text("Left out for missing values", "因缺失值剔除"),
    "loglik": Text("Log-likelihood", "对数似然"),
    "r2": Text("R² (McFadden)", "R²（McFadden）"),
    "linear_r2": Text("R²", "R²"),
    "errors": Text("Standard errors in parentheses: {name}.", "括号内为标准误：{name}。"),
    "refused": Text(
        "n/e: no finite estimate, because the data are separated; no standard error is given.",
        "n/e：数据完全或准完全分离，没有有限估计值，故不给出标准误。",
    ),
    "limit": Text("at the limit", "极限"),
}
"""The fixed texts of the table."""
MODELS_ZH = {
    "Ordered logit": "有序Logit模型", "Ordered probit": "有序Probit模型",
    "Ordered complementary log-log": "有序互补双对数模型", "Binary logit": "二元Logit模型", "Linear model": "线性模型",
}  # fmt: skip
ERRORS_ZH = {
    "observed": "观测信息矩阵", "hc0": "三明治估计（HC0）", "robust": "稳健，n/(n−1)", "cluster": "聚类，G/(G−1)",
    "linearised": "按抽样设计的泰勒线性化", "replicate": "按抽样设计的复制权重",
}  # fmt: skip


def give_stars(p: float, convention: Stars = Stars.STRICT) -> str:
    """The stars of a p value.

    Example:
        >>> give_stars(0.02), give_stars(0.02, Stars.WIDE), give_stars(0.1, Stars.WIDE)
        ('*', '**', '')
    """
    return next((stars for limit, stars in LIMITS[convention] if p < limit), "")


def tabulate_models(
    results: Sequence[ModelResult],
    names: Sequence[str] = (),
    *,
    title: str = "",
    labels: Mapping[str, str] | None = None,
    stars: Stars | str = Stars.STRICT,
    digits: int = 3,
    language: str = "en",
) -> PaperTable:
    """Models side by side, each parameter with its standard error below.

    Args:
        results: the models, in the order of the columns.
        names: heads of the columns; (1), (2), … if left out.
        title: above the table; the kind of the model and the response if left out.
        labels: what a parameter is called in the table, by its name in the result.
        stars: `strict` or `wide`.
        digits: decimals.
        language: `en` or `zh`, for the fixed texts.

    Raises:
        ValueError: no model, or another number of names.

    Example:
        >>> import polars as pl
        >>> from scslab.study.models.fit import ordered_logit
        >>> data = pl.DataFrame({"y": [1, 2, 3, 1, 2, 3, 3, 1], "a": [0, 1, 1, 0, 1, 0, 1, 1]})
        >>> table = tabulate_models([ordered_logit("y ~ a", data)], labels={"a": "Aware"})
        >>> [row.cells for row in table.rows[:3]]
        [('Aware', '1.323'), ('', '(1.510)'), ('Cut points', '')]
    """
    if not results:
        raise ValueError("there is no model to show")
    heads = tuple(names) or tuple(f"({i})" for i in range(1, len(results) + 1))
    if len(heads) != len(results):
        raise ValueError(f"{len(heads)} names for {len(results)} models")
    convention = Stars(stars)
    words = {key: text.in_language(language) for key, text in WORDS.items()}
    tables = [{(r["role"], r["term"]): r for r in result.table().iter_rows(named=True)} for result in results]
    named = dict(labels or {})
    rows: list[PaperRow] = []
    for role in ("coefficient", "threshold"):
        terms = list(dict.fromkeys(term for table in tables for kind, term in table if kind == role))
        if role == "threshold" and terms:
            rows.append(PaperRow((words["cuts"], *("" for _ in heads)), RowStyle.HEAD))
        for term in terms:
            found = [table.get((role, term)) for table in tables]
            estimates = [_estimate(row, digits, convention) for row in found]
            errors = [_error(row, digits) for row in found]
            rows.append(PaperRow((named.get(str(term)) or str(term), *estimates)))
            rows.append(PaperRow(("", *errors), RowStyle.DETAIL))
    first = results[0]
    rows.append(PaperRow((words["rows"], *(f"{r.n_observations:,.0f}" for r in results)), RowStyle.FOOT))
    rows.append(PaperRow((words["missing"], *(f"{r.n_missing:,}" for r in results)), RowStyle.FOOT))
    rows.append(PaperRow((words["loglik"], *(_plain(r.log_likelihood, 1) for r in results)), RowStyle.FOOT))
    share = words["linear_r2" if first.kind == "linear" else "r2"]
    rows.append(PaperRow((share, *(_plain(r.pseudo_r_squared, 3) for r in results)), RowStyle.FOOT))
    return PaperTable(
        title or _title(first, words, language), ("", *heads), tuple(rows), _notes(results, words, convention, language)
    )


def _title(result: ModelResult, words: Mapping[str, str], language: str) -> str:
    model = TITLES[result.kind, result.link.removesuffix(" partial")]
    return words["of"].format(model=MODELS_ZH[model] if language == "zh" else model, response=result.response)


def _notes(
    results: Sequence[ModelResult], words: Mapping[str, str], convention: Stars, language: str
) -> tuple[str, ...]:
    kinds = dict.fromkeys(result.se_name for result in results)
    named = "; ".join(ERRORS_ZH[kind] if language == "zh" else SE_TITLES[kind] for kind in kinds)
    marks = ", ".join(f"{mark} p < {limit:g}" for limit, mark in LIMITS[convention])
    notes = [words["errors"].format(name=named) + f" {marks}."]
    if any(result.is_refused.any() for result in results):
        notes.append(words["refused"])
    return tuple(notes)


def _plain(value: float, digits: int) -> str:
    return f"{value:,.{digits}f}".replace("-", "−")


def _estimate(row: Mapping[str, float] | None, digits: int, convention: Stars) -> str:
    if row is None:
        return ""
    if math.isnan(row["se"]):
        return "n/e"
    return _plain(row["estimate"], digits) + give_stars(row["p"], convention)


def _error(row: Mapping[str, float] | None, digits: int) -> str:
    return "" if row is None or math.isnan(row["se"]) else f"({row['se']:.{digits}f})"
