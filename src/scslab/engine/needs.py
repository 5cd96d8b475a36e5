"""What a scheme needs of the engine, told from its model alone."""

from __future__ import annotations

from scslab.scheme.model import Restore, Scheme


def needs_walk(scheme: Scheme) -> bool:
    """Whether standings need a walk over days: lists, grades, tiers that look at the record, limits to a year's end."""
    limits = [rule.limit_tier for rule in scheme.rules if rule.limit_tier]
    return (
        bool(scheme.lists)
        or any(rule.grade for rule in scheme.rules)
        or any(tier.requires for tier in scheme.tiers)
        or any(limit.is_to_year_end for limit in limits)
        or (scheme.objection is not None and bool(limits))
        or any(measure.when.lists or measure.when.not_lists for measure in scheme.measures)
    )


def has_story(scheme: Scheme) -> bool:
    """Whether objections or repairs may change what was posted, so that entries have a story."""
    return scheme.objection is not None or any(isinstance(repair.action, Restore) for repair in scheme.repairs)


def has_consequences(scheme: Scheme) -> bool:
    """Whether anything follows from a standing at all, over days."""
    return needs_walk(scheme) or bool(scheme.measures)
