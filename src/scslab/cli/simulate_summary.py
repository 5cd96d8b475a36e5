"""What `scslab simulate` prints when it is done: one run, or scenarios in replicates."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from scslab.cli.screen import say_written
from scslab.scheme.model import Participation, Scheme
from scslab.society.course.force import list_closed
from scslab.society.experiment.model import build_setting
from scslab.society.experiment.paired import BAND, FEW
from scslab.society.population.profile import ProfileKind

if TYPE_CHECKING:
    from scslab.society.experiment.model import Experiment, Scenario
    from scslab.society.experiment.results import Effects
    from scslab.society.setting import Setting
    from scslab.society.simulation import Simulated

MAIN_MEASURES = ("aware", "taking_part", "acceptance", "gap", "mean_score", "gini", "false_standing")
"""The measures that the summary of a comparison shows, as far as there are any."""
SHARES = ("aware", "taking_part", "acceptance", "gap", "tier:", "listed:", "lowest", "barrier:")
NOBODY = "Nobody took part at any time."
BAND_WORDS = "nine tenths of the replicates"


def count(number: int, noun: str) -> str:
    """A number with its noun.

    Example:
        >>> count(1, "year"), count(2_000, "scenario")
        ('1 year', '2,000 scenarios')
    """
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def name_people(setting: Setting) -> str:
    """Residents, or businesses."""
    return "businesses" if setting.profile.kind is ProfileKind.BUSINESS else "residents"


def say_lived(setting: Setting, scheme: Scheme) -> str:
    """How many of whom lived under what."""
    return f"{setting.residents:,} {name_people(setting)} of {setting.profile.title} lived under {scheme.title}"


def say_closed(setting: Setting) -> list[str]:
    """A sentence for the months in which a scheme is not in force."""
    return [
        f"{each.scheme.title} is not in force from {each.first} to {each.last}: it "
        f"{'begins' if each.is_before else 'ended'} on {each.edge}; in these months nobody can take part."
        for each in list_closed(setting)
    ]


def say_acceptance(setting: Setting, share: float) -> str:
    """The line of who would join; where nobody is asked, that nobody is."""
    is_asked = setting.at(date.max).scheme.participation is Participation.OPT_IN
    return f"  would join      {share:>8.1%}" + ("" if is_asked else "  (if they were asked: here nobody is)")


def say_scenario(scenario: Scenario) -> list[str]:
    """A line for what a scenario changes; none where it changes nothing."""
    told: list[str] = []
    for step in scenario.steps:
        names = [f"{each.title} ({each.id})" if str(each.title) != each.id else each.id for each in step.interventions]
        if names:
            told.append(", ".join(names) + (f" from {step.since}" if step.since else ""))
    return [f"  with            {'; '.join(told)}"] if told else []


def summarise_run(run: Simulated, scenario: Scenario, folder: Path, *, has_report: bool) -> str:
    """One simulation in a few lines."""
    last, n = run.months.row(-1, named=True), run.setting.residents
    false = int((run.causes["kind"] == "false").sum())
    nobody = [] if run.months.select(pl.sum("taking_part", "joined")).row(0) != (0, 0) else [NOBODY]
    return "\n".join([
        f"{say_lived(run.setting, run.scheme)} until {last['month']}.",
        *nobody, *say_closed(run.setting), *say_scenario(scenario),
        f"  know of it      {last['aware'] / n:>8.1%}",
        f"  take part       {last['taking_part'] / n:>8.1%}",
        say_acceptance(run.setting, last["acceptance"]),
        f"  events          {run.true.height:,} happened; {run.recorded.height:,} recorded, {false:,} of them false; "
        f"{run.under_way:,} still under way",
        *_say_beside(run),
        f"  ledger digest   {run.manifest['ledger_digest'][:16]}",
        say_written(folder, has_report=has_report),
    ])  # fmt: skip


def _say_beside(run: Simulated) -> list[str]:
    if run.beside is None:
        return []
    beside = run.beside
    return [
        f"  beside          {beside.scheme.title}: {count(beside.users.height, 'user')}, "
        f"{count(beside.ledger.height, 'record')}"
    ]


def summarise_effects(result: Effects, folder: Path, *, has_report: bool) -> str:
    """Scenarios in replicates: what each changes, or where a single one ends."""
    e = result.experiment
    people = f"{e.base.residents:,} {name_people(e.base)} of {e.base.profile.title}"
    lines = [
        f"{count(len(e.scenarios), 'scenario')} of {people} under "
        f"{e.base.scheme.title}, {count(e.base.years, 'year')}, {count(e.replicates, 'replicate')}"
        + (" under the same luck." if len(e.scenarios) > 1 else "."),
        *_say_nobody(result),
        *say_closed(build_setting(e, e.get_scenario(e.against), 0)),
    ]
    if e.draws:
        lines.append("Each replicate lives by another draw of the calibration.")
    lines += _list_effects(result) if len(e.scenarios) > 1 else _list_levels(result)
    if e.replicates < FEW and (e.draws or len(e.scenarios) == 1) and e.replicates > 1:
        lines.append(f"The band of {count(e.replicates, 'replicate')} is hardly more than its extremes.")
    lines.append(say_written(folder, has_report=has_report))
    return "\n".join(lines)


def _say_nobody(result: Effects) -> list[str]:
    inside = result.outcomes.filter(pl.col("measure").is_in(["taking_part", "joined"]))
    return [NOBODY] if inside.height and not inside["value"].sum() else []


def _list_effects(result: Effects) -> list[str]:
    e = result.experiment
    what = (
        f"mean, and where {BAND_WORDS} lie" if e.draws
        else f"with {e.confidence:.0%} intervals ({e.interval.value}, paired)" if e.replicates > 1
        else "one replicate has no intervals"
    )  # fmt: skip
    lines = [f"Against {e.against}, in the last month: {what}"]
    last = result.effects.filter(pl.col("month") == pl.col("month").max())
    for scenario in (each.id for each in e.scenarios if each.id != e.against):
        lines.append(f"  {scenario}")
        own = {row["measure"]: row for row in last.filter(pl.col("scenario") == scenario).iter_rows(named=True)}
        keys = ("band_low", "band_high") if e.draws else ("low", "high")
        lines += [f"    {_say_effect(own[name], keys)}" for name in _choose_shown(e, own)]
    return lines


def _list_levels(result: Effects) -> list[str]:
    """Where a single scenario ends: with it nothing can be compared."""
    e = result.experiment
    value = pl.col("value")
    last = (
        result.outcomes.filter(pl.col("month") == pl.col("month").max())
        .group_by("measure", maintain_order=True)
        .agg(
            value.mean().alias("mean"),
            *(value.quantile(share, "linear").alias(end) for share, end in zip(BAND, ("low", "high"), strict=True)),
        )
    )
    own = {row["measure"]: row for row in last.iter_rows(named=True)}
    band = f"mean, and where {BAND_WORDS} lie" if e.replicates > 1 else "one replicate"
    lines = [f"In the last month: {band}"]
    for name in _choose_shown(e, own):
        low, mean, high = (_write(own[name][key], name, unit="%") for key in ("low", "mean", "high"))
        lines.append(f"  {name:<18}{mean:>12}" + (f"  [{low}, {high}]" if e.replicates > 1 else ""))
    return lines


def _choose_shown(experiment: Experiment, there: dict[str, Any]) -> list[str]:
    return [name for name in (experiment.measures or MAIN_MEASURES) if name in there]


def _write(value: float, measure: str, sign: str = "", unit: str = "") -> str:
    """A value; shares are in percent, their differences in percentage points."""
    return f"{100 * value:{sign}.2f}{unit}" if measure.startswith(SHARES) else f"{value:{sign}.4g}"


def _say_effect(row: dict[str, Any], keys: tuple[str, str]) -> str:
    """One measure: the difference, its interval or band, and both levels."""
    name = row["measure"]
    difference = _write(row["difference"], name, "+") + (" points" if name.startswith(SHARES) else "")
    ends = [row[key] for key in keys]
    interval = "no interval" if None in ends else f"[{', '.join(_write(end, name, '+') for end in ends)}]"
    levels = " to ".join(_write(row[key], name, unit="%") for key in ("mean_against", "mean"))
    return f"{name:<16}{difference:>14}  {interval:<24} {levels}"
