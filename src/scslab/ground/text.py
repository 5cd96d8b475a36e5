"""Text in English and Chinese."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Text:
    """A title or label in English, Chinese or both.

    Example:
        >>> Text(en="Rongcheng Score", zh="荣成信用分").in_language("zh")
        '荣成信用分'
        >>> Text(en="Breach").in_language("zh")
        'Breach'
    """

    en: str = ""
    zh: str = ""

    def in_language(self, language: str) -> str:
        """The text in `language` (`en` or `zh`), or in the other one where it is missing."""
        return (self.zh or self.en) if language == "zh" else (self.en or self.zh)

    def __bool__(self) -> bool:
        return bool(self.en or self.zh)

    def __str__(self) -> str:
        return self.in_language("en")
