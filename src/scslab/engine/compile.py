"""Compile a scheme into arrays, so that one kernel serves every scheme and editing a scheme never recompiles code."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import numpy as np
from numpy.typing import NDArray

from scslab.engine.calendar import FOREVER, LAST_DAY, NEVER, YEAR, day_number, day_of, encode_period
from scslab.engine.consequences.clauses import Clause, find_clauses
from scslab.engine.objection.limits import check_restores
from scslab.ground.dates import Period
from scslab.ground.problems import Problem, ProblemsError
from scslab.scheme.conditions import Expression
from scslab.scheme.dated import Number
from scslab.scheme.model import REPLACE, RETRACT, Cap, GroupCap, Rule, Scheme

MAX_RULES_PER_TYPE = 32
"""An event's word keeps one bit for each rule that listens to its type."""
MAX_TYPES = 32_000

I64 = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Steps:
    """Dated values of several owners, flattened: owner i has `day[offset[i]:offset[i+1]]` and `value` alike."""

    offset: I64
    day: I64
    value: I64

    def on(self, owner: int, day: int) -> int | None:
        """The value in force on a day number, or None before the first."""
        found: int | None = None
        for k in range(int(self.offset[owner]), int(self.offset[owner + 1])):
            if self.day[k] <= day:
                found = int(self.value[k])
        return found


@dataclass(frozen=True, slots=True)
class Compiled:
    """A scheme as arrays. Points are whole numbers, scaled by 10^decimals.

    Attributes:
        types: event types in code order (the two correction types are not among them).
        type_rules_offset, type_rules: the rules that listen to each type, in file order.
        conditions: the distinct conditions; `rule_condition` says which one a rule has (-1: none).
        formulas: the distinct formulas; `rule_formula` says which one a rule has (-1: none).
        rule_since: first day on which a rule has points.
        points: steps of each rule; their values are offsets into `nominal`.
        nominal: for each step, one number for each repeat factor.
        factors_offset, factors: repeat factors of each rule (1 where it has none), as doubles for formulas.
        repeat: period of each rule as (kind, length); kind -1 where it has none.
        valid: validity of each rule as (kind, length); kind -1 where it has none.
        limit_tier, limit: tier index (-1: none) and length of a rule's limit; kind -1: for ever.
        cap_period: period of each cap as (kind, length). Own caps and group caps are numbered together.
        rule_caps_offset, rule_caps: the caps of each rule, in the order in which they act.
        cap_names: `rule` for a rule's own cap, else the id of the group cap.
        bounds: steps of the floor (owner 0) and the ceiling (owner 1).
        start: start score by year from 1900, shape (300,).
        tiers: steps of each tier's lower bound; none where only a grade reaches it.
        clauses: what lists, records and repairs listen to (see `consequences`).
    """

    scheme: Scheme
    scale: int
    types: tuple[str, ...]
    type_rules_offset: I64
    type_rules: I64
    conditions: tuple[Expression, ...]
    rule_condition: I64
    formulas: tuple[Expression, ...]
    rule_formula: I64
    rule_since: I64
    points: Steps
    nominal: I64
    factors_offset: I64
    factors: NDArray[np.float64]
    repeat: I64
    valid: I64
    limit_tier: I64
    limit: I64
    cap_period: I64
    cap_points: Steps
    rule_caps_offset: I64
    rule_caps: I64
    cap_names: tuple[str, ...]
    bounds: Steps
    start: I64
    tiers: Steps
    in_force_from: int
    in_force_until: int
    clauses: tuple[Clause, ...] = ()

    @property
    def n_rules(self) -> int:
        """How many rules the scheme has."""
        return len(self.scheme.rules)


