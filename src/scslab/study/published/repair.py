"""The smallest change of one printed number that would make it fit: one digit, two neighbours, or a point."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from scslab.study.published.interval import Interval
from scslab.study.published.tables import Cell, ColumnKind


def list_edits(text: str) -> Iterator[str]:
    """Every number that one slip makes of a printed one: a digit changed, neighbours swapped, a first digit lost.

    A sign may change too. The number of decimals stays, so that the result looks like its neighbours in the table.

    Example:
        >>> edits = set(list_edits("52.43"))
        >>> "62.43" in edits, "152.43" in edits, "52.34" in edits, "-52.43" in edits, "63.43" in edits
        (True, True, True, True, False)
    """
    seen = {text}
    for position, character in enumerate(text):
        if not character.isdigit():
            continue
        for digit in "0123456789":
            if digit == "0" and position == 0 and text[1:2].isdigit():
                continue
            yield from _fresh(text[:position] + digit + text[position + 1 :], seen)
        if text[position + 1 : position + 2].isdigit() and not (position == 0 and text[1] == "0"):
            swapped = text[:position] + text[position + 1] + character + text[position + 2 :]
            yield from _fresh(swapped, seen)
    if text[:1].isdigit():
        if text[1:2].isdigit() and (text[1] != "0" or not text[2:3].isdigit()):
            yield from _fresh(text[1:], seen)
        for digit in "123456789":
            yield from _fresh(digit + text, seen)
    yield from _fresh(text[1:] if text.startswith(("-", "\u2212")) else "-" + text, seen)


def _fresh(text: str, seen: set[str]) -> Iterator[str]:
    if text not in seen:
        seen.add(text)
        yield text


def read_edit(cell: Cell, text: str) -> Interval:
    """What the cell would have meant with another text."""
    rounded = Interval.of_printed(text)
    return Interval.exactly(rounded.middle) if cell.kind is ColumnKind.COUNT else rounded


def find_edits(cell: Cell, fits: Callable[[Interval], bool]) -> list[str]:
    """The one-slip edits of a cell whose number fits.

    Example:
        >>> from scslab.ground.problems import Place
        >>> cell = Cell("a", "b", "c", "52.43", ColumnKind.PERCENT, Place())
        >>> find_edits(cell, Interval.of_printed("62.43").meets)
        ['62.43']
    """
    return [text for text in list_edits(cell.text) if not text.startswith("-") and fits(read_edit(cell, text))]
