"""What a scheme's event types mean to a society: which bring points, which cost them, and how often they happen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from scslab.ground.problems import Problem, ProblemsError, did_you_mean
from scslab.scheme.model import (
    OBJECTION_TYPES,
    REPLACE,
    RETRACT,
    CountOf,
    DaysSince,
    ListKind,
    Rule,
    Scheme,
    ScoreKind,
    ShareOf,
    SumOf,
    matches,
)
from scslab.society.conduct.ways import list_derived
from scslab.society.mechanics.behaviour import Sign, guess_rate, read_recorded_rates
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

    Corrections, objections, ways off a list, repairs and what spreads are not conduct: they follow from mechanics of
    their own (`objection`, `repair`), or from the engine.

    Args:
        scheme: the scheme.
        values: parameters.
        rates: events a year by type, in place of the priors.

    Raises:
        ProblemsError: a rate for an unknown type (Y211), or not from 0 to 80 a year (Y212).
    """
    names = [name for name in scheme.events if name not in (RETRACT, REPLACE)]
    _check_rates(scheme, names, rates or {})
    derived = list_derived(scheme)
    conduct = [n for n in names if n not in OBJECTION_TYPES and n not in derived]
    streams = number_event_streams(conduct)
    found: list[Conduct] = []
    for name, stream in zip(conduct, streams, strict=True):
        sign, rate = _judge_index(scheme, name, values) if scheme.score.kind is ScoreKind.INDEX else (None, 0.0)
        if sign is None:
            sign, points = _judge_rules(scheme, name)
            rate = guess_rate(values, sign, points)
        recorded = read_recorded_rates().get((scheme.id, name))
        if recorded is not None:
            seen = values["observation.negative" if sign is Sign.NEGATIVE else "observation.positive"]
            rate = min(80.0, recorded / seen)
        found.append(Conduct(name, names.index(name), sign, (rates or {}).get(name, rate), stream))
    return tuple(found)


def compute_share_taking(conduct: Sequence[Conduct]) -> float:
    """The share of the kinds of conduct that cost points; 0 where there are none.

    Example:
        >>> compute_share_taking([Conduct("fine.paid", 0, Sign.NEGATIVE, 0.1, 1)])
        1.0
    """
    return sum(each.sign is Sign.NEGATIVE for each in conduct) / max(1, len(conduct))


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
    """What a type is worth: by its dearest rule; a formula by its leading minus; a limit or a list counts 50."""
    worth: list[Decimal] = [_worth(rule) for rule in scheme.rules if rule.matches_type(name)]
    if any(rule.limit_tier or rule.grade for rule in scheme.rules if rule.matches_type(name)):
        worth.append(Decimal(-50))
    if not any(worth):
        entered = [each.kind for each in scheme.lists if any(matches(getattr(w, "on", ""), name) for w in each.enter)]
        if not entered:
            return Sign.NEUTRAL, 0.0
        return (Sign.NEGATIVE if ListKind.BLACKLIST in entered else Sign.POSITIVE), 50.0
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
    found: list[tuple[Sign, float]] = []
    for indicator in (i for dimension in scheme.dimensions for i in dimension.indicators):
        value, rising = indicator.value, indicator.scale[-1][1] >= indicator.scale[0][1]
        if isinstance(value, ShareOf) and matches(value.on, name):
            found.append(_judge_share(scheme, name, value, values, rising=rising))
        elif isinstance(value, CountOf | SumOf | DaysSince) and matches(value.on, name):
            is_good = rising != isinstance(value, DaysSince)
            sign = Sign.POSITIVE if is_good else Sign.NEGATIVE
            rate = guess_rate(values, sign, 5.0)
            if is_good and isinstance(value, CountOf) and value.within is not None:
                years = (value.within.months + value.within.days / 30.4375) / 12
                heard = sum(matches(value.on, each) for each in scheme.events)
                rate = values["behaviour.index_middle"] * float(indicator.scale[-1][0]) / years / heard
            elif is_good and isinstance(value, SumOf):
                rate = values["behaviour.regular"]
            # How often something is counted says more of it than what is summed up.
            found.insert(0 if isinstance(value, CountOf) else len(found), (sign, rate))
    return found[0] if found else (None, 0.0)


def _judge_share(scheme: Scheme, name: str, share: ShareOf, values: Values, *, rising: bool) -> tuple[Sign, float]:
    """A part of a share; where the rest is counted as bad elsewhere, the part makes up for half of it."""
    is_part = matches(share.part_on, name)
    sign = Sign.POSITIVE if is_part == rising else Sign.NEGATIVE
    rest = [each for each in scheme.events if matches(share.on, each) and not matches(share.part_on, each)]
    if is_part and any(_is_bad(scheme, each) for each in rest):
        return sign, 0.5 * guess_rate(values, Sign.NEGATIVE, 5.0)
    often = 1.0 if is_part == rising else values["behaviour.lapse_share"]
    return sign, values["behaviour.regular"] * often


def _is_bad(scheme: Scheme, name: str) -> bool:
    """Whether an index counts a type, and the more the worse."""
    return any(
        isinstance(each.value, CountOf) and matches(each.value.on, name) and each.scale[-1][1] < each.scale[0][1]
        for dimension in scheme.dimensions
        for each in dimension.indicators
    )
