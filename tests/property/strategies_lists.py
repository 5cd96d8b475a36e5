"""Random lists, grades, record conditions and measures on top of a random points scheme.

Numbers are small and lists refer to each other, so that openings, closings, terms and restarts meet on one day.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from property.drawing import chance, indexes, pick, subset
from property.strategies import (
    MEASURE_SCORES,
    PERIODS,
    PREFIXES,
    columns_of,
    draw_condition,
    schemes,
)
from scslab.ground.dates import Period
from scslab.scheme.conditions import Expression
from scslab.scheme.dated import Dated
from scslab.scheme.model import (
    CountCondition,
    Domain,
    EventCondition,
    Extension,
    Grade,
    LimitTier,
    ListKind,
    ListRef,
    Measure,
    MeasureKind,
    Rule,
    Scheme,
    ScoreKind,
    ScoreRange,
    StateCondition,
    SubjectList,
    Term,
    Tier,
)

# A day, a month end that is missing, and so long that a term outlives most ledgers.
TERMS = (Period(months=1), Period(days=1), Period(days=30), Period(months=12), Period(months=6), Period(days=366))
COUNT_BOUNDS = ((1, None), (2, None), (3, None), (None, 0), (None, 1), (1, 2))
MEASURE_DAYS = (None, None, None, date(2020, 3, 1), date(2020, 12, 31), date(2021, 2, 28))


def draw_on(draw: st.DrawFn, scheme: Scheme) -> tuple[str, Expression | None]:
    """What a clause listens to, and now and then a condition."""
    ordinary = [name for name in scheme.events if not name.startswith("objection.")]
    prefixes = [prefix for prefix in PREFIXES if any(name.startswith(prefix[:-1]) for name in ordinary)]
    on = pick(draw, [*ordinary, *prefixes])
    columns = columns_of(scheme.events, on, scheme.subjects.attributes)
    return on, draw_condition(draw, columns, 1) if chance(draw, 4) else None


def draw_count(draw: st.DrawFn, scheme: Scheme) -> StateCondition:
    on, when = draw_on(draw, scheme)
    within = pick(draw, (None, *PERIODS))
    at_least, at_most = pick(draw, COUNT_BOUNDS)
    return StateCondition(count=CountCondition(on, when, within, at_least, at_most))


def draw_membership(draw: st.DrawFn, lists: list[str]) -> StateCondition:
    refs = draw_refs(draw, lists)
    return StateCondition(lists=refs) if chance(draw, 2) else StateCondition(not_lists=refs)


def draw_refs(draw: st.DrawFn, lists: list[str]) -> tuple[ListRef, ...]:
    """One list, now and then several."""
    if len(lists) > 1 and chance(draw, 3):
        return tuple(ListRef(name) for name in subset(draw, lists, len(lists)))
    return (ListRef(pick(draw, lists)),)


def draw_score_range(draw: st.DrawFn) -> ScoreRange:
    low, high = (None if bound is None else Decimal(bound) for bound in pick(draw, MEASURE_SCORES))
    return ScoreRange(low, high)


def draw_state(draw: st.DrawFn, scheme: Scheme, lists: list[str]) -> StateCondition:
    """A state condition; lists are those that may be read."""
    kinds = ["count"] if scheme.score.kind == ScoreKind.NONE else ["count", "score", "score"]
    kinds += ["tier"] if scheme.tiers else []
    match pick(draw, [*kinds, *(["list"] * 2 if lists else [])]):
        case "score":
            return StateCondition(draw_score_range(draw))
        case "tier":
            tiers = [tier.id for tier in scheme.tiers]
            return StateCondition(tiers=tuple(subset(draw, tiers, len(tiers))))
        case "list":
            return draw_membership(draw, lists)
        case _:
            return draw_count(draw, scheme)


def draw_way(draw: st.DrawFn, scheme: Scheme, lists: list[str]) -> EventCondition | StateCondition:
    return EventCondition(*draw_on(draw, scheme)) if chance(draw, 2) else draw_state(draw, scheme, lists)


def draw_list(draw: st.DrawFn, scheme: Scheme, list_id: str, before: list[str]) -> SubjectList:
    """A list that may read the lists before it in the file."""
    ways_out: list[Any] = [draw_way(draw, scheme, before) for _ in range(draw(indexes(3)))]
    extend: list[Extension] = []
    if chance(draw, 2):
        ways_out.insert(draw(indexes(len(ways_out) + 1)), Term(pick(draw, TERMS)))
        for _ in range(draw(indexes(3))):
            on, when = draw_on(draw, scheme)
            most = pick(draw, (None, None, *TERMS[3:]))
            extend.append(Extension(on, pick(draw, TERMS), when, most))
    return SubjectList(
        id=list_id,
        kind=pick(draw, list(ListKind)),
        enter=tuple(draw_way(draw, scheme, before) for _ in range(1 + draw(indexes(3)))),
        leave=tuple(ways_out),
        extend=tuple(extend),
        renews=chance(draw, 3),
    )


# Tiers, grades, measures ----------------------------------------------------------------------------------------


def draw_requirements(draw: st.DrawFn, scheme: Scheme, tier: Tier, lists: list[str]) -> Tier:
    """A tier that looks at the record now and then, or that only a grade reaches."""
    if chance(draw, 8):
        return replace(tier, lower=None)
    if not chance(draw, 3):
        return tier
    drawn = [
        draw_membership(draw, lists) if lists and chance(draw, 2) else draw_count(draw, scheme)
        for _ in range(1 + draw(indexes(2)))
    ]
    return replace(tier, requires=tuple(drawn))


def draw_hold(draw: st.DrawFn, rule: Rule, tiers: list[str]) -> Rule:
    """A rule that now and then grades, or limits to the end of the year."""
    content: dict[str, Any] = {}
    if chance(draw, 4):
        kind = draw(indexes(4))
        content["grade"] = Grade(pick(draw, tiers), pick(draw, PERIODS) if kind > 1 else None, kind == 1)
    if chance(draw, 6):
        content["limit_tier"] = LimitTier(pick(draw, tiers), None, True)
    return replace(rule, **content)


def draw_listing_measure(draw: st.DrawFn, scheme: Scheme, number: int, lists: list[str]) -> Measure:
    """A measure by score, tier and lists, any of them together, perhaps for a time only."""
    content: dict[str, Any] = {}
    if scheme.score.kind != ScoreKind.NONE and chance(draw, 3):
        content["score"] = draw_score_range(draw)
    if scheme.tiers and chance(draw, 3):
        tiers = [tier.id for tier in scheme.tiers]
        content["tiers"] = tuple(subset(draw, tiers, len(tiers)))
    if lists and (chance(draw, 2) or not content):
        content["lists"] = draw_refs(draw, lists)
    if (lists and chance(draw, 4)) or not content:
        content["not_lists"] = draw_refs(draw, lists)
    since, until = pick(draw, MEASURE_DAYS), pick(draw, MEASURE_DAYS)
    if since is not None and until is not None and until < since:
        since, until = until, since
    when = StateCondition(**content)
    kind, domain = pick(draw, list(MeasureKind)), pick(draw, (Domain.TRAVEL, Domain.FINANCE))
    return Measure(f"measure-{number}", kind, domain, when, since=since, until=until)


# Whole schemes --------------------------------------------------------------------------------------------------


def add_consequences(draw: st.DrawFn, scheme: Scheme, *, most_lists: int = 4) -> Scheme:
    """The scheme with lists, requirements, grades and measures."""
    names = [f"list-{number}" for number in range(1 + draw(indexes(most_lists)))]
    lists = tuple(draw_list(draw, scheme, name, names[:place]) for place, name in enumerate(names))
    tiers = tuple(draw_requirements(draw, scheme, tier, names) for tier in scheme.tiers)
    ids = [tier.id for tier in tiers]
    rules = tuple(draw_hold(draw, rule, ids) if ids else rule for rule in scheme.rules)
    scheme = replace(scheme, tiers=tiers, rules=rules)
    measures = tuple(draw_listing_measure(draw, scheme, number, names) for number in range(draw(indexes(4))))
    return replace(scheme, lists=lists, measures=measures)


def without_score(scheme: Scheme) -> Scheme:
    """The scheme as one that only lists."""
    score = replace(
        scheme.score,
        kind=ScoreKind.NONE,
        start=Dated.constant(Decimal(0)),
        floor=None,
        ceiling=None,
        decimals=0,
        published=None,
        is_yearly_restart=False,
    )
    return replace(scheme, score=score, rules=(), caps=(), tiers=(), measures=())


@st.composite
def listing_schemes(draw: st.DrawFn) -> Scheme:
    """A points scheme with lists and all that reads them; now and then one that only lists."""
    scheme = draw(schemes())
    return add_consequences(draw, without_score(scheme) if chance(draw, 5) else scheme)
