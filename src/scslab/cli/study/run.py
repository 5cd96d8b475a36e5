"""`scslab study run`: a whole study in one offline report, beside the printed numbers."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from scslab.study.papers.run import StudyRun


@click.command(short_help="a whole study: every table and figure in one report, beside the printed numbers")
@click.argument("study", type=click.Path(path_type=Path))
@click.option("--data", type=click.Path(path_type=Path), help="File with the answers, instead of the study's own.")
@click.option(
    "--out", type=click.Path(path_type=Path), help="Folder for the report and its tables. Default: STUDY-run."
)
@click.option("--make-data", is_flag=True, help="Make the synthetic answers of studies/kostka_2019 anew first.")
@click.option("--seed", type=int, help="Seed for --make-data; without it the one of the shipped file.")
@click.option("--quiet", is_flag=True, help="No progress bar.")
def command(study: Path, data: Path | None, out: Path | None, make_data: bool, seed: int | None, quiet: bool) -> None:
    r"""Run STUDY, a folder with a study.yaml: quota, cleaning, tables, models, hypotheses, audit, one report.html.

    \b
    Example:
      scslab study run studies/kostka_2019 --out kostka
      scslab study run studies/kostka_2019 --data real.sav --out kostka-real
    """
    from scslab.cli.progress import show_progress
    from scslab.report.study.page import write_study_report
    from scslab.study.data.study_file import find_study_file
    from scslab.study.papers.outcome import write_outcome
    from scslab.study.papers.run import run_study

    folder = find_study_file(study).parent
    target = Path(f"{folder.resolve().name}-run") if out is None else out
    if make_data:
        from scslab.study.papers.kostka.make import SEED, make_file

        target.mkdir(parents=True, exist_ok=True)
        data = target / "answers_synthetic.zsav"
        make_file(folder, data, SEED if seed is None else seed)
    with nullcontext(None) if quiet else show_progress() as progress:
        run = run_study(study, data, progress, is_synthetic=True if make_data else None)
    target.mkdir(parents=True, exist_ok=True)  # only now: a study that cannot be run leaves no folder
    names = write_outcome(run, target)
    write_study_report(run, target / "report.html")
    _print(run)
    click.echo(f"Report: {target / 'report.html'}")
    click.echo(f"Tables: {', '.join(names)}")


def _print(run: StudyRun) -> None:
    from scslab.study.papers.numbers import summarise_distances

    if run.survey is not None:
        what = "synthetic respondents" if run.plan.is_synthetic else "respondents"
        click.echo(f"{run.survey.answers.frame.height:,} {what} of {run.survey.n_read:,} rows")
        for name, rows in run.survey.beside.items():
            if rows:
                sums = summarise_distances(rows)
                click.echo(
                    f"  {name}: {len(rows):,} printed numbers, {int(sums['same']):,} to the digit, "
                    f"{int(sums['within_2']):,} of {int(sums['with_error']):,} within 2 standard errors"
                )
        if run.survey.judgements:
            n = sum(each.verdict.value == "supported" for each in run.survey.judgements)
            click.echo(f"  hypotheses: {n} of {len(run.survey.judgements)} supported")
    if run.quota is not None:
        click.echo(f"  quota: {run.quota.n_reproduced} of {run.quota.n_printed} printed numbers")
    if run.interviews is not None:
        same = sum(row.is_same for row in run.interviews.beside)
        click.echo(f"  interviews: {same} of {len(run.interviews.beside)} printed counts")
    if run.audit is not None:
        click.echo(f"  audit: {run.audit.summary()}")
