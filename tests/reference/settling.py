"""One subject's life under a scheme, one day after the other, in the order of a day that docs/settling.md gives."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from reference import index, links, lists, measures, objection, repair
from reference.account import Account
from reference.ledger_rules import Event, id_order
from reference.listening import (
    FILED,
    REJECTED,
    UPHELD,
    clauses_that_act,
    conditions_on_state,
    is_listening,
    is_scheme_in_force,
    is_under_age,
)
from reference.months import LAST_DAY, is_publication_day, last_publication_day, later
from reference.points import has_points_in_force
from scslab.scheme.model import Scheme, ScoreKind

OUTCOMES = {UPHELD: "upheld", REJECTED: "rejected"}


def settle_subject(
    scheme: Scheme,
    subject_id: str,
    events: list[Event],
    person: Mapping[str, Any],
    as_of: date,
    others: Any = None,
    *,
    is_every_day: bool = False,
) -> Account:
    """Does everything that happens to a subject up to and including `as_of`.

    A scheme without lists, requirements and an index changes only on days that can be told beforehand; it is asked on
    those alone, unless `is_every_day`: ledgers may span three hundred years.
    """
    events = sorted(events, key=lambda event: (event.posted_on, id_order(event.event_id)))
    account = Account(scheme, subject_id, events, person, as_of, others)
    if account.begins_on is None:
        live_without_events(account)
    else:
        is_every_day |= bool(scheme.lists or scheme.score.kind == ScoreKind.INDEX or any(conditions_on_days(scheme)))
        account.due |= days_known_beforehand(account)
        day = account.begins_on
        while day <= as_of:
            if is_every_day or day in account.due:
                live(account, day)
            if day == LAST_DAY:
                break
            day += timedelta(1)
    return account


def conditions_on_days(scheme: Scheme) -> list[Any]:
    """State conditions that may change on a day on which nothing else does."""
    return [c for c in conditions_on_state(scheme) if c.count or c.lists or c.not_lists]


def days_known_beforehand(account: Account) -> set[date]:
    """Events, restarts, expiries, publications, and the days on which a number or a measure comes into force."""
    scheme = account.scheme
    days = {event.posted_on for event in account.events} | {account.as_of, account.begins_on or account.as_of}
    taken_over_on = account.others.taken_over_on(scheme, account.subject_id)
    days |= {taken_over_on} if taken_over_on else set()
    if scheme.objection is not None and scheme.objection.decide_within is not None:
        days |= {later(scheme.objection.decide_within, event.posted_on) for event in account.events}
    days |= {since for tier in scheme.tiers if tier.lower is not None for since, _ in tier.lower.steps}
    for measure in scheme.measures:
        days |= {measure.since} if measure.since else set()
        days |= {measure.until + timedelta(1)} if measure.until and measure.until < LAST_DAY else set()
    if scheme.in_force.since is not None:
        days.add(scheme.in_force.since)
    if scheme.score.is_yearly_restart:
        days |= {date(year, 1, 1) for year in range(1900, account.as_of.year + 1)}
    if scheme.measures and scheme.score.published is not None:
        months = [(year, month) for year in range(1900, account.as_of.year + 1) for month in range(1, 13)]
        ends = {date(year, month, 1) - timedelta(1) for year, month in months[1:]} | {date(account.as_of.year, 12, 31)}
        days |= {day for day in ends if is_publication_day(day, scheme.score.published)}
    return days


# The order of a day ---------------------------------------------------------------------------------------------


def live(account: Account, day: date) -> None:
    scheme = account.scheme
    events = [event for event in account.events if event.posted_on == day]
    account.wake(day)
    if day == account.begins_on and account.published is None and scheme.score.kind == ScoreKind.POINTS:
        account.published = published_before(account, day)
    if scheme.score.is_yearly_restart and (day.month, day.day) == (1, 1) and account.entries:
        account.restart(day)
    account.lapse(day)
    lists.end_terms(account, day)

    early, late = split_outcomes(account, events)
    for event in early:
        note(account, event, objection.decide(account, event, OUTCOMES[event.type]))
    objection.expire(account, day)

    ordinary = [event for event in events if event.type not in (FILED, UPHELD, REJECTED)]
    repairs = {e.event_id: [repair.attempt(account, each, e) for each in scheme.repairs] for e in ordinary}
    for event in ordinary:
        note(account, event, hear(account, event, repairs[event.event_id]))

    for event in events:
        if event.type == FILED:
            note(account, event, objection.file(account, event))
    for event in late:
        note(account, event, objection.decide(account, event, OUTCOMES[event.type]))

    end_of_day(account, day)


def split_outcomes(account: Account, events: list[Event]) -> tuple[list[Event], list[Event]]:
    """Outcomes of objections filed on earlier days (all that have been filed by now), and the others."""
    outcomes = [event for event in events if event.type in OUTCOMES]
    filed = {challenge.target for challenge in account.challenges}
    early = [event for event in outcomes if event.target in filed]
    return early, [event for event in outcomes if event not in early]


def end_of_day(account: Account, day: date) -> None:
    scheme = account.scheme
    if scheme.score.kind == ScoreKind.INDEX and index.is_publication_day(account, day):
        index.publish(account, day)
    account.day_score, account.day_tier = account.score, account.tier(day)
    for listing in scheme.lists:
        lists.look_at_state(account, listing, day)
    if scheme.score.kind == ScoreKind.INDEX:
        account.published = (account.score, account.tier(day))
    elif publication_day(scheme, day) == day:
        account.published = (account.day_score, account.day_tier)
    links.look_at(account, day)
    measures.look_at(account, day)


# Ordinary events ------------------------------------------------------------------------------------------------


def hear(account: Account, event: Event, repairs: list[str]) -> str | None:
    """Lets every rule, then every list, look at an event; why it is unposted, if it is."""
    scheme, day = account.scheme, event.posted_on
    can_post = is_scheme_in_force(scheme, day) and not is_under_age(scheme, account.person, day)
    rules = [rule for rule in scheme.rules if is_listening(rule.on, event.type)]
    rules_with_points = [rule for rule in rules if has_points_in_force(rule, day)]
    outcomes = [account.apply(rule, event) for rule in rules_with_points] if can_post else []
    outcomes += index.hear(account, event) if can_post else []
    changes = [lists.hear(account, listing, event) for listing in scheme.lists]
    if {"posted", "taken"} & {*outcomes} or "done" in repairs or any(changes):
        return None
    if not is_scheme_in_force(scheme, day):
        return "not in force"
    if not can_post:
        return "under age"
    is_heard = any(is_listening(on, event.type) for on in clauses_that_act(scheme))
    if not rules and not is_heard:
        counts = [condition.count.on for condition in conditions_on_state(scheme) if condition.count]
        return "only counted" if any(is_listening(on, event.type) for on in counts) else "no rule for this type"
    if not rules_with_points and not is_heard:
        return "no points in force"
    if "nothing" in repairs:
        return "nothing to repair"
    return "undecided" if "undecided" in outcomes else "no condition held"


def note(account: Account, event: Event, reason: str | None) -> None:
    if reason is not None:
        unposted = {"subject_id": account.subject_id, "event_id": event.event_id, "type": event.type}
        account.unposted.append(unposted | {"posted_on": event.posted_on, "reason": reason})


# Subjects without events ----------------------------------------------------------------------------------------


def live_without_events(account: Account) -> None:
    """The measures of the start score (of an index: of the one publication), from the last publication day on."""
    scheme = account.scheme
    if scheme.score.kind == ScoreKind.INDEX:
        day = index.last_publication(account)
        if day is not None:
            index.publish(account, day)
            account.published = (account.score, account.tier(day))
    else:
        day = publication_day(scheme, account.as_of)
        if day is not None:
            account.published = published_start(account, day)
    account.day_score, account.day_tier = account.score, account.tier(account.as_of)
    while day is not None and day <= account.as_of:
        measures.look_at(account, day)
        if day == LAST_DAY:
            break
        day += timedelta(1)


def published_before(account: Account, day: date) -> tuple[Any, str | None] | None:
    """What the last publication day before the account begins told of its subject: the start, if anything."""
    if account.scheme.score.published is None:
        return None
    told_on = publication_day(account.scheme, day)
    return None if told_on is None or told_on >= day else published_start(account, told_on)


def published_start(account: Account, day: date) -> tuple[Any, str | None]:
    """Score and tier of somebody of whom nothing is known on the publication day."""
    then = Account(account.scheme, account.subject_id, [], account.person, day, account.others)
    return then.score, then.tier(day)


def publication_day(scheme: Scheme, as_of: date) -> date | None:
    """The last publication date on or before `as_of`, or None where nothing has been published yet."""
    day = last_publication_day(as_of, scheme.score.published)
    if scheme.in_force.since is not None and day < scheme.in_force.since:
        return None
    return day
