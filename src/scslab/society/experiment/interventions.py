"""Interventions that speak to the papers, as data: what each changes, why, and from which source.

Which way an intervention works is argued in the sources; how far it goes is nowhere measured, so that every size here
is a prior of ours. An experiment gives its own sizes with `values` in a scenario.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from scslab.ground.problems import Problem, ProblemsError, did_you_mean
from scslab.ground.text import Text
from scslab.society.experiment.amendments import Amendment
from scslab.society.mechanics.parameter import Values
from scslab.society.mechanics.table import PARAMETERS


class Act(StrEnum):
    """How a parameter changes."""

    SET = "set"
    MULTIPLY = "multiply"
    ADD = "add"


@dataclass(frozen=True, slots=True)
class Change:
    """A parameter that changes.

    Attributes:
        name: of the parameter.
        by: what it is set to, multiplied with, or what is added; the result stays within what is possible.
        reason: why it stands for the intervention.
    """

    name: str
    act: Act
    by: float
    reason: str

    def apply(self, value: float) -> float:
        """The parameter after the change."""
        known = PARAMETERS[self.name]
        changed = {Act.SET: self.by, Act.MULTIPLY: value * self.by, Act.ADD: value + self.by}[self.act]
        return min(max(changed, known.least), known.most)


@dataclass(frozen=True, slots=True)
class Intervention:
    """An intervention.

    Attributes:
        source: a key of `docs/references.bib`: what it answers to.
        changes: parameters; `amendments` what changes in the scheme itself.
    """

    id: str
    title: Text
    about: Text
    source: str
    changes: tuple[Change, ...] = ()
    amendments: tuple[Amendment, ...] = ()


def _times(name: str, factor: float, reason: str) -> Change:
    return Change(name, Act.MULTIPLY, factor, reason)


def _to(name: str, value: float, reason: str) -> Change:
    return Change(name, Act.SET, value, reason)


_ALL = (
    Intervention(
        "campaign",
        Text("Campaign", "宣传推广"),
        Text(
            "Three times as many residents a year learn of the scheme from media and officials; word of mouth stays as "
            "it is.",
            "每年通过媒体和政府渠道得知该方案的居民增至三倍；口口相传不变。",
        ),
        "likostka2022",
        (_times("awareness.p", 3.0, "33 of 39 who stayed away named little awareness"),),
    ),
    Intervention(
        "easier-registration",
        Text("One-step registration", "一步注册"),
        Text(
            "Registering takes a quarter of the labour, and digital skill counts for half as much.",
            "注册的繁琐程度降至四分之一，数字技能的影响减半。",
        ),
        "likostka2022",
        (
            _to("joining.burden", 0.25, "one step in place of several: a quarter of the labour"),
            _times("joining.digital_skill", 0.5, "who has little skill is held back less"),
        ),
    ),
    Intervention(
        "transparent-rules",
        Text("Transparent rules and statements", "规则透明与明细可查"),
        Text(
            "Everybody can read the rules and the account of their own score: there is less fear of losing points and "
            "less concern for privacy, and more false entries are noticed.",
            "人人可查阅规则和本人得分明细：对扣分的担忧减少，隐私顾虑减轻，更多错误记录被发现。",
        ),
        "murthy2013",
        (
            _times("joining.fear", 0.5, "what takes points is known beforehand"),
            _times("joining.privacy", 0.8, "which data are used is known"),
            _times("objection.false", 1.5, "who reads a statement notices what is wrong in it"),
        ),
    ),
    Intervention(
        "appeal-before-effect",
        Text("Appeal before effect", "先申诉后生效"),
        Text(
            "Filing an objection takes an entry back until it is decided; schemes without objection get one, within 60 "
            "days.",
            "提出异议后，相关记录在裁定前暂不生效；没有异议程序的方案增设60日内的异议程序。",
        ),
        "murthy2013",
        (_times("joining.fear", 0.7, "a wrong entry can be stopped"),),
        (Amendment("appeal-first", reason="filing suspends the entry"),),
    ),
    Intervention(
        "better-benefits",
        Text("Better benefits", "更多优惠"),
        Text("Benefits are as useful as such benefits get for most: M = 0.9.", "优惠的实用程度大幅提高：M = 0.9。"),
        "king2006",
        (_to("joining.benefits", 0.9, "usefulness leads intention by far"),),
    ),
    Intervention(
        "data-minimisation",
        Text("Data minimisation", "数据最小化"),
        Text(
            "The agency takes in less: concern for privacy weighs half, and a fifth less of conduct is seen.",
            "机构减少数据采集：隐私顾虑减半，观察到的行为减少五分之一。",
        ),
        "dinev2006",
        (
            _times("joining.privacy", 0.5, "less is at stake"),
            _times("observation.negative", 0.8, "fewer sources are read"),
            _times("observation.positive", 0.8, "fewer sources are read"),
            _times("observation.false_rate", 0.8, "fewer sources to be wrong"),
        ),
    ),
    Intervention(
        "mandatory-enrolment",
        Text("Mandatory enrolment", "强制参与"),
        Text("All residents take part, whether they accept the scheme or not.", "无论是否接受，全体居民均须参与。"),
        "likostka2022",
        (),
        (Amendment("participation", "mandatory", "nobody is asked"),),
    ),
    Intervention(
        "harsher-sanctions",
        Text("Harsher sanctions", "加重惩戒"),
        Text(
            "What takes points takes twice as many; a loss deters and is feared half as much again. Apart from "
            "deterrence, conduct stays as it is.",
            "扣分加倍；惩戒的威慑力与对扣分的担忧各增加一半。除威慑外，失信行为的发生频率不变。",
        ),
        "castillomanzano2012",
        (
            _times("behaviour.deterrence", 1.5, "a dearer loss deters more"),
            _times("behaviour.distance", 1.5, "more is at stake near an edge"),
            _times("joining.fear", 1.5, "more can be lost"),
        ),
        (Amendment("negative-points", "2", "twice the points"),),
    ),
    Intervention(
        "milder-sanctions",
        Text("Milder sanctions", "减轻惩戒"),
        Text(
            "What takes points takes half as many, half a point rounded up and never to nothing; a loss deters and is "
            "feared less by a third.",
            "扣分减半（半分进一，且不减至零）；惩戒的威慑力与对扣分的担忧各减少三分之一。",
        ),
        "castillomanzano2012",
        (
            _times("behaviour.deterrence", 2 / 3, "a cheaper loss deters less"),
            _times("behaviour.distance", 2 / 3, "less is at stake near an edge"),
            _times("joining.fear", 2 / 3, "less can be lost"),
        ),
        (Amendment("negative-points", "0.5", "half the points"),),
    ),
    Intervention(
        "repair",
        Text("Repair", "信用修复"),
        Text(
            "Ways back are taken three times as often; schemes without one give back half of an entry for a service, "
            "three months after it at the earliest.",
            "信用修复的使用增至三倍；没有修复途径的方案增设修复服务，最早在扣分三个月后恢复一半分数。",
        ),
        "guobanfa49",
        (
            _times("repair.acts", 3.0, "ways back are made known and easy"),
            _times("joining.fear", 0.8, "a loss is not for good"),
        ),
        (Amendment("repair", "0.5", "half of an entry is given back"),),
    ),
    Intervention(
        "shorter-validity",
        Text("Shorter validity", "缩短有效期"),
        Text(
            "What took points lapses after half the time, rounded up to whole months; where it stood for ever, after a "
            "year.",
            "扣分记录的有效期减半（向上取整到月）；原无期限的，一年后失效。",
        ),
        "guobanfa49",
        (),
        (Amendment("validity", "0.5", "half the time"),),
    ),
    Intervention(
        "error-rate-halved",
        Text("Error rate halved", "错误率减半"),
        Text("Half as many false entries.", "错误记录减少一半。"),
        "prior",
        (_times("observation.false_rate", 0.5, "half as many"),),
    ),
)
INTERVENTIONS = {each.id: each for each in _ALL}
"""Interventions by id, in the order in which they are shown."""


def find_intervention(name: str) -> Intervention:
    """An intervention by id.

    Raises:
        ProblemsError: there is none of that id (Y301).
    """
    if name not in INTERVENTIONS:
        hint = did_you_mean(name, INTERVENTIONS)
        raise ProblemsError([Problem("Y301", f"no intervention `{name}`", help=hint)])
    return INTERVENTIONS[name]


def change_values(values: Values, interventions: tuple[Intervention, ...]) -> dict[str, float]:
    """The parameters that interventions change, one after the other; those that stay as they are are left out.

    Args:
        values: all parameters before, from `choose_values`.
        interventions: in order.

    Example:
        >>> from scslab.society.mechanics.parameter import choose_values
        >>> from scslab.society.mechanics.table import MECHANICS
        >>> change_values(choose_values(MECHANICS), (find_intervention("error-rate-halved"),))
        {'observation.false_rate': 0.005}
    """
    found: dict[str, float] = {}
    for change in (change for each in interventions for change in each.changes):
        found[change.name] = change.apply(found.get(change.name, values[change.name]))
    return found
