"""A page of the site in one language, and how it becomes HTML."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from scslab import __version__
from scslab.report.blocks import Section
from scslab.report.rendering import NAMES, TAGS, make_environment, read_style
from scslab.report.words import Language, Words

POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
"""What the pages allow themselves: their own style sheet inside, and pictures inside."""


@dataclass(frozen=True, slots=True)
class SitePage:
    """A page.

    Attributes:
        path: its address below the site's folder.
        other: address of the same page in the other language, relative to this one.
        links: (label, relative address) of the pages above and beside it; the address "" is this page.
        lines: numbered lines of a text that follow the sections, or empty.
    """

    path: str
    language: Language
    title: str
    eyebrow: str
    subtitle: str
    other: str
    links: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]
    numbers_title: str
    join: str
    contents_title: str
    skip: str
    footer: tuple[str, ...]
    lines: tuple[str, ...] = ()


def make_page(
    words: Words,
    sections: Iterable[Section | None],
    *,
    path: str,
    title: str,
    subtitle: str,
    other: str,
    links: tuple[tuple[str, str], ...],
    lines: tuple[str, ...] = (),
) -> SitePage:
    """A page with the words that every page of the site has; a section that is None has nothing to tell."""
    return SitePage(
        path=path,
        language=words.language,
        title=title,
        eyebrow=words("site.eyebrow"),
        subtitle=subtitle,
        other=other,
        links=links,
        sections=tuple(section for section in sections if section is not None),
        numbers_title=words("page.numbers"),
        join=words("join"),
        contents_title=words("site.contents"),
        skip=words("site.skip"),
        footer=say_footer(words),
        lines=lines,
    )


def say_footer(words: Words) -> tuple[str, ...]:
    """The last lines of every page."""
    return words("site.footer.exact"), words("site.footer.offline"), words("site.footer.by", version=__version__)


def render_page(page: SitePage) -> str:
    """The page as HTML that needs nothing else: no script, no network, its pictures inside."""
    other: Language = "en" if page.language == "zh" else "zh"
    return (
        make_environment()
        .get_template("site/page.html.j2")
        .render(
            page=page,
            tag=TAGS[page.language],
            other_tag=TAGS[other],
            other_name=NAMES[other],
            style=read_style() + read_site_style(),
            policy=POLICY,
            version=__version__,
        )
    )


def read_site_style() -> str:
    """What the site adds to the report's style sheet."""
    return Path(__file__).with_name("site.css").read_text(encoding="utf-8")


def address(name: str, language: Language) -> str:
    """The file name of a page in a language: `index.html`, `index.zh.html`."""
    return f"{name}.html" if language == "en" else f"{name}.{language}.html"
