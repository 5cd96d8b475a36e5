"""Ways back: what ends a listing or gives points back under a scheme, and from when on it can."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

from scslab.ground.dates import Period
from scslab.scheme.model import EventCondition, ListKind, Restore, Scheme, SubjectList, matches

DAYS_A_MONTH = 30.4375


class WayKind(IntEnum):
    """What an event does for somebody with a loss."""

    LEAVES = 0
    REPAIRS = 1
    RESTORES = 2
    EXTENDS = 3


@dataclass(frozen=True, slots=True)
class Way:
    """An event type that does something to those who are listed, or who lost points.

    Attributes:
        list: the number of the list in the scheme; -1: it is about points.
        after_months: it can help no earlier than so many months after the listing or the loss.
    """

    name: str
    kind: WayKind
    list: int
    after_months: int = 0


def list_ways(scheme: Scheme) -> tuple[Way, ...]:
    """All ways, in the order of lists and repairs; a redlist has none, for nobody wants to leave it.

    Example:
        >>> from scslab.scheme.catalogue import find_scheme
        >>> ways = list_ways(find_scheme("samr-serious-violations"))
        >>> [(way.name, way.kind.name, way.after_months) for way in ways]
        [('market.removal_granted', 'REPAIRS', 12)]
    """
    found: dict[Way, None] = {}
    for number, each in enumerate(scheme.lists):
        if each.kind is ListKind.BLACKLIST:
            found |= dict.fromkeys(_list_own(scheme, number, each))
    numbers = {each.id: k for k, each in enumerate(scheme.lists)}
    for repair in scheme.repairs:
        action = repair.action
        kind = WayKind.RESTORES if isinstance(action, Restore) else WayKind.REPAIRS
        number = -1 if isinstance(action, Restore) else numbers[action.list]
        for name in _expand(scheme, repair.on):
            found[Way(name, kind, number, count_months(action.after))] = None
    return tuple(found)


def _list_own(scheme: Scheme, number: int, each: SubjectList) -> Iterator[Way]:
    for way in each.leave:
        if isinstance(way, EventCondition):
            for name in _expand(scheme, way.on):
                yield Way(name, WayKind.LEAVES, number)
    for extension in each.extend:
        for name in _expand(scheme, extension.on):
            yield Way(name, WayKind.EXTENDS, number)


def _expand(scheme: Scheme, on: str) -> list[str]:
    return [name for name in scheme.events if matches(on, name)]


def count_months(period: Period | None) -> int:
    """Whole months, rounded up; 0 for none.

    Example:
        >>> count_months(Period(months=1, days=1)), count_months(None)
        (2, 0)
    """
    return 0 if period is None else period.months + -(-period.days * 10_000 // round(DAYS_A_MONTH * 10_000))


def list_derived(scheme: Scheme) -> set[str]:
    """Event types that nobody brings about by living: ways back, and what spreads from others.

    A type that also enters a list, that a rule or an indicator reads, is conduct all the same.
    """
    entering = {
        name
        for each in scheme.lists
        for way in each.enter
        if isinstance(way, EventCondition)
        for name in _expand(scheme, way.on)
    }
    scored = {name for name in scheme.events if any(rule.matches_type(name) for rule in scheme.rules)}
    spread = {each.event for each in scheme.spread}
    return {way.name for way in list_ways(scheme)} - entering - scored | spread
