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
title: {en: A scheme with objections and a blacklist}
operator: {kind: government, name: {en: City}}
subjects: {kind: resident}
in_force: {from: 2020-01-01}
events: {fine.paid: {}, help.given: {hours: {type: integer, min: 1, max: 8}}}
score: {start: 100, floor: 0}
tiers: [{id: B, from: 0}, {id: A, from: 100}]
rules:
  - {id: fine, on: fine.paid, points: -5, valid: 12 months}
  - {id: help, on: help.given, points: 1 * hours, cap: {points: 20, per: year}}
lists:
  - {id: black, kind: blacklist, enter: [{score: {below: 90}}], leave: [{score: {from: 95}}]}
objection: {within: 60 days, suspends: true}
"""
BUSY = {"objection.false": 0.9, "objection.true": 0.3, "observation.false_rate": 0.5, "behaviour.rare": 2.0}
"""Much happens, much of it is wrong, and most of that is objected to."""
OBJECTED = Setting(read_scheme(CONTESTED.encode()), read_profile("survey-2018"), 300, 2, values=BUSY)
REFORM = Reform(date(2021, 1, 1), values={"behaviour.rare": 0.5, "awareness.p": 6.0})
