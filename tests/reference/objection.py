"""Objections: filings, outcomes, expiries, and what each takes back or gives again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from reference.ledger_rules import Event
from reference.lists import Membership, current
from reference.months import later


@dataclass
class Challenge:
    """One objection against one target. `outcome` is None while it is open."""

    target: str
    filing: Event
    outcome: str | None = None
    is_expired: bool = False
    decided_on: date | None = None
    decided_event: str | None = None


def open_challenge(account: Any, target: Any) -> Challenge | None:
    found = [c for c in account.challenges if c.target == target and c.outcome is None]
    return found[0] if found else None


def file(account: Any, event: Event) -> str | None:
    """Files an objection, or says why it does not count."""
    law, target = account.scheme.objection, event.target
    acts = [entry for entry in account.entries if entry["kind"] == "event" and entry["event_id"] == target]
    memberships = opened_by(account, target)
    days = [entry["posted_on"] for entry in acts] + [membership.opened_on for membership in memberships]
    if not days:
        return "objection without target"
    if law.within is not None and event.posted_on > later(law.within, days[0]):
        return "objection too late"
    if any(challenge.target == target for challenge in account.challenges):
        return "objection made before"
    if law.suspends:
        for entry in acts:
            take_back(account, "objection", entry, event, event.posted_on)
        for membership in memberships:
            if membership.closed_on is None:
                membership.close(event.posted_on, "objection", event.event_id)
                membership.is_suspended = True
    account.challenges.append(Challenge(target, event))
    return None


def opened_by(account: Any, target: Any) -> list[Membership]:
    return [m for m in account.memberships if m.opened_by == "event" and m.opened_event == target]


def take_back(account: Any, kind: str, entry: dict[str, Any], event: Event, day: date) -> None:
    """Posts the opposite of what is left of an entry, if anything is."""
    live = account.live_points(entry)
    if live != 0:
        account.post_against(kind, entry, event, day, nominal=-live, granted=-live)


def decide(account: Any, event: Event, outcome: str) -> str | None:
    """An authority's outcome, or why it has no effect."""
    challenge = open_challenge(account, event.target)
    if challenge is None:
        return "no open objection"
    end(account, challenge, outcome, event, event.posted_on)
    challenge.decided_event = event.event_id
    return None


def expire(account: Any, day: date) -> None:
    """Objections that nobody decided in time, in the order in which they were filed."""
    law = account.scheme.objection
    if law is None or law.decide_within is None:
        return
    for challenge in account.challenges:
        if challenge.outcome is None and later(law.decide_within, challenge.filing.posted_on) == day:
            challenge.is_expired = True
            end(account, challenge, str(law.undecided), challenge.filing, day)


def end(account: Any, challenge: Challenge, outcome: str, event: Event, day: date) -> None:
    acts = [e for e in account.entries if e["kind"] == "event" and e["event_id"] == challenge.target]
    memberships = opened_by(account, challenge.target)
    if outcome == "upheld":
        if not account.scheme.objection.suspends:
            for entry in acts:
                take_back(account, "upheld", entry, event, day)
        for membership in memberships:
            membership.is_suspended = False
            if membership.closed_on is None:
                membership.close(day, "upheld", event.event_id)
    else:
        for entry in acts:
            give_again(account, entry, event, day)
        for membership in memberships:
            if membership.is_suspended:
                reopen(account, membership, event, day)
    challenge.outcome, challenge.decided_on = outcome, day


def give_again(account: Any, entry: dict[str, Any], event: Event, day: date) -> None:
    """Undoes the `objection` entry that stands against an entry, unless that is over by now."""
    taken = [e for e in account.entries if e["kind"] == "objection" and e["acts_on"] == entry["seq"]]
    if taken and not account.is_over(entry):
        points = -taken[0]["effective"]
        account.post_against("rejected", entry, event, day, nominal=points, granted=points)


def reopen(account: Any, suspended: Membership, event: Event, day: date) -> None:
    assert current(account, suspended.listing.id) is None, "a new membership ends the suspended one"
    suspended.is_suspended = False
    again = Membership(
        suspended.listing, day, "rejected", event.event_id, suspended.term_ends_on, began_on=suspended.began_on
    )
    account.memberships.append(again)


def row_of(account: Any, challenge: Challenge) -> dict[str, Any]:
    outcome = challenge.outcome or "open"
    return {
        "subject_id": account.subject_id,
        "target": challenge.target,
        "filed_on": challenge.filing.posted_on,
        "filed_event": challenge.filing.event_id,
        "outcome": f"expired {outcome}" if challenge.is_expired else outcome,
        "decided_on": challenge.decided_on,
        "decided_event": challenge.decided_event,
    }
