"""The report of a study as one offline HTML page in two languages."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from scslab import __version__
from scslab.report.blocks import Page, Section
from scslab.report.frame import frame_page
from scslab.report.rendering import render_pages, write_whole
from scslab.report.study.facts import StudyFacts, gather_study_facts
from scslab.report.study.say import Language, Say
from scslab.report.study.sections_end import build_audit, build_distance, build_provenance
from scslab.report.study.sections_interviews import (
    build_barriers,
    build_coding,
    build_interviewees,
    build_overview,
    build_rates,
    build_theories,
)
from scslab.report.study.sections_models import build_collinearity, build_hypotheses, build_models
from scslab.report.study.sections_start import build_data, build_framework, build_minute, build_quota
from scslab.report.study.sections_tables import build_opinion, build_sample
from scslab.study.papers.run import StudyRun

SECTIONS: tuple[Callable[[StudyFacts, Say], Section | None], ...] = (
    build_minute,
    build_framework,
    build_data,
    build_quota,
    build_sample,
    build_opinion,
    build_models,
    build_hypotheses,
    build_collinearity,
    build_distance,
    build_overview,
    build_barriers,
    build_interviewees,
    build_coding,
    build_theories,
    build_rates,
    build_audit,
    build_provenance,
)
"""The sections in the order of the page; one that has nothing to tell gives None."""
STYLE = """
table.models { font-size: 0.78rem; }
table.models td { white-space: nowrap; padding-right: 0.7rem; }
table.models th[scope="row"] { min-width: 8.5rem; position: sticky; left: 0; background: var(--paper); }
table.models small { color: #a04a12; }
@media (min-width: 70rem) {
  .scroll:has(table.models) { width: calc(100vw - 19.6rem - max(1.1rem, (100vw - 66rem) / 2)); max-width: 62rem; }
}
"""
"""What only this report needs, after the common style."""


def build_study_report(run: StudyRun, languages: tuple[Language, ...] = ("en", "zh")) -> str:
    """The report as HTML that needs nothing else: no script, no network, images inside.

    Args:
        run: what `run_study` gave.
        languages: one page for each, with a switch between them.
    """
    facts = gather_study_facts(run)
    pages = [_build_page(facts, language) for language in languages]
    return render_pages(pages, STYLE)


def write_study_report(run: StudyRun, path: Path | str) -> None:
    """Write the report to a file; an interrupted run leaves nothing half-written behind the name.

    Raises:
        OSError: the file cannot be written.
    """
    write_whole(build_study_report(run), path)


def _build_page(facts: StudyFacts, language: Language) -> Page:
    say = Say(language)
    plan = facts.run.plan
    return frame_page(
        language,
        (build(facts, say) for build in SECTIONS),
        title=say.text(plan.title) or plan.id,
        eyebrow=say("eyebrow"),
        subtitle=say("subtitle", source=plan.source.rstrip(".")),
        numbers=say("numbers"),
        footer=(say("footer.file"), say("footer.by", version=__version__)),
    )
