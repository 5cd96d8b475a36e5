"""A month of repair: who acts to get off a list or to get points back, and who makes up for a loss.

The mechanic is `mechanics.repair`.

Few act in a month, so that this is done outside of the kernel of the month, for the agents that are concerned: their
words are keyed like all others by (seed, agent, month, stream).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from scslab.engine.calendar import day_number
from scslab.engine.standing import Standing
from scslab.scheme.model import Scheme
from scslab.society.conduct.vocabulary import Conduct
from scslab.society.conduct.ways import DAYS_A_MONTH, Way, WayKind, list_ways
from scslab.society.mechanics.behaviour import Sign
from scslab.society.mechanics.observation import to_log_odds
from scslab.society.mechanics.parameter import Values
from scslab.society.month.agents import AWARE, TAKES_PART, Agents
from scslab.society.month.kernel_events import OBSERVED, Events
from scslab.society.month.kernel_keyed import draw_keyed
from scslab.society.population.traits import sum_traits
from scslab.society.randomness.streams import STREAMS
from scslab.society.randomness.thresholds import build_geometric, threshold

REPAIRS = 16
"""Bit of an event's status: it is a repair."""
EVENT, MORE = 16, 128
"""Where a counter's month carries the number of the occasion, and what is added to that for four words more."""


@dataclass(frozen=True, slots=True)
class Repairs:
    """What repair is under a scheme, as thresholds.

    Attributes:
        names: event types that are no conduct; they are numbered on from it.
        occasions: ways that are open to the same people, in order; by occasion the ways, one of which is taken.
        acts: by trait code, the threshold of a month.
        goods: kinds of conduct that make up for a loss.
        seen: whether a good deed is observed.
        delay, seen_delay: thresholds of days.
    """

    names: tuple[str, ...]
    occasions: tuple[tuple[Way, ...], ...]
    acts: NDArray[np.int64]
    extended: int
    compensates: int
    window_months: int
    goods: NDArray[np.int64]
    seen: int
    delay: NDArray[np.int64]
    seen_delay: NDArray[np.int64]
    n_conduct: int

    @property
    def is_idle(self) -> bool:
        """Whether nobody can ever repair anything."""
        return not self.occasions and not (self.goods.size and self.compensates)


def make_repairs(scheme: Scheme, values: Values, conduct: Sequence[Conduct], means: NDArray[np.float64]) -> Repairs:
    """What repair is under a scheme.

    Args:
        scheme: the scheme.
        values: parameters, from `choose_values`.
        conduct: from `list_conduct`.
        means: what trait levels stand for, `Traits.means`.
    """
    ways = list_ways(scheme)

    def occasion(way: Way) -> tuple[bool, int, int]:
        return way.kind is WayKind.EXTENDS, way.list, way.after_months

    known = {each.name for each in conduct}
    # A type that is conduct as well comes about by itself, and not a second time from here.
    ordered = sorted((way for way in ways if way.name not in known), key=occasion)
    names = tuple(dict.fromkeys(way.name for way in ordered))
    weights = {"conscientiousness": values["repair.conscience"], "means": values["repair.means"]}
    own = [each for each in conduct if each.name in scheme.events]
    goods = [k for k, each in enumerate(conduct) if each in own and each.sign is Sign.POSITIVE]
    if not _has_points(own):
        goods = []
    return Repairs(
        names=names,
        occasions=tuple(tuple(group) for _, group in groupby(ordered, key=occasion)),
        acts=_to_thresholds(to_log_odds(values["repair.acts"]) + sum_traits(means, weights)),
        extended=threshold(values["repair.extended"]),
        compensates=threshold(values["repair.compensates"]),
        window_months=round(values["repair.window_months"]),
        goods=np.array(goods, np.int64),
        seen=threshold(values["observation.positive"]),
        delay=build_geometric(values["repair.delay_days"], 0),
        seen_delay=build_geometric(values["observation.delay_days"], 0),
        n_conduct=len(conduct),
    )


def _has_points(conduct: Sequence[Conduct]) -> bool:
    return {Sign.POSITIVE, Sign.NEGATIVE} <= {each.sign for each in conduct}


def _to_thresholds(logits: NDArray[np.float64]) -> NDArray[np.int64]:
    """One `math.exp` for each distinct logit: `np.exp` gives other last bits on other processors."""
    distinct, at = np.unique(logits, return_inverse=True)
    return np.array([threshold(1 / (1 + math.exp(-x))) for x in distinct.tolist()], np.int64)[at]


