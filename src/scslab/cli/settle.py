"""`scslab settle`: settle a ledger under a scheme and write a run folder."""

from __future__ import annotations

import json
import signal
import sys
from contextlib import nullcontext
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scslab.cli.progress import show_progress
from scslab.ground.problems import Place, Problem, ProblemsError

if TYPE_CHECKING:
    import polars as pl

    from scslab.engine.settlement import Settlement
    from scslab.engine.settling import Settling

REPORTED_ENTRIES = 2_000_000
"""The report of a larger run shows a sample of its subjects, chosen by a hash of their ids, and says so."""
EXCUSED = ("L011", "L020", "L021")
"""Rows set aside for these reasons are no fault of the file: duplicates, and rows after `--as-of` or `--known-at`."""


@click.command(short_help="settle a ledger under a scheme")
@click.argument("scheme")
@click.argument("events")
@click.option("--out", type=click.Path(path_type=Path), help="Run folder to write. Default: runs/SCHEME, numbered.")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="Date of the standings. Default: the last event's.")
@click.option("--known-at", type=click.DateTime(["%Y-%m-%d"]), help="Use only what was recorded by then.")
@click.option("--mapping", help="Mapping file that says how a raw table becomes events, or a shipped dataset's name.")
@click.option("--subjects", type=click.Path(path_type=Path), help="Table of subjects and their attributes.")
@click.option("--threads", type=click.IntRange(1, 64), help="Threads to use. Default: all cores.")
@click.option("--standings-only", is_flag=True, help="Write no entries and no report: faster, but explains nothing.")
@click.option("--no-report", is_flag=True, help="Write no report.html.")
@click.option("--replace", is_flag=True, help="Replace a complete run of the same name.")
@click.option("--strict", is_flag=True, help="Stop when any row cannot be used, instead of setting it aside.")
@click.option("--quiet", is_flag=True, help="Print nothing but errors.")
@click.option("--json", "as_json", is_flag=True, help="Print the counts as JSON.")
def command(
    scheme: str,
    events: str,
    out: Path | None,
    as_of: datetime | None,
    known_at: datetime | None,
    mapping: str | None,
    subjects: Path | None,
    threads: int | None,
    standings_only: bool,
    no_report: bool,
    replace: bool,
    strict: bool,
    quiet: bool,
    as_json: bool,
) -> None:
    r"""Settle the ledger EVENTS under SCHEME.

    SCHEME is a shipped scheme (see `scslab catalogue`) or the path of a scheme file. EVENTS is a Parquet, CSV or JSON
    Lines file, or the name of a shipped dataset. The run folder holds standings, entries, measures, the rows that
    were set
    aside, and report.html.

    \b
    Examples:
      scslab settle food-safety chicago-food-inspections --out runs/chicago
      scslab settle care-homes EVENTS.parquet --as-of 2024-12-31 --known-at 2025-06-30
    """
    from scslab.engine.runs import open_run_folder, write_entries, write_rest
    from scslab.engine.settle import begin

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that a kill also leaves nothing half-written
    folder = out or _choose_folder(scheme)
    shown = nullcontext(None) if quiet or as_json else show_progress()
    with (
        open_run_folder(folder, is_replacing=replace, tell=lambda text: click.echo(text, err=True)) as partial,
        shown as progress,
    ):
        tell = progress or (lambda step, share: None)
        run = begin(
            scheme,
            events,
            as_of=_day(as_of),
            known_at=_day(known_at),
            mapping=mapping,
            subjects=subjects,
            threads=threads,
            is_itemised=not standings_only,
            progress=tell,
        )
        if strict:
            _refuse_set_aside(run.intake.set_aside, events)
        if standings_only:
            settlement = run.finish(next(iter(run.iterate_entries())), with_unposted=False)
        else:
            write_entries(run.iterate_entries(), partial / "entries.parquet")
            settlement = run.finish(_read_entries(partial / "entries.parquet", run))
        tell("writing", 0.0)
        write_rest(settlement, partial)
        if not standings_only and not no_report:
            from scslab.report.page import write_report

            tell("reporting", 0.0)
            write_report(_sample(settlement), partial / "report.html")
    if as_json:
        click.echo(json.dumps(_summarise(settlement, folder), indent=2, ensure_ascii=False))
    elif not quiet:
        from scslab.cli.summary import print_summary

        print_summary(settlement, folder, has_report=not (standings_only or no_report))


def _day(given: datetime | None) -> date | None:
    return given.date() if given else None


def _choose_folder(scheme: str) -> Path:
    """The first free name among runs/SCHEME, runs/SCHEME-2 and so on."""
    stem = Path(scheme).stem if Path(scheme).stem != "scheme" else Path(scheme).absolute().parent.name
    folder, number = Path("runs") / stem, 1
    while folder.exists():
        number += 1
        folder = Path("runs") / f"{stem}-{number}"
    return folder


def _refuse_set_aside(set_aside: pl.DataFrame, events: str) -> None:
    import polars as pl

    bad = set_aside.filter(~pl.col("code").is_in(EXCUSED))
    if bad.height:
        problems = [
            Problem(row["code"], row["reason"], Place(f"{events}, row {row['row']}, column {row['column'] or '-'}"))
            for row in bad.head(20).to_dicts()
        ]
        if bad.height > len(problems):
            text = f"{bad.height - len(problems)} more rows cannot be used"
            problems.append(Problem("R040", text, Place(events), "without --strict they are set aside and listed"))
        raise ProblemsError(problems)


def _read_entries(path: Path, run: Settling) -> pl.DataFrame:
    """The entries just written, or of a very large run those of the sampled subjects."""
    import polars as pl

    entries = pl.scan_parquet(path)
    n = entries.select(pl.len()).collect().item()
    return entries.filter(_is_sampled(n)).collect()


def _is_sampled(n: int) -> Any:
    import polars as pl

    every = max(1, -(-n // REPORTED_ENTRIES))
    return pl.lit(True) if every == 1 else pl.col("subject_id").hash(0) % every == 0


def _sample(settlement: Settlement) -> Settlement:
    """The settlement itself, or, where only some subjects' entries were kept, that of those subjects."""
    import dataclasses

    import polars as pl

    total = int(settlement.standings["entries"].sum())
    if settlement.entries.height == total:
        return settlement
    chosen = settlement.standings.filter(_is_sampled(total))
    note = Problem(
        "R041",
        f"the report shows {chosen.height:,} of {settlement.standings.height:,} subjects, chosen by a hash of their "
        "ids; the tables of the run hold all of them",
    )
    mine = pl.col("subject_id").is_in(chosen["subject_id"].implode())
    return dataclasses.replace(
        settlement,
        standings=chosen,
        unposted=settlement.unposted.filter(mine),
        measures=settlement.measures.filter(mine),
        notes=(*settlement.notes, note),
    )


def _summarise(settlement: Settlement, folder: Path) -> dict[str, Any]:
    from dataclasses import asdict

    tiers = settlement.standings.group_by("tier").len().sort("tier").to_dicts()
    return {
        "run": str(folder),
        "scheme": settlement.scheme.id,
        "as_of": str(settlement.as_of),
        "subjects": settlement.standings.height,
        "tiers": {str(row["tier"]): row["len"] for row in tiers},
        "counts": asdict(settlement.counts),
        "notes": [str(note) for note in settlement.notes],
    }
