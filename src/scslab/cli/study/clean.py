"""`scslab study clean`: who gave answers that raise doubt, and why."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from scslab.study.cleaning.clean import Cleaning


@click.command(short_help="speeders, straight-liners, duplicates, inconsistent answers: flagged with reasons")
@click.argument("data", type=click.Path(path_type=Path))
@click.option("--rules", type=click.Path(path_type=Path), help="Study file with the section `cleaning`.")
@click.option("--out", type=click.Path(path_type=Path), help="Write flags and reasons to this .csv or .parquet file.")
@click.option("--drop-from", type=click.IntRange(1), help="Leave out who is flagged by so many checks; needs --kept.")
@click.option("--kept", type=click.Path(path_type=Path), help="Write the data that are kept to this file.")
@click.option("--codebook", type=click.Path(path_type=Path), help="Write a codebook: .html, or .xml for DDI-Codebook.")
@click.option("--lang", type=click.Choice(["en", "zh"]), default="en", help="Language of the HTML codebook.")
@click.option("--encoding", default="", help="Encoding of texts, where the file does not say, such as GB18030.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON.")
def command(
    data: Path,
    rules: Path | None,
    out: Path | None,
    drop_from: int | None,
    kept: Path | None,
    codebook: Path | None,
    lang: str,
    encoding: str,
    as_json: bool,
) -> None:
    """Check the answers in DATA (SPSS, Stata, CSV or Parquet).

    Without --rules, duration, grids and duplicates are guessed from names and labels, and the output says how. Nobody
    is dropped unless --drop-from says so.
    """
    from scslab.study.cleaning.clean import clean_answers
    from scslab.study.cleaning.guess import guess_rules
    from scslab.study.cleaning.rules import read_cleaning
    from scslab.study.data.declared import read_variables
    from scslab.study.data.read import read_answers
    from scslab.study.data.write import write_answers

    if (drop_from is None) != (kept is None):
        raise click.UsageError("--drop-from and --kept go together")
    variables = None if rules is None else read_variables(rules, is_required=False)
    answers = read_answers(data, variables=variables, encoding=encoding)
    found = guess_rules(answers) if rules is None else read_cleaning(rules, answers.frame)
    cleaning = clean_answers(answers, found)
    if codebook is not None:
        _write_codebook(cleaning, codebook, lang)
    if out is not None:
        frame = cleaning.to_frame()
        if out.suffix == ".parquet":
            frame.write_parquet(out)
        else:
            out.write_text(frame.write_csv(), encoding="utf-8")
    n_kept = answers.frame.height
    if kept is not None and drop_from is not None:
        rest = cleaning.keep(drop_from)
        n_kept = rest.frame.height
        for note in write_answers(rest, kept):
            click.echo(str(note), err=True)
    for note in cleaning.notes:
        click.echo(str(note), err=True)
    if as_json:
        click.echo(json.dumps(_summarise(cleaning, n_kept), indent=2, ensure_ascii=False))
        return
    _print(cleaning)
    if kept is not None:
        click.echo(f"{n_kept:,} of {answers.frame.height:,} respondents kept: {kept}")
    else:
        click.echo("Nobody was dropped.")
    for label, path in (("Flags and reasons", out), ("Codebook", codebook)):
        if path is not None:
            click.echo(f"{label}: {path}")


def _write_codebook(cleaning: Cleaning, path: Path, lang: str) -> None:
    from scslab.study.data.codebook import make_codebook
    from scslab.study.data.codebook_html import write_html
    from scslab.study.data.ddi import write_ddi

    book = make_codebook(cleaning.answers)
    if path.suffix not in (".html", ".xml"):
        raise click.UsageError("a codebook is .html, or .xml for DDI-Codebook")
    path.write_text(write_ddi(book) if path.suffix == ".xml" else write_html(book, lang), encoding="utf-8")


def _summarise(cleaning: Cleaning, n_kept: int) -> dict[str, Any]:
    flags = cleaning.n_flags
    return {
        "respondents": len(flags),
        "flagged": int((flags > 0).sum()),
        "kept": n_kept,
        "rules_guessed": cleaning.rules.is_guessed,
        "checks": cleaning.summarise().to_dicts(),
        "by_number_of_flags": {str(k): v for k, v in sorted(flags.value_counts().iter_rows())},
        "notes": [str(note) for note in cleaning.notes],
    }


def _print(cleaning: Cleaning) -> None:
    from rich import box
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    console = Console(soft_wrap=True, highlight=False)
    if cleaning.rules.is_guessed:
        console.print("No rules given: what is checked was guessed from names and labels; --rules names it exactly.")
    if not cleaning.found:
        console.print("Nothing to check: no duration, no grid and too few answers to compare were found.")
        return
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("check")
    for name in ("flagged", "%", "by this alone"):
        table.add_column(name, justify="right")
    table.add_column("looked for", overflow="fold")
    for row in cleaning.summarise().iter_rows(named=True):
        figures = (f"{row['flagged']:,}", f"{row['percent']:.1f}", f"{row['by_this_alone']:,}")
        table.add_row(row["check"], *figures, escape(row["looked_for"]))
    console.print(table)
    flags = cleaning.n_flags
    n_flagged = int((flags > 0).sum())
    console.print(f"{n_flagged:,} of {len(flags):,} respondents are flagged by one check or more.")
    first = cleaning.to_frame().filter(flags > 0).head(5)
    for row in first.iter_rows(named=True):
        console.print(escape(f"  row {row['row']}, {row['id']}: {row['reasons']}"))
    if n_flagged > first.height:
        console.print(f"  … and {n_flagged - first.height:,} more; --out writes them all")
