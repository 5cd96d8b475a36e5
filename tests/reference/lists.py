"""Lists: ways in and out, terms, extensions, renewals."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from reference.ledger_rules import Event
from reference.listening import is_scheme_in_force, takes
from reference.months import later
from scslab.scheme.model import EventCondition, StateCondition, SubjectList, Term


@dataclass
class Membership:
    """One interval [opened_on, closed_on) on a list.

    `began_on` is when the membership first opened, if an objection interrupted it. `is_suspended`: closed by an
    objection that may still fail, so that it may be opened again.
    """

    listing: SubjectList
    opened_on: date
    opened_by: str
    opened_event: str | None
    term_ends_on: date | None
    began_on: date
    closed_on: date | None = None
    closed_by: str | None = None
    closed_event: str | None = None
    is_suspended: bool = False

    def covers(self, day: date, delay: Any = None) -> bool:
        """Whether the subject is on the list at the end of the day, both ends moved later by `delay`."""
        return is_covered(self.opened_on, self.closed_on, day, delay)

    def close(self, day: date, by: str, event_id: str | None = None) -> None:
        self.closed_on, self.closed_by, self.closed_event = day, by, event_id


def is_covered(opened_on: date, closed_on: date | None, day: date, delay: Any) -> bool:
    if delay is not None:
        opened_on, closed_on = later(delay, opened_on), None if closed_on is None else later(delay, closed_on)
    return opened_on <= day and (closed_on is None or day < closed_on)


def current(account: Any, list_id: str) -> Membership | None:
    """The open membership, if there is one."""
    found = [m for m in account.memberships if m.listing.id == list_id and m.closed_on is None]
    assert len(found) <= 1, "a subject is on a list once"
    return found[0] if found else None


def term_from(listing: SubjectList, day: date) -> date | None:
    """When a term that begins on `day` ends; None without a term."""
    return min((later(way.after, day) for way in listing.leave if isinstance(way, Term)), default=None)


def enter(account: Any, listing: SubjectList, day: date, by: str, event_id: str | None) -> None:
    forget_suspended(account, listing.id)
    account.memberships.append(Membership(listing, day, by, event_id, term_from(listing, day), began_on=day))


def forget_suspended(account: Any, list_id: str) -> None:
    for membership in account.memberships:
        if membership.listing.id == list_id:
            membership.is_suspended = False


# The day --------------------------------------------------------------------------------------------------------


def end_terms(account: Any, day: date) -> None:
    for membership in account.memberships:
        ends_on = membership.term_ends_on
        if ends_on is None or ends_on > day:
            continue
        membership.is_suspended = False
        if membership.closed_on is None:
            membership.close(day, "term")


def hear(account: Any, listing: SubjectList, event: Event) -> bool:
    """Lets one list look at one event; whether that changed a membership."""
    day = event.posted_on
    ways_out = [way for way in listing.leave if isinstance(way, EventCondition)]
    ways_in = [way for way in listing.enter if isinstance(way, EventCondition)]
    is_way_out = any(takes(account, way.on, way.when, event, needs_force=False) for way in ways_out)
    is_way_in = any(takes(account, way.on, way.when, event) for way in ways_in)
    membership = current(account, listing.id)
    if membership is None:
        if is_way_in:
            enter(account, listing, day, "event", event.event_id)
        elif is_way_out:
            forget_suspended(account, listing.id)
        return is_way_in
    if is_way_out:
        membership.close(day, "event", event.event_id)
        return True
    if membership.term_ends_on is None:
        return False
    if is_way_in and listing.renews:
        membership.term_ends_on = term_from(listing, day)
        return True
    before = membership.term_ends_on
    for extension in listing.extend:
        if takes(account, extension.on, extension.when, event):
            ends_on = later(extension.by, membership.term_ends_on)
            if extension.most is not None:
                ends_on = min(ends_on, later(extension.most, membership.began_on))
            membership.term_ends_on = max(membership.term_ends_on, ends_on)
    return membership.term_ends_on > before


def look_at_state(account: Any, listing: SubjectList, day: date) -> None:
    """The end of the day: an open membership may close, a closed one may open."""
    reason_out = first_reason(account, listing.leave, day)
    membership = current(account, listing.id)
    if reason_out is not None:
        forget_suspended(account, listing.id)
        if membership is not None:
            membership.close(day, reason_out)
    elif membership is None and is_scheme_in_force(account.scheme, day):
        reason_in = first_reason(account, listing.enter, day)
        if reason_in is not None:
            enter(account, listing, day, reason_in, None)


def first_reason(account: Any, ways: Any, day: date) -> str | None:
    """The name of the first state condition in file order that holds."""
    for way in ways:
        if isinstance(way, StateCondition) and account.holds(way, day, own_day=day):
            return name_of(way)
    return None


def name_of(way: StateCondition) -> str:
    parts = {"score": way.score, "tier": way.tiers, "count": way.count, "list": way.lists, "not_list": way.not_lists}
    (name,) = [name for name, part in parts.items() if part]
    return name


def row_of(account: Any, membership: Membership) -> dict[str, Any]:
    return {
        "subject_id": account.subject_id,
        "list": membership.listing.id,
        "kind": str(membership.listing.kind),
        "opened_on": membership.opened_on,
        "closed_on": membership.closed_on,
        "opened_by": membership.opened_by,
        "opened_event": membership.opened_event,
        "closed_by": membership.closed_by,
        "closed_event": membership.closed_event,
        "term_ends_on": membership.term_ends_on,
    }
