"""A small stack machine for conditions and formulas, so that each is computed only for the events that it concerns.

All values are doubles. NULL is NaN; booleans are 1 and 0. The programs come from `scslab.engine.programs`.
"""

from __future__ import annotations

import numpy as np

from scslab.engine.jit import inline, load_double
from scslab.engine.layout import Array, Int
from scslab.engine.operations import (
    ABS,
    ADD,
    AND,
    CEIL,
    CHOOSE,
    COALESCE,
    COLUMN,
    CONSTANT,
    EQUAL,
    FLOOR,
    GREATER,
    GREATER_EQUAL,
    GREATEST,
    IS_NULL,
    LEAST,
    LESS,
    LESS_EQUAL,
    MULTIPLY,
    NEGATE,
    NOT,
    NOT_EQUAL,
    OR,
    SUBTRACT,
)

NAN = np.nan


@inline
def compare(op: Int, a: float, b: float) -> float:
    """A comparison in three-valued logic."""
    if np.isnan(a) or np.isnan(b):
        return NAN
    if op == EQUAL:
        holds = a == b
    elif op == NOT_EQUAL:
        holds = a != b
    elif op == LESS:
        holds = a < b
    elif op == LESS_EQUAL:
        holds = a <= b
    elif op == GREATER:
        holds = a > b
    else:
        holds = a >= b
    return 1.0 if holds else 0.0


@inline
def combine(op: Int, a: float, b: float) -> float:
    """An operation on two values that is no comparison."""
    if op == AND or op == OR:
        decisive = 0.0 if op == AND else 1.0
        if a == decisive or b == decisive:
            return decisive
        return NAN if np.isnan(a) or np.isnan(b) else 1.0 - decisive
    if op == COALESCE:
        return b if np.isnan(a) else a
    if op == LEAST or op == GREATEST:  # NULLs are passed over
        if np.isnan(a):
            return b
        if np.isnan(b):
            return a
        return min(a, b) if op == LEAST else max(a, b)
    if op == ADD:
        return a + b
    if op == SUBTRACT:
        return a - b
    if op == MULTIPLY:
        return a * b
    return NAN if b == 0.0 else a / b


@inline
def evaluate(program: Array, low: Int, high: Int, constants: Array, columns: Array, i: Int, stack: Array) -> float:
    """The value of a program (operations `low..high`) for row `i` of the `columns` at these addresses."""
    top = -1
    for k in range(low, high):
        op = program[k, 0]
        if op == COLUMN:
            top += 1
            stack[top] = load_double(columns[program[k, 1]], i)
        elif op == CONSTANT:
            top += 1
            stack[top] = constants[program[k, 1]]
        elif op <= GREATER_EQUAL and op >= EQUAL:
            top -= 1
            stack[top] = compare(op, stack[top], stack[top + 1])
        elif op == NOT:
            stack[top] = 1.0 - stack[top]
        elif op == NEGATE:
            stack[top] = -stack[top]
        elif op == IS_NULL:
            stack[top] = 1.0 if np.isnan(stack[top]) else 0.0
        elif op == ABS:
            stack[top] = abs(stack[top])
        elif op == FLOOR:
            stack[top] = np.floor(stack[top])
        elif op == CEIL:
            stack[top] = np.ceil(stack[top])
        elif op == CHOOSE:  # a condition that is not true, NULL included, chooses the second value
            top -= 2
            stack[top] = stack[top + 1] if stack[top] == 1.0 else stack[top + 2]
        else:
            top -= 1
            stack[top] = combine(op, stack[top], stack[top + 1])
    return stack[0]
