"""P113: the steps of a quota table: population, norm, reduction, norm again, split."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from scslab.scheme import fields
from scslab.scheme.fields import FormReader, Kind
from scslab.scheme.kinds import TEXT, integer
from scslab.scheme.shapes import map_of
from scslab.scheme.yaml_tree import YamlText
from scslab.study.published.finding import COPY, Finding, Level, Note
from scslab.study.published.interval import Interval, add_up, show
from scslab.study.published.selection import NODE, TITLE, WORD, Book, Key, Quantity
from scslab.study.published.tables import Cell, PrintedTable

CODE = "P113"
_STEP: Kind[YamlText] = WORD


class Form(fields.Form):
    """An entry of `quota`."""

    title = TITLE
    table = Key("table", WORD, "the quota table, one row a cell", is_required=True)
    size = Key("size", integer(1), "what the norms add up to", is_required=True)
    population = Key("population", _STEP, "the column of the population figures", is_required=True)
    normalised = Key("normalised", _STEP, "the column of the population brought to `size`")
    rate = Key("rate", _STEP, "the column of the rates in percent (internet use)")
    reduced = Key("reduced", _STEP, "the column after multiplying with the rates")
    renormalised = Key("renormalised", _STEP, "the column brought to `size` again", is_required=True)
    split = Key("split", map_of(TEXT, NODE), "columns that split the last one, and their printed shares in percent")


@dataclass(frozen=True, slots=True)
class _Step:
    """A step: the printed cells, and each way of computing them, by name."""

    name: str
    cells: tuple[Cell, ...]
    ways: dict[str, list[Interval]]


def find(form: FormReader, book: Book) -> Iterator[Finding | Note]:
    """Cells that no way of rounding gives: from the unrounded figures, or from the printed step before."""
    table = book.find_table(form.take(Form.table, None))
    if table is None:
        return
    keys = (Form.population, Form.normalised, Form.rate, Form.reduced, Form.renormalised)
    columns: dict[str, tuple[Cell, ...]] = {}
    for key in keys:
        word = form.take(key, None)
        if word is None:
            continue
        if not book.check_column(table, word):
            return
        columns[key.name] = tuple(table.cell(index, word.text) for index in range(len(table.rows)))
        if not all(cell.is_number for cell in columns[key.name]):
            book.problems.error("Q606", f"the column `{word.text}` has cells without a number", word.place)
            return
    if "population" not in columns or "renormalised" not in columns:
        return
    size, title = form.take(Form.size, 1), form.take(Form.title, "")
    steps = _list_steps(columns, size)
    for step in steps:
        yield from _check_step(step, title)
    yield _tell_total(columns["renormalised"], size)
    exact = next(iter(steps[-1].ways.values()))
    splits = form.take(Form.split, dict[YamlText, object]())
    if splits and book.check_columns(table, splits):
        shares = {column.text: book.quantity(node) for column, node in form.take(Form.split, {}).items()}
        yield from _check_splits(table, columns["renormalised"], exact, shares, title)


def _list_steps(columns: dict[str, tuple[Cell, ...]], size: int) -> list[_Step]:
    population = [cell.interval for cell in columns["population"]]
    exact, printed = _normalise(population, size), None
    steps: list[_Step] = []
    if "normalised" in columns:
        steps.append(_Step("normalised", columns["normalised"], {"the population": exact}))
        printed = [_whole(cell) for cell in columns["normalised"]]
    if "rate" in columns:
        rates = [cell.interval / Interval.exactly(100) for cell in columns["rate"]]
        exact = [each * rate for each, rate in zip(exact, rates, strict=True)]
        ways = {"the unrounded step before": exact}
        if printed is not None:
            ways["the printed step before"] = [each * rate for each, rate in zip(printed, rates, strict=True)]
        if "reduced" in columns:
            steps.append(_Step("reduced", columns["reduced"], ways))
            printed = [_whole(cell) for cell in columns["reduced"]]
    ways = {"the unrounded step before": _normalise(exact, size)}
    if printed is not None:
        ways["the printed step before"] = _normalise(printed, size)
    steps.append(_Step("renormalised", columns["renormalised"], ways))
    return steps


def _whole(cell: Cell) -> Interval:
    """The printed number itself, for a step that went on from it."""
    return Interval.exactly(cell.interval.middle)


def _normalise(values: Sequence[Interval], size: int) -> list[Interval]:
    """Brings numbers to a sum; each is divided by itself plus the others, so that the interval is exact."""
    found: list[Interval] = []
    for index, value in enumerate(values):
        others = add_up(each for position, each in enumerate(values) if position != index)
        low = value.low / (value.low + others.high) if value.low + others.high else Fraction(0)
        high = value.high / (value.high + others.low) if value.high + others.low else Fraction(0)
        found.append(Interval(low * size, high * size))
    return found


def _fits(cell: Cell, value: Interval) -> bool:
    """Whether a number may have been rounded to the cell."""
    return Interval.of_printed(cell.text).meets(value)


def _check_step(step: _Step, title: str) -> Iterator[Finding]:
    for index, cell in enumerate(step.cells):
        if any(_fits(cell, way[index]) for way in step.ways.values()):
            continue
        told = "; ".join(f"{way[index].middle.__float__():.2f} from {name}" for name, way in step.ways.items())
        nearest = next(iter(step.ways.values()))[index].middle
        shows = f"`{step.name}`: {told}, and {cell.text} is printed"
        cannot = f"{COPY}; whether another figure went in than the printed one"
        yield Finding(
            CODE, Level.CONTRADICTION, (cell,), shows, cannot, f"{round(nearest)} instead of {cell.text}", title
        )


def _tell_total(cells: tuple[Cell, ...], size: int) -> Note:
    total = sum((cell.interval.middle for cell in cells), Fraction(0))
    text = f"`{cells[0].table}`: the last norm adds up to {show(total)} of {size:,}"
    if total != size:
        text += "; rounding each cell by itself does that, and the method of largest remainders would not"
    return Note(CODE, text, cells)


def _check_splits(
    table: PrintedTable,
    wholes: tuple[Cell, ...],
    exact: list[Interval],
    shares: dict[str, Quantity | None],
    title: str,
) -> Iterator[Finding | Note]:
    implied: dict[str, Interval] = {}
    for column, share in shares.items():
        if share is None:
            return
        low, high = Fraction(0), Fraction(100)
        cells = tuple(table.cell(index, column) for index in range(len(table.rows)))
        for cell, whole, unrounded in zip(cells, wholes, exact, strict=True):
            base = Interval(min(unrounded.low, whole.interval.middle), max(unrounded.high, whole.interval.middle))
            span = Interval.of_printed(cell.text) * Interval.exactly(100) / base
            low, high = max(low, span.low), min(high, span.high)
        rounded = Interval.of_printed(share.text) if not share.cells and "." not in share.text else share.interval
        implied[column] = Interval(low, high)
        if low > high or not rounded.meets(Interval(low, high)):
            if low > high:
                shows = f"no single share gives all {len(cells)} cells of `{column}`"
            else:
                span = f"{float(low):.2f} to {float(high):.2f} %"
                shows = f"the cells of `{column}` imply {span}; printed is {share.text} %"
            cannot = f"{COPY}; whether the split was the same in every row"
            repair = "the share printed with its decimals" if low <= high else "the cells computed anew from one share"
            yield Finding(CODE, Level.TENSION, (*cells, *share.cells), shows, cannot, repair, title)
    told = "; ".join(f"`{column}` {float(span.middle):.2f} %" for column, span in implied.items())
    yield Note(CODE, f"`{table.id}`: the split cells imply these shares: {told}", wholes)
    for index, whole in enumerate(wholes):
        cells = tuple(table.cell(index, column) for column in shares)
        total = sum((cell.interval.middle for cell in cells), Fraction(0))
        # Each part may be off by half, and the whole too.
        if abs(total - whole.interval.middle) > Fraction(len(cells) + 1, 2):
            shows = f"the parts add up to {show(total)}, and {whole.text} is printed; rounding does not explain it"
            cannot = f"{COPY}; whether all regions are listed"
            yield Finding(CODE, Level.CONTRADICTION, (*cells, whole), shows, cannot, "one of the parts", title)