def scale_points(points: Decimal, scale: int) -> int:
    """Points as a whole number of the smallest unit, rounded half away from zero.

    Example:
        >>> scale_points(Decimal("-0.5"), 1), scale_points(Decimal("2.345"), 100)
        (-1, 235)
    """
    return int((points * scale).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def compile_scheme(scheme: Scheme) -> Compiled:
    """Turn a scheme into arrays.

    Raises:
        ProblemsError: more than 32 rules listen to one event type (R001), more than 32,000 types (R002), or repairs
            that cannot be counted with (R004).
    """
    scale = 10**scheme.score.decimals
    rules = scheme.rules
    types = tuple(name for name in scheme.events if name not in (RETRACT, REPLACE))
    listening = [[r for r, rule in enumerate(rules) if rule.matches_type(name)] for name in types]
    _refuse_too_many(scheme, types, listening)
    check_restores(scheme)
    conditions = _distinct(rule.when for rule in rules)
    formulas = _distinct(rule.formula for rule in rules)
    points, nominal = _compile_points(rules, scale)
    factors = [list(rule.repeat.times) if rule.repeat else [Decimal(1)] for rule in rules]
    caps, rule_caps = _number_caps(scheme)
    tier_ids = [tier.id for tier in scheme.tiers]
    bounds = [_scaled_steps(bound, scale) for bound in (scheme.score.floor, scheme.score.ceiling)]
    return Compiled(
        scheme=scheme,
        scale=scale,
        types=types,
        type_rules_offset=_offsets(listening),
        type_rules=_flat(listening),
        conditions=conditions,
        rule_condition=_index_of([rule.when for rule in rules], conditions),
        formulas=formulas,
        rule_formula=_index_of([rule.formula for rule in rules], formulas),
        rule_since=np.array([_first_day(rule) for rule in rules], dtype=np.int64),
        points=points,
        nominal=nominal,
        factors_offset=_offsets(factors),
        factors=np.array([float(f) for group in factors for f in group], dtype=np.float64),
        repeat=_periods([rule.repeat.within if rule.repeat else None for rule in rules]),
        valid=_periods([rule.valid for rule in rules]),
        limit_tier=np.array(
            [tier_ids.index(rule.limit_tier.to) if rule.limit_tier else -1 for rule in rules], dtype=np.int64
        ),
        limit=_periods([rule.limit_tier.period if rule.limit_tier else None for rule in rules]),
        cap_period=np.array([_cap_period(scheme, cap) for cap in caps], dtype=np.int64).reshape(-1, 2),
        cap_points=_steps([_scaled_steps(cap.points, scale) for cap in caps]),
        rule_caps_offset=_offsets(rule_caps),
        rule_caps=_flat(rule_caps),
        cap_names=tuple(cap.id if isinstance(cap, GroupCap) else "rule" for cap in caps),
        bounds=_steps(bounds),
        start=_start_by_year(scheme, scale),
        tiers=_steps([_scaled_steps(tier.lower, scale) for tier in scheme.tiers]),
        in_force_from=day_number(scheme.in_force.since) if scheme.in_force.since else 0,
        in_force_until=day_number(scheme.in_force.until) if scheme.in_force.until else LAST_DAY,
        clauses=find_clauses(scheme),
    )


def _refuse_too_many(scheme: Scheme, types: Sequence[str], listening: Sequence[Sequence[int]]) -> None:
    problems = [
        Problem(
            "R001",
            f"{len(found)} rules listen to `{name}`; at most {MAX_RULES_PER_TYPE} can",
            scheme.place,
            "split the event type, or write the rules as one formula",
        )
        for name, found in zip(types, listening, strict=True)
        if len(found) > MAX_RULES_PER_TYPE
    ]
    if len(types) > MAX_TYPES:
        problems.append(Problem("R002", f"{len(types)} event types; at most {MAX_TYPES} fit", scheme.place))
    if problems:
        raise ProblemsError(problems)


def _distinct(expressions: object) -> tuple[Expression, ...]:
    found: dict[Expression, None] = {}
    for expression in expressions:  # type: ignore[attr-defined]
        if expression is not None:
            found[expression] = None
    return tuple(found)


def _index_of(expressions: Sequence[Expression | None], known: Sequence[Expression]) -> I64:
    return np.array([-1 if e is None else known.index(e) for e in expressions], dtype=np.int64)


def _first_day(rule: Rule) -> int:
    return day_number(rule.points.steps[0][0]) if rule.points else 0


def _compile_points(rules: Sequence[Rule], scale: int) -> tuple[Steps, I64]:
    """Steps whose values point into a table of nominal points, one for each repeat factor."""
    nominal: list[int] = []
    steps: list[list[tuple[int, int]]] = []
    for rule in rules:
        times = rule.repeat.times if rule.repeat else (Decimal(1),)
        own: list[tuple[int, int]] = []
        for since, value in rule.points.steps if rule.points else ():
            own.append((day_number(since), len(nominal)))
            nominal.extend(scale_points(value * factor, scale) for factor in times)
        if not own:  # a formula, or a rule that only limits a tier
            own.append((0, len(nominal)))
            nominal.extend(0 for _ in times)
        steps.append(own)
    return _steps(steps), np.array(nominal, dtype=np.int64)


def _number_caps(scheme: Scheme) -> tuple[list[Cap | GroupCap], list[list[int]]]:
    caps: list[Cap | GroupCap] = []
    rule_caps: list[list[int]] = []
    for rule in scheme.rules:
        own: list[int] = []
        if rule.cap:
            own.append(len(caps))
            caps.append(rule.cap)
        rule_caps.append(own)
    for group in scheme.caps:
        for own, rule in zip(rule_caps, scheme.rules, strict=True):
            if rule.id in group.rules:
                own.append(len(caps))
        caps.append(group)
    return caps, rule_caps


def _cap_period(scheme: Scheme, cap: Cap | GroupCap) -> tuple[int, int]:
    kind, length = encode_period(cap.per)
    # Under yearly restarts nothing fills a cap from one year to the next, so a lifetime is a year.
    return (YEAR, 0) if kind == FOREVER and scheme.score.is_yearly_restart else (kind, length)


def _start_by_year(scheme: Scheme, scale: int) -> I64:
    start, first = scheme.score.start, scheme.score.start.steps[0][1]
    if scheme.score.is_yearly_restart:
        values = [start.on(date(year, 1, 1)) for year in range(1900, 2200)]
    else:
        values = [start.on(scheme.in_force.since) if scheme.in_force.since else None] * 300
    return np.array([scale_points(first if v is None else v, scale) for v in values], dtype=np.int64)


def _scaled_steps(number: Number | None, scale: int) -> list[tuple[int, int]]:
    return [(day_number(since), scale_points(value, scale)) for since, value in number.steps] if number else []


def _periods(periods: Sequence[Period | None]) -> I64:
    return np.array([encode_period(p) if p else (-1, 0) for p in periods], dtype=np.int64).reshape(-1, 2)


def _offsets(groups: Sequence[Sequence[object]]) -> I64:
    return np.concatenate([[0], np.cumsum([len(group) for group in groups])]).astype(np.int64)


def _flat(groups: Sequence[Sequence[int]]) -> I64:
    return np.array([item for group in groups for item in group], dtype=np.int64)


def _steps(groups: Sequence[Sequence[tuple[int, int]]]) -> Steps:
    flat = [step for group in groups for step in group]
    return Steps(
        _offsets(groups),
        np.array([day for day, _ in flat], dtype=np.int64),
        np.array([value for _, value in flat], dtype=np.int64),
    )


__all__ = ["NEVER", "Compiled", "Steps", "compile_scheme", "day_of", "scale_points"]
