"""Which months a table or an axis shows, and what they are called."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from scslab.report.formats import format_month

SHOWN_ROWS = 40
"""A table behind a chart holds about so many rows; the run folder holds all."""


def thin(number: int, most: int = SHOWN_ROWS) -> list[int]:
    """Places among `number`, at most about `most` of them, evenly from the last one back.

    Example:
        >>> thin(5), thin(10, 4)
        ([0, 1, 2, 3, 4], [0, 3, 6, 9])
    """
    step = max(1, -(-number // most))
    return list(range(number - 1, -1, -step))[::-1]


def label_months(days: Sequence[date], language: str) -> list[str]:
    """Short labels for an axis; the year stands below the first one of each year."""
    labels: list[str] = []
    for place, day in enumerate(days):
        is_new = not place or days[place - 1].year != day.year
        labels.append(format_month(day, language) + (f"\n{day.year}" if is_new else ""))
    return labels
