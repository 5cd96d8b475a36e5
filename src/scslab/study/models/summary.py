"""A model as text."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scslab.study.models.result import ModelResult

TITLES = {
    ("ordered", "logit"): "Ordered logit",
    ("ordered", "probit"): "Ordered probit",
    ("ordered", "cloglog"): "Ordered complementary log-log",
    ("binary", "logit"): "Binary logit",
    ("linear", "identity"): "Linear model",
}
SE_TITLES = {
    "observed": "observed information",
    "hc0": "sandwich (HC0)",
    "robust": "robust, n/(n−1)",
    "cluster": "clustered, G/(G−1)",
    "linearised": "Taylor-linearised, by the design",
    "replicate": "replicate weights, by the design",
}


def write_summary(result: ModelResult, level: float = 0.95) -> str:
    """The summary of a model, in lines of plain text."""
    title = TITLES[result.kind, result.link.removesuffix(" partial")]
    title += ", odds partly free" if result.link.endswith(" partial") else ""
    lines = [f"{title}: {result.formula}", _describe_rows(result), _describe_errors(result)]
    table = result.table(level)
    width = max(len(name) for name in result.names)
    percent = f"{100 * level:g}%"
    head = f"{'':{width}}  {'estimate':>10} {'SE':>9} {'z' if math.isinf(result.degrees_of_freedom) else 't':>8}"
    lines.append(f"{head} {'p':>7}     {percent + ' interval':>20}")
    for row in table.iter_rows(named=True):
        if row["role"] == "threshold" and lines[-1] and not any(x == "cut points" for x in lines):
            lines.append("cut points")
        lines.append(_write_row(row, width))
    lines.append("stars: *** p < 0.001, ** p < 0.01, * p < 0.05, + p < 0.1")
    word = "pseudo-log-likelihood" if result.sample.weight_kind == "sampling" else "log-likelihood"
    share = "R²" if result.kind == "linear" else "McFadden's R²"
    fit = f"{word} {result.log_likelihood:.3f}; without covariates {result.null_log_likelihood:.3f}"
    lines.append(f"{fit}; {share} {result.pseudo_r_squared:.3f}")
    lines += [f"warning: {w.code} {w.message}" + (f"\n  help: {w.help}" if w.help else "") for w in result.warnings]
    return "\n".join(lines)


def _describe_rows(result: ModelResult) -> str:
    text = f"{result.n_rows:,} rows"
    if result.sample.weight_kind == "frequency":
        text += f" standing for {result.n_observations:,.0f} observations"
    elif result.sample.weight_kind == "sampling":
        text += " with sampling weights"
    return f"{text}; {result.n_missing:,} left out for missing values"


def _describe_errors(result: ModelResult) -> str:
    text = f"standard errors: {SE_TITLES[result.se_name]}"
    if not math.isinf(result.degrees_of_freedom):
        text += f"; t with {result.degrees_of_freedom:g} degrees of freedom"
    return text


def _write_row(row: dict[str, float | str], width: int) -> str:
    estimate, se = float(row["estimate"]), float(row["se"])
    if math.isnan(se):
        limit = {math.inf: "+∞", -math.inf: "−∞"}.get(estimate, "moves")
        return f"{row['term']:{width}}  {limit:>10} {'refused':>9}   no finite estimate: the data are separated"
    numbers = f"{estimate:10.4f} {se:9.4f} {row['statistic']:8.2f} {row['p']:7.4f}"
    return f"{row['term']:{width}}  {numbers} {row['stars']:<3} {row['low']:10.4f} {row['high']:9.4f}"
