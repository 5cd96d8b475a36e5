"""A table from titles and rows."""

from __future__ import annotations

from collections.abc import Sequence

from scslab.report.blocks import Cell, Column, Table


def make_table(
    caption: str, titles: Sequence[str], rows: Sequence[Sequence[Cell | str]], *, words: int = 1, note: str = "",
    style: str = "plain",
) -> Table:  # fmt: skip
    """A table whose first `words` columns are words and whose others are numbers."""
    columns = tuple(Column(title, place >= words) for place, title in enumerate(titles))
    return Table(caption, columns, tuple(tuple(row) for row in rows), note=note, style=style)
