"""What a scheme's event types mean to a society: which bring points, which cost them, and how often they happen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from scslab.ground.problems import Problem, ProblemsError, did_you_mean
from scslab.scheme.model import (
    OBJECTION_TYPES,
    REPLACE,
    RETRACT,
    CountOf,
    DaysSince,
    Rule,
    Scheme,
    ScoreKind,
    ShareOf,
    SumOf,
    matches,
)
from scslab.society.mechanics.behaviour import Sign, guess_rate
from scslab.society.mechanics.parameter import Values
from scslab.society.randomness.streams import number_event_streams


@dataclass(frozen=True, slots=True)
class Conduct:
    """An event type as conduct.

    Attributes:
        name: the event type.
        code: its number in the scheme's `compile.Compiled.types`.
        rate: how often a resident of average traits does it, a year.
        stream: its random stream.
    """

    name: str
    code: int
    sign: Sign
    rate: float
    stream: int


def list_conduct(scheme: Scheme, values: Values, rates: Mapping[str, float] | None = None) -> tuple[Conduct, ...]:
    """The event types that residents bring about, in the order of the scheme.

    Corrections, objections and repairs are not conduct: they follow from mechanics of their own.

    Args:
        scheme: the scheme.
        values: parameters.
        rates: events a year by type, in place of the priors.

    Raises:
        ProblemsError: a rate for an unknown type (Y211), or not from 0 to 80 a year (Y212).
    """
    names = [name for name in scheme.events if name not in (RETRACT, REPLACE)]
    _check_rates(scheme, names, rates or {})
    repairs = [repair.on for repair in scheme.repairs]
    conduct = [n for n in names if n not in OBJECTION_TYPES and not any(matches(on, n) for on in repairs)]
    streams = number_event_streams(conduct)
    found: list[Conduct] = []
    for name, stream in zip(conduct, streams, strict=True):
        sign, rate = _judge_index(scheme, name, values) if scheme.score.kind is ScoreKind.INDEX else (None, 0.0)
        if sign is None:
            sign, points = _judge_rules(scheme, name)
            rate = guess_rate(values, sign, points)
        found.append(Conduct(name, names.index(name), sign, (rates or {}).get(name, rate), stream))
    return tuple(found)


def _check_rates(scheme: Scheme, names: list[str], rates: Mapping[str, float]) -> None:
    problems = [
        Problem("Y211", f"a rate for `{name}`, which `{scheme.id}` does not know", help=did_you_mean(name, names))
        for name in rates
        if name not in names
    ]
    problems += [
        Problem("Y212", f"`{name}` at {rate:g} a year", help="rates lie between 0 and 80 a year")
        for name, rate in rates.items()
        if not 0 <= rate <= 80
    ]
    if problems:
        raise ProblemsError(problems)


def _judge_rules(scheme: Scheme, name: str) -> tuple[Sign, float]:
    """What a type is worth: by its dearest rule; a formula by its leading minus; a limit or a blacklist takes."""
    worth: list[Decimal] = [_worth(rule) for rule in scheme.rules if rule.matches_type(name)]
    if any(rule.limit_tier or rule.grade for rule in scheme.rules if rule.matches_type(name)):
        worth.append(Decimal(-50))
    if not any(worth):
        enters = [way for each in scheme.lists for way in each.enter if matches(getattr(way, "on", ""), name)]
        return (Sign.NEGATIVE, 50.0) if enters else (Sign.NEUTRAL, 0.0)
    dearest = max(worth, key=abs)
    return (Sign.POSITIVE if dearest > 0 else Sign.NEGATIVE), float(abs(dearest))


def _worth(rule: Rule) -> Decimal:
    if rule.points is not None:
        return max((value for _, value in rule.points.steps), key=abs)
    if rule.formula is None:
        return Decimal(0)
    return Decimal(-5) if rule.formula.text.lstrip().startswith("-") else Decimal(5)


def _judge_index(scheme: Scheme, name: str, values: Values) -> tuple[Sign | None, float]:
    """In an index: the part of a share is good conduct and usual, its rest is bad; else the slope of the scale says."""
    for indicator in (i for dimension in scheme.dimensions for i in dimension.indicators):
        value, (first, last) = indicator.value, (indicator.scale[0][1], indicator.scale[-1][1])
        rising = last >= first
        if isinstance(value, ShareOf) and matches(value.on, name):
            is_part = matches(value.part_on, name)
            share = 1.0 if is_part == rising else values["behaviour.lapse_share"]
            sign = Sign.POSITIVE if is_part == rising else Sign.NEGATIVE
            return sign, values["behaviour.regular"] * share
        if isinstance(value, CountOf | SumOf | DaysSince) and matches(value.on, name):
            is_good = rising != isinstance(value, DaysSince)
            sign = Sign.POSITIVE if is_good else Sign.NEGATIVE
            return sign, guess_rate(values, sign, 5.0)
    return None, 0.0
