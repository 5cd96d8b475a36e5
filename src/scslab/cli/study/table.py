"""`scslab study table`: weighted frequencies, cross-tabs and means with design-based intervals and tests."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from scslab.study.data.answers import Answers
    from scslab.study.design.design import Design
    from scslab.study.tables.means import Mean
    from scslab.study.tables.tabulate import CrossTable, FrequencyTable


@click.command(short_help="weighted frequencies and cross-tabs with design-based intervals, Rao-Scott tests")
@click.argument("data", type=click.Path(path_type=Path))
@click.option("--rows", required=True, help="Variable down the side.")
@click.option("--columns", default="", help="Variable across the top.")
@click.option("--mean", default="", help="Show means of this number by --rows instead of shares.")
@click.option("--weights", help="Column of weights.")
@click.option("--strata", multiple=True, help="Column of strata; once for each stage.")
@click.option("--clusters", multiple=True, help="Column of clusters; once for each stage.")
@click.option("--fpc", multiple=True, help="Column of population sizes or sampling fractions; once for each stage.")
@click.option("--nest", is_flag=True, help="Clusters are numbered anew in each stratum.")
@click.option("--lonely", default="fail", help="What to do about a stratum with one cluster.")
@click.option("--replicates", multiple=True, help="Columns of replicate weights, or a pattern such as 'rep*'.")
@click.option("--replicate-kind", help="Their kind, or the kind to make: JK1, JKn, BRR, Fay, bootstrap.")
@click.option("--study", type=click.Path(path_type=Path), help="Study file with labels (`variables`) and a `design`.")
@click.option("--where", default="", help="Who is in the table, as an SQL condition over the codes: a domain.")
@click.option(
    "--interval",
    type=click.Choice(["logit", "korn-graubard", "wilson", "normal"]),
    default="logit",
    help="Interval of shares. Default: logit.",
)
@click.option("--level", type=click.FloatRange(0, 1, min_open=True, max_open=True), default=0.95, help="Default: 0.95.")
@click.option("--out", type=click.Path(path_type=Path), help="Write the table to this CSV file.")
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
def command(
    data: Path,
    rows: str,
    columns: str,
    mean: str,
    weights: str | None,
    strata: tuple[str, ...],
    clusters: tuple[str, ...],
    fpc: tuple[str, ...],
    nest: bool,
    lonely: str,
    replicates: tuple[str, ...],
    replicate_kind: str | None,
    study: Path | None,
    where: str,
    interval: str,
    level: float,
    out: Path | None,
    as_json: bool,
) -> None:
    """Tabulate DATA (SPSS, Stata, CSV or Parquet): --rows alone, by --columns, or the --mean of a number by --rows.

    Standard errors follow the design that is named; without one, a simple random sample is assumed, and the output
    says so.
    """
    from scslab.study.data.declared import read_variables
    from scslab.study.data.read import read_answers
    from scslab.study.data.study_file import has_section
    from scslab.study.design.declare import declare_design
    from scslab.study.design.read import read_design
    from scslab.study.tables.domain import find_domain
    from scslab.study.tables.means import estimate_means
    from scslab.study.tables.tabulate import FrequencyTable, tabulate

    variables = None if study is None else read_variables(study, is_required=False)
    answers = read_answers(data, variables=variables)
    named = (weights, strata, clusters, fpc, replicates, replicate_kind)
    if study is not None and not any(named) and has_section(study, "design"):
        design = read_design(study, answers.frame)
    else:
        design = declare_design(
            answers.frame,
            weights=weights,
            strata=strata or None,
            clusters=clusters or None,
            fpc=fpc or None,
            nest=nest,
            lonely=lonely,
            replicates=list(replicates) or None,
            replicate_kind=replicate_kind,
        )
    domain = find_domain(answers, where) if where else None
    if mean:
        means = estimate_means(answers, mean, rows, design=design, domain=domain, level=level)
        _finish(_frame_of(means, rows), _means_json(means, mean, rows), out, as_json)
        if not as_json:
            _print_means(means, mean, rows, level)
            _print_design(design, answers, where)
        return
    table = tabulate(answers, rows, columns, design=design, domain=domain, interval=interval, level=level)
    frame = table.to_frame()
    _finish(frame, _summarise(table), out, as_json)
    if as_json:
        return
    if isinstance(table, FrequencyTable):
        _print_frequencies(table)
    else:
        _print_cross(table)
    _print_design(design, answers, where)
    if table.n_missing:
        click.echo(f"{table.n_missing:,} respondents without a valid answer are not in the table.")
    if out is not None:
        click.echo(f"Table: {out}")


def _finish(frame: Any, summary: dict[str, Any], out: Path | None, as_json: bool) -> None:
    if out is not None:
        out.write_text(frame.write_csv(), encoding="utf-8")
    if as_json:
        click.echo(json.dumps(_plain(summary), indent=2, ensure_ascii=False, allow_nan=False))


def _plain(value: Any) -> Any:
    """JSON knows no NaN: what is not defined is null."""
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return None if isinstance(value, float) and value != value else value


def _summarise(table: FrequencyTable | CrossTable) -> dict[str, Any]:
    from scslab.study.tables.tabulate import CrossTable

    found: dict[str, Any] = {
        "rows": table.rows.name,
        "respondents": table.shares.n,
        "missing": table.n_missing,
        "outside_of_domain": table.n_outside,
        "degrees_of_freedom": table.shares.degrees_of_freedom,
        "interval": table.interval.value,
        "level": table.level,
        "cells": table.to_frame().to_dicts(),
    }
    if isinstance(table, CrossTable):
        found["columns"] = table.columns.name
        test = table.test
        found["test"] = test and {
            "pearson": test.pearson,
            "rao_scott_1": {"chi_squared": test.chi_squared, "df": test.first_df, "p": test.first_p},
            "rao_scott_2": {"f": test.f, "df": list(test.f_df), "p": test.second_p},
            "design_effects": test.design_effects.tolist(),
        }
    return found


def _means_json(means: tuple[Mean, ...], of: str, by: str) -> dict[str, Any]:
    from dataclasses import asdict

    return {"mean_of": of, "by": by, "means": [asdict(each) for each in means]}


def _frame_of(means: tuple[Mean, ...], by: str) -> Any:
    from dataclasses import asdict

    import polars as pl

    return pl.DataFrame([asdict(each) for each in means]).rename({"group": by})


def _console() -> Any:
    from rich.console import Console

    return Console(soft_wrap=True, highlight=False)


def _start_table(*columns: str) -> Any:
    from rich import box
    from rich.markup import escape
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column(escape(columns[0]), overflow="fold")
    for name in columns[1:]:
        table.add_column(escape(name), justify="right")
    return table


def _number(value: float | None, digits: int = 2) -> str:
    return "-" if value is None or value != value else f"{value:,.{digits}f}"


def _print_frequencies(table: FrequencyTable) -> None:
    from rich.markup import escape

    shown = _start_table(table.rows.name, "n", "%", "SE", f"{100 * table.level:g} % {table.interval.value}", "deff")
    for row in table.to_frame().iter_rows(named=True):
        ends = f"{_number(row['low'])} – {_number(row['high'])}"
        label = escape(str(row[table.rows.name]))
        figures = (_number(row["percent"]), _number(row["se"]), ends, _number(row["design_effect"]))
        shown.add_row(label, f"{row['n']:,}", *figures)
    console = _console()
    console.print(escape(table.rows.label))
    console.print(shown)


def _print_cross(table: CrossTable) -> None:
    from rich.markup import escape

    console = _console()
    labels = table.columns.labels
    shown = _start_table(f"{table.rows.name} \\ {table.columns.name}", *labels, "all")
    frame = table.to_frame()
    for i, label in enumerate(table.rows.labels):
        cells = [frame.row(i * len(labels) + j, named=True) for j in range(len(labels))]
        texts = [f"{_number(c['column_percent'])} ({_number(c['column_percent_se'])})" for c in cells]
        texts.append(_number(sum(c["percent"] for c in cells)))
        shown.add_row(escape(label), *texts)
    sizes = [sum(frame["n"].to_list()[j :: len(labels)]) for j in range(len(labels))]
    shown.add_row("n", *(f"{size:,}" for size in sizes), f"{sum(sizes):,}")
    console.print(f"{escape(table.rows.label)}, by {escape(table.columns.label)}: column percents (standard errors)")
    console.print(shown)
    test = table.test
    if test is None:
        console.print("No test of independence: fewer than two rows or columns, or no degrees of freedom.")
        return
    console.print(
        f"Rao-Scott, second order: F({test.f_df[0]:.3f}, {test.f_df[1]:.2f}) = {test.f:.4f}, p = {test.second_p:.4g}"
    )
    console.print(
        f"Rao-Scott, first order: X² ÷ {test.design_effects.mean():.3f} = {test.chi_squared:.4f}, "
        f"df {test.first_df}, p = {test.first_p:.4g}"
    )


def _print_means(means: tuple[Mean, ...], of: str, by: str, level: float) -> None:
    from rich.markup import escape

    shown = _start_table(by, "n", f"mean of {of}", "SE", f"{100 * level:g} %", "deff")
    for each in means:
        ends = f"{_number(each.low)} – {_number(each.high)}"
        figures = (_number(each.value), _number(each.standard_error), ends, _number(each.design_effect))
        shown.add_row(escape(each.group) or "all", f"{each.n:,}", *figures)
    _console().print(shown)


def _print_design(design: Design, answers: Answers, where: str) -> None:
    named = ", ".join(f"{role} {column}" for role, column in design.names.items())
    if design.replicates is not None:
        named += f"{', ' if named else ''}{design.replicates.n_replicates} {design.replicates.kind} replicates"
    inside = f" where {where}" if where else ""
    if named:
        click.echo(f"Design: {named}; {answers.frame.height:,} respondents{inside}.")
    else:
        click.echo(f"No design named: a simple random sample of {answers.frame.height:,} is assumed{inside}.")
