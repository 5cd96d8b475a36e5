"""Mappings: how the rows of a raw table become events. The file `events.yaml` beside the data says it.

    mapping: chicago-food-inspections     # the id of the mapping
    row_id: event_id                      # the column that names a row; without it rows are `row-000001`, …
    subject_id: subject_id                # columns by their names in the table
    occurred_on: occurred_on
    source: {text: City of Chicago}       # or {column: agency}
    types: {critical: integer}            # columns of CSV and JSON Lines that are not texts
    values:                               # texts to be recoded before anything else is read;
      risk: {Risk 1 (High): high}         # one that is not listed stays, or with `others: problem` is set aside
    events:
      - type: inspection.failed
        when: result = 'Fail'             # SQL over the columns; rows for which it is not true give no such event
        attributes: {risk: risk, late: {sql: "days_between(due_on, occurred_on) > 0", type: boolean}}
      - type: violation.critical
        each: violations                  # one event for each item of a text column
        separator: "|"
        item: {name: code, type: integer} # the item can be read in `when` and in `attributes`
        when: code between 1 and 14
        attributes: {code: code}
      - type: repair
        occurred_on: corrected_on         # an event may have another date
        when: corrected_on is not null
        refuse: [{sql: corrected_on < occurred_on, reason: corrected before it was cited}]
    check: [{sql: corrected and corrected_on is null, reason: corrected without a date}]   # told, and used
    columns_not_used: [zip]               # known, and left out on purpose
    subjects: {file: homes.parquet, subject_id: id, born_on: founded, attributes: {beds: beds}}

**Event ids.** An id depends on nothing but its own row, so that adding rows or correcting others never renames an
event. Where one entry without `each` is all that there is of its kind, its events have the id of the row. All others
have `ROW/TYPE`, those of an `each` entry `ROW/TYPE/ITEM`, and `ROW/TYPE/ITEM/2` where an item stands in the list
for the second time. Where two entries have the same type, those of the second one have `TYPE:2`. A `/` in a row id or
an item is written `~1` and a `~` is written `~0`, so that no two events can get the same id by chance.

A row that gives no event is set aside (L040), as is one that cannot be read (L008, L043). A row that is refused for one
event (L041) or has an item that cannot be read (L042) is told, and its other events count.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from scslab.ground.problems import NOWHERE, Place
from scslab.ground.text import Text
from scslab.scheme.model import AttributeType
from scslab.scheme.yaml_tree import YamlText


@dataclass(frozen=True, slots=True)
class MappedValue:
    """Where a value comes from: a column (or the item), an SQL expression of a type, or a constant text."""

    column: YamlText | None = None
    sql: YamlText | None = None
    type: AttributeType = AttributeType.NUMBER
    text: str = ""


@dataclass(frozen=True, slots=True)
class MappedCheck:
    """What is odd about a row: a condition in SQL, and what is said where it is true."""

    sql: YamlText
    reason: str


@dataclass(frozen=True, slots=True)
class MappedItem:
    """An item of a list in a text column: its name, and whether it is an integer, a number or a text."""

    name: str
    type: AttributeType = AttributeType.TEXT


@dataclass(frozen=True, slots=True)
class Recoding:
    """Texts of a column and what they become; others stay as they are, or are problems if the list is closed."""

    column: YamlText
    texts: dict[str, str]
    is_closed: bool = False


@dataclass(frozen=True, slots=True)
class EventMapping:
    """One kind of event that rows give.

    Attributes:
        when: which rows; None: all.
        each: the column with the list of items; None: one event a row.
        occurred_on, recorded_on, source: instead of those of the mapping.
        refused: rows that give no such event, and a line in the problems table.
    """

    type: str
    when: YamlText | None = None
    each: YamlText | None = None
    separator: str = ""
    item: MappedItem | None = None
    attributes: dict[str, MappedValue] = field(default_factory=dict[str, MappedValue])
    occurred_on: YamlText | None = None
    recorded_on: YamlText | None = None
    source: MappedValue | None = None
    refused: tuple[MappedCheck, ...] = ()
    place: Place = NOWHERE

    def list_columns(self) -> Iterator[YamlText]:
        """The columns that it names; those in SQL are only known once it is parsed."""
        named = (self.each, self.occurred_on, self.recorded_on, self.source.column if self.source else None)
        yield from (column for column in named if column is not None)
        yield from (value.column for value in self.attributes.values() if value.column is not None)


@dataclass(frozen=True, slots=True)
class SubjectsMapping:
    """A second table, about the subjects, beside the data."""

    file: str
    subject_id: YamlText
    born_on: YamlText | None = None
    attributes: dict[str, YamlText] = field(default_factory=dict[str, YamlText])
    columns_not_used: tuple[str, ...] = ()
    only: YamlText | None = None
    """A condition over the attributes; other subjects are left out, because the data do not cover them."""
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class Mapping:
    """A mapping file, read. Its SQL is parsed when the types of the columns are known (`mapping_binding`).

    Attributes:
        file: the data file that it is for, beside it, or "".
        row_id: the column that names a row; None: rows are numbered.
        types: columns of text files that are not texts.
        checks: what is odd about rows that are used all the same.
        digest: SHA-256 of the mapping file.
    """

    name: str
    subject_id: YamlText
    events: tuple[EventMapping, ...]
    title: Text = field(default_factory=Text)
    file: str = ""
    row_id: YamlText | None = None
    occurred_on: YamlText | None = None
    recorded_on: YamlText | None = None
    source: MappedValue | None = None
    types: dict[str, tuple[YamlText, AttributeType]] = field(default_factory=dict[str, tuple[YamlText, AttributeType]])
    recodings: tuple[Recoding, ...] = ()
    checks: tuple[MappedCheck, ...] = ()
    columns_not_used: tuple[str, ...] = ()
    subjects: SubjectsMapping | None = None
    place: Place = NOWHERE
    digest: str = ""

    def list_columns(self) -> Iterator[YamlText]:
        """The columns of the table that it names, items left out."""
        named = (self.row_id, self.subject_id, self.occurred_on, self.recorded_on)
        yield from (column for column in named if column is not None)
        if self.source is not None and self.source.column is not None:
            yield self.source.column
        yield from (column for column, _ in self.types.values())
        yield from (recoding.column for recoding in self.recodings)
        for event in self.events:
            item = event.item.name if event.item else None
            yield from (column for column in event.list_columns() if column.text != item)

    def does_fit(self, columns: tuple[str, ...]) -> bool:
        """Whether a table has all the columns that the mapping names."""
        return {column.text for column in self.list_columns()} <= set(columns)
