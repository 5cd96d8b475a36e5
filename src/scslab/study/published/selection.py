"""Which cells a check is about: selections in the audit file, and the sums that are made of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypeVar

from scslab.scheme.fields import Form, FormReader, Key, Kind, describe, form_of, read_form
from scslab.scheme.kinds import TEXT, is_number_text
from scslab.scheme.problem_list import Problems, shorten, suggest
from scslab.scheme.shapes import list_of, map_of
from scslab.scheme.yaml_tree import YamlList, YamlMap, YamlNode, YamlText
from scslab.study.published.interval import Interval, add_up, show
from scslab.study.published.tables import Cell, ColumnKind, PrintedTable

T = TypeVar("T")


def _read_word(node: YamlNode, problems: Problems) -> YamlText | None:
    if isinstance(node, YamlText) and not node.is_null:
        return node
    problems.shared("007", f"a name must stand here, not {describe(node)}", node.place)
    return None


WORD: Kind[YamlText] = Kind("a name", _read_word, TEXT.schema)
"""A name of the file, with its place."""


def _read_words(node: YamlNode, problems: Problems) -> tuple[YamlText, ...] | None:
    if isinstance(node, YamlList):
        return list_of(WORD).read(node, problems)
    word = _read_word(node, problems)
    return None if word is None else (word,)


WORDS: Kind[tuple[YamlText, ...]] = Kind("a name or a list of names", _read_words, {"type": ["string", "array"]})
"""One name or several."""

_WHERE = map_of(TEXT, WORDS)


class SelectionForm(Form):
    """A selection of cells."""

    table = Key("table", WORD, "the id of the table", is_required=True)
    column = Key("column", WORD, "the column of the numbers", is_required=True)
    where = Key("where", _WHERE, "labels that the rows must have, by column")
    leave_out = Key("leave_out", _WHERE, "labels that the rows must not have, by column")


NODE: Kind[YamlNode] = Kind("a value", lambda node, problems: node, {})
"""Anything; it is read later."""


class SumForm(Form):
    """A sum of cells."""

    plus = Key("plus", list_of(NODE), "what is added", is_required=True)
    minus = Key("minus", list_of(NODE), "what is taken away")
    percent_of = Key("percent_of", NODE, "of what the sum is taken as a percentage")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number made of printed cells: their sum, and how it is told.

    Attributes:
        interval: what it may have been before rounding.
        cells: the cells it is made of.
        text: as a message shows it: `58.77`, `1639 − 1510`.
    """

    interval: Interval
    cells: tuple[Cell, ...]
    text: str

    @property
    def is_weighted(self) -> bool:
        """Whether a weighted share is in it."""
        return any(cell.kind is ColumnKind.WEIGHTED for cell in self.cells)


