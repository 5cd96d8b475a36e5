"""Bring a table of events into canonical columns, lazily, with one small column that says which rows are unusable.

Nothing is read here but the schema. A consumer selects the columns that it needs and `flaw` in one streaming pass, and
only where `flaw` is ever above 0 it comes back for the reasons (`scslab.ledger.flaws.describe_flaws`).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from scslab.ground.problems import Place, Problem, ProblemsError, did_you_mean
from scslab.ledger.casts import Cast, cast_column, cast_id
from scslab.ledger.checks import CAST, Check, check_attribute, check_date, check_id, check_recording, get_cast
from scslab.ledger.codes import (
    MISSING_COLUMN,
    MISSING_EVENT_ID,
    MISSING_SUBJECT_ID,
    MISSING_TYPE,
    NOT_AN_ID,
    UNKNOWN_TYPE,
    UNUSABLE_COLUMN,
)
from scslab.ledger.columns import (
    CANONICAL,
    EVENT_ID,
    FLAW,
    NEW_TYPE,
    OCCURRED_ON,
    RAW_ROW,
    RECORDED_ON,
    REQUIRED,
    ROW,
    SOURCE,
    SUBJECT_ID,
    TARGET,
    TYPE,
    AttributeColumn,
    build_type_enum,
    list_attribute_columns,
)
from scslab.ledger.notes import Tally, list_tallies, tell_columns
from scslab.ledger.reading import find_schema
from scslab.ledger.set_aside import quote_value
from scslab.scheme.model import AttributeType, Scheme

ODD = "@odd"
"""Prefix of the columns of `Conformed.marked` that say which rows a tally counts."""
PLAIN = (EVENT_ID, SUBJECT_ID, TYPE, OCCURRED_ON, RECORDED_ON)
"""The columns that `Conformed.plain` leaves to its reader to check: all are there, and what can be wrong is simple."""
_OF_TYPES = "?"
_TEXTS = (SOURCE, TARGET, NEW_TYPE)


@dataclass(frozen=True, slots=True)
class Conformed:
    """A table of events in canonical columns, still lazy.

    Attributes:
        frame: `row, event_id, subject_id, type, occurred_on, recorded_on, source, target, new_type`, the attributes
            that the table has (`attributes`), and `flaw`. Ids are String, or Int64 or UInt64 where they come as whole
            numbers; `type` is an Enum in the order of the scheme's vocabulary. Values that do not fit are NULL. An
            attribute on an event type that does not declare it is kept and not checked.
        checks: row i failed `checks[flaw - 1]` first. Columns of `frame` are named as they are told in `column`.
        notes: what is told about the table as a whole.
        tallies: counts that are only known when the table is read (`scslab.ledger.notes.tell_tallies`).
        staged: raw and cast columns side by side: what checks and tallies are computed on.
        negative_checks: how many of the first checks ask for negative ids, which must be read as texts: where one of
            these fails (`needs_text_ids`), conform again with `is_id_text`.
        marked: `frame` with a Boolean column for each tally (`ODD` and its number), so that all is known in one pass.
        plain: like `marked`, but `flaw` is a Boolean, and silent about `PLAIN`: where a kernel reads these columns
            anyway, it looks faster whether any is NULL, negative or out of range than a dozen expressions do. Where
            `flaw` holds something may be wrong: the row must be looked at again.
    """

    frame: pl.LazyFrame
    checks: tuple[Check, ...]
    notes: tuple[Problem, ...]
    attributes: tuple[AttributeColumn, ...]
    tallies: tuple[Tally, ...]
    staged: pl.LazyFrame
    file: str
    negative_checks: int
    marked: pl.LazyFrame
    plain: pl.LazyFrame

    def needs_text_ids(self, flaws: pl.Series) -> bool:
        """Whether a row has a negative whole number for an id, so that ids must be read as texts."""
        return bool(((flaws > 0) & (flaws <= self.negative_checks)).any())


def conform(
    frame: pl.LazyFrame, scheme: Scheme, file: str, *, fitting: Sequence[str] = (), is_id_text: bool = False
) -> Conformed:
    """Brings a table of events into canonical columns.

    Args:
        frame: the raw table; rows are numbered from 1 unless it has them in `RAW_ROW`.
        scheme: whose vocabulary the events are in.
        file: the name of the table in messages.
        fitting: names of shipped datasets whose mapping would fit the columns.
        is_id_text: read whole numbers in the columns of ids as texts.

    Raises:
        ProblemsError: a required column is missing, or the kind of a column does not fit.
    """
    schema = dict(find_schema(frame, file))
    attributes = tuple(column for column in list_attribute_columns(scheme) if column.name in schema)
    _require_columns(schema, file, fitting)
    casts = _build_casts(schema, attributes, file, is_id_text=is_id_text)
    if RAW_ROW not in schema:
        frame = frame.with_row_index(RAW_ROW, offset=1)
    enum = build_type_enum(scheme)
    types = get_cast(TYPE)
    numbered = {name: code for code, name in enumerate(enum.categories)}
    masks: dict[tuple[int, ...], str] = {}

    def is_of_types(names: Collection[str]) -> pl.Expr | None:
        codes = tuple(sorted(numbered[name] for name in names))
        if len(codes) == len(numbered):
            return None
        return pl.col(masks.setdefault(codes, f"{_OF_TYPES}{len(masks)}"))

    negative = list(_check_negative(casts, schema))
    checks = [*negative, *_list_checks(schema, casts, attributes, is_of_types)]
    staged = (
        frame.select(RAW_ROW, *(name for name in casts if name in schema))
        .with_columns(cast.value.alias(CAST + name) for name, cast in casts.items())
        .with_columns(
            get_cast(TYPE).cast(enum, strict=False),
            # An empty `recorded_on` is the day on which the event occurred; one that cannot be read stays NULL.
            _fill_recorded(casts).alias(CAST + RECORDED_ON),
        )
        .with_columns(
            types.to_physical().is_in(pl.Series(codes, dtype=_physical(enum)).implode()).alias(name)
            for codes, name in masks.items()
        )
    )
    notes = tell_columns(schema, scheme, file)
    tallies = list_tallies(schema, attributes, is_of_types=types.is_in, scheme=scheme)
    canonical = [
        pl.col(RAW_ROW).alias(ROW),
        *(get_cast(name).alias(name) for name in (*CANONICAL[1:], *(column.name for column in attributes))),
        _find_first([check.is_failed for check in checks]).alias(FLAW),
    ]
    odd = [tally.is_odd.alias(f"{ODD}{n}") for n, tally in enumerate(tallies)]
    return Conformed(
        staged.select(canonical),
        tuple(checks),
        notes,
        attributes,
        tallies,
        staged,
        file,
        len(negative),
        staged.select(*canonical, *odd),
        staged.select(*canonical[:-1], _find_any([_loosen(c) for c in checks if c.column not in PLAIN]), *odd),
    )


def _physical(enum: pl.Enum) -> pl.DataType:
    return pl.Series([], dtype=enum).to_physical().dtype


def _require_columns(schema: dict[str, pl.DataType], file: str, fitting: Sequence[str]) -> None:
    missing = [name for name in REQUIRED if name not in schema]
    if not missing:
        return
    hints = {name: did_you_mean(name, [known for known in schema if known not in REQUIRED]) for name in missing}
    problems = [
        Problem(MISSING_COLUMN, f"the table has no column `{name}`", Place(file), hints[name]) for name in missing
    ]
    if fitting:
        named = " or ".join(f"`{name}`" for name in fitting)
        hint = f"the columns are those of the dataset {named}: use its mapping"
    else:
        hint = "rename the columns, or write a mapping beside the table (`events.yaml`) that says which column is which"
    message = f"the columns are: {', '.join(list(schema)[:40])}" if schema else "the table has no columns"
    raise ProblemsError([*problems, Problem(MISSING_COLUMN, message, Place(file), hint)])


def _build_casts(
    schema: dict[str, pl.DataType], attributes: tuple[AttributeColumn, ...], file: str, *, is_id_text: bool
) -> dict[str, Cast]:
    """How each canonical column but `row` is read; columns that the table does not have are NULL."""
    casts: dict[str, Cast] = {}
    problems: list[Problem] = []

    def add(name: str, cast: Cast | None, wanted: str) -> None:
        if cast is None:
            message = f"the column `{name}` holds {_name_dtype(schema[name])}, and must hold {wanted}"
            problems.append(Problem(UNUSABLE_COLUMN, message, Place(file), "convert the column"))
        else:
            casts[name] = cast

    for name in (EVENT_ID, SUBJECT_ID):
        add(name, cast_id(name, schema[name], is_text=is_id_text), "texts or whole numbers")
    add(TYPE, cast_column(TYPE, schema[TYPE], AttributeType.TEXT), "texts")
    add(OCCURRED_ON, cast_column(OCCURRED_ON, schema[OCCURRED_ON], AttributeType.DATE), "dates")
    if RECORDED_ON in schema:
        add(RECORDED_ON, cast_column(RECORDED_ON, schema[RECORDED_ON], AttributeType.DATE), "dates")
    for name in _TEXTS:
        if name in schema:
            add(name, cast_column(name, schema[name], AttributeType.TEXT), "texts")
        else:
            casts[name] = Cast(pl.lit(None, pl.String), pl.lit(None, pl.String))
    for column in attributes:
        cast = cast_column(column.name, schema[column.name], column.type)
        add(column.name, cast, f"{column.type} values")
    if problems:
        raise ProblemsError(problems)
    return casts


def _fill_recorded(casts: dict[str, Cast]) -> pl.Expr:
    occurred = get_cast(OCCURRED_ON)
    cast = casts.get(RECORDED_ON)
    if cast is None:
        return occurred
    recorded = get_cast(RECORDED_ON)
    if not cast.can_fail:
        return recorded.fill_null(occurred)
    return pl.when(recorded.is_null() & ~cast.is_misfit(recorded)).then(occurred).otherwise(recorded)


def _check_negative(casts: dict[str, Cast], schema: dict[str, pl.DataType]) -> Iterator[Check]:
    """Negative ids are ids like any other, and only as texts in their order; where there is one, ids must be texts."""
    for name in (EVENT_ID, SUBJECT_ID):
        if not casts[name].is_text and not schema[name].is_unsigned_integer():
            yield Check(name, NOT_AN_ID, get_cast(name) < 0, pl.lit("a negative number must be read as a text"))


def _list_checks(
    schema: dict[str, pl.DataType],
    casts: dict[str, Cast],
    attributes: tuple[AttributeColumn, ...],
    is_of_types: Callable[[Collection[str]], pl.Expr | None],
) -> Iterator[Check]:
    """All checks, in the order in which the first one that fails gives a row its flaw."""
    for name, code in ((EVENT_ID, MISSING_EVENT_ID), (SUBJECT_ID, MISSING_SUBJECT_ID)):
        yield from check_id(name, casts[name], code)
    raw = pl.col(TYPE).cast(pl.String)
    is_unknown = get_cast(TYPE).is_null()
    is_empty = raw.is_null() | (raw == "")
    yield Check(TYPE, MISSING_TYPE, is_unknown & is_empty, pl.lit("`type` is missing"))
    yield Check(TYPE, UNKNOWN_TYPE, is_unknown & ~is_empty, pl.lit("unknown event type ") + quote_value(raw))
    yield from check_date(OCCURRED_ON, casts[OCCURRED_ON], is_required=True)
    if RECORDED_ON in casts:
        yield from check_date(RECORDED_ON, casts[RECORDED_ON], is_required=False)
        yield check_recording()
    for column in attributes:
        yield from check_attribute(column, casts[column.name], is_of_types)


def _find_first(failed: list[pl.Expr]) -> pl.Expr:
    """The number, from 1, of the first expression that is true; else 0."""
    dtype: Any = pl.UInt8 if len(failed) < 255 else pl.UInt16
    found = [pl.when(each).then(pl.lit(number, dtype)) for number, each in enumerate(failed, start=1)]
    return pl.coalesce(*found, pl.lit(0, dtype))


def _find_any(failed: list[pl.Expr]) -> pl.Expr:
    """Whether any of the expressions is true."""
    return (pl.any_horizontal(failed) if failed else pl.lit(False)).alias(FLAW)


def _loosen(check: Check) -> pl.Expr:
    return check.is_failed if check.may_fail is None else check.may_fail


def _name_dtype(dtype: pl.DataType) -> str:
    if isinstance(dtype, pl.List | pl.Array):
        return "lists"
    if isinstance(dtype, pl.Struct):
        return "records"
    if isinstance(dtype, pl.Date | pl.Datetime):
        return "dates"
    if isinstance(dtype, pl.Boolean):
        return "true and false"
    if dtype.is_numeric():
        return "numbers"
    return f"values of the type {dtype}"
