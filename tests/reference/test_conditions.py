"""The reference evaluator against what SQL says: each line an expression and its value, by the standard's truth tables.

NULL is None. The attribute `amount` is 2.5, `place` is 'North', `gone` is NULL, `due_on` is 29 February 2020.
"""

from __future__ import annotations

import math
from datetime import date
from typing import Any

import pytest

from reference.conditions import evaluate
from reference.examples import op
from scslab.scheme.conditions import Column, Op, ValueType

ROW = {"amount": 2.5, "items": 3, "place": "North", "due_on": date(2020, 2, 29)}
AMOUNT = Column("event", "amount", ValueType.NUMBER)
ITEMS = Column("event", "items", ValueType.NUMBER)
PLACE = Column("event", "place", ValueType.TEXT)
DUE_ON = Column("event", "due_on", ValueType.DATE)
GONE = Column("event", "gone", ValueType.NUMBER)
AGE = Column("subject", "age", ValueType.NUMBER)


def value(operation: Op, *arguments: Any) -> Any:
    read = {("subject", "age"): 40} | {("event", name): found for name, found in ROW.items()}
    return evaluate(op(operation, *arguments), lambda owner, name: read.get((owner, name)))


T, F, N = True, False, None


@pytest.mark.parametrize(
    ("left", "right", "both", "either"),
    [
        (T, T, T, T), (T, F, F, T), (T, N, N, T),
        (F, T, F, T), (F, F, F, F), (F, N, F, N),
        (N, T, N, T), (N, F, F, N), (N, N, N, N),
    ],
)  # fmt: skip
def test_logic_has_three_values(left: bool | None, right: bool | None, both: bool | None, either: bool | None) -> None:
    assert value(Op.AND, left, right) is both
    assert value(Op.OR, left, right) is either


@pytest.mark.parametrize(
    ("expected", "operation", "arguments"),
    [
        (None, Op.NOT, (None,)),
        (False, Op.NOT, (True,)),
        (None, Op.EQUAL, (GONE, 1.0)),
        (None, Op.EQUAL, (None, None)),
        (True, Op.NOT_EQUAL, (AMOUNT, 1.0)),
        (True, Op.GREATER, (AGE, 39.0)),
        (False, Op.LESS, (AMOUNT, 2.5)),
        (True, Op.LESS_EQUAL, (AMOUNT, 2.5)),
        (True, Op.LESS, ("Z", "a")),  # by code point
        (True, Op.LESS, (date(2020, 2, 28), DUE_ON)),
        (True, Op.IS_NULL, (GONE,)),
        (False, Op.IS_NULL, (AMOUNT,)),
        (True, Op.IN, (PLACE, "South", "North")),
        (False, Op.IN, (PLACE, "South")),
        (None, Op.IN, (PLACE, "South", None)),  # it might be that one
        (True, Op.IN, (PLACE, None, "North")),
        (None, Op.IN, (GONE, 1.0)),
        (True, Op.BETWEEN, (AMOUNT, 2.5, 2.5)),
        (False, Op.BETWEEN, (AMOUNT, 3.0, None)),  # 2.5 >= 3 is false, whatever the other end
        (None, Op.BETWEEN, (AMOUNT, 1.0, None)),
        (True, Op.LIKE, (PLACE, "N%h")),
        (True, Op.LIKE, (PLACE, "_orth")),
        (False, Op.LIKE, (PLACE, "n%")),
        (False, Op.LIKE, (PLACE, "ort")),
        (True, Op.LIKE, ("", "%")),
        (True, Op.LIKE, ("a.c", "a.c")),
        (False, Op.LIKE, ("abc", "a.c")),  # a dot is a dot
        (True, Op.LIKE, ("a\nb", "a_b")),
        (1.0, Op.CASE, (True, 1.0, 2.0)),
        (2.0, Op.CASE, (None, 1.0, 2.0)),
        (2.0, Op.CASE, (False, 1.0, True, 2.0, 3.0)),
        (None, Op.CASE, (False, 1.0, None)),
        (2.5, Op.COALESCE, (GONE, AMOUNT)),
        (None, Op.COALESCE, (GONE, None)),
        (5.5, Op.ADD, (AMOUNT, ITEMS)),
        (None, Op.ADD, (AMOUNT, GONE)),
        (0.30000000000000004, Op.ADD, (0.1, 0.2)),  # doubles
        (-0.5, Op.SUBTRACT, (AMOUNT, 3.0)),
        (7.5, Op.MULTIPLY, (AMOUNT, ITEMS)),
        (1.5, Op.DIVIDE, (ITEMS, 2.0)),  # no whole-number division
        (None, Op.DIVIDE, (AMOUNT, 0.0)),
        (math.inf, Op.MULTIPLY, (1e300, 1e300)),
        (None, Op.MULTIPLY, (math.inf, 0.0)),  # not a number
        (-2.5, Op.NEGATE, (AMOUNT,)),
        (2.5, Op.ABS, (-2.5,)),
        (-3.0, Op.FLOOR, (-2.5,)),
        (-2.0, Op.CEIL, (-2.5,)),
        (2.5, Op.LEAST, (GONE, 3.0, AMOUNT)),
        (3.0, Op.GREATEST, (GONE, 3.0, AMOUNT)),
        (None, Op.LEAST, (GONE, None)),
        ("north", Op.LOWER, (PLACE,)),
        ("NORTH", Op.UPPER, (PLACE,)),
        (2.0, Op.LENGTH, ("荣成",)),
        (None, Op.LENGTH, (GONE,)),
        (2020.0, Op.YEAR, (DUE_ON,)),
        (2.0, Op.MONTH, (DUE_ON,)),
        (1.0, Op.DAYS_BETWEEN, (DUE_ON, date(2020, 3, 1))),  # from the first to the second
        (-1.0, Op.DAYS_BETWEEN, (DUE_ON, date(2020, 2, 28))),
    ],
)
def test_operations(expected: Any, operation: Op, arguments: tuple[Any, ...]) -> None:
    found = value(operation, *arguments)
    assert found == expected
    assert type(found) is type(expected)
