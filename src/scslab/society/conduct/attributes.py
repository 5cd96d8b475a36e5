"""Attributes of simulated events, from the word that each event carries and from who did it.

A number is lognormal around what is usual, exp(b m + s e) times the median: m is the means of the resident in standard
deviations (who has more spends more, each time), e a normal draw of the event. What is usual:

- of an attribute that an index sums up, what puts a resident with the usual number of events where the mechanic of
  behaviour says (`behaviour.index_middle` of the scale);
- else what `USUAL` says of its name (assumed);
- values that a shipped dataset knows the shares of come as often as there (`behaviour_attributes.csv`);
- else a whole number between the bounds that the scheme declares, all alike, or from 1 to 10 where it declares none.

Bounds hold in any case. Exponentials are looked up in a table, so that the same numbers come out on any machine.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from statistics import NormalDist

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scslab.scheme.model import Attribute, AttributeType, Scheme, SumOf, matches
from scslab.society.conduct.vocabulary import Conduct
from scslab.society.mechanics.behaviour import read_recorded_shares
from scslab.society.mechanics.parameter import Values
from scslab.society.population.kernel_traits import LEVELS
from scslab.society.population.traits import NAMES

LOW, HIGH = 1, 10
"""Between these a number lies of which nothing is known. Assumed."""
FULL = 1 << 32
BINS = 1 << 10
NULL_SHARE = 0.8
"""How often a text is missing where a condition asks whether it is (an exception, a note). Assumed."""


@dataclass(frozen=True, slots=True)
class Usual:
    """A lognormal number: its median, the spread s of log values between events, and the weight b of means."""

    median: float
    spread: float
    means: float = 0.0


USUAL = {
    "amount": Usual(800.0, 1.0, 0.4),
    "amount_usd": Usual(5000.0, 1.0),
    "days": Usual(30.0, 0.8),
    "hours": Usual(3.0, 0.6),
    "millilitres": Usual(300.0, 0.2),
    "months": Usual(1.0, 0.3),
}
"""What is usual, by the name of the attribute. Assumed."""
SUMMED = Usual(1.0, 0.6, 0.4)
"""Spread and weight of what an index sums up. Assumed."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """How attributes are drawn.

    Attributes:
        usual: by event type and attribute.
        level, levels: by trait code the level of means, and by level what it stands for in standard deviations.
        code: the trait code of each agent.
    """

    usual: Mapping[tuple[str, str], Usual]
    level: NDArray[np.int64]
    levels: NDArray[np.float64]
    code: NDArray[np.uint16]


def make_drawing(
    scheme: Scheme, values: Values, conduct: Sequence[Conduct], means: NDArray[np.float64], code: NDArray[np.uint16]
) -> Drawing:
    """How attributes are drawn under a scheme.

    Args:
        scheme: the scheme.
        values: parameters.
        conduct: from `list_conduct`.
        means: what trait levels stand for, `Traits.means`.
        code: the trait code of each agent.
    """
    k = NAMES.index("means")
    level = np.arange(LEVELS ** len(NAMES)) // LEVELS**k % LEVELS
    return Drawing(find_usual(scheme, values, conduct), level, means[k], code)


def find_usual(scheme: Scheme, values: Values, conduct: Sequence[Conduct]) -> dict[tuple[str, str], Usual]:
    """What is usual of the numbers that are neither free nor bounded on both sides, by event type and attribute.

    Example:
        >>> from scslab.scheme.catalogue import find_scheme
        >>> from scslab.society.mechanics.parameter import choose_values
        >>> from scslab.society.mechanics.table import MECHANICS
        >>> from scslab.society.conduct.vocabulary import list_conduct
        >>> scheme, values = find_scheme("hangzhou-qianjiang"), choose_values(MECHANICS)
        >>> usual = find_usual(scheme, values, list_conduct(scheme, values))
        >>> usual["volunteering.done", "hours"].means
        0.4
    """
    rates = {each.name: each.rate for each in conduct}
    found = {(t, a): USUAL[a] for t, event in scheme.events.items() for a in event.attributes if a in USUAL}
    for indicator in (each for dimension in scheme.dimensions for each in dimension.indicators):
        value = indicator.value
        if not isinstance(value, SumOf) or value.within is None:
            continue
        years = (value.within.months + value.within.days / 30.4375) / 12
        heard = {name: rate for name, rate in rates.items() if matches(value.on, name) and rate > 0}
        for name, rate in heard.items():
            mean = values["behaviour.index_middle"] * float(indicator.scale[-1][0]) / (years * rate * len(heard))
            median = mean / math.exp((SUMMED.spread**2 + SUMMED.means**2) / 2)
            found[name, value.attribute] = Usual(median, SUMMED.spread, SUMMED.means)
    return found


def draw_attributes(
    scheme: Scheme, kinds: Sequence[str], kind: NDArray[np.uint16], word: NDArray[np.uint32],
    agent: NDArray[np.uint32] | None = None, drawing: Drawing | None = None,
) -> pl.DataFrame:  # fmt: skip
    """The attribute columns of events, one row an event; null where an event's type has no such attribute.

    Texts are one of the declared values, truths even. A text without declared values stays null.

    Args:
        scheme: whose event types they are.
        kinds: the event types by number; those that the scheme does not know have no attributes.
        kind: the number of each event's type.
        word: a uniform 32-bit word of each event.
        agent: who did it.
        drawing: what is usual; None: nothing is.
    """
    columns: dict[str, pl.Series] = {}
    for name, attribute in _find_attributes(scheme).items():
        has = np.array([each in scheme.events and name in scheme.events[each].attributes for each in kinds])[kind]
        # Each attribute turns the word in its own way, so that attributes of one event do not go together.
        turn = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big") | 1
        own = (word.astype(np.uint64) * np.uint64(turn)) >> np.uint64(32)
        column = draw_evenly(attribute, own)
        if (
            drawing is not None
            and agent is not None
            and attribute.type in (AttributeType.INTEGER, AttributeType.NUMBER)
        ):
            column = _draw_usual(column, attribute, kinds, kind, own, agent, drawing)
        if attribute.type is AttributeType.TEXT and f"{name} is null" in scheme.text:
            rare = (word.astype(np.uint64) * np.uint64(turn ^ 2)) >> np.uint64(32)
            has = has & (rare >= np.uint64(NULL_SHARE * FULL))
        column = _draw_recorded(column, scheme.id, name, kinds, kind, own)
        columns[name] = pl.Series(name, column).set(pl.Series(~has), None)
    return pl.DataFrame(columns)


def _find_attributes(scheme: Scheme) -> dict[str, Attribute]:
    return {name: a for event in scheme.events.values() for name, a in event.attributes.items() if name != "target"}


def _draw_recorded(
    column: pl.Series, scheme: str, name: str, kinds: Sequence[str], kind: NDArray[np.uint16], word: NDArray[np.uint64]
) -> pl.Series:
    """The column with the values of those types whose values a dataset tells the shares of."""
    known = read_recorded_shares()
    for k, each in enumerate(kinds):
        shares = known.get((scheme, each, name))
        if shares is None:
            continue
        at = np.flatnonzero(kind == k)
        edges = np.cumsum([share for _, share in shares])
        place = np.searchsorted(np.floor(edges / edges[-1] * FULL), word[at].astype(np.float64), side="right")
        values = pl.Series([value for value, _ in shares]).cast(column.dtype)
        column = column.scatter(at, values.gather(np.minimum(place, len(shares) - 1)))
    return column


def _draw_usual(
    column: pl.Series, attribute: Attribute, kinds: Sequence[str], kind: NDArray[np.uint16], word: NDArray[np.uint64],
    agent: NDArray[np.uint32], drawing: Drawing,
) -> pl.Series:  # fmt: skip
    """The column with the values of those types of which something usual is known."""
    values = column.to_numpy().astype(np.float64)
    level = drawing.level[drawing.code[agent]]
    for k, name in enumerate(kinds):
        usual = drawing.usual.get((name, attribute.name))
        here = kind == k if usual is not None else None
        if usual is not None and here is not None and here.any():
            of_means = np.array([math.exp(usual.means * x) for x in drawing.levels.tolist()])
            values[here] = usual.median * of_means[level[here]] * draw_normal(word[here], usual.spread)
    if attribute.type is AttributeType.INTEGER:
        values = np.maximum(np.round(values), 0 if attribute.minimum is not None and attribute.minimum <= 0 else 1)
    else:
        values = np.round(values, 2)
    if attribute.minimum is not None or attribute.maximum is not None:
        low = -math.inf if attribute.minimum is None else float(attribute.minimum)
        high = math.inf if attribute.maximum is None else float(attribute.maximum)
        values = np.clip(values, low, high)
    return pl.Series(values.astype(np.int64) if attribute.type is AttributeType.INTEGER else values)


def draw_normal(word: NDArray[np.uint64], spread: float) -> NDArray[np.float64]:
    """exp(s e) for a standard normal e of each 32-bit word, by its upper ten bits."""
    return np.array([math.exp(spread * x) for x in _NORMALS])[(word >> np.uint64(22)).astype(np.int64)]


def _list_normals() -> tuple[float, ...]:
    """The conditional means of 1,024 equally likely bins of a standard normal."""
    normal = NormalDist()
    limits = [-math.inf, *(normal.inv_cdf(k / BINS) for k in range(1, BINS)), math.inf]
    density = [0.0 if math.isinf(x) else normal.pdf(x) for x in limits]
    return tuple((a - b) * BINS for a, b in pairwise(density))


_NORMALS = _list_normals()


def draw_evenly(attribute: Attribute, word: NDArray[np.uint64]) -> pl.Series:
    """Whole numbers within the bounds, one of the declared texts, truths even, days from 2000 to 2019."""
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
