"""Static checks of tiers and measures: what can be reached at all."""

from __future__ import annotations

import math
from collections.abc import Iterator
from decimal import Decimal

from scslab.ground.problems import Place
from scslab.scheme.lint_ranges import find_points_range
from scslab.scheme.model import Scheme, ScoreRange, Tier
from scslab.scheme.read_score import list_change_days

Finding = tuple[str, Place, str]
"""What a check found: message, place, help."""

MANY_EVENTS = 100
"""A score that only this many of the hardest events bring below every tier is not worth a warning."""


def find_unreachable_tiers(scheme: Scheme) -> Iterator[Finding]:
    """Tiers outside the bounds, on a side of the start to which no rule moves a score, or that no grade gives."""
    low, high = find_reach(scheme)
    given = _list_given(scheme)
    for number, tier in enumerate(scheme.tiers):
        if tier.id in given:
            continue
        if tier.lower is None:
            yield f"the tier `{tier.id}` has no `from`, and no rule gives it", tier.place, "add a rule with `grade`"
            continue
        above = next((each for each in scheme.tiers[number + 1 :] if each.lower is not None), None)
        lowest, end = _lowest(tier), None if above is None else _highest(above)
        if high is not None and lowest > high[0]:
            message = f"no score can reach the tier `{tier.id}`, which begins at {lowest:f}"
            yield message, tier.place, f"the highest score is {high[0]:f}: {high[1]}"
        # Where the tier above asks for more than a score, high scores stay below it.
        elif above is not None and end is not None and low is not None and end <= low[0] and not above.requires:
            message = f"no score can be in the tier `{tier.id}`, which ends where `{above.id}` begins at {end:f}"
            yield message, tier.place, f"the lowest score is {low[0]:f}: {low[1]}"


def find_dead_tiers(scheme: Scheme) -> frozenset[str]:
    """The tiers that no score can reach and no grade gives."""
    _, high = find_reach(scheme)
    given = _list_given(scheme)
    return frozenset(
        tier.id
        for tier in scheme.tiers
        if tier.id not in given and (tier.lower is None or (high is not None and _lowest(tier) > high[0]))
    )


def _list_given(scheme: Scheme) -> frozenset[str]:
    """The tiers that a rule holds subjects down to, or gives as a grade."""
    held = [rule.limit_tier.to for rule in scheme.rules if rule.limit_tier]
    return frozenset([*held, *(rule.grade.to for rule in scheme.rules if rule.grade)])


def find_falls_below_tiers(scheme: Scheme) -> Iterator[Finding]:
    """A lowest tier that begins above the lowest score that some events can bring about."""
    first = next((tier for tier in scheme.tiers if tier.lower is not None), None)
    if first is None:
        return
    lowest = _highest(first)
    is_low = min(scheme.range[0].values()) < lowest if scheme.range else _falls_below(scheme, lowest)
    if is_low:
        yield f"a score below {lowest:f} is in no tier", first.place, "begin the lowest tier at the floor of the score"


def _falls_below(scheme: Scheme, lowest: Decimal) -> bool:
    starts = scheme.score.start.values()
    floor = scheme.score.floor
    worst = min((find_points_range(rule, scheme)[0] for rule in scheme.rules), default=0.0)
    is_guarded = floor is not None and all(
        floor.on(day) is not None and (floor.on(day) or Decimal(0)) >= lowest
        for day in list_change_days([floor, scheme.score.start])
    )
    is_near = worst < 0 and float(min(starts) - lowest) <= MANY_EVENTS * -worst
    return min(starts) < lowest or (is_near and not is_guarded)


def find_idle_limits(scheme: Scheme) -> Iterator[Finding]:
    """Tier limits to the highest tier."""
    for rule in scheme.rules:
        if rule.limit_tier and scheme.tiers and rule.limit_tier.to == scheme.tiers[-1].id:
            message = f"the rule `{rule.id}` limits the tier to `{rule.limit_tier.to}`, which is the highest"
            yield message, rule.place, "name a lower tier"


def find_idle_measures(scheme: Scheme) -> Iterator[Finding]:
    """Measures for scores that no subject can have, or for days before the scheme."""
    low, high = find_reach(scheme)
    for measure in scheme.measures:
        span = measure.when.score or ScoreRange()
        since, below = span.since, span.below
        if since is not None and high is not None and since > high[0]:
            message = f"the measure `{measure.id}` applies from {since:f}, which no score reaches"
            yield message, measure.place, f"the highest score is {high[0]:f}: {high[1]}"
        elif below is not None and low is not None and below <= low[0]:
            message = f"the measure `{measure.id}` applies below {below:f}, where no score is"
            yield message, measure.place, f"the lowest score is {low[0]:f}: {low[1]}"
        elif measure.until is not None and scheme.in_force.since and measure.until < scheme.in_force.since:
            message = f"the measure `{measure.id}` ends on {measure.until}, before the scheme begins"
            yield message, measure.place, f"the scheme is in force from {scheme.in_force.since}"


def find_reach(scheme: Scheme) -> tuple[tuple[Decimal, str] | None, tuple[Decimal, str] | None]:
    """The lowest and highest score that can be, each with the reason; None where it is not known to be bounded.

    Without a rule that adds points no score exceeds the start: a lapse gives back at most what its entry took.
    """
    score = scheme.score
    if scheme.range is not None:
        low_end, high_end = min(scheme.range[0].values()), max(scheme.range[1].values())
        return (low_end, "the range of the index"), (high_end, "the range of the index")
    starts = score.start.values()
    ranges = [find_points_range(rule, scheme) for rule in scheme.rules]
    low: tuple[Decimal, str] | None = None
    high: tuple[Decimal, str] | None = None
    if score.floor is not None and score.floor.is_constant:
        low = (min(*score.floor.values(), *starts), "the floor")
    if score.ceiling is not None and score.ceiling.is_constant:
        high = (max(*score.ceiling.values(), *starts), "the ceiling")
    if not _has_bound_that_moves(scheme, is_floor=True) and all(most <= 0 for _, most in ranges):
        high = min(high or (Decimal(math.inf), ""), (max(starts), "no rule adds points"))
    if not _has_bound_that_moves(scheme, is_floor=False) and all(least >= 0 for least, _ in ranges):
        low = max(low or (Decimal(-math.inf), ""), (min(starts), "no rule takes points"))
    return low, high


def _has_bound_that_moves(scheme: Scheme, *, is_floor: bool) -> bool:
    """Whether a bound may push a score beyond its start: a dated one, or one that the start lies outside of."""
    bound = scheme.score.floor if is_floor else scheme.score.ceiling
    if bound is None:
        return False
    starts = scheme.score.start.values()
    outside = any(s < max(bound.values()) for s in starts) if is_floor else any(s > min(bound.values()) for s in starts)
    return outside or not bound.is_constant


def _lowest(tier: Tier) -> Decimal:
    return min(tier.lower.values()) if tier.lower else Decimal(-math.inf)


def _highest(tier: Tier) -> Decimal:
    return max(tier.lower.values()) if tier.lower else Decimal(-math.inf)
