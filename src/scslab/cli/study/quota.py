"""`scslab study quota`: from population figures to interviewer cells, every step shown."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from scslab.study.quota.plan import Quota
    from scslab.study.quota.printed import Comparison
    from scslab.study.quota.reader import QuotaSection


@click.command(short_help="from population figures to interviewer cells, every step shown")
@click.argument("study", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), help="Write the cells to this CSV file.")
@click.option("--json", "as_json", is_flag=True, help="Print all steps as JSON.")
def command(study: Path, out: Path | None, as_json: bool) -> None:
    """Compute the quota of STUDY, a study file or its folder.

    Where the file holds printed numbers, each is compared with the computed one, under every way of rounding.
    """
    from scslab.study.quota.plan import plan_quota
    from scslab.study.quota.printed import try_conventions
    from scslab.study.quota.reader import read_quota

    section = read_quota(study)
    quota = plan_quota(section.given)
    trials = try_conventions(section.given, section.printed) if section.printed else ()
    if out is not None:
        out.write_text(quota.list_cells().write_csv(), encoding="utf-8")
    if as_json:
        click.echo(json.dumps(_summarise(section, quota, trials), indent=2, ensure_ascii=False))
        return
    _print_steps(quota)
    if section.is_by_margins:
        click.echo("The cells are products of the margins: this assumes that the dimensions are independent.")
    if quota.interviews != section.given.total:
        click.echo(
            f"The cells sum to {quota.interviews:,}, not {section.given.total:,}, because each is rounded on its own; "
            "`rounding: largest-remainder` keeps the total."
        )
    if trials:
        _print_comparison(section, quota, trials)
    for note in section.notes:
        click.echo(f"note: {note}")
    if out is not None:
        click.echo(f"Cells: {out}")


def _print_steps(quota: Quota) -> None:
    from rich import box
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    given = quota.given
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_footer=True)
    for name in given.dimensions:
        table.add_column(escape(name), footer="sum" if name == given.dimensions[0] else "", no_wrap=True)
    table.add_column("population", justify="right", footer=f"{float(sum(given.population)):,.0f}")
    table.add_column("online %", justify="right")
    for step in quota.columns():
        table.add_column(escape(step.name), justify="right", footer=f"{step.total:,}")
    for i, cell in enumerate(given.cells):
        steps = [f"{step.whole[i]:,}" for step in quota.columns()]
        people, share = float(given.population[i]), float(given.penetration[i])
        table.add_row(*map(escape, cell), f"{people:,.0f}", f"{100 * share:.2f}", *steps)
    # Wide enough for every step: a table of numbers must not be cut.
    console = Console(soft_wrap=True, highlight=False, width=max(40 + 16 * len(table.columns), 100))
    console.print(table)
    console.print("Before rounding:")
    for i, cell in enumerate(given.cells):
        exact = ", ".join(f"{float(step.exact[i]):,.3f}" for step in quota.columns())
        console.print(escape(f"  {' × '.join(cell)}: {exact}"))
    for step in quota.columns():
        console.print(escape(f"{step.name} = {step.formula}"))
    console.print(f"rounding: {given.rounding.value}; steps go on with {given.carry.value} numbers")


def _print_comparison(section: QuotaSection, quota: Quota, trials: tuple[Comparison, ...]) -> None:
    from scslab.study.quota.printed import compare_printed

    total = trials[0].n_numbers
    differences = compare_printed(quota, section.printed)
    click.echo(f"Printed numbers reproduced: {total - len(differences)} of {total}.")
    for each in differences:
        cell = " × ".join(each.cell)
        click.echo(f"  {cell}, {each.column}: printed {each.printed}, computed {each.computed} ({each.exact:.3f})")
    click.echo("Ways of rounding, and how many of the printed numbers each gives:")
    for trial in trials:
        by = "" if not section.given.regions else f", regions ÷ {trial.regions_sum_to}"
        click.echo(f"  {trial.n_reproduced:>3} of {total}: {trial.rounding.value}, {trial.carry.value} steps{by}")


def _summarise(section: QuotaSection, quota: Quota, trials: tuple[Comparison, ...]) -> dict[str, Any]:
    given = section.given
    return {
        "total": given.total,
        "rounding": given.rounding.value,
        "carry": given.carry.value,
        "is_by_margins": section.is_by_margins,
        "formulas": {step.name: step.formula for step in quota.columns()},
        "interviews": quota.interviews,
        "cells": quota.to_frame().to_dicts(),
        "printed": [
            {
                "rounding": trial.rounding.value,
                "carry": trial.carry.value,
                "regions_divided_by": trial.regions_sum_to,
                "reproduced": trial.n_reproduced,
                "of": trial.n_numbers,
            }
            for trial in trials
        ],
        "notes": list(section.notes),
    }
