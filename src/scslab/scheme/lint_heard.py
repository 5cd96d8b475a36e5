"""Which events the clauses of a scheme listen to."""

from __future__ import annotations

from collections.abc import Iterator

from scslab.scheme.model import (
    CountOf,
    DaysSince,
    EventCondition,
    IndicatorValue,
    Scheme,
    ShareOf,
    StateCondition,
    SumOf,
    Way,
)
from scslab.scheme.read_vocabulary import list_ons


def list_heard(scheme: Scheme) -> frozenset[str]:
    """Everything that some clause says under `on`: types and prefixes.

    Example:
        >>> from scslab.scheme.reader import EXAMPLE, read_scheme
        >>> sorted(list_heard(read_scheme(EXAMPLE)))
        ['donation.blood']
    """
    return frozenset(_walk(scheme))


def is_heard(event_type: str, heard: frozenset[str]) -> bool:
    """Whether one of the types and prefixes matches an event type."""
    return not heard.isdisjoint(list_ons(event_type))


def _walk(scheme: Scheme) -> Iterator[str]:
    yield from (rule.on for rule in scheme.rules)
    yield from (repair.on for repair in scheme.repairs)
    for each in scheme.lists:
        yield from (extension.on for extension in each.extend)
        for way in (*each.enter, *each.leave):
            yield from _list_ons_of(way)
    for tier in scheme.tiers:
        for requirement in tier.requires:
            yield from _list_ons_of(requirement)
    for dimension in scheme.dimensions:
        for indicator in dimension.indicators:
            yield from _list_ons_of_value(indicator.value)


def _list_ons_of(way: Way) -> tuple[str, ...]:
    match way:
        case EventCondition(on=on):
            return (on,)
        case StateCondition(count=count) if count is not None:
            return (count.on,)
        case _:
            return ()


def _list_ons_of_value(value: IndicatorValue) -> tuple[str, ...]:
    match value:
        case ShareOf(part_on=part, on=whole):
            return (part, whole)
        case CountOf(on=on) | SumOf(on=on) | DaysSince(on=on):
            return (on,)
        case _:
            return ()
