"""The part of `scslab explain` that is told of an index: what each indicator gives, and what was published when."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

if TYPE_CHECKING:
    from scslab.engine.statement import Statement

SHOWN = 13
"""Publications that are shown, the latest ones."""


def print_index(console: Console, statement: Statement) -> None:
    """Print the contributions of the last publication, and the publications before it."""
    if not statement.publications:
        console.print("  Nothing has been published yet.")
        return
    last = statement.publications[-1]
    console.print(f"  Published on {last.published_on}; each line is a part of the score.")
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in ("dimension", "indicator", "value"):
        table.add_column(name, overflow="fold")
    for name in ("scaled", "points", "of at most", "change"):
        table.add_column(name, justify="right")
    table.add_column("source", overflow="fold")
    table.add_row("", "low end of the range", "", "", str(statement.start), "", "", "")
    for each in statement.contributions:
        table.add_row(
            escape(each.dimension),
            escape(each.title),
            escape(each.what),
            f"{each.scaled:.3f}",
            f"{each.contribution:,.2f}",
            f"{each.most:,.2f}",
            "" if each.change is None else f"{each.change:+,.2f}",
            escape(each.source),
        )
    table.add_row("", "score, rounded", "", "", str(last.score), "", _say(last.change), "")
    console.print(table)
    console.print("[bold]Published[/bold]")
    for each in statement.publications[-SHOWN:]:
        tier = escape(each.tier or "below all tiers") if statement.scheme.tiers else ""
        console.print(f"  {each.published_on}  {each.score}  {tier}  {_say(each.change)}".rstrip())


def _say(change: Decimal | None) -> str:
    return "" if change is None else f"{change:+}"
