"""`scslab study interviews`: codes, barriers, agreement between coders, saturation and quotes."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    import polars as pl

    from scslab.study.interviews.agreement import Agreement
    from scslab.study.interviews.project import Project

TABLES = ("barriers", "agreement", "saturation", "quotes", "matrix", "constructs")


@click.command(short_help="codes, barriers, agreement, saturation and quotes of interviews")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--table", type=click.Choice(TABLES), default="barriers", show_default=True, help="What to show.")
@click.option("--codebook", type=click.Path(path_type=Path), help="A codebook (.qdc) that goes with a Taguette CSV.")
@click.option("--coder", help="Only what this coder coded.")
@click.option("--code", default="", help="For quotes: only this code, with those below it.")
@click.option("--where", multiple=True, metavar="TRAIT=VALUE", help="Only interviews with this trait.")
@click.option("--seed", type=int, default=0, show_default=True, help="Of the random orders and draws.")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
@click.option("--csv", "csv_file", type=click.Path(path_type=Path), help="Write the table to this CSV file.")
@click.option("--make-demo", is_flag=True, help="FILE is to be written: synthetic interviews from --printed.")
@click.option("--printed", type=click.Path(path_type=Path), help="The folder with the printed tables for --make-demo.")
def command(
    file: Path,
    table: str,
    codebook: Path | None,
    coder: str | None,
    code: str,
    where: tuple[str, ...],
    seed: int,
    as_json: bool,
    csv_file: Path | None,
    make_demo: bool,
    printed: Path | None,
) -> None:
    r"""Show what is in FILE: coded interviews as a REFI-QDA project (.qdpx) or as Taguette's highlights (.csv).

    \b
    Example:
      scslab study interviews studies/li_kostka_2022/interviews_synthetic.qdpx --where participates=no
    """
    from scslab.ground.problems import Problem, ProblemsError, did_you_mean
    from scslab.study.interviews.reader import read_interviews

    if make_demo:
        _make_demo(file, printed)
        return
    project, problems = read_interviews(file, codebook)
    for problem in problems:
        click.echo(str(problem), err=True)
    if coder is not None:
        if coder not in project.coders():
            hint = did_you_mean(coder, project.coders())
            raise ProblemsError([Problem("Q809", f"no passage was coded by `{coder}`", help=hint)])
        project = project.by_coder(coder)
    traits = dict(_split(each) for each in where)
    if table == "agreement":
        _show_agreement(project, seed, as_json)
        return
    frame = _build(project, table, code, traits, seed)
    if csv_file is not None:
        frame.write_csv(csv_file)
    if as_json:
        click.echo(json.dumps(frame.to_dicts(), indent=2, ensure_ascii=False))
        return
    _print(frame)
    coders = ", ".join(coder for coder in project.coders() if coder) or "not named"
    click.echo(
        f"{project.name}: {len(project.interviews)} interviews, {len(project.codings):,} coded passages, "
        f"{len(project.codes)} codes; coders: {coders}"
    )


def _split(text: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign:
        raise click.BadParameter(f"write --where TRAIT=VALUE, not {text!r}")
    return name.strip(), value.strip()


def _make_demo(file: Path, printed: Path | None) -> None:
    from scslab.study.interviews.demo import make_demo
    from scslab.study.interviews.refi_write import write_qdpx

    if printed is None:
        raise click.UsageError("--make-demo needs --printed, the folder with table1_barriers.csv")
    project = make_demo(printed)
    write_qdpx(project, file)
    click.echo(f"{file}: {len(project.interviews)} synthetic interviews, {len(project.codings):,} coded passages")


def _build(project: Project, table: str, code: str, traits: dict[str, str], seed: int) -> pl.DataFrame:
    from scslab.study.interviews import barriers

    if table == "barriers":
        return barriers.tabulate_barriers(project, traits)
    if table == "quotes":
        return barriers.list_quotes(project, code)
    if table == "constructs":
        from scslab.study.interviews.constructs import join_constructs

        return join_constructs(barriers.tabulate_barriers(project, traits))
    matrix = barriers.build_matrix(project, traits)
    if table == "matrix":
        return matrix.to_frame()
    from scslab.study.interviews.saturation import trace_saturation

    return trace_saturation(matrix, seed=seed)


def _show_agreement(project: Project, seed: int, as_json: bool) -> None:
    from dataclasses import asdict

    from scslab.study.interviews.compare import compare_coders

    found = compare_coders(project, seed=seed)
    if as_json:
        content: dict[str, Any] = {
            "coders": found.coders,
            "interviews": found.interviews,
            "overall": [asdict(each) for each in found.overall],
            "by_code": [{"factor": name, **asdict(each)} for name, each in found.by_code],
        }
        click.echo(json.dumps(_without_nan(content), indent=2, ensure_ascii=False))
        return
    click.echo(f"{' and '.join(found.coders)}: {found.interviews} interviews that all of them coded")
    for each in found.overall:
        click.echo(f"  {each.name}: {_tell(each)} ({each.units:,} units; interval: {each.interval})")
    click.echo("By code, alpha (nominal):")
    for name, each in found.by_code:
        click.echo(f"  {name}: {_tell(each)}")


def _tell(agreement: Agreement) -> str:
    if not agreement.is_defined:
        return "not defined: the ratings do not vary"
    if math.isnan(agreement.low):
        return f"{agreement.value:.3f}"
    return f"{agreement.value:.3f} [{agreement.low:.3f}, {agreement.high:.3f}]"


def _without_nan(value: Any) -> Any:
    """JSON has no NaN."""
    if isinstance(value, dict):
        return {key: _without_nan(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_without_nan(each) for each in value]
    return None if isinstance(value, float) and math.isnan(value) else value


def _print(frame: pl.DataFrame) -> None:
    from rich import box
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name, kind in frame.schema.items():
        table.add_column(name, justify="right" if kind.is_numeric() else "left")
    for row in frame.rows():
        cells = ["" if cell is None else f"{cell:.1f}" if isinstance(cell, float) else str(cell) for cell in row]
        table.add_row(*(escape(cell) for cell in cells))
    Console(soft_wrap=False, highlight=False).print(table)
