"""What an index measures, in plain words."""

from __future__ import annotations

from scslab.report.formats import format_factor
from scslab.report.phrases_conditions import say_events
from scslab.report.words import Words
from scslab.scheme.model import AttributeOf, CountOf, DaysSince, Indicator, IndicatorValue, ScoreOf, ShareOf, SumOf


def say_value(value: IndicatorValue, words: Words) -> str:
    """What an indicator measures, and over how long."""
    match value:
        case CountOf():
            said = words("value.count", events=say_events(value.on, value.when, words))
        case SumOf():
            name = words.attribute(value.attribute, is_of_subject=False)
            said = words("value.sum", attribute=name, events=say_events(value.on, value.when, words))
        case ShareOf():
            part = say_events(value.part_on, value.part_when, words)
            said = words("value.share", part=part, events=say_events(value.on, value.when, words))
        case DaysSince():
            said = words("value.days_since", events=say_events(value.on, value.when, words))
        case AttributeOf():
            said = words("value.attribute", attribute=words.attribute(value.name, is_of_subject=True))
        case ScoreOf():
            said = words("value.score_of", scheme=words("quote", text=value.scheme))
    if isinstance(value, CountOf | SumOf | ShareOf | DaysSince) and value.within is not None:
        said = words("clause.within", what=said, period=words.period(value.within))
    if isinstance(value, CountOf | SumOf):
        return said
    return words("value.when_none", what=said, value=format_factor(value.when_none))


def say_scale(indicator: Indicator, words: Words) -> str:
    """A scale as pairs of a value and the share of full marks that it gives.

    Example:
        >>> from decimal import Decimal
        >>> from scslab.scheme.catalogue import find_scheme
        >>> from scslab.report.words import Words
        >>> from scslab.scheme.model import Indicator, AttributeOf
        >>> scale = ((Decimal(0), Decimal(0)), (Decimal("0.9"), Decimal("0.5")))
        >>> say_scale(Indicator("x", AttributeOf("x", Decimal(0)), scale), Words("en", find_scheme("food-safety")))
        '0 → 0%, 0.9 → 50%'
    """
    pairs = ((format_factor(value), f"{format_factor(scaled * 100)}%") for value, scaled in indicator.scale)
    return words.enumerate(words("value.part", value=value, share=share) for value, share in pairs)
