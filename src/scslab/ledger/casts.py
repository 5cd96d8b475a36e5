"""Casts of raw columns to the types of a ledger: what a value may look like, and which values do not fit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from scslab.scheme.model import AttributeType

DATE_FORMATS = "write a date as 2024-05-31 (a time of day after it is dropped)"
"""What is said about dates that cannot be read."""
BOOLEAN_WORDS: dict[str, bool] = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
"""The texts that are read as true or false, in small or capital letters."""

_ISO_DATE = r"^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?$"
_MIDNIGHT = r"[T ]00:00(?::00(?:[.,]0+)?)?(?:Z|[+-]\d{2}:?\d{2})?$"
_LARGEST_WHOLE = float(2**53)


@dataclass(frozen=True, slots=True)
class Cast:
    """How a raw column is read.

    Attributes:
        value: the value, NULL where there is none or it does not fit.
        raw: the raw column.
        is_filled: whether a raw value says something (NULL: no); None where nothing that is filled can fail to fit.
        is_text: whether the value is a text.
    """

    value: pl.Expr
    raw: pl.Expr
    is_filled: Callable[[pl.Expr], pl.Expr] | None = None
    is_text: bool = False

    @property
    def can_fail(self) -> bool:
        """Whether there may be a value that does not fit."""
        return self.is_filled is not None

    def is_misfit(self, value: pl.Expr) -> pl.Expr:
        """Whether a raw value says something and does not fit; `value` is the column that was cast."""
        if self.is_filled is None:
            return pl.lit(False)
        # Only where nothing came of it the raw value is looked at again: that saves half the work on clean texts.
        return self.is_filled(pl.when(value.is_null()).then(self.raw)).fill_null(False)


def cast_column(name: str, dtype: pl.DataType, kind: AttributeType) -> Cast | None:
    """How a raw column is read as `kind`; None where no value of such a column could fit.

    Example:
        >>> frame = pl.DataFrame({"x": ["5", "5.0", "5.5", "1,000", "", None]})
        >>> cast = cast_column("x", pl.String(), AttributeType.INTEGER)
        >>> frame.select(cast.value)["x"].to_list()
        [5, 5, None, None, None, None]
        >>> frame.select(x=cast.is_misfit(cast.value))["x"].to_list()
        [False, False, True, True, False, False]
    """
    raw = pl.col(name)
    if isinstance(dtype, pl.Null):
        return Cast(raw.cast(_TARGETS[kind]), raw)
    if isinstance(dtype, pl.Categorical | pl.Enum):
        raw, dtype = raw.cast(pl.String), pl.String()
    match kind:
        case AttributeType.TEXT:
            return _cast_text(raw, dtype)
        case AttributeType.DATE:
            return _cast_date(raw, dtype)
        case AttributeType.BOOLEAN:
            return _cast_boolean(raw, dtype)
        case AttributeType.INTEGER | AttributeType.NUMBER:
            return _cast_number(raw, dtype, is_whole=kind is AttributeType.INTEGER)


_TARGETS: dict[AttributeType, pl.DataType] = {
    AttributeType.INTEGER: pl.Int64(),
    AttributeType.NUMBER: pl.Float64(),
    AttributeType.TEXT: pl.String(),
    AttributeType.BOOLEAN: pl.Boolean(),
    AttributeType.DATE: pl.Date(),
}


def cast_id(name: str, dtype: pl.DataType, *, is_text: bool) -> Cast | None:
    """How a column of ids is read: texts stay, whole numbers stay numbers unless `is_text`; None: no ids at all.

    Whole numbers that come as doubles (pandas makes them where one is missing) are whole numbers.
    """
    raw = pl.col(name)
    as_text = Cast(raw.cast(pl.String), raw, is_text=True)
    if isinstance(dtype, pl.String | pl.Null | pl.Categorical | pl.Enum):
        return as_text
    if dtype.is_integer():
        if is_text or _is_very_wide(dtype):
            return as_text
        return Cast(raw.cast(pl.UInt64 if dtype.is_(pl.UInt64) else pl.Int64), raw)
    if dtype.is_float():
        whole = _keep_whole(raw.cast(pl.Float64))
        return Cast(whole.cast(pl.String) if is_text else whole, raw, _is_number, is_text=is_text)
    return as_text if isinstance(dtype, pl.Decimal) and not dtype.scale else None


def is_blank(text: pl.Expr) -> pl.Expr:
    """Whether a text is empty or has nothing but white space.

    Only texts that begin with a character before `!` can be: stripping all the others would cost most of the check.
    """
    return pl.when(text < "!").then(text).str.strip_chars() == ""


def has_time_of_day(name: str, dtype: pl.DataType) -> pl.Expr | None:
    """Whether a date comes with a time other than midnight; None where it cannot."""
    raw = pl.col(name)
    if isinstance(dtype, pl.Datetime):
        return raw.dt.time().cast(pl.Int64) != 0
    if isinstance(dtype, pl.String):
        text = raw.str.strip_chars()
        return (text.str.len_bytes() > 10) & text.str.contains(_ISO_DATE) & ~text.str.contains(_MIDNIGHT)
    return None


def _cast_text(raw: pl.Expr, dtype: pl.DataType) -> Cast | None:
    if isinstance(dtype, pl.String):
        return Cast(raw, raw)
    if dtype.is_float():
        # A column of codes with a gap comes as doubles: 60647.0 is meant to be 60647.
        number = raw.cast(pl.Float64)
        whole = _keep_whole(number).cast(pl.String)
        return Cast(pl.coalesce(whole, number.fill_nan(None).cast(pl.String)), raw)
    if dtype.is_integer() or isinstance(dtype, pl.Boolean | pl.Date | pl.Decimal):
        return Cast(raw.cast(pl.String), raw)
    return None


def _cast_date(raw: pl.Expr, dtype: pl.DataType) -> Cast | None:
    if isinstance(dtype, pl.Date):
        return Cast(raw, raw)
    if isinstance(dtype, pl.Datetime):
        return Cast(raw.dt.date(), raw)
    if isinstance(dtype, pl.String):
        text = raw.str.strip_chars()
        # The pattern comes first: Polars itself would also read `24-5-7`.
        day = pl.when(text.str.contains(_ISO_DATE)).then(text.str.head(10)).str.to_date("%Y-%m-%d", strict=False)
        return Cast(day, raw, _has_text)
    return None


def _cast_boolean(raw: pl.Expr, dtype: pl.DataType) -> Cast | None:
    if isinstance(dtype, pl.Boolean):
        return Cast(raw, raw)
    if isinstance(dtype, pl.String):
        word = raw.str.strip_chars().str.to_lowercase()
        value = word.replace_strict(BOOLEAN_WORDS, default=None, return_dtype=pl.Boolean)
        return Cast(value, raw, _has_text)
    if dtype.is_integer():
        return Cast(pl.when(raw.is_between(0, 1)).then(raw == 1), raw, _is_known)
    if dtype.is_float():
        return Cast(pl.when((raw == 0) | (raw == 1)).then(raw == 1), raw, _is_number)
    return None


def _cast_number(raw: pl.Expr, dtype: pl.DataType, *, is_whole: bool) -> Cast | None:
    if isinstance(dtype, pl.String):
        text = raw.str.strip_chars()
        if not is_whole:
            return Cast(text.cast(pl.Float64, strict=False).fill_nan(None), raw, _has_number)
        exact = text.cast(pl.Int64, strict=False)
        # Few whole numbers are written as `5.0` or `1e3`: only what is left is read as a double.
        rest = _keep_whole(pl.when(exact.is_null()).then(text).cast(pl.Float64, strict=False).fill_nan(None))
        return Cast(pl.coalesce(exact, rest), raw, _has_number)
    if dtype.is_integer():
        if not is_whole:
            return Cast(raw.cast(pl.Float64), raw)
        is_wide = dtype.is_(pl.UInt64) or _is_very_wide(dtype)
        return Cast(raw.cast(pl.Int64, strict=False), raw, _is_known if is_wide else None)
    if dtype.is_float():
        number = raw.cast(pl.Float64)
        if not is_whole:
            return Cast(number.fill_nan(None), raw)
        return Cast(_keep_whole(number), raw, _is_number)
    if isinstance(dtype, pl.Decimal):
        number = raw.cast(pl.Float64)
        return Cast(_keep_whole(number) if is_whole else number, raw, _is_known if is_whole else None)
    return None


def _is_known(raw: pl.Expr) -> pl.Expr:
    return raw.is_not_null()


def _is_number(raw: pl.Expr) -> pl.Expr:
    return raw.is_not_null() & raw.is_not_nan()


def _has_text(raw: pl.Expr) -> pl.Expr:
    return raw.str.strip_chars() != ""


def _has_number(raw: pl.Expr) -> pl.Expr:
    text = raw.str.strip_chars()
    return (text != "") & (text.str.to_lowercase() != "nan")


def _is_very_wide(dtype: pl.DataType) -> bool:
    return dtype.is_(pl.Int128) or dtype.is_(pl.UInt128)


def _keep_whole(number: pl.Expr) -> pl.Expr:
    """Doubles that are whole numbers, as Int64; NULL for all others (beyond 2^53 a double is not exact)."""
    is_whole = (number == number.floor()) & (number.abs() <= _LARGEST_WHOLE)
    return pl.when(is_whole).then(number).cast(pl.Int64)
