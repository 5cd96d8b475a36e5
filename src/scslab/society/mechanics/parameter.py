"""What a mechanic is made of: its equation, and parameters with unit, source and prior."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from scslab.ground.problems import Problem, ProblemsError, did_you_mean
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
    values = {name: p.value for name, p in known.items()}
    problems: list[Problem] = []
    for name, value in (given or {}).items():
        if name not in known:
            problems.append(Problem("Y201", f"unknown parameter `{name}`", help=did_you_mean(name, known)))
        elif not known[name].least <= value <= known[name].most:
            p = known[name]
            text = f"`{name}` is {value:g}, and must lie between {p.least:g} and {p.most:g}"
            problems.append(Problem("Y202", text, help=p.about))
        else:
            values[name] = float(value)
    if problems:
        raise ProblemsError(problems)
    return values
