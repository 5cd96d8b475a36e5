"""P117: two lists of shares that agree far better when two labels are swapped."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import combinations

from scslab.scheme import fields
from scslab.scheme.fields import FormReader
from scslab.scheme.kinds import TEXT
from scslab.scheme.shapes import map_of
from scslab.study.published.finding import COPY, Finding, Level, Note
from scslab.study.published.interval import show
from scslab.study.published.selection import NODE, TITLE, Book, Key, Quantity

CODE = "P117"
LEAST_GAIN = 20
"""Percentage points that a swap must bring two lists nearer to each other, in sum, to be told."""


class Form(fields.Form):
    """An entry of `labels`."""

    title = TITLE
    first = Key("first", map_of(TEXT, NODE), "shares by label", is_required=True)
    second = Key("second", map_of(TEXT, NODE), "shares by the same labels, of much the same people", is_required=True)


def find(form: FormReader, book: Book) -> Iterator[Finding | Note]:
    """Lists whose distance falls to a third or less when two labels of the first change places."""
    lists = [
        {name.text: book.quantity(node) for name, node in form.take(key, {}).items()}
        for key in (Form.first, Form.second)
    ]
    if any(quantity is None for each in lists for quantity in each.values()) or not lists[0]:
        return
    first, second = ({name: q for name, q in each.items() if q is not None} for each in lists)
    if set(first) != set(second):
        book.problems.error("Q610", "`first` and `second` need the same labels", form.place)
        return
    before = _measure(first, second)
    best = min(
        ((_measure(_swap(first, pair), second), pair) for pair in combinations(first, 2)), default=(before, ("", ""))
    )
    distance, (one, other) = best
    if before - distance < LEAST_GAIN or distance * 3 > before:
        return
    shares = "; ".join(f"{name}: {first[name].text} and {second[name].text}" for name in first)
    shows = (
        f"{shares}. The two lists are {show(before)} points apart in sum; with `{one}` and `{other}` swapped in the "
        f"first, {show(distance)}"
    )
    cannot = f"{COPY}; whether the two lists should be alike at all: a sample may miss its quota"
    cells = tuple(cell for each in (first, second) for quantity in each.values() for cell in quantity.cells)
    repair = f"`{one}` and `{other}` swapped in the first list"
    yield Finding(CODE, Level.ODDITY, cells, shows, cannot, repair, form.take(Form.title, ""))


def _swap(shares: dict[str, Quantity], pair: tuple[str, str]) -> dict[str, Quantity]:
    return shares | {pair[0]: shares[pair[1]], pair[1]: shares[pair[0]]}


def _measure(first: dict[str, Quantity], second: dict[str, Quantity]) -> Fraction:
    return sum((abs(first[name].interval.middle - second[name].interval.middle) for name in first), Fraction(0))
