"""`scslab study weight`: weights for a sample, and what they cost."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from scslab.study.weighting.weigh import Weights


@click.command(short_help="raking, post-stratification, calibration, caps; design effect and margin of error")
@click.argument("study", type=click.Path(path_type=Path))
@click.argument("data", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), help="Write the data with the weights to this file.")
@click.option("--json", "as_json", is_flag=True, help="Print the account as JSON.")
def command(study: Path, data: Path, out: Path | None, as_json: bool) -> None:
    """Weight DATA (SPSS, Stata, CSV or Parquet) as the section `weighting` of STUDY says.

    A cap that cannot be met is an error that names the category and the smallest possible cap.
    """
    from dataclasses import replace

    import polars as pl

    from scslab.study.data.read import read_answers
    from scslab.study.data.variables import Variable
    from scslab.study.data.write import write_answers
    from scslab.study.weighting.reader import read_weighting
    from scslab.study.weighting.weigh import weight_sample

    plan = read_weighting(study)
    answers = read_answers(data)
    named = answers.name_categories([name for margin in plan.margins for name in margin.columns], plan.known_words())
    weights = weight_sample(named, plan)
    if out is not None:
        frame = answers.frame.with_columns(pl.Series(plan.column, weights.values))
        variable = Variable(plan.column, label=f"Weight ({plan.method.value})")
        write_answers(replace(answers, frame=frame, variables={**answers.variables, plan.column: variable}), out)
    for note in weights.notes:
        click.echo(str(note), err=True)
    if as_json:
        click.echo(json.dumps(summarise(weights), indent=2, ensure_ascii=False))
        return
    _print(weights)
    if out is not None:
        click.echo(f"Data with the column `{plan.column}`: {out}")


def summarise(weights: Weights) -> dict[str, Any]:
    """The account of the weights as JSON holds it."""
    found = weights.efficiency
    return {
        "method": weights.plan.method.value,
        "cap": None if weights.plan.cap is None else {"rule": weights.plan.cap.rule.value, "at": weights.plan.cap.at},
        "respondents": found.n,
        "rounds": weights.fitted.rounds,
        "is_converged": weights.fitted.is_converged,
        "largest_error": weights.fitted.error,
        "smallest_weight_in_means": found.smallest,
        "largest_weight_in_means": found.largest,
        "design_effect_kish": found.design_effect,
        "effective_n": found.effective_n,
        "margin_of_error": found.margin_of_error,
        "margin_of_error_assumes": found.assumption,
        "margins": weights.to_frame().to_dicts(),
    }


def _print(weights: Weights) -> None:
    from rich import box
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("margin")
    table.add_column("category")
    for name in ("n", "before %", "after %", "target %", "mean weight"):
        table.add_column(name, justify="right")
    for row in weights.to_frame().iter_rows(named=True):
        shares = (f"{row[f'{name}_percent']:.2f}" for name in ("unweighted", "weighted", "target"))
        mean = "-" if row["mean_weight"] is None else f"{row['mean_weight']:.3f}"
        table.add_row(escape(row["margin"]), escape(row["category"]), f"{row['respondents']:,}", *shares, mean)
    console = Console(soft_wrap=True, highlight=False)
    console.print(table)
    found, fitted = weights.efficiency, weights.fitted
    state = "converged" if fitted.is_converged else "NOT converged"
    console.print(
        f"{weights.plan.method.value}: {state} after {fitted.rounds:,} rounds, off by {fitted.error:.1e} at most"
    )
    console.print(f"weights from {found.smallest:.3f} to {found.largest:.3f} times the mean")
    console.print(
        f"Kish design effect {found.design_effect:.4f}; {found.n:,} respondents count as {found.effective_n:,.1f}"
    )
    console.print(f"margin of error ±{100 * found.margin_of_error:.2f} percentage points for a share of 50 %, 95 %")
    console.print(f"  {found.assumption}")
