"""The reference interpreter: docs/settling.md in plain, slow Python, to be compared with the fast engine.

It shares with the engine the model of a scheme and nothing else. Nothing is kept that can be looked up again by
scanning: caps, repeats, live points and counts read everything of the subject each time, and what was published is
settled anew.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from reference import grades, lists, objection
from reference.account import Account
from reference.ledger_rules import Event, read_events
from reference.settling import publication_day, published_start, settle_subject
from scslab.scheme.model import Scheme, ScoreKind

Person = Mapping[str, Any]
"""`{"born_on": date | None, "attributes": {name: value}}`."""

NOBODY: Person = {"born_on": None, "attributes": {}}


def interpret(
    scheme: Scheme,
    rows: Sequence[Mapping[str, Any]],
    *,
    as_of: date,
    known_at: date | None = None,
    subjects: Mapping[str, Person] | None = None,
    others: Any = None,
    derived: Sequence[Event] = (),
    vocabulary: Mapping[str, Any] | None = None,
    is_every_day: bool = False,
) -> dict[str, Any]:
    """Settles a ledger.

    Args:
        scheme: the model of a scheme file.
        rows: see `reference.ledger_rules`.
        as_of: the day on which the standings are asked for, at its end.
        known_at: use only what was recorded by then; None: everything.
        subjects: birth dates and attributes by subject; every subject named here has a standing.
        others: what other schemes say; see `reference.together`.
        derived: further events, that came along links; see `reference.links`.
        vocabulary: event types of other schemes that rows may have; they are read, and not settled.
        is_every_day: ask every day, also where nothing is due.

    Returns:
        `standings` {subject: columns}, `entries`, `unposted`, `memberships`, `measures`, `objections`,
        `publications`, `contributions` [columns], `set_aside` {(row, code)}, `undecided` {rule: events}; the columns
        are those of `scslab.engine.settlement`. Also `events`, all that were settled, and `begun`, what
        `reference.links` spreads: (subject, spread, day).
    """
    people = dict(subjects or {})
    reading = replace(scheme, events={**(vocabulary or {}), **scheme.events})
    events, set_aside = read_events(reading, rows, as_of=as_of, known_at=known_at)
    events = [event for event in events if event.type in scheme.events] + list(derived)
    tables = ("entries", "unposted", "memberships", "measures", "objections", "publications", "contributions")
    result: dict[str, Any] = {"standings": {}, "set_aside": set_aside} | {name: [] for name in tables}
    result |= {"events": events, "begun": []}
    undecided: Counter[str] = Counter()
    named = {event.subject_id for event in events} | set(people)
    for subject_id in sorted(named | (set() if others is None else others.subjects_taken_up(scheme, as_of))):
        person = people.get(subject_id, NOBODY)
        own_events = [event for event in events if event.subject_id == subject_id]
        query = {"others": others, "is_every_day": is_every_day}
        account = settle_subject(scheme, subject_id, own_events, person, as_of, **query)
        result["standings"][subject_id] = standing_of(account) | published_standing(account, query)
        result["entries"] += account.entries
        result["unposted"] += account.unposted
        result["memberships"] += [lists.row_of(account, membership) for membership in account.memberships]
        result["measures"] += [*account.past_measures, *account.measures.values()]
        result["objections"] += [objection.row_of(account, challenge) for challenge in account.challenges]
        result["publications"] += account.publications
        result["contributions"] += account.contributions
        result["begun"] += [(subject_id, spread, day) for spread, day in account.begun]
        undecided.update(account.undecided)
    result["undecided"] = dict(undecided)
    return result


def standing_of(account: Account) -> dict[str, Any]:
    as_of, is_index = account.as_of, account.scheme.score.kind == ScoreKind.INDEX
    limits = grades.live(account, account.limits, as_of)
    tier = account.tier(as_of)
    return {
        "score": account.score,
        "tier": tier,
        "tier_by_score": tier if is_index else grades.tier_by_score(account, as_of, account.score),
        "held_until": max((limit.ends_on for limit in limits), default=None),
        "start": None if is_index else account.start,
        "events": len(account.events),
        "entries": len(account.entries),
        "last_posted_on": account.entries[-1]["posted_on"] if account.entries else None,
    }


def published_standing(account: Account, query: dict[str, Any]) -> dict[str, Any]:
    """What was published is what anybody would have computed on that day."""
    scheme = account.scheme
    if scheme.score.kind == ScoreKind.INDEX:
        last = account.publications[-1] if account.publications else dict.fromkeys(("published_on", "score", "tier"))
        names = {"published_on": "published_on", "published_score": "score", "published_tier": "tier"}
        return {column: last[name] for column, name in names.items()}
    published_on = publication_day(scheme, account.as_of)
    if published_on is None:
        return {"published_on": None, "published_score": None, "published_tier": None}
    until_then: list[Event] = [event for event in account.events if event.posted_on <= published_on]
    if published_on == account.as_of:
        score, tier = account.score, account.tier(published_on)
    elif until_then or account.begins_on:
        then = settle_subject(scheme, account.subject_id, until_then, account.person, published_on, **query)
        score, tier = then.score, then.tier(published_on)
    else:
        score, tier = published_start(account, published_on)
    return {"published_on": published_on, "published_score": score, "published_tier": tier}
