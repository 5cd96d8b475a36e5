"""The words of the report, in English or Chinese, read from the files `FILES`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import cache
from pathlib import Path
from typing import Literal

import yaml

from scslab.ground.dates import Period
from scslab.ground.text import Text
from scslab.report.formats import Amount, format_count, format_day, format_points
from scslab.scheme.model import ListRef, Rule, Scheme, SubjectKind

Language = Literal["en", "zh"]
FILES = ("words.yaml", "words_clauses.yaml", "site/words.yaml")
"""The words of the report, of a scheme's clauses, and of the catalogue's site."""


@cache
def read_words() -> dict[str, dict[str, str]]:
    """All words: key, then language, then text."""
    here = Path(__file__).parent
    words: dict[str, dict[str, str]] = {}
    for name in FILES:
        words |= yaml.safe_load((here / name).read_text(encoding="utf-8"))
    return words


class Words:
    """The words of one language, and the scheme's own names in it.

    Example:
        >>> from scslab.report.words import Words
        >>> Words.count_noun("en", "entry", 1), Words.count_noun("zh", "entry", 1200)
        ('1 entry', '1,200 条记分')
    """

    def __init__(self, language: Language, scheme: Scheme) -> None:
        self.language: Language = language
        self.scheme = scheme
        self.decimals = scheme.score.decimals
        self.is_private = SubjectKind.RESIDENT in scheme.subjects.kinds
        kinds = scheme.subjects.kinds
        self._noun = kinds[0].value if len(kinds) == 1 else "subject"
        self._words = {key: texts[language] for key, texts in read_words().items()}
        self._rules = {rule.id: self.text(rule.title) or rule.id for rule in scheme.rules}
        self._measures = {measure.id: self.text(measure.title) or measure.id for measure in scheme.measures}
        self._tiers = {tier.id: self.text(tier.title) or tier.id for tier in scheme.tiers}

    def __call__(self, key: str, **values: object) -> str:
        """The text of a key with its {names} filled in."""
        return self._words[key].format(**values)

    @staticmethod
    def count_noun(language: Language, noun: str, number: int) -> str:
        """A number with its noun."""
        one, _, many = read_words()[f"noun.{noun}"][language].partition("|")
        return f"{format_count(number)} {one if number == 1 or not many else many}"

    def count(self, noun: str, number: int) -> str:
        """A number with its noun, in this language."""
        return self.count_noun(self.language, noun, number)

    def count_subjects(self, number: int) -> str:
        """A number of residents, businesses, organisations or agencies; of subjects where there are several kinds."""
        return self.count(self._noun, number)

    @property
    def score_name(self) -> str:
        """What the scheme calls its score."""
        return self.text(self.scheme.score.title) or self("scores.name")

    @property
    def subjects(self) -> str:
        """Residents, businesses, organisations or agencies, as inside a sentence."""
        return self._words[f"kind.{self._noun}"].lower()

    @property
    def subjects_title(self) -> str:
        """The same, as at the beginning of a title."""
        return self._words[f"kind.{self._noun}"]

    def has(self, key: str) -> bool:
        """Whether there is such a key."""
        return key in self._words

    def text(self, text: Text) -> str:
        """A text of the scheme in this language, or in the other one."""
        return text.in_language(self.language)

    def day(self, day: date) -> str:
        """A date in words."""
        return format_day(day, self.language)

    def points(self, points: Amount, *, is_signed: bool = False) -> str:
        """Points with the scheme's decimals."""
        return format_points(points, self.decimals, is_signed=is_signed)

    def amount(self, points: Amount) -> str:
        """Points with their noun: `1 point`, `2.5 points`."""
        one, _, many = self._words["noun.point"].partition("|")
        return f"{self.points(points)} {one if points == 1 or not many else many}"

    def score(self, score: float) -> str:
        """A score that may lie between two, such as a median: with one more decimal if it needs one."""
        decimals = self.decimals if abs(score - round(score, self.decimals)) < 1e-9 else self.decimals + 1
        return format_points(score, decimals)

    def width(self, points: float) -> str:
        """A width in points, without decimals where it is whole."""
        return format_points(points, 0 if points == round(points) else self.decimals)

    def period(self, period: Period) -> str:
        """A length of time in words."""
        return self.count("month", period.months) if period.months else self.count("day", period.days)

    def rule(self, rule: str | None) -> str:
        """The title of a rule, or its id."""
        return self._rules.get(rule or "", rule or "")

    def tier(self, tier: str | None) -> str:
        """The title of a tier, or its id."""
        return self("below_all") if tier is None else self._tiers.get(tier, tier)

    def tier_short(self, tier: str | None, room: int) -> str:
        """The title of a tier if it has no more letters than `room` (a Chinese one takes two), else its id."""
        title = self.tier(tier)
        wide = sum(2 if ord(letter) > 0x2E7F else 1 for letter in title)
        return title if tier is None or wide <= room else tier

    def measure(self, measure: str) -> str:
        """The title of a measure, or its id."""
        return self._measures.get(measure, measure)

    def list_name(self, ref: ListRef) -> str:
        """The title of a list of this scheme, or what the file calls a list."""
        titles = {each.id: self.text(each.title) for each in self.scheme.lists if not ref.scheme}
        return titles.get(ref.list) or str(ref)

    def own_list(self, name: str) -> str:
        """The title of a list of this scheme, or its id."""
        return self.list_name(ListRef(name))

    def event(self, name: str) -> str:
        """The title of an event type, or its id."""
        found = self.scheme.events.get(name)
        return (self.text(found.title) if found else "") or f"`{name}`"

    def attribute(self, name: str, *, is_of_subject: bool) -> str:
        """The title of an attribute of the subjects or of some event, or its name."""
        owners = [self.scheme.subjects.attributes] if is_of_subject else []
        owners += [event.attributes for event in self.scheme.events.values() if not is_of_subject]
        titles = (self.text(found.title) for owner in owners if (found := owner.get(name)))
        return next((title for title in titles if title), name.replace("_", " "))

    def enumerate(self, names: Iterable[str]) -> str:
        """Names one after the other."""
        return self("comma").join(names)

    def source(self, rule: Rule) -> str:
        """The title of a rule's source."""
        found = self.scheme.sources.get(rule.source)
        return found.title if found else rule.source or self("rule.no_source")
