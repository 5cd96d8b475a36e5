from datetime import date, datetime
from typing import Any

import polars as pl
import pytest

from scslab.ground.problems import ProblemsError
from scslab.ledger.columns import RAW_ROW
from scslab.ledger.mapping_events import (
    MappedTable,
    apply_mapping,
    list_mapping_lines,
    list_rows_without_event,
    tell_odd_rows,
)
from scslab.ledger.mapping_reader import read_mapping

HEAD = "mapping: m\nsubject_id: who\noccurred_on: day\n"


def apply(text: str, rows: list[dict[str, Any]], schema: dict[str, Any] | None = None) -> MappedTable:
    base = {"who": "S", "day": date(2024, 5, 31)}
    frame = pl.DataFrame([base | row for row in rows], infer_schema_length=None, schema_overrides=schema)
    return apply_mapping(frame.lazy(), read_mapping(HEAD + text, "m.yaml"), "t.csv")


def events(table: MappedTable, *columns: str) -> list[tuple[Any, ...]]:
    return table.events.collect().sort(RAW_ROW, "event_id").select(columns).rows()


def lines(table: MappedTable) -> list[tuple[Any, ...]]:
    return list_mapping_lines(table).select("row", "column", "code", "reason").rows()


def test_one_entry_gives_events_with_the_ids_of_the_rows() -> None:
    text = "row_id: id\nevents: [{type: fine, attributes: {amount: eur}}]"
    table = apply(text, [{"id": "A/1", "eur": 5.0}, {"id": "A~2", "eur": None}])
    assert events(table, RAW_ROW, "event_id", "subject_id", "type", "occurred_on", "amount") == [
        (1, "A/1", "S", "fine", date(2024, 5, 31), 5.0),
        (2, "A~2", "S", "fine", date(2024, 5, 31), None),
    ]


def test_whole_number_row_ids_of_one_entry_stay_numbers() -> None:
    table = apply("row_id: id\nevents: [{type: fine}]", [{"id": 7}])
    assert table.events.collect_schema()["event_id"] == pl.Int64


def test_rows_without_ids_are_numbered() -> None:
    table = apply("events: [{type: fine}, {type: gift}]", [{}, {}])
    assert [event_id for (event_id,) in events(table, "event_id")] == [
        *("row-000001/fine", "row-000001/gift"),
        *("row-000002/fine", "row-000002/gift"),
    ]


def test_ids_never_meet_by_chance() -> None:
    # By hand: without marking off `/` and `~`, row `A` with the item `1/2` and row `A/v/1` could meet.
    text = """row_id: id
events:
  - type: fine
  - {type: v, each: codes, separator: "|", item: code}
  - {type: v, each: codes, separator: "|", item: code}
"""
    table = apply(text, [{"id": "A", "codes": "1|1/2|1|2~"}, {"id": "A/v/1", "codes": None}])
    assert [event_id for (event_id,) in events(table, "event_id")] == [
        "A",
        "A/v/1",
        "A/v/1/2",
        "A/v/1~12",
        "A/v/2~0",
        "A/v:2/1",
        "A/v:2/1/2",
        "A/v:2/1~12",
        "A/v:2/2~0",
        "A~1v~11",
    ]


def test_a_condition_picks_the_rows_and_null_is_not_true() -> None:
    text = "events: [{type: fine, when: eur > 10 and result = 'Fail'}]"
    rows = [
        {"eur": 11, "result": "Fail"},
        {"eur": 10, "result": "Fail"},
        {"eur": None, "result": "Fail"},
        {"eur": 99, "result": None},
    ]
    table = apply(text, rows)
    assert events(table, RAW_ROW) == [(1,)]
    without, count = list_rows_without_event(table, pl.Series([1]))
    assert count == 4
    assert without.select("row", "event_id", "code").rows() == [
        (2, "row-000002", "L040"),
        (3, "row-000003", "L040"),
        (4, "row-000004", "L040"),
    ]


def test_a_list_gives_an_event_for_each_item() -> None:
    text = """row_id: id
events:
  - type: v
    each: codes
    separator: "|"
    item: {name: code, type: integer}
    when: code between 1 and 14
    attributes: {code: code}
"""
    rows = [{"id": "a", "codes": "3| 16 |03||x|3"}, {"id": "b", "codes": ""}, {"id": "c", "codes": None}]
    table = apply(text, rows)
    # Item 16 is outside; ` 03` is another text than `3`; the second `3` is told from the first.
    assert events(table, "event_id", "code") == [("a/v/03", 3), ("a/v/3", 3), ("a/v/3/2", 3)]
    assert lines(table) == [(1, "codes", "L042", "the item `x` is not a whole number")]


