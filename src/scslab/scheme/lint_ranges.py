"""Which points a rule can post at all: the range of its numbers, or of its formula by interval arithmetic."""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import product

from scslab.scheme.conditions import Column, Literal, Node, Op, Operation
from scslab.scheme.model import Attribute, Rule, Scheme

Range = tuple[float, float]
"""The lowest and the highest value, infinite where nothing is known."""
ANY: Range = (-math.inf, math.inf)


def find_points_range(rule: Rule, scheme: Scheme) -> Range:
    """The lowest and highest nominal points of one event under a rule, repeat factors included; (0, 0) without points.

    Example:
        >>> from scslab.scheme.reader import EXAMPLE, read_scheme
        >>> scheme = read_scheme(EXAMPLE.replace("points: 5", "points: 'least(millilitres, 10)'"))
        >>> find_points_range(scheme.rules[0], scheme)
        (-inf, 10.0)
    """
    if rule.points is not None:
        values = [float(value) for value in rule.points.values()]
        found = (min(values), max(values))
    elif rule.formula is not None:
        found = find_range(rule.formula.root, _attributes_of(rule, scheme))
    else:
        return (0.0, 0.0)
    factors = [float(factor) for factor in rule.repeat.times] if rule.repeat else [1.0]
    return _combine(Op.MULTIPLY, found, (min(factors), max(factors)))


def find_range(node: Node, attributes: Mapping[str, list[Attribute]]) -> Range:
    """The range of a number expression, from the declared bounds of the attributes it reads.

    Args:
        node: an expression that is a number.
        attributes: by name (`subject.NAME` for those of subjects), every declaration that may apply.
    """
    match node:
        case Literal():
            return (node.value, node.value) if isinstance(node.value, float) else ANY
        case Column():
            name = node.name if node.owner == "event" else f"subject.{node.name}"
            if name == "subject.age":
                return (0.0, 300.0)
            declared = attributes.get(name, [])
            lows = [-math.inf if each.minimum is None else float(each.minimum) for each in declared]
            highs = [math.inf if each.maximum is None else float(each.maximum) for each in declared]
            return (min(lows), max(highs)) if declared else ANY
        case Operation():
            return _range_of_operation(node, attributes)


def _range_of_operation(node: Operation, attributes: Mapping[str, list[Attribute]]) -> Range:
    op, arguments = node.op, node.arguments
    if op is Op.CASE:
        values = [*arguments[1:-1:2], arguments[-1]]
        return _hull([find_range(value, attributes) for value in values if not _is_null(value)])
    if op in (Op.LENGTH, Op.YEAR, Op.MONTH, Op.DAYS_BETWEEN):
        return {Op.LENGTH: (0.0, math.inf), Op.YEAR: (1900.0, 2199.0), Op.MONTH: (1.0, 12.0)}.get(op, (-2e5, 2e5))
    given = [argument for argument in arguments if not _is_null(argument)]
    ranges = [find_range(argument, attributes) for argument in given]
    low, high = ranges[0]
    match op:
        case Op.NEGATE:
            return (-high, -low)
        case Op.ABS:
            return (0.0 if low <= 0 <= high else min(abs(low), abs(high)), max(abs(low), abs(high)))
        case Op.FLOOR | Op.CEIL:
            return (low - 1, high + 1)
        case Op.COALESCE:
            return _hull(ranges)
        # A null argument is passed over: only those that are never null bound the far end.
        case Op.LEAST:
            sure = [each[1] for each, node in zip(ranges, given, strict=True) if isinstance(node, Literal)]
            return (min(each[0] for each in ranges), min(sure) if sure else max(each[1] for each in ranges))
        case Op.GREATEST:
            sure = [each[0] for each, node in zip(ranges, given, strict=True) if isinstance(node, Literal)]
            return (max(sure) if sure else min(each[0] for each in ranges), max(each[1] for each in ranges))
        case Op.ADD | Op.SUBTRACT | Op.MULTIPLY | Op.DIVIDE:
            return _combine(op, ranges[0], ranges[1])
        case _:
            return ANY


def _combine(op: Op, left: Range, right: Range) -> Range:
    if op is Op.SUBTRACT:
        return _combine(Op.ADD, left, (-right[1], -right[0]))
    if op is Op.ADD:
        return (left[0] + right[0], left[1] + right[1])
    if op is Op.DIVIDE:
        if right[0] <= 0 <= right[1]:
            return ANY
        return _combine(Op.MULTIPLY, left, (1 / right[1], 1 / right[0]))
    # 0 times an infinite end is 0: the end is never reached.
    products = [0.0 if 0.0 in pair else pair[0] * pair[1] for pair in product(left, right)]
    return (min(products), max(products))


def _hull(ranges: list[Range]) -> Range:
    return (min(low for low, _ in ranges), max(high for _, high in ranges)) if ranges else ANY


def _is_null(node: Node) -> bool:
    return isinstance(node, Literal) and node.value is None


def _attributes_of(rule: Rule, scheme: Scheme) -> dict[str, list[Attribute]]:
    found: dict[str, list[Attribute]] = {}
    is_prefix = rule.on.endswith(".*")
    # Most rules listen to one type, which is then looked up and not looked for.
    events = scheme.events.values() if is_prefix else [scheme.events[rule.on]] if rule.on in scheme.events else []
    for event in events:
        if rule.matches_type(event.id):
            for name, attribute in event.attributes.items():
                found.setdefault(name, []).append(attribute)
    for name, attribute in scheme.subjects.attributes.items():
        found[f"subject.{name}"] = [attribute]
    return found
