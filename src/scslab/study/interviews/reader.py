"""Coded interviews in, whatever program they come from."""

from __future__ import annotations

from pathlib import Path

from scslab.ground.problems import Place, Problem, ProblemsError
from scslab.study.interviews.project import Project
from scslab.study.interviews.refi_read import read_qdc, read_qdpx
from scslab.study.interviews.taguette_read import read_taguette


def read_interviews(path: Path | str, codebook: Path | str | None = None) -> tuple[Project, tuple[Problem, ...]]:
    """Reads a REFI-QDA project (`.qdpx`) or highlights of Taguette (`.csv`), with the warnings that came up.

    Args:
        path: the file.
        codebook: a REFI-QDA codebook (`.qdc`) that goes with highlights.

    Raises:
        ProblemsError: the file cannot be used; all problems at once.
    """
    file = Path(path)
    match file.suffix.lower():
        case ".qdpx":
            project, problems = read_qdpx(file)
            return project, problems.in_order()
        case ".csv":
            return read_taguette(file, () if codebook is None else read_qdc(Path(codebook))), ()
        case _:
            hint = "give a REFI-QDA project (.qdpx) or Taguette's highlights (.csv)"
            raise ProblemsError([Problem("Q801", f"`{file}` is of no kind that is read", Place(str(file)), hint)])
