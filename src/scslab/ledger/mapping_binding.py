"""Bind a mapping to a table: its columns are looked up, and its SQL is parsed with the types that the table has."""

from __future__ import annotations

from dataclasses import dataclass, replace

import polars as pl

from scslab.ground.problems import Place, Problem, Severity, did_you_mean
from scslab.ledger.casts import Cast, cast_column
from scslab.ledger.columns import RAW_ROW
from scslab.ledger.expressions import DTYPES, to_polars
from scslab.ledger.mapping import EventMapping, MappedCheck, MappedItem, MappedValue, Mapping
from scslab.ledger.notes import list_names
from scslab.scheme.conditions import Column, Expression, Operation, ValueType
from scslab.scheme.model import AttributeType
from scslab.scheme.problem_list import Problems
from scslab.scheme.sql import parse_condition, parse_formula
from scslab.scheme.yaml_tree import YamlText

VALUE_TYPES: dict[AttributeType, ValueType] = {
    AttributeType.INTEGER: ValueType.NUMBER,
    AttributeType.NUMBER: ValueType.NUMBER,
    AttributeType.TEXT: ValueType.TEXT,
    AttributeType.BOOLEAN: ValueType.BOOLEAN,
    AttributeType.DATE: ValueType.DATE,
}
"""What an attribute of a type is to a condition."""


ITEM_TEXT = "@item"
"""The column that holds an item as it stands in its list."""


@dataclass(frozen=True, slots=True)
class BoundItems:
    """How a column is taken apart into items.

    Attributes:
        is_list: whether the column has lists, not texts.
        name: the column for the value of an item.
        value: the value, read from `ITEM_TEXT`.
    """

    column: str
    is_list: bool
    separator: str
    name: str
    type: AttributeType
    value: pl.Expr


@dataclass(frozen=True, slots=True)
class BoundEvent:
    """An entry of the mapping, with its columns and SQL as expressions over the prepared table.

    Attributes:
        label: what stands for the type in event ids; None: the row id alone is the event id.
        items: the list of which each item gives an event; None: the row gives one.
    """

    type: str
    label: str | None
    when: pl.Expr | None
    items: BoundItems | None
    occurred_on: pl.Expr
    recorded_on: pl.Expr | None
    source: pl.Expr | None
    attributes: dict[str, pl.Expr]
    refused: tuple[tuple[pl.Expr, str], ...]


@dataclass(frozen=True, slots=True)
class BoundMapping:
    """A mapping whose columns are those of a table.

    Attributes:
        casts: how columns are read before anything else (`types`).
        recodings: texts that are replaced after that; None for the texts closes the list.
        is_id_alone: whether the mapping has one entry only, so that row ids need not be marked off from other ids.
        checks: what is odd about rows that are used all the same.
        notes: columns that the mapping does not mention.
    """

    row_id: str | None
    subject_id: str
    casts: dict[str, tuple[Cast, AttributeType]]
    recodings: dict[str, tuple[dict[str, str | None], bool]]
    events: tuple[BoundEvent, ...]
    is_id_alone: bool
    checks: tuple[tuple[pl.Expr, str], ...]
    notes: tuple[Problem, ...]


def bind_mapping(mapping: Mapping, schema: dict[str, pl.DataType], file: str) -> BoundMapping:
    """Binds a mapping to the columns of a table.

    Args:
        mapping: a mapping that was read.
        schema: the columns of the table and their types.
        file: the name of the table in messages.

    Raises:
        ProblemsError: a column is not there, or SQL does not fit the columns, with the place in the mapping file.
    """
    problems = Problems("M")
    for column in mapping.list_columns():
        if column.text not in schema:
            hint = did_you_mean(column.text, schema)
            problems.error("M040", f"`{file}` has no column `{column.text}`", column.place, hint)
    problems.raise_errors()
    casts = _bind_types(mapping, schema, problems)
    binder = _Binder(_find_kinds(mapping, schema), schema, problems)
    events = tuple(binder.bind_event(event, mapping, number) for number, event in enumerate(mapping.events))
    checks = binder.bind_checks(mapping.checks)
    problems.raise_errors()
    recodings: dict[str, tuple[dict[str, str | None], bool]] = {}
    for recoding in mapping.recodings:
        texts = {text: new or None for text, new in recoding.texts.items()}
        recodings[recoding.column.text] = (texts, recoding.is_closed)
    used = {column.text for column in mapping.list_columns()} | binder.read
    return BoundMapping(
        row_id=mapping.row_id.text if mapping.row_id else None,
        subject_id=mapping.subject_id.text,
        casts=casts,
        recodings=recodings,
        events=events,
        is_id_alone=len(events) == 1 and events[0].label is None,
        checks=checks,
        notes=_tell_unused(mapping, schema, used, file),
    )


