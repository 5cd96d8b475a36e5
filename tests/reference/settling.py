"""One subject's account, one thing after the other: which rules act, lapses, restarts, limits and tiers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from reference.conditions import Read, evaluate
from reference.ledger_rules import Event, id_order
from reference.months import LAST_DAY, completed_years, later
from reference.points import (
    bound,
    count_repeats,
    granted_points,
    has_points_in_force,
    nominal_points,
    start_of,
)
from scslab.scheme.model import Rule, Scheme

RESTART, LAPSE, EVENT = 0, 1, 2
"""The order of what happens on one day."""

LARGEST_POINTS = 10.0**12


@dataclass(frozen=True)
class Task:
    """Something that is to happen on `day`; on one day tasks go by `turn`, then by `place`."""

    day: date
    turn: int
    place: Any
    what: Any = None


@dataclass(frozen=True)
class Limit:
    """A tier held down from `since` until `ends_on`, exclusive; one without end is given the last day there is."""

    tier: str
    since: date
    ends_on: date
    is_endless: bool


def settle_subject(
    scheme: Scheme, subject_id: str, events: list[Event], person: Mapping[str, Any], as_of: date
) -> Account:
    """Does everything that happens to a subject up to and including `as_of`."""
    account = Account(scheme, subject_id, person, as_of)
    account.tasks = [Task(event.posted_on, EVENT, id_order(event.event_id), event) for event in events]
    while account.tasks:
        account.tasks.sort(key=lambda task: (task.day, task.turn, task.place))
        task = account.tasks.pop(0)
        if task.day > as_of:
            break
        if task.turn == RESTART:
            account.restart(task.day)
        elif task.turn == LAPSE:
            account.lapse(task.day, task.what)
        else:
            account.hear(task.what)
    return account


class Account:
    """The running account of one subject."""

    def __init__(self, scheme: Scheme, subject_id: str, person: Mapping[str, Any], as_of: date) -> None:
        self.scheme = scheme
        self.subject_id = subject_id
        self.person = person
        self.as_of = as_of
        self.tasks: list[Task] = []
        self.entries: list[dict[str, Any]] = []
        self.limits: list[Limit] = []
        self.unposted: list[dict[str, Any]] = []
        self.undecided: Counter[str] = Counter()
        # Under yearly restarts the first entry, if there will be one, takes the start of its own year.
        self.start = start_of(scheme, as_of)

    @property
    def score(self) -> Decimal:
        return self.entries[-1]["score_after"] if self.entries else self.start

    # Which rules act ------------------------------------------------------------------------------------------

    def hear(self, event: Event) -> None:
        """Lets every rule in file order look at an event, and notes why where none posts anything."""
        reason = self.reason_not_posted(event)
        if reason is not None:
            unposted = {"subject_id": self.subject_id, "event_id": event.event_id, "type": event.type}
            self.unposted.append(unposted | {"posted_on": event.posted_on, "reason": reason})

    def reason_not_posted(self, event: Event) -> str | None:
        day = event.posted_on
        in_force, from_age = self.scheme.in_force, self.scheme.subjects.from_age_years
        if (in_force.since and day < in_force.since) or (in_force.until and day > in_force.until):
            return "not in force"
        age = self.age_on(day)
        if from_age is not None and age is not None and age < from_age:
            return "under age"
        rules = [rule for rule in self.scheme.rules if is_listening(rule, event.type)]
        if not rules:
            return "no rule for this type"
        rules = [rule for rule in rules if has_points_in_force(rule, day)]
        if not rules:
            return "no points in force"
        outcomes = [self.apply(rule, event) for rule in rules]
        if "posted" in outcomes:
            return None
        return "undecided" if "undecided" in outcomes else "no condition held"

    def apply(self, rule: Rule, event: Event) -> str:
        """Posts an entry if the condition is true and the points can be told."""
        verdict = True if rule.when is None else evaluate(rule.when.root, self.reader(event))
        if verdict is False:
            return "not true"
        formula_points = None
        if verdict is True and rule.formula is not None:
            formula_points = evaluate(rule.formula.root, self.reader(event))
            if formula_points is not None and not abs(formula_points) <= LARGEST_POINTS:
                formula_points = None  # too large, infinite, or not a number
        if verdict is None or (rule.formula is not None and formula_points is None):
            self.undecided[rule.id] += 1
            return "undecided"
        self.post(rule, event, formula_points)
        return "posted"

    def age_on(self, day: date) -> int | None:
        born_on = self.person["born_on"]
        return None if born_on is None else completed_years(born_on, day)

    def reader(self, event: Event) -> Read:
        """How a condition reads an attribute of this event or of its subject."""

        def read(owner: str, name: str) -> Any:
            if owner == "subject":
                return self.age_on(event.posted_on) if name == "age" else self.person["attributes"].get(name)
            if name == "occurred_on":
                return event.occurred_on
            if name == "recorded_on":
                return event.recorded_on
            return event.attributes.get(name) if name in self.scheme.events[event.type].attributes else None

        return read

    # Entries --------------------------------------------------------------------------------------------------

    def post(self, rule: Rule, event: Event, formula_points: float | None) -> None:
        day = event.posted_on
        if not self.entries and self.scheme.score.is_yearly_restart:
            self.start = start_of(self.scheme, day)
            self.plan_restart(day.year + 1)
        factor, occurrence = Decimal(1), None
        if rule.repeat is not None:
            count = count_repeats(self.entries, rule, day)
            factor = rule.repeat.times[min(count, len(rule.repeat.times) - 1)]
            occurrence = count + 1
        nominal = nominal_points(self.scheme, rule, day, factor, formula_points)
        granted, capped_by = granted_points(self.scheme, rule, day, nominal, self.entries)
        entry = self.append(day, "event", nominal, granted, bound(self.scheme, self.score + granted, day))
        entry |= {"event_id": event.event_id, "type": event.type, "rule": rule.id, "source": event.source}
        entry |= {"occurrence": occurrence, "capped_by": capped_by}
        self.plan_lapse(rule, entry)
        if rule.limit_tier is not None:
            period = rule.limit_tier.period
            ends_on = LAST_DAY if period is None else later(period, day)
            self.limits.append(Limit(rule.limit_tier.to, day, ends_on, is_endless=period is None))

    def plan_lapse(self, rule: Rule, entry: dict[str, Any]) -> None:
        if rule.valid is None or entry["effective"] == 0:
            return
        lapses_on = later(rule.valid, entry["posted_on"])
        # A restart comes first on its 1 January and drops the lapses of the years before: they never happen.
        if self.scheme.score.is_yearly_restart and lapses_on.year > entry["posted_on"].year:
            return
        entry["lapses_on"] = lapses_on
        self.tasks.append(Task(lapses_on, LAPSE, entry["seq"], entry))

    def lapse(self, day: date, lapsing: dict[str, Any]) -> None:
        points = -lapsing["effective"]
        entry = self.append(day, "lapse", points, points, bound(self.scheme, self.score + points, day))
        entry |= {name: lapsing[name] for name in ("event_id", "type", "rule", "source")}

    def plan_restart(self, year: int) -> None:
        self.tasks.append(Task(date(year, 1, 1), RESTART, 0))

    def restart(self, day: date) -> None:
        start = start_of(self.scheme, day)
        points = start - self.score
        self.append(day, "restart", points, points, start)
        self.plan_restart(day.year + 1)

    def append(self, day: date, kind: str, nominal: Decimal, granted: Decimal, score_after: Decimal) -> dict[str, Any]:
        entry: dict[str, Any] = {"subject_id": self.subject_id, "seq": len(self.entries) + 1}
        entry |= {"posted_on": day, "kind": kind, "nominal": nominal, "granted": granted}
        entry |= {"score_before": self.score, "score_after": score_after, "effective": score_after - self.score}
        entry |= dict.fromkeys(("event_id", "type", "rule", "lapses_on", "occurrence", "capped_by", "source"))
        self.entries.append(entry)
        return entry

    # Tiers and limits -----------------------------------------------------------------------------------------

    def live_limits(self) -> list[Limit]:
        return [limit for limit in self.limits if limit.is_endless or self.as_of < limit.ends_on]

    def tier_by_score(self) -> str | None:
        """The highest tier (the last in the file's order, which ascends) that the score reaches."""
        reached = None
        for tier in self.scheme.tiers:
            lower = tier.lower.on(self.as_of)
            if lower is not None and lower <= self.score:
                reached = tier.id
        return reached

    def tier(self) -> str | None:
        """The tier by score, held down to the lowest tier that a live limit names."""
        by_score = self.tier_by_score()
        if by_score is None:
            return None
        names = [tier.id for tier in self.scheme.tiers]
        return min([by_score, *(limit.tier for limit in self.live_limits())], key=names.index)


def is_listening(rule: Rule, event_type: str) -> bool:
    return event_type.startswith(rule.on[:-1]) if rule.on.endswith(".*") else event_type == rule.on
