"""The sections of an experiment that come before its numbers: what to know, the minute, what is compared."""

from __future__ import annotations

from scslab.report.blocks import Block, Bullets, Folded, Heading, KeyFigures, Paragraph, Section
from scslab.report.society.experiment_effects import say_few
from scslab.report.society.experiment_facts import (
    ExperimentFacts,
    format_measure,
    get_unit,
    name_measure,
    name_scenario,
)
from scslab.report.society.say import Say
from scslab.report.society.sections_start import asks
from scslab.report.tables import make_table
from scslab.society.course.force import list_closed
from scslab.society.experiment.model import Scenario, Step, build_setting, list_idle
from scslab.society.mechanics.table import PARAMETERS

NAMED = 25
"""So many parameters are named one by one."""
LEVELS = ("aware", "taking_part", "acceptance", "mean_score", "gini", "false_standing")
"""What is told of a single scenario, as far as it is there."""
TOLD = (("part", "taking_part"), ("accept", "acceptance"), ("false", "false_standing"))


def build_first(facts: ExperimentFacts, say: Say) -> Section:
    """What the numbers are and are not."""
    base = facts.result.experiment.base
    parameters = PARAMETERS.values()
    priors = sum(p.source == "prior" for p in parameters)
    people = "first.people" if say.words.is_private else "first.people.business"
    level = say.percent(facts.result.experiment.confidence, 0)
    items = [
        say(people, n=say.words.count_subjects(base.residents), place=base.profile.title.in_language(say.language)),
        say(
            "first.scheme",
            all=len(parameters),
            priors=priors,
            published=len(parameters) - priors,
            measured="" if base.values or facts.has_draws else say("first.scheme.none"),
        ),
        say("first.levels"),
    ]
    if base.values:
        items.append(say("first.changed", names=say("and").join(f"`{name}`" for name in base.values)))
    if facts.others:
        items += [say("x.first.paired", level=level), say("x.first.size")]
    settings = [build_setting(facts.result.experiment, each, 0) for each in facts.result.experiment.scenarios]
    if not all(asks(each) for each in settings):
        items.append(say("x.first.hypothetical"))
    items += dict.fromkeys(say.closed(each) for setting in settings for each in list_closed(setting))
    if facts.has_draws:
        drawn = facts.drawn
        names = say("and").join(f"`{name}`" for name in drawn)
        names = names if len(drawn) <= NAMED else say("x.first.draws.many", n=len(drawn))
        items.append(say("x.first.draws", names=names))
    if facts.replicates == 1:
        items.append(say("x.first.one"))
    return Section("first", say("first"), (Bullets(tuple(items)),))


def build_minute(facts: ExperimentFacts, say: Say) -> Section:
    """The experiment in a few numbers, and a sentence for each scenario; levels where there is a single one."""
    base = facts.result.experiment.base
    counted = [("replicates", facts.replicates)]
    counted = [("scenarios", len(facts.others)), *counted] if facts.others else counted
    figures = (
        *((say.count(n), say(f"x.key.{key}" + (".one" if n == 1 else ""))) for key, n in counted),
        (say.count(base.residents), say("x.key.residents", subjects=say.subjects)),
    )
    if not facts.others:
        return Section("minute", say("minute"), (KeyFigures(figures), *_list_levels(facts, say)))
    against = name_scenario(facts.result, facts.result.experiment.against, say)
    level = say.percent(facts.result.experiment.confidence, 0)
    lead = say(f"x.minute.lead{facts.kind}", month=say.month(facts.last), against=against, level=level)
    items = tuple(
        say(
            "x.minute.item", scenario=name_scenario(facts.result, each, say),
            **{key: _say_effect(facts, each, measure, say) for key, measure in TOLD},
        )
        for each in facts.others
    )  # fmt: skip
    blocks = (KeyFigures(figures), Paragraph(lead, "lead"), Bullets(items))
    return Section("minute", say("minute"), (*blocks, *(say_few(facts, say) if facts.has_draws else [])))


