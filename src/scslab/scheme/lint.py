"""Static checks: weaknesses of a scheme that can be read, told as warnings.

Each check is one function and one line of `CHECKS`. A check only says what can be proved from the file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from scslab.ground.problems import Problem, Severity
from scslab.scheme.lint_index import find_idle_indicators
from scslab.scheme.lint_lessons import find_early_blame, find_uncapped_cycles
from scslab.scheme.lint_lists import (
    find_endless_terms,
    find_idle_objection,
    find_idle_repairs,
    find_lists_without_exit,
    find_memberships_that_come_back,
    find_public_blame,
    find_unreachable_lists,
)
from scslab.scheme.lint_rules import (
    find_caps_below_one_event,
    find_constant_conditions,
    find_discretion,
    find_double_counting,
    find_never_in_force,
    find_unbounded_formulas,
    find_unused_events,
    find_worthless_rules,
)
from scslab.scheme.lint_tiers import (
    Finding,
    find_falls_below_tiers,
    find_idle_limits,
    find_idle_measures,
    find_unreachable_tiers,
)
from scslab.scheme.model import Confidence, Scheme


@dataclass(frozen=True, slots=True)
class Check:
    """A static check: its one-line meaning and the function that finds the places."""

    meaning: str
    find: Callable[[Scheme], Iterator[Finding]]


def find_unverified(scheme: Scheme) -> Iterator[Finding]:
    """How many parts of the scheme rest on nothing that was read or reported."""
    others = [*scheme.lists, *scheme.repairs, *scheme.spread, *scheme.dimensions]
    others += [indicator for dimension in scheme.dimensions for indicator in dimension.indicators]
    items = [*scheme.tiers, *scheme.rules, *scheme.measures, *others]
    noun = "tiers, rules, measures, lists and the like" if others else "tiers, rules and measures"
    found = [scheme.confidence_of(item) for item in items]
    unverified, assumed = found.count(Confidence.UNVERIFIED), found.count(Confidence.ASSUMED)
    told = [f"{count} {word}" for count, word in ((unverified, "unverified"), (assumed, "assumed")) if count]
    if told:
        message = f"of {len(items)} {noun}, {' and '.join(told)}"
        yield message, scheme.place, "name a `source`, and give it `confidence: read` or `reported`"


CHECKS: dict[str, Check] = {
    "S101": Check("a tier that no score can reach", find_unreachable_tiers),
    "S102": Check("a score can fall below every tier", find_falls_below_tiers),
    "S103": Check("two rules post for the same event, whatever it is", find_double_counting),
    "S104": Check("an event type that no clause listens to", find_unused_events),
    "S105": Check("a rule that is worth nothing", find_worthless_rules),
    "S106": Check("parts of the scheme that nobody verified", find_unverified),
    "S107": Check("a cap below the points of a single event", find_caps_below_one_event),
    "S108": Check("a formula that can post any number of points", find_unbounded_formulas),
    "S109": Check("points that whoever records the event decides", find_discretion),
    "S110": Check("a tier limit that holds nobody down", find_idle_limits),
    "S111": Check("a measure that can never apply", find_idle_measures),
    "S112": Check("a rule whose points are never in force", find_never_in_force),
    "S113": Check("a condition that reads nothing", find_constant_conditions),
    "S114": Check("a list that no subject can come on", find_unreachable_lists),
    "S115": Check("a blacklist that nobody ever leaves", find_lists_without_exit),
    "S116": Check("a list that subjects enter again on the day they leave it", find_memberships_that_come_back),
    "S117": Check("a term that can be extended without end", find_endless_terms),
    "S118": Check("a public blacklist of natural persons", find_public_blame),
    "S119": Check("a repair that can never find anything to repair", find_idle_repairs),
    "S120": Check("an objection where there is nothing to object to", find_idle_objection),
    "S121": Check("a part of an index that changes nothing", find_idle_indicators),
    "S122": Check("points for every cycle, without a cap", find_uncapped_cycles),
    "S123": Check("blame before anything is decided", find_early_blame),
}
"""The checks by code."""


def lint_scheme(scheme: Scheme) -> list[Problem]:
    """All that the checks find, as warnings, by code.

    Example:
        >>> from scslab.scheme.reader import EXAMPLE, read_scheme
        >>> for finding in lint_scheme(read_scheme(EXAMPLE)):
        ...     print(finding)
        <memory>:1:1: S106 warning: of 1 tiers, rules and measures, 1 unverified
          help: name a `source`, and give it `confidence: read` or `reported`
    """
    return [
        Problem(code, message, place, help_, Severity.WARNING)
        for code, check in CHECKS.items()
        for message, place, help_ in check.find(scheme)
    ]