def _bind_types(
    mapping: Mapping, schema: dict[str, pl.DataType], problems: Problems
) -> dict[str, tuple[Cast, AttributeType]]:
    casts: dict[str, tuple[Cast, AttributeType]] = {}
    for name, (column, kind) in mapping.types.items():
        cast = cast_column(name, schema[name], kind)
        if cast is None:
            problems.error("M043", f"`{name}` holds {schema[name]} and cannot be read as {kind}", column.place)
        else:
            casts[name] = (cast, kind)
    return casts


def _find_kinds(mapping: Mapping, schema: dict[str, pl.DataType]) -> dict[str, ValueType]:
    """The columns that SQL may read, with their types."""
    kinds: dict[str, ValueType] = {}
    for name, dtype in schema.items():
        if dtype.is_numeric():
            kinds[name] = ValueType.NUMBER
        elif isinstance(dtype, pl.String | pl.Categorical | pl.Enum | pl.Null):
            kinds[name] = ValueType.TEXT
        elif isinstance(dtype, pl.Boolean):
            kinds[name] = ValueType.BOOLEAN
        elif isinstance(dtype, pl.Date | pl.Datetime):
            kinds[name] = ValueType.DATE
    kinds |= {name: VALUE_TYPES[kind] for name, (_, kind) in mapping.types.items()}
    return kinds | {recoding.column.text: ValueType.TEXT for recoding in mapping.recodings}


def _tell_unused(mapping: Mapping, schema: dict[str, pl.DataType], used: set[str], file: str) -> tuple[Problem, ...]:
    unused = [name for name in schema if name not in used and name not in mapping.columns_not_used and name != RAW_ROW]
    if not unused:
        return ()
    message = f"columns that the mapping `{mapping.name}` does not mention were not used: {list_names(unused)}"
    hint = "name them under `columns_not_used` if that is meant"
    return (Problem("M044", message, Place(file), hint, Severity.WARNING),)


