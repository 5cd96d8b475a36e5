"""P108: a union is at least its largest part and at most the sum of its parts; so are its overlaps bounded."""

from __future__ import annotations

from collections.abc import Iterator

from scslab.scheme import fields
from scslab.scheme.fields import FormReader
from scslab.scheme.shapes import list_of
from scslab.study.published.finding import COPY, Finding, Level, Note
from scslab.study.published.interval import add_up, show
from scslab.study.published.selection import NODE, TITLE, Book, Key, Quantity

CODE = "P108"


class Form(fields.Form):
    """An entry of `overlap`."""

    title = TITLE
    union = Key("union", NODE, "the share (or count) that has at least one of the parts", is_required=True)
    parts = Key("parts", list_of(NODE), "the shares (or counts) of the parts", is_required=True)
    both = Key("both", NODE, "of two parts, what has both")


def find(form: FormReader, book: Book) -> Iterator[Finding | Note]:
    """Unions outside what their parts allow (the bounds of Boole and Fréchet)."""
    union = book.quantity(form.node(Form.union))
    both = book.quantity(form.node(Form.both)) if form.has(Form.both) else None
    read = [book.quantity(node) for node in form.take(Form.parts, ())]
    parts = [part for part in read if part is not None]
    if union is None or not parts or len(parts) < len(read):
        return
    cells = (*union.cells, *(cell for part in parts for cell in part.cells), *(both.cells if both else ()))
    for shows, repair in _list_breaches(union, parts, both):
        cannot = f"{COPY}; whether all of them have the same base"
        yield Finding(CODE, Level.CONTRADICTION, cells, shows, cannot, repair, form.take(Form.title, ""))


def _list_breaches(union: Quantity, parts: list[Quantity], both: Quantity | None) -> Iterator[tuple[str, str]]:
    largest = max(parts, key=lambda part: part.interval.low)
    total = add_up(part.interval for part in parts)
    if largest.interval.low > union.interval.high:
        yield (
            f"a part ({largest.text}) is larger than the whole it belongs to ({union.text})",
            f"{union.text} at least {show(largest.interval.low)}, or a base named for each",
        )
    if union.interval.low > total.high:
        sums = " + ".join(part.text for part in parts)
        yield (
            f"the parts {sums} = {show(total.middle)} cannot make up {union.text}, even without any overlap",
            f"some part higher by at least {show(union.interval.low - total.high)}, or a base named for each",
        )
    if both is None or len(parts) != 2:
        return
    if both.interval.low > min(part.interval.high for part in parts):
        yield f"the overlap {both.text} is larger than one of the two parts", "the overlap, or the smaller part"
    if (total - both.interval).low > union.interval.high:
        sums = f"{parts[0].text} + {parts[1].text} − {both.text} = {show((total - both.interval).middle)}"
        yield (
            f"{sums} have at least one of the two, more than {union.text}",
            f"the overlap higher by at least {show((total - both.interval).low - union.interval.high)}",
        )
