"""P103: do the lines of a block add up to what they must?"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from scslab.scheme import fields
from scslab.scheme.fields import FormReader
from scslab.study.published.counts import possible_counts
from scslab.study.published.finding import COPY, Finding, Level, Note
from scslab.study.published.interval import Interval, add_up, count_decimals, show
from scslab.study.published.repair import find_edits
from scslab.study.published.selection import EACH, NODE, OF, TITLE, Book, Key, Quantity
from scslab.study.published.tables import Cell, ColumnKind

CODE = "P103"


class Form(fields.Form):
    """An entry of `sums`."""

    of, each, title = OF, EACH, TITLE
    to = Key("to", NODE, "what each block adds up to; 100 by default")
    n = Key("n", NODE, "the number of respondents, if it is known: repairs must be possible with it")


def find(form: FormReader, book: Book) -> Iterator[Finding | Note]:
    """Blocks whose lines cannot add up, whatever the digits were that rounding dropped."""
    hundred = Quantity(Interval.exactly(100), (), "100")
    target = book.quantity(form.node(Form.to)) if form.has(Form.to) else hundred
    base = book.quantity(form.node(Form.n)) if form.has(Form.n) else None
    n = 0 if base is None else int(base.interval.middle)
    for cells in book.groups(form, Form.of, Form.each):
        if target is not None and not add_up(cell.interval for cell in cells).meets(target.interval):
            yield _tell(cells, target, (n, _find_filler(cells, target.interval, book)), form.take(Form.title, ""))


def _tell(cells: tuple[Cell, ...], target: Quantity, known: tuple[int, str], title: str) -> Finding:
    total = add_up(cell.interval for cell in cells)
    printed = sum((cell.interval.middle for cell in cells), start=cells[0].interval.middle * 0)
    off = printed - target.interval.middle
    slack = (total.high - total.low) / 2
    decimals = max(count_decimals(cell.text) for cell in cells)
    shows = (
        f"the {len(cells)} lines add up to {float(printed):.{decimals}f}, not {target.text}: {show(abs(off))} too "
        f"{'much' if off > 0 else 'little'}, where rounding explains at most {show(slack)}"
    )
    cannot = (
        f"{COPY}; which of the lines it is, if it is one; whether the block lacks a line, has one too many, or mixes "
        "two bases"
    )
    repair = _propose(cells, target.interval, known[0]) + known[1]
    return Finding(CODE, Level.CONTRADICTION, (*cells, *target.cells), shows, cannot, repair, title)


def _find_filler(cells: tuple[Cell, ...], target: Interval, book: Book) -> str:
    """The only printed cell of the same kind, outside the block, that would fill a gap; "" where there is none."""
    gap = target - add_up(cell.interval for cell in cells)
    if gap.low <= 0 or gap.high - gap.low > Fraction(1, 20):
        return ""
    fitting = [
        cell
        for table in book.tables.values()
        for column, kind in table.kinds.items()
        if kind is cells[0].kind
        for index in range(len(table.rows))
        if (cell := table.cell(index, column)).text and cell.interval.meets(gap) and _is_as_fine(cell, cells)
    ]
    return f"; {fitting[0].text}, printed as `{fitting[0].name}`, would fill the gap" if len(fitting) == 1 else ""


def _is_as_fine(cell: Cell, cells: tuple[Cell, ...]) -> bool:
    """Whether a cell is no line of the block, and printed with as many decimals."""
    return cell not in cells and count_decimals(cell.text) >= count_decimals(cells[0].text)


def _propose(cells: tuple[Cell, ...], target: Interval, n: int) -> str:
    has_counts = n > 0 and all(cell.kind is ColumnKind.PERCENT for cell in cells)
    found: list[tuple[Cell, str]] = []
    for cell in cells:
        others = add_up(each.interval for each in cells if each is not cell)
        found += [(cell, text) for text in find_edits(cell, lambda value, o=others: (o + value).meets(target))]
    possible = [(cell, text) for cell, text in found if possible_counts(Interval.of_printed(text), n)]
    told = "; ".join(f"{cell.text} as {text} (`{cell.row}`)" for cell, text in (possible if has_counts else found))
    if not found:
        return "none that changes a single digit; a line may be missing"
    if not has_counts:
        return f"one digit: {told}"
    if not possible:
        listed = "; ".join(f"{cell.text} as {text}" for cell, text in found)
        return f"none that {n:,} respondents allow; without that, one digit: {listed}"
    tested = f"; of {len(found)} such changes {len(possible)} can come from {n:,} respondents"
    return f"one digit: {told}{tested}"
