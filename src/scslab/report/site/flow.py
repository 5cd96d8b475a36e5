"""Where a scheme's data come from and what they touch, as boxes in layers and the ways between them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from scslab.report.colours import GAIN, LOSS, MUTED, NEUTRAL
from scslab.report.words import Words
from scslab.scheme.conditions import Expression, Reference
from scslab.scheme.model import (
    OBJECTION_TYPES,
    AttributeOf,
    CountOf,
    DaysSince,
    EventCondition,
    Extension,
    IndicatorValue,
    ListKind,
    ListRef,
    MeasureKind,
    Restore,
    Scheme,
    ScoreKind,
    ScoreOf,
    ShareOf,
    StateCondition,
    SumOf,
    matches,
)

MOST_GROUPS = 7
SHOWN_TITLES = 3
SCORE, TIERS = "score", "tiers"


@dataclass(frozen=True, slots=True)
class Box:
    """A box of the diagram.

    Attributes:
        layer: 0 data, 1 score, 2 tiers and lists, 3 domains of life.
        colours: of its left edge, one or two.
        is_foreign: whether it belongs to another scheme.
    """

    id: str
    layer: int
    title: str
    lines: tuple[str, ...] = ()
    colours: tuple[str, ...] = (NEUTRAL,)
    is_foreign: bool = False


@dataclass(slots=True)
class Flow:
    """Boxes in order of their making, and the ways between them: (from, to)."""

    boxes: dict[str, Box] = field(default_factory=dict[str, Box])
    ways: dict[tuple[str, str], None] = field(default_factory=dict[tuple[str, str], None])

    def connect(self, source: str, target: str) -> None:
        """Add a way, once."""
        if source in self.boxes and target in self.boxes:
            self.ways[source, target] = None

    @property
    def layers(self) -> tuple[tuple[Box, ...], ...]:
        """The boxes of each layer that has any, those connected to each other near each other."""
        layers = [[box for box in self.boxes.values() if box.layer == layer] for layer in range(4)]
        for _ in range(3):
            for place in (1, 2, 3, 2, 1, 0):
                rank = {box.id: number / max(1, len(layer)) for layer in layers for number, box in enumerate(layer)}
                layers[place].sort(key=lambda box: self._middle(box.id, rank))
        return tuple(tuple(layer) for layer in layers if layer)

    def _middle(self, name: str, rank: dict[str, float]) -> float:
        near = [rank[a if b == name else b] for a, b in self.ways if name in (a, b)]
        return sum(near) / len(near) if near else rank[name]


def trace_flow(scheme: Scheme, words: Words) -> Flow:
    """The boxes and ways of a scheme."""
    flow = Flow()
    groups = _group_events(scheme)
    for name, types in groups.items():
        flow.boxes[name] = Box(name, 0, *_name_group(types, words))
    where = {each: name for name, types in groups.items() for each in types}
    _add_foreign(scheme, flow, words)
    if any(isinstance(i.value, AttributeOf) for d in scheme.dimensions for i in d.indicators):
        flow.boxes["record"] = Box("record", 0, words("flow.record"), ())
    if scheme.score.kind is not ScoreKind.NONE:
        flow.boxes[SCORE] = Box(SCORE, 1, words.score_name, (_say_score(scheme, words),))
        if scheme.tiers:
            names = tuple(words.tier(tier.id) for tier in reversed(scheme.tiers))
            shown = names if len(names) <= 6 else (*names[:5], f"+ {len(names) - 5}")
            flow.boxes[TIERS] = Box(TIERS, 2, words("flow.tiers", n=len(names)), shown)
            flow.connect(SCORE, TIERS)
    for each in scheme.lists:
        colour = GAIN if each.kind is ListKind.REDLIST else LOSS
        said = words(f"list.{each.kind.value}")
        if each.is_public:
            said += words("comma") + words("list.public")
        name = words.own_list(each.id)
        flow.boxes[f"list:{each.id}"] = Box(f"list:{each.id}", 2, name, (said,), (colour,))
    _add_domains(scheme, flow, words)
    for source, target in _find_ways(scheme, where):
        flow.connect(source, target)
    return flow


def _group_events(scheme: Scheme) -> dict[str, list[str]]:
    """Event types by what stands before their first dot; beyond some, the smallest groups become one."""
    groups: dict[str, list[str]] = {}
    for name in scheme.events:
        if name in OBJECTION_TYPES:  # told under objection and repair
            continue
        groups.setdefault(f"events:{name.partition('.')[0]}", []).append(name)
    if len(groups) <= MOST_GROUPS:
        return groups
    by_size = sorted(groups, key=lambda name: -len(groups[name]))
    kept = set(by_size[: MOST_GROUPS - 1])
    rest = [each for name, types in groups.items() if name not in kept for each in types]
    return {name: types for name, types in groups.items() if name in kept} | {"events:": rest}


def _name_group(types: list[str], words: Words) -> tuple[str, tuple[str, ...]]:
    titles = [words.event(each).strip("`") for each in types]
    more = len(titles) - SHOWN_TITLES
    lines = titles[1:SHOWN_TITLES] + ([words("flow.more", n=more)] if more > 0 else [])
    return titles[0], tuple(lines)


def _say_score(scheme: Scheme, words: Words) -> str:
    if scheme.range is not None:
        low, high = (words.points(end.values()[-1]) for end in scheme.range)
        return words("flow.index", n=len(scheme.dimensions), low=low, high=high)
    return words(
        "flow.points", start=words.points(scheme.score.start.values()[-1]), rules=words.count("rule", len(scheme.rules))
    )


def _add_foreign(scheme: Scheme, flow: Flow, words: Words) -> None:
    read: dict[str, list[str]] = {}
    for other, what in _list_foreign(scheme):
        read.setdefault(other, [])
        if what not in read[other]:
            read[other].append(what)
    if scheme.succession is not None:
        read.setdefault(scheme.succession.scheme, []).append(SCORE)
    for other, whats in read.items():
        lines = tuple(
            words(f"flow.reads.{what}") if what in (SCORE, "tier") else words("quote", text=what) for what in whats
        )
        flow.boxes[f"scheme:{other}"] = Box(
            f"scheme:{other}", 0, words("flow.scheme", scheme=other), lines[:3], (MUTED,), is_foreign=True
        )


def _list_foreign(scheme: Scheme) -> Iterator[tuple[str, str]]:
    """Every other scheme that is read, and what of it: a list, `score` or `tier`."""
    for each in list_refs(scheme):
        if each.scheme:
            yield each.scheme, each.list
    for reference in _list_references(scheme):
        yield reference.scheme, reference.list or ("tier" if reference.kind.value == "tier_of" else SCORE)
    for dimension in scheme.dimensions:
        for indicator in dimension.indicators:
            if isinstance(indicator.value, ScoreOf):
                yield indicator.value.scheme, SCORE


def list_refs(scheme: Scheme) -> Iterator[ListRef]:
    """Every list that the state conditions of a scheme read."""
    states = [way for each in scheme.lists for way in (*each.enter, *each.leave) if isinstance(way, StateCondition)]
    states += [measure.when for measure in scheme.measures]
    states += [state for tier in scheme.tiers for state in tier.requires]
    for state in states:
        yield from (*state.lists, *state.not_lists)


def _list_references(scheme: Scheme) -> Iterator[Reference]:
    expressions: list[Expression | None] = [each for rule in scheme.rules for each in (rule.when, rule.formula)]
    for each in scheme.lists:
        ways = (*each.enter, *each.leave, *each.extend)
        expressions += [way.when for way in ways if isinstance(way, EventCondition | Extension)]
    expressions += [repair.when for repair in scheme.repairs]
    for expression in expressions:
        if expression is not None:
            yield from expression.references()


def _add_domains(scheme: Scheme, flow: Flow, words: Words) -> None:
    for measure in scheme.measures:
        name = f"domain:{measure.domain.value}"
        if name in flow.boxes:
            continue
        inside = [each for each in scheme.measures if each.domain is measure.domain]
        counts = [sum(each.kind is kind for each in inside) for kind in MeasureKind]
        lines = [words.count(kind.value, n) for kind, n in zip(MeasureKind, counts, strict=True) if n]
        providers = list(dict.fromkeys(each.provider for each in inside if each.provider))
        colours = tuple(colour for colour, n in zip((GAIN, LOSS), counts, strict=True) if n)
        said = words("comma").join(providers[:2]) + (" …" if len(providers) > 2 else "")
        detail = (words("comma").join(lines), *([words("measure.by", provider=said)] if said else []))
        flow.boxes[name] = Box(name, 3, words(f"domain.{measure.domain.value}"), detail, colours)


def _find_ways(scheme: Scheme, where: dict[str, str]) -> Iterator[tuple[str, str]]:
    def heard(on: str, target: str) -> Iterator[tuple[str, str]]:
        yield from ((group, target) for name, group in where.items() if matches(on, name))

    def read(expression: Expression | None, target: str) -> Iterator[tuple[str, str]]:
        if expression is not None:
            yield from ((f"scheme:{reference.scheme}", target) for reference in expression.references())

    for rule in scheme.rules:
        yield from heard(rule.on, SCORE)
        yield from (*read(rule.when, SCORE), *read(rule.formula, SCORE))
    for repair in scheme.repairs:
        target = SCORE if isinstance(repair.action, Restore) else f"list:{repair.action.list}"
        yield from (*heard(repair.on, target), *read(repair.when, target))
    for dimension in scheme.dimensions:
        for indicator in dimension.indicators:
            for on in _list_heard(indicator.value):
                yield from heard(on, SCORE)
            if isinstance(indicator.value, ScoreOf):
                yield f"scheme:{indicator.value.scheme}", SCORE
    yield "record", SCORE
    for each in scheme.lists:
        for way in (*each.enter, *each.leave, *each.extend):
            match way:
                case StateCondition():
                    yield from ((source, f"list:{each.id}") for source in _list_sources(way, scheme))
                    if way.count is not None:
                        yield from heard(way.count.on, f"list:{each.id}")
                case EventCondition() | Extension():
                    target = f"list:{each.id}"
                    yield from (*heard(way.on, target), *read(way.when, target))
                case _:
                    pass
    for tier in scheme.tiers:
        for state in tier.requires:
            yield from ((source, TIERS) for source in _list_sources(state, scheme))
    for measure in scheme.measures:
        yield from ((source, f"domain:{measure.domain.value}") for source in _list_sources(measure.when, scheme))
    if scheme.succession is not None:
        yield f"scheme:{scheme.succession.scheme}", SCORE


def _list_sources(state: StateCondition, scheme: Scheme) -> Iterable[str]:
    if state.tiers:
        yield TIERS
    if state.score:
        yield TIERS if scheme.tiers else SCORE
    for ref in (*state.lists, *state.not_lists):
        yield f"scheme:{ref.scheme}" if ref.scheme else f"list:{ref.list}"


def _list_heard(value: IndicatorValue) -> tuple[str, ...]:
    match value:
        case CountOf() | SumOf() | DaysSince():
            return (value.on,)
        case ShareOf():
            return (value.part_on, value.on)
        case _:
            return ()
