"""Reads the rules and the caps that several rules share."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from decimal import Decimal

from scslab.ground.dates import Period
from scslab.ground.text import Text
from scslab.scheme.conditions import Expression, ValueType
from scslab.scheme.dated import Number
from scslab.scheme.fields import FormReader, Key, check_ids_once, check_known, take_known
from scslab.scheme.forms import CapForm, GradeForm, GroupCapForm, LimitTierForm, RepeatForm, RuleForm, SchemeForm
from scslab.scheme.model import LIFETIME, Cap, Grade, GroupCap, LimitTier, Repeat, Rule, Score, Source
from scslab.scheme.read_clauses import Known, parse_clause, read_on, read_when, text_of
from scslab.scheme.read_score import check_exact, check_size, count_decimals, tell_decimals
from scslab.scheme.read_vocabulary import Vocabulary
from scslab.scheme.scheme_kinds import TO_YEAR_END
from scslab.scheme.yaml_tree import YamlText

_ONE = Number.constant(Decimal(1))


def read_rules(top: FormReader, known: Known) -> tuple[Rule, ...]:
    """The rules, in file order."""
    forms = top.take(SchemeForm.rules, ())
    rules = tuple(_read_rule(form, known) for form in forms)
    check_ids_once(((rule.id, rule.place) for rule in rules), top.problems)
    return rules


def _read_rule(form: FormReader, known: Known) -> Rule:
    vocabulary, score = known.vocabulary, known.score
    on = read_on(form, RuleForm.on, vocabulary)
    repeat = _read_repeat(form)
    points, formula = _read_points(form, vocabulary, on, score, repeat)
    _check_effects(form)
    return Rule(
        id=form.take(RuleForm.id, ""),
        on=text_of(on),
        when=read_when(form, RuleForm.when, vocabulary, on),
        points=points,
        formula=formula,
        cap=_read_cap(form, score),
        valid=form.take(RuleForm.valid, None),
        repeat=repeat,
        limit_tier=_read_limit(form, known.tiers),
        grade=_read_grade(form, known.tiers),
        source=take_known(form, RuleForm.source, known.sources, "S021", "source"),
        confidence=form.take(RuleForm.confidence, None),
        title=form.take(RuleForm.title, Text()),
        note=form.take(RuleForm.note, Text()),
        place=form.place,
    )


def _read_points(
    form: FormReader, vocabulary: Vocabulary, on: YamlText | None, score: Score, repeat: Repeat | None
) -> tuple[Number | None, Expression | None]:
    points = form.take(RuleForm.points, None)
    if points is None:
        return None, None
    if isinstance(points, YamlText):
        return None, parse_clause(points, ValueType.NUMBER, vocabulary, on, form.problems)
    place = form.place_of(RuleForm.points)
    largest = max(repeat.times) if repeat and repeat.times else Decimal(1)
    for each in points.values():
        check_size(each * max(largest, Decimal(1)), score.decimals, place, form.problems)
        if count_decimals(each) > score.decimals:
            message = f"{each:f} points will be rounded: the score has {tell_decimals(score.decimals)}"
            form.problems.warn("S044", message, place, f"write `decimals: {count_decimals(each)}` under `score`")
    return points, None


def _check_effects(form: FormReader) -> None:
    """Notes keys that need points where there are none."""
    if form.has(RuleForm.points):
        return
    if not form.has(RuleForm.limit_tier) and not form.has(RuleForm.grade):
        message = "the rule has neither `points` nor `limit_tier` nor `grade`"
        form.problems.error("S027", message, form.place, RuleForm.points.about)
        return
    for key in (RuleForm.cap, RuleForm.valid, RuleForm.repeat):
        if form.has(key):
            form.problems.error("S029", f"`{key.name}` has no effect without `points`", form.place_of(key))


def _read_cap(form: FormReader, score: Score) -> Cap | None:
    cap = form.take(RuleForm.cap, None)
    if cap is None:
        return None
    points = cap.take(CapForm.points, _ONE)
    check_exact(points, score.decimals, CapForm.points, cap)
    return Cap(points, cap.take(CapForm.per, LIFETIME))


def _read_repeat(form: FormReader) -> Repeat | None:
    repeat = form.take(RuleForm.repeat, None)
    if repeat is None:
        return None
    within, times = repeat.take(RepeatForm.within, None), repeat.take(RepeatForm.times, ())
    return Repeat(within, times) if within is not None and times else None


def _read_limit(form: FormReader, tier_ids: Collection[str]) -> LimitTier | None:
    limit = form.take(RuleForm.limit_tier, None)
    if limit is None:
        return None
    to = take_known(limit, LimitTierForm.to, tier_ids, "S022", "tier")
    return LimitTier(to, *_read_span(limit, LimitTierForm.period))


def _read_grade(form: FormReader, tier_ids: Collection[str]) -> Grade | None:
    grade = form.take(RuleForm.grade, None)
    if grade is None:
        return None
    to = take_known(grade, GradeForm.to, tier_ids, "S022", "tier")
    return Grade(to, *_read_span(grade, GradeForm.period))


def _read_span(form: FormReader, key: Key[Period | str]) -> tuple[Period | None, bool]:
    """A period, and whether it is to the end of the year instead."""
    span = form.take(key, None)
    return (None, True) if span == TO_YEAR_END else (span if isinstance(span, Period) else None, False)


def read_group_caps(
    top: FormReader, rules: Collection[Rule], score: Score, sources: Mapping[str, Source]
) -> tuple[GroupCap, ...]:
    """The caps that several rules share, in file order."""
    rule_ids = dict.fromkeys(rule.id for rule in rules)
    caps: list[GroupCap] = []
    for form in top.take(SchemeForm.caps, ()):
        words = form.take(GroupCapForm.rules, ())
        named = [word for word in words if check_known(word, rule_ids, form.problems, "S023", "rule")]
        check_ids_once(((word.text, word.place) for word in named), form.problems)
        points = form.take(GroupCapForm.points, _ONE)
        check_exact(points, score.decimals, GroupCapForm.points, form)
        cap_id = form.take(GroupCapForm.id, "")
        if cap_id == "rule":
            place = form.place_of(GroupCapForm.id)
            message = "the id `rule` is reserved: statements use it for a rule's own cap"
            form.problems.error("S019", message, place, "choose another id for the cap")
        source = take_known(form, GroupCapForm.source, sources, "S021", "source")
        per = form.take(GroupCapForm.per, LIFETIME)
        caps.append(GroupCap(cap_id, tuple(word.text for word in named), points, per, source, form.place))
    check_ids_once(((cap.id, cap.place) for cap in caps), top.problems)
    return tuple(caps)
