"""What commands are given as NAME=VALUE."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from scslab.ground.problems import Place, Problem, ProblemsError

if TYPE_CHECKING:
    from scslab.society.mechanics.parameter import Parameter


T = TypeVar("T")
OPTIONS = {
    "scheme": "SCHEME", "city": "--city", "beside": "--beside", "residents": "--residents", "years": "--years",
    "replicates": "--replicates", "seed": "--seed", "first": "--from", "settles": "--daily", "draws": "--draws",
    "priors": "--draw-priors", "values": "--values", "interventions": "--intervention", "against": "--compare",
}  # fmt: skip
"""The options behind the arguments of `build_experiment`."""


def collect(problems: list[Problem], call: Callable[[], T], otherwise: T) -> T:
    """What a call gives; its problems are kept, so that those of all options are told at once.

    Places that name an argument of `build_experiment` name the option behind it.
    """
    try:
        return call()
    except ProblemsError as error:
        for problem in error.problems:
            place = problem.place
            named = replace(place, file=OPTIONS.get(place.file, place.file)) if not place.line else place
            problems.append(replace(problem, place=named))
        return otherwise


def read_given(given: Sequence[str], known: Mapping[str, Parameter] | None = None) -> dict[str, float]:
    """Parameters by name.

    Args:
        given: items as NAME=VALUE.
        known: the parameters that may be set; None: that is looked up later.

    Raises:
        ProblemsError: with every item that is not NAME=VALUE (Y203), or that sets an unknown parameter (Y201) or to
            what it cannot be (Y202).

    Example:
        >>> read_given(["awareness.p=0.05"])
        {'awareness.p': 0.05}
    """
    from scslab.society.mechanics.parameter import find_wrong_value

    values: dict[str, float] = {}
    problems: list[Problem] = []
    place = Place("--set")
    for item in given:
        name, _, text = (part.strip() for part in item.partition("="))
        try:
            value = float(text)
        except ValueError:
            problems.append(Problem("Y203", f"`{item}` sets nothing", place, "write it as awareness.p=0.05"))
            continue
        wrong = None if known is None else find_wrong_value(known, name, value, place)
        if not math.isfinite(value) and (known is None or name in known):
            wrong = Problem("Y202", f"`{name}` is {value:g}, and must be a number", place)
        if wrong is not None:
            problems.append(wrong)
        values[name] = value
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
