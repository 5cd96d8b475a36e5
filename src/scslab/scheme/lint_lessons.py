"""Static checks that real schemes taught: points per cycle, and blame before anything is decided.

The words are looked for as whole words of ids and titles; a file that says it otherwise is not found out.
The models are two items of the Rongcheng standard: arrears counted per monthly cycle, and points for being
investigated (see `catalogue/rongcheng`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from scslab.scheme.lint_ranges import find_points_range
from scslab.scheme.lint_tiers import Finding
from scslab.scheme.model import EventCondition, EventType, ListKind, Rule, Scheme

CYCLE_WORDS = frozenset(
    {"cycle", "cycles", "month", "months", "monthly", "instalment", "instalments", "installment", "installments"}
)
"""Words for something that comes again and again by itself."""
UNDECIDED_WORDS = frozenset(
    {
        "accused", "alleged", "allegation", "arrested", "charged", "complaint", "detained", "indicted",
        "investigated", "investigation", "sued", "suspected", "suspicion",
    }
)  # fmt: skip
"""Words for a matter that nobody has decided."""
FINAL_WORDS = frozenset({"decided", "decision", "final", "guilty", "outcome", "proved", "proven", "upheld", "verdict"})
"""Words of attributes that say whether it was decided."""

_WORD = re.compile(r"[a-z]+")
_CYCLE_ZH = ("每月", "每期", "周期")


def find_uncapped_cycles(scheme: Scheme) -> Iterator[Finding]:
    """Rules that take points for every cycle, without a cap."""
    capped = {rule_id for cap in scheme.caps for rule_id in cap.rules}
    for rule in scheme.rules:
        if rule.cap is not None or rule.id in capped or find_points_range(rule, scheme)[0] >= 0:
            continue
        word = next((word for event in _list_events(rule, scheme) if (word := _find_cycle(rule, event))), None)
        if word is not None:
            message = f"the rule `{rule.id}` takes points for every cycle (`{word}`), and nothing caps them"
            yield message, rule.place, "one debt may cost any number of points: give the rule a `cap`"


def _find_cycle(rule: Rule, event: EventType) -> str | None:
    read = [column.name for column in rule.formula.columns()] if rule.formula is not None else []
    texts = [event.id, event.title.en, rule.title.en, *read]
    found = [word for text in texts for word in _split(text) if word in CYCLE_WORDS]
    chinese = [word for word in _CYCLE_ZH if word in event.title.zh or word in rule.title.zh]
    return next(iter([*found, *chinese]), None)


def find_early_blame(scheme: Scheme) -> Iterator[Finding]:
    """Rules and blacklists that act on a suspicion, a complaint or a suit, whatever comes of it."""
    for rule in scheme.rules:
        takes = find_points_range(rule, scheme)[0] < 0 or rule.limit_tier is not None or rule.grade is not None
        if not takes:
            continue
        for event in _list_events(rule, scheme):
            word = _find_undecided(event)
            read = {part for column in (rule.when.columns() if rule.when else ()) for part in _split(column.name)}
            if word is not None and read.isdisjoint(FINAL_WORDS):
                message = f"the rule `{rule.id}` acts on `{event.id}` before anything is decided (`{word}`)"
                yield message, rule.place, "wait for the decision, or ask for it in `when`"
                break
    yield from _find_early_listing(scheme)


def _find_early_listing(scheme: Scheme) -> Iterator[Finding]:
    for each in scheme.lists:
        ways = [way for way in each.enter if isinstance(way, EventCondition)]
        for way in ways if each.kind is ListKind.BLACKLIST else []:
            read = {part for column in (way.when.columns() if way.when else ()) for part in _split(column.name)}
            for event in scheme.events.values():
                word = _find_undecided(event) if way.matches_type(event.id) else None
                if word is not None and read.isdisjoint(FINAL_WORDS):
                    message = f"the blacklist `{each.id}` opens on `{event.id}` before anything is decided (`{word}`)"
                    yield message, way.place, "wait for the decision, or ask for it in `when`"
                    break


def _find_undecided(event: EventType) -> str | None:
    return next((word for word in _split(event.id) if word in UNDECIDED_WORDS), None)


def _list_events(rule: Rule, scheme: Scheme) -> list[EventType]:
    return [event for event in scheme.events.values() if rule.matches_type(event.id)]


def _split(text: str) -> list[str]:
    return _WORD.findall(text.lower())
