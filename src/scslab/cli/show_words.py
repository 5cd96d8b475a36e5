"""The parts of a scheme in plain words, for `scslab show`."""

from __future__ import annotations

from decimal import Decimal

from scslab.ground.dates import Calendar, Period
from scslab.scheme.dated import Number
from scslab.scheme.model import (
    LIFETIME,
    AttributeOf,
    CapPeriod,
    Carry,
    CountCondition,
    CountOf,
    DaysSince,
    EventCondition,
    Grade,
    IndicatorValue,
    LimitTier,
    ListRef,
    Objection,
    Repair,
    Restore,
    Rule,
    ScoreOf,
    ScoreRange,
    ShareOf,
    Shorten,
    Spread,
    StateCondition,
    SubjectList,
    Succession,
    SumOf,
    Term,
    Tier,
    Way,
)


def say_number(number: Number) -> str:
    """A number, or its dated values with their first days."""
    if number.is_constant:
        return str(number.steps[0][1])
    return ", ".join(f"{value} from {since}" for since, value in number.steps)


def say_from(tier: Tier) -> str:
    """Where a tier begins, and what it asks for besides.

    Example:
        >>> say_from(Tier("D", None))
        'by grade only'
    """
    said = [say_number(tier.lower) if tier.lower else "by grade only"]
    return ", and ".join([*said, *(say_state(each) for each in tier.requires)])


def say_points(rule: Rule) -> str:
    """What the rule posts."""
    if rule.formula:
        return rule.formula.text
    return say_number(rule.points) if rule.points else "-"


def say_limits(rule: Rule) -> list[str]:
    """The rule's conditions and limits, in words."""
    said: list[str] = []
    if rule.when:
        said.append(f"when {rule.when.text}")
    if rule.repeat:
        said.append(f"× {', '.join(str(t) for t in rule.repeat.times)} for repetitions within {rule.repeat.within}")
    if rule.cap:
        said.append(f"at most {say_number(rule.cap.points)} {_say_per(rule.cap.per)}")
    if rule.valid:
        said.append(f"lapses after {rule.valid}")
    if rule.limit_tier:
        said.append(f"holds the tier at {rule.limit_tier.to}{_say_span(rule.limit_tier)}")
    if rule.grade:
        said.append(f"makes the tier {rule.grade.to}{_say_span(rule.grade)}, whatever the score")
    return said


def _say_span(span: LimitTier | Grade) -> str:
    if span.is_to_year_end:
        return " to the end of the year"
    return f" for {span.period}" if span.period else " for good"


def _say_per(per: CapPeriod) -> str:
    if isinstance(per, Period):
        return f"in any {per}"
    return "in a lifetime" if per == LIFETIME else f"a {per.value if isinstance(per, Calendar) else per}"


def say_range(span: ScoreRange) -> str:
    """A range of scores."""
    said = [f"from {span.since:f}"] if span.since is not None else []
    return " ".join(["score", *said, *([f"below {span.below:f}"] if span.below is not None else [])])


def say_count(count: CountCondition) -> str:
    """A count of events.

    Example:
        >>> say_count(CountCondition("traffic.*", within=Period(months=12), at_least=5))
        'at least 5 × traffic.* within 12 months'
    """
    if count.at_least is not None and count.at_most is not None:
        number = f"{count.at_least} to {count.at_most}"
    else:
        number = f"at least {count.at_least}" if count.at_least is not None else f"at most {count.at_most}"
    return f"{number} × {_say_events(count)}"


def _say_events(clause: CountCondition | CountOf | SumOf | DaysSince) -> str:
    when = f" with {clause.when.text}" if clause.when else ""
    return f"{clause.on}{when}" + (f" within {clause.within}" if clause.within else "")


def _say_list(ref: ListRef) -> str:
    return f"{ref} (known {ref.delay} later)" if ref.delay else str(ref)


