"""What a mechanic is made of: its equation, and parameters with unit, source and prior."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from scslab.ground.problems import NOWHERE, Place, Problem, ProblemsError, did_you_mean
from scslab.ground.text import Text

Values = Mapping[str, float]
"""Values of parameters by name, as `choose_values` gives them: complete, and within what is possible."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A number that a mechanic needs.

    Attributes:
        name: `mechanic.name`, unique among all mechanics.
        value: what is used unless an experiment says otherwise.
        unit: in what it is measured; `` for pure numbers.
        prior: the band, low to high, within which it lies with 90 % in our judgement.
        source: a key of `docs/references.bib`, or `prior` where it is a judgement of ours and nothing else.
        least, most: beyond these it makes no sense.
    """

    name: str
    value: float
    unit: str
    prior: tuple[float, float]
    source: str
    about: str
    least: float = float("-inf")
    most: float = float("inf")


@dataclass(frozen=True, slots=True)
class Mechanic:
    """A mechanic: how one thing happens in a society.

    Attributes:
        equation: in plain text; its letters are explained by the parameters and by the docstring of the file.
    """

    id: str
    title: Text
    equation: str
    parameters: tuple[Parameter, ...]


def choose_values(mechanics: Mapping[str, Mechanic], given: Values | None = None) -> dict[str, float]:
    """All parameters with their values, those of `given` in place of the shipped ones.

    Raises:
        ProblemsError: an unknown name (Y201) or an impossible value (Y202).
    """
    known = {p.name: p for mechanic in mechanics.values() for p in mechanic.parameters}
    given = given or {}
    problems = [find_wrong_value(known, name, value) for name, value in given.items()]
    if any(problems):
        raise ProblemsError([problem for problem in problems if problem])
    return {name: float(given.get(name, p.value)) for name, p in known.items()}


def find_wrong_value(known: Mapping[str, Parameter], name: str, value: float, place: Place = NOWHERE) -> Problem | None:
    """What is wrong with a parameter that was given: it is unknown (Y201), or its value impossible (Y202).

    Example:
        >>> known = {"a.b": Parameter("a.b", 0.5, "", (0.1, 0.9), "prior", "how much", 0, 1)}
        >>> find_wrong_value(known, "a.b", 0.7) is None, find_wrong_value(known, "a.b", 7).message
        (True, '`a.b` is 7, and must lie between 0 and 1')
    """
    if name not in known:
        return Problem("Y201", f"unknown parameter `{name}`", place, did_you_mean(name, known))
    p = known[name]
    if p.least <= value <= p.most:
        return None
    return Problem("Y202", f"`{name}` is {value:g}, and must lie between {p.least:g} and {p.most:g}", place, p.about)
