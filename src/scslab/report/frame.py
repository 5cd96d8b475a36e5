"""The frame that the reports share: their sections, and the words around them that are the same in all."""

from __future__ import annotations

from collections.abc import Iterable

from scslab.ground.text import Text
from scslab.report.blocks import Page, Section
from scslab.report.words import Language, read_words

NUMBERS = Text("The numbers", "数据")
NOBODY_REAL = Text("Synthetic residents only: nobody real is scored here.", "仅为合成居民，不对任何真实个人评分。")


def frame_page(
    language: Language,
    sections: Iterable[Section | None],
    *,
    title: str,
    eyebrow: str,
    subtitle: str,
    footer: tuple[str, ...],
    numbers: str = "",
) -> Page:
    """A report in one language.

    Args:
        language: of the page; every text given is in it.
        sections: in the order of the page; None is one that has nothing to tell.
        title: of the page.
        eyebrow: what kind of page it is, above the title.
        subtitle: what it is about, below the title.
        footer: its last lines.
        numbers: what opens the numbers behind a chart, where the common word does not fit.

    Example:
        >>> page = frame_page("zh", [None], title="a", eyebrow="b", subtitle="c", footer=("d",))
        >>> page.contents_title, page.numbers_title, page.sections
        ('目录', '图表数据', ())
    """
    words = read_words()
    return Page(
        language=language,
        title=title,
        eyebrow=eyebrow,
        subtitle=subtitle,
        contents_title=words["page.contents"][language],
        numbers_title=numbers or words["page.numbers"][language],
        join=words["join"][language],
        sections=tuple(section for section in sections if section is not None),
        footer=footer,
    )


def frame_analysis(
    language: Language,
    sections: Iterable[Section | None],
    *,
    title: Text,
    eyebrow: Text,
    subtitle: Text,
    footer: tuple[Text, ...] = (),
) -> Page:
    """The page of an analysis of synthetic residents, in one language; its words stand in the code, in both.

    Args:
        language: of the page.
        sections: in the order of the page; None is one that has nothing to tell.
        title: of the page.
        eyebrow: what kind of page it is, above the title.
        subtitle: what it is about, below the title.
        footer: its last lines, after the one that says that nobody is real.
    """
    return frame_page(
        language,
        sections,
        title=title.in_language(language),
        eyebrow=eyebrow.in_language(language),
        subtitle=subtitle.in_language(language),
        footer=tuple(line.in_language(language) for line in (NOBODY_REAL, *footer)),
        numbers=NUMBERS.in_language(language),
    )
