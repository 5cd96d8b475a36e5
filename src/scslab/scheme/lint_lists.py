"""Static checks of lists, objection and repair: who can come on a list, and whether there is a way off it."""

from __future__ import annotations

from collections.abc import Iterator

from scslab.scheme.lint_ranges import find_points_range
from scslab.scheme.lint_tiers import Finding, find_dead_tiers, find_reach
from scslab.scheme.model import (
    ListKind,
    Remove,
    Restore,
    Scheme,
    Shorten,
    StateCondition,
    SubjectKind,
    SubjectList,
    Way,
)


def find_unreachable_lists(scheme: Scheme) -> Iterator[Finding]:
    """Lists that no way in leads to."""
    low, high = find_reach(scheme)
    dead = find_dead_tiers(scheme)

    def is_shut(way: Way) -> bool:
        if not isinstance(way, StateCondition):
            return False
        if way.tiers:
            return dead.issuperset(way.tiers)
        if way.score is None:
            return False
        since, below = way.score.since, way.score.below
        is_above = since is not None and high is not None and since > high[0]
        return is_above or (below is not None and low is not None and below <= low[0])

    for each in scheme.lists:
        if all(is_shut(way) for way in each.enter):
            message = f"no subject can come on the list `{each.id}`"
            yield message, each.place, "its ways in ask for scores or tiers that no subject has"


def find_lists_without_exit(scheme: Scheme) -> Iterator[Finding]:
    """Blacklists that nothing ends."""
    removed = {repair.action.list for repair in scheme.repairs if isinstance(repair.action, Remove)}
    for each in scheme.lists:
        if each.kind is ListKind.BLACKLIST and not each.leave and each.id not in removed:
            message = f"nobody ever leaves the blacklist `{each.id}`"
            yield message, each.place, "add `leave`, or a `repair` that removes subjects from it"


def find_memberships_that_come_back(scheme: Scheme) -> Iterator[Finding]:
    """Lists that a subject enters again on the day it leaves, since a count of its whole record never falls."""
    for each in scheme.lists:
        is_held_off = any(isinstance(way, StateCondition) for way in each.leave)
        if each.leave and not is_held_off and any(_holds_for_ever(way) for way in each.enter):
            message = f"whoever leaves the list `{each.id}` comes back on the same day"
            yield message, each.place, "a count of the whole record never falls: give it `within`"


def _holds_for_ever(way: Way) -> bool:
    count = way.count if isinstance(way, StateCondition) else None
    return count is not None and count.within is None and count.at_most is None


def find_endless_terms(scheme: Scheme) -> Iterator[Finding]:
    """Terms that can be extended without end."""
    for each in scheme.lists:
        for extension in each.extend:
            if extension.most is None:
                message = f"the term of the list `{each.id}` can be extended without end"
                yield message, extension.place, "give the extension `most`, the longest time on the list"


def find_public_blame(scheme: Scheme) -> Iterator[Finding]:
    """Public blacklists of natural persons."""
    for each in scheme.lists:
        if each.is_public and each.kind is ListKind.BLACKLIST and SubjectKind.RESIDENT in scheme.subjects.kinds:
            message = f"the blacklist `{each.id}` is public and may name residents"
            yield message, each.place, "such a list runs in the laboratory only; nothing about a person is published"


def find_idle_repairs(scheme: Scheme) -> Iterator[Finding]:
    """Repairs that can never find anything to repair."""
    lists: dict[str, SubjectList] = {each.id: each for each in scheme.lists}
    rules = {rule.id: rule for rule in scheme.rules}
    for repair in scheme.repairs:
        action = repair.action
        if isinstance(action, Shorten) and action.list in lists and lists[action.list].term is None:
            message = f"the repair `{repair.id}` shortens the term of `{action.list}`, which has none"
            yield message, repair.place, "give the list `leave: [{after: …}]`, or let the repair remove"
        named = [rules[name] for name in action.rules if name in rules] if isinstance(action, Restore) else []
        if named and all(find_points_range(rule, scheme)[0] >= 0 for rule in named):
            names = ", ".join(f"`{rule.id}`" for rule in named)
            message = f"the repair `{repair.id}` gives back points of {names}, which never takes any"
            yield message, repair.place, "name a rule that takes points"


def find_idle_objection(scheme: Scheme) -> Iterator[Finding]:
    """An objection where there is nothing to object to."""
    if scheme.objection is not None and not scheme.rules and not scheme.lists:
        message = "an objection is to an entry or a listing, and the scheme has neither rules nor lists"
        yield message, scheme.objection.place, "leave `objection` out"
