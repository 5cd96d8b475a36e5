"""The words of a study's report, in English or Chinese, read from `words.yaml` of this folder."""

from __future__ import annotations

import math
from functools import cache
from pathlib import Path
from typing import Literal

import yaml

from scslab.ground.text import Text
from scslab.report.blocks import Cell
from scslab.study.papers.beside import Beside

Language = Literal["en", "zh"]
FAR = 2.0
"""A distance of more standard errors than this is marked."""
NEAR_COLOUR, FAR_COLOUR = "#2f7aa8", "#c4611f"


@cache
def read_study_words() -> dict[str, dict[str, str]]:
    """All words: key, then language, then text."""
    return yaml.safe_load(Path(__file__).with_name("words.yaml").read_text(encoding="utf-8"))


class Say:
    """The words of one language, and numbers as the report writes them.

    Example:
        >>> Say("zh")("col.printed"), Say("en").number(-0.5, 2), Say("en").number(float("nan"), 2)
        ('所印', '−0.50', '–')
    """

    def __init__(self, language: Language) -> None:
        self.language: Language = language
        self._words = {key: texts[language] for key, texts in read_study_words().items()}

    def __call__(self, key: str, **values: object) -> str:
        """The text of a key with its {names} filled in."""
        return self._words[key].format(**values)

    def text(self, text: Text) -> str:
        """A text of the study in this language, or in the other one."""
        return text.in_language(self.language)

    def number(self, value: float, digits: int) -> str:
        """A number with a true minus sign; a dash where there is none."""
        if math.isnan(value):
            return "–"
        text = f"{value:,.{digits}f}"
        return text.lstrip("-") if not text.strip("-0.,") else text.replace("-", "−")

    def distance(self, row: Beside) -> Cell | str:
        """A distance in standard errors, marked with a colour; for other numbers the plain difference is not shown."""
        if math.isnan(row.distance):
            return row.note or "–"
        is_far = abs(row.distance) > FAR
        return Cell(self.number(row.distance, 1), colour=FAR_COLOUR if is_far else NEAR_COLOUR)