@dataclass(slots=True)
class Book:
    """The tables of an audit, and the problems that turn up while its checks are read."""

    problems: Problems
    tables: dict[str, PrintedTable] = field(default_factory=dict[str, PrintedTable])

    def find_table(self, word: YamlText | None) -> PrintedTable | None:
        """The table of that id; a problem is noted where there is none."""
        if word is None:
            return None
        if word.text not in self.tables:
            hint = suggest(word.text, list(self.tables))
            self.problems.error("Q605", f"unknown table `{shorten(word.text)}`", word.place, hint)
            return None
        return self.tables[word.text]

    def check_column(self, table: PrintedTable, word: YamlText) -> bool:
        """Whether the table has the column; a problem is noted where it has not."""
        if word.text in table.columns:
            return True
        hint = suggest(word.text, table.columns)
        self.problems.error("Q603", f"the table `{table.id}` has no column `{shorten(word.text)}`", word.place, hint)
        return False

    def check_columns(self, table: PrintedTable, words: Iterable[YamlText]) -> bool:
        """Whether the table has all the columns; a problem is noted for each that it has not."""
        return not [word for word in words if not self.check_column(table, word)]

    def select(self, node: YamlNode | None) -> tuple[Cell, ...]:
        """The cells with a number that a selection names, in the order of the table; a problem where there are none."""
        form = None if node is None else read_form(SelectionForm, node, self.problems)
        if form is None:
            return ()
        cells = self._select_form(form)
        return tuple(cell for cell in cells if cell.text) if cells is not None else ()

    def _select_form(self, form: FormReader) -> tuple[Cell, ...] | None:
        table, column = self.find_table(form.take(SelectionForm.table, None)), form.take(SelectionForm.column, None)
        where = form.take(SelectionForm.where, dict[YamlText, tuple[YamlText, ...]]())
        leave_out = form.take(SelectionForm.leave_out, dict[YamlText, tuple[YamlText, ...]]())
        if table is None or column is None or not self.check_column(table, column):
            return None
        if [each for each in (where, leave_out) if not self._check_labels(table, each)]:
            return None
        if table.kinds.get(column.text, ColumnKind.TEXT) is ColumnKind.TEXT:
            hint = "declare it under `columns` of the table: count, percent, weighted or number"
            self.problems.error("Q606", f"the column `{column.text}` is not declared as numbers", column.place, hint)
            return None
        cells = [table.cell(index, column.text) for index in range(len(table.rows))]
        kept = [cell for cell in cells if _has_labels(cell, where) and not (leave_out and _has_labels(cell, leave_out))]
        if not any(cell.text for cell in kept):
            self.problems.error("Q607", f"no number of the table `{table.id}` is selected here", form.place)
            return None
        return tuple(kept)

    def _check_labels(self, table: PrintedTable, labels: dict[YamlText, tuple[YamlText, ...]]) -> bool:
        is_right = True
        for column, words in labels.items():
            if not self.check_column(table, column):
                is_right = False
                continue
            position = table.columns.index(column.text)
            known = list(dict.fromkeys(texts[position] for _, texts in table.rows))
            for word in words:
                if word.text.strip() not in known:
                    message = f"no row of the table `{table.id}` has `{shorten(word.text)}` under `{column.text}`"
                    self.problems.error("Q607", message, word.place, suggest(word.text, known))
                    is_right = False
        return is_right

    def quantity(self, node: YamlNode | None) -> Quantity | None:
        """A number, a selection (the sum of its cells), or `{plus: […], minus: […]}`; None where it is wrong."""
        if node is None:
            return None
        if isinstance(node, YamlText):
            if not is_number_text(node):
                self.problems.shared("009", f"`{shorten(node.text)}` is not a number", node.place)
                return None
            # A whole number written into the audit file is meant exactly; one with decimals is as printed.
            rounded = Interval.of_printed(node.text)
            exact = Interval.exactly(rounded.middle) if "." not in node.text else rounded
            return Quantity(exact, (), node.text)
        if isinstance(node, YamlMap) and node.get("plus") is not None:
            return self._add(read_form(SumForm, node, self.problems))
        cells = self.select(node)
        if not cells:
            return None
        return Quantity(add_up(cell.interval for cell in cells), cells, " + ".join(cell.text for cell in cells))

    def _add(self, form: FormReader | None) -> Quantity | None:
        if form is None:
            return None
        added = [self.quantity(node) for node in form.take(SumForm.plus, ())]
        taken = [self.quantity(node) for node in form.take(SumForm.minus, ())]
        plus, minus = [each for each in added if each], [each for each in taken if each]
        if not plus or len(plus) < len(added) or len(minus) < len(taken):
            return None
        interval = add_up(each.interval for each in plus) - add_up(each.interval for each in minus)
        text = " + ".join(each.text for each in plus) + "".join(f" − {each.text}" for each in minus)
        cells = tuple(cell for each in [*plus, *minus] for cell in each.cells)
        if not form.has(SumForm.percent_of):
            return Quantity(interval, cells, text)
        whole = self.quantity(form.node(SumForm.percent_of))
        if whole is None:
            return None
        if whole.interval.low <= 0:
            self.problems.error("Q608", "what a percentage is taken of must be above 0", form.place)
            return None
        share = interval * Interval.exactly(100) / whole.interval
        return Quantity(share, cells, f"100 × ({text}) / {_shorten_sum(whole)}")

    def groups(self, form: FormReader, of: Key[YamlNode], each: Key[tuple[YamlText, ...]]) -> list[tuple[Cell, ...]]:
        """The selected cells, in one group, or in one for each text of the columns that `each` names."""
        cells = self.select(form.node(of))
        columns = form.take(each, ())
        if not cells or not columns:
            return [cells] if cells else []
        table = self.tables[cells[0].table]
        if not self.check_columns(table, columns):
            return []
        found: dict[tuple[str, ...], list[Cell]] = {}
        for cell in cells:
            found.setdefault(tuple(cell.label(column.text) for column in columns), []).append(cell)
        return [tuple(group) for group in found.values()]


def _shorten_sum(quantity: Quantity) -> str:
    """A sum of many terms as its value."""
    return show(quantity.interval.middle) if " " in quantity.text else quantity.text


def _has_labels(cell: Cell, labels: dict[YamlText, tuple[YamlText, ...]]) -> bool:
    return all(cell.label(column.text) in {word.text.strip() for word in words} for column, words in labels.items())


OF: Key[YamlNode] = Key("of", NODE, "the cells: {table, column, where}", is_required=True)
EACH: Key[tuple[YamlText, ...]] = Key("each", WORDS, "check each group of rows alone that has the same text here")
TITLE: Key[str] = Key("title", TEXT, "what is compared, in a few words")

__all__ = [
    "EACH", "NODE", "OF", "TITLE", "WORD", "WORDS", "Book", "Form", "Key", "Quantity", "form_of",
]  # fmt: skip
