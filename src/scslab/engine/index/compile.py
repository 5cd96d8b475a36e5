"""Compile an index scheme: what listens to events is written as rules, so that a ledger is taken in as for any scheme.

Each distinct clause that listens (`on`, `when`, and of a sum its attribute) is a *listener*. Listeners become rules of
no points, in a scheme of their own, which `scslab.engine.compile` and the intake know how to work with.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from scslab.engine.calendar import LAST_DAY, build_day_tables, day_number
from scslab.engine.compile import Compiled, compile_scheme
from scslab.engine.index.layout import (
    BY_ATTRIBUTE,
    BY_COUNT,
    BY_DAYS,
    BY_SCORE,
    BY_SHARE,
    BY_SUM,
    COUNT,
    LATEST,
    SUM,
)
from scslab.ground.dates import EARLIEST, Period
from scslab.ground.problems import Problem, ProblemsError
from scslab.scheme.conditions import Column, Expression, ValueType
from scslab.scheme.dated import Number
from scslab.scheme.model import (
    AttributeOf,
    CountOf,
    DaysSince,
    Indicator,
    Rule,
    Scheme,
    ScoreOf,
    ShareOf,
    SumOf,
)

SETTLED_BIT = np.uint64(1 << 31)
"""Set in the word of every settled event, so that grouping keeps those that no indicator listens to."""
MAX_LISTENERS_PER_TYPE = 31
"""An event's word keeps one bit for each listener, and one for itself."""

I64 = NDArray[np.int64]
F64 = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Meter:
    """A count, a sum or the latest day of the events that all its listeners hear, within a window (-1: all so far)."""

    kind: int
    listeners: tuple[int, ...]
    window: int


@dataclass(frozen=True, slots=True)
class Reading:
    """How an indicator's value is read: from meters, an attribute or another scheme's score (see `layout`)."""

    kind: int
    meter: int = -1
    whole: int = -1
    window: int = -1
    column: int = -1
    when_none: float = 0.0


@dataclass(frozen=True, slots=True)
class CompiledIndex:
    """An index scheme, ready to be laid out for its kernel.

    Attributes:
        plain: the scheme itself, compiled.
        listening: the scheme of the listeners, compiled: they are its rules.
        indicators: all indicators in file order, with the id of their dimension.
        heard_by: by indicator, the listeners that it reads.
        readings: how each indicator's value is read.
        windows: the distinct windows.
        attributes: subject attributes that are read.
        others: schemes whose scores are read.
        epoch_day: the days from which weights and range are new; the first is 0.
        weight: weights by epoch and dimension; low, width: of the range, by epoch.
    """

    scheme: Scheme
    plain: Compiled
    listening: Compiled
    indicators: tuple[tuple[str, Indicator], ...]
    heard_by: tuple[tuple[int, ...], ...]
    readings: tuple[Reading, ...]
    meters: tuple[Meter, ...]
    windows: tuple[Period, ...]
    attributes: tuple[str, ...]
    others: tuple[str, ...]
    epoch_day: I64
    weight: F64
    low: F64
    width: F64

    def find_epoch(self, day: int) -> int:
        """The epoch of weights and range that a day number lies in."""
        return int(np.searchsorted(self.epoch_day, day, side="right")) - 1


def compile_index(scheme: Scheme) -> CompiledIndex:
    """Turn an index scheme into listeners, meters and readings.

    Raises:
        ProblemsError: more than 31 listeners for one event type (R001), or what `compile_scheme` refuses.
    """
    writer = _Writer()
    indicators = tuple((d.id, indicator) for d in scheme.dimensions for indicator in d.indicators)
    readings: list[Reading] = []
    heard_by: list[tuple[int, ...]] = []
    for _, indicator in indicators:
        reading = writer.read(indicator)
        readings.append(reading)
        used = [k for k in (reading.meter, reading.whole) if k >= 0]
        heard_by.append(tuple(dict.fromkeys(x for k in used for x in list(writer.meters)[k].listeners)))
    rules = tuple(writer.listeners.values())
    _refuse_too_many(scheme, rules)
    epochs = find_epochs(scheme)
    low, high = scheme.range or (Number.constant(Decimal(0)), Number.constant(Decimal(1)))
    lows, highs = (np.array([_value_on(end, day) for day in epochs]) for end in (low, high))
    weights = [[float(d.weight.on(day) or 0) for d in scheme.dimensions] for day in epochs]
    return CompiledIndex(
        scheme=scheme,
        plain=compile_scheme(scheme),
        listening=compile_scheme(replace(scheme, rules=rules, caps=())),
        indicators=indicators,
        heard_by=tuple(heard_by),
        readings=tuple(readings),
        meters=tuple(writer.meters),
        windows=tuple(writer.windows),
        attributes=tuple(writer.attributes),
        others=tuple(writer.others),
        epoch_day=np.array([day_number(day) for day in epochs], np.int64),
        weight=np.array(weights, np.float64).reshape(len(epochs), len(scheme.dimensions)),
        low=lows,
        width=highs - lows,
    )


