"""Static checks of rules: double counting, rules without effect, points without bounds."""

from __future__ import annotations

import math
from collections.abc import Iterator
from decimal import Decimal

from scslab.scheme.conditions import Column, Expression, Literal, Op, Operation
from scslab.scheme.dated import Number
from scslab.scheme.lint_heard import is_heard, list_heard
from scslab.scheme.lint_ranges import find_points_range
from scslab.scheme.lint_tiers import Finding
from scslab.scheme.model import OBJECTION_TYPES, Rule, Scheme
from scslab.scheme.problem_list import shorten
from scslab.scheme.read_score import list_change_days
from scslab.scheme.read_vocabulary import list_ons

# What leaves the choice of the points to whoever records them.
_HARMLESS = frozenset({Op.NEGATE, Op.MULTIPLY, Op.LEAST, Op.GREATEST, Op.COALESCE, Op.ABS, Op.FLOOR, Op.CEIL})
MOST_COMPARED = 50
"""Rules of one event type and condition with which a further one is compared."""


def find_double_counting(scheme: Scheme) -> Iterator[Finding]:
    """Pairs of rules that post points for every event of a type, with the same condition or with none."""
    told: set[str] = set()
    for event_type, rules in _list_audiences(scheme):
        groups: dict[str, list[Rule]] = {}
        for rule in rules:
            condition = "" if rule.when is None else " ".join(rule.when.text.split())
            earlier = groups.setdefault(condition, [])
            other = None
            if rule.id not in told:
                other = next((each for each in earlier[:MOST_COMPARED] if _post_together(each, rule)), None)
            if other is not None:
                told.add(rule.id)
                message = f"the rules `{other.id}` and `{rule.id}` both post for every `{event_type}`"
                message += f" with {shorten(condition)}" if condition else ""
                yield message, rule.place, "is one event meant to count twice? If not, give them different conditions"
            earlier.append(rule)


def _list_audiences(scheme: Scheme) -> list[tuple[str, list[Rule]]]:
    """Every set of rules, in file order, that some event type has; with the first such type."""
    used = {rule.on for rule in scheme.rules}
    audiences: dict[frozenset[str], str] = {}
    for event in scheme.events.values():
        audiences.setdefault(frozenset(used.intersection(list_ons(event.id))), event.id)
    return [(event, [rule for rule in scheme.rules if rule.on in ons]) for ons, event in audiences.items() if ons]


def _post_together(first: Rule, second: Rule) -> bool:
    """Whether there is a day on which both rules are worth something."""
    pair = [rule.points for rule in (first, second)]
    if any(rule.points is None and rule.formula is None for rule in (first, second)):
        return False
    return any(
        all(points is None or (points.on(day) or Decimal(0)) != 0 for points in pair)
        for day in (list_change_days(pair) if any(pair) else list_change_days([Number.constant(Decimal(0))]))
    )


def find_unused_events(scheme: Scheme) -> Iterator[Finding]:
    """Event types that no clause listens to."""
    heard = list_heard(scheme)
    noun = "clause" if scheme.lists or scheme.repairs or scheme.dimensions else "rule"
    for event in scheme.events.values():
        if event.id not in OBJECTION_TYPES and not is_heard(event.id, heard):
            yield f"no {noun} listens to `{event.id}`", event.place, "its events will be counted as unposted"


def find_worthless_rules(scheme: Scheme) -> Iterator[Finding]:
    """Rules with 0 points on every date, no tier limit and no grade."""
    for rule in scheme.rules:
        if rule.limit_tier is None and rule.grade is None and rule.points is not None and not any(rule.points.values()):
            yield (
                f"the rule `{rule.id}` is worth 0 points",
                rule.place,
                "its entries show on statements, and change nothing",
            )


def find_caps_below_one_event(scheme: Scheme) -> Iterator[Finding]:
    """Caps, of a rule or of a group, below the constant points of one event of the rule."""
    shared: dict[str, list[tuple[str, Number]]] = {}
    for group in scheme.caps:
        for rule_id in group.rules:
            shared.setdefault(rule_id, []).append((f"the cap `{group.id}`", group.points))
    for rule in scheme.rules:
        caps = [("its cap", rule.cap.points)] if rule.cap else []
        caps += shared.get(rule.id, [])
        for name, cap in caps:
            if rule.points is None:
                continue
            for day in list_change_days([rule.points, cap]):
                points, most = rule.points.on(day), cap.on(day)
                if points is not None and most is not None and abs(points) > most:
                    message = f"one event of the rule `{rule.id}` is worth {points:f}, and {name} is {most:f}"
                    yield message, rule.place, "no event can ever be granted its full points"
                    break


def find_unbounded_formulas(scheme: Scheme) -> Iterator[Finding]:
    """Formulas that may be as large as the data say, with no cap to hold them."""
    grouped = {rule_id for cap in scheme.caps for rule_id in cap.rules}
    for rule in scheme.rules:
        if rule.formula is None or rule.cap is not None or rule.id in grouped:
            continue
        low, high = find_points_range(rule, scheme)
        if math.isinf(low) or math.isinf(high):
            message = f"one event can post any number of points under the rule `{rule.id}`"
            yield message, rule.place, "give the rule a `cap`, or its attributes `min` and `max`"


def find_discretion(scheme: Scheme) -> Iterator[Finding]:
    """Formulas that post what an attribute called points says: the record decides, and no rule."""
    for rule in scheme.rules:
        name = _copied_attribute(rule.formula)
        if name is not None and "point" in name.lower():
            message = f"the rule `{rule.id}` posts the points that the record itself gives in `{name}`"
            yield message, rule.place, "an official decides; a rule that names the grounds can be checked"


def _copied_attribute(formula: Expression | None) -> str | None:
    """The attribute that a formula is, but for its sign, constant factors and constant bounds."""
    node = None if formula is None else formula.root
    while isinstance(node, Operation) and node.op in _HARMLESS:
        open_parts = [part for part in node.arguments if not isinstance(part, Literal)]
        node = open_parts[0] if len(open_parts) == 1 else None
    return node.name if isinstance(node, Column) and node.owner == "event" else None


def find_never_in_force(scheme: Scheme) -> Iterator[Finding]:
    """Rules whose first points come after the last day of the scheme."""
    for rule in scheme.rules:
        until = scheme.in_force.until
        if rule.points is not None and until is not None and rule.points.steps[0][0] > until:
            message = (
                f"the points of the rule `{rule.id}` begin on {rule.points.steps[0][0]}, after the scheme's last day"
            )
            yield message, rule.place, f"the scheme is in force until {until}"


def find_constant_conditions(scheme: Scheme) -> Iterator[Finding]:
    """Conditions without any attribute: always the same answer."""
    for rule in scheme.rules:
        if rule.when is not None and not rule.when.columns():
            message = f"the condition of the rule `{rule.id}` reads no attribute: `{rule.when.text}`"
            yield message, rule.place, "it is the same for every event"
