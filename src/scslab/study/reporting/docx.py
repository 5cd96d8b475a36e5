"""Paper tables as a Word document, with the rules that journals want: above, below the heads, below the table."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from scslab.study.reporting.table import PaperTable, RowStyle


def write_docx(tables: Sequence[PaperTable], path: Path) -> None:
    """Writes tables to a Word document, one after the other.

    Raises:
        OSError: the file cannot be written.
    """
    from docx import Document
    from docx.enum.section import WD_ORIENT

    document: Any = Document()
    if any(len(table.columns) > 6 for table in tables):
        section = document.sections[0]
        section.orientation = WD_ORIENT.LANDSCAPE
        section.page_width, section.page_height = section.page_height, section.page_width
    for table in tables:
        _add(document, table)
    document.save(str(path))


def _add(document: Any, table: PaperTable) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    title = document.add_paragraph()
    title.add_run(table.title).bold = True
    title.paragraph_format.keep_with_next = True
    made = document.add_table(rows=1 + len(table.rows), cols=len(table.columns))
    is_foot = [row.style is RowStyle.FOOT for row in table.rows]
    first_foot = is_foot.index(True) if True in is_foot else -1
    for i, cells in enumerate([table.columns, *(row.cells for row in table.rows)]):
        row = made.rows[i]
        for j, text in enumerate(cells):
            paragraph = row.cells[j].paragraphs[0]
            paragraph.paragraph_format.space_after = Pt(0)
            paragraph.alignment = WD_ALIGN_PARAGRAPH.LEFT if j == 0 else WD_ALIGN_PARAGRAPH.RIGHT
            run = paragraph.add_run(text)
            run.font.size = Pt(9)
            run.bold = i == 0
            run.italic = i > 0 and table.rows[i - 1].style is RowStyle.HEAD
            if i == 0:
                _rule(row.cells[j], "top", 12)
                _rule(row.cells[j], "bottom", 6)
            if i - 1 == first_foot >= 0:
                _rule(row.cells[j], "top", 6)
            if i == len(table.rows):
                _rule(row.cells[j], "bottom", 12)
    _repeat_head(made.rows[0])
    for note in table.notes:
        run = document.add_paragraph().add_run(note)
        run.font.size = Pt(8)


def _rule(cell: Any, side: str, eighths: int) -> None:
    """A line at one side of a cell; python-docx has no word for it."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    properties = cell._tc.get_or_add_tcPr()
    borders = properties.find(qn("w:tcBorders"))
    if borders is None:
        borders = OxmlElement("w:tcBorders")
        properties.append(borders)
    line: Any = OxmlElement(f"w:{side}")
    for key, value in (("val", "single"), ("sz", str(eighths)), ("color", "000000")):
        line.set(qn(f"w:{key}"), value)
    borders.append(line)


def _repeat_head(row: Any) -> None:
    """The head stands again on each page that the table runs over."""
    from docx.oxml import OxmlElement

    row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
