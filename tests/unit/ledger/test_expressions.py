"""The meaning of conditions in columns: truth tables and numbers by hand from `scslab.scheme.conditions`."""

from __future__ import annotations

from datetime import date
from itertools import product
from typing import Any

import polars as pl
import pytest

from scslab.ledger.expressions import to_polars
from scslab.scheme.conditions import Column, Expression, Literal, Node, Op, Operation, ValueType

NUMBER, TEXT, BOOLEAN, DATE, NULL = (
    ValueType.NUMBER,
    ValueType.TEXT,
    ValueType.BOOLEAN,
    ValueType.DATE,
    ValueType.NULL,
)
INF, NAN = float("inf"), float("nan")


def column(name: str, kind: ValueType = NUMBER) -> Column:
    return Column("event", name, kind)


def literal(value: Any, kind: ValueType = NUMBER) -> Literal:
    return Literal(value, kind)


def of(op: Op, kind: ValueType, *arguments: Node) -> Operation:
    return Operation(op, arguments, kind)


def evaluate(node: Node, **columns: list[Any]) -> list[Any]:
    frame = pl.DataFrame(columns, strict=False)
    return frame.select(found=to_polars(Expression("", node), lambda c: pl.col(c.name)))["found"].to_list()


def both(op: Op, kind: ValueType, result: ValueType, left: list[Any], right: list[Any]) -> list[Any]:
    node = of(op, result, column("a", kind), column("b", kind))
    found = evaluate(node, a=[a for a, _ in product(left, right)], b=[b for _, b in product(left, right)])
    assert len(found) == len(left) * len(right)
    return found


TRUTH = [True, False, None]


def test_and_is_false_if_any_side_is() -> None:
    assert both(Op.AND, BOOLEAN, BOOLEAN, TRUTH, TRUTH) == [
        *(True, False, None),
        *(False, False, False),
        *(None, False, None),
    ]


def test_or_is_true_if_any_side_is() -> None:
    assert both(Op.OR, BOOLEAN, BOOLEAN, TRUTH, TRUTH) == [
        *(True, True, True),
        *(True, False, None),
        *(True, None, None),
    ]


def test_not_of_null_is_null() -> None:
    assert evaluate(of(Op.NOT, BOOLEAN, column("a", BOOLEAN)), a=TRUTH) == [False, True, None]


@pytest.mark.parametrize(
    ("op", "expected"),
    [
        # 1 and 2 with 1, 2 and NULL, in this order.
        (Op.EQUAL, [True, False, None, False, True, None]),
        (Op.NOT_EQUAL, [False, True, None, True, False, None]),
        (Op.LESS, [False, True, None, False, False, None]),
        (Op.LESS_EQUAL, [True, True, None, False, True, None]),
        (Op.GREATER, [False, False, None, True, False, None]),
        (Op.GREATER_EQUAL, [True, False, None, True, True, None]),
    ],
)
def test_a_comparison_with_null_is_null(op: Op, expected: list[bool | None]) -> None:
    assert both(op, NUMBER, BOOLEAN, [1, 2], [1, 2, None]) == expected


def test_nan_counts_as_null() -> None:
    # Polars itself says that NaN = NaN and that NaN is greater than every number.
    assert both(Op.EQUAL, NUMBER, BOOLEAN, [NAN], [NAN, 1.0]) == [None, None]
    assert both(Op.GREATER, NUMBER, BOOLEAN, [NAN], [1.0]) == [None]
    assert evaluate(of(Op.IS_NULL, BOOLEAN, column("a")), a=[NAN, 1.0, None]) == [True, False, True]


def test_arithmetic_that_has_no_value_is_null() -> None:
    huge = of(Op.MULTIPLY, NUMBER, column("a"), literal(1e300))
    # 1e300 * 1e300 is infinite, and infinite less infinite is no number.
    assert evaluate(huge, a=[1e300]) == [INF]
    assert evaluate(of(Op.SUBTRACT, NUMBER, huge, huge), a=[1e300]) == [None]
    nothing = of(Op.SUBTRACT, NUMBER, huge, huge)
    assert evaluate(of(Op.GREATER, BOOLEAN, nothing, literal(0.0)), a=[1e300]) == [None]


