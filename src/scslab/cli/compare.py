"""`scslab compare`: what two or more schemes make of the same subjects."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from rich.console import Console

    from scslab.engine.together.comparing import Comparison, PairComparison


@click.command(short_help="compare what schemes make of the same subjects")
@click.argument("schemes", nargs=-1, required=True, metavar="SCHEME... EVENTS | RUN...")
@click.option(
    "--mapping", type=click.Path(path_type=Path), help="Which event of the first scheme is which of the second."
)
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="Date of the standings. Default: the last event's.")
@click.option("--known-at", type=click.DateTime(["%Y-%m-%d"]), help="Use only what was recorded by then.")
@click.option("--subjects", type=click.Path(path_type=Path), help="Table of subjects and their attributes.")
@click.option("--threads", type=click.IntRange(1, 64), help="Threads to use. Default: all cores.")
@click.option("--out", type=click.Path(path_type=Path), help="Write a report page (HTML) to this file.")
@click.option("--json", "as_json", is_flag=True, help="Print the comparison as JSON.")
def command(
    schemes: tuple[str, ...],
    mapping: Path | None,
    as_of: datetime | None,
    known_at: datetime | None,
    subjects: Path | None,
    threads: int | None,
    out: Path | None,
    as_json: bool,
) -> None:
    r"""Compare schemes on one ledger: ranks, tiers, who gains and who loses, and which rules make the difference.

    Give two or more schemes and a ledger, or two or more run folders. Where the vocabularies of two schemes differ,
    --mapping names a YAML file (from, to, events) that says which event is which; what it does not map is counted.

    \b
    Examples:
      scslab compare old.yaml new.yaml EVENTS.csv --out compare.html
      scslab compare runs/old runs/new
    """
    from scslab.engine.together.compare import compare, is_run
    from scslab.engine.together.comparing import describe_comparison

    days: dict[str, Any] = {"as_of": as_of.date() if as_of else None, "known_at": known_at.date() if known_at else None}
    if all(is_run(each) for each in schemes):
        comparison = compare(schemes)
    else:
        *named, events = schemes
        comparison = compare(named, events, words=mapping, subjects=subjects, threads=threads, **days)
    if out is not None:
        from scslab.report.compare import write_comparison

        write_comparison(comparison, out)
    if as_json:
        click.echo(json.dumps(describe_comparison(comparison), indent=2, ensure_ascii=False, default=str))
    else:
        _print(comparison, out)


def _print(comparison: Comparison, out: Path | None) -> None:
    from rich.console import Console
    from rich.markup import escape

    console = Console(soft_wrap=True, highlight=False)
    for pair in comparison.pairs:
        _print_pair(console, pair)
    _print_rules(console, comparison)
    for row in comparison.unmapped.iter_rows(named=True):
        console.print(f"Not mapped from {escape(row['scheme'])}: {row['events']:,} events of `{escape(row['type'])}`")
    if out is not None:
        console.print(f"Report: {escape(str(out))}")


def _print_pair(console: Console, pair: PairComparison) -> None:
    from rich import box
    from rich.markup import escape
    from rich.table import Table

    console.print(
        f"[bold]{escape(pair.first)}[/bold] and [bold]{escape(pair.second)}[/bold]: {pair.subjects:,} subjects"
    )
    shown = [
        f"{name} {value:.3f}" if value is not None else f"{name} not defined"
        for name, value in (("Spearman", pair.spearman), ("Kendall tau-b", pair.kendall))
    ]
    console.print(f"  {'; '.join(shown)}")
    console.print(
        f"  Pairs of subjects: {pair.concordant:,} in the same order, {pair.discordant:,} the other way round, "
        f"{pair.tied:,} tied"
    )
    console.print(
        f"  From {escape(pair.first)} to {escape(pair.second)}: {pair.gains:,} rise in rank, {pair.loses:,} fall, "
        f"{pair.stays:,} stay"
    )
    if pair.only_first or pair.only_second:
        console.print(f"  Scored by one alone: {pair.only_first:,} and {pair.only_second:,}")
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column(pair.first, overflow="fold")
    table.add_column(pair.second, overflow="fold")
    table.add_column("subjects", justify="right")
    for row in pair.tiers.iter_rows(named=True):
        table.add_row(escape(row["first"] or "-"), escape(row["second"] or "-"), f"{row['subjects']:,}")
    console.print(table)


def _print_rules(console: Console, comparison: Comparison) -> None:
    from rich import box
    from rich.markup import escape
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, title="What makes the scores", title_justify="left")
    table.add_column("scheme", overflow="fold")
    table.add_column("rule", overflow="fold")
    for name in ("subjects", "entries", "sum of points", "mean"):
        table.add_column(name, justify="right")
    for row in comparison.rules.iter_rows(named=True):
        table.add_row(
            escape(row["scheme"]),
            escape(row["rule"] or "-"),
            f"{row['subjects']:,}",
            f"{row['entries']:,}",
            f"{row['effective']:+,.6g}",
            f"{row['mean']:+.4g}",
        )
    console.print(table)
