"""Reads what follows from a standing: the measures, and the yardstick to hold the score against."""

from __future__ import annotations

from collections.abc import Collection

from scslab.ground.text import Text
from scslab.scheme.dated import Number
from scslab.scheme.fields import FormReader, Key, check_ids_once, check_known, take_known
from scslab.scheme.forms import MeasureForm, MeasureWhenForm, SchemeForm, ScoreRangeForm, YardstickForm
from scslab.scheme.model import (
    AttributeType,
    Domain,
    Measure,
    MeasureCondition,
    MeasureKind,
    Score,
    Source,
    Tier,
    Yardstick,
)
from scslab.scheme.read_score import check_exact
from scslab.scheme.read_vocabulary import Vocabulary
from scslab.scheme.sql import parse_condition
from scslab.scheme.yaml_tree import YamlText


def read_measures(
    top: FormReader, score: Score, tiers: Collection[Tier], sources: dict[str, Source]
) -> tuple[Measure, ...]:
    """The measures, in file order."""
    tier_ids = dict.fromkeys(tier.id for tier in tiers)
    measures = tuple(
        Measure(
            id=form.take(MeasureForm.id, ""),
            kind=form.take(MeasureForm.kind, MeasureKind.REWARD),
            domain=form.take(MeasureForm.domain, Domain.REPUTATION),
            when=_read_condition(form, score, tier_ids),
            provider=form.take(MeasureForm.provider, ""),
            source=take_known(form, MeasureForm.source, sources, "S021", "source"),
            confidence=form.take(MeasureForm.confidence, None),
            title=form.take(MeasureForm.title, Text()),
            place=form.place,
        )
        for form in top.take(SchemeForm.measures, ())
    )
    check_ids_once(((measure.id, measure.place) for measure in measures), top.problems)
    return measures


def _read_condition(form: FormReader, score: Score, tier_ids: Collection[str]) -> MeasureCondition:
    when = form.take(MeasureForm.when, None)
    if when is None:
        return MeasureCondition()
    problems = when.problems
    has_tier, has_score = when.has(MeasureWhenForm.tier), when.has(MeasureWhenForm.score)
    if has_tier == has_score and not when.is_incomplete:
        message = "a measure needs `tier` or `score`" + (", not both" if has_tier else "")
        problems.error("S043", message, when.place, "write {tier: [A, AA]} or {score: {from: 600}}")
    named = when.take(MeasureWhenForm.tier, ())
    words = (named,) if isinstance(named, YamlText) else named
    tiers = tuple(word.text for word in words if check_known(word, tier_ids, problems, "S022", "tier"))
    check_ids_once(((word.text, word.place) for word in words), problems)
    span = when.take(MeasureWhenForm.score, None)
    if span is None:
        return MeasureCondition(tiers=tiers)
    since, below = span.take(ScoreRangeForm.since, None), span.take(ScoreRangeForm.below, None)
    for key, value in ((ScoreRangeForm.since, since), (ScoreRangeForm.below, below)):
        if value is not None:
            check_exact(Number.constant(value), score.decimals, key, span)
    if not span.has(ScoreRangeForm.since) and not span.has(ScoreRangeForm.below):
        problems.error("S043", "a range of scores needs `from` or `below`", span.place)
    if since is not None and below is not None and since >= below:
        message = f"the range of scores from {since:f} to below {below:f} is empty"
        problems.error("S039", message, span.place_of(ScoreRangeForm.below))
    return MeasureCondition(tiers, since, below)


def read_yardstick(top: FormReader, vocabulary: Vocabulary, sources: dict[str, Source]) -> Yardstick | None:
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