def test_whole_numbers_are_computed_in_doubles() -> None:
    # In Int8, 100 * 100 would wrap to 16; in integers 7 / 2 would be 3.
    small = pl.Series([100, 7], dtype=pl.Int8)
    product_ = of(Op.MULTIPLY, NUMBER, column("a"), column("a"))
    assert evaluate(product_, a=small) == [10000.0, 49.0]  # type: ignore[arg-type]
    assert evaluate(of(Op.DIVIDE, NUMBER, column("a"), literal(2.0)), a=[7]) == [3.5]
    # 2^53 + 1 is no double: it becomes 2^53.
    assert evaluate(of(Op.ADD, NUMBER, column("a"), literal(0.0)), a=[2**53 + 1]) == [float(2**53)]


def test_division_by_zero_is_null() -> None:
    assert both(Op.DIVIDE, NUMBER, NUMBER, [1.0, 0.0, None], [0.0, -0.0, 2.0, None]) == [
        *(None, None, 0.5, None),
        *(None, None, 0.0, None),
        *(None, None, None, None),
    ]


@pytest.mark.parametrize(
    ("op", "expected"),
    [
        (Op.ADD, [3.0, None]),
        (Op.SUBTRACT, [-1.0, None]),
        (Op.MULTIPLY, [2.0, None]),
        (Op.DIVIDE, [0.5, None]),
    ],
)
def test_arithmetic_with_null_is_null(op: Op, expected: list[float | None]) -> None:
    assert both(op, NUMBER, NUMBER, [1], [2, None]) == expected


def test_functions_of_one_number() -> None:
    values = [-1.5, 2.0, None]
    assert evaluate(of(Op.NEGATE, NUMBER, column("a")), a=values) == [1.5, -2.0, None]
    assert evaluate(of(Op.ABS, NUMBER, column("a")), a=values) == [1.5, 2.0, None]
    assert evaluate(of(Op.FLOOR, NUMBER, column("a")), a=values) == [-2.0, 2.0, None]
    assert evaluate(of(Op.CEIL, NUMBER, column("a")), a=values) == [-1.0, 2.0, None]


def test_least_and_greatest_pass_over_nulls() -> None:
    three = (column("a"), column("b"), column("c"))
    values: dict[str, list[Any]] = {"a": [3, None, None, 1], "b": [1, 2, None, 1], "c": [2, None, None, NAN]}
    assert evaluate(of(Op.LEAST, NUMBER, *three), **values) == [1.0, 2.0, None, 1.0]
    assert evaluate(of(Op.GREATEST, NUMBER, *three), **values) == [3.0, 2.0, None, 1.0]


def test_in_is_null_where_the_answer_hangs_on_a_null() -> None:
    has_null = of(Op.IN, BOOLEAN, column("a", TEXT), literal("x", TEXT), literal(None, NULL))
    # x in ('x', null) is true; y in ('x', null) cannot be decided.
    assert evaluate(has_null, a=["x", "y", None]) == [True, None, None]
    plain = of(Op.IN, BOOLEAN, column("a", TEXT), literal("x", TEXT), literal("z", TEXT))
    assert evaluate(plain, a=["x", "y", None]) == [True, False, None]


def test_a_long_list_means_the_same_as_a_short_one() -> None:
    many = of(Op.IN, BOOLEAN, column("a"), *(literal(float(number)) for number in range(20)))
    assert evaluate(many, a=[0.0, -0.0, 19, 20, None, NAN]) == [True, True, True, False, None, None]
    texts = of(Op.IN, BOOLEAN, column("a", TEXT), *(literal(f"t{number}", TEXT) for number in range(20)))
    assert evaluate(texts, a=["t19", "t20", None]) == [True, False, None]
    days = of(Op.IN, BOOLEAN, column("a", DATE), *(literal(date(2020, 1, day), DATE) for day in range(1, 21)))
    assert evaluate(days, a=[date(2020, 1, 20), date(2020, 1, 21), None]) == [True, False, None]


