"""One subject's account: what has been posted so far, and how an entry, a lapse or a restart is posted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from reference import grades, states
from reference.conditions import evaluate
from reference.grades import Hold, plan_hold
from reference.ledger_rules import Event
from reference.listening import conditions_on_state, reader
from reference.lists import Membership
from reference.months import later
from reference.objection import Challenge
from reference.points import (
    bound,
    count_repeats,
    granted_points,
    nominal_points,
    start_of,
)
from scslab.scheme.model import Rule, Scheme, ScoreKind, StateCondition

LARGEST_POINTS = 10.0**12


class NoOthers:
    """A scheme that settles alone."""

    def carried_start(self, scheme: Scheme, subject_id: str, day: date) -> Decimal | None:
        return None

    def taken_over_on(self, scheme: Scheme, subject_id: str) -> date | None:
        return None

    def opened_days(self, scheme_id: str, list_id: str, subject_id: str) -> list[date]:
        return []

    def is_on_list(self, scheme_id: str, list_id: str, subject_id: str, day: date, delay: Any) -> bool:
        raise AssertionError(f"{scheme_id} has not been settled")

    def published_score(self, scheme_id: str, subject_id: str, day: date) -> Decimal | None:
        return None


class Account:
    """The running account of one subject."""

    def __init__(
        self,
        scheme: Scheme,
        subject_id: str,
        events: list[Event],
        person: Mapping[str, Any],
        as_of: date,
        others: Any = None,
    ) -> None:
        self.scheme = scheme
        self.subject_id = subject_id
        self.person = person
        self.as_of = as_of
        self.others = others or NoOthers()
        self.events = events
        self.entries: list[dict[str, Any]] = []
        self.limits: list[Hold] = []
        self.grades: list[Hold] = []
        self.memberships: list[Membership] = []
        self.challenges: list[Challenge] = []
        self.repairs_done: list[tuple[str, date]] = []
        self.publications: list[dict[str, Any]] = []
        self.contributions: list[dict[str, Any]] = []
        self.measures: dict[str, dict[str, Any]] = {}
        self.past_measures: list[dict[str, Any]] = []
        self.unposted: list[dict[str, Any]] = []
        self.undecided: Counter[str] = Counter()
        self.lapsed: set[int] = set()
        self.taken: dict[Any, bool] = {}
        self.due: set[date] = set()
        """Days on which something is known to happen, for schemes that need not be asked every day."""
        self.start = self.start_on(as_of)
        self.begun: list[tuple[str, date]] = []
        self.spreading: set[str] = set()
        self.published: tuple[Decimal | None, str | None] | None = None
        self.day_score: Decimal | None = self.score
        self.day_tier: str | None = None

    @property
    def begins_on(self) -> date | None:
        """The first event, or the day on which a list of another scheme that this one reads takes the subject up."""
        days = [event.posted_on for event in self.events]
        taken_over_on = self.others.taken_over_on(self.scheme, self.subject_id)
        days += [taken_over_on] if taken_over_on and taken_over_on <= self.as_of else []
        for condition in conditions_on_state(self.scheme):
            for ref in (*condition.lists, *condition.not_lists):
                if ref.scheme:
                    days += self.others.opened_days(ref.scheme, ref.list, self.subject_id)
        return min(days, default=None)

    @property
    def score(self) -> Decimal | None:
        """Of an index: that of the last publication."""
        if self.scheme.score.kind == ScoreKind.INDEX:
            return self.publications[-1]["score"] if self.publications else None
        return self.entries[-1]["score_after"] if self.entries else self.start

    def tier(self, day: date) -> str | None:
        if self.scheme.score.kind == ScoreKind.INDEX:
            return self.publications[-1]["tier"] if self.publications else None
        return grades.tier(self, day, self.score)

    def holds(self, condition: StateCondition, day: date, own_day: date) -> bool:
        return states.holds(self, condition, day, own_day, self.day_score, self.day_tier)

    # Rules ----------------------------------------------------------------------------------------------------

    def apply(self, rule: Rule, event: Event) -> str:
        """Posts an entry if the condition is true and the points can be told."""
        read = reader(self.scheme, self.person, event, self.others)
        verdict = True if rule.when is None else evaluate(rule.when.root, read)
        if verdict is False:
            return "not true"
        formula_points = None
        if verdict is True and rule.formula is not None:
            formula_points = evaluate(rule.formula.root, read)
            if formula_points is not None and not abs(formula_points) <= LARGEST_POINTS:
                formula_points = None  # too large, infinite, or not a number
        if verdict is None or (rule.formula is not None and formula_points is None):
            self.undecided[rule.id] += 1
            return "undecided"
        self.post(rule, event, formula_points)
        return "posted"

    def post(self, rule: Rule, event: Event, formula_points: float | None) -> None:
        day = event.posted_on
        factor, occurrence = Decimal(1), None
        if rule.repeat is not None:
            count = count_repeats(self.entries, rule, day)
            factor = rule.repeat.times[min(count, len(rule.repeat.times) - 1)]
            occurrence = count + 1
        nominal = nominal_points(self.scheme, rule, day, factor, formula_points)
        granted, capped_by = granted_points(self.scheme, rule, day, nominal, self.entries)
        entry = self.append(day, "event", nominal, granted)
        entry |= {"event_id": event.event_id, "type": event.type, "rule": rule.id, "source": event.source}
        entry |= {"occurrence": occurrence, "capped_by": capped_by, "lapses_on": self.lapse_day(rule, entry)}
        for what, holds in ((rule.limit_tier, self.limits), (rule.grade, self.grades)):
            if what is not None:
                holds.append(plan_hold(what, day, event.event_id))
                self.due.add(holds[-1].ends_on)

    def append(self, day: date, kind: str, nominal: Decimal, granted: Decimal) -> dict[str, Any]:
        before = self.score
        assert before is not None, "an index posts nothing"
        after = before + granted if kind == "restart" else bound(self.scheme, before + granted, day)
        entry: dict[str, Any] = {"subject_id": self.subject_id, "seq": len(self.entries) + 1}
        entry |= {"posted_on": day, "kind": kind, "nominal": nominal, "granted": granted}
        entry |= {"score_before": before, "score_after": after, "effective": after - before}
        blank = ("event_id", "type", "rule", "lapses_on", "occurrence", "capped_by", "source")
        entry |= dict.fromkeys((*blank, "target", "repair", "acts_on"))
        self.entries.append(entry)
        return entry

    def post_against(
        self, kind: str, entry: dict[str, Any], event: Event, day: date, *, nominal: Decimal, granted: Decimal
    ) -> dict[str, Any]:
        """An entry that an objection or a repair posts about another entry."""
        posted = self.append(day, kind, nominal, granted)
        posted |= {"event_id": event.event_id, "type": event.type, "source": event.source, "acts_on": entry["seq"]}
        posted |= {"rule": entry["rule"], "target": entry["event_id"]}
        return posted

    # Live points ----------------------------------------------------------------------------------------------

    def live_points(self, entry: dict[str, Any]) -> Decimal:
        """What an entry still contributes: nothing where it is over, dead, or taken back for the time being."""
        if self.is_over(entry) or self.is_dead(entry) or self.is_taken_back(entry):
            return Decimal(0)
        repairs = [e["effective"] for e in self.entries if e["kind"] == "repair" and e["acts_on"] == entry["seq"]]
        return entry["effective"] + sum(repairs, Decimal(0))

    def is_over(self, entry: dict[str, Any]) -> bool:
        """Lapsed, or from before the last restart."""
        return entry["seq"] in self.lapsed or any(
            other["kind"] == "restart" and other["seq"] > entry["seq"] for other in self.entries
        )

    def is_dead(self, entry: dict[str, Any]) -> bool:
        return any(c.target == entry["event_id"] and c.outcome == "upheld" for c in self.challenges)

    def is_taken_back(self, entry: dict[str, Any]) -> bool:
        is_open = any(c.target == entry["event_id"] and c.outcome is None for c in self.challenges)
        return is_open and any(e["kind"] == "objection" and e["acts_on"] == entry["seq"] for e in self.entries)

    def is_relieved(self, event_id: str) -> bool:
        """Whether the limits and grades of an event do not hold because of an objection."""
        for challenge in self.challenges:
            if challenge.target == event_id:
                suspends = self.scheme.objection is not None and self.scheme.objection.suspends
                return challenge.outcome == "upheld" or (challenge.outcome is None and suspends)
        return False

    def wake(self, day: date) -> None:
        """The morning of a day: without an entry the score is the start, which under yearly restarts is the year's."""
        if not self.entries:
            self.start = self.start_on(day)

    def start_on(self, day: date) -> Decimal:
        """The scheme's own start, or what was carried over from the scheme before."""
        carried = self.others.carried_start(self.scheme, self.subject_id, day)
        return start_of(self.scheme, day) if carried is None else carried

    # Lapses and restarts --------------------------------------------------------------------------------------

    def lapse_day(self, rule: Rule, entry: dict[str, Any]) -> date | None:
        if rule.valid is None or entry["effective"] == 0:
            return None
        lapses_on = later(rule.valid, entry["posted_on"])
        # A restart comes first on its 1 January and drops the lapses of the years before: they never happen.
        if self.scheme.score.is_yearly_restart and lapses_on.year > entry["posted_on"].year:
            return None
        self.due.add(lapses_on)
        return lapses_on

    def lapse(self, day: date) -> None:
        """Everything that is due on the day, in the order in which it was posted."""
        for entry in [entry for entry in self.entries if entry["lapses_on"] == day and not self.is_dead(entry)]:
            if not self.is_taken_back(entry):
                points = -self.live_points(entry)
                lapse = self.append(day, "lapse", points, points)
                lapse |= {name: entry[name] for name in ("event_id", "type", "rule", "source")}
                lapse["acts_on"] = entry["seq"]
            self.lapsed.add(entry["seq"])

    def restart(self, day: date) -> None:
        start = start_of(self.scheme, day)
        points = start - self.entries[-1]["score_after"]
        self.append(day, "restart", points, points)
