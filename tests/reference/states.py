"""State conditions: what holds of a subject at the end of a day."""

from __future__ import annotations

from datetime import date
from typing import Any

from reference.listening import takes
from reference.months import earlier
from scslab.scheme.model import CountCondition, ListRef, ScoreRange, StateCondition


def holds(account: Any, condition: StateCondition, day: date, own_day: date, score: Any, tier: str | None) -> bool:
    """Whether every part of the condition holds; the scheme's own lists are read on `own_day`."""
    if condition.score is not None and not is_within(condition.score, score):
        return False
    if condition.tiers and tier not in condition.tiers:
        return False
    if condition.count is not None and not is_counted(account, condition.count, day):
        return False
    if condition.lists and not any(is_on_list(account, ref, day, own_day) for ref in condition.lists):
        return False
    return not any(is_on_list(account, ref, day, own_day) for ref in condition.not_lists)


def is_within(bounds: ScoreRange, score: Any) -> bool:
    if score is None:
        return False
    return (bounds.since is None or bounds.since <= score) and (bounds.below is None or score < bounds.below)


def is_counted(account: Any, count: CountCondition, day: date) -> bool:
    events = [event for event in account.events if event.posted_on <= day]
    if count.within is not None:
        since = earlier(count.within, day)
        events = [event for event in events if event.posted_on > since]
    found = len([event for event in events if takes(account, count.on, count.when, event)])
    return (count.at_least is None or found >= count.at_least) and (count.at_most is None or found <= count.at_most)


def is_on_list(account: Any, ref: ListRef, day: date, own_day: date) -> bool:
    if ref.scheme:
        return account.others.is_on_list(ref.scheme, ref.list, account.subject_id, day, ref.delay)
    return any(m.covers(own_day, ref.delay) for m in account.memberships if m.listing.id == ref.list)
