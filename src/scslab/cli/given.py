"""What commands are given as NAME=VALUE."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from scslab.ground.problems import Problem, ProblemsError


def read_given(given: Sequence[str]) -> dict[str, float]:
    """Parameters by name.

    Raises:
        ProblemsError: with every item that is not NAME=VALUE (Y203).

    Example:
        >>> read_given(["awareness.p=0.05"])
        {'awareness.p': 0.05}
    """
    values: dict[str, float] = {}
    problems: list[Problem] = []
    for item in given:
        name, _, text = item.partition("=")
        try:
            values[name.strip()] = float(text)
        except ValueError:
            problems.append(Problem("Y203", f"`{item}` sets nothing", help="write it as awareness.p=0.05"))
    if problems:
        raise ProblemsError(problems)
    return values


def read_values_file(file: Path | None) -> dict[str, float]:
    """The parameters of a file such as `calibrated.yaml`; none where there is no file.

    Raises:
        ProblemsError: with every problem of the file.
    """
    if file is None:
        return {}
    from scslab.society.calibration.reading import read_values

    return read_values(file)
