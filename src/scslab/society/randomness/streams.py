"""The registry of random streams. It only ever grows: a number that was given out is never given to another purpose.

Each purpose draws from its own stream, so that a new mechanic, or a scheme with one more event type, leaves all other
draws as they were: two scenarios then differ by what they change, and not by luck.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from scslab.ground.problems import Problem, ProblemsError

STREAMS = {
    "traits-first": 1,
    "traits-second": 2,
    "awareness": 3,
    "join": 4,
    "leave": 5,
    "false-entry": 6,
    "objection": 7,
    "repair": 8,
    "alternative": 9,
    "approval": 10,
    "barriers": 11,
    "threshold": 12,
}
"""Streams by purpose; a test holds every number."""
FIRST_EVENT_STREAM = 1 << 31
"""Event types have the upper half of the numbers, by a hash of their names."""


def stream_of_event(name: str) -> int:
    """The stream of an event type: the same in every scheme that has a type of this name.

    Example:
        >>> stream_of_event("donation.blood") >= FIRST_EVENT_STREAM
        True
    """
    digest = hashlib.sha256(name.encode()).digest()
    return FIRST_EVENT_STREAM | int.from_bytes(digest[:4], "big")


def number_event_streams(names: Iterable[str]) -> tuple[int, ...]:
    """The streams of several event types.

    Raises:
        ProblemsError: two of them fall on one stream (Y001): about one chance in 2^31 for each pair.
    """
    known: dict[int, str] = {}
    for name in names:
        number = stream_of_event(name)
        if number in known:
            text = f"the event types `{known[number]}` and `{name}` would share a random stream"
            raise ProblemsError([Problem("Y001", text, help="rename one of them")])
        known[number] = name
    return tuple(known)
