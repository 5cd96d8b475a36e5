"""Conditions of a scheme in plain words: the SQL of rules, and the states that lists, tiers and measures ask for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date

from scslab.report.words import Words
from scslab.scheme.conditions import Column, Expression, Literal, Node, Op, Operation, ReferenceKind, ValueType
from scslab.scheme.model import (
    CountCondition,
    EventCondition,
    ListRef,
    StateCondition,
    Term,
    Way,
    matches,
)

SHOWN_TYPES = 4
SIGNS = {
    Op.LESS: "<", Op.LESS_EQUAL: "≤", Op.GREATER: ">", Op.GREATER_EQUAL: "≥", Op.EQUAL: "=", Op.NOT_EQUAL: "≠",
    Op.ADD: "+", Op.SUBTRACT: "−", Op.MULTIPLY: "×", Op.DIVIDE: "÷",
}  # fmt: skip
"""Operations that stand between two values."""
RANKS = {
    Op.OR: 1, Op.AND: 2, Op.NOT: 3, Op.ADD: 5, Op.SUBTRACT: 5, Op.MULTIPLY: 6, Op.DIVIDE: 6, Op.NEGATE: 7,
}  # fmt: skip
"""How tightly operations bind; comparisons are 4 and functions 8."""


def say_expression(expression: Expression, words: Words) -> str:
    """A condition or formula with the titles of what it reads; the SQL itself where it uses a choice.

    Example:
        >>> from scslab.scheme.catalogue import find_scheme
        >>> from scslab.report.words import Words
        >>> scheme = find_scheme("food-safety")
        >>> rule = next(rule for rule in scheme.rules if rule.id == "two-key-items")
        >>> say_expression(rule.when, Words("en", scheme))
        'Critical violations found ≥ 2'
    """
    text = _say(expression.root, words, 0)
    return f"`{_inside_ticks(expression.text)}`" if text is None else text


def _say(node: Node, words: Words, rank: int) -> str | None:
    match node:
        case Literal():
            return _say_literal(node, words)
        case Column():
            return _say_column(node, words)
        case Operation():
            said = _say_operation(node, words)
            inner = RANKS.get(node.op, 4 if node.op in SIGNS else 8)
            return f"({said})" if said is not None and inner < rank else said


def _say_literal(node: Literal, words: Words) -> str:
    match node.value:
        case bool():
            return words("sql.true" if node.value else "sql.false")
        case float() | int():
            return f"{node.value:,.12g}".replace("-", "−")
        case date():
            return words.day(node.value)
        case None:
            return "–"
        case _:
            return words("quote", text=_inside_ticks(node.value))


def _say_column(node: Column, words: Words) -> str:
    reference = node.reference
    if reference is not None:
        scheme = words("quote", text=reference.scheme)
        return words(f"sql.{reference.kind.value}", list=words("quote", text=reference.list), scheme=scheme)
    if node.owner == "subject" and node.name in ("age", "kind"):
        return words(f"sql.{node.name}")
    if node.name in ("occurred_on", "recorded_on"):
        return words(f"sql.{node.name}")
    return words.attribute(node.name, is_of_subject=node.owner == "subject")


def _say_operation(node: Operation, words: Words) -> str | None:
    op = node.op
    if op is Op.CASE:
        return None
    if op is Op.NOT and isinstance(node.arguments[0], Operation) and node.arguments[0].op is Op.IS_NULL:
        inner = _say(node.arguments[0].arguments[0], words, 5)
        return None if inner is None else words("sql.known", a=inner)
    if op is Op.NOT and isinstance(node.arguments[0], Column) and node.arguments[0].reference is not None:
        ref = node.arguments[0].reference
        if ref.kind is ReferenceKind.LIST:
            return words("sql.not_on_list", list=words("quote", text=ref.list), scheme=words("quote", text=ref.scheme))
    rank = RANKS.get(op, 5 if op in SIGNS or op in (Op.IN, Op.BETWEEN, Op.LIKE, Op.IS_NULL) else 0)
    parts = [_say(each, words, rank) for each in node.arguments]
    if any(part is None for part in parts):
        return None
    said = [part for part in parts if part is not None]
    match op:
        case Op.AND | Op.OR:
            whole = said[0]
            for part in said[1:]:
                whole = words(f"sql.{op.value}", a=whole, b=part)
            return whole
        case Op.NOT:
            return words("sql.not", a=said[0])
        case Op.IS_NULL:
            return words("sql.unknown", a=said[0])
        case Op.IN:
            return words("sql.in", a=said[0], items=words.enumerate(said[1:]))
        case Op.BETWEEN:
            return words("sql.between", a=said[0], low=said[1], high=said[2])
        case Op.LIKE:
            return words("sql.like", a=said[0], b=said[1])
        case Op.NEGATE:
            return f"−{said[0]}"
        case Op.EQUAL | Op.NOT_EQUAL if node.arguments[0].type in (ValueType.TEXT, ValueType.BOOLEAN):
            return words("sql.is" if op is Op.EQUAL else "sql.is_not", a=said[0], b=said[1])
        case _ if op in SIGNS:
            return f"{said[0]} {SIGNS[op]} {said[1]}"
        case _:
            return f"{op.value}({', '.join(said)})"


def name_events(on: str, words: Words) -> str:
    """The titles of the event types that a clause listens to; the first few where there are many."""
    names = [words.event(each) for each in words.scheme.events if matches(on, each)]
    if not names:
        return f"`{on}`"
    joined = words.enumerate(names[:SHOWN_TYPES])
    return words("rule.types_more", types=joined, n=len(names) - SHOWN_TYPES) if len(names) > SHOWN_TYPES else joined


def say_events(on: str, when: Expression | None, words: Words) -> str:
    """The events that a clause hears, and the condition on them."""
    said = name_events(on, words)
    return words("clause.with", what=said, condition=say_expression(when, words)) if when else said


def say_count(count: CountCondition, words: Words) -> str:
    """A number of events of the record."""
    events = say_events(count.on, count.when, words)
    if count.at_least is not None and count.at_most is not None:
        said = words("clause.from_to", low=count.at_least, high=count.at_most, events=events)
    elif count.at_least is not None:
        said = words("clause.at_least", n=count.at_least, events=events)
    else:
        said = words("clause.at_most", n=count.at_most, events=events)
    return words("clause.within", what=said, period=words.period(count.within)) if count.within else said


def _say_ref(key: str, ref: ListRef, words: Words) -> str:
    said = words(key, list=words.list_name(ref))
    return words("clause.delay", what=said, period=words.period(ref.delay)) if ref.delay else said


def say_lists(key: str, refs: Sequence[ListRef], words: Words) -> str:
    """On the list, or on one of several; not on it, or on none of them (where the key ends in `not_list`)."""
    if len(refs) == 1:
        return _say_ref(key, refs[0], words)
    names = [_say_ref("clause.list_name", ref, words) for ref in refs]
    return words("clause.on_no_list" if key.endswith("not_list") else "clause.on_a_list", lists=words.enumerate(names))


def say_state(state: StateCondition, words: Words) -> str:
    """What must hold at the end of a day, or for a measure."""
    said: list[str] = []
    if state.tiers:
        said.append(words("clause.tiers", tiers=words.enumerate(words.tier(tier) for tier in state.tiers)))
    if state.score and state.score.since is not None:
        said.append(words("clause.score_from", low=words.points(state.score.since)))
    if state.score and state.score.below is not None:
        said.append(words("clause.score_below", high=words.points(state.score.below)))
    if state.count:
        said.append(say_count(state.count, words))
    if state.lists:
        said.append(say_lists("clause.on_list", state.lists, words))
    if state.not_lists:
        said.append(say_lists("clause.not_list", state.not_lists, words))
    return _join(lambda a, b: words("sql.and", a=a, b=b), said)


def say_way(way: Way, words: Words) -> str:
    """A way into a list or out of it."""
    match way:
        case EventCondition():
            return say_events(way.on, way.when, words)
        case Term():
            return words("clause.term", period=words.period(way.after))
        case StateCondition():
            return say_state(way, words)


def _join(combine: Callable[[str, str], str], parts: Iterable[str]) -> str:
    whole = ""
    for part in parts:
        whole = combine(whole, part) if whole else part
    return whole


def _inside_ticks(sql: str) -> str:
    """SQL may quote names with ticks, which mark code in the report's texts."""
    return sql.replace("`", '"')