def test_between_is_inclusive_and_false_if_one_side_is() -> None:
    node = of(Op.BETWEEN, BOOLEAN, column("a"), column("low"), column("high"))
    # The last two: 5 is above 3 whatever the low bound is; 5 may or may not be below an unknown high bound.
    found = evaluate(node, a=[1, 3, 0, 4, None, 5, 5], low=[1, 1, 1, 1, 1, None, 1], high=[3, 3, 3, 3, 3, 3, None])
    assert found == [True, True, False, False, None, False, None]


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        # Against: abc, Abc, a.c, "", a line break in the middle, NULL.
        ("abc", [True, False, False, False, False, None]),
        ("a%", [True, False, True, False, True, None]),
        ("%c", [True, True, True, False, True, None]),
        ("a_c", [True, False, True, False, True, None]),
        ("a.c", [False, False, True, False, False, None]),
        ("%", [True, True, True, True, True, None]),
        ("", [False, False, False, True, False, None]),
        ("___", [True, True, True, False, True, None]),
    ],
)
def test_like(pattern: str, expected: list[bool | None]) -> None:
    node = of(Op.LIKE, BOOLEAN, column("a", TEXT), literal(pattern, TEXT))
    assert evaluate(node, a=["abc", "Abc", "a.c", "", "a\nc", None]) == expected


def test_an_underscore_is_one_character_of_any_script() -> None:
    node = of(Op.LIKE, BOOLEAN, column("a", TEXT), literal("荣_", TEXT))
    assert evaluate(node, a=["荣成", "荣", "荣成市"]) == [True, False, False]


def test_case_takes_the_first_true_condition_and_null_is_not_true() -> None:
    node = of(
        Op.CASE, NUMBER, column("p", BOOLEAN), literal(1.0), column("q", BOOLEAN), literal(2.0), literal(None, NULL)
    )
    found = evaluate(node, p=[True, None, False, None, True], q=[True, True, True, None, False])
    assert found == [1.0, 2.0, 2.0, None, 1.0]


def test_coalesce_takes_the_first_known_value() -> None:
    node = of(Op.COALESCE, NUMBER, column("a"), column("b"), literal(9.0))
    assert evaluate(node, a=[1, None, None, NAN], b=[5, 2, None, 4]) == [1.0, 2.0, 9.0, 4.0]


def test_texts() -> None:
    words = ["Äb", "荣成", "", None]
    assert evaluate(of(Op.LOWER, TEXT, column("a", TEXT)), a=words) == ["äb", "荣成", "", None]
    assert evaluate(of(Op.UPPER, TEXT, column("a", TEXT)), a=words) == ["ÄB", "荣成", "", None]
    assert evaluate(of(Op.LENGTH, NUMBER, column("a", TEXT)), a=words) == [2.0, 2.0, 0.0, None]


def test_texts_are_compared_byte_by_byte() -> None:
    # "Z" is before "a", and "é" (two bytes from 0xC3) after every ASCII letter.
    assert both(Op.LESS, TEXT, BOOLEAN, ["Z", "é"], ["a", "z"]) == [True, True, False, False]


def test_dates() -> None:
    days = [date(2024, 2, 29), None]
    assert evaluate(of(Op.YEAR, NUMBER, column("a", DATE)), a=days) == [2024.0, None]
    assert evaluate(of(Op.MONTH, NUMBER, column("a", DATE)), a=days) == [2.0, None]
    # From 29 February to 1 March 2024 it is one day; the other way round it is minus one.
    node = of(Op.DAYS_BETWEEN, NUMBER, column("a", DATE), column("b", DATE))
    assert evaluate(node, a=[date(2024, 2, 29), date(2024, 3, 1)], b=[date(2024, 3, 1), date(2024, 2, 29)]) == [1, -1]


def test_a_column_that_is_not_there_is_null() -> None:
    node = of(Op.LESS, BOOLEAN, column("a"), literal(5.0))
    frame = pl.DataFrame({"x": [1, 2]})
    found = frame.select("x", found=to_polars(Expression("", node), lambda _: pl.lit(None)))
    assert found["found"].to_list() == [None, None]
    assert found["found"].dtype == pl.Boolean


def test_a_pattern_that_is_no_constant_is_refused() -> None:
    node = of(Op.LIKE, BOOLEAN, column("a", TEXT), column("b", TEXT))
    with pytest.raises(TypeError, match="constant"):
        to_polars(Expression("", node), lambda c: pl.col(c.name))
