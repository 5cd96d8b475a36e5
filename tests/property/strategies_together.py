"""Random sets of schemes that read each other: lists with delay, scores, tiers, succession, links."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from property.drawing import chance, indexes, pick, subset
from property.ledgers import SUBJECTS
from property.strategies_index import SCALES, index_schemes
from property.strategies_lists import listing_schemes
from scslab.ground.dates import Period
from scslab.scheme.conditions import (
    Column,
    Expression,
    Literal,
    Op,
    Operation,
    Reference,
    ReferenceKind,
    ValueType,
)
from scslab.scheme.model import (
    Carry,
    Indicator,
    LinkKind,
    ListRef,
    Measure,
    Rule,
    Scheme,
    ScoreKind,
    ScoreOf,
    Spread,
    StateCondition,
    SubjectList,
    Succession,
)

DELAYS = (None, None, Period(days=1), Period(months=1), Period(days=30))
SUCCESSION_DAYS = (date(2020, 3, 1), date(2020, 12, 31), date(2021, 1, 1))
LINK_DAYS = (None, None, date(2020, 2, 29), date(2020, 12, 31), date(2021, 3, 1))


# Reading another scheme -----------------------------------------------------------------------------------------


def draw_foreign(draw: st.DrawFn, others: list[Scheme]) -> StateCondition | None:
    """On a list of another scheme, or not."""
    lists = [(scheme.id, listing.id) for scheme in others for listing in scheme.lists]
    if not lists:
        return None
    several = len(lists) > 1 and chance(draw, 3)
    named = subset(draw, lists, len(lists)) if several else [pick(draw, lists)]
    delay = pick(draw, DELAYS)
    refs = tuple(ListRef(list_id, scheme_id, delay) for scheme_id, list_id in named)
    return StateCondition(lists=refs) if not chance(draw, 3) else StateCondition(not_lists=refs)


def add_foreign_ways(draw: st.DrawFn, listing: SubjectList, others: list[Scheme]) -> SubjectList:
    for side in ("enter", "leave"):
        way = draw_foreign(draw, others) if chance(draw, 2) else None
        if way is not None:
            listing = replace(listing, **{side: (*getattr(listing, side), way)})
    return listing


def add_foreign_measure(draw: st.DrawFn, measure: Measure, others: list[Scheme]) -> Measure:
    way = draw_foreign(draw, others) if chance(draw, 2) else None
    if way is None:
        return measure
    content = {"lists": way.lists} if way.lists else {"not_lists": way.not_lists}
    return replace(measure, when=replace(measure.when, **content))


def draw_reading(draw: st.DrawFn, others: list[Scheme]) -> Expression:
    """`on_list(…)`, `score_of(…) >= 100`, or `tier_of(…) = 'T1'`."""
    scheme = pick(draw, others)
    kinds = ["list"] * 2 * bool(scheme.lists) + ["score", "tier"] * (scheme.score.kind != ScoreKind.NONE)
    kind = pick(draw, kinds or ["list"])
    if kind == "list":
        reference = Reference(ReferenceKind.LIST, scheme.id, pick(draw, [each.id for each in scheme.lists]))
        root: Any = Column("scheme", str(reference), ValueType.BOOLEAN, reference)
        root = Operation(Op.NOT, (root,), ValueType.BOOLEAN) if chance(draw, 3) else root
    elif kind == "score":
        reference = Reference(ReferenceKind.SCORE, scheme.id)
        column = Column("scheme", str(reference), ValueType.NUMBER, reference)
        bound = Literal(pick(draw, (95.0, 100.0, 102.0)), ValueType.NUMBER)
        root = Operation(Op.GREATER_EQUAL, (column, bound), ValueType.BOOLEAN)
    else:
        reference = Reference(ReferenceKind.TIER, scheme.id)
        column = Column("scheme", str(reference), ValueType.TEXT, reference)
        root = Operation(Op.EQUAL, (column, Literal(pick(draw, ("T0", "T1")), ValueType.TEXT)), ValueType.BOOLEAN)
    return Expression(str(reference), root)


def add_reading(draw: st.DrawFn, rule: Rule, others: list[Scheme]) -> Rule:
    readable = [scheme for scheme in others if scheme.lists or scheme.score.kind != ScoreKind.NONE]
    if not readable or not chance(draw, 2):
        return rule
    return replace(rule, when=draw_reading(draw, readable))


def add_score_of(draw: st.DrawFn, scheme: Scheme, others: list[Scheme]) -> Scheme:
    """An index that reads a published score in its first dimension."""
    scored = [other.id for other in others if other.score.kind != ScoreKind.NONE]
    if not scored or not scheme.dimensions:
        return scheme
    scale = tuple((Decimal(x) * 100, Decimal(y)) for x, y in pick(draw, SCALES[:2]))
    value = Indicator("bridge", ScoreOf(pick(draw, scored), Decimal(50)), scale)
    first = replace(scheme.dimensions[0], indicators=(*scheme.dimensions[0].indicators, value))
    return replace(scheme, dimensions=(first, *scheme.dimensions[1:]))


def add_succession(draw: st.DrawFn, scheme: Scheme, earlier: Scheme) -> Scheme:
    carry = pick(draw, list(Carry)[: 4 if earlier.tiers else 3])
    scale = tuple((Decimal(x), Decimal(y)) for x, y in ((90, 80), (100, "100.5"), (103, 110)))
    tiers = {tier.id: Decimal(90 + 5 * place) for place, tier in enumerate(earlier.tiers[:2])}
    return replace(scheme, succession=Succession(earlier.id, pick(draw, SUCCESSION_DAYS), carry, scale, tiers))


def add_spread(draw: st.DrawFn, scheme: Scheme) -> Scheme:
    """Something that spreads to whom one manages, or to what else one's manager manages."""
    conditions: list[StateCondition] = [StateCondition(lists=(ListRef(listing.id),)) for listing in scheme.lists]
    if len(scheme.lists) > 1:
        conditions.append(StateCondition(lists=tuple(ListRef(listing.id) for listing in scheme.lists)))
    conditions += [StateCondition(tiers=(tier.id,)) for tier in scheme.tiers]
    if not conditions:
        return scheme
    along = pick(draw, (("manages",), ("^manages", "manages"), ("^branch",)))
    spread = Spread("along", pick(draw, conditions), along, pick(draw, list(scheme.events)))
    links = {name: LinkKind(name) for name in ("manages", "branch")}
    return replace(scheme, links=links, spread=(spread,))


