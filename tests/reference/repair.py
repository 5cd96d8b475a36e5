"""Repair: points given back, listings shortened or removed."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from reference.ledger_rules import Event
from reference.listening import takes
from reference.lists import Membership, current
from reference.months import earlier, later
from reference.points import is_in_cap_period
from scslab.scheme.model import Remove, Repair, Restore, Shorten


def attempt(account: Any, repair: Repair, event: Event) -> str:
    """`done`, `nothing` (it is a repair event, but there is nothing to repair), or `not heard`."""
    if not takes(account, repair.on, repair.when, event):
        return "not heard"
    day = event.posted_on
    if repair.at_most is not None and times_done(account, repair, day) >= repair.at_most.times:
        return "nothing"
    match repair.action:
        case Restore():
            is_done = restore(account, repair, repair.action, event)
        case Shorten():
            is_done = shorten(account, repair.action, event)
        case Remove():
            is_done = remove(account, repair.action, event)
    if is_done:
        account.repairs_done.append((repair.id, day))
    return "done" if is_done else "nothing"


def times_done(account: Any, repair: Repair, day: date) -> int:
    assert repair.at_most is not None
    days = [on for name, on in account.repairs_done if name == repair.id]
    if account.scheme.score.is_yearly_restart:
        days = [on for on in days if on.year == day.year]
    return len([on for on in days if is_in_cap_period(on, day, repair.at_most.per)])


def has_waited(after: Any, since: date, day: date) -> bool:
    return after is None or later(after, since) <= day


# Points ---------------------------------------------------------------------------------------------------------


def restore(account: Any, repair: Repair, action: Restore, event: Event) -> bool:
    day = event.posted_on
    candidates = [
        entry
        for entry in account.entries
        if entry["kind"] == "event"
        and entry["rule"] in action.rules
        and account.live_points(entry) < 0
        and has_waited(action.after, entry["posted_on"], day)
        and not is_restored(account, repair, entry)
    ]
    if not candidates:
        return False
    entry = candidates[-1]
    unit = Decimal(1).scaleb(-account.scheme.score.decimals)
    nominal = (action.share * -entry["effective"]).quantize(unit, ROUND_HALF_UP)
    granted = min(nominal, -account.live_points(entry))
    account.post_against("repair", entry, event, day, nominal=nominal, granted=granted)["repair"] = repair.id
    return True


def is_restored(account: Any, repair: Repair, entry: dict[str, Any]) -> bool:
    return any(
        other["kind"] == "repair" and other["repair"] == repair.id and other["acts_on"] == entry["seq"]
        for other in account.entries
    )


# Listings -------------------------------------------------------------------------------------------------------


def shorten(account: Any, action: Shorten, event: Event) -> bool:
    day, membership = event.posted_on, find_open(account, action, event.posted_on)
    if membership is None or membership.term_ends_on is None:
        return False
    membership.term_ends_on = max(day, earlier(action.by, membership.term_ends_on))
    if membership.term_ends_on == day:
        membership.close(day, "repair", event.event_id)
    return True


def remove(account: Any, action: Remove, event: Event) -> bool:
    membership = find_open(account, action, event.posted_on)
    if membership is not None:
        membership.close(event.posted_on, "repair", event.event_id)
    return membership is not None


def find_open(account: Any, action: Shorten | Remove, day: date) -> Membership | None:
    """The open membership, if it has lasted long enough."""
    membership = current(account, action.list)
    return membership if membership and has_waited(action.after, membership.began_on, day) else None
