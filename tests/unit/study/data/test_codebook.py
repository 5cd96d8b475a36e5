"""The codebook: its counts, its DDI file against a schema, its page in both languages."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from lxml import etree

from scslab.study.data.answers import Answers
from scslab.study.data.codebook import make_codebook
from scslab.study.data.codebook_html import WORDS, write_html
from scslab.study.data.ddi import NAMESPACE, write_ddi
from scslab.study.data.read import read_answers
from scslab.study.data.variables import Variable
from scslab.study.data.write import write_answers

from .test_files import make_answers

SCHEMA = etree.XMLSchema(etree.parse(Path(__file__).parent / "ddi_profile.xsd"))
DDI = {"d": NAMESPACE}


def read(answers: Answers) -> etree._Element:
    return etree.fromstring(write_ddi(make_codebook(answers)).encode())


def test_counts() -> None:
    entry = make_codebook(make_answers()).entries[0]
    assert (entry.n_valid, entry.n_declared_missing, entry.n_empty) == (2, 2, 1)
    assert [(c.code, c.count, c.percent) for c in entry.categories] == [
        ("1", 1, 50.0),
        ("5", 1, 50.0),
        ("98", 1, None),
        ("99", 1, None),
    ]
    assert (entry.minimum, entry.maximum, entry.mean, entry.sd) == (1.0, 5.0, 3.0, pytest.approx(8**0.5))


def test_texts_without_labels_are_not_listed() -> None:
    book = make_codebook(make_answers())
    assert book.entries[1].categories == ()
    assert "荣成" not in write_html(book) + write_ddi(book)


def test_ddi_follows_the_schema(tmp_path: Path) -> None:
    """The schema is the part of DDI-Codebook 2.5 that is written here, written down by hand from the published one."""
    write_answers(make_answers(), tmp_path / "a.dta")
    for answers in (make_answers(), read_answers(tmp_path / "a.dta")):
        SCHEMA.assertValid(read(answers))


def test_the_schema_can_fail() -> None:
    root = read(make_answers())
    variable = root.find(".//d:var", DDI)
    variable.append(variable[0])  # the label behind the format: an order that DDI does not have
    assert not SCHEMA.validate(root)


def test_ddi_says_what_is_missing() -> None:
    root = read(make_answers())
    (approval,) = root.xpath("//d:var[@name='approval']", namespaces=DDI)
    assert approval.xpath("string(d:labl)", namespaces=DDI) == "Approval of SCS"
    assert approval.xpath("d:invalrng/d:range/@min", namespaces=DDI) == ["98"]
    assert approval.xpath("d:catgry[@missing='Y']/d:catValu/text()", namespaces=DDI) == ["98", "99"]
    assert approval.xpath("d:sumStat[@type='vald']/text()", namespaces=DDI) == ["2"]
    assert root.xpath("string(//d:caseQnty)", namespaces=DDI) == "5"


def test_hostile_labels_are_escaped() -> None:
    given = make_answers()
    evil = Variable("kids", '<script>alert("1")</script>\x00]]>', {1.0: "<b>&"})
    answers = replace(given, variables={**given.variables, "kids": evil}, title="<i>T</i>")
    page = write_html(make_codebook(answers))
    assert "<script" not in page
    assert "<b>" not in page
    assert "<i>" not in page
    assert "http" not in page
    SCHEMA.assertValid(read(answers))


def test_both_languages_have_all_words() -> None:
    assert WORDS["en"].keys() == WORDS["zh"].keys()
    assert "编码手册" in write_html(make_codebook(make_answers()), "zh")
