"""A life in words: one line a step, in English or Chinese."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from scslab.report.society.say import Say
from scslab.society.outcomes.life import Life, Step

BY_MONTH = ("learned", "joined", "enrolled", "left", "noted")
"""Steps of which only the month is known, or that sum up a month."""
ABOVE, BELOW = 0.5, -0.5
"""Traits beyond these many standard deviations are named."""


@dataclass(frozen=True, slots=True)
class Told:
    """A step in words.

    Attributes:
        when: a day, or a month.
        points, score: after the step; empty where it moved no points.
        sign: −1, 0 or 1.
    """

    day: date
    when: str
    text: str
    points: str
    score: str
    sign: int


def tell_steps(life: Life, say: Say) -> list[Told]:
    """All steps of a life, in order."""
    return [_tell(step, say) for step in life.steps]


def tell_who(life: Life, say: Say) -> str:
    """Who the resident is: groups, and the traits that stand out."""
    groups = [
        say("life.group", name=say.dimension(name), value=say.category(name, value)) for name, value in life.who.items()
    ]
    high = [say(f"trait.{name}") for name, value in life.traits.items() if value > ABOVE]
    low = [say(f"trait.{name}") for name, value in life.traits.items() if value < BELOW]
    said = [say(f"trait.{key}", names=say("and").join(names)) for key, names in (("high", high), ("low", low)) if names]
    traits = say("join").join(said) or say("trait.average")
    return say("life.who", n=life.resident, who=say("semicolon").join(groups), traits=traits)


def _tell(step: Step, say: Say) -> Told:
    facts = step.facts
    points = facts.get("points")
    when = say.month(step.day) if step.kind in BY_MONTH else say.day(step.day)
    moved = points is not None and facts.get("score") is not None
    return Told(
        step.day,
        when,
        _word(step, say),
        say.words.points(points or 0, is_signed=True) if moved else "",
        say.words.points(facts["score"]) if moved else "",
        0 if not points else (1 if points > 0 else -1),
    )


def _word(step: Step, say: Say) -> str:
    facts, kind = step.facts, step.kind
    if kind == "tier":
        way = "first" if facts["is_first"] else "up" if facts["is_up"] else "down"
        return say(f"step.tier.{way}", before=say.tier(facts["before"]), after=say.tier(facts["after"]))
    if kind in ("listed", "unlisted"):
        return say(f"step.{kind}", kind=say(f"kind.{facts['list_kind']}"), list=say.words.own_list(facts["list"]))
    if kind in ("measure-on", "measure-off"):
        return say(f"step.{kind}", measure=say.words.measure(facts["measure"]))
    if kind == "noted":
        counts = (f"{say.words.event(name)} × {n}" for name, n in facts["counts"].items())
        return say("step.noted", counts=say("and").join(counts))
    filled = {"type": _name_deed(facts, say), "happened": "", "lapses": "", "wrong": ""}
    if kind == "recorded":
        filled["happened"] = _say_delay(step, say)
    if facts.get("lapses_on") is not None:
        filled["lapses"] = say("step.lapses", day=say.day(facts["lapses_on"]))
    if "is_wrong" in facts and kind in ("filed", "objection", "upheld", "rejected"):
        filled["wrong"] = say("step.wrong_mark" if facts["is_wrong"] else "step.true_mark")
    return say(f"step.{kind}", **filled)


def _name_deed(facts: Mapping[str, Any], say: Say) -> str:
    """The deed by the title of its rule, else of its event type."""
    rules = facts.get("rules") or ()
    titled = [rule for rule in say.words.scheme.rules if rule.id in rules and rule.title]
    return say.words.text(titled[0].title) if titled else say.words.event(facts.get("type", ""))


def _say_delay(step: Step, say: Say) -> str:
    happened = step.facts.get("happened_on")
    if happened is None or happened == step.day:
        return ""
    return say("step.happened", day=say.day(happened), n=(step.day - happened).days)
