"""Attributes of simulated events, from the word that each event carries."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scslab.scheme.model import Attribute, AttributeType, Scheme

LOW, HIGH = 1, 10
"""Between these a number lies whose range the scheme does not say. Assumed."""
FULL = 1 << 32


def draw_attributes(
    scheme: Scheme, kinds: Sequence[str], kind: NDArray[np.uint16], word: NDArray[np.uint32]
) -> pl.DataFrame:
    """The attribute columns of events, one row an event; null where an event's type has no such attribute.

    Numbers are uniform whole numbers within their bounds, texts one of the declared values, truths even. A text
    without declared values stays null.

    Args:
        scheme: whose event types they are.
        kinds: the event types by number.
        kind: the number of each event's type.
        word: a uniform 32-bit word of each event.
    """
    columns: dict[str, pl.Series] = {}
    for name, attribute in _find_attributes(scheme).items():
        has = np.array([name in scheme.events[each].attributes for each in kinds], np.bool_)[kind]
        # Each attribute turns the word in its own way, so that attributes of one event do not go together.
        turn = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big") | 1
        own = (word.astype(np.uint64) * np.uint64(turn)) >> np.uint64(32)
        column = _draw(attribute, own)
        columns[name] = pl.Series(name, column).set(pl.Series(~has), None)
    return pl.DataFrame(columns)


def _find_attributes(scheme: Scheme) -> dict[str, Attribute]:
    return {name: a for event in scheme.events.values() for name, a in event.attributes.items() if name != "target"}


def _draw(attribute: Attribute, word: NDArray[np.uint64]) -> pl.Series:
    match attribute.type:
        case AttributeType.INTEGER | AttributeType.NUMBER:
            low = LOW if attribute.minimum is None else int(attribute.minimum)
            high = max(low, low + HIGH - LOW if attribute.maximum is None else int(attribute.maximum))
            drawn = low + (word * np.uint64(high - low + 1) // np.uint64(FULL)).astype(np.int64)
            return pl.Series(drawn if attribute.type is AttributeType.INTEGER else drawn.astype(np.float64))
        case AttributeType.BOOLEAN:
            return pl.Series(word < FULL // 2)
        case AttributeType.TEXT if attribute.values:
            place = (word * np.uint64(len(attribute.values)) // np.uint64(FULL)).astype(np.uint32)
            return pl.Series(attribute.values, dtype=pl.String).gather(pl.Series(place))
        case AttributeType.DATE:
            first = date(2000, 1, 1)
            return pl.Series(
                [first + timedelta(days=int(d)) for d in word * np.uint64(7000) // np.uint64(FULL)], dtype=pl.Date
            )
        case _:
            return pl.Series([None], dtype=pl.String).new_from_index(0, word.size)
