"""Canonical columns and the checks of rows. Which check comes first is the order of DESIGN section 5 and the brief."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from scslab.ground.problems import ProblemsError
from scslab.ledger.columns import RAW_ROW
from scslab.ledger.conform import Conformed, conform
from scslab.ledger.flaws import describe_flaws
from scslab.scheme.model import Attribute, AttributeType
from unit.ledger.schemes import build_scheme

SCHEME = build_scheme()
GOOD: dict[str, Any] = {
    "event_id": "E1",
    "subject_id": "S1",
    "type": "fine",
    "occurred_on": date(2024, 5, 31),
    "recorded_on": date(2024, 6, 1),
    "amount": 5.0,
    "kind": "parking",
    "paid": True,
    "due_on": date(2024, 7, 1),
    "items": None,
    "note": None,
}


def conform_rows(*changes: dict[str, Any], **columns: Any) -> Conformed:
    """The good row once for each change."""
    frame = pl.DataFrame([GOOD | change for change in changes], strict=False, infer_schema_length=None)
    return conform(frame.with_columns(**columns).lazy(), SCHEME, "t.csv")


def codes(conformed: Conformed) -> list[tuple[int, str, str]]:
    flaws = conformed.frame.collect()["flaw"]
    lines = describe_flaws(conformed, SCHEME)
    # A row has a flaw exactly where it has a line.
    assert {row for row, flaw in enumerate(flaws, start=1) if flaw} == set(lines["row"])
    return lines.select("row", "column", "code").rows()


def reason_of(**change: Any) -> str:
    (line,) = describe_flaws(conform_rows(change), SCHEME)["reason"]
    return line


def test_a_good_row_has_no_flaw_and_canonical_types() -> None:
    found = conform_rows({}).frame.collect()
    assert found["flaw"].to_list() == [0]
    assert found.schema == {
        "row": pl.UInt32,
        "event_id": pl.String,
        "subject_id": pl.String,
        "type": pl.Enum(["fine", "gift", "visit", "correction.retract", "correction.replace"]),
        "occurred_on": pl.Date,
        "recorded_on": pl.Date,
        "source": pl.String,
        "target": pl.String,
        "new_type": pl.String,
        "amount": pl.Float64,
        "kind": pl.String,
        "paid": pl.Boolean,
        "due_on": pl.Date,
        "items": pl.Int64,
        "note": pl.String,
        "flaw": pl.UInt8,
    }


@pytest.mark.parametrize(
    ("change", "column", "code"),
    [
        ({"event_id": None}, "event_id", "L001"),
        ({"event_id": ""}, "event_id", "L001"),
        ({"event_id": " \t"}, "event_id", "L001"),
        ({"subject_id": None}, "subject_id", "L002"),
        ({"subject_id": " "}, "subject_id", "L002"),
        ({"type": None}, "type", "L003"),
        ({"type": ""}, "type", "L003"),
        ({"type": "fines"}, "type", "L004"),
        ({"type": "fine "}, "type", "L004"),
        ({"occurred_on": None, "recorded_on": None}, "occurred_on", "L005"),
        ({"occurred_on": date(1899, 12, 31)}, "occurred_on", "L007"),
        ({"recorded_on": date(2200, 1, 1)}, "recorded_on", "L007"),
        ({"recorded_on": date(2024, 5, 30)}, "recorded_on", "L014"),
        ({"amount": -0.01}, "amount", "L009"),
        ({"amount": 1000.51}, "amount", "L009"),
        ({"amount": float("inf")}, "amount", "L013"),
        ({"kind": "parkin"}, "kind", "L010"),
        ({"due_on": date(1492, 1, 1)}, "due_on", "L007"),
        ({"type": "gift", "amount": 0.5}, "amount", "L009"),
        ({"type": "gift", "items": -1}, "items", "L009"),
    ],
)
def test_a_row_with_one_fault_is_told_with_it(change: dict[str, Any], column: str, code: str) -> None:
    # An infinite amount is also above the maximum of 1000.5.
    expected = [(1, column, code)] + [(1, "amount", "L009")] * (code == "L013")
    assert codes(conform_rows(change)) == expected


@pytest.mark.parametrize(
    "change",
    [
        {"amount": 0.0},
        {"amount": 1000.5},
        {"amount": None},
        {"amount": float("nan")},
        {"kind": None},
        {"recorded_on": None},
        {"recorded_on": date(2024, 5, 31)},
        {"occurred_on": date(1900, 1, 1)},
        {"occurred_on": date(2199, 12, 31), "recorded_on": None},
        # What another type declares is not checked here: a visit declares nothing.
        {"type": "visit", "amount": -5.0, "kind": "x", "items": -1},
        {"type": "gift", "amount": 5000.0, "kind": "x"},
        # A correction carries attributes of any type; they are checked when it is known which.
        {"type": "correction.replace", "amount": -5.0, "kind": "x"},
        {"type": "correction.retract", "amount": -5.0},
    ],
)
def test_a_row_at_the_edge_is_fine(change: dict[str, Any]) -> None:
    assert codes(conform_rows(change)) == []


def test_the_decimal_bounds_of_a_number_hold_as_they_are_written() -> None:
    # 0.1 is no double: the nearest one lies above it, and must not be taken for more than a maximum of 0.1.
    limits = Attribute("x", AttributeType.NUMBER, minimum=Decimal("0.1"), maximum=Decimal("0.1"))
    scheme = build_scheme({"fine": (limits,)})
    frame = pl.DataFrame({**{k: [GOOD[k]] for k in ("event_id", "subject_id", "type", "occurred_on")}, "x": ["0.1"]})
    assert conform(frame.lazy(), scheme, "t").frame.collect()["flaw"].to_list() == [0]


def test_a_whole_number_of_one_type_and_a_number_of_another() -> None:
    scheme = build_scheme({"a": (Attribute("n", AttributeType.INTEGER),), "b": (Attribute("n", AttributeType.NUMBER),)})
    frame = pl.DataFrame(
        {"event_id": [1, 2, 3], "subject_id": [1, 1, 1], "type": ["a", "b", "a"], "occurred_on": ["2024-01-01"] * 3}
    ).with_columns(n=pl.Series([1.5, 1.5, 2.0]))
    conformed = conform(frame.lazy(), scheme, "t")
    lines = describe_flaws(conformed, scheme)
    assert lines.select("row", "code", "reason").rows() == [(1, "L008", "`1.5` is not a whole number")]


def test_all_faults_of_a_row_are_told_at_once() -> None:
    texts = {name: None if value is None else str(value) for name, value in GOOD.items()}
    frame = pl.DataFrame(
        [
            texts | {"event_id": "", "type": "gift", "occurred_on": "2024-02-30", "recorded_on": "x", "items": "2.5"},
            texts,
            texts | {"subject_id": None, "type": "fien", "occurred_on": "", "recorded_on": "1800-01-01"},
            texts | {"amount": "1,000", "paid": "perhaps", "due_on": "7/1/2024"},
        ],
        infer_schema_length=None,
    )
    assert codes(conform(frame.lazy(), SCHEME, "t.csv")) == [
        (1, "event_id", "L001"),
        (1, "occurred_on", "L006"),
        (1, "recorded_on", "L006"),
        (1, "items", "L008"),
        (3, "subject_id", "L002"),
        (3, "type", "L004"),
        (3, "occurred_on", "L005"),
        (3, "recorded_on", "L007"),
        (4, "amount", "L008"),
        (4, "paid", "L008"),
        (4, "due_on", "L008"),
    ]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"type": "fien"}, "unknown event type `fien`; did you mean `fine`?"),
        ({"type": "zzz"}, "unknown event type `zzz`"),
        ({"amount": -5.0}, "`-5.0` is below 0"),
        ({"amount": 2e6}, "`2000000.0` is above 1,000.5"),
        ({"kind": "x`\n=1+1"}, "`x =1+1` is not one of: parking, speeding"),
        ({"kind": "x" * 100}, f"`{'x' * 79}…` is not one of: parking, speeding"),
        ({"recorded_on": date(2024, 5, 30)}, "recorded on 2024-05-30, before it occurred on 2024-05-31"),
        ({"occurred_on": date(1899, 12, 31)}, "`1899-12-31` is not between 1900-01-01 and 2199-12-31"),
        ({"event_id": None}, "`event_id` is missing"),
    ],
)
def test_reasons_say_what_is_wrong(change: dict[str, Any], reason: str) -> None:
    assert reason_of(**change) == reason


@pytest.mark.parametrize(
    ("column", "text", "reason"),
    [
        ("amount", "1,234.50", "`1,234.50` is not a number; write 1234.50, without separators"),
        ("amount", "1.234,50", "`1.234,50` is not a number; write 1234.50, with a point"),
        ("amount", "12,5", "`12,5` is not a number; write 12.5, with a point"),
        ("amount", "$5", "`$5` is not a number; write 5, without a unit"),
        ("amount", "n/a", "`n/a` is not a number; leave an unknown value empty"),
        ("amount", "much", "`much` is not a number"),
        ("paid", "perhaps", "`perhaps` is not true or false"),
        (
            "due_on",
            "31.12.2024",
            "`31.12.2024` is not a date; write a date as 2024-05-31 (a time of day after it is dropped)",
        ),
        (
            "occurred_on",
            "31.12.2024",
            "`31.12.2024` is not a date: write a date as 2024-05-31 (a time of day after it is dropped)",
        ),
    ],
)
def test_reasons_say_what_would_help(column: str, text: str, reason: str) -> None:
    assert reason_of(**{column: text}) == reason


def test_lines_name_the_row_and_its_ids_as_they_stand() -> None:
    frame = pl.DataFrame(
        {"event_id": [1.5, 7.0], "subject_id": [8, 9], "type": ["fine"] * 2, "occurred_on": [None] * 2}
    )
    lines = describe_flaws(conform(frame.lazy(), SCHEME, "t"), SCHEME)
    assert lines.select("row", "event_id", "subject_id", "code").rows() == [
        (1, "1.5", "8", "L015"),
        (1, "1.5", "8", "L005"),
        (2, "7", "9", "L005"),
    ]


def test_rows_keep_the_numbers_that_they_have() -> None:
    conformed = conform_rows({}, {"amount": -1.0}, **{RAW_ROW: pl.Series([17, 40], dtype=pl.UInt32)})
    assert conformed.frame.collect()["row"].to_list() == [17, 40]
    assert describe_flaws(conformed, SCHEME)["row"].to_list() == [40]


def test_an_empty_recording_date_is_the_date_of_the_event() -> None:
    found = conform_rows({"recorded_on": None}, {}).frame.collect()
    assert found["recorded_on"].to_list() == [date(2024, 5, 31), date(2024, 6, 1)]
    without = pl.DataFrame([GOOD]).drop("recorded_on")
    assert conform(without.lazy(), SCHEME, "t").frame.collect()["recorded_on"].to_list() == [date(2024, 5, 31)]


def test_moments_of_pandas_become_days() -> None:
    found = conform_rows({"occurred_on": datetime(2024, 5, 31), "recorded_on": datetime(2024, 5, 31, 23)})
    assert found.frame.collect().select("occurred_on", "recorded_on").row(0) == (date(2024, 5, 31), date(2024, 5, 31))


def test_negative_ids_ask_for_texts() -> None:
    frame = pl.DataFrame(
        {"event_id": [5, -5], "subject_id": [1, 1], "type": ["visit"] * 2, "occurred_on": ["2024-01-01"] * 2}
    )
    numbers = conform(frame.lazy(), SCHEME, "t")
    assert numbers.needs_text_ids(numbers.frame.collect()["flaw"])
    texts = conform(frame.lazy(), SCHEME, "t", is_id_text=True)
    found = texts.frame.collect()
    assert found.select("event_id", "flaw").rows() == [("5", 0), ("-5", 0)]
    assert not texts.needs_text_ids(found["flaw"])
    # A negative id is no fault.
    assert describe_flaws(numbers, SCHEME).height == 0


@pytest.mark.parametrize("dtype", [pl.Categorical(), pl.Enum(["fine", "fien"])])
def test_types_may_come_as_categories(dtype: pl.DataType) -> None:
    frame = pl.DataFrame([GOOD, GOOD | {"type": "fien"}]).with_columns(pl.col("type").cast(dtype))
    assert codes(conform(frame.lazy(), SCHEME, "t")) == [(2, "type", "L004")]


def test_missing_columns_are_told_together_with_near_names() -> None:
    frame = pl.DataFrame({"event_id": [1], "subject": [1], "kind_of_event": ["x"], "occured_on": ["2024-01-01"]})
    with pytest.raises(ProblemsError) as caught:
        conform(frame.lazy(), SCHEME, "t.csv")
    assert [(problem.message, problem.help) for problem in caught.value.problems] == [
        ("the table has no column `subject_id`", "did you mean `subject`?"),
        ("the table has no column `type`", "known here: `subject`, `kind_of_event`, `occured_on`"),
        ("the table has no column `occurred_on`", "did you mean `occured_on`?"),
        (
            "the columns are: event_id, subject, kind_of_event, occured_on",
            "rename the columns, or write a mapping beside the table (`events.yaml`) that says which column is which",
        ),
    ]
    assert {problem.code for problem in caught.value.problems} == {"L107"}


def test_missing_columns_name_the_dataset_that_would_fit() -> None:
    with pytest.raises(ProblemsError, match="the columns are those of the dataset `nursing-homes`: use its mapping"):
        conform(pl.LazyFrame({"event_id": [1]}), SCHEME, "t.csv", fitting=["nursing-homes"])


@pytest.mark.parametrize(
    ("column", "values", "said"),
    [
        ("event_id", pl.Series([[1]]), "holds lists, and must hold texts or whole numbers"),
        ("subject_id", pl.Series([True]), "holds true and false, and must hold texts or whole numbers"),
        ("occurred_on", pl.Series([20240531]), "holds numbers, and must hold dates"),
        ("amount", pl.Series([date(2024, 1, 1)]), "holds dates, and must hold number values"),
        ("note", pl.Series([{"a": 1}]), "holds records, and must hold texts"),
        ("type", pl.Series([b"x"]), "holds values of the type Binary, and must hold texts"),
    ],
)
def test_a_column_of_the_wrong_kind_is_told_as_a_whole(column: str, values: pl.Series, said: str) -> None:
    with pytest.raises(ProblemsError, match=f"L109 the column `{column}` {said.replace('texts', 'text')[:25]}"):
        conform_rows({}, **{column: values})


def test_more_checks_than_a_byte_can_count() -> None:
    many = tuple(Attribute(f"a{n}", AttributeType.NUMBER, minimum=Decimal(0), maximum=Decimal(1)) for n in range(100))
    scheme = build_scheme({"fine": many})
    row = {name: GOOD[name] for name in ("event_id", "subject_id", "type", "occurred_on")}
    frame = pl.DataFrame([row | {each.name: 0.5 for each in many} | {"a99": 1.5}])
    conformed = conform(frame.lazy(), scheme, "t")
    (flaw,) = conformed.frame.collect()["flaw"]
    assert flaw > 255
    assert conformed.checks[flaw - 1].column == "a99"


def test_one_pass_reads_only_what_is_selected_and_checked(tmp_path: Any) -> None:
    path = tmp_path / "a.parquet"
    pl.DataFrame([GOOD | {"ballast": "x"}]).write_parquet(path)
    plan = conform(pl.scan_parquet(path), SCHEME, "t").frame.select("event_id", "flaw").explain()
    # Nine of twelve columns are read: `note` and `paid` can hold nothing wrong here, and nobody declares `ballast`.
    assert "PROJECT 9/12" in plan