# Whole sets -----------------------------------------------------------------------------------------------------


@st.composite
def scheme_sets(draw: st.DrawFn) -> list[Scheme]:
    """Two or three schemes, each of which may read those before it."""
    found: list[Scheme] = []
    for number in range(2 + chance(draw, 3)):
        is_index = chance(draw, 4)
        scheme = replace(draw(index_schemes() if is_index else listing_schemes()), id=f"scheme-{number}")
        if number == 1 and chance(draw, 4) and scheme.score.kind == found[0].score.kind == ScoreKind.POINTS:
            scheme = add_succession(draw, scheme, found[0])
        if found:
            lists = tuple(add_foreign_ways(draw, listing, found) for listing in scheme.lists)
            measures = tuple(add_foreign_measure(draw, measure, found) for measure in scheme.measures)
            rules = tuple(add_reading(draw, rule, found) for rule in scheme.rules)
            scheme = add_score_of(draw, replace(scheme, lists=lists, measures=measures, rules=rules), found)
        if chance(draw, 4) and not is_index:
            scheme = add_spread(draw, scheme)
        found.append(scheme)
    return found


def union_of(schemes: list[Scheme]) -> Scheme:
    """A scheme with the vocabularies of all, to draw ledgers and to write tables with."""
    events = {name: kind for scheme in reversed(schemes) for name, kind in scheme.events.items()}
    for name in events:
        declared = [scheme.events[name].attributes for scheme in schemes if name in scheme.events]
        attributes = {attribute.name: attribute for each in declared for attribute in each.values()}
        events[name] = replace(events[name], attributes=attributes)
    attributes = {name: a for scheme in schemes for name, a in scheme.subjects.attributes.items()}
    return replace(schemes[0], events=events, subjects=replace(schemes[0].subjects, attributes=attributes))


@st.composite
def link_tables(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Links between the subjects of ledgers, some of them for a time only."""
    found: list[dict[str, Any]] = []
    for _ in range(draw(indexes(6))):
        here, there = subset(draw, SUBJECTS, 2)[0], pick(draw, SUBJECTS)
        since, until = pick(draw, LINK_DAYS), pick(draw, LINK_DAYS)
        if since is not None and until is not None and until < since:
            since, until = until, since
        row = {"subject_id": here, "relation": pick(draw, ("manages", "branch")), "other_id": there}
        found.append(row | {"since": since, "until": until})
    return found