def repair(
    repairs: Repairs, agents: Agents, standing: Standing | None, month: int, first: date, days: int, seed: int,
    *, start: int = 0,
) -> Events:  # fmt: skip
    """What is repaired in a month, as events; those of ways are numbered on from the kinds of conduct.

    Args:
        repairs: from `make_repairs`.
        agents: as they stand after the month's conduct.
        standing: at the end of the month before; None: nothing was published yet.
        month: its number from 0.
        first: its first day.
        days: how many days it has.
        seed: of the replicate.
        start: the number of the first of these agents, where a population is lived part by part.
    """
    if repairs.is_idle:
        return _join([])
    is_in = (agents.flags & TAKES_PART) > 0
    knows = is_in & ((agents.flags & AWARE) > 0)
    done: list[Events] = []
    for number, ways in enumerate(repairs.occasions):
        who = _find_concerned(ways[0], repairs, agents, standing, is_in, knows, day_number(first))
        if who.size:
            done.append(_act(repairs, ways, who, agents, month, number, days, seed, start))
    if repairs.goods.size and repairs.compensates:
        who = np.flatnonzero(knows & (agents.since < repairs.window_months))
        if who.size:
            done.append(_compensate(repairs, who, month, days, seed, start))
    return _join(done)


def _find_concerned(
    way: Way, repairs: Repairs, agents: Agents, standing: Standing | None, is_in: NDArray[np.bool_],
    knows: NDArray[np.bool_], first_day: int,
) -> NDArray[np.int64]:  # fmt: skip
    """Participants to whom a way is open: who is on a list is told; of points only those know who know the scheme."""
    if way.list < 0:
        months = agents.since
        return np.flatnonzero(knows & (months >= way.after_months) & (months < repairs.window_months))
    if standing is None or way.list >= standing.listed_since.shape[0]:
        return np.empty(0, np.int64)
    since = standing.listed_since[way.list]
    waits = math.ceil(way.after_months * DAYS_A_MONTH)
    return np.flatnonzero(is_in & (since >= 0) & (since + waits <= first_day))


def _draw(who: NDArray[np.int64], month: int, number: int, seed: int, start: int) -> NDArray[np.uint32]:
    words = np.empty((4, who.size), np.uint32)
    draw_keyed(np.uint64(seed), who + start, month + ((number + 1) << EVENT), STREAMS["repair"], words)
    return words


def _scale(words: NDArray[np.uint32], n: int) -> NDArray[np.int64]:
    """Words as whole numbers from 0 to n - 1."""
    return (words.astype(np.uint64) * np.uint64(n) >> np.uint64(32)).astype(np.int64)


def _act(
    repairs: Repairs, ways: Sequence[Way], who: NDArray[np.int64], agents: Agents, month: int, number: int, days: int,
    seed: int, start: int,
) -> Events:  # fmt: skip
    words = _draw(who, month, number, seed, start)
    limit = repairs.extended if ways[0].kind is WayKind.EXTENDS else repairs.acts[agents.code[who]]
    acts = words[0].astype(np.int64) < limit
    who, words = who[acts], words[:, acts]
    more = _draw(who, month, number + MORE, seed, start)
    kinds = np.array([repairs.n_conduct + repairs.names.index(way.name) for way in ways], np.uint16)
    chosen = kinds[_scale(words[1], len(ways))]
    return _build(repairs.delay, who, chosen, words, more[0], np.full(who.size, OBSERVED | REPAIRS), days)


def _compensate(repairs: Repairs, who: NDArray[np.int64], month: int, days: int, seed: int, start: int) -> Events:
    number = len(repairs.occasions)
    words = _draw(who, month, number, seed, start)
    acts = words[0].astype(np.int64) < repairs.compensates
    who, words = who[acts], words[:, acts]
    more = _draw(who, month, number + MORE, seed, start)
    chosen = repairs.goods[_scale(words[1], repairs.goods.size)].astype(np.uint16)
    status = np.where(more[1].astype(np.int64) < repairs.seen, OBSERVED | REPAIRS, REPAIRS)
    return _build(repairs.seen_delay, who, chosen, words, more[0], status, days)


def _build(
    delay: NDArray[np.int64], who: NDArray[np.int64], kind: NDArray[np.uint16], words: NDArray[np.uint32],
    word: NDArray[np.uint32], status: NDArray[np.int64], days: int,
) -> Events:  # fmt: skip
    late = np.searchsorted(delay, words[3].astype(np.int64), side="right")
    none = np.zeros(who.size, np.uint16)
    return Events(
        who.astype(np.uint32), kind, _scale(words[2], days).astype(np.uint8), status.astype(np.uint8),
        late.astype(np.uint16), none, none, word,
    )  # fmt: skip


def _join(parts: Sequence[Events]) -> Events:
    """All of them; none at all with the right types."""
    types = (np.uint32, np.uint16, np.uint8, np.uint8, np.uint16, np.uint16, np.uint16, np.uint32)
    nothing = Events(*(np.empty(0, dtype) for dtype in types))
    return Events(*(np.concatenate(columns) for columns in zip(nothing, *parts, strict=True)))
