"""A scheme's tiers, lists and measures as the kernels of this folder read them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_CEILING, Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scslab.engine.calendar import FOREVER, LAST_DAY, YEAR, build_day_tables, day_number, encode_period
from scslab.engine.compile import Compiled
from scslab.engine.consequences.clauses import Clause
from scslab.engine.consequences.layout import (
    COUNTER_WIDTH,
    EXTENSION_WIDTH,
    HOLDER_WIDTH,
    IS_COUNT,
    IS_LIST,
    IS_NOT_LIST,
    IS_SCORE,
    IS_TIER,
    LIST_WIDTH,
    MEASURE_WIDTH,
    REF_WIDTH,
    REPAIR_WIDTH,
    STATE_WIDTH,
    UNBOUNDED,
    YEAR_END,
    Plan,
)
from scslab.engine.window import Window
from scslab.ground.dates import Period
from scslab.scheme.model import (
    CountCondition,
    EventCondition,
    Grade,
    LimitTier,
    ListRef,
    Repair,
    Restore,
    Scheme,
    ScoreKind,
    ScoreRange,
    Shorten,
    StateCondition,
    SubjectList,
)

NO_PERIOD = (-1, 0)
Looks = tuple[tuple[str, str, "Period | None"], ...]


@dataclass(frozen=True, slots=True)
class Plans:
    """A scheme for the walk and for its measures.

    Attributes:
        sources: the lists of other schemes that tiers and lists read, by their number.
        looks: the lists that measures read, with their delays, together where a condition asks for any of them, by
            their number; `measures` has one row a measure.
    """

    walk: Plan
    sources: tuple[ListRef, ...]
    measures: NDArray[np.int64]
    looks: tuple[tuple[ListRef, ...], ...]

    def list_refs(self) -> tuple[ListRef, ...]:
        """All lists that are read, but those of the scheme itself that only its lists and tiers read."""
        return (*self.sources, *(ref for refs in self.looks for ref in refs))


@dataclass(slots=True)
class _Writer:
    """A plan under construction."""

    compiled: Compiled
    states: list[list[int]] = field(default_factory=list[list[int]])
    refs: list[list[int]] = field(default_factory=list[list[int]])
    counters: dict[tuple[int, tuple[int, int]], int] = field(default_factory=dict[tuple[int, tuple[int, int]], int])
    sources: dict[tuple[str, str, Period | None], int] = field(
        default_factory=dict[tuple[str, str, "Period | None"], int]
    )

    @property
    def scheme(self) -> Scheme:
        return self.compiled.scheme

    def bit(self, on: str, when: Any) -> int:
        return 1 << self.compiled.clauses.index(Clause(on, when))

    def add_states(self, conditions: Sequence[Any]) -> None:
        """Write the state conditions among some ways; each has exactly one part."""
        for condition in conditions:
            if isinstance(condition, StateCondition):
                self.states.append(self._encode(condition))

    def _encode(self, condition: StateCondition) -> list[int]:
        if condition.score is not None:
            return [IS_SCORE, *scale_range(condition.score, self.compiled.scale), 0, 0]
        if condition.tiers:
            return [IS_TIER, build_tier_bits(self.scheme, condition.tiers), 0, 0, 0]
        if condition.count is not None:
            return [IS_COUNT, *self._encode_count(condition.count), 0]
        if condition.lists:
            return [IS_LIST, *self._encode_lists(condition.lists)]
        if condition.not_lists:
            return [IS_NOT_LIST, *self._encode_lists(condition.not_lists)]
        raise ValueError("a state condition without a part")

    def _encode_count(self, count: CountCondition) -> tuple[int, int, int]:
        key = self.bit(count.on, count.when), encode_or_none(count.within)
        number = self.counters.setdefault(key, len(self.counters))
        return number, count.at_least or 0, -1 if count.at_most is None else count.at_most

    def _encode_lists(self, refs: Sequence[ListRef]) -> list[int]:
        first = len(self.refs)
        for ref in refs:
            if ref.scheme:
                number = self.sources.setdefault((ref.list, ref.scheme, ref.delay), len(self.sources))
            else:
                number = find_list(self.scheme, ref)
            self.refs.append([number, int(not ref.scheme)])
        return [first, len(self.refs), 0, int(any(not ref.scheme for ref in refs))]


def build_plans(compiled: Compiled, window: Window) -> Plans:
    """The plans of a scheme for a run."""
    scheme, writer = compiled.scheme, _Writer(compiled)
    enter_at, leave_at, require_at = [0], [0], [0]
    for each in scheme.lists:
        writer.add_states(each.enter)
        enter_at.append(len(writer.states))
    leave_at[0] = len(writer.states)
    for each in scheme.lists:
        writer.add_states(each.leave)
        leave_at.append(len(writer.states))
    require_at[0] = len(writer.states)
    for tier in scheme.tiers:
        writer.add_states(tier.requires)
        require_at.append(len(writer.states))
    extensions = [x for each in scheme.lists for x in each.extend]
    repairs = [r for r in scheme.repairs if not isinstance(r.action, Restore)]
    tables = build_day_tables()
    plan = Plan(
        lists=_table([[*encode_or_none(each.term), int(each.renews)] for each in scheme.lists], LIST_WIDTH),
        enters=_words([_join(writer, each, is_way_in=True) for each in scheme.lists]),
        leaves=_words([_join(writer, each, is_way_in=False) for each in scheme.lists]),
        states=_table(writer.states, STATE_WIDTH),
        refs=_table(writer.refs, REF_WIDTH),
        enter_at=_ints(enter_at),
        leave_at=_ints(leave_at),
        require_at=_ints(require_at),
        extensions=_table([[*encode_period(x.by), *encode_or_none(x.most)] for x in extensions], EXTENSION_WIDTH),
        extends=_words([writer.bit(x.on, x.when) for x in extensions]),
        extend_at=_ints(np.cumsum([0, *(len(each.extend) for each in scheme.lists)])),
        repairs=_table([_encode_repair(scheme, r) for r in repairs], REPAIR_WIDTH),
        repairs_on=_words([writer.bit(r.on, r.when) for r in repairs]),
        counters=_table([period for _, period in writer.counters], COUNTER_WIDTH),
        counts_on=_words([bit for bit, _ in writer.counters]),
        holders=_table([_encode_holder(scheme, rule.grade, rule.limit_tier) for rule in scheme.rules], HOLDER_WIDTH),
        tier_offset=compiled.tiers.offset,
        tier_day=compiled.tiers.day,
        tier_value=compiled.tiers.value,
        fixed=_find_fixed_days(compiled),
        start=compiled.start,
        is_yearly=scheme.score.is_yearly_restart,
        is_index=scheme.score.kind is ScoreKind.INDEX,
        reads_own=any(state[4] for state in writer.states[require_at[0] :] if state[0] >= IS_LIST),
        may_be_suspended=scheme.objection is not None,
        in_force_from=compiled.in_force_from,
        in_force_until=compiled.in_force_until,
        published=window.published,
        unit=find_unit(scheme),
        as_of=window.as_of,
        month=tables.month.astype(np.int64),
        first=tables.first.astype(np.int64),
    )
    looks: dict[Looks, int] = {}
    measures = _table(
        [_encode_measure(compiled, m.when, m.since, m.until, looks) for m in scheme.measures], MEASURE_WIDTH
    )
    return Plans(plan, _refs(writer.sources), measures, tuple(_refs(group) for group in looks))


def find_unit(scheme: Scheme) -> int:
    """How often a points scheme publishes, as a kind of period; -1: at once, or by days of its own."""
    if scheme.score.published is None or scheme.score.kind is not ScoreKind.POINTS:
        return -1
    return encode_period(scheme.score.published)[0]


def scale_range(score: ScoreRange, scale: int) -> tuple[int, int]:
    """The scaled scores of a range, as low (inclusive) and high (exclusive), exactly.

    Example:
        >>> scale_range(ScoreRange(Decimal("59.5"), Decimal(90)), 1) == (60, 90)
        True
    """

    def round_up(points: Decimal) -> int:
        return int((points * scale).to_integral_value(ROUND_CEILING))

    low = -UNBOUNDED + 1 if score.since is None else round_up(score.since)
    return low, UNBOUNDED if score.below is None else round_up(score.below)


def build_tier_bits(scheme: Scheme, tiers: Sequence[str]) -> int:
    """Tiers as bits by their rank."""
    names = [tier.id for tier in scheme.tiers]
    return sum(1 << names.index(tier) for tier in set(tiers))


def encode_or_none(period: Period | None) -> tuple[int, int]:
    """A period as (kind, length); (-1, 0) for none."""
    return NO_PERIOD if period is None else encode_period(period)


def find_list(scheme: Scheme, ref: ListRef) -> int:
    """The number of a list of the scheme itself."""
    return [each.id for each in scheme.lists].index(ref.list)


def _join(writer: _Writer, each: SubjectList, *, is_way_in: bool) -> int:
    """The clauses by which events open or close a list, as bits."""
    word = 0
    for way in each.enter if is_way_in else each.leave:
        if isinstance(way, EventCondition):
            word |= writer.bit(way.on, way.when)
    return word


def _encode_holder(scheme: Scheme, grade: Grade | None, limit: LimitTier | None) -> list[int]:
    names = [tier.id for tier in scheme.tiers]
    row: list[int] = []
    for hold in (grade, limit):
        if hold is None:
            row += [-1, *NO_PERIOD]
        else:
            period = (YEAR_END, 0) if hold.is_to_year_end else encode_or_none(hold.period)
            row += [names.index(hold.to), *period]
    return row


def _encode_repair(scheme: Scheme, repair: Repair) -> list[int]:
    action = repair.action
    if isinstance(action, Restore):
        raise ValueError("a repair of points is none of a list")
    by = encode_period(action.by) if isinstance(action, Shorten) else NO_PERIOD
    times, per = -1, (FOREVER, 0)
    if repair.at_most:
        times, per = repair.at_most.times, encode_period(repair.at_most.per)
        if per[0] == FOREVER and scheme.score.is_yearly_restart:
            per = (YEAR, 0)  # as caps count
    which = find_list(scheme, ListRef(action.list))
    return [which, int(isinstance(action, Shorten)), *by, *encode_or_none(action.after), times, *per]


def _encode_measure(
    compiled: Compiled, when: StateCondition, since: Any, until: Any, looks: dict[Looks, int]
) -> list[int]:
    def look(refs: Sequence[ListRef]) -> int:
        group = tuple((ref.list, ref.scheme, ref.delay) for ref in refs)
        return looks.setdefault(group, len(looks)) if group else -1

    low, high = scale_range(when.score, compiled.scale) if when.score else (0, 0)
    tiers = build_tier_bits(compiled.scheme, when.tiers) if when.tiers else -1
    days = (day_number(since) if since else 0), (day_number(until) if until else LAST_DAY)
    return [low, high, int(when.score is not None), tiers, look(when.lists), look(when.not_lists), *days]


def _find_fixed_days(compiled: Compiled) -> NDArray[np.int64]:
    """Days on which tiers' bounds change, the scheme comes into force, or a year begins with another start."""
    days = {compiled.in_force_from, *compiled.tiers.day.tolist()}
    if compiled.scheme.score.is_yearly_restart:
        first, start = build_day_tables().first, compiled.start
        days |= {int(first[12 * year]) for year in range(1, start.size) if start[year] != start[year - 1]}
    return _ints(sorted(days))


def _refs(numbered: Iterable[tuple[str, str, Period | None]]) -> tuple[ListRef, ...]:
    return tuple(ListRef(name, scheme, delay) for name, scheme, delay in numbered)


def _table(rows: Sequence[Sequence[int]], width: int) -> NDArray[np.int64]:
    return np.array(rows, np.int64).reshape(-1, width)


def _words(values: Sequence[int]) -> NDArray[np.uint64]:
    return np.array(values, np.uint64)


def _ints(values: Any) -> NDArray[np.int64]:
    return np.array(values, np.int64)
