"""Two or more coders of the same interviews: agreement code by code, and over all codes."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

from scslab.ground.problems import Problem, ProblemsError
from scslab.study.interviews.agreement import (
    Agreement,
    Measurement,
    cohen_kappa,
    fleiss_kappa,
    krippendorff_alpha,
)
from scslab.study.interviews.barriers import build_matrix
from scslab.study.interviews.project import Project


@dataclass(frozen=True, slots=True)
class CoderComparison:
    """What coders agree on.

    Attributes:
        coders: the coders that are compared.
        interviews: how many interviews all of them coded.
        overall: coefficients over all pairs of interview and code.
        by_code: alpha (nominal) of each code, by its name.
    """

    coders: tuple[str, ...]
    interviews: int
    overall: tuple[Agreement, ...]
    by_code: tuple[tuple[str, Agreement], ...]


def compare_coders(project: Project, *, seed: int = 0) -> CoderComparison:
    """Compares all coders of a project.

    A unit is an interview and a code: does the interview have the code? Only interviews that every coder coded count,
    and only codes that some coder used.

    Raises:
        ProblemsError: there are not two coders, or no interview that all of them coded.
    """
    coders = tuple(coder for coder in project.coders() if coder)
    if len(coders) < 2:
        hint = "a .qdpx names the coder of each passage in `creatingUser`; in a CSV a column `coder` does"
        raise ProblemsError(
            [Problem("Q809", f"agreement needs two coders, and the file names {len(coders)}", help=hint)]
        )
    keys = {interview.id: interview.key for interview in project.interviews}
    coded = [{keys[coding.interview] for coding in project.codings if coding.coder == coder} for coder in coders]
    common = set.intersection(*coded)
    if not common:
        raise ProblemsError([Problem("Q809", "no interview was coded by all coders")])
    units = [key for key in dict.fromkeys(keys.values()) if key in common]
    matrices = [build_matrix(project.by_coder(coder)) for coder in coders]
    codes = [code for code in project.used_codes() if any(code in matrix.codes for matrix in matrices)]
    ratings: list[list[bool | None]] = [[] for _ in coders]
    by_code: list[tuple[str, Agreement]] = []
    for code in codes:
        rows: list[list[bool | None]] = []
        for matrix in matrices:
            has = {
                interview.key: code in matrix.codes and bool(matrix.has[i, matrix.codes.index(code)])
                for i, interview in enumerate(matrix.interviews)
            }
            rows.append([has[key] for key in units])
        by_code.append((code.name, krippendorff_alpha(rows, measurement=Measurement.NOMINAL, seed=seed)))
        for rating, row in zip(ratings, rows, strict=True):
            rating.extend(row)
    # Rated code by code: the interview of each unit, so that the interval draws whole interviews.
    owners = [key for _ in codes for key in units]
    overall = [krippendorff_alpha(ratings, groups=owners, seed=seed)]
    if len(coders) == 2:
        overall.append(cohen_kappa(ratings[0], ratings[1]))
    else:
        yes = [sum(bool(row[unit]) for row in ratings) for unit in range(len(ratings[0]))]
        overall.append(fleiss_kappa([[count, len(coders) - count] for count in yes]))
        overall += [cohen_kappa(ratings[i], ratings[j]) for i, j in combinations(range(len(coders)), 2)]
    return CoderComparison(coders, len(common), tuple(overall), tuple(by_code))
