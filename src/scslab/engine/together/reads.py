"""What a scheme reads of other schemes: their lists, published scores and tiers, and the scheme that it succeeds."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from scslab.ground.dates import Period
from scslab.ground.problems import NOWHERE, Place, Problem, Severity
from scslab.scheme.conditions import Expression, ReferenceKind
from scslab.scheme.model import ListRef, Scheme, ScoreOf


class Good(StrEnum):
    """What one scheme takes from another."""

    LIST = "list"
    SCORE = "score"
    TIER = "tier"
    STANDING = "standing"


@dataclass(frozen=True, slots=True)
class Read:
    """One place where a scheme reads another.

    Attributes:
        reader, scheme: the ids of the scheme that reads, and of the one that is read.
        good: what is read; a `STANDING` is what a successor takes over.
        list: the id of the list, or "".
        part, item: the kind of the clause that reads (`rule`, `measure`, `list`, …), and its id.
        delay: how much later a list counts; None: at once.
        is_condition: whether an SQL condition reads it, as it stood at the end of the day before.
    """

    reader: str
    scheme: str
    good: Good
    part: str
    item: str
    list: str = ""
    delay: Period | None = None
    is_condition: bool = False
    place: Place = NOWHERE

    @property
    def what(self) -> str:
        """What is read, as a scheme file writes it.

        Example:
            >>> Read("rail", "court", Good.LIST, "measure", "no-rail", "defaulters").what
            'defaulters@court'
        """
        return f"{self.list}@{self.scheme}" if self.list else f"{self.good} of {self.scheme}"


_PARTS = {
    "rules": "rule",
    "tiers": "tier",
    "lists": "list",
    "measures": "measure",
    "repairs": "repair",
    "dimensions": "dimension",
    "spread": "spread",
}
_GOODS = {ReferenceKind.LIST: Good.LIST, ReferenceKind.SCORE: Good.SCORE, ReferenceKind.TIER: Good.TIER}


def find_reads(scheme: Scheme) -> tuple[Read, ...]:
    """Everything that a scheme reads of others, in file order, each once for a clause.

    Example:
        >>> from scslab.scheme.catalogue import find_scheme
        >>> find_reads(find_scheme("food-safety"))
        ()
    """
    found: dict[tuple[Any, ...], Read] = {}
    for field, part in _PARTS.items():
        for item in getattr(scheme, field):
            for read in _walk(item, Read(scheme.id, "", Good.LIST, part, item.id, place=item.place)):
                found.setdefault((part, item.id, read.what, read.delay, read.is_condition), read)
    law = scheme.succession
    if law is not None:
        read = Read(scheme.id, law.scheme, Good.STANDING, "succeeds", law.scheme, place=law.place)
        found[("succeeds",)] = read
    return tuple(read for read in found.values() if read.scheme != scheme.id)


def tell_unread(scheme: Scheme) -> tuple[Problem, ...]:
    """A note of a scheme that settles alone although it reads others (R093), or although something spreads (R088)."""
    others = list(dict.fromkeys(read.scheme for read in find_reads(scheme)))
    notes: list[Problem] = []
    if others:
        text = f"the scheme reads {_list(others)}, and settles alone: lists count as empty, scores and tiers as unknown"
        hint = f"settle them together: `scslab settle {' '.join(others)} {scheme.id} EVENTS`"
        notes.append(Problem("R093", text, scheme.place, hint, Severity.WARNING))
    if scheme.spread:
        text = "events spread along links under the scheme, and none were given"
        notes.append(Problem("R088", text, scheme.place, "use `settle_together`, with `links`", Severity.WARNING))
    return tuple(notes)


def _list(names: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _walk(node: Any, blank: Read) -> Iterator[Read]:
    """All reads below a part of a scheme; `blank` says whose they are and where the nearest place is."""
    if isinstance(node, ListRef):
        if node.scheme:
            place = node.place if node.place != NOWHERE else blank.place
            yield dataclasses.replace(
                blank, scheme=node.scheme, good=Good.LIST, list=node.list, delay=node.delay, place=place
            )
    elif isinstance(node, Expression):
        for each in node.references():
            yield dataclasses.replace(
                blank, scheme=each.scheme, good=_GOODS[each.kind], list=each.list, is_condition=True
            )
    elif isinstance(node, ScoreOf):
        yield dataclasses.replace(blank, scheme=node.scheme, good=Good.SCORE)
    elif isinstance(node, tuple):
        for each in node:  # type: ignore[reportUnknownVariableType]
            yield from _walk(each, blank)
    elif dataclasses.is_dataclass(node) and not isinstance(node, type):
        place = getattr(node, "place", NOWHERE)
        nearer = blank if place == NOWHERE else dataclasses.replace(blank, place=place)
        for field in dataclasses.fields(node):
            yield from _walk(getattr(node, field.name), nearer)
