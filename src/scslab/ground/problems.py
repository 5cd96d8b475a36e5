"""Problems: defects in a user's file, told with place, reason and what would help."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How bad a problem is: an error stops the work, a warning is told and the work goes on."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where something stands: a file, and a line and column counted from 1 (0: not known).

    Example:
        >>> str(Place("rongcheng/scheme.yaml", 41, 11))
        'rongcheng/scheme.yaml:41:11'
    """

    file: str = ""
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        parts = [self.file or "<memory>"]
        if self.line:
            parts.append(str(self.line))
            if self.column:
                parts.append(str(self.column))
        return ":".join(parts)


NOWHERE = Place()


@dataclass(frozen=True, slots=True)
class Problem:
    """A defect in a user's file.

    Attributes:
        code: stable code, `S…` for scheme files, `L…` for ledgers, `M…` for mapping files, `R…` for runs.
        message: one sentence that says what is wrong, with the offending text in backticks.
        place: where it stands.
        help: what would help, or "".
        severity: `error` stops the work; `warning` does not.

    Example:
        >>> print(Problem("S012", "unknown event type `contract.brech`", Place("s.yaml", 41, 11),
        ...               help="did you mean `contract.breach`?"))
        s.yaml:41:11: S012 unknown event type `contract.brech`
          help: did you mean `contract.breach`?
    """

    code: str
    message: str
    place: Place = NOWHERE
    help: str = ""
    severity: Severity = Severity.ERROR

    def __str__(self) -> str:
        mark = "" if self.severity is Severity.ERROR else f"{self.severity}: "
        text = f"{self.place}: {self.code} {mark}{self.message}"
        return f"{text}\n  help: {self.help}" if self.help else text


class ProblemsError(ValueError):
    """Raised when a user's file cannot be used; carries every problem that was found.

    Example:
        >>> try:
        ...     raise ProblemsError([Problem("S001", "the file is empty", Place("s.yaml"))])
        ... except ProblemsError as error:
        ...     print(error)
        s.yaml: S001 the file is empty
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


def has_errors(problems: Iterable[Problem]) -> bool:
    """Whether any of the problems is an error."""
    return any(problem.severity is Severity.ERROR for problem in problems)


def did_you_mean(word: str, known: Sequence[str] | Iterable[str]) -> str:
    """A help line for a misspelt word: the nearest known one, or all of them when they are few.

    Example:
        >>> did_you_mean("contract.brech", ["contract.breach", "donation.blood"])
        'did you mean `contract.breach`?'
        >>> did_you_mean("zzz", ["month", "year"])
        'known here: `month`, `year`'
    """
    words = list(known)
    near = difflib.get_close_matches(word, words, n=1, cutoff=0.6)
    if near:
        return f"did you mean `{near[0]}`?"
    if 0 < len(words) <= 12:
        return "known here: " + ", ".join(f"`{w}`" for w in words)
    return ""
