"""The operations of the stack machine for conditions and formulas (`kernel_condition`)."""

from __future__ import annotations

(
    COLUMN, CONSTANT, ADD, SUBTRACT, MULTIPLY, DIVIDE, NEGATE, EQUAL, NOT_EQUAL, LESS, LESS_EQUAL, GREATER,
    GREATER_EQUAL,
    AND, OR, NOT, IS_NULL, COALESCE, LEAST, GREATEST, ABS, FLOOR, CEIL, CHOOSE,
) = range(24)  # fmt: skip
"""Operations. The argument of COLUMN and CONSTANT says which one; the others take one, two or (CHOOSE) three values."""
