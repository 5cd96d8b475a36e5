"""Questionnaire files: all problems at once, with places; and what can be proved about branching."""

from pathlib import Path

import pytest

from scslab.ground.problems import Severity
from scslab.report.study.instrument_page import build_page
from scslab.study.instruments.codes import CODES
from scslab.study.instruments.model import ItemKind, Wording
from scslab.study.instruments.reader import check_instrument, read_instrument
from scslab.study.instruments.writer import write_instrument

KOSTKA = Path(__file__).parents[4] / "studies" / "kostka_2019" / "instrument.yaml"
HEAD = """instrument: small
title: {en: Small, zh: 小}
scales:
  yes_no: [{code: 1, label: {en: "Yes", zh: 是}}, {code: 2, label: {en: "No", zh: 否}}]
  things: [{code: a, label: {en: A, zh: 甲}}, {code: b, label: {en: B, zh: 乙}}]
sections:
  - id: one
    title: {en: One, zh: 一}
    items:
      - {id: things, kind: multiple, scale: things, text: {en: Which, zh: 哪些}}
      - {id: uses, scale: yes_no, text: {en: Uses, zh: 使用}}
"""
TEXT = "text: {en: Text, zh: 文}"


def check(*items: str, more: str = ""):
    return check_instrument(HEAD + "".join(f"      - {{{item}}}\n" for item in items) + more)


def test_a_sound_questionnaire():
    instrument, problems = check(f"id: age, kind: integer, low: 14, high: 65, when: uses = 1 and things_a, {TEXT}")
    assert problems == ()
    assert [item.id for item in instrument.items()] == ["things", "uses", "age"]
    age = instrument.items()[2]
    assert (age.kind, age.low, age.high) == (ItemKind.INTEGER, "14", "65")
    assert [column.name for column in age.when.columns()] == ["uses", "things_a"]


@pytest.mark.parametrize(
    ("item", "code", "word"),
    [
        (f"id: x, scale: yes_noo, {TEXT}", "Q702", "yes_noo"),
        (f"id: x, {TEXT}", "Q702", "{id"),
        (f"id: x, kind: text, when: y = 1, {TEXT}}}\n      - {{id: y, scale: yes_no, {TEXT}", "Q703", "y = 1"),
        (f"id: x, scale: yes_no, when: x = 1, {TEXT}", "Q703", "x = 1"),
        (f"id: x, kind: text, when: z = 1, {TEXT}", "Q032", "z = 1"),
        (f"id: x, kind: text, when: uses = 'yes', {TEXT}", "Q033", "uses = 'yes'"),
        (f"id: x, kind: text, when: uses + 1, {TEXT}", "Q035", "uses + 1"),
        (f"id: x, kind: text, when: uses = 3, {TEXT}", "Q706", "{id"),
        (f"id: x, scale: yes_no, expects: 3, {TEXT}", "Q708", "3,"),
        (f"id: x, kind: text, low: 3, {TEXT}", "Q709", "3,"),
        (f"id: x, kind: integer, low: 3, high: 2, {TEXT}", "Q709", "3,"),
        (f"id: x, kind: text, scale: yes_no, {TEXT}", "Q709", "yes_no"),
        (f"id: things_a, kind: text, {TEXT}", "Q710", "things_a"),
        (f"id: uses, kind: text, {TEXT}", "Q014", "{id"),
        (f"id: one, kind: text, {TEXT}", "Q014", "{id"),
    ],
)
def test_errors_have_places(item, code, word):
    instrument, problems = check(item)
    assert instrument is None
    found = {problem.code: problem for problem in problems}
    assert code in found, problems
    # The first line after HEAD; the column is counted here, not by the reader.
    line = f"      - {{{item}}}".splitlines()[0]
    assert (found[code].place.line, found[code].place.column) == (HEAD.count("\n") + 1, line.index(word) + 1)


def test_reach_goes_through_earlier_conditions():
    # Who does not use it was never asked `why`, so nobody who does not use it can have answered.
    chain = (
        f"id: why, scale: yes_no, when: uses = 1, {TEXT}",
        f"id: x, kind: text, when: why = 1 and uses = 2, {TEXT}",
    )
    _, problems = check(*chain)
    assert [problem.code for problem in problems] == ["Q706"]
    _, problems = check(chain[0], f"id: x, kind: text, when: why = 1 and uses = 1, {TEXT}")
    assert problems == ()


@pytest.mark.parametrize(
    ("condition", "code"),
    [
        ("age > 65", "Q706"),
        ("age >= 65", None),
        ("age < 14", "Q706"),
        ("age > 20 and age < 21", "Q706"),  # whole numbers
        ("age > 20 and age <= 21", None),
        ("age between 14 and 65", "Q707"),
        ("age is null", "Q706"),  # it is required
    ],
)
def test_reach_of_numbers(condition, code):
    age = f"id: age, kind: integer, low: 14, high: 65, required: true, {TEXT}"
    _, problems = check(age, f"id: x, kind: text, when: {condition}, {TEXT}")
    assert [problem.code for problem in problems] == ([code] if code else [])


def test_a_section_that_nobody_reaches_is_told_once():
    more = f"  - id: two\n    title: {{en: Two, zh: 二}}\n    when: uses = 5\n    items: [{{id: p, kind: text, {TEXT}}}, {{id: q, kind: text, {TEXT}}}]\n"  # noqa: E501
    _, problems = check(more=more)
    assert [(problem.code, "`p`" in problem.message) for problem in problems] == [("Q706", True)]


def test_warnings():
    _, problems = check("id: x, kind: text, text: Only English")
    assert [(problem.code, problem.severity) for problem in problems] == [("Q704", Severity.WARNING)]
    _, problems = check(f"id: r, scale: yes_no, required: true, {TEXT}", f"id: x, kind: text, when: r < 3, {TEXT}")
    assert [(problem.code, problem.severity) for problem in problems] == [("Q707", Severity.WARNING)]


def test_all_problems_at_once():
    _, problems = check(f"id: x, scale: nope, {TEXT}", f"id: y, kind: texxt, {TEXT}", f"id: z, {TEXT}, requird: true")
    assert {problem.code for problem in problems} == {"Q702", "Q008", "Q005"}


def test_the_questionnaire_of_2018():
    instrument = read_instrument(KOSTKA)
    items = instrument.items()
    assert len(items) == 27
    assert all(item.wording is Wording.UNKNOWN for item in items)
    # Table A2: the answers of the approval question, in its order.
    approval = next(item for item in items if item.id == "approval")
    assert [option.label.en for option in instrument.options_of(approval)] == [
        "Strongly disapprove", "Somewhat disapprove", "Neither disapprove nor approve", "Somewhat approve",
        "Strongly approve",
    ]  # fmt: skip
    assert check_instrument(KOSTKA)[1] == ()


def test_written_and_read_again():
    instrument = read_instrument(KOSTKA)
    assert read_instrument(write_instrument(instrument)) == instrument


def test_the_page_escapes_and_shows_both_languages():
    page = build_page(read_instrument(HEAD.replace("en: Small", 'en: "<b>Small</b>"')))
    assert "<b>Small" not in page
    assert "哪些" in page
    assert "☐" in page
    chinese = build_page(read_instrument(KOSTKA), ("zh",))
    assert "Strongly approve" not in chinese
    assert "非常赞成" in chinese
    assert "http" not in chinese


def test_codes_are_listed():
    folder = Path(__file__).parents[4] / "src/scslab/study/instruments"
    used = "".join(path.read_text(encoding="utf-8") for path in folder.glob("*.py") if path.name != "codes.py")
    assert all(f'"{code}"' in used for code in CODES)
