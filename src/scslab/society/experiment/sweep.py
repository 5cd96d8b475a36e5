"""Reading a sweep: a scenario for each combination of values."""

from __future__ import annotations

from decimal import Decimal
from itertools import product

from scslab.ground.problems import Place
from scslab.ground.text import Text
from scslab.scheme.fields import FormReader
from scslab.scheme.yaml_tree import YamlText
from scslab.society.experiment.forms import ExperimentForm
from scslab.society.experiment.model import Scenario, Step
from scslab.society.experiment.names import Reading
from scslab.society.mechanics.parameter import find_wrong_value
from scslab.society.mechanics.table import PARAMETERS

MOST_SCENARIOS = 1_000
"""The most scenarios of an experiment, those of a sweep included."""


def read_sweep(form: FormReader, reading: Reading) -> list[Scenario]:
    """A scenario for each combination of values."""
    grid = form.take(ExperimentForm.sweep, dict[YamlText, tuple[tuple[Decimal, Place], ...]]())
    axes: list[tuple[str, list[Decimal]]] = []
    for name, values in grid.items():
        kept: list[Decimal] = []
        for value, place in values:
            where = place if name.text in PARAMETERS else name.place
            wrong = find_wrong_value(PARAMETERS, name.text, float(value), where)
            if wrong is not None:
                reading.problems.add(wrong)
            elif value in kept:
                reading.problems.error("Y310", f"`{name.text}` has the value {value} twice", place)
            else:
                kept.append(value)
        axes.append((name.text, kept))
    size = 1
    for _, values in axes:
        size *= len(values)
    if not axes or size > MOST_SCENARIOS:
        if axes:
            text = f"the sweep has {size:,} combinations; at most {MOST_SCENARIOS:,} are run"
            reading.problems.error("Y311", text, form.place_of(ExperimentForm.sweep), "take fewer values")
        return []
    found: list[Scenario] = []
    for combination in product(*(values for _, values in axes)):
        pairs = list(zip((name for name, _ in axes), combination, strict=True))
        name = "_".join(f"{parameter}={value.normalize():f}" for parameter, value in pairs)
        title = ", ".join(f"{parameter} = {value.normalize():f}" for parameter, value in pairs)
        step = Step(values={parameter: float(value) for parameter, value in pairs})
        found.append(Scenario(name, Text(title, title), (step,)))
    return found