def test_a_column_of_lists_needs_no_separator() -> None:
    text = "events: [{type: v, each: codes, item: {name: code, type: integer}, attributes: {code: code}}]"
    assert events(apply(text, [{"codes": [3, 5, None]}]), "code") == [(3,), (5,)]


def test_an_event_may_have_another_date_and_source() -> None:
    text = """source: {text: City}
recorded_on: entered
events:
  - {type: fine}
  - {type: repair, occurred_on: fixed, when: fixed is not null, source: {column: shop}, recorded_on: fixed}
"""
    table = apply(text, [{"entered": date(2024, 6, 1), "fixed": date(2024, 7, 1), "shop": "B"}])
    assert events(table, "type", "occurred_on", "recorded_on", "source") == [
        ("fine", date(2024, 5, 31), date(2024, 6, 1), "City"),
        ("repair", date(2024, 7, 1), date(2024, 7, 1), "B"),
    ]


def test_values_from_columns_sql_and_constants() -> None:
    text = """events:
  - type: fine
    attributes:
      amount: {sql: eur * 2}
      late: {sql: "days_between(day, paid) > 30", type: boolean}
      level: {sql: "case when eur > 5 then 'high' else lower(kind) end", type: text}
      due_on: {sql: "coalesce(paid, '2024-12-31')", type: date}
      office: {text: North}
"""
    table = apply(text, [{"eur": 4, "paid": None, "kind": "LOW"}, {"eur": 6, "paid": date(2024, 7, 1), "kind": "x"}])
    assert events(table, "amount", "late", "level", "due_on", "office") == [
        (8.0, None, "low", date(2024, 12, 31), "North"),
        (12.0, True, "high", date(2024, 7, 1), "North"),
    ]


def test_texts_are_recoded_before_anything_else() -> None:
    text = """values: {risk: {Risk 1: high, none: }}
events: [{type: fine, when: risk = 'high' or risk is null, attributes: {risk: risk}}]
"""
    table = apply(text, [{"risk": "Risk 1"}, {"risk": "none"}, {"risk": "Risk 2"}])
    # `none` becomes nothing; a text that is not listed stays.
    assert events(table, RAW_ROW, "risk") == [(1, "high"), (2, None)]


def test_numbers_can_be_recoded_too() -> None:
    table = apply(
        "values: {risk: {1: high}}\nevents: [{type: fine, attributes: {risk: risk}}]", [{"risk": 1}, {"risk": 2}]
    )
    assert events(table, "risk") == [("high",), ("2",)]


def test_a_closed_list_sets_other_texts_aside() -> None:
    text = "values: {risk: {Risk 1: high, others: problem}}\nevents: [{type: fine, attributes: {risk: risk}}]"
    table = apply(text, [{"risk": "Risk 1"}, {"risk": "Risk 9"}, {"risk": None}])
    assert events(table, RAW_ROW, "risk") == [(1, "high"), (3, None)]
    assert lines(table) == [(2, "risk", "L043", "`Risk 9` is not listed by the mapping")]


def test_columns_of_text_files_are_given_types() -> None:
    text = "types: {eur: number, fixed: date}\nevents: [{type: fine, when: eur > 10 and fixed > day}]"
    rows = [
        {"eur": "9", "fixed": "2024-06-01"},
        {"eur": "11", "fixed": "2024-06-01"},
        {"eur": "1,1", "fixed": None},
        {"eur": "11", "fixed": "soon"},
    ]
    table = apply(text, rows)
    assert events(table, RAW_ROW) == [(2,)]
    assert lines(table) == [
        (3, "eur", "L008", "`1,1` is not a number"),
        (4, "fixed", "L008", "`soon` is not a date"),
    ]


