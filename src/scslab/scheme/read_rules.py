"""Reads the rules and the caps that several rules share."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal

from scslab.ground.text import Text
from scslab.scheme.conditions import Expression, ValueType
from scslab.scheme.dated import Number
from scslab.scheme.fields import FormReader, check_ids_once, check_known, take_known
from scslab.scheme.forms import CapForm, GroupCapForm, LimitTierForm, RepeatForm, RuleForm, SchemeForm
from scslab.scheme.model import LIFETIME, Cap, GroupCap, LimitTier, Repeat, Rule, Score, Source, Tier
from scslab.scheme.problem_list import Problems, suggest
from scslab.scheme.read_score import check_exact, check_size, count_decimals, tell_decimals
from scslab.scheme.read_vocabulary import RESERVED_PREFIX, Vocabulary, value_type_of
from scslab.scheme.sql import parse_condition, parse_formula
from scslab.scheme.yaml_tree import YamlText

_ONE = Number.constant(Decimal(1))
# What a wrong vocabulary makes of a condition that may be right.
_CONSEQUENCES = ("032", "033", "035")


def read_rules(
    top: FormReader, vocabulary: Vocabulary, score: Score, tiers: Collection[Tier], sources: dict[str, Source]
) -> tuple[Rule, ...]:
    """The rules, in file order."""
    tier_ids = dict.fromkeys(tier.id for tier in tiers)
    forms = top.take(SchemeForm.rules, ())
    rules = tuple(_read_rule(form, vocabulary, score, tier_ids, sources) for form in forms)
    check_ids_once(((rule.id, rule.place) for rule in rules), top.problems)
    return rules


def _read_rule(
    form: FormReader, vocabulary: Vocabulary, score: Score, tier_ids: Collection[str], sources: dict[str, Source]
) -> Rule:
    on = form.take(RuleForm.on, None)
    if on is not None and not vocabulary.matching.get(on.text, []):
        _note_unknown_type(on, vocabulary, form.problems)
    repeat = _read_repeat(form)
    points, formula = _read_points(form, vocabulary, on, score, repeat)
    _check_effects(form)
    when = form.take(RuleForm.when, None)
    return Rule(
        id=form.take(RuleForm.id, ""),
        on="" if on is None else on.text,
        when=None if when is None else _parse(when, ValueType.BOOLEAN, vocabulary, on, form.problems),
        points=points,
        formula=formula,
        cap=_read_cap(form, score),
        valid=form.take(RuleForm.valid, None),
        repeat=repeat,
        limit_tier=_read_limit(form, tier_ids),
        source=take_known(form, RuleForm.source, sources, "S021", "source"),
        confidence=form.take(RuleForm.confidence, None),
        title=form.take(RuleForm.title, Text()),
        note=form.take(RuleForm.note, Text()),
        place=form.place,
    )


def _note_unknown_type(on: YamlText, vocabulary: Vocabulary, problems: Problems) -> None:
    if problems.is_full:
        hint = ""
    elif on.text.startswith(RESERVED_PREFIX):
        hint = "corrections act on every scheme and need no rule"
    else:
        known = [name for name in vocabulary.matching if name.endswith(".*") == on.text.endswith(".*")]
        if on.text + ".*" in vocabulary.matching:
            hint = f"did you mean `{on.text}.*`?"
        else:
            hint = suggest(on.text, known) or ("" if vocabulary.events else "the file declares no `events`")
    problems.error("S012", f"unknown event type `{on.text}`", on.place, hint)


def _read_points(
    form: FormReader, vocabulary: Vocabulary, on: YamlText | None, score: Score, repeat: Repeat | None
) -> tuple[Number | None, Expression | None]:
    points = form.take(RuleForm.points, None)
    if points is None:
        return None, None
    if isinstance(points, YamlText):
        return None, _parse(points, ValueType.NUMBER, vocabulary, on, form.problems)
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
    if not form.has(RuleForm.limit_tier):
        form.problems.error("S027", "the rule has neither `points` nor `limit_tier`", form.place, RuleForm.points.about)
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
    return LimitTier(to, limit.take(LimitTierForm.period, None))


def _parse(
    sql: YamlText, wanted: ValueType, vocabulary: Vocabulary, on: YamlText | None, problems: Problems
) -> Expression | None:
    """Parses a condition or formula over the attributes of the event types that the rule listens to."""
    if problems.is_full:
        return None
    matching = [] if on is None else vocabulary.matching.get(on.text, [])
    columns = {"occurred_on": ValueType.DATE, "recorded_on": ValueType.DATE}
    for event in matching:
        for name, attribute in event.attributes.items():
            columns.setdefault(name, value_type_of(attribute.type))
    columns |= vocabulary.subject_columns() | {"subject.age": ValueType.NUMBER}
    parse = parse_condition if wanted is ValueType.BOOLEAN else parse_formula
    apart = Problems(problems.letter)
    expression = parse(sql, columns, apart)
    is_vocabulary_sure = vocabulary.is_sound and bool(matching)
    for problem in apart.found:
        if is_vocabulary_sure or not problem.code.endswith(_CONSEQUENCES):
            problems.add(problem)
    if expression is not None:
        _check_shared_attributes(expression, sql, vocabulary, on, problems)
    return expression


def _check_shared_attributes(
    expression: Expression, sql: YamlText, vocabulary: Vocabulary, on: YamlText | None, problems: Problems
) -> None:
    """Where a rule listens to several types, notes attributes whose type differs, or that some of them lack."""
    matching = [] if on is None else vocabulary.matching.get(on.text, [])
    for column in expression.columns():
        if column.owner != "event" or column.name in ("occurred_on", "recorded_on"):
            continue
        declared = [event for event in matching if column.name in event.attributes]
        lacking = [event.id for event in matching if column.name not in event.attributes]
        others = [e for e in declared if value_type_of(e.attributes[column.name].type) is not column.type]
        place = sql.place_at(max(0, sql.text.find(column.name)))
        if others:
            first, other = declared[0], others[0]
            kinds = [each.attributes[column.name].type.value for each in (first, other)]
            message = f"`{column.name}` is {kinds[0]} in `{first.id}` and {kinds[1]} in `{other.id}`"
            problems.error("S036", message, place, "declare it with one type, or write a rule for each event type")
        elif lacking:
            names = ", ".join(f"`{name}`" for name in lacking[:3]) + (", …" if len(lacking) > 3 else "")
            help_ = f"events of {names} have no `{column.name}`: it is null there"
            problems.warn("S037", f"`{column.name}` is not declared by every event type of the rule", place, help_)


def read_group_caps(
    top: FormReader, rules: Collection[Rule], score: Score, sources: dict[str, Source]
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
