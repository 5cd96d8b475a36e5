"""The report: one offline HTML file that tells what a settlement did, to a lay reader and to an auditor."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Literal

from scslab import __version__
from scslab.engine.settlement import Settlement
from scslab.report.blocks import Page, Section
from scslab.report.facts import Facts, gather_facts
from scslab.report.frame import frame_page
from scslab.report.rendering import is_web_address, mark, render_pages, write_whole
from scslab.report.sections.course import build_course
from scslab.report.sections.effects import build_effects
from scslab.report.sections.index import build_publications
from scslab.report.sections.index_statements import build_index_statements
from scslab.report.sections.ledger import build_ledger
from scslab.report.sections.limits import build_limits
from scslab.report.sections.lists import build_lists
from scslab.report.sections.measures import build_measures
from scslab.report.sections.minute import build_minute
from scslab.report.sections.moves import build_moves
from scslab.report.sections.objections import build_objections
from scslab.report.sections.provenance import build_provenance
from scslab.report.sections.scheme import build_scheme
from scslab.report.sections.scores import build_scores
from scslab.report.sections.statements import build_statements
from scslab.report.sections.yardstick import build_yardstick
from scslab.report.words import Language, Words
from scslab.scheme.model import ScoreKind

__all__ = ["OF_POINTS", "OF_SCORES", "SECTIONS", "build_report", "is_web_address", "mark", "write_report"]

SECTIONS: tuple[Callable[[Facts, Words], Section | None], ...] = (
    build_minute,
    build_scheme,
    build_scores,
    build_publications,
    build_course,
    build_moves,
    build_effects,
    build_limits,
    build_lists,
    build_measures,
    build_objections,
    build_yardstick,
    build_ledger,
    build_statements,
    build_index_statements,
    build_provenance,
)
"""The sections in the order of the page; one that has nothing to tell gives None."""
OF_SCORES = (build_minute, build_scores, build_yardstick)
"""The sections that rest on scores: a scheme that only lists has none of them."""
OF_POINTS = (build_course, build_moves, build_effects, build_limits, build_statements)
"""The sections that rest on entries: neither a scheme that only lists nor an index has them."""


def build_report(settlement: Settlement, *, language: Literal["en", "zh", "both"] = "both") -> str:
    """The report as HTML that needs nothing else: no script, no network, images inside.

    Args:
        settlement: what was settled.
        language: English, Chinese, or both with a switch between them.

    Raises:
        ValueError: the language is none of these.
    """
    wanted: dict[str, tuple[Language, ...]] = {"en": ("en",), "zh": ("zh",), "both": ("en", "zh")}
    if language not in wanted:
        raise ValueError(f"`{language}` is not a language of the report: it is `en`, `zh` or `both`")
    facts = gather_facts(settlement)
    pages = [_build_page(facts, each) for each in wanted[language]]
    return render_pages(pages)


def write_report(settlement: Settlement, path: Path | str, *, language: Literal["en", "zh", "both"] = "both") -> None:
    """Write the report to a file; an interrupted run leaves nothing half-written behind the name.

    Raises:
        OSError: the file cannot be written.
    """
    write_whole(build_report(settlement, language=language), path)


def _build_page(facts: Facts, language: Language) -> Page:
    settlement = facts.settlement
    words = Words(language, settlement.scheme)
    subtitle = words(
        "page.subtitle",
        day=words.day(settlement.as_of),
        subjects=words.count_subjects(facts.subjects),
        scheme=settlement.scheme.id,
        operator=words.text(settlement.scheme.operator.name),
    )
    if settlement.known_at is not None:
        subtitle += words("join") + words("page.known_at", day=words.day(settlement.known_at))
    kind = settlement.scheme.score.kind
    left_out = () if kind is ScoreKind.POINTS else (OF_POINTS if kind is ScoreKind.INDEX else OF_POINTS + OF_SCORES)
    return frame_page(
        language,
        (build(facts, words) for build in SECTIONS if build not in left_out),
        title=words.text(settlement.scheme.title) or settlement.scheme.id,
        eyebrow=words("page.eyebrow"),
        subtitle=subtitle,
        footer=(
            words("page.footer.exact"),
            words("page.footer.file"),
            words("provenance.by", version=__version__),
        ),
    )