def _list_levels(facts: ExperimentFacts, say: Say) -> list[Block]:
    """Where a single scenario ends, with the band over replicates."""
    replicates = say.words.count("replicate", facts.replicates)
    key = "x.minute.level" if facts.replicates > 1 else "x.minute.level.one"
    lead = say(key, month=say.month(facts.last), replicates=replicates)
    found = {row["measure"]: row for row in facts.find_levels().iter_rows(named=True)}
    items: list[str] = []
    for measure in (name for name in LEVELS if name in found):
        ends = {end: _say_level(found[measure][end], measure, say) for end in ("low", "high")}
        mean = _say_level(found[measure]["mean"], measure, say)
        value = say("x.minute.value", difference=mean, **ends) if facts.replicates > 1 else mean
        items.append(say("x.minute.level.item", measure=name_measure(measure, say), value=value))
    return [Paragraph(lead, "lead"), Bullets(tuple(items)), *say_few(facts, say)]


def _say_level(value: float, measure: str, say: Say) -> str:
    return say.percent(value) if get_unit(measure) == "share" else format_measure(value, measure, say)


def _say_effect(facts: ExperimentFacts, scenario: str, measure: str, say: Say) -> str:
    effect = facts.find_effect(scenario, measure)
    if effect is None:
        return say("x.minute.none")
    low, high = (effect[key] for key in facts.ends)
    values = {"difference": effect["difference"], "low": low, "high": high}
    shown = {key: format_measure(value, measure, say, is_signed=True) for key, value in values.items()}
    unit = f" {say('unit.share')}" if measure != "false_standing" and say.language == "en" else ""
    if low is None or high is None or facts.replicates == 1:
        return shown["difference"] + unit
    if low == high == 0:
        return say("x.minute.same")
    if low <= 0 <= high and not facts.has_draws:
        return say("x.minute.nothing", low=shown["low"], high=shown["high"])
    return say("x.minute.value", **(shown | {"difference": shown["difference"] + unit}))


def build_scenarios(facts: ExperimentFacts, say: Say) -> Section:
    """What each scenario changes, number by number, with the reason."""
    blocks: list[Block] = []
    for each in facts.result.experiment.scenarios:
        blocks += _describe_scenario(facts, each, say)
    return Section("scenarios", say("x.scenarios"), tuple(blocks))


def _describe_scenario(facts: ExperimentFacts, scenario: Scenario, say: Say) -> list[Block]:
    """A heading, a sentence for each thing that is changed, and the numbers with their reasons."""
    sentences: list[str] = []
    rows: list[tuple[str, ...]] = []
    for step in scenario.steps:
        since = say("x.scenario.start") if step.since is None else say("x.scenario.from", day=say.day(step.since))
        sentences += [f"{say.words.text(each.about)} ({since})" for each in step.interventions]
        if step.scheme is not None:
            name = say.words.text(step.scheme.title) or step.scheme.id
            sentences.append(f"{say('x.scenario.other', scheme=name)} ({since})")
        rows += _list_changes(step, say)
    if scenario.profile is not None:
        profile = scenario.profile.title.in_language(say.language)
        sentences.append(say("x.scenario.profile", profile=profile))
    if not sentences and not rows:
        sentences.append(say("x.scenarios.base"))
    for intervention, kind in list_idle(facts.result.experiment, scenario):
        sentences.append(say("x.scenario.idle", intervention=intervention, kind=kind))
    blocks: list[Block] = [Heading(name_scenario(facts.result, scenario.id, say))]
    blocks += [Paragraph(sentence) for sentence in sentences]
    if rows:
        caption = f"{say('x.scenario.reason')}: {name_scenario(facts.result, scenario.id, say)}"
        heads = [say(key) for key in ("col.parameter", "x.col.change", "x.col.reason", "col.source")]
        blocks.append(Folded(say("x.scenario.reason"), (make_table(caption, heads, rows, words=4),)))
    return blocks


def _list_changes(step: Step, say: Say) -> list[tuple[str, ...]]:
    changes = [
        (f"`{change.name}`", say(f"x.act.{change.act.value}", by=f"{change.by:g}"), change.reason, each.source)
        for each in step.interventions
        for change in each.changes
    ]
    amendments = [
        (say("x.scenario.scheme"), f"`{amendment.kind}` {amendment.value}".strip(), amendment.reason, each.source)
        for each in step.interventions
        for amendment in each.amendments
    ]
    given = [
        (f"`{name}`", say("x.act.set", by=f"{value:g}"), say("x.scenario.values"), "–")
        for name, value in (*step.values.items(), *step.rates.items())
    ]
    return [*changes, *amendments, *given]
