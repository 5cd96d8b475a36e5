"""P106: numbers that are printed twice, or that follow from others, must agree."""

from __future__ import annotations

from collections.abc import Iterator

from scslab.scheme import fields
from scslab.scheme.fields import FormReader
from scslab.scheme.kinds import TEXT
from scslab.study.published.finding import COPY, Finding, Level, Note
from scslab.study.published.interval import show
from scslab.study.published.repair import find_edits
from scslab.study.published.selection import NODE, TITLE, WORD, Book, Key, Quantity
from scslab.study.published.tables import Cell

CODE = "P106"


class Form(fields.Form):
    """An entry of `twice`."""

    title = TITLE
    first = Key("first", NODE, "a number, a selection, or {plus: […], minus: […]}", is_required=True)
    second = Key("second", NODE, "what it must agree with", is_required=True)
    assuming = Key("assuming", TEXT, "what must hold for both to be the same: a difference is then a tension only")
    match = Key("match", WORD, "compare cell by cell: the column whose text pairs the rows of both selections")


def find(form: FormReader, book: Book) -> Iterator[Finding | Note]:
    """Pairs whose rounding intervals do not meet."""
    title, assuming = form.take(Form.title, ""), form.take(Form.assuming, "")
    for first, second in _list_pairs(form, book):
        if not first.interval.meets(second.interval):
            yield _tell(first, second, assuming, title)


def _list_pairs(form: FormReader, book: Book) -> list[tuple[Quantity, Quantity]]:
    match = form.take(Form.match, None)
    if match is None:
        first, second = book.quantity(form.node(Form.first)), book.quantity(form.node(Form.second))
        return [(first, second)] if first and second else []
    left, right = book.select(form.node(Form.first)), book.select(form.node(Form.second))
    if not left or not right:
        return []
    if [c for c in (left, right) if not book.check_column(book.tables[c[0].table], match)]:
        return []
    others = {cell.label(match.text): cell for cell in right}
    pairs = [(cell, others[cell.label(match.text)]) for cell in left if cell.label(match.text) in others]
    if not pairs:
        book.problems.error("Q607", f"no two rows have the same `{match.text}`", match.place)
    return [(_as_quantity(a), _as_quantity(b)) for a, b in pairs]


def _as_quantity(cell: Cell) -> Quantity:
    return Quantity(cell.interval, (cell,), cell.text)


def _tell(first: Quantity, second: Quantity, assuming: str, title: str) -> Finding:
    shows = f"{_show(first)} and {_show(second)} should be the same number, and no rounding makes them so"
    shows = f"assuming that {assuming}: {shows}" if assuming else shows
    level = Level.TENSION if assuming else Level.CONTRADICTION
    cannot = f"{COPY}; which of the two is right; whether both are meant of the same respondents"
    edits = [*_list_edits(first, second), *_list_edits(second, first)]
    repair = "one digit: " + "; ".join(edits[:6]) if edits else "none that changes a single digit"
    return Finding(CODE, level, (*first.cells, *second.cells), shows, cannot, repair, title)


def _show(quantity: Quantity) -> str:
    """The number with its sum where it is one, and its place."""
    where = f" ({quantity.cells[0].name})" if quantity.cells else ""
    is_sum = " " in quantity.text
    return f"{quantity.text}{f' = {show(quantity.interval.middle)}' if is_sum else ''}{where}"


def _list_edits(changed: Quantity, other: Quantity) -> list[str]:
    """One-slip edits of a single cell that agrees with the other number."""
    if len(changed.cells) != 1 or " " in changed.text:
        return []
    cell = changed.cells[0]
    fits: list[str] = find_edits(cell, lambda value: value.meets(other.interval))
    return [f"{cell.text} as {text} ({cell.name})" for text in fits]
