"""Settings that several tests simulate: a plain scheme, one with opting in and an index, one with all consequences."""

from __future__ import annotations

from datetime import date

from scslab.scheme.catalogue import find_scheme
from scslab.scheme.reader import read_scheme
from scslab.society.population.profile import read_profile
from scslab.society.simulation import Reform, Setting

RONGCHENG = Setting(find_scheme("rongcheng"), read_profile("rongcheng"), 1200, 2)
HANGZHOU = Setting(
    find_scheme("qianjiang"), read_profile("hangzhou"), 800, 2, values={"awareness.p": 3.0, "joining.b0": 1.0}
)
CONTESTED = """
scheme: contested
title: {en: "Contested <b>score</b>", zh: 有争议的分数}
operator: {kind: government, name: {en: City}}
subjects: {kind: resident}
in_force: {from: 2020-01-01}
events: {fine.paid: {title: {en: Fine, zh: 罚款}}, help.given: {hours: {type: integer, min: 1, max: 8}}}
score: {start: 100, floor: 0}
tiers: [{id: B, from: 0}, {id: A, from: 100, title: {en: Good, zh: 良好}}]
rules:
  - {id: fine, on: fine.paid, points: -5, valid: 12 months, title: {en: A fine, zh: 一次罚款}}
  - {id: help, on: help.given, points: 1 * hours, cap: {points: 20, per: year}}
lists:
  - {id: black, kind: blacklist, title: {en: Blacklist, zh: 黑名单一号}, enter: [{score: {below: 90}}],
     leave: [{score: {from: 95}}]}
measures:
  - {id: no-loan, kind: restriction, domain: finance, when: {list: black}, title: {en: No loans, zh: 不予贷款}}
objection: {within: 60 days, suspends: true}
"""
"""Everything that a report tells of; titled in two languages, one of them with what a page must escape."""
BUSY = {
    "objection.false": 0.9, "objection.true": 0.3, "observation.false_rate": 0.5, "behaviour.rare": 2.0,
    "awareness.p": 12.0,
}  # fmt: skip
"""Much happens, much of it is wrong, and most of that is objected to, by people who soon know of the scheme."""
OBJECTED = Setting(read_scheme(CONTESTED.encode()), read_profile("survey-2018"), 300, 2, values=BUSY)
REFORM = Reform(date(2021, 1, 1), values={"behaviour.rare": 0.5, "awareness.p": 6.0})
