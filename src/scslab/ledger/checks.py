"""Checks of rows: what makes a row of events unusable, each with its column, code and reason."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from decimal import Decimal

import polars as pl

from scslab.ground.dates import EARLIEST, LATEST
from scslab.ledger.casts import DATE_FORMATS, Cast, is_blank
from scslab.ledger.codes import (
    DATE_OUT_OF_RANGE,
    MISSING_DATE,
    NOT_A_DATE,
    NOT_AN_ID,
    NOT_FINITE,
    NOT_IN_VALUES,
    OUT_OF_BOUNDS,
    RECORDED_BEFORE_OCCURRED,
    WRONG_TYPE,
)
from scslab.ledger.columns import OCCURRED_ON, RECORDED_ON, AttributeColumn
from scslab.ledger.set_aside import quote_value
from scslab.scheme.model import REPLACE, Attribute, AttributeType

CAST = "="
"""Prefix of the cast columns, beside the raw ones, in the plan that checks are made on."""

_NAMES: dict[AttributeType, str] = {
    AttributeType.INTEGER: "a whole number",
    AttributeType.NUMBER: "a number",
    AttributeType.TEXT: "a text",
    AttributeType.BOOLEAN: "true or false",
    AttributeType.DATE: "a date",
}


@dataclass(frozen=True, slots=True)
class Check:
    """What makes a row unusable.

    Attributes:
        column: the column that is told.
        is_failed: over the raw and the cast columns; NULL is not failed.
        reason: why, over the same columns.
        hint: adds words to the reason for a raw value ("" for none), asked once for each different value.
        may_fail: holds wherever `is_failed` does, perhaps elsewhere too, and is faster to compute; None: `is_failed`.
    """

    column: str
    code: str
    is_failed: pl.Expr
    reason: pl.Expr
    hint: Callable[[str], str] | None = None
    may_fail: pl.Expr | None = None


def get_cast(name: str) -> pl.Expr:
    """The cast column of a raw one."""
    return pl.col(CAST + name)


def check_id(name: str, cast: Cast, code: str) -> Iterator[Check]:
    """An id must be there."""
    value = get_cast(name)
    is_missing = value.is_null() | is_blank(value) if cast.is_text else value.is_null()
    if cast.can_fail:
        is_missing = value.is_null() & ~cast.is_misfit(value)
        yield Check(
            name, NOT_AN_ID, cast.is_misfit(value), quote_value(pl.col(name)) + " is neither a text nor a whole number"
        )
    yield Check(name, code, is_missing, pl.lit(f"`{name}` is missing"))


def check_date(name: str, cast: Cast, *, is_required: bool) -> Iterator[Check]:
    """A date must be there if it is required, must be readable, and within the range of dates."""
    value = get_cast(name)
    if is_required:
        is_missing = value.is_null() & ~cast.is_misfit(value) if cast.can_fail else value.is_null()
        yield Check(name, MISSING_DATE, is_missing, pl.lit(f"`{name}` is missing"))
    if cast.can_fail:
        reason = quote_value(pl.col(name)) + f" is not a date: {DATE_FORMATS}"
        yield Check(name, NOT_A_DATE, cast.is_misfit(value), reason)
    yield check_range(name)


def check_range(name: str) -> Check:
    """A date must be within the range of dates."""
    value = get_cast(name)
    reason = quote_value(value) + f" is not between {EARLIEST} and {LATEST}"
    return Check(name, DATE_OUT_OF_RANGE, (value < EARLIEST) | (value > LATEST), reason)


def check_recording() -> Check:
    """Nobody records what has not happened."""
    occurred, recorded = get_cast(OCCURRED_ON), get_cast(RECORDED_ON)
    reason = pl.format("recorded on {}, before it occurred on {}", recorded, occurred)
    return Check(RECORDED_ON, RECORDED_BEFORE_OCCURRED, recorded < occurred, reason)


def check_attribute(
    column: AttributeColumn, cast: Cast, is_of_types: Callable[[Collection[str]], pl.Expr | None]
) -> Iterator[Check]:
    """An attribute must be of its type, finite, and within its bounds or values, where its event type declares it.

    Args:
        column: the attribute.
        cast: how its raw column is read.
        is_of_types: whether a row's type is one of some; None where all rows are.
    """
    name, value = column.name, get_cast(column.name)
    # A replacement is checked against the type it takes on when corrections are resolved, if it can be read at all.
    is_declared = is_of_types({*column.declared_by, REPLACE})
    if cast.can_fail:
        reason = quote_value(pl.col(name)) + f" is not {_NAMES[column.type]}"
        hint = _hint_at_number if column.type in (AttributeType.INTEGER, AttributeType.NUMBER) else None
        hint = _hint_at_date if column.type is AttributeType.DATE else hint
        yield Check(name, WRONG_TYPE, _narrow(cast.is_misfit(value), is_declared), reason, hint)
    if column.type is AttributeType.NUMBER:
        is_infinite, reason = value.is_infinite(), pl.lit("the number is infinite")
        yield Check(name, NOT_FINITE, _narrow(is_infinite, is_declared), reason, may_fail=is_infinite)
    if column.type is AttributeType.DATE:
        ranged = check_range(name)
        yield Check(name, ranged.code, _narrow(ranged.is_failed, is_declared), ranged.reason)
    yield from check_limits(column, is_of_types)


def check_limits(column: AttributeColumn, is_of_types: Callable[[Collection[str]], pl.Expr | None]) -> Iterator[Check]:
    """An attribute must be within the bounds or values that its event type declares."""
    name, value = column.name, get_cast(column.name)
    groups: dict[tuple[object, ...], tuple[Attribute, list[str]]] = {}
    for event_type, attribute in column.declared_by.items():
        limits = (attribute.type, attribute.minimum, attribute.maximum, attribute.values)
        groups.setdefault(limits, (attribute, []))[1].append(event_type)
    for attribute, types in groups.values():
        is_declared = is_of_types(types)
        if attribute.type is AttributeType.INTEGER and column.type is AttributeType.NUMBER:
            reason = quote_value(value) + " is not a whole number"
            yield Check(name, WRONG_TYPE, _narrow(value != value.floor(), is_declared), reason)
        if attribute.minimum is not None:
            reason = quote_value(value) + f" is below {attribute.minimum:,f}"
            is_low = value < _to_literal(attribute.minimum)
            yield Check(name, OUT_OF_BOUNDS, _narrow(is_low, is_declared), reason)
        if attribute.maximum is not None:
            reason = quote_value(value) + f" is above {attribute.maximum:,f}"
            is_high = value > _to_literal(attribute.maximum)
            yield Check(name, OUT_OF_BOUNDS, _narrow(is_high, is_declared), reason)
        if attribute.values:
            shown = ", ".join(attribute.values[:8]) + (", …" if len(attribute.values) > 8 else "")
            is_other = ~value.is_in(pl.Series(attribute.values, dtype=pl.String).implode())
            reason = quote_value(value) + f" is not one of: {shown}"
            yield Check(name, NOT_IN_VALUES, _narrow(is_other, is_declared), reason)


def _narrow(is_failed: pl.Expr, is_declared: pl.Expr | None) -> pl.Expr:
    return is_failed if is_declared is None else is_failed & is_declared


def _to_literal(bound: Decimal) -> pl.Expr:
    whole = int(bound)
    return pl.lit(whole, pl.Int64) if bound == whole and abs(whole) < 2**53 else pl.lit(float(bound), pl.Float64)


def _hint_at_number(text: str) -> str:
    """What would make a number of a text.

    Example:
        >>> _hint_at_number("1,234.50"), _hint_at_number("12,5"), _hint_at_number("NA")
        ('write 1234.50, without separators', 'write 12.5, with a point', 'leave an unknown value empty')
    """
    bare = text.replace(" ", "").replace("\u00a0", "").replace("'", "").replace("_", "")
    if _is_number(bare):
        return "" if bare == text else f"write {bare}, without separators"
    if _is_number(bare.replace(",", "")) and len(bare.split(",")[-1].split(".")[0]) == 3:
        return f"write {bare.replace(',', '')}, without separators"
    if bare.count(",") == 1 and _is_number(bare.replace(".", "").replace(",", ".")):
        return f"write {bare.replace('.', '').replace(',', '.')}, with a point"
    if bare.strip("$€£¥%") != bare and _is_number(bare.strip("$€£¥%").replace(",", "")):
        return f"write {bare.strip('$€£¥%').replace(',', '')}, without a unit"
    if bare.lower() in ("na", "n/a", "null", "none", "nil", "-", "--", "?", "unknown"):
        return "leave an unknown value empty"
    return ""


def _hint_at_date(_: str) -> str:
    return DATE_FORMATS


def _is_number(text: str) -> bool:
    return text.lstrip("+-").replace(".", "", 1).isdecimal() and text.isascii()
