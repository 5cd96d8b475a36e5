"""The sections of an experiment that come before its numbers: what to know, the minute, what is compared."""

from __future__ import annotations

from scslab.report.blocks import Block, Bullets, Folded, Heading, KeyFigures, Paragraph, Section
from scslab.report.society.experiment_facts import ExperimentFacts, format_measure, name_scenario
from scslab.report.society.say import Say
from scslab.report.tables import make_table
from scslab.society.experiment.model import Scenario, Step, list_idle
from scslab.society.mechanics.table import MECHANICS

NAMED = 25
"""So many parameters are named one by one."""
TOLD = (("part", "taking_part"), ("accept", "acceptance"), ("false", "false_standing"))


def build_first(facts: ExperimentFacts, say: Say) -> Section:
    """What the numbers are and are not."""
    base = facts.result.experiment.base
    parameters = [p for mechanic in MECHANICS.values() for p in mechanic.parameters]
    priors = sum(p.source == "prior" for p in parameters)
    people = "first.people" if say.words.is_private else "first.people.business"
    level = say.percent(facts.result.experiment.confidence, 0)
    items = [
        say(people, n=say.words.count_subjects(base.residents), place=base.profile.title.in_language(say.language)),
        say("first.scheme", all=len(parameters), priors=priors, published=len(parameters) - priors),
        say("first.levels"),
        say("x.first.paired", level=level),
        say("x.first.size"),
    ]
    if facts.has_draws:
        drawn = facts.drawn
        names = say("and").join(f"`{name}`" for name in drawn)
        names = names if len(drawn) <= NAMED else say("x.first.draws.many", n=len(drawn))
        items.append(say("x.first.draws", names=names))
    if facts.replicates == 1:
        items.append(say("x.first.one"))
    return Section("first", say("first"), (Bullets(tuple(items)),))


def build_minute(facts: ExperimentFacts, say: Say) -> Section:
    """The experiment in a few numbers and a sentence for each scenario."""
    base = facts.result.experiment.base
    figures = (
        (say.count(len(facts.others)), say("x.key.scenarios")),
        (say.count(facts.replicates), say("x.key.replicates")),
        (say.count(base.residents), say("x.key.residents", subjects=say.subjects)),
    )
    against = name_scenario(facts.result, facts.result.experiment.against, say)
    lead = say("x.minute.lead", month=say.month(facts.last), against=against)
    items = tuple(
        say(
            "x.minute.item", scenario=name_scenario(facts.result, each, say),
            **{key: _say_effect(facts, each, measure, say) for key, measure in TOLD},
        )
        for each in facts.others
    )  # fmt: skip
    return Section("minute", say("minute"), (KeyFigures(figures), Paragraph(lead, "lead"), Bullets(items)))


def _say_effect(facts: ExperimentFacts, scenario: str, measure: str, say: Say) -> str:
    effect = facts.find_effect(scenario, measure)
    if effect is None:
        return say("x.minute.none")
    low, high = effect["low"], effect["high"]
    shown = {key: format_measure(effect[key], measure, say, is_signed=True) for key in ("difference", "low", "high")}
    unit = f" {say('unit.share')}" if measure != "false_standing" and say.language == "en" else ""
    if low is None or high is None:
        return shown["difference"] + unit
    if low <= 0 <= high:
        return say("x.minute.nothing")
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
