"""The words of a simulation's report, in English or Chinese, read from `words.yaml` of this folder."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

import yaml

from scslab.report.formats import format_count, format_day, format_points
from scslab.report.words import Language, Words
from scslab.scheme.model import Scheme
from scslab.society.course.force import Closed

FILES = ("words.yaml", "words_experiment.yaml")


@cache
def read_society_words() -> dict[str, dict[str, str]]:
    """All words: key, then language, then text."""
    here, words = Path(__file__).parent, dict[str, dict[str, str]]()
    for name in FILES:
        words |= yaml.safe_load((here / name).read_text(encoding="utf-8"))
    return words


class Say:
    """The words of one language, and the scheme's own names in `words`.

    Example:
        >>> from scslab.scheme.catalogue import find_scheme
        >>> say = Say("zh", find_scheme("rongcheng"))
        >>> say("col.tier"), say.percent(0.1234), say.signed(-0.5, 1)
        ('等级', '12.3%', '−0.5')
    """

    def __init__(self, language: Language, scheme: Scheme) -> None:
        self.language: Language = language
        self.words = Words(language, scheme)
        self._texts = {key: texts[language] for key, texts in read_society_words().items()}

    def __call__(self, key: str, **values: object) -> str:
        """The text of a key with its {names} filled in."""
        return self._texts[key].format(**values)

    def get(self, key: str, other: str) -> str:
        """The text of a key, or `other` where there is none: for names that a file may bring."""
        return self._texts.get(key, other)

    def day(self, day: date) -> str:
        """A date in words."""
        return format_day(day, self.language)

    def month(self, day: date) -> str:
        """A month with its year: `January 2020`, `2020年1月`."""
        return f"{day.year}年{day.month}月" if self.language == "zh" else f"{day:%B %Y}"

    @staticmethod
    def percent(share: float | None, digits: int = 1) -> str:
        """A share in percent; a dash where there is none."""
        return "–" if share is None else f"{format_points(100 * share, digits)}%"

    @staticmethod
    def count(number: int) -> str:
        """A whole number with separators."""
        return format_count(number)

    @staticmethod
    def number(value: float | None, digits: int) -> str:
        """A number with a true minus sign; a dash where there is none."""
        return "–" if value is None or value != value else format_points(value, digits)

    @staticmethod
    def signed(value: float | None, digits: int) -> str:
        """The same, with its sign."""
        return "–" if value is None or value != value else format_points(value, digits, is_signed=True)

    def closed(self, months: Closed) -> str:
        """That a scheme is not in force in some months, and why."""
        edge = self("none") if months.edge is None else self.day(months.edge)
        return self(
            "closed.before" if months.is_before else "closed.after",
            scheme=self.words.text(months.scheme.title) or months.scheme.id, edge=edge,
            first=self.month(months.first), last=self.month(months.last),
        )  # fmt: skip

    def tier(self, name: str) -> str:
        """A tier by id; those that have none yet; those who take no part."""
        if name == "outside":
            return self("tiers.outside")
        return self.words.tier(name) if name else self("tiers.none")

    def dimension(self, name: str) -> str:
        """What a dimension of the population is called."""
        return self.get(f"dim.{name}", name)

    def category(self, dimension: str, name: str) -> str:
        """What a category of it is called."""
        return self.get(f"cat.{dimension}.{name}", name)

    @property
    def subjects(self) -> str:
        """Residents or businesses, inside a sentence."""
        return self.words.subjects
