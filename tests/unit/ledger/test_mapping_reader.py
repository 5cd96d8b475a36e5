from pathlib import Path

import pytest

from scslab.ground.problems import ProblemsError
from scslab.ledger.datasets import list_datasets, open_dataset
from scslab.ledger.mapping_reader import read_mapping
from scslab.scheme.model import AttributeType

FULL = """
mapping: inspections
title: {en: Inspections, zh: 检查}
file: raw.csv
row_id: id
subject_id: shop
occurred_on: day
recorded_on: entered
source: {column: agency}
types: {points: integer}
values:
  risk: {Risk 1 (High): high, others: problem}
  result: {Pass: ok, "": }
events:
  - type: inspection.failed
    when: result = 'Fail'
    attributes:
      risk: risk
      late: {sql: points > 5, type: boolean}
      office: {text: City}
    refuse: [{sql: points < 0, reason: negative}]
  - type: violation
    each: codes
    separator: "|"
    item: {name: code, type: integer}
    occurred_on: cited
    attributes: {code: code}
check: [{sql: points > 100, reason: many points}]
columns_not_used: [zip]
subjects: {file: shops.csv, subject_id: shop, born_on: opened, attributes: {seats: seat_count}}
"""


def problems_of(text: str) -> list[str]:
    with pytest.raises(ProblemsError) as caught:
        read_mapping(text, "m.yaml")
    return [f"{p.place.line}:{p.place.column} {p.code} {p.message}" for p in caught.value.problems]


def test_everything_that_a_mapping_may_say() -> None:
    mapping = read_mapping(FULL)
    assert (mapping.name, mapping.title.zh, mapping.file) == ("inspections", "检查", "raw.csv")
    assert mapping.recodings[0].texts == {"Risk 1 (High)": "high"}
    assert (mapping.recodings[0].is_closed, mapping.recodings[1].is_closed) == (True, False)
    assert mapping.recodings[1].texts == {"Pass": "ok", "": ""}
    failed, violation = mapping.events
    assert failed.attributes["late"].type is AttributeType.BOOLEAN
    assert failed.attributes["office"].text == "City"
    assert failed.refused[0].reason == "negative"
    assert violation.item is not None
    assert (violation.item.name, violation.item.type, violation.separator) == ("code", AttributeType.INTEGER, "|")
    assert mapping.subjects is not None
    assert (mapping.subjects.file, mapping.subjects.attributes["seats"].text) == ("shops.csv", "seat_count")
    named = {column.text for column in mapping.list_columns()}
    # Columns that only SQL reads, and items, are not among the names.
    assert named == {"id", "shop", "day", "entered", "agency", "points", "risk", "result", "codes", "cited"}


def test_a_mapping_fits_where_all_its_columns_are() -> None:
    mapping = read_mapping("{mapping: m, subject_id: s, occurred_on: d, events: [{type: x, attributes: {a: b}}]}")
    assert mapping.does_fit(("s", "d", "b", "z"))
    assert not mapping.does_fit(("s", "d"))


def test_every_fault_is_told_at_once_with_its_place() -> None:
    text = """
mapping: Inspections!
subjectid: shop
events:
  - type: correction.retract
    each: codes
    attributes: {row: a, b: {sql: x, text: y}}
    item:
  - {type: x, item: code}
"""
    assert problems_of(text) == [
        "2:1 M006 a mapping file needs the key `subject_id`",
        "2:10 M013 `Inspections!` is not a scheme id",
        "3:1 M005 unknown key `subjectid`",
        "5:5 M041 `correction.retract` has no date",
        "5:11 M042 a mapping cannot make `correction.retract`",
        "6:11 M041 `each` needs an `item`",
        "7:18 M042 an attribute cannot be called `row`",
        "7:29 M041 a value has one of `column`, `sql` and `text`",
        "9:5 M041 `x` has no date",
        "9:21 M041 an `item` needs `each`",
    ]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (('separator: "|"', "separator: ''"), "M017 the separator is empty"),
        (("type: integer}", "type: date}"), "M008 an item cannot be `date`"),
        (("shops.csv", "../shops.csv"), "M041 the file must stand beside the mapping"),
        (("attributes: {seats:", "attributes: {age:"), "M042 an attribute cannot be called `age`"),
        (("{Pass: ok,", "{Pass: [ok],"), "M007 `Pass` must become a text, not a list"),
        (("{points: integer}", "{points: whole}"), "M008 `whole` is not a word that may stand here"),
        (("row_id: id", "row_id: [id]"), "M007 the name of a column must stand here, not a list"),
        (("row_id: id", "row_id: !!python/object x"), "M002 tags are not used in these files"),
    ],
)
def test_single_faults(change: tuple[str, str], expected: str) -> None:
    assert change[0] in FULL
    (told,) = problems_of(FULL.replace(*change))
    assert expected in told


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ProblemsError, match="M018 the mapping cannot be opened: No such file"):
        read_mapping(tmp_path / "events.yaml")


@pytest.mark.parametrize("name", list_datasets())
def test_the_mappings_of_the_datasets_are_fine(name: str) -> None:
    dataset = open_dataset(name)
    assert dataset.mapping.name == name
    assert dataset.mapping.does_fit(dataset.columns)
    assert dataset.subjects is None or dataset.subjects.is_file()
