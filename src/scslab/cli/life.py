"""`scslab life`: one synthetic resident's life as a timeline."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from scslab.ground.problems import Place, Problem, ProblemsError

if TYPE_CHECKING:
    from scslab.society.outcomes.life import Life


@click.command(short_help="tell one synthetic resident's life as a timeline")
@click.argument("run", type=click.Path(path_type=Path))
@click.argument("resident", type=click.IntRange(0))
@click.option("--language", type=click.Choice(["en", "zh"]), default="en", show_default=True, help="Of the timeline.")
@click.option("--json", "as_json", is_flag=True, help="Print the steps as JSON.")
def command(run: Path, resident: int, language: Literal["en", "zh"], as_json: bool) -> None:
    r"""Tell the life of RESIDENT, a number from 0, in the run folder RUN of `scslab simulate`.

    What was done, what was recorded of it and when, what was recorded that never happened, points, tiers, lists,
    measures, objections. Residents are synthetic: nobody real has this life.

    \b
    Example:
      scslab life runs/rongcheng 17747
    """
    life = read_life(run, resident)
    if as_json:
        steps = [{"day": step.day, "kind": step.kind, **step.facts} for step in life.steps]
        told = {"resident": life.resident, "scheme": life.scheme.id, "who": life.who, "traits": life.traits}
        click.echo(json.dumps({**told, "steps": steps}, indent=2, ensure_ascii=False, default=str))
    else:
        _print(life, language)


def read_life(folder: Path, resident: int) -> Life:
    """The life of a resident from a run folder.

    Raises:
        ProblemsError: the folder is no run of `scslab simulate` (Y330), keeps too little to tell a life (Y331), or
            there is no such resident (Y332).
    """
    from scslab.society.folder import open_society
    from scslab.society.outcomes.life import trace_life
    from scslab.society.outcomes.life_folder import TABLES, read_records

    society = open_society(folder)
    missing = [name for name in TABLES if name not in society.list()]
    if society.is_experiment or missing:
        text = "an experiment keeps no lives" if society.is_experiment else f"there is no {missing[0]}.parquet"
        hint = "open the folder of a single run, or `RUN/scenarios/NAME` where an experiment keeps `tables: full`"
        raise ProblemsError([Problem("Y331", text, Place(str(folder)), hint)])
    residents = int(society.manifest["residents"])
    if resident >= residents:
        text = f"there is no resident {resident}"
        raise ProblemsError([Problem("Y332", text, Place(str(folder)), f"residents are 0 to {residents - 1}")])
    return trace_life(read_records(society, resident), resident)


def _print(life: Life, language: Literal["en", "zh"]) -> None:
    from rich.console import Console
    from rich.table import Table

    from scslab.report.society.life_words import tell_steps, tell_who
    from scslab.report.society.say import Say

    say, console = Say(language, life.scheme), Console(highlight=False)
    console.print(_mark(tell_who(life, say)))
    console.print()
    if not life.steps:
        console.print(say("life.none"))
        return
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column(say("col.day"), no_wrap=True)
    table.add_column(say("col.what"))
    table.add_column(say("col.points_change"), justify="right", no_wrap=True)
    table.add_column(say("col.score_then"), justify="right", no_wrap=True)
    for step in tell_steps(life, say):
        colour = {1: "blue", -1: "red"}.get(step.sign, "")
        points = f"[{colour}]{step.points}[/{colour}]" if colour else step.points
        table.add_row(step.when, _mark(step.text), points, step.score)
    console.print(table)


def _mark(text: str) -> str:
    """Our `ticks` and **stars** as Rich writes them."""
    import re

    from rich.markup import escape

    return re.sub(r"\*\*([^*]+)\*\*", r"[bold]\1[/bold]", escape(text).replace("`", ""))
