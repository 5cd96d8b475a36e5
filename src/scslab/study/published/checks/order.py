"""P116: cut points ascend, and a part is not larger than its whole."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from scslab.scheme import fields
from scslab.scheme.fields import FormReader
from scslab.study.published.finding import COPY, Finding, Level, Note
from scslab.study.published.selection import EACH, NODE, TITLE, Book, Key

CODE = "P116"


class Form(fields.Form):
    """An entry of `order`."""

    each, title = EACH, TITLE
    of = Key("of", NODE, "the numbers that ascend, in the order of the table (cut points)", is_required=True)
    at_most = Key("at_most", NODE, "what none of them may exceed; then their own order does not matter")


def find(form: FormReader, book: Book) -> Iterator[Finding | Note]:
    """Neighbours that descend, or numbers above a bound."""
    title = form.take(Form.title, "")
    bound = book.quantity(form.node(Form.at_most)) if form.has(Form.at_most) else None
    for cells in book.groups(form, Form.of, Form.each):
        if form.has(Form.at_most):
            for cell in cells:
                if bound is not None and cell.interval.low > bound.interval.high:
                    shows = f"{cell.text} is more than {bound.text}, which it cannot exceed"
                    cannot = f"{COPY}; which of the two is right"
                    repair = f"at most {bound.text}, or a larger bound"
                    yield Finding(CODE, Level.CONTRADICTION, (cell, *bound.cells), shows, cannot, repair, title)
            continue
        for first, second in pairwise(cells):
            if first.interval.low > second.interval.high:
                shows = f"{first.text} stands before {second.text}: they must ascend"
                repair = "the two in the other order, or the sign of one of them"
                yield Finding(CODE, Level.CONTRADICTION, (first, second), shows, COPY, repair, title)
