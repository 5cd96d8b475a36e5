"""Settle several schemes on one ledger: the part of `scslab settle` that writes a folder of runs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scslab.cli.screen import Screen

if TYPE_CHECKING:
    from scslab.engine.settlement import Settlement
    from scslab.engine.together.settle import Together


def settle_several(
    schemes: Sequence[str],
    events: str,
    *,
    folder: Path,
    as_of: date | None,
    known_at: date | None,
    mapping: str | None,
    subjects: Path | None,
    links: Path | None,
    threads: int | None,
    is_replacing: bool,
    is_strict: bool,
    has_report: bool,
    screen: Screen,
) -> None:
    """Settle, write the folder and say what came of it; the arguments are the options of `scslab settle`."""
    from scslab.engine.strict import refuse_lines
    from scslab.engine.together.folder import describe_together, write_only, write_together
    from scslab.engine.together.settle import settle_together

    with screen.show_progress() as tell:
        together = settle_together(
            schemes, events, as_of=as_of, known_at=known_at, mapping=mapping, subjects=subjects, links=links,
            threads=threads, progress=tell,
        )  # fmt: skip
        if is_strict:
            refuse_lines([together.set_aside], events)

        def report(settlement: Settlement, run: Path) -> None:
            from scslab.report.page import write_report

            tell(f"reporting {settlement.scheme.id}", 0.0)
            write_report(settlement, run / "report.html")

        write = write_together if len(together.settlements) > 1 else write_only
        finish = {"finish": report} if has_report else {}
        write(together, folder, is_replacing=is_replacing, tell=screen.say, **finish)
    if screen.as_json:
        content = {"folder": str(folder), **describe_together(together)}
        click.echo(json.dumps(content, indent=2, ensure_ascii=False, default=str))
    elif not screen.is_quiet:
        _print(together, folder, has_report=has_report)


def _print(together: Together, folder: Path, *, has_report: bool) -> None:
    from rich import box
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    console = Console(soft_wrap=True, highlight=False)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("scheme", overflow="fold")
    table.add_column("as of", overflow="fold")
    for name in ("subjects", "events", "posted", "on lists", "measures"):
        table.add_column(name, justify="right")
    table.add_column("reads", overflow="fold")
    for name, settlement in together.settlements.items():
        counts = settlement.counts
        listed = 0 if not settlement.memberships.width else settlement.memberships["closed_on"].null_count()
        applying = settlement.measures["ends_on"].null_count()
        reads = ", ".join(dict.fromkeys(read.what for read in together.schemes.reads_of(name)))
        numbers = (settlement.standings.height, counts.events_settled, counts.events_posted, listed, applying)
        table.add_row(escape(name), str(settlement.as_of), *(f"{n:,}" for n in numbers), escape(reads))
    console.print(table)
    for line in describe_rows(together):
        console.print(escape(line))
    for note in together.notes:
        console.print(f"[dim]note: {escape(note.message)}[/dim]")
    run = folder / "SCHEME" if len(together.settlements) > 1 else folder
    console.print(f"Folder:  {escape(str(folder))}")
    if has_report:
        console.print(f"Report:  {escape(str(run / 'report.html'))}")


def describe_rows(together: Together) -> list[str]:
    """Where the rows of the ledger went, and what spread along links, in sentences."""
    lines = [
        f"Rows in: {together.rows_in:,} = {together.rows_used:,} used by at least one scheme + "
        f"{together.rows_set_aside:,} set aside ({together.set_aside.height:,} lines in problems.csv)."
    ]
    lines += [f"Left by {name} to its successor: {n:,} events." for name, n in together.left.items()]
    if together.links.rows_in:
        lines.append(f"Links: {together.links.frame.height:,} used of {together.links.rows_in:,} rows.")
    lines += [
        f"Spread under {name}: {count.begun:,} times a condition began to hold; {count.derived:,} derived events for "
        f"{count.touched:,} subjects, {count.unposted:,} of which posted nothing."
        for name, count in together.spread.items()
    ]
    return lines