def say_state(condition: StateCondition) -> str:
    """What must hold at the end of a day, or for a measure.

    Example:
        >>> say_state(StateCondition(tiers=("A", "AA"), not_lists=(ListRef("defaulters", "supreme-court"),)))
        'tier A or AA, and not on the list defaulters@supreme-court'
    """
    said: list[str] = []
    if condition.tiers:
        said.append(f"tier {' or '.join(condition.tiers)}")
    if condition.score:
        said.append(say_range(condition.score))
    if condition.count:
        said.append(say_count(condition.count))
    if condition.lists:
        said.append(f"on the list {' or '.join(map(_say_list, condition.lists))}")
    if condition.not_lists:
        said.append(f"not on the list {' or '.join(map(_say_list, condition.not_lists))}")
    return ", and ".join(said)


def say_way(way: Way) -> str:
    """A way into a list, or out of it."""
    match way:
        case EventCondition():
            return f"{way.on} with {way.when.text}" if way.when else way.on
        case Term():
            return f"after {way.after}"
        case StateCondition():
            return say_state(way)


def say_ways_out(each: SubjectList) -> list[str]:
    """The ways out of a list, and what makes its term longer."""
    said = [say_way(way) for way in each.leave] or ["never"]
    for extension in each.extend:
        when = f" with {extension.when.text}" if extension.when else ""
        most = f", up to {extension.most} in all" if extension.most else ""
        said.append(f"{extension.on}{when} makes the term {extension.by} longer{most}")
    if each.renews:
        said.append("entering again begins the term anew")
    return said


def say_objection(objection: Objection) -> str:
    """How subjects may object."""
    said = [f"within {objection.within}" if objection.within else "at any time"]
    said.append("the target has no effect until the outcome" if objection.suspends else "the target stays in effect")
    if objection.decide_within:
        said.append(f"decided within {objection.decide_within}, else {objection.undecided}")
    return "Objection: " + "; ".join(said)


def say_repair(repair: Repair) -> str:
    """What opens a repair, and what it does."""
    when = f" with {repair.when.text}" if repair.when else ""
    action = repair.action
    if isinstance(action, Restore):
        does = f"gives back {action.share:f} of the latest entry of {' or '.join(action.rules)}"
    elif isinstance(action, Shorten):
        does = f"shortens the term on the list {action.list} by {action.by}"
    else:
        does = f"removes from the list {action.list}"
    after = f", {action.after} after it at the earliest" if action.after else ""
    most = f"; at most {repair.at_most.times} times {_say_per(repair.at_most.per)}" if repair.at_most else ""
    return f"{repair.on}{when} {does}{after}{most}"


def say_value(value: IndicatorValue) -> str:
    """What an indicator measures."""
    match value:
        case CountOf():
            return f"number of {_say_events(value)}"
        case SumOf():
            return f"sum of {value.attribute} of {_say_events(value)}"
        case ShareOf():
            part = f"{value.part_on} with {value.part_when.text}" if value.part_when else value.part_on
            whole = f"{value.on} with {value.when.text}" if value.when else value.on
            said = f"share of {part} in {whole}" + (f" within {value.within}" if value.within else "")
        case DaysSince():
            said = f"days since {_say_events(value)}"
        case AttributeOf():
            said = f"the subject's {value.name}"
        case ScoreOf():
            said = f"score of {value.scheme}"
    return f"{said} ({value.when_none:f} if none)"


def say_spread(spread: Spread) -> str:
    """What falls on the subjects linked to one."""
    return f"{say_state(spread.when)}: those along {' '.join(spread.along)} get the event {spread.event}"


def say_succession(succession: Succession) -> str:
    """The scheme before, and what is carried over."""
    match succession.carry:
        case Carry.POINTS:
            carried = "points are carried over"
        case Carry.START:
            carried = "everybody begins anew"
        case Carry.SCALE:
            carried = "scores are carried over by a scale: " + say_pairs(succession.scale)
        case Carry.TIERS:
            carried = "tiers become scores: " + ", ".join(f"{k} → {v:f}" for k, v in succession.tiers.items())
    return f"Succeeds {succession.scheme} on {succession.on}; {carried}"


def say_pairs(pairs: tuple[tuple[Decimal, Decimal], ...]) -> str:
    """The points of a piecewise linear scale."""
    return ", ".join(f"{value:f} → {scaled:f}" for value, scaled in pairs)
