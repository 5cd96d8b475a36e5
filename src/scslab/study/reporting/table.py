"""A table as a paper prints it, before it is HTML, LaTeX or a Word document."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class RowStyle(StrEnum):
    """What a row is."""

    PLAIN = "plain"
    DETAIL = "detail"
    """Belongs to the row above: standard errors in parentheses."""
    HEAD = "head"
    """The title of the rows that follow."""
    FOOT = "foot"
    """Below the line: observations, fit."""


@dataclass(frozen=True, slots=True)
class PaperRow:
    """A row: one text for each column, the first names the row."""

    cells: tuple[str, ...]
    style: RowStyle = RowStyle.PLAIN


@dataclass(frozen=True, slots=True)
class PaperTable:
    r"""A table as a paper prints it.

    Attributes:
        title: above the table.
        columns: heads, the first for the names of the rows.
        rows: in order; each has as many cells as there are columns.
        notes: below the table.

    Example:
        >>> table = PaperTable("Ages", ("age", "%"), (PaperRow(("14–30", "62.4")),), ("n = 2,209",))
        >>> print(table.to_latex())
        \begin{table}[htbp]
        \centering
        \caption{Ages}
        \begin{tabular}{lr}
        \toprule
        age & \% \\
        \midrule
        14–30 & 62.4 \\
        \bottomrule
        \end{tabular}
        \par\smallskip\footnotesize n = 2,209
        \end{table}
    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[PaperRow, ...]
    notes: tuple[str, ...] = ()

    def to_html(self) -> str:
        """A table of `great_tables` as HTML, with its style inside; every text is escaped."""
        from scslab.study.reporting.html import write_html

        return write_html(self)

    def to_latex(self) -> str:
        """A float for LaTeX with the package `booktabs`."""
        from scslab.study.reporting.latex import write_latex

        return write_latex(self)

    def to_docx(self, path: Path | str) -> None:
        """Writes a Word document with this table.

        Raises:
            OSError: the file cannot be written.
        """
        from scslab.study.reporting.docx import write_docx

        write_docx([self], Path(path))
