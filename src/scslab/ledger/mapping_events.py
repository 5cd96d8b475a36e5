"""Apply a mapping: the rows of a raw table become events, and what cannot is told."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce

import polars as pl

from scslab.ground.problems import Place, Problem, Severity
from scslab.ledger.casts import cast_column, cast_id
from scslab.ledger.codes import NO_EVENT, NOT_AN_ITEM, NOT_LISTED, ODD_ROWS, REFUSED, WRONG_TYPE
from scslab.ledger.columns import EVENT_ID, OCCURRED_ON, RAW_ROW, RECORDED_ON, ROW, SOURCE, SUBJECT_ID, TYPE
from scslab.ledger.mapping import Mapping
from scslab.ledger.mapping_binding import ITEM_TEXT, BoundEvent, BoundItems, BoundMapping, bind_mapping
from scslab.ledger.reading import collect_frame, find_schema
from scslab.ledger.set_aside import join_lines, quote_value, write_lines
from scslab.scheme.model import AttributeType

_ROW_ID = "@row_id"
_TIMES = "@times"
_RAW = "@raw."
_MISFIT = "@misfit."
_TYPE_WORDS = {AttributeType.INTEGER: "a whole number", AttributeType.NUMBER: "a number", AttributeType.DATE: "a date"}


@dataclass(frozen=True, slots=True)
class MappedTable:
    """A raw table seen through a mapping, still lazy.

    Attributes:
        events: raw events under their canonical names, with the number of the raw row in `RAW_ROW`.
        rows: the raw table with its row ids, columns read as the mapping says.
        notes: what is told about the table as a whole.
    """

    events: pl.LazyFrame
    rows: pl.LazyFrame
    bound: BoundMapping
    file: str
    notes: tuple[Problem, ...]


def apply_mapping(frame: pl.LazyFrame, mapping: Mapping, file: str = "") -> MappedTable:
    """The events that the rows of a raw table give.

    Args:
        frame: the raw table; rows are numbered from 1 unless it has them in `RAW_ROW`.
        mapping: which row gives which events.
        file: the name of the table in messages.

    Raises:
        ProblemsError: the mapping does not fit the table.
    """
    schema = dict(find_schema(frame, file))
    if RAW_ROW in schema:
        del schema[RAW_ROW]
    else:
        frame = frame.with_row_index(RAW_ROW, offset=1)
    bound = bind_mapping(mapping, schema, file)
    rows = _prepare(frame, bound, schema)
    good = rows.filter(~_is_unreadable(bound))
    tables = [_make_events(_select_rows(good, event), event, bound) for event in bound.events]
    events = tables[0] if bound.is_id_alone else pl.concat(_align(tables, file), how="diagonal")
    return MappedTable(events, rows, bound, file, bound.notes)


def list_mapping_lines(table: MappedTable) -> pl.DataFrame:
    """The lines of the problems table for rows that the mapping cannot read, or refuses for an event.

    Rows without any event are not among them (`list_rows_without_event`).

    Raises:
        ProblemsError: the file behind the table is damaged.
    """
    bound, parts = table.bound, list[pl.DataFrame]()
    named = [pl.col(RAW_ROW).alias(ROW), pl.col(_ROW_ID).alias(EVENT_ID), pl.col(bound.subject_id).alias(SUBJECT_ID)]

    def add(frame: pl.LazyFrame, column: str, code: str, reason: pl.Expr | str) -> None:
        lazy = pl.lit(reason) if isinstance(reason, str) else reason
        found = collect_frame(frame.select(*named, lazy.alias("reason")), table.file)
        parts.append(write_lines(found, column, code, pl.col("reason")))

    for name, (cast, kind) in bound.casts.items():
        if cast.can_fail:
            reason = quote_value(pl.col(_RAW + name)) + f" is not {_TYPE_WORDS.get(kind, kind.value)}"
            add(table.rows.filter(pl.col(_MISFIT + name)), name, WRONG_TYPE, reason)
    for name, (texts, is_closed) in bound.recodings.items():
        if is_closed:
            reason = quote_value(pl.col(_RAW + name)) + " is not listed by the mapping"
            add(table.rows.filter(_is_unlisted(name, texts)), name, NOT_LISTED, reason)
    good = table.rows.filter(~_is_unreadable(bound))
    for event in bound.events:
        if event.items is not None and event.items.type is not AttributeType.TEXT:
            reason = f"the item {{}} is not {_TYPE_WORDS[event.items.type]}"
            unread = _split_items(good, event.items).filter(pl.col(event.items.name).is_null())
            add(unread, event.items.column, NOT_AN_ITEM, pl.format(reason, quote_value(pl.col(ITEM_TEXT))))
        for is_refused, reason in event.refused:
            add(_select_rows(good, event, with_refused=True).filter(is_refused), "", REFUSED, f"{event.type}: {reason}")
    # Entries that read the same list find the same items.
    return join_lines(parts).unique(maintain_order=True)


def list_rows_without_event(table: MappedTable, rows_seen: pl.Series) -> tuple[pl.DataFrame, int]:
    """Lines for the rows that are not among `rows_seen` (those with an event or a line), and how many rows there are.

    Raises:
        ProblemsError: the file behind the table is damaged.
    """
    named = table.rows.select(
        pl.col(RAW_ROW).alias(ROW), pl.col(_ROW_ID).alias(EVENT_ID), pl.col(table.bound.subject_id).alias(SUBJECT_ID)
    )
    found = collect_frame(named, table.file)
    rest = found.filter(~pl.col(ROW).is_in(rows_seen.cast(pl.UInt32).implode()))
    return write_lines(rest, "", NO_EVENT, "no event of the mapping fits this row"), found.height


def tell_odd_rows(table: MappedTable) -> tuple[Problem, ...]:
    """How many rows the checks of the mapping find odd.

    Raises:
        ProblemsError: the file behind the table is damaged.
    """
    checks = table.bound.checks
    if not checks:
        return ()
    counts = table.rows.select(is_odd.sum().alias(str(number)) for number, (is_odd, _) in enumerate(checks))
    row = collect_frame(counts, table.file).row(0)
    return tuple(
        Problem(ODD_ROWS, f"{reason} (rows: {count:,}; they were used)", Place(table.file), "", Severity.WARNING)
        for (_, reason), count in zip(checks, row, strict=True)
        if count
    )


def _prepare(frame: pl.LazyFrame, bound: BoundMapping, schema: dict[str, pl.DataType]) -> pl.LazyFrame:
    """The table with typed and recoded columns, the raw ones kept beside them where a row may fail, and row ids."""
    kept = [name for name in schema if name in bound.casts or name in bound.recodings]
    prepared = frame.with_columns(pl.col(name).alias(_RAW + name) for name in kept)
    prepared = prepared.with_columns(
        *(cast.is_misfit(cast.value).alias(_MISFIT + name) for name, (cast, _) in bound.casts.items()),
        *(cast.value.alias(name) for name, (cast, _) in bound.casts.items()),
    )
    recoded: list[pl.Expr] = []
    for name, (texts, _) in bound.recodings.items():
        dtype = schema[name] if name not in bound.casts else pl.String()
        cast = cast_column(name, dtype, AttributeType.TEXT)
        value = pl.col(name).cast(pl.String) if cast is None else cast.value
        recoded.append(value.replace(list(texts), list(texts.values())).alias(name))
    prepared = prepared.with_columns(recoded)
    if bound.row_id is None:
        return prepared.with_columns((pl.lit("row-") + pl.col(RAW_ROW).cast(pl.String).str.zfill(6)).alias(_ROW_ID))
    found = cast_id(bound.row_id, schema[bound.row_id], is_text=True)
    row_id = pl.col(bound.row_id).cast(pl.String, strict=False) if found is None else found.value
    return prepared.with_columns(row_id.alias(_ROW_ID))


def _is_unlisted(name: str, texts: dict[str, str | None]) -> pl.Expr:
    raw = pl.col(_RAW + name).cast(pl.String)
    return raw.is_not_null() & ~raw.is_in(pl.Series(list(texts), dtype=pl.String).implode())


def _is_unreadable(bound: BoundMapping) -> pl.Expr:
    failed = [pl.col(_MISFIT + name) for name, (cast, _) in bound.casts.items() if cast.can_fail]
    failed += [_is_unlisted(name, texts) for name, (texts, is_closed) in bound.recodings.items() if is_closed]
    return reduce(lambda a, b: a | b, failed, pl.lit(False))


def _split_items(rows: pl.LazyFrame, items: BoundItems) -> pl.LazyFrame:
    """One row for each item of a list, with its text and its value (NULL: not readable)."""
    listed = pl.col(items.column)
    texts = listed if items.is_list else listed.str.split(items.separator)
    return (
        rows.with_columns(texts.alias(ITEM_TEXT))
        .explode(ITEM_TEXT)
        .with_columns(pl.col(ITEM_TEXT).cast(pl.String).str.strip_chars())
        .filter(pl.col(ITEM_TEXT) != "")
        .with_columns(items.value.alias(items.name))
    )


def _select_rows(rows: pl.LazyFrame, event: BoundEvent, *, with_refused: bool = False) -> pl.LazyFrame:
    """The rows, or items, that give an event; of an item also how often it has stood in its list by then."""
    if event.items is not None:
        times = pl.col(ITEM_TEXT).cum_count().over(RAW_ROW, ITEM_TEXT)
        rows = _split_items(rows, event.items).with_columns(times.alias(_TIMES))
        rows = rows.filter(pl.col(event.items.name).is_not_null())
    if event.when is not None:
        rows = rows.filter(event.when)
    if not with_refused:
        for is_refused, _ in event.refused:
            rows = rows.filter(~is_refused.fill_null(False))
    return rows


def _make_events(rows: pl.LazyFrame, event: BoundEvent, bound: BoundMapping) -> pl.LazyFrame:
    recorded = [] if event.recorded_on is None else [event.recorded_on.alias(RECORDED_ON)]
    source = [] if event.source is None else [event.source.alias(SOURCE)]
    return rows.select(
        RAW_ROW,
        _build_id(event, bound).alias(EVENT_ID),
        pl.col(bound.subject_id).alias(SUBJECT_ID),
        pl.lit(event.type).alias(TYPE),
        event.occurred_on.alias(OCCURRED_ON),
        *recorded,
        *source,
        *(value.alias(name) for name, value in event.attributes.items()),
    )


def _build_id(event: BoundEvent, bound: BoundMapping) -> pl.Expr:
    """The id of an event (see `mapping`)."""
    if bound.is_id_alone:
        return pl.col(_ROW_ID if bound.row_id is None else bound.row_id)
    # A row without an id must not get one from its type.
    row_id = _escape(pl.when(pl.col(_ROW_ID).str.strip_chars() != "").then(pl.col(_ROW_ID)))
    if event.label is None:
        return row_id
    if event.items is None:
        return row_id + f"/{event.label}"
    again = pl.when(pl.col(_TIMES) > 1).then(pl.format("/{}", pl.col(_TIMES))).otherwise(pl.lit(""))
    return row_id + f"/{event.label}/" + _escape(pl.col(ITEM_TEXT)) + again


def _escape(text: pl.Expr) -> pl.Expr:
    return text.str.replace_all("~", "~0", literal=True).str.replace_all("/", "~1", literal=True)


def _align(tables: list[pl.LazyFrame], file: str) -> list[pl.LazyFrame]:
    """The tables with one type for each column: where two entries differ, texts."""
    schemas = [find_schema(table, file) for table in tables]
    kinds: dict[str, set[pl.DataType]] = {}
    for schema in schemas:
        for name, dtype in schema.items():
            kinds.setdefault(name, set()).add(dtype)
    mixed = {name for name, dtypes in kinds.items() if len(dtypes) > 1}
    return [
        table.with_columns(pl.col(name).cast(pl.String) for name in schema if name in mixed)
        for table, schema in zip(tables, schemas, strict=True)
    ]
