"""P101: can `n` respondents make these percentages (GRIM)?"""

from __future__ import annotations

from collections.abc import Iterator

from scslab.scheme import fields
from scslab.scheme.fields import FormReader
from scslab.study.published.counts import find_bases, nearest_percents, possible_counts
from scslab.study.published.finding import COPY, Finding, Level, Note, list_some
from scslab.study.published.interval import Interval, count_decimals
from scslab.study.published.repair import find_edits
from scslab.study.published.selection import EACH, NODE, OF, TITLE, Book, Key
from scslab.study.published.tables import Cell, ColumnKind

CODE = "P101"


class Form(fields.Form):
    """An entry of `percentages`."""

    of, each, title = OF, EACH, TITLE
    n = Key("n", NODE, "the number of respondents: a number, or a selection of one count", is_required=True)


def find(form: FormReader, book: Book) -> Iterator[Finding | Note]:
    """Percentages that no count of `n` respondents rounds to."""
    base = book.quantity(form.node(Form.n))
    title = form.take(Form.title, "")
    for cells in book.groups(form, Form.of, Form.each):
        if base is None or base.interval.low != base.interval.high or base.interval.middle < 1:
            if base is not None:
                book.problems.error("Q608", "`n` must be one whole number above 0", form.place_of(Form.n))
            return
        n = int(base.interval.middle)
        if any(cell.kind is ColumnKind.WEIGHTED for cell in cells):
            yield note_weighted(CODE, cells)
            continue
        wrong = [cell for cell in cells if not _is_possible(cell, n)]
        if len(wrong) == len(cells) or len(wrong) > 2:
            yield _tell_base(cells, wrong, n, title)
        else:
            for cell in wrong:
                yield _tell_cell(cell, n, title)


def note_weighted(code: str, cells: tuple[Cell, ...]) -> Note:
    """The note that weighted percentages say nothing about counts."""
    text = (
        f"`{cells[0].table}`, column `{cells[0].column}`: weighted percentages need not be counts over n, so this "
        "check can neither confirm nor refuse them"
    )
    return Note(code, text, cells, is_limit=True)


def _is_possible(cell: Cell, n: int) -> bool:
    return len(possible_counts(cell.interval, n)) > 0


def _tell_cell(cell: Cell, n: int, title: str) -> Finding:
    decimals = count_decimals(cell.text)
    near = " and ".join(nearest_percents(cell.interval, n, decimals))
    edits = find_edits(cell, lambda interval: interval.high <= 100 and len(possible_counts(interval, n)) > 0)
    shows = f"no count of {n:,} respondents rounds to {cell.text} %; the nearest that exist are {near}"
    repair = f"another base than {n:,} for this line, or one digit: {list_some(edits)}" if edits else "another base"
    cannot = f"{COPY}; whether the line has its own base (missing answers); percentages cut instead of rounded"
    return Finding(CODE, Level.TENSION, (cell,), shows, cannot, repair, title)


def _tell_base(cells: tuple[Cell, ...], wrong: list[Cell], n: int, title: str) -> Finding:
    intervals: list[Interval] = [cell.interval for cell in cells]
    bases = find_bases(intervals, n, is_partition=False)
    listed = list_some(cell.text for cell in wrong)
    shows = f"{len(wrong)} of {len(cells)} percentages cannot come from {n:,} respondents: {listed}"
    repair = f"name the base of this block; all its percentages exist with: {bases.tell()}"
    cannot = "which base was meant, where several are possible; percentages cut instead of rounded"
    return Finding(CODE, Level.TENSION, tuple(wrong), shows, cannot, repair, title)
