"""`scslab settle`: settle a ledger under a scheme and write a run folder."""

from __future__ import annotations

import json
import signal
import sys
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scslab.cli.screen import Screen
from scslab.ground.digests import start_ahead
from scslab.ground.problems import Problem

if TYPE_CHECKING:
    import polars as pl

    from scslab.engine.settlement import Settlement

REPORTED_ENTRIES = 2_000_000
"""The report of a larger run shows a sample of its subjects, chosen by a hash of their ids, and says so."""


@click.command(short_help="settle a ledger under one scheme or several")
@click.argument("schemes", nargs=-1, required=True, metavar="SCHEME...")
@click.argument("events")
@click.option("--out", type=click.Path(path_type=Path), help="Run folder to write. Default: runs/SCHEME, numbered.")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="Date of the standings. Default: the last event's.")
@click.option("--known-at", type=click.DateTime(["%Y-%m-%d"]), help="Use only what was recorded by then.")
@click.option("--mapping", help="Mapping file that says how a raw table becomes events, or a shipped dataset's name.")
@click.option("--subjects", type=click.Path(path_type=Path), help="Table of subjects and their attributes.")
@click.option(
    "--links", type=click.Path(path_type=Path), help="Table of links between subjects, along which events spread."
)
@click.option(
    "--scores", multiple=True, metavar="SCHEME=FILE",
    help="What another scheme published (subject_id, published_on, score), for an index that reads it. Repeatable.",
)  # fmt: skip
@click.option("--threads", type=click.IntRange(1, 64), help="Threads to use. Default: all cores.")
@click.option("--memory", help="Memory to use, as 2.5GB. Default: two fifths of what is free. More takes fewer passes.")
@click.option("--standings-only", is_flag=True, help="Write no entries and no report: faster, but explains nothing.")
@click.option("--no-report", is_flag=True, help="Write no report.html.")
@click.option("--replace", is_flag=True, help="Replace a complete run of the same name.")
@click.option("--strict", is_flag=True, help="Stop when any row cannot be used, instead of setting it aside.")
@click.option("--quiet", is_flag=True, help="Print nothing but errors.")
@click.option("--json", "as_json", is_flag=True, help="Print the counts as JSON.")
def command(
    schemes: tuple[str, ...],
    events: str,
    out: Path | None,
    as_of: datetime | None,
    known_at: datetime | None,
    mapping: str | None,
    subjects: Path | None,
    links: Path | None,
    scores: tuple[str, ...],
    threads: int | None,
    memory: str | None,
    standings_only: bool,
    no_report: bool,
    replace: bool,
    strict: bool,
    quiet: bool,
    as_json: bool,
) -> None:
    r"""Settle the ledger EVENTS under SCHEME, or under several schemes that may read each other.

    SCHEME is a shipped scheme (see `scslab catalogue`) or the path of a scheme file. EVENTS is a Parquet, CSV or JSON
    Lines file, or the name of a shipped dataset. The run folder holds standings, entries, measures, the rows that
    were set
    aside, and report.html.

    Several schemes settle in the order in which they read each other's lists and scores. Then --out is a folder with a
    run folder for each of them, and together.json.

    \b
    Examples:
      scslab settle food-safety chicago-food-inspections --out runs/chicago
      scslab settle court.yaml railway.yaml EVENTS.csv --links LINKS.csv --out runs/both
      scslab settle care-homes EVENTS.parquet --as-of 2024-12-31 --known-at 2025-06-30
    """
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that a kill also leaves nothing half-written
    if Path(events).is_file():
        start_ahead(Path(events))  # on a processor that has nothing to do until everything is imported
    scheme, *more = schemes
    screen = Screen(is_quiet=quiet, as_json=as_json)
    from scslab.engine.compiling import start_compiling
    from scslab.engine.needs import has_story, needs_walk
    from scslab.scheme.catalogue import find_scheme
    from scslab.scheme.model import ScoreKind

    found = None if more else find_scheme(scheme)
    # Where events spread along links, the table of links beside the data is needed.
    if found is None or links is not None or found.spread:
        if scores:
            raise click.UsageError("--scores is for one index; schemes that are settled together read each other.")
        from scslab.cli.settle_several import settle_several

        stem = "together" if more else scheme
        settle_several(
            schemes, events, folder=out or _choose_folder(stem), as_of=_day(as_of), known_at=_day(known_at),
            mapping=mapping, subjects=subjects, links=links, threads=threads, is_replacing=replace, is_strict=strict,
            has_report=not (no_report or standings_only), screen=screen,
        )  # fmt: skip
        return
    if found.score.kind is not ScoreKind.INDEX:
        start_compiling(is_itemised=not standings_only or needs_walk(found), has_story=has_story(found))
    from scslab.engine.passes.folder import settle_into
    from scslab.engine.runs import open_run_folder

    given = _read_scores(scores)
    folder = out or _choose_folder(scheme)
    with (
        open_run_folder(folder, is_replacing=replace, tell=screen.warn) as partial,
        screen.show_progress() as tell,
    ):
        settlement = settle_into(
            partial,
            found,
            events,
            as_of=_day(as_of),
            known_at=_day(known_at),
            mapping=mapping,
            subjects=subjects,
            threads=threads,
            memory=memory,
            is_itemised=not standings_only,
            is_strict=strict,
            progress=tell,
            tell=screen.say,
            scores=given,
        )
        if not standings_only and not no_report:
            from scslab.report.page import write_report

            tell("reporting", 0.0)
            write_report(_read_for_report(settlement, partial), partial / "report.html")
    if as_json:
        click.echo(json.dumps(_summarise(settlement, folder), indent=2, ensure_ascii=False))
    elif not quiet:
        from scslab.cli.summary import print_summary

        print_summary(settlement, folder, has_report=not (standings_only or no_report))