def test_a_refused_row_is_told_and_its_other_events_count() -> None:
    text = """events:
  - {type: fine}
  - type: repair
    occurred_on: fixed
    when: fixed is not null
    refuse: [{sql: fixed < day, reason: repaired before it was cited}]
"""
    table = apply(text, [{"fixed": date(2024, 1, 1)}, {"fixed": date(2024, 6, 1)}, {"fixed": None}])
    assert events(table, RAW_ROW, "type") == [(1, "fine"), (2, "fine"), (2, "repair"), (3, "fine")]
    assert lines(table) == [(1, "", "L041", "repair: repaired before it was cited")]


def test_odd_rows_are_counted_and_used() -> None:
    text = "check: [{sql: eur > 100, reason: a large sum}, {sql: eur < 0, reason: negative}]\nevents: [{type: fine}]"
    table = apply(text, [{"eur": 101}, {"eur": 500}, {"eur": None}])
    assert [(note.code, note.message) for note in tell_odd_rows(table)] == [
        ("L157", "a large sum (rows: 2; they were used)")
    ]
    assert len(events(table, RAW_ROW)) == 3


def test_moments_are_compared_as_days() -> None:
    table = apply("events: [{type: fine, when: seen = '2024-05-31'}]", [{"seen": datetime(2024, 5, 31, 14, 30)}])
    assert events(table, RAW_ROW) == [(1,)]


def test_attributes_of_different_kinds_meet_as_texts() -> None:
    text = "events: [{type: a, attributes: {x: eur}}, {type: b, attributes: {x: kind}}]"
    assert events(apply(text, [{"eur": 5, "kind": "k"}]), "x") == [("5",), ("k",)]


def test_a_row_without_an_id_gives_events_without_ids() -> None:
    text = "row_id: id\nevents: [{type: a}, {type: b}]"
    assert events(apply(text, [{"id": None}, {"id": " "}]), "event_id") == [(None,)] * 4


def test_columns_that_the_mapping_does_not_mention_are_told() -> None:
    table = apply("columns_not_used: [zip]\nevents: [{type: a, when: eur > 1}]", [{"eur": 1, "zip": "x", "phone": "y"}])
    assert [(note.code, note.message) for note in table.notes] == [
        ("M044", "columns that the mapping `m` does not mention were not used: `phone`")
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("events: [{type: a, attributes: {x: eurr}}]", "m.yaml:4:36: M040 `t.csv` has no column `eurr`"),
        ("events: [{type: a, when: eurr > 1}]", "m.yaml:4:26: M032 unknown attribute `eurr`"),
        ("events: [{type: a, when: codes > 1}]", "m.yaml:4:26: M033 text compared with number"),
        ("events: [{type: a, when: eur + 1}]", "M035 a condition must be true or false"),
        ("events: [{type: a, attributes: {x: {sql: codes}}}]", "M035 the SQL expression does not yield number"),
        (
            "events: [{type: a, attributes: {x: {sql: eur, type: text}}}]",
            "m.yaml:4:42: M035 the SQL expression does not yield text",
        ),
        ("events: [{type: a, attributes: {x: {sql: eur +, type: text}}}]", "m.yaml:4:42: M030"),
        ("events: [{type: a, each: codes, item: code}]", "M041 `each` needs a `separator`"),
        ("events: [{type: a, each: eur, separator: x, item: code}]", "M043 `eur` holds Int64 and is no list"),
        ("events: [{type: a, each: codes, separator: x, item: eur}]", "M042 the item cannot be called `eur`"),
        (
            "types: {tags: integer}\nevents: [{type: a}]",
            "m.yaml:4:9: M043 `tags` holds List(Int64) and cannot be read as",
        ),
        ("check: [{sql: now() > day, reason: r}]\nevents: [{type: a}]", "M034"),
    ],
)
def test_a_mapping_that_does_not_fit_the_table(text: str, expected: str) -> None:
    with pytest.raises(ProblemsError) as caught:
        apply(text, [{"eur": 1, "codes": "a", "tags": [1]}])
    assert expected in str(caught.value)


def test_columns_whose_names_are_no_plain_words() -> None:
    text = """types: {Paid (EUR): number}
events: [{type: fine, when: "\\"Paid (EUR)\\" > 5 and \\"2nd-visit\\" = 'yes'", attributes: {amount: Paid (EUR)}}]
"""
    table = apply(text, [{"Paid (EUR)": "6", "2nd-visit": "yes"}, {"Paid (EUR)": "6", "2nd-visit": "no"}])
    assert events(table, RAW_ROW, "amount") == [(1, 6.0)]
