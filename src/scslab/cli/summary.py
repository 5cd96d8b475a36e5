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
    if settlement.scheme.lists:
        console.print(_build_lists(settlement, folder))
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


def _build_lists(settlement: Settlement, folder: Path) -> Table:
    """How many subjects are on each list, and how many have ever been."""
    import polars as pl

    scheme, total = settlement.scheme, max(1, settlement.standings.height)
    title = f"{scheme.title}: lists on {settlement.as_of}, {settlement.standings.height:,} subjects"
    table = Table(title=escape(title), title_justify="left")
    for name in ("list", "kind"):
        table.add_column(name)
    for name in ("on it", "share", "ever on it"):
        table.add_column(name, justify="right")
    is_open = pl.col("closed_on").is_null()
    counts = (
        pl.scan_parquet(folder / "memberships.parquet", glob=False, hive_partitioning=False)
        .group_by(pl.col("list").cast(pl.String))
        .agg(
            pl.col("subject_id").filter(is_open).n_unique().alias("now"), pl.col("subject_id").n_unique().alias("ever")
        )
        .collect()
    )
    found = {row["list"]: (row["now"], row["ever"]) for row in counts.to_dicts()}
    for each in scheme.lists:
        now, ever = found.get(each.id, (0, 0))
        label = f"{each.id} ({each.title})" if each.title and str(each.title) != each.id else each.id
        table.add_row(escape(label), each.kind.value, f"{now:,}", f"{now / total:.1%}", f"{ever:,}")
    return table


def describe_rows(settlement: Settlement) -> list[str]:
    """Where every row and event went, in sentences; nothing is silent."""
    counts, scheme = settlement.counts, settlement.scheme
    # Events act on lists and indicators as well, where there are any.
    is_points_alone = scheme.score.kind is ScoreKind.POINTS and not scheme.lists
    did, did_not = ("posted entries", "posted nothing") if is_points_alone else ("had an effect", "had none")
    lines = [
        f"Rows in: {counts.rows_in:,} = {counts.rows_used:,} settled + {counts.rows_set_aside:,} set aside "
        f"({settlement.set_aside.height:,} lines in problems.csv).",
        f"Events made of them: {counts.events_made:,}; settled: {counts.events_settled:,} = "
        f"{counts.events_posted:,} that {did} + {sum(counts.events_unposted.values()):,} that {did_not}"
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
