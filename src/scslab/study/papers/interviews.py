"""Coded interviews of a study beside its printed counts: barriers, interviewees, agreement, saturation, theories."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from scslab.scheme.fields import Form, Key, form_of
from scslab.scheme.kinds import FLAG, TEXT
from scslab.scheme.problem_list import Problems
from scslab.study.data.study_file import read_node
from scslab.study.interviews.barriers import build_matrix, tabulate_barriers
from scslab.study.interviews.compare import CoderComparison, compare_coders
from scslab.study.interviews.constructs import Barrier, read_constructs
from scslab.study.interviews.project import Project
from scslab.study.interviews.reader import read_interviews
from scslab.study.interviews.saturation import trace_saturation
from scslab.study.papers.beside import Beside, read_printed


class InterviewsForm(Form):
    """Interviews."""

    file = Key("file", TEXT, "a REFI-QDA project or Taguette's highlights", is_required=True)
    is_synthetic = Key("is_synthetic", FLAG, "whether nobody said this")
    barriers = Key("barriers", TEXT, "printed table with `category, factor, interviewees`")
    interviewees = Key("interviewees", TEXT, "printed table with `item, level, number`")
    rates = Key("rates", TEXT, "printed participation rates with `city, scheme, year, …`")


@dataclass(frozen=True, slots=True)
class InterviewResult:
    """What came out of coded interviews.

    Attributes:
        file: their file; `is_synthetic`: nobody said this.
        barriers: `category, factor, interviewees, percent`.
        beside: printed counts of barriers and of interviewees beside those of the file.
        agreement: of the coders; None with one coder.
        saturation: see `trace_saturation`.
        constructs: what each barrier stands for.
        rates: printed participation rates; nothing reproduces them.
    """

    file: Path
    is_synthetic: bool
    project: Project
    barriers: pl.DataFrame
    beside: tuple[Beside, ...]
    agreement: CoderComparison | None
    saturation: pl.DataFrame
    constructs: tuple[Barrier, ...]
    rates: tuple[dict[str, str], ...]


def run_interviews(study: Path) -> InterviewResult:
    """Runs the section `interviews` of a study file.

    Raises:
        ProblemsError: of the section, the interviews or the printed tables.
    """
    problems = Problems("Q")
    node = read_node(study, "interviews", problems)
    form = None if node is None else form_of(InterviewsForm).read(node, problems)
    problems.raise_errors()
    if form is None:
        raise AssertionError("a section that is no form has problems")
    folder = study.parent
    file = folder / form.take(InterviewsForm.file, "")
    project, _ = read_interviews(file)
    barriers = tabulate_barriers(project)
    beside: list[Beside] = []
    if name := form.take(InterviewsForm.barriers, ""):
        counts = dict(zip(barriers["factor"].to_list(), barriers["interviewees"].to_list(), strict=True))
        beside += [
            _compare("table1", (row["category"], row["factor"]), "interviewees", row["interviewees"],
                     counts.get(row["factor"]))
            for row in read_printed(folder / name, ("category", "factor", "interviewees"))
        ]  # fmt: skip
    if name := form.take(InterviewsForm.interviewees, ""):
        people = {interview.key: interview for interview in reversed(project.interviews)}
        for row in read_printed(folder / name, ("item", "level", "number")):
            n = sum(person.traits.get(row["item"].lower()) == row["level"] for person in people.values())
            beside.append(_compare("tableA1", (row["item"], row["level"]), "number", row["number"], n))
            share = 100 * n / len(people)
            beside.append(_compare("tableA1", (row["item"], row["level"]), "percent", row["percent"], share))
    rates = form.take(InterviewsForm.rates, "")
    coders = [coder for coder in project.coders() if coder]
    return InterviewResult(
        file,
        form.take(InterviewsForm.is_synthetic, otherwise=False),
        project,
        barriers,
        tuple(beside),
        compare_coders(project) if len(coders) > 1 else None,
        trace_saturation(build_matrix(project)),
        read_constructs(),
        tuple(read_printed(folder / rates)) if rates else (),
    )


def _compare(table: str, row: tuple[str, ...], column: str, text: str, found: float | None) -> Beside:
    note = "" if found is not None else "no such code in the file"
    return Beside(table, row, column, float(text), text, math.nan if found is None else float(found), note=note)
