"""A list of problems that grows while a file is read, so that all of them are told at once."""

from __future__ import annotations

from collections.abc import Collection

from scslab.ground.problems import NOWHERE, Place, Problem, ProblemsError, Severity, did_you_mean

MAX_PROBLEMS = 200
"""More problems than this are counted, not listed: a file that is wrong everywhere needs no longer list."""
MOST_WORDS = 1_000
"""Among more words than this no near one is looked for: a large file with many mistakes would take minutes."""


def shorten(text: str, limit: int = 60) -> str:
    r"""A text of a user's file as a message shows it: on one line, and not longer than `limit`.

    Example:
        >>> shorten("two\nlines"), shorten("x" * 100, 5)
        ('two lines', 'xxxx…')
    """
    line = " ".join(text.split()) if len(text) <= 10 * limit else " ".join(text[: 10 * limit].split())
    return line if len(line) <= limit else line[: limit - 1] + "…"


def suggest(word: str, known: Collection[str]) -> str:
    """`did_you_mean` where there are not so many words that looking through them takes long."""
    return did_you_mean(word, known) if len(known) <= MOST_WORDS else ""


class Problems:
    """Collects the problems of one or more files of a kind.

    Attributes:
        letter: the first letter of the codes that all YAML readers share (`S` for schemes, `M` for mappings).
        found: the problems so far, at most `MAX_PROBLEMS` errors and as many warnings.

    Example:
        >>> problems = Problems("S")
        >>> problems.shared("005", "unknown key `pionts`", Place("s.yaml", 3, 5), "did you mean `points`?")
        >>> print(problems.found[0])
        s.yaml:3:5: S005 unknown key `pionts`
          help: did you mean `points`?
    """

    def __init__(self, letter: str) -> None:
        self.letter = letter
        self.found: list[Problem] = []
        self._counts = {Severity.ERROR: 0, Severity.WARNING: 0}

    @property
    def is_full(self) -> bool:
        """Whether further errors are only counted; costly checks may then be left out."""
        return self._counts[Severity.ERROR] >= MAX_PROBLEMS

    def count_errors(self) -> int:
        """How many errors there were so far, listed or not."""
        return self._counts[Severity.ERROR]

    def error(self, code: str, message: str, place: Place = NOWHERE, helps: str = "") -> None:
        """Notes an error under its full code, such as `S012`."""
        self.add(Problem(code, message, place, helps))

    def warn(self, code: str, message: str, place: Place = NOWHERE, helps: str = "") -> None:
        """Notes a warning under its full code."""
        self.add(Problem(code, message, place, helps, Severity.WARNING))

    def shared(self, number: str, message: str, place: Place = NOWHERE, helps: str = "") -> None:
        """Notes an error that any YAML file may have, under this list's letter and a number of `codes.SHARED`."""
        self.error(self.letter + number, message, place, helps)

    def add(self, problem: Problem) -> None:
        """Notes a problem that was made elsewhere; the same one is noted once."""
        if problem in self.found:
            return
        self._counts[problem.severity] += 1
        if self._counts[problem.severity] <= MAX_PROBLEMS:
            self.found.append(problem)

    def raise_errors(self) -> None:
        """Raises all problems together if one of them is an error.

        Raises:
            ProblemsError: with every problem in the order of the file, warnings included.
        """
        if self.count_errors():
            raise ProblemsError(self.in_order())

    def in_order(self) -> tuple[Problem, ...]:
        """The problems by file, line and column; a last one says how many were left out."""
        ordered = sorted(self.found, key=lambda problem: (problem.place, problem.code))
        for severity, count in self._counts.items():
            if count > MAX_PROBLEMS:
                message = f"{count - MAX_PROBLEMS:,} more {severity}s are not listed"
                ordered.append(Problem(self.letter + "003", message, ordered[-1].place, severity=severity))
        return tuple(ordered)
