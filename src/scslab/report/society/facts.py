"""What the sections of a simulation's report draw from: the outcomes, computed once for all languages."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from scslab.engine.settlement import Settlement
from scslab.society.course.force import Closed, list_closed
from scslab.society.outcomes.approval import estimate_approval
from scslab.society.outcomes.barriers import tabulate_barriers
from scslab.society.outcomes.between import compare_between
from scslab.society.outcomes.false_entries import list_false_entries
from scslab.society.outcomes.groups import compare_groups
from scslab.society.outcomes.life import Life, choose_resident, find_records, trace_life
from scslab.society.outcomes.lists import list_spells, summarise_lists
from scslab.society.outcomes.mobility import summarise_stays, tabulate_transitions
from scslab.society.outcomes.scores import compute_gini, read_scores
from scslab.society.outcomes.settled import needs_settling, settle_recorded
from scslab.society.simulation import Simulated


@dataclass(frozen=True, slots=True)
class SocietyFacts:
    """The outcomes of a run.

    Attributes:
        every_months: over how many months `transitions` look: 12, or 1 where the run is too short for years.
        settled: the whole settlement, where the scheme has lists or objections.
        false_entries, spells, groups, …: as the functions of `society.outcomes` give them.
        life: one resident's; None where nothing was recorded.
        closed: the months in which the scheme is not in force.
    """

    run: Simulated
    settled: Settlement | None
    every_months: int
    transitions: pl.DataFrame
    stays: pl.DataFrame
    spells: pl.DataFrame
    lists: pl.DataFrame
    groups: pl.DataFrame
    between: pl.DataFrame
    gini: float | None
    barriers: pl.DataFrame
    approval: pl.DataFrame | None
    false_entries: pl.DataFrame
    life: Life | None
    closed: tuple[Closed, ...] = ()

    @property
    def n(self) -> int:
        """How many residents there are."""
        return self.run.setting.residents

    @property
    def has_participants(self) -> bool:
        """Whether anybody took part at the end of any month, or joined and left within one."""
        return any(sum(self.run.months[name].to_list()) for name in ("taking_part", "joined"))


def gather_society_facts(run: Simulated) -> SocietyFacts:
    """The outcomes of a run that the report tells."""
    scheme = run.scheme
    settled = settle_recorded(run) if needs_settling(run) else None
    spells = list_spells(run, settled)
    every = 12 if run.months.height >= 24 else 1
    chosen = choose_resident(run)
    return SocietyFacts(
        run, settled, every,
        tabulate_transitions(run, every_months=every) if scheme.tiers else pl.DataFrame(),
        summarise_stays(run) if scheme.tiers else pl.DataFrame(),
        spells, summarise_lists(run, spells), compare_groups(run), compare_between(run),
        compute_gini(read_scores(run)),
        tabulate_barriers(run), estimate_approval(run), list_false_entries(run, settled),
        None if chosen is None else trace_life(find_records(run, chosen), chosen), tuple(list_closed(run.setting)),
    )  # fmt: skip
