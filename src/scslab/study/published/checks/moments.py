"""P111: can `n` answers on a scale of whole numbers have this mean (GRIM) and this deviation (GRIMMER)?

Sources: `brown2017` (GRIM), `anaya2016` (GRIMMER).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

from scslab.scheme import fields
from scslab.scheme.fields import FormReader
from scslab.scheme.kinds import INTEGER, integer
from scslab.scheme.shapes import list_of
from scslab.scheme.yaml_tree import YamlText
from scslab.study.published.finding import COPY, Finding, Level, Note
from scslab.study.published.interval import Interval, count_decimals
from scslab.study.published.selection import NODE, OF, TITLE, WORD, Book, Key
from scslab.study.published.tables import Cell, ColumnKind

CODE = "P111"
MOST_TOTALS = 2_000
"""With more totals than this behind a printed mean, every deviation is possible, and none is looked at."""


class Form(fields.Form):
    """An entry of `moments`."""

    of, title = OF, TITLE
    deviation = Key("deviation", WORD, "the column of the standard deviations")
    n = Key("n", NODE, "the number of answers")
    scale = Key("scale", list_of(INTEGER, 2), "the lowest and the highest answer, whole numbers", is_required=True)
    items = Key("items", integer(1, 1000), "the number of questions that each person's value is the mean of; 1")


@dataclass(frozen=True, slots=True)
class _Case:
    """A printed mean with what is known of its answers."""

    mean: Cell
    deviation: Cell | None
    n: int
    low: int
    high: int
    items: int
    title: str


def find(form: FormReader, book: Book) -> Iterator[Finding | Note]:
    """Means outside their scale or impossible at n, and deviations that no such answers have."""
    cells, name = book.select(form.node(Form.of)), form.take(Form.deviation, None)
    base = book.quantity(form.node(Form.n)) if form.has(Form.n) else None
    scale = form.take(Form.scale, ())
    if not cells or (name is not None and not book.check_column(book.tables[cells[0].table], name)):
        return
    if len(scale) != 2 or scale[0] >= scale[1]:
        if form.has(Form.scale):
            book.problems.error("Q611", "`scale` needs two ascending whole numbers", form.place_of(Form.scale))
        return
    for cell in cells:
        n = 0 if base is None else int(base.interval.middle)
        case = _Case(
            cell, _find_deviation(cell, name, book), n, *scale, form.take(Form.items, 1), form.take(Form.title, "")
        )
        if cell.kind is ColumnKind.WEIGHTED or n < 1:
            yield from _check_bounds(case)
        else:
            yield from _check_counts(case)


def _find_deviation(cell: Cell, name: YamlText | None, book: Book) -> Cell | None:
    if name is None:
        return None
    table = book.tables[cell.table]
    index = next(i for i, (line, _) in enumerate(table.rows) if line == cell.place.line)
    found = table.cell(index, name.text)
    return found if found.is_number else None


def _check_bounds(case: _Case) -> Iterator[Finding]:
    """What holds of any weights: mean on the scale, deviation at most that of answers at its two ends."""
    mean = case.mean.interval
    if mean.high < case.low or mean.low > case.high:
        yield _tell(case, f"the mean {case.mean.text} is off the scale {case.low} to {case.high}", "a mean on it")
        return
    if case.deviation is None or case.items > 1:
        return
    factor = Fraction(case.n, case.n - 1) if case.n > 1 else Fraction(2)
    spreads = [(m - case.low) * (case.high - m) for m in _list_points(mean, case)]
    least = min(spreads) if case.high - case.low == 1 else Fraction(0)
    square = _square(case.deviation.interval)
    if not square.meets(Interval(max(least, Fraction(0)), max(spreads) * factor)):
        which = "is" if case.high - case.low == 1 else "is at most"
        bound = float(max(spreads)) ** 0.5
        shows = (
            f"with the mean {case.mean.text} on the scale {case.low} to {case.high} the deviation {which} {bound:.4f}"
        )
        yield _tell(case, f"{shows}, and {case.deviation.text} is printed", _round(bound, case.deviation))


def _list_points(mean: Interval, case: _Case) -> list[Fraction]:
    """Where (m − low)(high − m) is least or greatest for a mean in its interval."""
    low, high = Fraction(case.low), Fraction(case.high)
    points = [min(max(mean.low, low), high), min(max(mean.high, low), high)]
    centre = (low + high) / 2
    return [*points, centre] if mean.holds(centre) else points


def _square(deviation: Interval) -> Interval:
    return Interval(max(deviation.low, Fraction(0)) ** 2, deviation.high**2)


def _round(value: float, like: Cell) -> str:
    return f"{value:.{count_decimals(like.text)}f}"


def _check_counts(case: _Case) -> Iterator[Finding]:
    grains, mean = case.n * case.items, case.mean.interval
    totals = range(
        max(ceil(mean.low * grains), case.low * grains), min(floor(mean.high * grains), case.high * grains) + 1
    )
    if not totals:
        decimals = count_decimals(case.mean.text)
        below = floor(mean.middle * grains)
        near = " and ".join(f"{float(Fraction(total, grains)):.{decimals}f}" for total in (below, below + 1))
        shows = f"no {case.n:,} answers on the scale {case.low} to {case.high} have the mean {case.mean.text}"
        yield _tell(case, shows, f"{near} are the nearest means, or another n")
        return
    if case.deviation is None or case.items > 1 or len(totals) > MOST_TOTALS or case.n < 2:
        return
    if not any(_has_squares(case, total, divisor) for total in totals for divisor in (case.n - 1, case.n)):
        shows = (
            f"no {case.n:,} answers on the scale {case.low} to {case.high} with the mean {case.mean.text} have the "
            f"standard deviation {case.deviation.text}, whether divided by n or by n − 1"
        )
        yield _tell(case, shows, "another standard deviation, or another n")


def _has_squares(case: _Case, total: int, divisor: int) -> bool:
    """Whether some sum of squares goes with the total, the deviation, the parity and the ends of the scale."""
    assert case.deviation is not None  # noqa: S101 - the caller looked
    square, shift = _square(case.deviation.interval), Fraction(total * total, case.n)
    low, high = ceil(square.low * divisor + shift), floor(square.high * divisor + shift)
    least, most = span_squares(total, case.n, case.low, case.high)
    low, high = max(low, least), min(high, most)
    # A whole number and its square are both odd or both even, and so are their sums.
    low += (low - total) % 2
    return low <= high


def span_squares(total: int, n: int, low: int, high: int) -> tuple[int, int]:
    """The least and the greatest sum of squares of `n` whole numbers from `low` to `high` with the sum `total`.

    Example:
        >>> span_squares(7, 3, 1, 5)    # 2, 2, 3 and 1, 1, 5
        (17, 27)
    """
    middle, above = divmod(total, n)
    least = (n - above) * middle**2 + above * (middle + 1) ** 2
    at_top, rest = divmod(total - n * low, high - low)
    most = at_top * high**2
    if at_top < n:
        most += (low + rest) ** 2 + (n - at_top - 1) * low**2
    return least, most


def _tell(case: _Case, shows: str, repair: str) -> Finding:
    cells = (case.mean,) if case.deviation is None else (case.mean, case.deviation)
    cannot = f"{COPY}; whether n is smaller for this line, or answers were weighted or imputed"
    level = Level.CONTRADICTION if case.mean.kind is ColumnKind.WEIGHTED or case.n < 1 else Level.TENSION
    return Finding(CODE, level, cells, shows, cannot, repair, case.title)
