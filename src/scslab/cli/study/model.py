"""`scslab study model`: ordered logit and its family, blocks of covariates side by side."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from scslab.study.design.design import Design
    from scslab.study.models.blocks import Blocks
    from scslab.study.models.brant import BrantTest
    from scslab.study.models.result import ModelResult

ERRORS = ("observed", "hc0", "robust", "cluster", "linearised", "replicate")
KINDS = ("ordered", "binary", "linear")
STAGED = ("strata", "clusters", "fpc")
"""Options that may be given once for each stage."""


@click.command(short_help="ordered logit and its family; blocks of covariates side by side with stars")
@click.argument("data", type=click.Path(path_type=Path))
@click.option("--formula", required=True, help="As 'approval ~ age + C(income) + male'.")
@click.option(
    "--blocks", multiple=True, help="Covariates to add to those before, as 'trust + media'; a model for each."
)
@click.option("--kind", type=click.Choice(KINDS), default="ordered", help="Default: ordered.")
@click.option("--link", type=click.Choice(["logit", "probit", "cloglog"]), default="logit", help="Default: logit.")
@click.option("--se", type=click.Choice(ERRORS), help="Standard errors. Default: what the design asks for.")
@click.option("--study", "--design", "study", type=click.Path(path_type=Path), help="Study file with a `design`.")
@click.option("--weights", help="Column of weights.")
@click.option("--frequency", is_flag=True, help="The weights count like observations.")
@click.option("--strata", multiple=True, help="Column of strata; once for each stage.")
@click.option("--clusters", multiple=True, help="Column of clusters; once for each stage.")
@click.option("--fpc", multiple=True, help="Column of population sizes or sampling fractions; once for each stage.")
@click.option("--nest", is_flag=True, help="Clusters are numbered anew in each stratum.")
@click.option("--lonely", default="fail", help="What to do about a stratum with one cluster.")
@click.option("--levels", multiple=True, help="Order of categories, as 'approval=low,middle,high'.")
@click.option("--reference", multiple=True, help="Reference category, as 'income=low'.")
@click.option("--same-rows", is_flag=True, help="Use only rows that are complete in every block.")
@click.option("--margins", is_flag=True, help="Show average marginal effects of the last model.")
@click.option("--vif", is_flag=True, help="Show variance inflation and tolerance of the last model.")
@click.option("--bootstrap", type=click.IntRange(2), help="Bootstrap the last model so many times.")
@click.option("--seed", type=int, default=0, help="Seed of the bootstrap. Default: 0.")
@click.option("--out", type=click.Path(path_type=Path), help="Write the table of parameters to this CSV file.")
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
def command(
    data: Path,
    formula: str,
    blocks: tuple[str, ...],
    kind: str,
    link: str,
    se: str | None,
    study: Path | None,
    weights: str | None,
    frequency: bool,
    strata: tuple[str, ...],
    clusters: tuple[str, ...],
    fpc: tuple[str, ...],
    nest: bool,
    lonely: str,
    levels: tuple[str, ...],
    reference: tuple[str, ...],
    same_rows: bool,
    margins: bool,
    vif: bool,
    bootstrap: int | None,
    seed: int,
    out: Path | None,
    as_json: bool,
) -> None:
    r"""Fit a model to DATA (SPSS, Stata, CSV or Parquet), and test its proportional odds.

    \b
    Example:
      scslab study model data.parquet --formula 'approval ~ age + male' --blocks 'C(income)' --blocks 'trust' \
        --weights w --strata province
    """
    from scslab.study.data.declared import read_variables
    from scslab.study.data.read import read_answers
    from scslab.study.models.blocks import fit_blocks

    answers = read_answers(data, variables=None if study is None else read_variables(study, is_required=False))
    options: dict[str, Any] = {
        "se": se,
        "levels": {name: text.split(",") for name, text in _pairs(levels, "--levels")},
        "reference": dict(_pairs(reference, "--reference")),
        "is_same_rows": same_rows,
    }
    if frequency:
        options |= {"weights": weights, "weight_kind": "frequency"}
    else:
        named = {"weights": weights, "strata": strata, "clusters": clusters, "fpc": fpc, "nest": nest, "lonely": lonely}
        options["design"] = _find_design(answers.frame, study, named)
    options["levels"] = {name: _convert(values, answers.frame, name) for name, values in options["levels"].items()}
    formulas = [formula]
    for added in blocks:
        formulas.append(f"{formulas[-1]} + {added}")
    model = {"ordered": f"ordered_{link}", "binary": "binary_logit", "linear": "linear_model"}[kind]
    found = fit_blocks(model, formulas, answers, **options)
    last = found.results[-1]
    tests = [_try_brant(result) for result in found.results]
    extra = {
        "margins": last.margins().table() if margins else None,
        "vif": last.vif() if vif else None,
        "bootstrap": _bootstrap(last, bootstrap, seed, is_quiet=as_json) if bootstrap else None,
    }
    if out is not None:
        found.table().write_csv(out)
    if as_json:
        click.echo(json.dumps(_plain(_summarise(found, tests, extra)), indent=2, ensure_ascii=False, allow_nan=False))
        return
    _print(found, tests)
    for title, table in extra.items():
        if table is not None:
            click.echo()
            _print_table(title, table)
    if out is not None:
        click.echo(f"Table: {out}")


def _pairs(given: Sequence[str], option: str) -> list[tuple[str, str]]:
    for text in given:
        if "=" not in text:
            raise click.UsageError(f"{option}: write COLUMN=VALUE, not {text!r}")
    return [(text.split("=", 1)[0].strip(), text.split("=", 1)[1].strip()) for text in given]


def _convert(values: list[str], frame: Any, name: str) -> list[Any]:
    """Levels as the column holds them: numbers for numbers."""
    if name not in frame.columns or not frame.schema[name].is_numeric():
        return [value.strip() for value in values]
    try:
        return [float(value) if "." in value else int(value) for value in values]
    except ValueError:
        return [value.strip() for value in values]


def _find_design(frame: Any, study: Path | None, named: dict[str, Any]) -> Design:
    from scslab.study.data.study_file import has_section
    from scslab.study.design.declare import declare_design
    from scslab.study.design.read import read_design

    is_named = any(named[key] for key in ("weights", "strata", "clusters", "fpc"))
    if study is not None and not is_named and has_section(study, "design"):
        return read_design(study, frame)
    given: dict[str, Any] = {key: value or None if key in STAGED else value for key, value in named.items()}
    return declare_design(frame, **given)


def _try_brant(result: ModelResult) -> BrantTest | str | None:
    """Brant's test; why there is none, or None where the model is not one of proportional odds."""
    from scslab.ground.problems import ProblemsError

    if result.kind != "ordered" or result.link != "logit" or len(result.levels) < 3:
        return None
    try:
        return result.brant()
    except ProblemsError as error:
        return error.problems[0].message


