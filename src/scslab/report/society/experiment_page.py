"""The report of an experiment as one offline HTML page in two languages."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from scslab import __version__
from scslab.report.blocks import Page, Section
from scslab.report.frame import frame_page
from scslab.report.rendering import render_pages, write_whole
from scslab.report.society.experiment_effects import build_curves, build_effects, build_provenance
from scslab.report.society.experiment_facts import ExperimentFacts, gather_experiment_facts
from scslab.report.society.experiment_scenarios import build_first, build_minute, build_scenarios
from scslab.report.society.experiment_unknowns import build_unknowns
from scslab.report.society.say import Say
from scslab.report.words import Language
from scslab.society.experiment.results import Effects
from scslab.society.setting import list_months

SECTIONS: tuple[Callable[[ExperimentFacts, Say], Section | None], ...] = (
    build_first,
    build_minute,
    build_scenarios,
    build_effects,
    build_curves,
    build_unknowns,
    build_provenance,
)
"""The sections in the order of the page; one that has nothing to tell gives None."""


def build_experiment_report(result: Effects, languages: tuple[Language, ...] = ("en", "zh")) -> str:
    """The report as HTML that needs nothing else: no script, no network, images inside.

    Args:
        result: what `run_experiment` gave.
        languages: one page for each, with a switch between them.
    """
    facts = gather_experiment_facts(result)
    return render_pages([_build_page(facts, language) for language in languages])


def write_experiment_report(result: Effects, path: Path | str) -> None:
    """Write the report to a file; an interrupted run leaves nothing half-written behind the name.

    Raises:
        OSError: the file cannot be written.
    """
    write_whole(build_experiment_report(result), path)


def _build_page(facts: ExperimentFacts, language: Language) -> Page:
    experiment = facts.result.experiment
    base = experiment.base
    say = Say(language, base.scheme)
    title = say.words.text(experiment.title)
    months = list_months(base.first, base.years)
    return frame_page(
        language,
        (build(facts, say) for build in SECTIONS),
        title=title or say("x.title", scheme=say.words.text(base.scheme.title) or base.scheme.id),
        eyebrow=say("x.eyebrow"),
        subtitle=say(
            "x.subtitle", scenarios=say.words.count("scenario", len(experiment.scenarios)),
            times=say.words.count("time", experiment.replicates),
            subjects=say.words.count_subjects(base.residents), place=base.profile.title.in_language(language),
            first=say.day(months[0][0]), last=say.day(months[-1][1]),
        ),
        footer=(
            say("footer.synthetic"), say("footer.file"),
            say("x.footer.by", version=__version__, digest=str(facts.result.manifest["effects_digest"])[:16]),
        ),
    )  # fmt: skip
