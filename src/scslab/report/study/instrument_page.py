"""A questionnaire as one HTML page, to print or to send to an ethics board."""

from __future__ import annotations

from scslab.ground.text import Text
from scslab.report.rendering import make_environment
from scslab.study.instruments.model import Instrument, Wording

WORDS: dict[str, Text] = {
    "when": Text("Only where", "仅当"),
    "quality": Text("quality item, expects", "质量检测题，期望回答"),
    "not_published": Text(
        "wording not published; the text describes what was asked", "原文措辞未公布；此处仅描述所问内容"
    ),
    "unknown": Text(
        "The wording of {count} items is not published: marked at the side, they describe what was asked.",
        "有{count}道题的措辞未公布：以侧线标出，仅描述所问内容。",
    ),
}
"""The fixed texts of the page."""


def build_page(instrument: Instrument, languages: tuple[str, ...] = ()) -> str:
    """The questionnaire as HTML; every text of the file is escaped.

    Args:
        instrument: the questionnaire.
        languages: which languages to show, the main one first; by default all that the questionnaire has.
    """
    items = instrument.items()
    return (
        make_environment()
        .get_template("study/instrument_page.html.j2")
        .render(
            instrument=instrument,
            languages=languages or instrument.languages,
            words=WORDS,
            numbers={item.id: f"{number}." for number, item in enumerate(items, start=1)},
            unknown=sum(item.wording is Wording.UNKNOWN for item in items),
        )
    )
