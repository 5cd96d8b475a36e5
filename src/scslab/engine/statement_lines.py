"""What a statement is made of: entries with their reasons, and events that posted nothing with theirs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Line:
    """One entry of a statement, in points.

    Attributes:
        title: the rule in words, or what lapsed or restarted.
        why: why the points differ from the rule's plain points, in words; empty where they do not.
        target, repair: of an objection or a repair, the event that it is about, and the repair.
    """

    seq: int
    posted_on: date
    kind: str
    event_id: str | None
    type: str | None
    rule: str | None
    title: str
    nominal: Decimal
    granted: Decimal
    effective: Decimal
    score_before: Decimal
    score_after: Decimal
    lapses_on: date | None
    source: str | None
    why: tuple[str, ...]
    target: str | None = None
    repair: str | None = None


@dataclass(frozen=True, slots=True)
class WhyNot:
    """An event that posted nothing, and why, in words."""

    event_id: str
    type: str
    posted_on: date
    reason: str
