"""Reads what follows from a standing: the measures, and the yardstick to hold the score against."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from scslab.ground.text import Text
from scslab.scheme.fields import FormReader, Key, check_ids_once, take_known
from scslab.scheme.forms import MeasureForm, SchemeForm, YardstickForm
from scslab.scheme.forms_conditions import MeasureWhenForm
from scslab.scheme.model import AttributeType, Domain, Measure, MeasureKind, Source, StateCondition, Yardstick
from scslab.scheme.read_clauses import Known
from scslab.scheme.read_conditions import read_state
from scslab.scheme.read_vocabulary import Vocabulary
from scslab.scheme.sql import parse_condition
from scslab.scheme.yaml_tree import YamlText


def read_measures(top: FormReader, known: Known) -> tuple[Measure, ...]:
    """The measures, in file order."""
    measures = tuple(
        Measure(
            id=form.take(MeasureForm.id, ""),
            kind=form.take(MeasureForm.kind, MeasureKind.REWARD),
            domain=form.take(MeasureForm.domain, Domain.REPUTATION),
            when=_read_condition(form, known),
            provider=form.take(MeasureForm.provider, ""),
            source=take_known(form, MeasureForm.source, known.sources, "S021", "source"),
            confidence=form.take(MeasureForm.confidence, None),
            title=form.take(MeasureForm.title, Text()),
            place=form.place,
            **_read_days(form),
        )
        for form in top.take(SchemeForm.measures, ())
    )
    check_ids_once(((measure.id, measure.place) for measure in measures), top.problems)
    return measures


def _read_condition(form: FormReader, known: Known) -> StateCondition:
    when = form.take(MeasureForm.when, None)
    if when is None:
        return StateCondition()
    if not when.values and not when.is_incomplete:
        message = "a measure needs `tier`, `score`, `list` or `not_list`"
        when.problems.error("S043", message, when.place, "write {tier: [A, AA]}, {score: {from: 600}} or {list: …}")
    elif when.has(MeasureWhenForm.delay) and len(when.values) == 1:
        when.problems.error("S043", "a measure needs more than a `delay`", when.place, "write {list: …, delay: …}")
        return StateCondition()
    return read_state(when, known)


def _read_days(form: FormReader) -> dict[str, date | None]:
    since, until = form.take(MeasureForm.since, None), form.take(MeasureForm.until, None)
    if since is not None and until is not None and until < since:
        message = f"the measure ends on {until}, before it begins on {since}"
        form.problems.error("S039", message, form.place_of(MeasureForm.until))
    return {"since": since, "until": until}


def read_yardstick(top: FormReader, vocabulary: Vocabulary, sources: Mapping[str, Source]) -> Yardstick | None:
    """The yardstick, if there is one."""
    form = top.take(SchemeForm.yardstick, None)
    if form is None:
        return None
    attribute = _read_attribute(form, YardstickForm.attribute, vocabulary)
    sql = form.take(YardstickForm.when, None)
    when = None
    if sql is not None and vocabulary.is_sound:
        when = parse_condition(sql, vocabulary.subject_columns(), form.problems)
    return Yardstick(
        attribute=attribute,
        title=form.take(YardstickForm.title, Text()),
        when=when,
        source=take_known(form, YardstickForm.source, sources, "S021", "source"),
        note=form.take(YardstickForm.note, Text()),
    )


def _read_attribute(form: FormReader, key: Key[YamlText], vocabulary: Vocabulary) -> str:
    if not vocabulary.is_sound:
        return ""
    name = take_known(form, key, vocabulary.subjects, "S024", "subject attribute")
    if name and vocabulary.subjects[name].type not in (AttributeType.INTEGER, AttributeType.NUMBER):
        kind = vocabulary.subjects[name].type.value
        message = f"the subject attribute `{name}` is {kind}; a yardstick is a number"
        form.problems.error("S024", message, form.place_of(key))
        return ""
    return name
