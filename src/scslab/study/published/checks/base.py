"""P102: which numbers of respondents make a block of percentages possible?"""

from __future__ import annotations

from collections.abc import Iterator

from scslab.scheme import fields
from scslab.scheme.fields import FormReader
from scslab.scheme.kinds import FLAG, integer
from scslab.study.published.checks.percentages import note_weighted
from scslab.study.published.counts import LARGEST_BASE, find_bases, possible_counts
from scslab.study.published.finding import COPY, Finding, Level, Note
from scslab.study.published.interval import Interval
from scslab.study.published.repair import list_edits, read_edit
from scslab.study.published.selection import EACH, NODE, OF, TITLE, Book, Key, Quantity
from scslab.study.published.tables import Cell, ColumnKind

CODE = "P102"


class Form(fields.Form):
    """An entry of `base`."""

    of, each, title = OF, EACH, TITLE
    largest = Key("largest", integer(1, LARGEST_BASE), "all respondents: no base is larger", is_required=True)
    partition = Key("partition", FLAG, "whether each respondent gave exactly one of the answers; true by default")
    n = Key("n", NODE, "the base that is printed for this block")


def find(form: FormReader, book: Book) -> Iterator[Finding | Note]:
    """Blocks that no base makes possible, or only another base than the printed one; else the possible bases."""
    largest, is_partition = form.take(Form.largest, 1), form.take(Form.partition, True)
    stated = book.quantity(form.node(Form.n)) if form.has(Form.n) else None
    title = form.take(Form.title, "")
    for cells in book.groups(form, Form.of, Form.each):
        if any(cell.kind is ColumnKind.WEIGHTED for cell in cells):
            yield note_weighted(CODE, cells)
            continue
        bases = find_bases([cell.interval for cell in cells], largest, is_partition=is_partition).found
        if not bases:
            yield _tell_none(cells, largest, is_partition, title)
        elif stated is not None and int(stated.interval.middle) not in bases:
            yield _tell_other(cells, stated, bases, title)
        else:
            yield _imply(cells, bases, largest)


def _name(cells: tuple[Cell, ...]) -> str:
    return cells[0].row.rsplit(" / ", 1)[0]


def _imply(cells: tuple[Cell, ...], bases: tuple[int, ...], largest: int) -> Note:
    if len(bases) == 1:
        text = f"`{_name(cells)}`: the only base up to {largest:,} is {bases[0]:,}"
    elif len(bases) <= 12:
        text = f"`{_name(cells)}`: possible bases up to {largest:,} are {', '.join(str(base) for base in bases)}"
    else:
        has = "is" if largest in bases else "is not"
        text = f"`{_name(cells)}`: {len(bases)} bases up to {largest:,} are possible; {largest:,} {has} one of them"
    return Note(CODE, text, cells)


def _tell_other(cells: tuple[Cell, ...], stated: Quantity, bases: tuple[int, ...], title: str) -> Finding:
    n = int(stated.interval.middle)
    wrong = tuple(cell for cell in cells if not possible_counts(cell.interval, n)) or cells
    listed = ", ".join(str(base) for base in bases[:8]) + (" and more" if len(bases) > 8 else "")
    where = f" (`{stated.cells[0].name}`)" if stated.cells else ""
    shows = f"these percentages cannot have the base {n:,}{where}; possible: {listed}"
    cannot = (
        f"{COPY}; whether {n:,} or the percentages are at fault, or both are right of different groups of respondents"
    )
    nearest = min(bases, key=lambda base: abs(base - n))
    repair = f"the base {nearest:,} instead of {n:,}" + (" (the only one)" if len(bases) == 1 else " (the nearest one)")
    return Finding(CODE, Level.CONTRADICTION, (*wrong, *stated.cells), shows, cannot, repair, title)


def _tell_none(cells: tuple[Cell, ...], largest: int, is_partition: bool, title: str) -> Finding:
    whole = " with counts that add up to it" if is_partition else ""
    shows = f"no number of respondents up to {largest:,} makes all {len(cells)} percentages possible{whole}"
    cannot = f"{COPY}; percentages cut instead of rounded, or lines with bases of their own"
    edits = _list_block_edits(cells, largest, is_partition)
    if edits:
        told = "; ".join(f"{cell.text} as {text} (`{cell.row}`), base {base:,}" for cell, text, base in edits[:4])
        repair = "one digit makes the block possible: " + told + (" …" if len(edits) > 4 else "")
    else:
        repair = "none that changes a single digit"
    return Finding(CODE, Level.CONTRADICTION, cells, shows, cannot, repair, title)


def _list_block_edits(cells: tuple[Cell, ...], largest: int, is_partition: bool) -> list[tuple[Cell, str, int]]:
    """One-slip edits under which all respondents, or else the largest base, make the block possible."""
    found: list[tuple[Cell, str, int]] = []
    for index, cell in enumerate(cells):
        for text in list_edits(cell.text):
            if text.startswith("-"):
                continue
            intervals: list[Interval] = [each.interval for each in cells]
            intervals[index] = read_edit(cell, text)
            if is_partition and not _can_sum(intervals):
                continue
            bases = find_bases(intervals, largest, is_partition=is_partition).found
            if bases:
                found.append((cell, text, bases[-1]))
    # A repair that keeps all respondents as the base needs no further story.
    whole = [each for each in found if each[2] == largest]
    return whole or found


def _can_sum(intervals: list[Interval]) -> bool:
    return sum(each.low for each in intervals) <= 100 <= sum(each.high for each in intervals)