def find_epochs(scheme: Scheme) -> list[date]:
    """The days from which weights or the range are new, the first of all days among them."""
    numbers = [*(scheme.range or ()), *(dimension.weight for dimension in scheme.dimensions)]
    return sorted({EARLIEST, *(since for number in numbers for since, _ in number.steps)})


def _value_on(number: Number, day: date) -> float:
    """An end of the range on a day; before its first date, its first value."""
    value = number.on(day)
    return float(number.steps[0][1] if value is None else value)


def _refuse_too_many(scheme: Scheme, rules: Sequence[Rule]) -> None:
    problems: list[Problem] = []
    for name in scheme.events:
        listening = sum(rule.matches_type(name) for rule in rules)
        if listening > MAX_LISTENERS_PER_TYPE:
            text = (
                f"{listening} different clauses of indicators listen to `{name}`; at most {MAX_LISTENERS_PER_TYPE} can"
            )
            problems.append(Problem("R001", text, scheme.place, "split the event type"))
    if problems:
        raise ProblemsError(problems)


@dataclass(slots=True)
class _Writer:
    """Listeners, meters, windows, attributes and other schemes, each once, under construction."""

    listeners: dict[tuple[str, Expression | None, str], Rule] = field(
        default_factory=dict[tuple[str, Expression | None, str], Rule]
    )
    meters: dict[Meter, int] = field(default_factory=dict[Meter, int])
    windows: dict[Period, int] = field(default_factory=dict[Period, int])
    attributes: dict[str, int] = field(default_factory=dict[str, int])
    others: dict[str, int] = field(default_factory=dict[str, int])

    def read(self, indicator: Indicator) -> Reading:
        """How the value of an indicator is read."""
        match indicator.value:
            case CountOf(on, when, within):
                heard = self._listen(on, when)
                return Reading(BY_COUNT, self._meter(COUNT, (heard,), within))
            case SumOf(attribute, on, when, within):
                heard = self._listen(on, when, attribute)
                return Reading(BY_SUM, self._meter(SUM, (heard,), within))
            case ShareOf() as share:
                whole = self._listen(share.on, share.when)
                part = self._listen(share.part_on, share.part_when)
                both = (whole,) if part == whole else (part, whole)
                return Reading(
                    BY_SHARE,
                    self._meter(COUNT, both, share.within),
                    self._meter(COUNT, (whole,), share.within),
                    when_none=float(share.when_none),
                )
            case DaysSince(on, when_none, when, within):
                meter = self._meter(LATEST, (self._listen(on, when),), within)
                return Reading(BY_DAYS, meter, window=self._window(within), when_none=float(when_none))
            case AttributeOf(name, when_none):
                column = self.attributes.setdefault(name, len(self.attributes))
                return Reading(BY_ATTRIBUTE, column=column, when_none=float(when_none))
            case ScoreOf(other, when_none):
                column = self.others.setdefault(other, len(self.others))
                return Reading(BY_SCORE, column=column, when_none=float(when_none))

    def _listen(self, on: str, when: Expression | None, attribute: str = "") -> int:
        key = (on, when, attribute)
        if key not in self.listeners:
            added = Expression(attribute, Column("event", attribute, ValueType.NUMBER)) if attribute else None
            self.listeners[key] = Rule(f"listener-{len(self.listeners)}", on, when=when, formula=added)
        return list(self.listeners).index(key)

    def _window(self, within: Period | None) -> int:
        return -1 if within is None else self.windows.setdefault(within, len(self.windows))

    def _meter(self, kind: int, listeners: tuple[int, ...], within: Period | None) -> int:
        meter = Meter(kind, listeners, self._window(within))
        return self.meters.setdefault(meter, len(self.meters))


def build_expiry(windows: Sequence[Period], last: int) -> NDArray[np.int32]:
    """The first day on which an event of each day up to `last` has left each window; shape (windows, days).

    That is the first day of which `Period.before` is the event's day or a later one; `last + 1` where it is not known.
    """
    tables = build_day_tables()
    day = np.arange(min(last, LAST_DAY) + 1)
    month, first = tables.month.astype(np.int64), tables.first.astype(np.int64)
    expiry = np.empty((len(windows), day.size), np.int32)
    for w, window in enumerate(windows):
        if not window.months:
            edge = np.maximum(0, day - window.days)
        else:
            here = month[day]
            earlier = np.maximum(0, here - window.months)
            moved = np.minimum(first[earlier] + day - first[here], first[earlier + 1] - 1)
            edge = np.where(here < window.months, 0, moved)
        expiry[w] = np.searchsorted(edge, day)
    return expiry
