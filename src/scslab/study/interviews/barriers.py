"""Which interview has which code: the matrix, the table of barriers, and who was coded by whom."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from scslab.ground.problems import Problem, ProblemsError, did_you_mean
from scslab.study.interviews.project import Code, Interview, Project


@dataclass(frozen=True, slots=True)
class CodeMatrix:
    """Which interview has which code.

    Attributes:
        codes: the columns.
        interviews: the rows; of a case with several texts, the first.
        has: `(interviews, codes)`.
    """

    codes: tuple[Code, ...]
    interviews: tuple[Interview, ...]
    has: npt.NDArray[np.bool_]

    def to_frame(self) -> pl.DataFrame:
        """One row an interview, one column a code with true or false."""
        columns = {"interview": [interview.name for interview in self.interviews]}
        return pl.DataFrame(columns | {code.name: self.has[:, i] for i, code in enumerate(self.codes)})


def build_matrix(project: Project, where: dict[str, str] | None = None) -> CodeMatrix:
    """The codes of the codebook that text can have, by case; several codings of one code count once.

    Args:
        project: coded interviews.
        where: only interviews with these traits.

    Raises:
        ProblemsError: no interview has such a trait.
    """
    interviews = select_interviews(project, where or {})
    parents = {code.parent for code in project.codes}
    used = {code.id for code in project.used_codes()}
    codes = tuple(code for code in project.codes if code.is_codable and (code.id not in parents or code.id in used))
    columns = {code.id: i for i, code in enumerate(codes)}
    firsts = {interview.key: interview for interview in reversed(interviews)}
    keys = list(dict.fromkeys(interview.key for interview in interviews))
    places = {key: i for i, key in enumerate(keys)}
    rows = {interview.id: places[interview.key] for interview in interviews}
    has = np.zeros((len(keys), len(columns)), dtype=np.bool_)
    for coding in project.codings:
        if coding.interview in rows and coding.code in columns:
            has[rows[coding.interview], columns[coding.code]] = True
    return CodeMatrix(codes, tuple(firsts[key] for key in keys), has)


def select_interviews(project: Project, where: dict[str, str]) -> tuple[Interview, ...]:
    """The interviews with the given traits.

    Raises:
        ProblemsError: an unknown trait or value.
    """
    for name, value in where.items():
        names = sorted({trait for interview in project.interviews for trait in interview.traits})
        if name not in names:
            hint = did_you_mean(name, names)
            raise ProblemsError([Problem("Q809", f"no interview has the trait `{name}`", help=hint)])
        values = sorted({interview.traits.get(name, "") for interview in project.interviews})
        if value not in values:
            message = f"no interview has `{value}` for the trait `{name}`"
            raise ProblemsError([Problem("Q809", message, help=did_you_mean(value, values))])
    return tuple(
        interview
        for interview in project.interviews
        if all(interview.traits.get(name) == value for name, value in where.items())
    )


def tabulate_barriers(project: Project, where: dict[str, str] | None = None) -> pl.DataFrame:
    """How many interviews name each code: columns `category, factor, interviewees, percent`.

    Args:
        project: coded interviews.
        where: only interviews with these traits; percentages are of them.

    Example:
        >>> from scslab.study.interviews.project import Coding
        >>> codes = (Code("c", "Concerns"), Code("p", "Privacy", "c"))
        >>> people = (Interview("1", "A"), Interview("2", "B"))
        >>> project = Project("x", codes, people, (Coding("1", "p"), Coding("1", "p")))
        >>> tabulate_barriers(project).rows()
        [('Concerns', 'Privacy', 1, 50.0)]
    """
    matrix = build_matrix(project, where)
    names = {code.id: code.name for code in project.codes}
    counts = matrix.has.sum(axis=0)
    base = max(len(matrix.interviews), 1)
    return pl.DataFrame(
        {
            "category": [names.get(code.parent, "") for code in matrix.codes],
            "factor": [code.name for code in matrix.codes],
            "interviewees": [int(count) for count in counts],
            "percent": [100 * int(count) / base for count in counts],
        },
        schema={"category": pl.String, "factor": pl.String, "interviewees": pl.Int64, "percent": pl.Float64},
    )


def list_quotes(project: Project, code: str = "") -> pl.DataFrame:
    """The coded passages: `factor, interview, coder, start, end, quote`, in the order of codebook and file.

    Args:
        project: coded interviews.
        code: the name or id of one code; codes below it count too. By default all.

    Raises:
        ProblemsError: the codebook has no such code.
    """
    wanted = {each.id for each in project.codes}
    if code:
        wanted = {each.id for each in project.codes if code in (each.id, each.name)}
        if not wanted:
            hint = did_you_mean(code, [each.name for each in project.codes])
            raise ProblemsError([Problem("Q809", f"the codebook has no code `{code}`", help=hint)])
        for each in project.codes:
            if each.parent in wanted:
                wanted.add(each.id)
    order = {each.id: i for i, each in enumerate(project.codes)}
    names = {each.id: each.name for each in project.codes}
    people = {interview.id: interview.name for interview in project.interviews}
    rows = sorted((c for c in project.codings if c.code in wanted), key=lambda c: order[c.code])
    return pl.DataFrame(
        [(names[c.code], people.get(c.interview, c.interview), c.coder, c.start, c.end, c.quote) for c in rows],
        schema={
            "factor": pl.String, "interview": pl.String, "coder": pl.String, "start": pl.Int64, "end": pl.Int64,
            "quote": pl.String,
        },
        orient="row",
    )  # fmt: skip
