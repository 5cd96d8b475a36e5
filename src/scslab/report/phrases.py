"""A scheme's rules in plain words."""

from __future__ import annotations

from scslab.ground.dates import Calendar, Period
from scslab.report.blocks import RuleCard
from scslab.report.formats import format_factor
from scslab.report.words import Words
from scslab.scheme.dated import Number
from scslab.scheme.model import LIFETIME, CapPeriod, Grade, Rule

SHOWN_TYPES = 4


def describe_rule(rule: Rule, words: Words) -> RuleCard:
    """A rule as a card: what it is for, what it gives or takes, and within which limits."""
    confidence = words.scheme.confidence_of(rule)
    return RuleCard(
        title=words.rule(rule.id),
        id=rule.id,
        points=describe_points(rule, words),
        sentences=tuple(_list_clauses(rule, words)),
        source=words("rule.source", source=words.source(rule)),
        confidence=confidence.value,
        confidence_words=words(f"confidence.{confidence.value}"),
    )


def describe_points(rule: Rule, words: Words) -> tuple[tuple[str, int], ...]:
    """The points of a rule, one label for each value that it had: (text, sign)."""
    if rule.formula is not None:
        return ((words("rule.formula"), 0),)
    if rule.points is None:
        return ((words("rule.no_points"), 0),)
    labels: list[tuple[str, int]] = []
    for since, value in rule.points.steps:
        text = words.points(value, is_signed=True)
        key = "rule.points" if rule.points.is_constant else "rule.points_from"
        labels.append((words(key, points=text, day=words.day(since)), (value > 0) - (value < 0)))
    if rule.points.is_constant and rule.points.steps[0][1] == 0:
        return ((words("rule.no_points"), 0),)
    return tuple(labels)


def _list_clauses(rule: Rule, words: Words) -> list[str]:
    clauses = [words("rule.applies", types=_name_types(rule, words))]
    if rule.when is not None:
        clauses.append(words("rule.when", condition=_inside_ticks(rule.when.text)))
    if rule.formula is not None:
        clauses.append(words("rule.formula_is", formula=_inside_ticks(rule.formula.text)))
    if rule.repeat is not None:
        last = len(rule.repeat.times)
        times = (
            words("rule.repeat_last" if n == last else "rule.repeat_one", n=n, factor=format_factor(factor))
            for n, factor in enumerate(rule.repeat.times, start=1)
        )
        clauses.append(words("rule.repeat", period=words.period(rule.repeat.within), times=words.enumerate(times)))
    if rule.cap is not None:
        points = list_values(rule.cap.points, words)
        clauses.append(words("rule.cap", points=points, per=describe_cap_period(rule.cap.per, words)))
    for cap in words.scheme.caps:
        if rule.id in cap.rules:
            points, per = list_values(cap.points, words), describe_cap_period(cap.per, words)
            clauses.append(words("rule.group_cap", id=cap.id, points=points, per=per))
    if rule.valid is not None:
        clauses.append(words("rule.valid", period=words.period(rule.valid)))
    clauses += describe_holds(rule, words)
    if rule.note:
        clauses.append(words.text(rule.note))
    return clauses


def describe_holds(rule: Rule, words: Words) -> list[str]:
    """What a rule does to the tier: holds it down, or gives it."""
    said: list[str] = []
    limit = rule.limit_tier
    if limit is not None:
        tier = words.tier(limit.to)
        if limit.period is not None:
            said.append(words("rule.limit", tier=tier, period=words.period(limit.period)))
        elif limit.is_to_year_end:
            said.append(words("rule.limit_span", tier=tier, span=words("span.year_end")))
        else:
            said.append(words("rule.limit_forever", tier=tier))
    if rule.grade is not None:
        said.append(words("rule.grade", tier=words.tier(rule.grade.to), span=_say_span(rule.grade, words)))
    return said


def _say_span(grade: Grade, words: Words) -> str:
    if grade.is_to_year_end:
        return words("span.year_end")
    return words("span.period", period=words.period(grade.period)) if grade.period else words("span.forever")


def _name_types(rule: Rule, words: Words) -> str:
    events = words.scheme.events
    names = [words.text(event.title) or f"`{name}`" for name, event in events.items() if rule.matches_type(name)]
    if not names:
        return f"`{rule.on}`"
    joined = words.enumerate(names[:SHOWN_TYPES])
    return words("rule.types_more", types=joined, n=len(names) - SHOWN_TYPES) if len(names) > SHOWN_TYPES else joined


def describe_cap_period(per: CapPeriod, words: Words) -> str:
    """What a cap counts in: a calendar unit, a rolling period, or for ever."""
    match per:
        case Calendar():
            return words(f"per.{per.value}")
        case Period():
            return words("per.rolling", period=words.period(per))
        case _ if per == LIFETIME:
            return words("per.lifetime")
        case _:
            return str(per)


def list_values(number: Number, words: Words) -> str:
    """A number, or the values that it had, oldest first."""
    if number.is_constant:
        return words.points(number.steps[0][1])
    return " → ".join(f"{words.points(value)} ({since.isoformat()})" for since, value in number.steps)


def _inside_ticks(sql: str) -> str:
    """SQL may quote names with ticks, which mark code in the report's texts."""
    return sql.replace("`", '"')
