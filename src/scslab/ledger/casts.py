"""Casts of raw columns to the types of a ledger: what a value may look like, and which values do not fit."""

from __future__ import annotations

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
        is_filled: whether the raw value says something (NULL: no); None where nothing that is filled can fail to fit.
        is_text: whether the value is a text.
    """

    value: pl.Expr
    is_filled: pl.Expr | None = None
    is_text: bool = False


def cast_column(name: str, dtype: pl.DataType, kind: AttributeType) -> Cast | None:
    """How a raw column is read as `kind`; None where no value of such a column could fit.

    Example:
        >>> frame = pl.DataFrame({"x": ["5", "5.0", "5.5", "1,000", "", None]})
        >>> cast = cast_column("x", pl.String(), AttributeType.INTEGER)
        >>> frame.select(cast.value)["x"].to_list()
        [5, 5, None, None, None, None]
        >>> frame.select(cast.is_filled)["x"].to_list()
        [True, True, True, True, False, None]
    """
    raw = pl.col(name)
    if isinstance(dtype, pl.Null):
        return Cast(raw.cast(_TARGETS[kind]))
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
    as_text = Cast(raw.cast(pl.String), is_text=True)
    if isinstance(dtype, pl.String | pl.Null | pl.Categorical | pl.Enum):
        return as_text
    if dtype.is_integer():
        if is_text or _is_very_wide(dtype):
            return as_text
        return Cast(raw.cast(pl.UInt64 if dtype.is_(pl.UInt64) else pl.Int64))
    if dtype.is_float():
        whole = _keep_whole(raw.cast(pl.Float64))
        is_filled = raw.is_not_null() & raw.is_not_nan()
        return Cast(whole.cast(pl.String), is_filled, is_text=True) if is_text else Cast(whole, is_filled)
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
        return Cast(raw)
    if dtype.is_float():
        # A column of codes with a gap comes as doubles: 60647.0 is meant to be 60647.
        number = raw.cast(pl.Float64)
        whole = _keep_whole(number).cast(pl.String)
        return Cast(pl.coalesce(whole, number.fill_nan(None).cast(pl.String)))
    if dtype.is_integer() or isinstance(dtype, pl.Boolean | pl.Date | pl.Decimal):
        return Cast(raw.cast(pl.String))
    return None


def _cast_date(raw: pl.Expr, dtype: pl.DataType) -> Cast | None:
    if isinstance(dtype, pl.Date):
        return Cast(raw)
    if isinstance(dtype, pl.Datetime):
        return Cast(raw.dt.date())
    if isinstance(dtype, pl.String):
        text = raw.str.strip_chars()
        # The pattern comes first: Polars itself would also read `24-5-7`.
        day = pl.when(text.str.contains(_ISO_DATE)).then(text.str.head(10)).str.to_date("%Y-%m-%d", strict=False)
        return Cast(day, text != "")
    return None


def _cast_boolean(raw: pl.Expr, dtype: pl.DataType) -> Cast | None:
    if isinstance(dtype, pl.Boolean):
        return Cast(raw)
    if isinstance(dtype, pl.String):
        word = raw.str.strip_chars().str.to_lowercase()
        value = word.replace_strict(BOOLEAN_WORDS, default=None, return_dtype=pl.Boolean)
        return Cast(value, word != "")
    if dtype.is_integer():
        return Cast(pl.when(raw.is_between(0, 1)).then(raw == 1), raw.is_not_null())
    if dtype.is_float():
        return Cast(pl.when((raw == 0) | (raw == 1)).then(raw == 1), raw.is_not_null() & raw.is_not_nan())
    return None


def _cast_number(raw: pl.Expr, dtype: pl.DataType, *, is_whole: bool) -> Cast | None:
    if isinstance(dtype, pl.String):
        text = raw.str.strip_chars()
        number = text.cast(pl.Float64, strict=False).fill_nan(None)
        is_filled = (text != "") & (text.str.to_lowercase() != "nan")
        if not is_whole:
            return Cast(number, is_filled)
        return Cast(pl.coalesce(text.cast(pl.Int64, strict=False), _keep_whole(number)), is_filled)
    if dtype.is_integer():
        if not is_whole:
            return Cast(raw.cast(pl.Float64))
        is_wide = dtype.is_(pl.UInt64) or _is_very_wide(dtype)
        return Cast(raw.cast(pl.Int64, strict=False), raw.is_not_null() if is_wide else None)
    if dtype.is_float():
        number = raw.cast(pl.Float64)
        if not is_whole:
            return Cast(number.fill_nan(None))
        return Cast(_keep_whole(number), raw.is_not_null() & raw.is_not_nan())
    if isinstance(dtype, pl.Decimal):
        number = raw.cast(pl.Float64)
        return Cast(_keep_whole(number) if is_whole else number, raw.is_not_null() if is_whole else None)
    return None


def _is_very_wide(dtype: pl.DataType) -> bool:
    return dtype.is_(pl.Int128) or dtype.is_(pl.UInt128)


def _keep_whole(number: pl.Expr) -> pl.Expr:
    """Doubles that are whole numbers, as Int64; NULL for all others (beyond 2^53 a double is not exact)."""
    is_whole = (number == number.floor()) & (number.abs() <= _LARGEST_WHOLE)
    return pl.when(is_whole).then(number).cast(pl.Int64)
