"""What an experiment is: a baseline, scenarios that differ from it, and how often each is lived."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

from scslab.ground.text import Text
from scslab.scheme.model import Scheme
from scslab.society.conduct.vocabulary import list_conduct
from scslab.society.experiment.amendments import amend, keeps_rates
from scslab.society.experiment.interventions import Intervention, change_values
from scslab.society.mechanics.parameter import choose_values
from scslab.society.mechanics.table import MECHANICS
from scslab.society.population.profile import Profile
from scslab.society.setting import Reform, Setting

BASELINE = "baseline"
"""The id of the scenario without changes."""


class Interval(StrEnum):
    """How the interval of a difference is found."""

    T = "t"
    BOOTSTRAP = "bootstrap"


class Unknowns(StrEnum):
    """How parameters are taken that neither the experiment nor a calibration says."""

    FIXED = "fixed"
    DRAWN = "drawn"


class Tables(StrEnum):
    """What is kept of each scenario beside its measures."""

    NONE = "none"
    SUMMARY = "summary"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class Step:
    """What a scenario changes from a day on.

    Attributes:
        since: the day, the first of a month; None: from the beginning.
        interventions: in order; then `values` and `rates`, which have the last word.
        scheme: another scheme; None: it stays.
    """

    since: date | None = None
    interventions: tuple[Intervention, ...] = ()
    values: Mapping[str, float] = field(default_factory=dict[str, float])
    rates: Mapping[str, float] = field(default_factory=dict[str, float])
    scheme: Scheme | None = None


@dataclass(frozen=True, slots=True)
class Scenario:
    """A scenario.

    Attributes:
        steps: what it changes, in the order of time.
        profile: another population; None: that of the experiment.
    """

    id: str
    title: Text = field(default_factory=Text)
    steps: tuple[Step, ...] = ()
    profile: Profile | None = None


@dataclass(frozen=True, slots=True)
class Experiment:
    """An experiment.

    Attributes:
        base: the setting of the baseline.
        scenarios: the baseline first.
        against: what every other scenario is compared with.
        measures: which measures are kept; empty: all.
        confidence: of intervals, between 0 and 1.
        draws: values of parameters as a calibration leaves them open, one for each replicate in turn; `values` that
            are set in the experiment go first.
        text: the file as it was given.
    """

    id: str
    title: Text
    base: Setting
    scenarios: tuple[Scenario, ...]
    replicates: int = 20
    against: str = BASELINE
    interval: Interval = Interval.T
    confidence: float = 0.95
    measures: tuple[str, ...] = ()
    tables: Tables = Tables.SUMMARY
    draws: tuple[Mapping[str, float], ...] = ()
    text: str = ""

    def get_scenario(self, name: str) -> Scenario:
        """The scenario of an id."""
        return next(each for each in self.scenarios if each.id == name)

    def override(
        self, *, residents: int | None = None, years: int | None = None, seed: int | None = None,
        replicates: int | None = None,
    ) -> Experiment:  # fmt: skip
        """The same experiment with other numbers, where they are given: to try it out on few residents."""
        base = replace(
            self.base, residents=residents or self.base.residents, years=years or self.base.years,
            seed=self.base.seed if seed is None else seed,
        )  # fmt: skip
        for scenario in self.scenarios:
            build_setting(replace(self, base=base), scenario, 0).check()
        return replace(self, base=base, replicates=replicates or self.replicates)


def build_setting(experiment: Experiment, scenario: Scenario, replicate: int) -> Setting:
    """The setting of a scenario in a replicate: the same luck in every scenario.

    What holds from the beginning becomes part of the setting, the rest reforms.

    Raises:
        ProblemsError: unknown parameters, rates, or impossible values.
    """
    base = experiment.base
    drawn = experiment.draws[replicate % len(experiment.draws)] if experiment.draws else {}
    setting = replace(
        base, replicate=replicate, profile=scenario.profile or base.profile, values={**drawn, **base.values}
    )
    start = setting.first
    for each in scenario.steps:
        since = each.since or start
        reform = build_reform(setting.at(since), each, None if since <= start else since)
        if since <= start:
            values, rates = {**setting.values, **reform.values}, {**setting.rates, **reform.rates}
            setting = replace(setting, values=values, rates=rates, scheme=reform.scheme or setting.scheme)
        else:
            same = [r for r in setting.reforms if r.since == since]
            if same:
                reform = _join(same[0], reform)
            others = [r for r in setting.reforms if r.since != since]
            setting = replace(setting, reforms=tuple(sorted([*others, reform], key=lambda r: r.since)))
    return setting


def list_idle(experiment: Experiment, scenario: Scenario) -> list[tuple[str, str]]:
    """What a scenario wants to change in rules that have nothing of the kind: an intervention, and the amendment.

    Example:
        >>> from scslab.society.experiment.build import build_experiment
        >>> experiment = build_experiment("qianjiang", ["shorter-validity", "campaign"])
        >>> [list_idle(experiment, each) for each in experiment.scenarios]
        [[], [('shorter-validity', 'validity')], []]
    """
    idle: list[tuple[str, str]] = []
    scheme = experiment.base.scheme
    for each in scenario.steps:
        scheme = each.scheme or scheme
        for intervention in each.interventions:
            for amendment in intervention.amendments:
                amended = amend(scheme, (amendment,), each.since)
                idle += [(intervention.id, amendment.kind)] if amended is scheme else []
                scheme = amended
    return idle


def _join(one: Reform, other: Reform) -> Reform:
    values, rates = {**one.values, **other.values}, {**one.rates, **other.rates}
    return Reform(one.since, values, rates, other.scheme or one.scheme)


def build_reform(now: Setting, step: Step, since: date | None) -> Reform:
    """A step as the reform of what holds before it.

    Where an intervention changes what conduct is worth, the rates that were guessed from it are held as they are:
    otherwise harsher rules alone would make people better.
    """
    scheme = step.scheme or now.scheme
    amendments = tuple(amendment for each in step.interventions for amendment in each.amendments)
    values = change_values(choose_values(MECHANICS, now.values), step.interventions)
    values |= {name: float(value) for name, value in step.values.items()}
    rates = dict(step.rates)
    if keeps_rates(amendments):
        after = choose_values(MECHANICS, {**now.values, **values})
        conduct = list_conduct(scheme, after, {**now.rates, **step.rates})
        rates = {each.name: each.rate for each in conduct}
    amended = amend(scheme, amendments, since)
    return Reform(since or now.first, values, rates, None if amended is now.scheme else amended)
