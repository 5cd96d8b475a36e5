"""Tiers: by score and record, replaced by grades, held down by limits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from reference.months import LAST_DAY, later
from scslab.scheme.model import Grade, LimitTier


@dataclass(frozen=True)
class Hold:
    """A limit or a grade from `since` until `ends_on`, exclusive; one without end is given the last day there is."""

    tier: str
    since: date
    ends_on: date
    is_endless: bool
    event_id: str


def plan_hold(what: LimitTier | Grade, day: date, event_id: str) -> Hold:
    if what.is_to_year_end:
        # The 1 January that follows; the last year there is has none.
        is_endless = day.year == LAST_DAY.year
        ends_on = LAST_DAY if is_endless else date(day.year + 1, 1, 1)
    else:
        is_endless = what.period is None
        ends_on = LAST_DAY if what.period is None else later(what.period, day)
    return Hold(what.to, day, ends_on, is_endless, event_id)


def live(account: Any, holds: list[Hold], day: date) -> list[Hold]:
    """Those that are not over and that no objection has suspended or ended, in the order in which they were posted."""
    return [
        hold
        for hold in holds
        if hold.since <= day and (hold.is_endless or day < hold.ends_on) and not account.is_relieved(hold.event_id)
    ]


def tier_by_score(account: Any, day: date, score: Decimal | None) -> str | None:
    """The highest tier (the last in the file's order) that the score reaches and whose requirements hold."""
    reached = None
    for tier in account.scheme.tiers:
        lower = None if tier.lower is None else tier.lower.on(day)
        if lower is None or score is None or lower > score:
            continue
        # Its own lists a tier reads as they stood at the end of the day before.
        if all(account.holds(required, day, own_day=day - timedelta(1)) for required in tier.requires):
            reached = tier.id
    return reached


def tier(account: Any, day: date, score: Decimal | None) -> str | None:
    """The tier by score, unless a grade says otherwise; held down to the lowest tier that a live limit names."""
    found = tier_by_score(account, day, score)
    grades = live(account, account.grades, day)
    if grades:
        found = grades[-1].tier
    if found is None:
        return None
    names = [tier.id for tier in account.scheme.tiers]
    return min([found, *(limit.tier for limit in live(account, account.limits, day))], key=names.index)
