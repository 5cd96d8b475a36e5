"""How an index works: dimensions with weights, and their indicators, each a value on a scale."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from scslab.ground.dates import Period
from scslab.ground.problems import NOWHERE, Place
from scslab.ground.text import Text
from scslab.scheme.conditions import Expression
from scslab.scheme.dated import Number
from scslab.scheme.model_words import Confidence


@dataclass(frozen=True, slots=True)
class CountOf:
    """The number of events, in the window or so far; 0 where there is none."""

    on: str
    when: Expression | None = None
    within: Period | None = None


@dataclass(frozen=True, slots=True)
class SumOf:
    """The sum of a numeric attribute of the events; 0 where there is none."""

    attribute: str
    on: str
    when: Expression | None = None
    within: Period | None = None


@dataclass(frozen=True, slots=True)
class ShareOf:
    """The events `part_on` as a share of the events `on`; the part lies within the whole."""

    part_on: str
    on: str
    when_none: Decimal
    part_when: Expression | None = None
    when: Expression | None = None
    within: Period | None = None


@dataclass(frozen=True, slots=True)
class DaysSince:
    """Days from the latest event to the publication."""

    on: str
    when_none: Decimal
    when: Expression | None = None
    within: Period | None = None


@dataclass(frozen=True, slots=True)
class AttributeOf:
    """An attribute of the subject: a number, or a truth that counts 0 or 1."""

    name: str
    when_none: Decimal


@dataclass(frozen=True, slots=True)
class ScoreOf:
    """The last published score under another scheme."""

    scheme: str
    when_none: Decimal


IndicatorValue = CountOf | SumOf | ShareOf | DaysSince | AttributeOf | ScoreOf
"""What an indicator measures."""


@dataclass(frozen=True, slots=True)
class Indicator:
    """A value and its scale: (value, scaled) in ascending order of value, linear between, flat outside."""

    id: str
    value: IndicatorValue
    scale: tuple[tuple[Decimal, Decimal], ...]
    title: Text = field(default_factory=Text)
    source: str = ""
    confidence: Confidence | None = None
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class Dimension:
    """A part of an index: its weight, and indicators that share it equally."""

    id: str
    weight: Number
    indicators: tuple[Indicator, ...]
    title: Text = field(default_factory=Text)
    source: str = ""
    confidence: Confidence | None = None
    place: Place = NOWHERE
