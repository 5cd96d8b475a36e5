"""`scslab explain`: the itemised statement of one subject."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from rich.console import Console

    from scslab.engine.statement import Statement
    from scslab.engine.statement_lines import Line


@click.command(short_help="show the itemised statement of one subject of a run")
@click.argument("run", type=click.Path(path_type=Path))
@click.argument("subject")
@click.option("--json", "as_json", is_flag=True, help="Print the statement as JSON.")
def command(run: Path, subject: str, as_json: bool) -> None:
    r"""Explain why SUBJECT stands where it stands in the run folder RUN, why not, and what would change it.

    \b
    Example:
      scslab explain runs/chicago CHI-01079
    """
    from scslab.engine.runs import open_run

    statement = open_run(run).statement(subject)
    if as_json:
        content = {name: value for name, value in asdict(statement).items() if name != "scheme"}
        click.echo(json.dumps({"scheme": statement.scheme.id, **content}, indent=2, ensure_ascii=False, default=str))
    else:
        _print(statement)


def _print(statement: Statement) -> None:
    from rich.console import Console
    from rich.markup import escape

    from scslab.scheme.model import ScoreKind

    console = Console(soft_wrap=True, highlight=False)
    standing = statement.standing
    tier = standing["tier"] or "below all tiers"
    title = next((str(t.title) for t in statement.scheme.tiers if t.id == tier and t.title), "")
    is_scored = statement.scheme.score.kind is not ScoreKind.NONE
    score = f"score [bold]{statement.score}[/bold], tier [bold]{escape(tier)}[/bold]" if is_scored else "no score"
    console.print(
        f"[bold]{escape(statement.subject_id)}[/bold] under {escape(str(statement.scheme.title))} "
        f"on {statement.as_of}: {score}" + (f" ({escape(title)})" if title and title != tier else "")
    )
    if is_scored and standing["published_on"] and standing["published_on"] != statement.as_of:
        published = standing["published_tier"] or "below all tiers"
        text = f"Published on {standing['published_on']}: {standing['published_score']}, tier {published}"
        console.print(escape(text))
    for line in statement.measure_lines:
        if line.ends_on is None:
            since = f" since {line.starts_on}" if line.starts_on else ""
            console.print(
                f"In force{since}: {escape(line.title)} ({line.kind}, {line.domain}), because of {line.reason}"
            )
    if statement.lists:
        _print_lists(console, statement)
    console.print()
    console.print("[bold]Why[/bold]")
    if statement.scheme.range is not None:
        from scslab.cli.explain_index import print_index

        print_index(console, statement)
    elif not is_scored:
        console.print("  The scheme has lists, and no score.")
    elif statement.lines:
        console.print(_build_table(statement))
    else:
        console.print(f"  No entry: the score is the start score {statement.start}.")
    if statement.objections:
        console.print()
        console.print("[bold]Objections[/bold]")
        for objected in statement.objections:
            console.print(f"  {escape(objected.told)}")
    if statement.why_not:
        console.print()
        console.print("[bold]Why not[/bold]: events that posted nothing")
        for event in statement.why_not:
            console.print(
                f"  {event.posted_on}  {escape(event.event_id)}  {escape(event.type)}: {escape(event.reason)}"
            )
    console.print()
    console.print("[bold]What would change it[/bold]")
    for sentence in statement.outlook or ("Nothing is due to change by itself.",):
        console.print(f"  {escape(sentence)}")


def _print_lists(console: Console, statement: Statement) -> None:
    from rich.markup import escape

    console.print()
    console.print("[bold]Lists[/bold]")
    for listing in statement.lists:
        until = "now" if listing.closed_on is None else f"{listing.closed_on}"
        console.print(f"  [bold]{escape(listing.title)}[/bold] ({listing.kind}), {listing.opened_on} to {until}")
        for sentence in listing.why:
            console.print(f"    {escape(sentence)}")


def _build_table(statement: Statement):
    from rich import box
    from rich.markup import escape
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in ("date", "what", "event"):
        table.add_column(name, overflow="fold")
    for name in ("points", "score"):
        table.add_column(name, justify="right")
    for name in ("lapses on", "why these points"):
        table.add_column(name, overflow="fold")
    carried = f", carried over from {statement.carried_from}" if statement.carried_from else ""
    table.add_row("", escape(f"start{carried}"), "", "", str(statement.start), "", "")
    for line in statement.lines:
        table.add_row(
            str(line.posted_on),
            escape(line.title),
            escape(line.event_id or ""),
            f"{line.effective:+}",
            str(line.score_after),
            str(line.lapses_on or ""),
            escape(_say_why(line)),
        )
    return table


def _say_why(line: Line) -> str:
    said = "; ".join(line.why)
    return f"{said} [{line.source}]" if line.source and said else said or (line.source or "")
