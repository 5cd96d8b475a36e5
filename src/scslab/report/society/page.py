"""The report of a simulation as one offline HTML page in two languages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

from scslab import __version__
from scslab.report.blocks import Page, Section
from scslab.report.frame import frame_page
from scslab.report.rendering import render_pages, write_whole
from scslab.report.society.facts import SocietyFacts, gather_society_facts
from scslab.report.society.say import Say
from scslab.report.society.sections_barriers import build_approval, build_barriers
from scslab.report.society.sections_beside import build_beside
from scslab.report.society.sections_end import build_life, build_parameters, build_provenance
from scslab.report.society.sections_errors import build_errors
from scslab.report.society.sections_groups import build_groups
from scslab.report.society.sections_start import build_adoption, build_first, build_minute
from scslab.report.society.sections_tiers import build_lists, build_tiers
from scslab.report.words import Language
from scslab.society.simulation import Simulated

SECTIONS: tuple[Callable[[SocietyFacts, Say], Section | None], ...] = (
    build_first,
    build_minute,
    build_adoption,
    build_barriers,
    build_tiers,
    build_lists,
    build_groups,
    build_errors,
    build_approval,
    build_beside,
    build_life,
    build_parameters,
    build_provenance,
)
"""The sections in the order of the page; one that has nothing to tell gives None."""


def build_society_report(run: Simulated, languages: tuple[Language, ...] = ("en", "zh")) -> str:
    """The report as HTML that needs nothing else: no script, no network, images inside.

    Args:
        run: what `simulate` gave.
        languages: one page for each, with a switch between them.
    """
    facts = gather_society_facts(run)
    return render_pages([_build_page(facts, language) for language in languages])


def write_society_report(run: Simulated, path: Path | str) -> None:
    """Write the report to a file; an interrupted run leaves nothing half-written behind the name.

    Raises:
        OSError: the file cannot be written.
    """
    write_whole(build_society_report(run), path)


def _build_page(facts: SocietyFacts, language: Language) -> Page:
    setting, manifest, scheme = facts.run.setting, facts.run.manifest, facts.run.scheme
    say = Say(language, scheme)
    first, last = (say.day(date.fromisoformat(manifest[key])) for key in ("first", "last"))
    return frame_page(
        language,
        (build(facts, say) for build in SECTIONS),
        title=say("title", scheme=say.words.text(scheme.title) or scheme.id),
        eyebrow=say("eyebrow"),
        subtitle=say(
            "subtitle", subjects=say.words.count_subjects(facts.n), place=setting.profile.title.in_language(language),
            first=first, last=last,
        ),
        footer=(
            say("footer.synthetic"), say("footer.file"),
            say("footer.by", version=__version__, seed=setting.seed, replicate=setting.replicate,
                digest=manifest["ledger_digest"][:16]),
        ),
    )  # fmt: skip
