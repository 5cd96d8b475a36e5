"""P105: VIF is one over tolerance."""

from __future__ import annotations

from collections.abc import Iterator

from scslab.scheme import fields
from scslab.scheme.fields import FormReader
from scslab.scheme.yaml_tree import YamlText
from scslab.study.published.finding import COPY, Finding, Level, Note
from scslab.study.published.repair import find_edits
from scslab.study.published.selection import OF, TITLE, WORD, Book, Key

CODE = "P105"


class Form(fields.Form):
    """An entry of `tolerance`."""

    of, title = OF, TITLE
    vif = Key("vif", WORD, "the column of the variance inflation factors", is_required=True)


def find(form: FormReader, book: Book) -> Iterator[Finding | Note]:
    """Pairs whose product cannot be 1, tolerances outside 0 to 1."""
    cells = book.select(form.node(Form.of))
    name = form.take(Form.vif, YamlText("", True, form.place))
    if not cells or not book.check_column(book.tables[cells[0].table], name):
        return
    table = book.tables[cells[0].table]
    for cell in cells:
        index = next(i for i, (line, _) in enumerate(table.rows) if line == cell.place.line)
        vif = table.cell(index, name.text)
        if not vif.is_number or (cell.interval * vif.interval).holds(1):
            continue
        inverse = f"{float(1 / cell.interval.middle):.3f}" if cell.interval.middle else "no number"
        shows = f"1 / {cell.text} is {inverse}, and {vif.text} is printed; their product cannot be 1"
        edits = [f"tolerance {text}" for text in find_edits(cell, lambda x, v=vif: (x * v.interval).holds(1))]
        edits += [f"VIF {text}" for text in find_edits(vif, lambda x, c=cell: (x * c.interval).holds(1))]
        repair = "one digit: " + ", ".join(edits) if edits else f"VIF {inverse}, if the tolerance is right"
        cannot = f"{COPY}; which of the two is right"
        yield Finding(CODE, Level.CONTRADICTION, (cell, vif), shows, cannot, repair, form.take(Form.title, ""))
