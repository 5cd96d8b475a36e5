"""What a scheme asks of its subjects: a table of subjects with attributes, drawn once (`mechanics.people`).

An attribute is keyed by (seed, resident, name): the same resident is verified under every scheme that asks for it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scslab.ledger.columns import SUBJECT_ID
from scslab.scheme.model import Attribute, AttributeType, Scheme, ScoreKind
from scslab.society.conduct.attributes import draw_evenly, draw_normal
from scslab.society.mechanics.observation import to_log_odds
from scslab.society.mechanics.parameter import Values
from scslab.society.month.kernel_keyed import draw_first_words
from scslab.society.population.population import Population
from scslab.society.population.traits import NAMES, get_levels
from scslab.society.randomness.streams import stream_of_event

FULL = 1 << 32
SCHOOLING_YEARS = {"none": 3, "low": 8, "medium": 12, "high": 16}
"""Years of schooling by education. Assumed."""
MARRIED = {"14-30": 0.5, "31-50": 1.0, "51-65": 1.1}
"""How many are married, by age, against those of 31 to 50. Assumed."""


@dataclass(frozen=True, slots=True)
class Known:
    """How an attribute follows from parameters: `share` or `median` by name, and the trait that moves it."""

    value: str
    trait: str = ""
    weight: str = ""
    spread: str = ""


KNOWN: Mapping[str, Known] = {
    "is_verified": Known("people.verified", "digital-skill", "people.verified_skill"),
    "takes_part": Known("people.takes_part", "trust", "people.takes_part_trust"),
    "verified_contacts": Known("people.contacts", "digital-skill", "people.contacts_skill", "people.contacts_spread"),
    "assets": Known("people.assets", "means", "people.assets_means", "people.assets_spread"),
    "years_resident": Known("people.years_resident", spread="people.years_spread"),
}
"""Attributes of which the mechanic says something, by the name that schemes give them."""


def needs_table(scheme: Scheme) -> bool:
    """Whether a scheme needs to know its subjects before they do anything: an index, and what reads attributes."""
    if scheme.score.kind is ScoreKind.INDEX:
        return True
    # The table holds all declared attributes, so that a look into the text is enough.
    return bool(scheme.subjects.attributes) and any(
        f"subject.{name}" in scheme.text for name in scheme.subjects.attributes
    )


def draw_subjects(scheme: Scheme, population: Population, values: Values, code: NDArray[np.uint16]) -> pl.DataFrame:
    """The table of subjects: `subject_id` and the attributes that the scheme declares, as far as they can be drawn.

    Args:
        scheme: the scheme.
        population: who they are.
        values: parameters.
        code: the trait code of each.

    Example:
        >>> from scslab.scheme.catalogue import find_scheme
        >>> from scslab.society.mechanics.parameter import choose_values
        >>> from scslab.society.mechanics.table import MECHANICS
        >>> from scslab.society.population.population import make_population
        >>> from scslab.society.population.profile import read_profile
        >>> city = make_population(read_profile("survey-2018"), 1000, seed=1)
        >>> code = city.draw_traits(0, city.find_cells(0, 1000))
        >>> draw_subjects(find_scheme("sesame"), city, choose_values(MECHANICS), code).columns
        ['subject_id', 'is_verified', 'verified_contacts']
    """
    columns = {SUBJECT_ID: pl.Series(np.arange(population.n))}
    for name, attribute in scheme.subjects.attributes.items():
        words = np.empty(population.n, np.uint32)
        draw_first_words(np.uint64(population.seed), population.start, stream_of_event(f"subject.{name}"), words)
        columns[name] = _draw(attribute, population, values, code, words).alias(name)
    return pl.DataFrame(columns)


def _draw(
    attribute: Attribute, population: Population, values: Values, code: NDArray[np.uint16], words: NDArray[np.uint32]
) -> pl.Series:
    if attribute.name == "kind" and attribute.values:
        return pl.Series([population.profile.kind.value]).new_from_index(0, population.n)
    if attribute.name == "years_of_schooling":
        return _by_category(population, "education", SCHOOLING_YEARS, 12.0).cast(pl.Int64)
    if attribute.name == "is_married":
        shares = _by_category(population, "age", MARRIED, 1.0).to_numpy() * values["people.married"]
        return pl.Series(words < np.minimum(shares, 1.0) * FULL)
    known = KNOWN.get(attribute.name)
    if known is not None:
        return _draw_known(known, attribute, population, values, code, words)
    return draw_evenly(attribute, words.astype(np.uint64))


def _by_category(population: Population, dimension: str, by: Mapping[str, float], default: float) -> pl.Series:
    categories = population.profile.dimensions.get(dimension)
    if categories is None:
        return pl.Series(np.full(population.n, default))
    axis = list(population.profile.dimensions).index(dimension)
    places = np.unravel_index(population.find_cells(0, population.n), population.profile.shape)[axis]
    return pl.Series(np.array([by.get(each, default) for each in categories], np.float64)[places])


def _draw_known(
    known: Known, attribute: Attribute, population: Population, values: Values, code: NDArray[np.uint16],
    words: NDArray[np.uint32],
) -> pl.Series:  # fmt: skip
    value, weight = values[known.value], values[known.weight] if known.weight else 0.0
    levels = population.traits.means[NAMES.index(known.trait)] if known.trait else np.zeros(7)
    level = get_levels(code, known.trait) if known.trait else np.zeros(population.n, np.int64)
    if attribute.type is AttributeType.BOOLEAN:
        shares = np.array([1 / (1 + math.exp(-(to_log_odds(value) + weight * x))) for x in levels.tolist()])
        return pl.Series(words < shares[level] * FULL)
    by_level = np.array([value * math.exp(weight * x) for x in levels.tolist()])
    numbers = by_level[level] * draw_normal(words.astype(np.uint64), values[known.spread])
    whole = attribute.type is AttributeType.INTEGER
    return pl.Series(np.round(numbers).astype(np.int64) if whole else np.round(numbers, 2))
