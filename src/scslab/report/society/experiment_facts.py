"""What the page of an experiment draws from: scenarios, measures with their units, effects and curves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from scslab.report.society.say import Say
from scslab.society.experiment.model import BASELINE
from scslab.society.experiment.paired import BAND as PAIRED_BAND
from scslab.society.experiment.results import Effects

ENDS = tuple(zip(PAIRED_BAND, ("low", "high"), strict=True))
BAND = (0.1, 0.9)
"""The quantiles over replicates between which a band lies."""
MAIN = ("taking_part", "acceptance", "mean_score", "false_standing")
"""The measures that have a chart of their own, if they are there and some scenario moves them."""
UNITS = {
    "aware": "share", "taking_part": "share", "acceptance": "share", "gap": "share", "tier": "share", "listed": "share",
    "between": "share", "lowest_between": "share", "barrier": "share", "mean_score": "score",
    "sd_score": "score", "gini": "index",
}  # fmt: skip
"""The unit of a measure by the part of its name before a colon; `count` where it is not here."""


@dataclass(frozen=True, slots=True)
class ExperimentFacts:
    """An experiment.

    Attributes:
        last: the last month of which every scenario has measures.
        moved: measures that some scenario changes at the end, in the order of `measure`.
    """

    result: Effects
    last: date
    moved: tuple[str, ...]

    @property
    def others(self) -> tuple[str, ...]:
        """The scenarios beside the one that they are compared with."""
        experiment = self.result.experiment
        return tuple(each.id for each in experiment.scenarios if each.id != experiment.against)

    @property
    def replicates(self) -> int:
        """How often each scenario was lived."""
        return self.result.experiment.replicates

    @property
    def has_draws(self) -> bool:
        """Whether each replicate lived by other values of a calibration."""
        return bool(self.result.experiment.draws)

    @property
    def drawn(self) -> tuple[str, ...]:
        """The parameters whose values differ between replicates."""
        experiment = self.result.experiment
        drawn = experiment.draws[0] if experiment.draws else {}
        return tuple(name for name in drawn if name not in experiment.base.values)

    @property
    def ends(self) -> tuple[str, str]:
        """The columns of effects that are shown as low and high: the band where replicates live by draws."""
        return ("band_low", "band_high") if self.has_draws else ("low", "high")

    @property
    def kind(self) -> str:
        """What stands beside a mean, as the end of a word's key: a band, nothing with one replicate, or an interval."""
        return ".draws" if self.has_draws else ".one" if self.replicates == 1 else ""

    def find_levels(self) -> pl.DataFrame:
        """Over replicates, at the end: `scenario, measure, mean, low, high`, with the band of nine tenths."""
        value = pl.col("value")
        return (
            self.result.outcomes.filter(pl.col("month") == self.last)
            .group_by("scenario", "measure", maintain_order=True)
            .agg(
                value.mean().alias("mean"),
                *(value.quantile(share, "linear").alias(end) for share, end in ENDS),
            )
        )

    def find_effect(self, scenario: str, measure: str) -> dict[str, Any] | None:
        """The effect of a scenario at the end; None where it was not measured."""
        found = self.result.effects.filter(
            (pl.col("scenario") == scenario) & (pl.col("measure") == measure) & (pl.col("month") == self.last)
        )
        return found.row(0, named=True) if found.height else None

    def summarise(self, measure: str) -> pl.DataFrame:
        """Over replicates: `scenario, month, mean, low, high` of a measure."""
        return (
            self.result.outcomes.filter(pl.col("measure") == measure)
            .group_by("scenario", "month", maintain_order=True)
            .agg(
                pl.col("value").mean().alias("mean"),
                pl.col("value").quantile(BAND[0], "linear").alias("low"),
                pl.col("value").quantile(BAND[1], "linear").alias("high"),
            )
            .sort("scenario", "month")
        )


def gather_experiment_facts(result: Effects) -> ExperimentFacts:
    """What the page tells of an experiment."""
    last = result.outcomes["month"].max()
    if not isinstance(last, date):
        raise AssertionError("an experiment has at least one run of at least one month")
    at_end = result.effects.filter((pl.col("month") == last) & (pl.col("difference").abs() > 0))
    kept = set(at_end["measure"])
    moved = tuple(name for name in result.outcomes["measure"].unique(maintain_order=True) if name in kept)
    return ExperimentFacts(result, last, moved)


def get_unit(measure: str) -> str:
    """The unit of a measure: share, score, count or index.

    Example:
        >>> get_unit("tier:AAA"), get_unit("false_standing")
        ('share', 'count')
    """
    return UNITS.get(measure.partition(":")[0], "count")


def scale_of(measure: str) -> float:
    """What a measure is multiplied with before it is shown: shares in percent."""
    return 100.0 if get_unit(measure) == "share" else 1.0


def name_measure(measure: str, say: Say) -> str:
    """A measure in words."""
    kind, _, name = measure.partition(":")
    if kind == "tier":
        return say("m.tier", name=say.tier(name))
    if kind == "listed":
        return say("m.listed", name=say.words.own_list(name))
    if kind in ("between", "lowest_between"):
        return say(f"m.{kind}", name=say.dimension(name).lower())
    if kind == "barrier":
        return say("m.barrier", name=say(f"barrier.{name}"))
    return say.get(f"m.{kind}", measure)


def name_scenario(result: Effects, scenario: str, say: Say) -> str:
    """What a scenario is called."""
    title = result.experiment.get_scenario(scenario).title
    return say.words.text(title) or (say("baseline") if scenario == BASELINE else scenario)


def format_measure(value: float | None, measure: str, say: Say, *, is_signed: bool = False) -> str:
    """A value of a measure, or a difference, in its unit, with as many digits as it deserves."""
    if value is None or value != value:
        return "–"
    scaled = value * scale_of(measure)
    digits = {"index": 4, "share": 2}.get(get_unit(measure), 1)
    return say.signed(scaled, digits) if is_signed else say.number(scaled, digits)
