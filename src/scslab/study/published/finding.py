"""What an audit of published tables reports: findings, what the numbers imply, and what cannot be checked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from scslab.ground.text import Text
from scslab.study.published.tables import Cell


class Level(StrEnum):
    """How firm a finding is.

    A contradiction holds whatever the data were: no rounding lets all the printed numbers be right as declared. A
    tension needs an assumption that the finding names. An oddity is possible, and unusual enough to look at.
    """

    CONTRADICTION = "contradiction"
    TENSION = "tension"
    ODDITY = "oddity"


LEVELS: dict[Level, Text] = {
    Level.CONTRADICTION: Text("Cannot all be right as printed and declared", "所印数字不可能全部成立"),
    Level.TENSION: Text("Does not fit under a stated assumption", "在所述假设下不相符"),
    Level.ODDITY: Text("Possible, and worth a look", "可能成立，但值得核对"),
}
"""What each level means, for a reader."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something in printed tables that arithmetic does not allow, or that is unusual.

    Attributes:
        code: `P1…`, of `scslab.study.published.checks.CHECKS`.
        level: how firm it is.
        cells: the printed numbers that it is about; the first one gives its place.
        shows: what the arithmetic shows.
        cannot_show: what it cannot show; above all, whether the paper or our copy of its table is at fault.
        repair: the smallest change under which the numbers fit, or why none is proposed.
        title: what was compared, as the audit file calls it, or "".
    """

    code: str
    level: Level
    cells: tuple[Cell, ...]
    shows: str
    cannot_show: str
    repair: str
    title: str = ""

    @property
    def place(self) -> str:
        """Where it stands: `table:row:column` of its first cell."""
        return self.cells[0].name if self.cells else ""

    def __str__(self) -> str:
        where = f"{self.cells[0].place} " if self.cells else ""
        title = f" [{self.title}]" if self.title else ""
        return (
            f"{where}{self.code} {self.level}: {self.place}{title}\n  shows: {self.shows}\n"
            f"  cannot show: {self.cannot_show}\n  smallest repair: {self.repair}"
        )

    def to_plain(self) -> dict[str, object]:
        """The finding as JSON holds it."""
        return {
            "code": self.code,
            "level": self.level.value,
            "place": self.place,
            "cells": [cell.to_plain() for cell in self.cells],
            "title": self.title,
            "shows": self.shows,
            "cannot_show": self.cannot_show,
            "repair": self.repair,
        }


@dataclass(frozen=True, slots=True)
class Note:
    """Something that is no finding: what printed numbers imply, or what a check can say nothing about.

    Attributes:
        code: the check that says it.
        is_limit: whether it says what cannot be checked; else it says what the numbers imply.
        text: one sentence.
        cells: what it is about.
    """

    code: str
    text: str
    cells: tuple[Cell, ...] = ()
    is_limit: bool = False

    def to_plain(self) -> dict[str, object]:
        """The note as JSON holds it."""
        kind = "limit" if self.is_limit else "implied"
        return {"code": self.code, "kind": kind, "text": self.text, "cells": [cell.name for cell in self.cells]}


COPY = "whether the paper or our copy of its table differs from what was computed"
"""What no arithmetic can show; every finding about a single printed number says it."""


def list_some(words: Iterable[str], most: int = 6) -> str:
    """Words in a row, the later ones counted.

    Example:
        >>> list_some(["a", "b", "c"], 2)
        'a, b and 1 more'
    """
    listed = list(words)
    if len(listed) <= most:
        return ", ".join(listed)
    return ", ".join(listed[:most]) + f" and {len(listed) - most:,} more"
