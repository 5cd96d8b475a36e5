"""The short table that `scslab settle` prints: where the subjects stand and where the rows went."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from scslab.scheme.model import ScoreKind

if TYPE_CHECKING:
    from scslab.engine.settlement import Settlement


def print_summary(settlement: Settlement, folder: Path, *, has_report: bool) -> None:
    """Print tiers, rows in and out, and where the run stands."""
    console = Console(soft_wrap=True)
    if settlement.scheme.score.kind is not ScoreKind.NONE:
        console.print(_build_tiers(settlement))
    for line in describe_rows(settlement):
        console.print(line, highlight=False)
    for note in settlement.notes:
        console.print(f"[dim]note: {escape(note.message)}[/dim]", highlight=False)
    console.print(f"Run folder: {escape(str(folder))}", highlight=False)
    if has_report:
        console.print(f"Report:     {escape(str(folder / 'report.html'))}", highlight=False)


def _build_tiers(settlement: Settlement) -> Table:
    scheme, standings = settlement.scheme, settlement.standings
    title = f"{scheme.title}: {standings.height:,} subjects on {settlement.as_of}"
    table = Table(title=escape(title), title_justify="left")
    table.add_column("tier")
    for name in ("from", "subjects", "share"):
        table.add_column(name, justify="right")
    total = max(1, standings.height)
    counts = dict(standings["tier"].cast(str).value_counts().iter_rows())
    for tier in reversed(scheme.tiers):
        n, lower = counts.get(tier.id, 0), tier.lower_on(settlement.as_of)
        label = f"{tier.id} ({tier.title})" if tier.title and str(tier.title) != tier.id else tier.id
        table.add_row(escape(label), str(lower if lower is not None else "-"), f"{n:,}", f"{n / total:.1%}")
    if None in counts:
        table.add_row("(below all tiers)" if scheme.tiers else "(no tiers)", "-", f"{counts[None]:,}", "")
    score = standings["score"].cast(float)
    if score.len():
        table.caption = f"score: lowest {score.min():g}, median {score.median():g}, highest {score.max():g}"
    return table


def describe_rows(settlement: Settlement) -> list[str]:
    """Where every row and event went, in sentences; nothing is silent."""
    counts = settlement.counts
    lines = [
        f"Rows in: {counts.rows_in:,} = {counts.rows_used:,} settled + {counts.rows_set_aside:,} set aside "
        f"({settlement.set_aside.height:,} lines in problems.csv).",
        f"Events made of them: {counts.events_made:,}; settled: {counts.events_settled:,} = "
        f"{counts.events_posted:,} that posted entries + {sum(counts.events_unposted.values()):,} that posted nothing"
        + _list(counts.events_unposted)
        + ".",
    ]
    if counts.undecided:
        lines.append(f"Conditions that could not be decided{_list(counts.undecided)}.")
    cut = {
        "by a cap": counts.cut_by_cap,
        "of these to nothing": counts.capped_to_nothing,
        "by the floor": counts.cut_by_floor,
        "by the ceiling": counts.cut_by_ceiling,
    }
    if any(cut.values()):
        lines.append(f"Entries made smaller{_list(cut)}.")
    return lines


def _list(counts: dict[str, int]) -> str:
    named = ", ".join(f"{name}: {n:,}" for name, n in counts.items() if n)
    return f" ({named})" if named else ""