def _read_scores(given: tuple[str, ...]) -> dict[str, pl.DataFrame]:
    """The tables of `--scores`, by scheme."""
    import polars as pl

    found: dict[str, pl.DataFrame] = {}
    for item in given:
        name, _, file = item.partition("=")
        try:
            table = pl.read_parquet(file) if file.endswith(".parquet") else pl.read_csv(file, try_parse_dates=True)
            found[name] = table.select("subject_id", "published_on", "score")
        except (OSError, pl.exceptions.PolarsError) as error:
            raise click.UsageError(f"--scores {item}: this is no table of subject_id, published_on, score.") from error
    return found


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


def _read_for_report(settlement: Settlement, partial: Path) -> Settlement:
    """The settlement with the tables of its run, or, of a very large one, with the rows of some of its subjects."""
    import dataclasses

    import polars as pl

    from scslab.engine.runs import TABLES
    from scslab.ledger.set_aside import SET_ASIDE_SCHEMA

    scans = {name: pl.scan_parquet(partial / f"{name}.parquet", glob=False) for name in TABLES}
    n_entries, n_subjects = (scans[name].select(pl.len()).collect().item() for name in ("entries", "standings"))
    every = max(1, -(-n_entries // REPORTED_ENTRIES))
    notes = settlement.notes
    if every > 1:
        is_chosen = pl.col("subject_id").hash(0) % every == 0
        scans = {name: scan.filter(is_chosen) for name, scan in scans.items()}
    tables = {name: scan.collect(engine="streaming") for name, scan in scans.items()}
    if every > 1:
        note = Problem(
            "R041",
            f"the report shows {tables['standings'].height:,} of {n_subjects:,} subjects, chosen by a hash of their "
            "ids; the tables of the run hold all of them",
        )
        notes = (*notes, note)
    set_aside = settlement.set_aside
    if "reason" not in set_aside.columns:  # settled in passes: the lines are in the folder
        lines = pl.scan_csv(partial / "problems.csv", schema=SET_ASIDE_SCHEMA, glob=False)
        set_aside = lines.head(REPORTED_ENTRIES).collect(engine="streaming")
        if set_aside.height < settlement.set_aside.height:
            total = settlement.set_aside.height
            notes = (*notes, Problem("R041", f"the report counts the first {set_aside.height:,} of {total:,} problems"))
    return dataclasses.replace(settlement, **tables, set_aside=set_aside, notes=notes)


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
