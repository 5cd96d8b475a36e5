"""P107: shares that exclude each other cannot add up to more than the whole."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from scslab.scheme import fields
from scslab.scheme.fields import FormReader
from scslab.scheme.shapes import list_of
from scslab.study.published.finding import COPY, Finding, Level, Note
from scslab.study.published.interval import add_up, show
from scslab.study.published.selection import NODE, TITLE, Book, Key

CODE = "P107"


class Form(fields.Form):
    """An entry of `exclusive`."""

    title = TITLE
    shares = Key("shares", list_of(NODE), "the shares: each a selection or a number", is_required=True)
    at_most = Key("at_most", NODE, "the whole; 100 by default")


def find(form: FormReader, book: Book) -> Iterator[Finding | Note]:
    """Exclusive shares whose least possible sum is above the whole."""
    shares = [book.quantity(node) for node in form.take(Form.shares, ())]
    whole = book.quantity(form.node(Form.at_most)) if form.has(Form.at_most) else None
    known = [share for share in shares if share is not None]
    if len(known) < len(shares) or not known:
        return
    most = whole.interval.high if whole is not None else 100
    total = add_up(share.interval for share in known)
    if total.low <= most:
        return
    sums = " + ".join(share.text for share in known)
    middle = sum((share.interval.middle for share in known), start=known[0].interval.middle * 0)
    shows = (
        f"{sums} = {show(middle)}, at least {show(total.low)} before rounding, for answers that exclude each other "
        f"and have {show(Fraction(most))} at most"
    )
    cannot = f"{COPY}; whether the shares have different bases, or the answers do not exclude each other after all"
    over = total.low - most
    repair = (
        f"one of the shares lower by at least {show(over)}, or a base named for each: a share of fewer respondents "
        "(without those who do not know, say) must not stand beside shares of all"
    )
    cells = tuple(cell for share in known for cell in share.cells)
    yield Finding(CODE, Level.CONTRADICTION, cells, shows, cannot, repair, form.take(Form.title, ""))