def _bootstrap(result: ModelResult, n: int, seed: int, *, is_quiet: bool) -> Any:
    from scslab.cli.progress import show_progress
    from scslab.study.models.bootstrap import bootstrap_model

    with nullcontext(None) if is_quiet else show_progress() as progress:
        return bootstrap_model(result, n, seed=seed, progress=progress).table()


def _print(found: Blocks, tests: list[BrantTest | str | None]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from scslab.study.models.summary import SE_TITLES, TITLES

    first = found.results[0]
    table = Table(box=None, pad_edge=False, title=None, header_style="")
    table.add_column(first.response)
    for name in found.names:
        table.add_column(name, justify="right")
    rows = found.table()
    is_cut = False
    for row in rows.iter_rows(named=True):
        if row["role"] == "threshold" and not is_cut:
            is_cut = True
            table.add_row("cut points")
        table.add_row(Text(row["term"]), *(Text(_cell(row, name)) for name in found.names))
    for title, show in FOOT.items():
        table.add_row(title, *(show(result) for result in found.results))
    if any(tests):
        table.add_row(
            "Brant p", *("" if t is None or isinstance(t, str) else f"{t.overall.p_value:.3f}" for t in tests)
        )
    click.echo(f"{TITLES[first.kind, first.link]} of {first.response}; standard errors: {SE_TITLES[first.se_name]}")
    console = Console(width=max(100, 24 + 22 * len(found.names)), highlight=False)
    console.print(table)
    click.echo("*** p < 0.001, ** p < 0.01, * p < 0.05, + p < 0.1; standard errors in parentheses")
    told = dict.fromkeys(w for result in found.results for w in result.warnings) | dict.fromkeys(found.warnings)
    for problem in told:
        click.echo(f"warning: {problem.code} {problem.message}", err=True)
        if problem.help:
            click.echo(f"  help: {problem.help}", err=True)
    for why in dict.fromkeys(t for t in tests if isinstance(t, str)):
        click.echo(f"note: {why}", err=True)


FOOT = {
    "rows": lambda result: f"{result.n_rows:,}",
    "left out": lambda result: f"{result.n_missing:,}",
    "log-likelihood": lambda result: f"{result.log_likelihood:.2f}",
    "R²": lambda result: f"{result.pseudo_r_squared:.3f}",
}
"""What stands below the parameters. R² is McFadden's but for linear models."""


def _cell(row: dict[str, Any], name: str) -> str:
    estimate, error = row[name], row[f"{name} se"]
    if estimate is None:
        return ""
    if math.isnan(error):
        sign = {math.inf: "+∞", -math.inf: "−∞"}.get(estimate, "moves")
        return f"{sign} (separated)\u00a0\u00a0\u00a0"
    return f"{estimate:.3f} ({error:.3f}){row[f'{name} stars']:\u00a0<3}"


def _print_table(title: str, table: Any) -> None:
    from rich.console import Console
    from rich.table import Table

    shown = Table(box=None, pad_edge=False, header_style="")
    for name, dtype in table.schema.items():
        shown.add_column(name, justify="right" if dtype.is_numeric() else "left")
    for row in table.iter_rows():
        shown.add_row(*(f"{x:.4f}" if isinstance(x, float) else str(x) for x in row))
    click.echo({"margins": "Average marginal effects", "vif": "Variance inflation", "bootstrap": "Bootstrap"}[title])
    Console(width=120, highlight=False).print(shown)


def _summarise(found: Blocks, tests: list[BrantTest | str | None], extra: dict[str, Any]) -> dict[str, Any]:
    models: list[dict[str, Any]] = []
    for name, result, test in zip(found.names, found.results, tests, strict=True):
        models.append(
            {
                "block": name,
                "formula": result.formula,
                "kind": result.kind,
                "link": result.link,
                "standard_errors": result.se_name,
                "degrees_of_freedom": result.degrees_of_freedom,
                "rows": result.n_rows,
                "missing": result.n_missing,
                "log_likelihood": result.log_likelihood,
                "null_log_likelihood": result.null_log_likelihood,
                "r_squared": result.pseudo_r_squared,
                "parameters": result.table().to_dicts(),
                "brant": test if test is None or isinstance(test, str) else test.table().to_dicts(),
                "warnings": [f"{w.code} {w.message}" for w in result.warnings],
            }
        )
    more = {name: table.to_dicts() for name, table in extra.items() if table is not None}
    warnings = [f"{w.code} {w.message}" for w in found.warnings]
    return {"models": models, "comparison": found.compare().to_dicts(), "warnings": warnings, **more}


def _plain(value: Any) -> Any:
    """JSON knows neither NaN nor infinity: what is not finite is null."""
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
