from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
import pytest

from scslab.ledger.casts import cast_column, cast_id, has_time_of_day, is_blank
from scslab.scheme.model import AttributeType

INTEGER, NUMBER, TEXT, BOOLEAN, DATE = (
    AttributeType.INTEGER,
    AttributeType.NUMBER,
    AttributeType.TEXT,
    AttributeType.BOOLEAN,
    AttributeType.DATE,
)
NAN = float("nan")


def read(values: list[Any], kind: AttributeType, dtype: Any = None) -> tuple[list[Any], list[bool]]:
    """The values, and which ones are filled and do not fit."""
    frame = pl.DataFrame({"x": pl.Series(values, dtype=dtype)})
    cast = cast_column("x", frame.schema["x"], kind)
    assert cast is not None
    found = frame.with_columns(value=cast.value).with_columns(misfit=cast.is_misfit(pl.col("value")))
    assert cast.can_fail or not found["misfit"].any()
    return found["value"].to_list(), found["misfit"].to_list()


@pytest.mark.parametrize(
    "text", ["1,234", "12,5", "five", "0x1F", "1_000", "1 000", "NA", "null", "$5", "1e", "٥", "--1", "2020-01-01"]
)
def test_a_text_that_is_no_number_does_not_fit(text: str) -> None:
    assert read([text], NUMBER) == ([None], [True])
    assert read([text], INTEGER) == ([None], [True])


def test_numbers_in_texts() -> None:
    texts = ["5", " 5 ", "5.0", "-1.5", "1e3", ".5", "+2", "", "  ", None, "nan"]
    assert read(texts, NUMBER) == ([5.0, 5.0, 5.0, -1.5, 1000.0, 0.5, 2.0, None, None, None, None], [False] * 11)


def test_whole_numbers_in_texts_are_exact() -> None:
    # 2^53 + 1 is no double; 1.5 and 1e300 are no whole numbers that fit.
    texts = ["9007199254740993", "5.0", "1e3", "1.5", "1e300", "9223372036854775808"]
    values, misfits = read(texts, INTEGER)
    assert values == [9007199254740993, 5, 1000, None, None, None]
    assert misfits == [False, False, False, True, True, True]


def test_infinite_numbers_are_read_and_left_to_a_check() -> None:
    assert read(["inf", "-Infinity", "1e400"], NUMBER) == ([float("inf"), float("-inf"), float("inf")], [False] * 3)


def test_whole_numbers_in_doubles() -> None:
    assert read([1.0, 2.5, NAN, None, 1e300], INTEGER) == ([1, None, None, None, None], [0, 1, 0, 0, 1])


def test_nan_is_an_empty_number() -> None:
    assert read([1.5, NAN, None], NUMBER) == ([1.5, None, None], [False] * 3)


def test_other_kinds_of_numbers() -> None:
    assert read([Decimal("1.50"), None], NUMBER) == ([1.5, None], [False] * 2)
    assert read([Decimal("1.50"), Decimal("2.00")], INTEGER) == ([None, 2], [True, False])
    assert read([2**63, 7], INTEGER, pl.UInt64) == ([None, 7], [True, False])
    assert read([200, None], NUMBER, pl.UInt8) == ([200.0, None], [False] * 2)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2024-02-29", date(2024, 2, 29)),
        (" 2024-02-29 ", date(2024, 2, 29)),
        ("2024-02-29T23:59:59", date(2024, 2, 29)),
        ("2024-02-29 08:30", date(2024, 2, 29)),
        ("2024-02-29T23:59:59.123Z", date(2024, 2, 29)),
        # The date is the one that is written, wherever the clock stood.
        ("2024-02-29T23:59:59+08:00", date(2024, 2, 29)),
        ("1899-12-31", date(1899, 12, 31)),
    ],
)
def test_dates_in_texts(text: str, day: date) -> None:
    assert read([text], DATE) == ([day], [False])


@pytest.mark.parametrize(
    "text",
    [
        *("2023-02-29", "2024-13-01", "2024-2-9", "24-02-09", "20240229", "2024/02/29", "29.02.2024", "02/29/2024"),
        *(
            "12024-02-29",
            "-2024-02-29",
            "+2024-02-29",
            "2024-02-29x",
            "2024-02-29T",
            "45351",
            "today",
            "2024-02",
            "٢٠٢٤-٠٢-٢٩",
        ),
    ],
)
def test_a_text_that_is_no_date_does_not_fit(text: str) -> None:
    assert read([text], DATE) == ([None], [True])


