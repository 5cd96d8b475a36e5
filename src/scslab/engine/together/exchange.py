"""Who shares what with whom: lists, scores and tiers between schemes, and consequences that cross a domain of life."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from scslab.engine.runs import SCHEME_FILE
from scslab.engine.together.folder import TOGETHER_FILE
from scslab.engine.together.order import SchemeSet, order_schemes
from scslab.engine.together.reads import Good, Read
from scslab.scheme.model import (
    CountCondition,
    EventCondition,
    ListRef,
    Scheme,
    StateCondition,
    SubjectList,
    matches,
)
from scslab.scheme.reader import read_scheme

UNKNOWN = "unknown"
"""The domain of events whose type does not say it."""


@dataclass(frozen=True, slots=True)
class Share:
    """One thing that one scheme gives to another.

    Attributes:
        giver, taker: the ids of the schemes.
        good: `list`, `score`, `tier` or `standing`.
        what: what is given, as a scheme file writes it.
        clause: the clause of the taker that reads it, such as `measure no-flights`.
        delay: how much later it counts there; "": at once, and for conditions from the next day on.
        is_honoured: whether a measure of the taker follows from it directly.
        is_public: of a list, whether anybody may read who is on it.
    """

    giver: str
    taker: str
    good: str
    what: str
    clause: str
    delay: str
    is_honoured: bool
    is_public: bool | None


@dataclass(frozen=True, slots=True)
class Crossing:
    """A consequence, and the events that lead to it.

    Attributes:
        scheme, measure, kind, domain: the measure and the domain of life that it touches.
        event, event_domain: a type of event that can lead to it, and the domain it comes from, or `unknown`.
        event_scheme: the scheme that hears the event.
        path: from the event to the measure, through lists and scores.
        is_crossing: whether both domains are known and differ; None: the domain of the event is not known.
    """

    scheme: str
    measure: str
    kind: str
    domain: str
    event: str
    event_domain: str
    event_scheme: str
    path: tuple[str, ...]
    is_crossing: bool | None


@dataclass(frozen=True, slots=True)
class Exchange:
    """Schemes, what they share, and which of their consequences cross a domain of life."""

    schemes: dict[str, Scheme]
    shares: tuple[Share, ...]
    crossings: tuple[Crossing, ...]

    def count_crossings(self) -> dict[str, int]:
        """How many (event, measure) pairs cross a domain, stay within one, or are not known."""
        words = {True: "crossing", False: "within", None: UNKNOWN}
        counts = dict.fromkeys(words.values(), 0)
        for each in self.crossings:
            counts[words[each.is_crossing]] += 1
        return counts


def exchange(schemes: Sequence[Scheme | str | Path]) -> Exchange:
    """Who shares what with whom among schemes, and which consequences cross a domain of life.

    Args:
        schemes: schemes, names of shipped ones, paths; or one folder that `scslab settle A B …` wrote.

    Raises:
        ProblemsError: as `order_schemes`.

    Example:
        >>> import scslab as scs
        >>> scs.exchange(["food-safety"]).shares
        ()
    """
    found = order_schemes(_open(schemes))
    return Exchange(found.schemes, tuple(_list_shares(found)), tuple(_list_crossings(found.schemes)))


def _open(schemes: Sequence[Scheme | str | Path]) -> list[Scheme | str | Path]:
    opened: list[Scheme | str | Path] = []
    for each in schemes:
        folder = None if isinstance(each, Scheme) else Path(each)
        if folder is not None and (folder / TOGETHER_FILE).is_file():
            names = json.loads((folder / TOGETHER_FILE).read_text(encoding="utf-8"))["schemes"]
            opened += [read_scheme(folder / name / SCHEME_FILE) for name in names]
        else:
            opened.append(each)
    return opened


def _list_shares(found: SchemeSet) -> Iterator[Share]:
    for read in found.reads:
        yield Share(
            giver=read.scheme,
            taker=read.reader,
            good=read.good.value,
            what=read.what,
            clause=f"{read.part} {read.item}",
            delay=str(read.delay) if read.delay else "",
            is_honoured=read.part == "measure",
            is_public=_is_public(found.schemes[read.scheme], read),
        )


def _is_public(scheme: Scheme, read: Read) -> bool | None:
    if read.good is not Good.LIST:
        return None
    return next(each.is_public for each in scheme.lists if each.id == read.list)


Origin = tuple[str, str, tuple[str, ...]]
"""A scheme, a type of event that it hears, and the way from the event on."""


def _list_crossings(schemes: Mapping[str, Scheme]) -> Iterator[Crossing]:
    for scheme in schemes.values():
        for measure in scheme.measures:
            origins = dict.fromkeys(_trace_state(schemes, scheme, measure.when, ()))
            shortest: dict[tuple[str, str], tuple[str, ...]] = {}
            for owner, event, path in sorted(origins, key=lambda origin: len(origin[2])):
                shortest.setdefault((owner, event), path)
            for (owner, event), path in shortest.items():
                domain = schemes[owner].events[event].domain
                yield Crossing(
                    scheme=scheme.id,
                    measure=measure.id,
                    kind=measure.kind.value,
                    domain=measure.domain.value,
                    event=event,
                    event_domain=domain.value if domain else UNKNOWN,
                    event_scheme=owner,
                    path=path,
                    is_crossing=None if domain is None else domain is not measure.domain,
                )


def _trace_state(
    schemes: Mapping[str, Scheme], scheme: Scheme, state: StateCondition, path: tuple[str, ...]
) -> Iterator[Origin]:
    """The events from which a condition may follow."""
    for ref in (*state.lists, *state.not_lists):
        yield from _trace_list(schemes, scheme, ref, path)
    if state.count is not None:
        yield from _name_events(scheme, state.count, path)
    if state.score is not None or state.tiers:
        yield from _trace_score(schemes, scheme, path)


def _trace_list(schemes: Mapping[str, Scheme], scheme: Scheme, ref: ListRef, path: tuple[str, ...]) -> Iterator[Origin]:
    owner = schemes[ref.scheme] if ref.scheme else scheme
    step = f"list {ref.list}@{owner.id}"
    if step in path:
        return
    listing: SubjectList = next(each for each in owner.lists if each.id == ref.list)
    for way in listing.enter:
        if isinstance(way, EventCondition):
            yield from _name_events(owner, way, (step, *path))
        else:
            yield from _trace_state(schemes, owner, way, (step, *path))


def _trace_score(schemes: Mapping[str, Scheme], scheme: Scheme, path: tuple[str, ...]) -> Iterator[Origin]:
    step = f"score of {scheme.id}"
    if step in path:
        return
    for rule in scheme.rules:
        for event in scheme.events:
            if rule.matches_type(event):
                yield scheme.id, event, (f"rule {rule.id}", step, *path)
    for dimension in scheme.dimensions:
        for indicator in dimension.indicators:
            value: Any = indicator.value
            other = getattr(value, "scheme", "")
            if other:
                yield from _trace_score(schemes, schemes[other], (step, *path))
            on = getattr(value, "on", "")
            yield from (
                (scheme.id, event, (f"indicator {indicator.id}", step, *path))
                for event in scheme.events
                if on and matches(on, event)
            )


def _name_events(scheme: Scheme, clause: EventCondition | CountCondition, path: tuple[str, ...]) -> Iterator[Origin]:
    return ((scheme.id, event, path) for event in scheme.events if clause.matches_type(event))


def describe_exchange(found: Exchange) -> dict[str, Any]:
    """An exchange as plain data, for JSON."""
    return {
        "schemes": {name: str(scheme.title) for name, scheme in found.schemes.items()},
        "shares": [asdict(share) for share in found.shares],
        "crossings": [asdict(crossing) for crossing in found.crossings],
        "counts": found.count_crossings(),
    }