class _Binder:
    """Turns names and SQL of a mapping into expressions; `read` collects the columns that SQL reads."""

    def __init__(self, kinds: dict[str, ValueType], schema: dict[str, pl.DataType], problems: Problems) -> None:
        self.kinds = kinds
        self.schema = schema
        self.problems = problems
        self.read: set[str] = set()

    def bind_event(self, event: EventMapping, mapping: Mapping, number: int) -> BoundEvent:
        kinds = dict(self.kinds)
        items = None
        if event.each is not None and event.item is not None:
            items = self._bind_items(event.each, event.separator, event.item)
            kinds[event.item.name] = VALUE_TYPES[event.item.type]
        occurred_on = event.occurred_on or mapping.occurred_on
        recorded_on = event.recorded_on or mapping.recorded_on
        source = event.source or mapping.source
        return BoundEvent(
            type=event.type,
            label=_label(event, mapping, number),
            when=None if event.when is None else self._bind_condition(event.when, kinds),
            items=items,
            occurred_on=pl.lit(None, pl.Date) if occurred_on is None else pl.col(occurred_on.text),
            recorded_on=None if recorded_on is None else pl.col(recorded_on.text),
            source=None if source is None else self._bind_value(source, kinds),
            attributes={name: self._bind_value(value, kinds) for name, value in event.attributes.items()},
            refused=self.bind_checks(event.refused, kinds),
        )

    def _bind_items(self, each: YamlText, separator: str, item: MappedItem) -> BoundItems:
        if item.name in self.schema:
            message = f"the item cannot be called `{item.name}`: a column has this name"
            self.problems.error("M042", message, each.place, "give it another name")
        dtype = self.schema[each.text]
        is_list = isinstance(dtype, pl.List)
        if not is_list and not separator:
            hint = 'say what stands between the items: `separator: "|"`'
            self.problems.error("M041", "`each` needs a `separator`", each.place, hint)
        if not is_list and self.kinds.get(each.text) is not ValueType.TEXT:
            message = f"`{each.text}` holds {dtype} and is no list"
            self.problems.error("M043", message, each.place, "`each` takes a column of texts")
        cast = cast_column(ITEM_TEXT, pl.String(), item.type)
        value = pl.col(ITEM_TEXT) if cast is None else cast.value
        return BoundItems(each.text, is_list, separator, item.name, item.type, value)

    def bind_checks(
        self, checks: tuple[MappedCheck, ...], kinds: dict[str, ValueType] | None = None
    ) -> tuple[tuple[pl.Expr, str], ...]:
        known = self.kinds if kinds is None else kinds
        return tuple((self._bind_condition(check.sql, known), check.reason) for check in checks)

    def _bind_condition(self, sql: YamlText, kinds: dict[str, ValueType]) -> pl.Expr:
        return self._translate(parse_condition(sql, kinds, self.problems), ValueType.BOOLEAN)

    def _bind_value(self, value: MappedValue, kinds: dict[str, ValueType]) -> pl.Expr:
        if value.column is not None:
            return pl.col(value.column.text)
        if value.sql is None:
            return pl.lit(value.text, pl.String)
        wanted = VALUE_TYPES[value.type]
        hint = "say with `type` what it yields: number (if left out), text, boolean or date"
        return self._translate(parse_value(value.sql, kinds, self.problems, wanted, hint), wanted)

    def _translate(self, found: Expression | None, wanted: ValueType) -> pl.Expr:
        if found is None:
            return pl.lit(None, DTYPES[wanted])
        self.read |= {column.name for column in found.columns()}

        def column_of(column: Column) -> pl.Expr:
            dtype = self.schema.get(column.name)
            # A moment of time is compared as its day, as it is everywhere else.
            return pl.col(column.name).dt.date() if isinstance(dtype, pl.Datetime) else pl.col(column.name)

        return to_polars(found, column_of)


def parse_value(
    sql: YamlText, kinds: dict[str, ValueType], problems: Problems, wanted: ValueType, hint: str = ""
) -> Expression | None:
    """An SQL expression that yields a value of a type.

    Args:
        sql: the text and where it stands.
        kinds: the columns that may be read.
        problems: collects what is wrong.
        wanted: what it must yield.
        hint: what would help where it yields something else.
    """
    trial = Problems("M")
    if wanted is ValueType.NUMBER:
        found = parse_formula(sql, kinds, trial)
    elif wanted is ValueType.BOOLEAN:
        found = parse_condition(sql, kinds, trial)
    else:
        found = _parse_other(sql, kinds, trial, wanted)
    for problem in trial.found:
        if problem.code.endswith("035"):
            problems.error(problem.code, f"the SQL expression does not yield {wanted.value}", problem.place, hint)
        else:
            problems.error(problem.code, problem.message, problem.place, problem.help)
    return found


def _parse_other(
    sql: YamlText, kinds: dict[str, ValueType], problems: Problems, wanted: ValueType
) -> Expression | None:
    """A text or a date: it is made part of a condition, which is what the parser reads, and then taken out of it."""
    trial = Problems("M")
    found = parse_condition(replace(sql, text=f"coalesce({sql.text}) is null", lead=-1), kinds, trial)
    for problem in trial.found:
        problems.error(problem.code, problem.message, sql.place, problem.help)
    if found is None or not isinstance(found.root, Operation):
        return None
    (root,) = found.root.arguments
    if root.type is not wanted:
        problems.shared("035", "", sql.place)
        return None
    return Expression(sql.text, root)


def _label(event: EventMapping, mapping: Mapping, number: int) -> str | None:
    """What stands for an entry in the ids of its events (see `mapping`)."""
    if event.each is None and sum(other.each is None for other in mapping.events) == 1:
        return None
    earlier = sum(other.type == event.type for other in mapping.events[:number])
    return f"{event.type}:{earlier + 1}" if earlier else event.type
