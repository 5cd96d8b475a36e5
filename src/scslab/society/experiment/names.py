"""What an experiment file names: parameters, event types, schemes and populations; each is looked up."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path

import numpy as np

from scslab.ground.problems import Place, ProblemsError
from scslab.scheme.catalogue import find_scheme
from scslab.scheme.fields import FormReader, Key
from scslab.scheme.model import Scheme
from scslab.scheme.problem_list import Problems, suggest
from scslab.scheme.yaml_tree import YamlText
from scslab.society.calibration.reading import read_draws
from scslab.society.experiment.model import Unknowns
from scslab.society.mechanics.parameter import find_wrong_value
from scslab.society.mechanics.table import PARAMETERS
from scslab.society.population.profile import Profile, list_profiles, read_profile

PRIOR_DRAWS = 1_000
"""Draws from the priors alone; more replicates begin again."""


@dataclass(slots=True)
class Reading:
    """A file under way.

    Attributes:
        folder: from which paths in the file start.
        schemes: every scheme that the file names, for the event types of rates.
        days: the days that must be within the run, with their places.
    """

    problems: Problems
    folder: Path
    schemes: list[Scheme] = field(default_factory=list[Scheme])
    days: list[tuple[date, Place]] = field(default_factory=list[tuple[date, Place]])


def read_values(
    form: FormReader, key: Key[dict[YamlText, Decimal]], reading: Reading
) -> dict[str, float]:  # fmt: skip
    """Values of parameters; what is unknown or impossible is noted."""
    values: dict[str, float] = {}
    for name, value in form.take(key, dict[YamlText, Decimal]()).items():
        if check_parameter(name, float(value), reading.problems):
            values[name.text] = float(value)
    return values


def check_parameter(name: YamlText, value: float, problems: Problems) -> bool:
    """Whether a parameter is known and its value possible; notes a problem where not."""
    wrong = find_wrong_value(PARAMETERS, name.text, value, name.place)
    if wrong is not None:
        problems.add(wrong)
    return wrong is None


def read_rates(form: FormReader, key: Key[dict[YamlText, Decimal]], reading: Reading) -> dict[str, float]:
    """Events a year by type; the types are those of the schemes read so far."""
    rates: dict[str, float] = {}
    for name, value in form.take(key, dict[YamlText, Decimal]()).items():
        known = [event for scheme in reading.schemes for event in scheme.events]
        if known and name.text not in known:
            reading.problems.error("Y303", f"unknown event type `{name.text}`", name.place, suggest(name.text, known))
        rates[name.text] = float(value)
    return rates


def read_scheme_named(form: FormReader, key: Key[YamlText], reading: Reading) -> Scheme | None:
    """A scheme of the catalogue or of a file; None where the key is missing or it cannot be had."""
    word = form.take(key, None)
    if word is None:
        return None
    local = reading.folder / word.text
    try:
        scheme = find_scheme(str(local) if _is_path(word.text) or local.is_file() else word.text)
    except ProblemsError as error:
        for problem in error.problems:
            # A scheme's own problems have places of their own; that there is none is told here.
            if problem.code == "S045":
                reading.problems.error("Y305", problem.message, word.place, problem.help)
            else:
                reading.problems.add(problem)
        return None
    reading.schemes.append(scheme)
    return scheme


def read_profile_named(form: FormReader, key: Key[YamlText], reading: Reading) -> Profile | None:
    """A shipped profile or one of a file; None where the key is missing or it cannot be had."""
    word = form.take(key, None)
    if word is None:
        return None
    try:
        return read_profile(reading.folder / word.text if _is_path(word.text) else word.text)
    except ProblemsError as error:
        for problem in error.problems:
            if problem.code == "Y101" and problem.place.line == 0:
                reading.problems.error("Y304", problem.message, word.place, suggest(word.text, list_profiles()))
            else:
                reading.problems.add(problem)
        return None


def read_draws_named(
    form: FormReader, keys: tuple[Key[str], Key[Unknowns]], reading: Reading, profile: Profile, seed: int
) -> tuple[dict[str, float], ...]:
    """What parameters may be, one for each replicate in turn; none where nothing is drawn, or draws cannot be had.

    Draws of a calibration stand in their folder by how they were made, neighbours alike: they are put in an order of
    luck. What it does not say is drawn from the priors, where that is wanted.
    """
    path, unknowns = form.take(keys[0], None), form.take(keys[1], Unknowns.FIXED)
    draws: list[dict[str, float]] = []
    if path is not None:
        try:
            draws = read_draws(reading.folder / path, profile.id)
        except ProblemsError as error:
            for problem in error.problems:
                reading.problems.error(problem.code, problem.message, form.place_of(keys[0]), problem.help)
            return ()
        order = np.random.Generator(np.random.Philox(key=seed)).permutation(len(draws))
        draws = [draws[k] for k in order]
    if unknowns is Unknowns.DRAWN:
        from scslab.society.calibration.priors import draw_priors

        free = draw_priors(len(draws) or PRIOR_DRAWS, seed)
        draws = [{**one, **other} for one, other in zip(free, draws or free, strict=True)]
    return tuple(draws)


def _is_path(text: str) -> bool:
    return text.endswith((".yaml", ".yml")) or "/" in text
