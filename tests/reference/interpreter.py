"""The reference interpreter: docs/settling.md in plain, slow Python, to be compared with the fast engine.

It shares with the engine the model of a scheme and nothing else. Nothing is kept that can be looked up again by
scanning: caps, repeats and limits read all entries of the subject each time, and what was published is settled anew.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from reference.ledger_rules import Event, read_events
from reference.months import last_publication_day
from reference.settling import Account, settle_subject
from scslab.scheme.model import Measure, Scheme

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
) -> dict[str, Any]:
    """Settles a ledger.

    Args:
        scheme: the model of a scheme file.
        rows: see `reference.ledger_rules`.
        as_of: the day on which the standings are asked for, at its end.
        known_at: use only what was recorded by then; None: everything.
        subjects: birth dates and attributes by subject; every subject named here has a standing.

    Returns:
        `standings` {subject: columns}, `entries` [columns], `unposted` [columns], `measures` {(subject, measure)},
        `set_aside` {(row, code)}, `undecided` {rule: events}; the columns are those of `scslab.engine.settlement`.
    """
    people = dict(subjects or {})
    events, set_aside = read_events(scheme, rows, as_of=as_of, known_at=known_at)
    published_on = publication_day(scheme, as_of)
    result: dict[str, Any] = {"standings": {}, "entries": [], "unposted": [], "measures": set(), "set_aside": set_aside}
    undecided: Counter[str] = Counter()
    for subject_id in sorted({event.subject_id for event in events} | set(people)):
        person = people.get(subject_id, NOBODY)
        own_events = [event for event in events if event.subject_id == subject_id]
        account = settle_subject(scheme, subject_id, own_events, person, as_of)
        standing = standing_of(account, own_events)
        standing |= published_standing(scheme, subject_id, own_events, person, published_on)
        result["standings"][subject_id] = standing
        result["entries"] += account.entries
        result["unposted"] += account.unposted
        result["measures"] |= {
            (subject_id, measure.id) for measure in scheme.measures if is_in_force(measure, standing)
        }
        undecided.update(account.undecided)
    result["undecided"] = dict(undecided)
    return result


def standing_of(account: Account, events: list[Event]) -> dict[str, Any]:
    limits = account.live_limits()
    return {
        "score": account.score,
        "tier": account.tier(),
        "tier_by_score": account.tier_by_score(),
        "held_until": max((limit.ends_on for limit in limits), default=None),
        "start": account.start,
        "events": len(events),
        "entries": len(account.entries),
        "last_posted_on": account.entries[-1]["posted_on"] if account.entries else None,
    }


# Publication ----------------------------------------------------------------------------------------------------


def publication_day(scheme: Scheme, as_of: date) -> date | None:
    """The last publication date on or before `as_of`, or None where nothing has been published yet."""
    day = last_publication_day(as_of, scheme.score.published)
    if scheme.in_force.since is not None and day < scheme.in_force.since:
        return None
    return day


def published_standing(
    scheme: Scheme, subject_id: str, events: list[Event], person: Person, published_on: date | None
) -> dict[str, Any]:
    """What was published is what anybody would have computed on that day."""
    if published_on is None:
        return {"published_on": None, "published_score": None, "published_tier": None}
    until_then = [event for event in events if event.posted_on <= published_on]
    account = settle_subject(scheme, subject_id, until_then, person, published_on)
    return {"published_on": published_on, "published_score": account.score, "published_tier": account.tier()}


def is_in_force(measure: Measure, standing: dict[str, Any]) -> bool:
    """Whether a measure follows from the published score or tier; before any publication none does."""
    score: Decimal | None = standing["published_score"]
    if score is None:
        return False
    if standing["published_tier"] in measure.when.tiers:
        return True
    low, high = measure.when.score_from, measure.when.score_below
    if low is None and high is None:
        return False
    return (low is None or low <= score) and (high is None or score < high)
