"""Lists, objection, repair, links and succession in plain words."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from scslab.report.formats import format_factor
from scslab.report.phrases import describe_cap_period
from scslab.report.phrases_conditions import say_events, say_state, say_way
from scslab.report.words import Words
from scslab.scheme.model import (
    BACKWARDS,
    Carry,
    LinkKind,
    Objection,
    Remove,
    Repair,
    Restore,
    Shorten,
    Spread,
    SubjectList,
    Succession,
)


def say_ways_in(each: SubjectList, words: Words) -> tuple[str, ...]:
    """The ways into a list; any of them suffices."""
    return tuple(say_way(way, words) for way in each.enter)


def say_ways_out(each: SubjectList, words: Words) -> tuple[str, ...]:
    """The ways out of a list; any of them suffices."""
    return tuple(say_way(way, words) for way in each.leave) or (words("clause.never"),)


def say_longer(each: SubjectList, words: Words) -> tuple[str, ...]:
    """What makes a stay on a list longer."""
    said: list[str] = []
    for extension in each.extend:
        events, period = say_events(extension.on, extension.when, words), words.period(extension.by)
        if extension.most is None:
            said.append(words("clause.extend", events=events, period=period))
        else:
            most = words.period(extension.most)
            said.append(words("clause.extend_most", events=events, period=period, most=most))
    return (*said, words("clause.renews")) if each.renews else tuple(said)


def say_objection(objection: Objection | None, words: Words) -> tuple[str, ...]:
    """How subjects may object, a sentence each."""
    if objection is None:
        return (words("objection.none"),)
    said = [words("objection.always")]
    if objection.within is not None:
        said = [words("objection.within", period=words.period(objection.within))]
    said.append(words("objection.suspends" if objection.suspends else "objection.stays"))
    if objection.decide_within is not None and objection.undecided is not None:
        outcome = words(f"outcome.{objection.undecided.value}")
        said.append(words("objection.decide", period=words.period(objection.decide_within), outcome=outcome))
    else:
        said.append(words("objection.no_deadline"))
    return tuple(said)


def say_repair(repair: Repair, words: Words) -> tuple[str, ...]:
    """What a repair does, a sentence each."""
    action = repair.action
    match action:
        case Restore():
            rules = words.enumerate(words("quote", text=words.rule(rule)) for rule in action.rules)
            said = [words("repair.restores", share=f"{format_factor(action.share * 100)}%", rules=rules)]
        case Shorten():
            said = [words("repair.shortens", list=words.own_list(action.list), period=words.period(action.by))]
        case Remove():
            said = [words("repair.removes", list=words.own_list(action.list))]
    if action.after is not None:
        said.append(words("repair.after", period=words.period(action.after)))
    if repair.at_most is not None:
        times = words.count("time", repair.at_most.times)
        said.append(words("repair.at_most", times=times, per=describe_cap_period(repair.at_most.per, words)))
    return tuple(said)


def say_link(link: LinkKind, words: Words) -> str:
    """A relation between subjects."""
    ends = [words(f"kind.{kind.value}") if kind else words("link.any") for kind in (link.source, link.target)]
    return words("link.ends", link=words.text(link.title) or link.id, source=ends[0], target=ends[1])


def say_spread(spread: Spread, words: Words) -> str:
    """What falls on the subjects that are linked to one."""
    steps: list[str] = []
    for step in spread.along:
        name = step.removeprefix(BACKWARDS)
        link = words.scheme.links.get(name)
        key = "spread.back" if step.startswith(BACKWARDS) else "spread.along"
        steps.append(words(key, link=words("quote", text=(words.text(link.title) if link else "") or name)))
    return words(
        "spread.says", when=say_state(spread.when, words), path=words.enumerate(steps), event=words.event(spread.event)
    )


def say_succession(succession: Succession, words: Words) -> str:
    """The scheme before this one, and what is carried over."""
    said = words("succession.says", scheme=succession.scheme, day=words.day(succession.on))
    pairs = ""
    if succession.carry is Carry.SCALE:
        pairs = say_pairs(succession.scale, words)
    elif succession.carry is Carry.TIERS:
        pairs = words.enumerate(f"{tier} → {format_factor(score)}" for tier, score in succession.tiers.items())
    return said + words("join") + words(f"carry.{succession.carry.value}", pairs=pairs)


def say_pairs(pairs: Iterable[tuple[Decimal, Decimal]], words: Words) -> str:
    """The points of a piecewise linear scale."""
    return words.enumerate(f"{format_factor(value)} → {format_factor(scaled)}" for value, scaled in pairs)
