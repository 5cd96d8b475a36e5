"""Reads how an index works: its dimensions, their indicators and scales; and checks that the weights sum to 1."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Any

from scslab.ground.text import Text
from scslab.scheme.dated import Number
from scslab.scheme.fields import FormReader, Key, check_ids_once, check_known, take_known
from scslab.scheme.forms import SchemeForm
from scslab.scheme.forms_index import DimensionForm, IndicatorForm, ValueForm
from scslab.scheme.model import (
    AttributeOf,
    AttributeType,
    CountOf,
    DaysSince,
    Dimension,
    Indicator,
    IndicatorValue,
    ScoreOf,
    ShareOf,
    SumOf,
)
from scslab.scheme.problem_list import Problems, suggest
from scslab.scheme.read_clauses import Known, read_on, read_when, refuse_keys, take_one, text_of
from scslab.scheme.read_score import list_change_days
from scslab.scheme.yaml_tree import YamlText

_ZERO = Decimal(0)
_VALUES: tuple[Key[Any], ...] = (
    ValueForm.count, ValueForm.sum, ValueForm.share, ValueForm.days_since, ValueForm.attribute, ValueForm.score_of,
)  # fmt: skip
# What each value may say besides its own key.
_BESIDE: dict[str, tuple[Key[Any], ...]] = {
    "count": (ValueForm.when, ValueForm.within),
    "sum": (ValueForm.on, ValueForm.when, ValueForm.within),
    "share": (ValueForm.of, ValueForm.when, ValueForm.of_when, ValueForm.within, ValueForm.when_none),
    "days_since": (ValueForm.when, ValueForm.within, ValueForm.when_none),
    "attribute": (ValueForm.when_none,),
    "score_of": (ValueForm.when_none,),
}
_NEEDED: dict[str, tuple[Key[Any], ...]] = {
    "sum": (ValueForm.on,),
    "share": (ValueForm.of, ValueForm.when_none),
    "days_since": (ValueForm.when_none,),
    "attribute": (ValueForm.when_none,),
    "score_of": (ValueForm.when_none,),
}
_NUMERIC = (AttributeType.INTEGER, AttributeType.NUMBER)


def read_dimensions(top: FormReader, known: Known) -> tuple[Dimension, ...]:
    """The dimensions of an index, in file order."""
    forms = top.take(SchemeForm.dimensions, ())
    dimensions = tuple(
        Dimension(
            id=form.take(DimensionForm.id, ""),
            weight=form.take(DimensionForm.weight, Number.constant(_ZERO)),
            indicators=_read_indicators(form, known),
            title=form.take(DimensionForm.title, Text()),
            source=take_known(form, DimensionForm.source, known.sources, "S021", "source"),
            confidence=form.take(DimensionForm.confidence, None),
            place=form.place,
        )
        for form in forms
    )
    check_ids_once(((each.id, each.place) for each in dimensions), top.problems)
    if all(form.take(DimensionForm.weight, None) is not None for form in forms):
        _check_weights(dimensions, forms, top.problems)
    return dimensions


def _check_weights(dimensions: Sequence[Dimension], forms: Sequence[FormReader], problems: Problems) -> None:
    weights = [each.weight for each in dimensions]
    for day in list_change_days(weights):
        total = sum((weight.on(day) or _ZERO for weight in weights), _ZERO)
        if total != 1:
            since = "" if all(weight.is_constant for weight in weights) else f" from {day} on"
            message = f"the weights sum to {total:f}{since}, not to 1"
            problems.error("S051", message, forms[0].place_of(DimensionForm.weight), "they are shares of the index")
            return


def _read_indicators(form: FormReader, known: Known) -> tuple[Indicator, ...]:
    indicators: list[Indicator] = []
    for each in form.take(DimensionForm.indicators, ()):
        value = each.take(IndicatorForm.value, None)
        indicators.append(
            Indicator(
                id=each.take(IndicatorForm.id, ""),
                value=_NOTHING if value is None else _read_value(value, known),
                scale=_read_scale(each),
                title=each.take(IndicatorForm.title, Text()),
                source=take_known(each, IndicatorForm.source, known.sources, "S021", "source"),
                confidence=each.take(IndicatorForm.confidence, None),
                place=each.place,
            )
        )
    check_ids_once(((each.id, each.place) for each in indicators), form.problems)
    return tuple(indicators)


def _read_scale(form: FormReader) -> tuple[tuple[Decimal, Decimal], ...]:
    scale = form.take(IndicatorForm.scale, ())
    place = form.place_of(IndicatorForm.scale)
    check_ascending(scale, form, IndicatorForm.scale)
    for _, scaled in scale:
        if not 0 <= scaled <= 1:
            help_ = "a scale leads to numbers from 0 (worst) to 1 (best)"
            form.problems.shared("016", f"the scaled value {scaled:f} is not between 0 and 1", place, help_)
            break
    return scale


def check_ascending(scale: Sequence[tuple[Decimal, Decimal]], form: FormReader, key: Key[Any]) -> None:
    """Notes a scale whose values do not ascend (S052)."""
    for (low, _), (high, _) in pairwise(scale):
        if high <= low:
            message = f"the scale goes from {low:f} to {high:f}: its values must ascend"
            form.problems.error("S052", message, form.place_of(key), "write the pairs in ascending order of value")
            return


_NOTHING = CountOf("")


def _read_value(form: FormReader, known: Known) -> IndicatorValue:
    chosen = take_one(form, _VALUES, "a value", "write {count: …}, {sum: …, on: …} or {share: …, of: …, when_none: …}")
    if chosen is None:
        return _NOTHING
    beside = {key.name for key in _BESIDE[chosen.name]}
    others = [key for key in form.form.list_keys() if key not in _VALUES and key.name not in beside]
    refuse_keys(form, others, f"has no effect on `{chosen.name}`")
    for key in _NEEDED.get(chosen.name, ()):
        if not form.has(key):
            form.problems.shared("006", f"the value `{chosen.name}` needs the key `{key.name}`", form.place, key.about)
    when_none = form.take(ValueForm.when_none, _ZERO)
    if chosen is ValueForm.attribute:
        return AttributeOf(_read_attribute(form, known), when_none)
    if chosen is ValueForm.score_of:
        return ScoreOf(_read_scheme(form, known), when_none)
    return _read_events(form, chosen, known, when_none)


def _read_events(form: FormReader, chosen: Key[Any], known: Known, when_none: Decimal) -> IndicatorValue:
    """A value over events."""
    vocabulary, within = known.vocabulary, form.take(ValueForm.within, None)
    heard = read_on(form, ValueForm.on if chosen is ValueForm.sum else chosen, vocabulary)
    when = read_when(form, ValueForm.when, vocabulary, heard)
    if chosen is ValueForm.count:
        return CountOf(text_of(heard), when, within)
    if chosen is ValueForm.sum:
        return SumOf(_read_summed(form, heard, known), text_of(heard), when, within)
    if chosen is ValueForm.days_since:
        return DaysSince(text_of(heard), when_none, when, within)
    whole = read_on(form, ValueForm.of, vocabulary)
    if heard is not None and whole is not None:
        inside = [event.id for event in vocabulary.matching.get(whole.text, [])]
        outside = [event.id for event in vocabulary.matching.get(heard.text, []) if event.id not in inside]
        if outside and inside:
            message = f"`{outside[0]}` is no part of `{whole.text}`, of which it would be a share"
            form.problems.error("S050", message, heard.place, "the whole must hold every type of the part")
    of_when = read_when(form, ValueForm.of_when, vocabulary, whole)
    return ShareOf(text_of(heard), text_of(whole), when_none, when, of_when, within)


def _read_summed(form: FormReader, on: YamlText | None, known: Known) -> str:
    """The attribute that is summed: a number, of every event type that counts."""
    word = form.take(ValueForm.sum, None)
    if word is None or on is None or not known.vocabulary.is_sound:
        return text_of(word)
    events = known.vocabulary.matching.get(on.text, [])
    found = [event.attributes[word.text] for event in events if word.text in event.attributes]
    problems = form.problems
    if not found and events:
        names = dict.fromkeys(name for event in events for name in event.attributes)
        problems.shared("032", f"unknown attribute `{word.text}` of `{on.text}`", word.place, suggest(word.text, names))
    for attribute in found:
        if attribute.type not in _NUMERIC:
            problems.shared("033", f"`{word.text}` is {attribute.type.value}; a sum is of numbers", word.place)
            break
    if found and len(found) < len(events):
        help_ = "events of the other types add nothing"
        problems.warn("S037", f"`{word.text}` is not declared by every event type of the sum", word.place, help_)
    return word.text


def _read_attribute(form: FormReader, known: Known) -> str:
    word, attributes = form.take(ValueForm.attribute, None), known.vocabulary.subjects
    if word is None or not known.vocabulary.is_sound:
        return text_of(word)
    if check_known(word, attributes, form.problems, "S024", "subject attribute"):
        kind = attributes[word.text].type
        if kind not in (*_NUMERIC, AttributeType.BOOLEAN):
            message = f"the subject attribute `{word.text}` is {kind.value}; a value is a number, or true or false"
            form.problems.error("S024", message, word.place)
    return word.text


def _read_scheme(form: FormReader, known: Known) -> str:
    word = form.take(ValueForm.score_of, None)
    if word is not None and word.text == known.scheme:
        form.problems.error("S053", "an index cannot be made of its own score", word.place, "name another scheme")
    return text_of(word)
