"""The vocabularies of several schemes as one, with which a ledger is read once for all of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from scslab.scheme.model import Attribute, AttributeType, EventType, Scheme

_NUMBERS = {AttributeType.INTEGER, AttributeType.NUMBER}


def join_vocabularies(schemes: Sequence[Scheme]) -> Scheme | None:
    """A scheme with the words of all, to read ledgers with; None where words mean different things.

    Words are the same where every scheme that declares an event type, or an attribute of subjects, declares it with
    the same attributes, bounds and values; and where one column can hold an attribute of any type.
    """
    events: dict[str, EventType] = {}
    for scheme in schemes:
        for name, event in scheme.events.items():
            if _describe(events.setdefault(name, event).attributes.values()) != _describe(event.attributes.values()):
                return None
    subjects: dict[str, Attribute] = {}
    for scheme in schemes:
        for name, attribute in scheme.subjects.attributes.items():
            if _describe([subjects.setdefault(name, attribute)]) != _describe([attribute]):
                return None
    if not _fit_columns(events.values()):
        return None
    return _build(schemes[0], events, subjects)


def extend_vocabulary(scheme: Scheme, others: Iterable[Scheme]) -> Scheme:
    """A scheme with the words of others behind its own, without attributes of theirs that its columns cannot hold."""
    events = dict(scheme.events)
    kinds = {name: attribute.type for event in events.values() for name, attribute in event.attributes.items()}
    for other in others:
        for name, event in other.events.items():
            if name in events:
                continue
            fitting = {
                key: attribute
                for key, attribute in event.attributes.items()
                if kinds.setdefault(key, attribute.type) is attribute.type or {kinds[key], attribute.type} <= _NUMBERS
            }
            events[name] = replace(event, attributes=fitting)
    return _build(scheme, events, scheme.subjects.attributes)


def _build(scheme: Scheme, events: dict[str, EventType], subjects: dict[str, Attribute]) -> Scheme:
    return replace(scheme, events=events, subjects=replace(scheme.subjects, attributes=subjects))


def _describe(attributes: Iterable[Attribute]) -> list[tuple[object, ...]]:
    return sorted((a.name, a.type, a.minimum, a.maximum, a.values) for a in attributes)


def _fit_columns(events: Iterable[EventType]) -> bool:
    kinds: dict[str, set[AttributeType]] = {}
    for event in events:
        for name, attribute in event.attributes.items():
            kinds.setdefault(name, set()).add(attribute.type)
    # A column of whole numbers read as numbers keeps them exactly up to 2^53, but conditions would see no difference:
    # the language computes in double precision.
    return all(len(each) == 1 or each == _NUMBERS for each in kinds.values())
