"""Links between subjects: who lives with whom, and who stands behind several firms.

A household is what ties subjects (`population.households`): residents of one household are linked to each other in both
directions, if a relation joins residents to residents; firms of one household have the same person responsible, if a
relation joins a firm to a resident. That person is no agent: its id is beyond those of all agents. Relations of other
kinds have no links.
"""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scslab.ledger.columns import SUBJECT_ID
from scslab.scheme.model import LinkKind, Scheme, SubjectKind
from scslab.society.population.households import make_households
from scslab.society.population.population import Population
from scslab.society.population.profile import ProfileKind


def draw_links(scheme: Scheme, population: Population) -> pl.DataFrame | None:
    """The table of links, `subject_id, relation, other_id`; None where nothing spreads or nobody is linked.

    Example:
        >>> from scslab.scheme.catalogue import find_scheme
        >>> from scslab.society.population.population import make_population
        >>> from scslab.society.population.profile import read_profile
        >>> firms = make_population(read_profile("businesses"), 1000, seed=1)
        >>> links = draw_links(find_scheme("tax-credit-2025"), firms)
        >>> links.height, links["other_id"].n_unique() < 1000
        (1000, True)
    """
    if not scheme.spread:
        return None
    households = make_households(population.n, population.profile.household_sizes, population.seed)
    home = households.find(0, population.n)
    kind = SubjectKind.RESIDENT if population.profile.kind is ProfileKind.RESIDENT else SubjectKind.BUSINESS
    tables: list[pl.DataFrame] = []
    for name, relation in scheme.links.items():
        if _joins(relation, kind, kind):
            tables.append(_link_members(name, home))
        elif _joins(relation, kind, SubjectKind.RESIDENT) and kind is SubjectKind.BUSINESS:
            tables.append(_build(name, np.arange(population.n), population.n + home))
    found = pl.concat(tables) if tables else None
    return found if found is not None and found.height else None


def _joins(relation: LinkKind, source: SubjectKind, target: SubjectKind) -> bool:
    return relation.source in (None, source) and relation.target in (None, target)


def _link_members(name: str, home: NDArray[np.int64]) -> pl.DataFrame:
    """Everybody with everybody else of the same household."""
    people = pl.DataFrame({"home": home, SUBJECT_ID: np.arange(home.size)})
    both = people.join(people, on="home", suffix="_other").filter(pl.col(SUBJECT_ID) != pl.col(f"{SUBJECT_ID}_other"))
    ordered = both.sort(SUBJECT_ID, f"{SUBJECT_ID}_other")
    return _build(name, ordered[SUBJECT_ID].to_numpy(), ordered[f"{SUBJECT_ID}_other"].to_numpy())


def _build(name: str, source: NDArray[np.int64], target: NDArray[np.int64]) -> pl.DataFrame:
    return pl.DataFrame({SUBJECT_ID: source, "relation": pl.Series([name]).new_from_index(0, source.size),
                         "other_id": target})  # fmt: skip
