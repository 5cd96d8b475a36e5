"""Writes what a study gave as plain tables, beside its report."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import polars as pl

from scslab.ground.problems import ProblemsError
from scslab.study.papers.beside import collect
from scslab.study.papers.run import StudyRun
from scslab.study.reporting.docx import write_docx
from scslab.study.reporting.hypotheses import collect_judgements

DECIMALS = 6
"""Decimals of stored results."""


def collect_results(run: StudyRun) -> dict[str, pl.DataFrame]:
    """The tables of a run by name: `beside`, `hypotheses`, `models`, `cleaning`, `margins`; those that there are."""
    found: dict[str, pl.DataFrame] = {}
    if run.interviews is not None:
        found["beside"] = collect(run.interviews.beside)
        found["saturation"] = run.interviews.saturation
    if run.survey is not None:
        found["beside"] = collect(run.collect())
        if run.survey.judgements:
            found["hypotheses"] = collect_judgements(run.survey.judgements)
        if run.survey.cleaning is not None:
            found["cleaning"] = run.survey.cleaning.summarise()
        if run.survey.blocks is not None:
            found["models"] = run.survey.blocks.table()
            with suppress(ProblemsError):  # a separated model has none
                found["margins"] = run.survey.blocks.results[0].margins().table()
    return {name: frame.with_columns(pl.selectors.float().round(DECIMALS)) for name, frame in found.items()}


def write_outcome(run: StudyRun, folder: Path) -> list[str]:
    """Writes the tables as CSV, and the models as LaTeX, HTML and Word; gives the names of the files."""
    names: list[str] = []
    for name, frame in collect_results(run).items():
        (folder / f"{name}.csv").write_text(frame.write_csv(), encoding="utf-8")
        names.append(f"{name}.csv")
    survey, plan = run.survey, run.plan.models
    if survey is not None and survey.blocks is not None and plan is not None:
        labels = {name: str(text) for name, text in plan.labels.items()}
        table = survey.blocks.to_paper(labels=labels, stars=plan.stars)
        (folder / "models.tex").write_text(table.to_latex() + "\n", encoding="utf-8")
        (folder / "models.html").write_text(table.to_html(), encoding="utf-8")
        write_docx([table], folder / "models.docx")
        names += ["models.tex", "models.html", "models.docx"]
    return names
