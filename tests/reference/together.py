"""Several schemes together: each is settled after those that it reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from reference.interpreter import NOBODY, Person, interpret, published_standing
from reference.links import Link, derive_events
from reference.listening import conditions_on_state
from reference.lists import is_covered
from reference.settling import settle_subject
from reference.succession import carried
from scslab.scheme.model import InForce, Scheme, ScoreKind

ONE_DAY = timedelta(1)


def interpret_together(
    schemes: Sequence[Scheme],
    rows: Sequence[Mapping[str, Any]],
    *,
    as_of: date,
    known_at: date | None = None,
    subjects: Mapping[str, Person] | None = None,
    links: Sequence[Link] = (),
) -> dict[str, dict[str, Any]]:
    """Settles the schemes, which must stand in an order in which each comes after those that it reads.

    Returns:
        For each scheme what `interpret` returns.
    """
    vocabulary = {name: kind for scheme in reversed(schemes) for name, kind in scheme.events.items()}
    others = Others(dict(subjects or {}))
    for scheme in schemes:
        others.introduce(scheme)
        law, until = others.schemes[scheme.id], as_of
        for successor in schemes:
            if successor.succession is not None and successor.succession.scheme == scheme.id:
                until = min(until, successor.succession.on - ONE_DAY)
        others.ends[scheme.id] = until
        query: dict[str, Any] = {"as_of": until, "known_at": known_at, "subjects": subjects}
        query |= {"others": others, "vocabulary": vocabulary}
        result = interpret(law, rows, **query)
        if law.spread:
            result = interpret(law, rows, derived=derive_events(law, result["begun"], links), **query)
        others.results[scheme.id] = result
    return others.results


class Others:
    """What has been settled so far, as a scheme that comes after may read it."""

    def __init__(self, people: dict[str, Person]) -> None:
        self.people = people
        self.schemes: dict[str, Scheme] = {}
        self.ends: dict[str, date] = {}
        self.results: dict[str, dict[str, Any]] = {}
        self.published: dict[tuple[str, str, date], dict[str, Any] | None] = {}

    def introduce(self, scheme: Scheme) -> None:
        """A scheme that succeeds another one is in force from that day on at the earliest."""
        if scheme.succession is not None:
            since = max(scheme.in_force.since or scheme.succession.on, scheme.succession.on)
            scheme = replace(scheme, in_force=InForce(since, scheme.in_force.until))
        self.schemes[scheme.id] = scheme

    # Lists ----------------------------------------------------------------------------------------------------

    def memberships(self, scheme_id: str, list_id: str, subject_id: str | None = None) -> list[dict[str, Any]]:
        return [
            row
            for row in self.results[scheme_id]["memberships"]
            if row["list"] == list_id and subject_id in (None, row["subject_id"])
        ]

    def opened_days(self, scheme_id: str, list_id: str, subject_id: str) -> list[date]:
        return [row["opened_on"] for row in self.memberships(scheme_id, list_id, subject_id)]

    def is_on_list(self, scheme_id: str, list_id: str, subject_id: str, day: date, delay: Any) -> bool:
        rows = self.memberships(scheme_id, list_id, subject_id)
        return any(is_covered(row["opened_on"], row["closed_on"], day, delay) for row in rows)

    def subjects_taken_up(self, scheme: Scheme, as_of: date) -> set[str]:
        """Subjects that have an account although nothing was heard of them."""
        found: set[str] = set()
        for condition in conditions_on_state(scheme):
            for ref in (*condition.lists, *condition.not_lists):
                if ref.scheme:
                    rows = self.memberships(ref.scheme, ref.list)
                    found |= {row["subject_id"] for row in rows if row["opened_on"] <= as_of}
        if scheme.succession is not None and scheme.succession.on <= as_of:
            found |= set(self.results[scheme.succession.scheme]["standings"])
        return found

    # Scores ---------------------------------------------------------------------------------------------------

    def published_score(self, scheme_id: str, subject_id: str, day: date) -> Decimal | None:
        standing = self.published_standing(scheme_id, subject_id, day)
        return None if standing is None else standing["published_score"]

    def published_standing(self, scheme_id: str, subject_id: str, day: date) -> dict[str, Any] | None:
        """What anybody would have computed as of that day; None where there is no standing."""
        scheme, person = self.schemes[scheme_id], self.people.get(subject_id, NOBODY)
        if scheme.score.kind == ScoreKind.INDEX:
            return self.last_publication(scheme, subject_id, day)
        day = min(day, self.ends[scheme_id])
        key = (scheme_id, subject_id, day)
        if key not in self.published:
            events = [e for e in self.results[scheme_id]["events"] if e.subject_id == subject_id and e.posted_on <= day]
            query = {"others": self, "is_every_day": False}
            account = settle_subject(scheme, subject_id, events, person, day, **query)
            begins_on = account.begins_on
            is_known = subject_id in self.people or (begins_on is not None and begins_on <= day)
            self.published[key] = published_standing(account, query) if is_known else None
        return self.published[key]

    def last_publication(self, scheme: Scheme, subject_id: str, day: date) -> dict[str, Any] | None:
        """Of an index: its publications as they were made; the only one of who has no events counts at once."""
        result = self.results[scheme.id]
        rows = [row for row in result["publications"] if row["subject_id"] == subject_id]
        days = {event.posted_on for event in result["events"] if event.subject_id == subject_id}
        if days:
            # The publication on the day of the question is not one that anybody else could have waited for.
            is_daily = scheme.score.published is None
            rows = [r for r in rows if r["published_on"] <= day and (not is_daily or r["published_on"] in days)]
        elif scheme.in_force.since is not None and day < scheme.in_force.since:
            return None
        return {"published_score": rows[-1]["score"], "published_tier": rows[-1]["tier"]} if rows else None

    def read(self, owner: str, name: str, subject_id: str, day: date) -> Any:
        """`on_list('list@scheme')`, `score_of('scheme')`, `tier_of('scheme')`: at the end of the day before."""
        assert owner == "scheme", owner
        function, _, argument = name.partition("('")
        argument, yesterday = argument.removesuffix("')"), day - ONE_DAY
        if function == "on_list":
            list_id, _, scheme_id = argument.partition("@")
            return self.is_on_list(scheme_id, list_id, subject_id, yesterday, None)
        standing = self.published_standing(argument, subject_id, yesterday)
        value = (
            None if standing is None else standing["published_score" if function == "score_of" else "published_tier"]
        )
        return float(value) if isinstance(value, Decimal) else value

    # Succession -----------------------------------------------------------------------------------------------

    def taken_over_on(self, scheme: Scheme, subject_id: str) -> date | None:
        """From when on a subject of the earlier scheme has an account under this one."""
        law = scheme.succession
        return law.on if law is not None and subject_id in self.results[law.scheme]["standings"] else None

    def carried_start(self, scheme: Scheme, subject_id: str, day: date) -> Decimal | None:
        since, law = self.taken_over_on(scheme, subject_id), scheme.succession
        if since is None or law is None or day < since:
            return None
        if scheme.score.is_yearly_restart and day.year > since.year:
            return None
        return carried(scheme, law, self.results[law.scheme]["standings"][subject_id])