def test_moments_become_days() -> None:
    assert read([datetime(2024, 5, 31, 23, 59), None], DATE) == ([date(2024, 5, 31), None], [False] * 2)
    # 23:00 in London on 31 May is 1 June in Shanghai: the day is that of the column's own zone.
    shanghai = datetime(2024, 6, 1, 6, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
    assert read([shanghai], DATE, pl.Datetime("us", "Asia/Shanghai")) == ([date(2024, 6, 1)], [False])


def test_times_of_day_are_noticed() -> None:
    frame = pl.DataFrame({"x": ["2024-05-31", "2024-05-31T00:00:00Z", "2024-05-31 00:00", "2024-05-31T00:01", None]})
    found = has_time_of_day("x", pl.String())
    assert found is not None
    assert frame.select(x=found)["x"].to_list() == [False, False, False, True, None]
    moments = pl.DataFrame({"x": [datetime(2024, 5, 31), datetime(2024, 5, 31, 0, 0, 1)]})
    found = has_time_of_day("x", moments.schema["x"])
    assert found is not None
    assert moments.select(x=found)["x"].to_list() == [False, True]
    assert has_time_of_day("x", pl.Date()) is None


def test_booleans() -> None:
    words = ["true", "False", " YES", "no", "1", "0", "maybe", "", None, "2"]
    values, misfits = read(words, BOOLEAN)
    assert values == [True, False, True, False, True, False, None, None, None, None]
    assert misfits == [False] * 6 + [True, False, False, True]
    assert read([1, 0, 2, None], BOOLEAN) == ([True, False, None, None], [False, False, True, False])
    assert read([1.0, 0.0, 0.5, NAN], BOOLEAN) == ([True, False, None, None], [False, False, True, False])
    assert read([True, None], BOOLEAN) == ([True, None], [False] * 2)


def test_texts_of_other_kinds() -> None:
    # A column of codes with a gap comes as doubles from pandas.
    assert read([60647.0, NAN, 0.5], TEXT) == (["60647", None, "0.5"], [False] * 3)
    assert read([7, None], TEXT) == (["7", None], [False] * 2)
    assert read([date(2024, 5, 31)], TEXT) == (["2024-05-31"], [False])
    assert read([True], TEXT) == (["true"], [False])
    assert read(["a", None], TEXT, pl.Categorical()) == (["a", None], [False] * 2)
    assert read(["", " x "], TEXT) == (["", " x "], [False] * 2)


@pytest.mark.parametrize("kind", list(AttributeType))
def test_an_empty_column_fits_everything(kind: AttributeType) -> None:
    assert read([None, None], kind) == ([None, None], [False] * 2)


@pytest.mark.parametrize(
    ("dtype", "kind"),
    [
        (pl.List(pl.String), TEXT),
        (pl.Struct({"a": pl.Int64}), TEXT),
        (pl.Binary(), TEXT),
        (pl.Int64(), DATE),
        (pl.Float64(), DATE),
        (pl.Date(), NUMBER),
        (pl.Boolean(), NUMBER),
        (pl.Date(), BOOLEAN),
        (pl.Time(), DATE),
    ],
)
def test_a_column_of_another_kind_does_not_fit_at_all(dtype: pl.DataType, kind: AttributeType) -> None:
    assert cast_column("x", dtype, kind) is None


def ids(values: list[Any], dtype: Any = None, *, is_text: bool = False) -> pl.Series:
    frame = pl.DataFrame({"x": pl.Series(values, dtype=dtype)})
    cast = cast_id("x", frame.schema["x"], is_text=is_text)
    assert cast is not None
    found = frame.select(x=cast.value)["x"]
    assert cast.is_text == (found.dtype == pl.String)
    return found


def test_ids_stay_as_they_are() -> None:
    assert ids(["007", " a"]).to_list() == ["007", " a"]
    assert ids([7, 8], pl.Int16).dtype == pl.Int64
    assert ids([7, 8], pl.UInt64).dtype == pl.UInt64
    assert ids([7.0, None, 1.5]).to_list() == [7, None, None]
    assert ids([2**100, 5], pl.Int128).to_list() == [str(2**100), "5"]
    assert ids([Decimal(5)], pl.Decimal(20, 0)).to_list() == ["5"]
    assert ids(["a"], pl.Categorical()).to_list() == ["a"]


def test_ids_as_texts_are_the_decimal_texts() -> None:
    assert ids([7, -3], is_text=True).to_list() == ["7", "-3"]
    assert ids([7.0, None], is_text=True).to_list() == ["7", None]


@pytest.mark.parametrize("dtype", [pl.Boolean(), pl.Date(), pl.List(pl.Int64), pl.Decimal(10, 2), pl.Binary()])
def test_what_is_no_id(dtype: pl.DataType) -> None:
    assert cast_id("x", dtype, is_text=False) is None


def test_blank_texts() -> None:
    texts = ["", " ", "\t\n", "　", " a", "a", None, "!"]
    frame = pl.DataFrame({"x": texts})
    # An ideographic space sorts after `!` and is not looked at: only ASCII white space counts.
    expected = [True, True, True, None, False, None, None, None]
    assert frame.select(x=is_blank(pl.col("x")))["x"].to_list() == expected
